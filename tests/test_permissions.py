"""Generated permission tests: every role, at every address, for every kind of request."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from requests_app.models import StaffNotice
from requests_app.rules.people.permissions import DEFAULT_ROLES
from requests_app.rules.shared.lifecycle import ACTIONS
from staff_app.request.actions import ACTION_BY_VERB
from tests import factories
from tests.pages import (
    API_KEY,
    ARTICLE_KEEPER,
    DEMO_PAGES,
    DEMO_STAFF,
    DRAFT,
    DRAFT_WRITER,
    EACH_ACTION,
    EVERYONE,
    JOB_OWNER,
    LETTER_READER,
    LINK,
    MACRO_OWNER,
    ONLY_API_KEY,
    OVERSEER,
    OWN_ACTION,
    PAGES,
    PROBE,
    PROVIDER,
    RESIDENT,
    RINGING,
    SIGNED_IN,
    SIGNING_IN,
    STAFF,
    STAFF_KEY,
    TASK_WORKER,
    TELEPHONE,
    TEXT_WRITER,
    TOKEN,
    TOKEN_EDITS,
    VIEW_KEEPER,
    Page,
    address,
    addresses,
)
from tests.planted import NOT_PUBLIC, VISITOR, Planted, kept_for_a_module, token_of

pytestmark = pytest.mark.shows("10.3")

STRANGER = "203.0.113.9"
ROLES = {
    "tom": "triage", "sue": "supervisor", "pia": "supervisor", "dev": "crew", "cal": "call_taker", "ada": "administrator",
    "con": "contractor", "rec": "records_officer",
}  # fmt: skip
# The kinds of requests, and which staff may see them: the policy, written by hand. Pia works for Parks, Con has none assigned,
# Eve works for another city; Cal, Ada and Rec work for the whole city.
STREETS = {"tom", "sue", "dev"}
WHOLE_CITY = {"cal", "ada", "rec"}
SEES = {
    "public": STREETS | WHOLE_CITY,
    "coarse": STREETS | WHOLE_CITY,
    "hidden": STREETS | WHOLE_CITY,
    "held": STREETS | WHOLE_CITY,
    "test": STREETS | WHOLE_CITY,
    # Confidential: its own department, and the role that reads such requests for the whole city.
    "private": STREETS | {"rec"},
    "turned": STREETS | {"rec"},
    "distress": STREETS | {"rec"},
    # The person who answers the phone finds the call again.
    "transfer": STREETS | WHOLE_CITY,
    "staff": STREETS | {"rec"},
    # Without a department: those who triage, and the whole city.
    "triage": {"tom", "sue", "pia"} | WHOLE_CITY,
    "parks": {"pia"} | WHOLE_CITY,
    "erased": set(),
}
EVERYBODY = [*ROLES, "eve"]
# What somebody may do depends on whose a request is and on whether it is confidential, not on why the public can't see it.
EVERY_VERB = {"public", "private"}
SOME_VERBS = ("accept", "note", "transfer", "assign", "hide", "merge")
# One of each kind that SEES tells apart; --all asks for each verb of all of them.
SEEN_APART = ("public", "private", "triage", "parks", "erased")


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        for who, person in planted.staff.items():
            client = stranger()
            client.force_login(person)
            COOKIES[who] = client.cookies
        for kind in ("public", "private", "coarse"):
            client = stranger()
            client.get(reverse("requests_app:private_link", args=[token_of(planted.links[kind])]))
            COOKIES[kind] = client.cookies
        yield planted


# Of each staff member, who has signed in, and of who opened the link to a request of each kind. Kept with the city.
COOKIES: dict[str, SimpleCookie] = {}


@pytest.fixture(autouse=True)
def _no_limits(settings: Any, db: None) -> None:
    settings.RATE_LIMITS = False


def stranger() -> Client:
    return Client(REMOTE_ADDR=STRANGER)


def signed_in(planted: Planted, who: str) -> Client:
    client = stranger()
    client.cookies = deepcopy(COOKIES[who])
    return client


def link_holder(planted: Planted, kind: str) -> Client:
    return signed_in(planted, kind)


def beginner_of_the_draft() -> Client:
    client = stranger()
    client.cookies["visitor"] = VISITOR
    return client


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def answer(client: Client, method: str, path: str, data: dict[str, str] | None = None) -> str:
    """The response in a word. Its changes are rolled back."""
    with undone():
        response = read(getattr(client, method.lower())(path, data or {}))
    if response.status_code in (301, 302, 303):
        return "sign in" if response["Location"].startswith(("/accounts/login", "/es/accounts/login")) else "yes"
    # 409 and 422: permitted, but at a wrong time or with an invalid form.
    return {200: "yes", 204: "yes", 409: "yes", 422: "yes"}.get(response.status_code, str(response.status_code))


def mistyped(path: str) -> str:
    """The address of a link with another last symbol."""
    token = path.rstrip("/")
    return f"{token[:-1]}{'0' if token[-1] != '0' else '1'}/"


def read(response: Any) -> Any:
    """Reads to the end, which closes a photo's file."""
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def expected(who: str, permission: str, kind: str) -> str:
    if who == "eve":
        return "403"
    if who not in SEES[kind]:
        return "404"
    return "yes" if permission in DEFAULT_ROLES[ROLES[who]]["permissions"] else "403"


# --- Staff, about one request -----------------------------------------------------------------------------------------


# Every second one, since the cases alternate between few kinds of requests and all.
@pytest.mark.sampled(4)
@pytest.mark.shows("A24", "6.8")
@pytest.mark.parametrize("kinds", [SEEN_APART, pytest.param(tuple(SEES), marks=pytest.mark.slow)], ids=["few", "all"])
@pytest.mark.parametrize("who", EVERYBODY)
def test_staff_open_and_change_what_their_role_allows(planted: Planted, who: str, kinds: tuple[str, ...]) -> None:
    client, wrong = signed_in(planted, who), []
    for kind in SEES:
        reference = planted.requests[kind].reference
        asked = [
            ("GET", "detail", {}, "view"),
            ("POST", "reporter", {}, "view_reporter"),
            ("POST", "mark_read", {}, "accept"),
        ]
        if kind not in kinds:
            assert answer(client, "GET", reverse("staff_app:detail", args=[reference])) == expected(who, "view", kind)
            continue
        # Each form for one request of each kind of rule; a few of them, and of those that post, for the others.
        verbs = ACTION_BY_VERB if kind in EVERY_VERB else SOME_VERBS
        asked += [("GET", "action", {"verb": verb}, verb) for verb in verbs]
        asked += [("POST", "action", {"verb": verb}, verb) for verb in SOME_VERBS]
        for method, name, more, permission in asked:
            path = reverse(f"staff_app:{name}", kwargs={"reference": reference, **more})
            said, right = answer(client, method, path), expected(who, permission, kind)
            if said != right:
                wrong.append(f"{who} {method} {name} {more.get('verb', '')} of a {kind} request: {said}, not {right}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", EVERYBODY)
def test_staff_take_an_alarm_if_they_see_its_request_and_mark_it_needless_if_they_write_on_it(
    planted: Planted, who: str
) -> None:
    client = signed_in(planted, who)
    for name, permission in (("accept_alarm", "view"), ("needless_alarm", "note")):
        path = address(f"staff_app:{name}", planted)
        assert answer(client, "POST", path) == expected(who, permission, "public"), name


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_task_is_for_those_who_work_for_its_department(planted: Planted, who: str) -> None:
    """A task of Streets. Cal takes calls and Rec keeps records: neither does the work. Ada administers."""
    works = {"tom", "sue", "dev"} | {one for one in WHOLE_CITY if "accept" in DEFAULT_ROLES[ROLES[one]]["permissions"]}
    right = "yes" if who in works else "403" if who == "eve" else "404"
    assert answer(signed_in(planted, who), "GET", address("staff_app:task", planted)) == right
    for name in ("crew_task_photo", "crew_task_result"):
        # Without a photo or an outcome.
        assert answer(signed_in(planted, who), "POST", address(f"staff_app:{name}", planted)) == right, name
    assert answer(signed_in(planted, who), "POST", address("staff_app:task", planted), {"act": "done"}) == right
    may_add = expected(who, "assign", "public")
    assert answer(signed_in(planted, who), "GET", address("staff_app:add_task", planted)) == may_add
    accepts = who != "eve" and "accept" in DEFAULT_ROLES[ROLES[who]]["permissions"] and who != "con"
    assert answer(signed_in(planted, who), "GET", address("staff_app:work_orders", planted)) == (
        "yes" if accepts else "403"
    )


def test_the_link_to_an_alarm_needs_no_sign_in_and_no_other_does(planted: Planted) -> None:
    path = address("requests_app:alarm", planted)
    for client in (stranger(), signed_in(planted, "eve"), link_holder(planted, "private")):
        for method in ("GET", "POST"):
            assert answer(client, method, path) == "yes"
            assert answer(client, method, mistyped(path)) == "404"


@pytest.mark.shows("5.41")
@pytest.mark.parametrize("who", EVERYBODY)
def test_staff_hide_a_part_of_a_request_and_show_it_again_where_their_role_allows(planted: Planted, who: str) -> None:
    client = signed_in(planted, who)
    for kind, photo in (("public", "public"), ("private", "private")):
        reference, of_photo = planted.requests[kind].reference, {"photo_id": planted.photos[photo].pk}
        for method, name, more, permission in (
            ("GET", "moderate", {}, "hide"),
            ("POST", "moderate", {}, "hide"),
            ("GET", "hide_photo", of_photo, "hide"),
            ("POST", "hide_photo", of_photo, "hide"),
            ("POST", "show_photo", of_photo, "publish"),
        ):
            path = reverse(f"staff_app:{name}", kwargs={"reference": reference, **more})
            assert answer(client, method, path) == expected(who, permission, kind), (name, kind)
    assert answer(client, "POST", address("staff_app:restore", planted)) == expected(who, "publish", "public")


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_bulk_job_is_its_owners_and_a_macro_too(planted: Planted, who: str) -> None:
    """Sue's. To everybody else of the city they do not exist."""
    client = signed_in(planted, who)
    for method, name in (("GET", "bulk_job"), ("POST", "stop_bulk_job"), ("POST", "undo_bulk_job")):
        right = {"sue": "yes", "eve": "403"}.get(who, "404")
        assert answer(client, method, address(f"staff_app:{name}", planted)) == right, name
    for method, name in (("GET", "edit_macro"), ("POST", "edit_macro"), ("POST", "remove_macro")):
        right = {"sue": "yes", "eve": "403"}.get(who, "404")
        assert answer(client, method, address(f"staff_app:{name}", planted)) == right, name
    # A step that they may not do is refused in words.
    right = {"sue": "yes", "eve": "403"}.get(who, "404")
    assert answer(client, "POST", address("staff_app:run_macro", planted)) == right


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_who_works_here_reports_and_reads_their_own_drafts_alone(planted: Planted, who: str) -> None:
    client = signed_in(planted, who)
    for method, name, right in (
        ("GET", "staff_report", "403" if who == "eve" else "yes"),
        ("POST", "staff_report", "403" if who == "eve" else "yes"),
        ("POST", "staff_report_photo", "403" if who == "eve" else "yes"),
        ("GET", "staff_report_step", {"sue": "yes", "eve": "403"}.get(who, "404")),
        ("POST", "staff_report_step", {"sue": "yes", "eve": "403"}.get(who, "404")),
    ):
        assert answer(client, method, address(f"staff_app:{name}", planted)) == right, name


@pytest.mark.parametrize("who", EVERYBODY)
def test_pages_of_a_letter_open_for_those_who_may_see_who_reported_it(planted: Planted, who: str) -> None:
    client = signed_in(planted, who)
    right = expected(who, "view_reporter", "public")
    for name in ("letter_page", "letter_page_small"):
        hidden = right if who == "eve" else right.replace("403", "404")
        assert answer(client, "GET", address(f"staff_app:{name}", planted)) == hidden, name


@pytest.mark.parametrize("who", EVERYBODY)
def test_slips_are_printed_by_who_may_read_the_request_or_took_the_contact(planted: Planted, who: str) -> None:
    client = signed_in(planted, who)
    for kind in ("public", "private"):
        path = reverse("staff_app:slip", args=[planted.requests[kind].reference])
        assert answer(client, "GET", path) == expected(who, "view", kind), kind
    right = "yes" if who == "cal" else "403"
    for method in ("GET", "POST"):
        assert answer(client, method, address("staff_app:contact_slip", planted)) == right
    assert answer(client, "POST", address("staff_app:paper", planted)) == right
    for name in ("paper", "paper_form"):
        assert answer(client, "GET", address(f"staff_app:{name}", planted)) == ("403" if who == "eve" else "yes")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("who", EVERYBODY)
def test_staff_look_around_a_request_and_write_about_it_where_their_role_allows(planted: Planted, who: str) -> None:
    client, wrong = signed_in(planted, who), []
    for kind, other in (("public", "coarse"), ("private", "turned")):
        pair = {"other": planted.requests[other].reference}
        for method, name, more, permission in (
            ("GET", "compare", pair, "view"),
            ("GET", "crew_stop", {}, "view"),
            ("POST", "crew_photo", {}, "visit"),
            ("POST", "crew_result", {}, "visit"),
            ("GET", "more_from", {}, "view"),
            ("GET", "routing_and_email", {}, "view"),
            ("GET", "public_view", {}, "view"),
            ("GET", "compose", {}, "note"),
            ("POST", "relate", {}, "note"),
            ("POST", "unrelate", pair, "note"),
            ("GET", "answer_silence", {}, "note"),
            ("POST", "answer_silence", {}, "note"),
            ("GET", "suggested_services", {}, "change_service"),
            ("POST", "suggested_services", {}, "change_service"),
        ):
            path = reverse(f"staff_app:{name}", kwargs={"reference": planted.requests[kind].reference, **more})
            said, right = answer(client, method, path), expected(who, permission, kind)
            if said != right:
                wrong.append(f"{method} {name} of a {kind} request: {said}, not {right}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("who", EVERYBODY)
def test_two_requests_are_compared_and_linked_by_who_sees_both(planted: Planted, who: str) -> None:
    """A public request and a private one."""
    client, public, private = signed_in(planted, who), planted.public, planted.requests["private"]
    both = "403" if who == "eve" else "yes" if who in SEES["public"] & SEES["private"] else "404"
    for one, other in ((public, private), (private, public)):
        assert answer(client, "GET", reverse("staff_app:compare", args=[one.reference, other.reference])) == both
    if who in ("tom", "cal"):
        response = client.post(
            reverse("staff_app:relate", args=[public.reference]), {"other": private.display_reference}
        )
        words = {"tom": "confidential", "cal": "You don’t have a request with this number."}[who]
        assert response.status_code == 422
        assert words in response.content.decode()


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_check_is_of_who_was_drawn_for_it(planted: Planted, who: str) -> None:
    """Sue's. Dev and Pia look at places too; the others don't."""
    client = signed_in(planted, who)
    looks = who in ("sue", "pia", "dev")
    assert answer(client, "GET", reverse("staff_app:checks")) == ("yes" if looks else "403")
    for method in ("GET", "POST"):
        right = "yes" if who == "sue" else "404" if looks else "403"
        assert answer(client, method, address("staff_app:check", planted)) == right


@pytest.mark.parametrize("who", EVERYBODY)
def test_supervisors_set_safety_notes_and_who_goes_there_reads_them(planted: Planted, who: str) -> None:
    client = signed_in(planted, who)
    sets = "yes" if who in ("sue", "pia") else "403"
    logs = "yes" if who == "rec" else sets
    assert answer(client, "GET", address("staff_app:safety_note", planted)) == logs
    assert answer(client, "POST", address("staff_app:safety_note", planted)) == sets
    for kind in ("public", "private"):
        path = reverse("staff_app:read_safety_notes", args=[planted.requests[kind].reference])
        assert answer(client, "POST", path) == expected(who, "visit", kind)


@pytest.mark.parametrize("who", EVERYBODY)
def test_the_overview_is_for_who_supervises_and_for_the_whole_city(planted: Planted, who: str) -> None:
    client = signed_in(planted, who)
    oversees, sees_truth = {"sue", "pia", *WHOLE_CITY}, {"sue", "pia", "ada"}
    for name, those in (
        ("overview", oversees),
        ("overview_counts", oversees),
        ("truth_rate", sees_truth),
        ("truth_rate_csv", sees_truth),
    ):
        assert answer(client, "GET", reverse(f"staff_app:{name}")) == ("yes" if who in those else "403"), name
    if who in ("sue", "pia"):
        # Of her own department alone, even if she asks for the other.
        other, code = {"sue": ("Parks", "PK"), "pia": ("Streets", "PW")}[who]
        for name in ("overview", "overview_counts"):
            assert other not in client.get(reverse(f"staff_app:{name}"), {"department": code}).content.decode(), name


def test_nobody_reads_or_marks_the_notices_of_another(planted: Planted) -> None:
    """Sue was named in a note."""
    named = StaffNotice.objects.get(user=planted.staff["sue"], kind="mentioned")
    path = reverse("staff_app:mark_notice_read", args=[named.pk])
    for who, is_marked in (("tom", False), ("ada", False), ("eve", False), ("sue", True)):
        with undone():
            client = signed_in(planted, who)
            client.post(path)
            client.post(reverse("staff_app:mark_all_notices_read"), {"newest": "9" * 18})
            named.refresh_from_db()
            assert (named.read_at is not None) == is_marked, who


def test_the_links_of_a_department_need_no_sign_in_and_no_other_does(planted: Planted) -> None:
    for path in addresses("staff_app:department_link", planted):
        for client in (stranger(), signed_in(planted, "eve")):
            for method in ("GET", "POST"):
                assert answer(client, method, path) == "yes"
                assert answer(client, method, mistyped(path)) == "404"


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_published_text_is_its_writers_to_change(planted: Planted, who: str) -> None:
    """Sue's; to everybody else of the city it does not exist."""
    client = signed_in(planted, who)
    right = {"sue": "yes", "eve": "403"}.get(who, "404")
    assert answer(client, "GET", address("staff_app:edit_text", planted)) == right
    for name in ("edit_text", "withdraw_text"):
        assert answer(client, "POST", address(f"staff_app:{name}", planted)) == right


def test_a_part_is_hidden_and_shown_under_its_own_request_alone(planted: Planted) -> None:
    client, of_photo = signed_in(planted, "sue"), {"photo_id": planted.photos["hidden"].pk}
    for name in ("hide_photo", "show_photo"):
        path = reverse(f"staff_app:{name}", kwargs={"reference": planted.public.reference, **of_photo})
        assert answer(client, "POST", path) == "404"
    of_words = {"revision_id": planted.public.text_revisions.get(field="description").pk}
    path = reverse("staff_app:restore", kwargs={"reference": planted.requests["hidden"].reference, **of_words})
    assert answer(client, "POST", path) == "404"


def test_a_contractor_sees_what_is_assigned_to_them(planted: Planted) -> None:
    with undone():
        public = planted.public
        type(public).objects.filter(pk=public.pk).update(assignee=planted.staff["con"])
        client = signed_in(planted, "con")
        for verb, right in (
            ("accept", "yes"),
            ("note", "yes"),
            ("transfer", "403"),
            ("assign", "403"),
            ("hide", "403"),
        ):
            assert answer(client, "GET", reverse("staff_app:action", args=[public.reference, verb])) == right, verb
        assert answer(client, "GET", reverse("staff_app:detail", args=[public.reference])) == "yes"


def test_an_action_without_a_page_is_not_there(planted: Planted) -> None:
    client = signed_in(planted, "sue")
    without = {*ACTIONS, "view", "nonsense"} - set(ACTION_BY_VERB)
    assert without
    for verb in without:
        assert answer(client, "POST", reverse("staff_app:action", args=[planted.public.reference, verb])) == "404", verb


@pytest.mark.parametrize("who", EVERYBODY)
def test_nobody_but_the_one_who_did_it_undoes_it(planted: Planted, who: str) -> None:
    """Sue of Streets did."""
    right = "yes" if who == "sue" else "403" if who in SEES["public"] | {"eve"} else "404"
    for method in ("GET", "POST"):
        assert answer(signed_in(planted, who), method, address("staff_app:undo", planted)) == right


# --- Staff, about the city ----------------------------------------------------------------------------------------------


# Of those who may not, a run asks one for each page, by turns: to refuse takes the same code for all of them.
SOME_OR_ALL = [pytest.param(False, id="some"), pytest.param(True, id="all", marks=pytest.mark.slow)]


@pytest.mark.parametrize("everybody", SOME_OR_ALL)
@pytest.mark.parametrize(
    "name",
    [
        "staff_app:outbox",
        "staff_app:retry_outbox_row",
        "staff_app:api_keys",
        "staff_app:new_api_key",
        "staff_app:api_key",
        "staff_app:edit_api_key",
        "staff_app:replace_api_key",
        "staff_app:key_request",
        "staff_app:revoke_api_key",
        "staff_app:on_call",
        "staff_app:on_call_entry",
        "staff_app:remove_on_call",
        "staff_app:catalog_file",
        "staff_app:catalog_export",
        "staff_app:catalog_check",
        "staff_app:catalog_starter",
        "staff_app:translations",
        "staff_app:translator_file",
        "staff_app:translations_check",
        "staff_app:go_live",
        "staff_app:service_go_live",
        "staff_app:offer_service",
        "staff_app:approve_emergency",
        "staff_app:no_article",
        "staff_app:start_test",
        "staff_app:pass_test",
        "staff_app:retire_service",
        "staff_app:departments",
        "staff_app:new_department",
        "staff_app:department",
        "staff_app:close_department",
        "staff_app:reopen_department",
        "staff_app:teams",
        "staff_app:new_team",
        "staff_app:team",
        "staff_app:end_team",
        "staff_app:calendars",
        "staff_app:new_calendar",
        "staff_app:calendar",
        "staff_app:targets",
        "staff_app:service_targets",
        "staff_app:new_target",
        "staff_app:remove_target",
        "staff_app:audit",
        "staff_app:audit_csv",
        "staff_app:audit_change",
        "staff_app:edit_article",
        "staff_app:publish_article",
        "staff_app:roll_back_article",
        "staff_app:edit_reason",
        "staff_app:move_reason",
        "staff_app:suspension",
        "staff_app:end_suspension",
        "staff_app:suspensions",
        "staff_app:new_suspension",
        "staff_app:watch",
        "staff_app:safety_notes",
        "staff_app:new_safety_note",
        "staff_app:read_safety_note",
        "staff_app:edit_safety_note",
        "staff_app:end_safety_note",
        "staff_app:overview_settings",
        "staff_app:edit_notice",
        "staff_app:end_notice",
        "staff_app:integrations",
        "staff_app:edit_template",
        "staff_app:remove_template",
        "staff_app:outcomes",
        *(name for name in PAGES if "routing" in name and name != "staff_app:routing_and_email"),
        "staff_app:people",
        "staff_app:invite_person",
        "staff_app:resend_invitation",
        "staff_app:cancel_invitation",
        "staff_app:person",
        "staff_app:end_person",
        "staff_app:roles",
        "staff_app:add_role",
        "staff_app:role",
        "staff_app:remove_role",
        "staff_app:sign_in_setup",
    ],
)
def test_staff_use_what_their_role_has_in_the_city(planted: Planted, name: str, everybody: bool) -> None:
    either = set(PAGES[name].who.removeprefix("staff: ").split(" or "))
    right = {
        who: "yes" if either.intersection(DEFAULT_ROLES[role]["permissions"]) else "403" for who, role in ROLES.items()
    }
    right["eve"] = "403"
    refused = [who for who, word in right.items() if word != "yes"]
    assert 1 < len(refused) < len(right)
    # One who may, too.
    some = [by_turns(refused, name), by_turns([who for who in right if who not in refused], name)]
    for method in PAGES[name].methods.split():
        asked = {who: word for who, word in right.items() if everybody or who in some}
        assert answers(planted, asked, method, name) == asked, method


def by_turns(people: list[str], name: str) -> str:
    return people[list(PAGES).index(name) % len(people)]


def answers(planted: Planted, people: Iterable[str], method: str, name: str) -> dict[str, str]:
    path = address(name, planted)
    return {who: answer(signed_in(planted, who), method, path) for who in people}


@pytest.mark.parametrize("who", EVERYBODY)
def test_a_shared_view_is_changed_by_its_owner_and_by_who_leads_the_city(planted: Planted, who: str) -> None:
    """Sue's, shared with everyone in the city's staff."""
    right = "yes" if who in ("sue", "ada") else "403"
    client = signed_in(planted, who)
    assert answer(client, "GET", address("staff_app:saved_view", planted)) == right
    for name in ("saved_view", "delete_saved_view"):
        assert answer(client, "POST", address(f"staff_app:{name}", planted)) == right


@pytest.mark.parametrize("who", EVERYBODY)
def test_staff_snooze_what_they_see(planted: Planted, who: str) -> None:
    client = signed_in(planted, who)
    for kind in ("public", "private"):
        reference = planted.requests[kind].reference
        for method, name in (("GET", "snooze"), ("POST", "snooze"), ("POST", "unsnooze")):
            path = reverse(f"staff_app:{name}", args=[reference])
            assert answer(client, method, path) == expected(who, "view", kind), (name, kind)


# Blank forms are everybody's; what came on one is taken by the desk.
OF_THE_DESK = {("staff_app:paper", "POST")}


def test_only_the_desk_takes_what_came_on_paper(planted: Planted) -> None:
    for name, method in OF_THE_DESK:
        desk = {who for who in ROLES if answer(signed_in(planted, who), "POST", "/staff/desk/") == "yes"}
        right = {who: "yes" if who in desk else "403" for who in ROLES}
        assert {*right.values()} == {"yes", "403"}
        assert answers(planted, right, method, name) == right


@pytest.mark.parametrize("everybody", SOME_OR_ALL)
@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.who == STAFF])
def test_every_member_of_the_staff_has_a_queue_and_a_profile(planted: Planted, name: str, everybody: bool) -> None:
    right = dict.fromkeys(ROLES if everybody else [by_turns([*ROLES], name)], "yes") | {"eve": "403"}
    for method in PAGES[name].methods.split():
        if (name, method) not in OF_THE_DESK:
            assert answers(planted, right, method, name) == right, method


def test_a_switched_off_account_opens_nothing(planted: Planted) -> None:
    client = signed_in(planted, "ada")
    with undone():
        type(planted.staff["ada"]).objects.filter(pk=planted.staff["ada"].pk).update(is_active=False)
        assert answer(client, "GET", reverse("staff_app:queue")) == "sign in"


# --- An administrator who sees pages as a role does -----------------------------------------------------------------------


# What belongs to a person, not to a role.
ONES_OWN = {"staff_app:profile", "staff_app:second_step", "staff_app:connect_account", "staff_app:crew_day_json"}
STAFF_PAGES = {name: page for name, page in PAGES.items() if page.who.startswith("staff") and page.who != STAFF_KEY}


# A run asks one role for a third of the pages. Sue has things of her own; Pia's role is the same.
@pytest.mark.sampled(12)
@pytest.mark.parametrize("every", [3, pytest.param(1, id="all", marks=pytest.mark.slow)])
@pytest.mark.parametrize("who", [who for who in ROLES if who not in ("ada", "sue")])
def test_an_administrator_sees_each_page_as_a_role_does_and_sends_nothing(
    planted: Planted, who: str, every: int
) -> None:
    """Mel has all that may be read, so that the role alone decides."""
    wrong = []
    with undone():
        city, person = planted.cast.city, planted.staff[who]
        mel = factories.staff("Mel", "administrator", city)
        for code in ("records_officer", "supervisor", "call_taker"):
            mel.memberships.create(jurisdiction=city, role=factories.role(city, code))
        client = stranger()
        client.force_login(mel)
        membership = person.memberships.select_related("role").get()
        begun = client.post(
            reverse("staff_app:see_as_role", args=[membership.role.pk]), {"department": membership.department_id or ""}
        )
        assert begun["Location"] == reverse("staff_app:queue")
        for number, (name, page) in enumerate(STAFF_PAGES.items()):
            path = address(name, planted)
            for method in page.methods.split():
                if name == "staff_app:stop_seeing_as_role" or (method == "GET" and number % every):
                    continue
                reads = method == "GET" and name not in ONES_OWN
                right = answer(signed_in(planted, who), method, path) if reads else "403"
                if page.who == LETTER_READER:
                    # Nobody reads who reported something by seeing pages as a role.
                    right = "404"
                if (said := answer(client, method, path)) != right:
                    wrong.append(f"{method} {name}: {said}, not {right}")
    assert not wrong, "\n".join(wrong)


# --- Strangers and residents ----------------------------------------------------------------------------------------------


NEED_SIGNING_IN = [
    name for name, page in PAGES.items() if page.who.startswith("staff") or page.who in (SIGNED_IN, SIGNING_IN)
]
# Nobody finds these: an address that the API doesn't have, and the first page once there is a city.
NOT_FOUND = {"open311_not_found", "api_not_found", "staff_app:first_run"}
READ_BY_EVERYBODY = [
    name for name, page in PAGES.items() if page.is_public and "GET" in page.methods and name not in NOT_FOUND
]


@pytest.mark.shows("A24")
@pytest.mark.parametrize("name", NEED_SIGNING_IN)
def test_nobody_gets_to_a_staff_page_without_signing_in(planted: Planted, name: str) -> None:
    path = address(name, planted)
    for method in PAGES[name].methods.split():
        assert answer(stranger(), method, path) == "sign in", method
    assert answer(link_holder(planted, "public"), method, path) == "sign in"


@pytest.mark.sampled(4)
@pytest.mark.parametrize("name", READ_BY_EVERYBODY)
def test_everybody_reads_the_public_pages(planted: Planted, name: str) -> None:
    for client in (stranger(), signed_in(planted, "dev"), link_holder(planted, "public")):
        assert answer(client, "GET", address(name, planted)) == "yes"


def test_what_waits_for_review_has_a_page_with_its_status_for_everybody(planted: Planted) -> None:
    held = planted.requests["held"]
    for client in (stranger(), link_holder(planted, "public")):
        for path in (f"/r/{held.reference}/", f"/open311/v2/requests/{held.reference}.json"):
            response = client.get(path)
            assert response.status_code == 200
            assert held.description not in response.content.decode()
            assert held.address not in response.content.decode()
    photo = planted.photos["held"].name
    for name, arguments in (("photo", [photo]), ("own_photo", [held.reference, photo])):
        assert answer(stranger(), "GET", reverse(f"requests_app:{name}", args=arguments)) == "404"


@pytest.mark.parametrize("kind", [kind for kind in NOT_PUBLIC if kind != "held"])
def test_what_is_not_public_does_not_exist_for_a_stranger(planted: Planted, kind: str) -> None:
    """The same text as for a reference that does not exist."""
    reference = planted.requests[kind].reference
    unknown = stranger().get(reverse("requests_app:track", args=["0" * 8]))
    known = stranger().get(reverse("requests_app:track", args=[reference]))
    assert known.status_code == unknown.status_code == 404
    assert same_words(known.content, reference) == same_words(unknown.content, "0" * 8)
    photo = planted.photos[kind].name
    for name in ("requests_app:photo", "requests_app:photo_small", "requests_app:photo_thumb"):
        assert answer(stranger(), "GET", reverse(name, args=[photo])) == "404"
    for name in ("requests_app:own_photo", "requests_app:own_photo_small"):
        assert answer(stranger(), "GET", reverse(name, args=[reference, photo])) == "404"
    for suffix in ("json", "xml"):
        assert answer(stranger(), "GET", f"/open311/v2/requests/{reference}.{suffix}") == "404"


def same_words(content: bytes, reference: str) -> list[str]:
    """The page without the input it repeats and without its CSRF token."""
    return [line for line in content.decode().replace(reference, "").splitlines() if "csrfmiddlewaretoken" not in line]


@pytest.mark.parametrize("photo", ["hidden photo", "private photo", "draft", "work", "check"])
def test_a_photo_that_is_kept_back_is_not_there_for_a_stranger(planted: Planted, photo: str) -> None:
    for name in ("requests_app:photo", "requests_app:photo_small", "requests_app:photo_thumb"):
        assert answer(stranger(), "GET", reverse(name, args=[planted.photos[photo].name])) == "404"
    assert answer(stranger(), "GET", reverse("requests_app:photo", args=[planted.photos["public"].name])) == "yes"


def test_a_photo_is_shown_to_whom_its_request_is_shown(planted: Planted) -> None:
    for kind in ("public", "private", "hidden"):
        path = reverse("requests_app:photo", args=[planted.photos[kind].name])
        for who in EVERYBODY:
            may = kind == "public" or who in SEES[kind]
            assert answer(signed_in(planted, who), "GET", path) == ("yes" if may else "404"), (kind, who)
    # The reporter's own page, below the path of their cookie.
    reference, photo = planted.requests["private"].reference, planted.photos["private"].name
    own = reverse("requests_app:own_photo", args=[reference, photo])
    assert answer(link_holder(planted, "private"), "GET", own) == "yes"
    assert answer(link_holder(planted, "public"), "GET", own) == "404"


@pytest.mark.shows("3.14")
@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.who == DRAFT])
def test_a_draft_opens_in_the_browser_that_began_it_and_nowhere_else(planted: Planted, name: str) -> None:
    for method in PAGES[name].methods.split():
        path = address(name, planted)
        assert answer(beginner_of_the_draft(), method, path) == "yes"
        if name == "requests_app:another":
            # Without a sent report there is nothing to start from, so it leads to the report form.
            assert stranger().post(path)["Location"] == reverse("requests_app:report")
            continue
        for client in (stranger(), signed_in(planted, "ada"), link_holder(planted, "public")):
            assert answer(client, method, path) == "404"


def test_a_draft_is_never_shown_without_its_cookie(planted: Planted) -> None:
    response = stranger().post(reverse("requests_app:another", args=[planted.sent_draft.pk]), follow=True)
    assert planted.public.address.encode() not in response.content


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.who == RESIDENT])
def test_ones_own_pages_open_for_whoever_signed_in_by_mail_and_lead_all_others_there(
    planted: Planted, name: str
) -> None:
    path = address(name, planted)
    home = reverse("requests_app:own_keys" if name.endswith("own_key") else "requests_app:my")
    for method in PAGES[name].methods.split():
        for client in (stranger(), signed_in(planted, "ada"), link_holder(planted, "public")):
            response = getattr(client, method.lower())(path)
            assert (response.status_code, response["Location"]) == (302, home)
        zenobia = stranger()
        zenobia.cookies["resident"] = planted.resident
        assert answer(zenobia, method, path) == "yes"


WITH_LINK = [
    "answer",
    "add",
    "not_fixed",
    "withdraw",
    "unsubscribe",
    "survey",
    "undo_reopening",
    "report_again",
    "keep_private",
    "updates",
    "edit",
    "add_photos",
    "upload_photo",
]


@pytest.mark.shows("3.15", "A23")
@pytest.mark.parametrize("name", WITH_LINK)
def test_only_the_links_holder_acts_on_a_report(planted: Planted, name: str) -> None:
    def path(kind: str) -> str:
        return reverse(f"requests_app:{name}", args=[planted.requests[kind].reference])

    data = {f"{name}-words": "still there"}
    for client in (stranger(), signed_in(planted, "ada"), link_holder(planted, "coarse")):
        assert answer(client, "POST", path("public"), data) == "403"
        assert answer(client, "POST", path("private"), data) == "404"
    for kind in ("public", "private"):
        assert answer(link_holder(planted, kind), "POST", path(kind), data) == "yes"


@pytest.mark.shows("3.15")
def test_a_wrong_link_is_as_unknown_as_no_link(planted: Planted) -> None:
    right = token_of(planted.links["private"])
    number, _, secret = right.partition("-")
    other = token_of(planted.links["public"]).partition("-")[2]
    wrong = [
        f"{number}-{secret[:-1]}0",
        f"{number}-{other}",
        f"999999-{secret}",
        "nonsense",
        f"{number}-",
        f"-{secret}",
    ]
    pages = set()
    for token in wrong:
        for name in ("private_link", "unsubscribe_link", "survey_link"):
            arguments = [token, "no"] if name == "survey_link" else [token]
            response = stranger().get(reverse(f"requests_app:{name}", args=arguments))
            assert response.status_code == 404, token
            pages.add("\n".join(same_words(response.content, token)))
    # The three pages differ in the language switch only.
    assert len(pages) <= 3
    assert stranger().get(reverse("requests_app:private_link", args=[right])).status_code == 302


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.who == PROVIDER])
def test_without_single_sign_on_its_addresses_open_nothing(planted: Planted, name: str) -> None:
    method = PAGES[name].methods.lower()
    response = getattr(stranger(), method)(address(name, planted), {"state": "x", "code": "x", "logout_token": "x"})
    assert (response.status_code, response.get("Location", "")) in ((302, "/accounts/login/"), (400, ""))


def test_metrics_are_for_the_socket_and_for_who_has_the_token(planted: Planted, settings: Any) -> None:
    assert PAGES["metrics"].who == PROBE
    settings.METRICS_TOKEN = "a long token for prometheus"
    path = reverse("metrics")
    assert answer(stranger(), "GET", path) == "404"
    assert stranger().get(path, headers={"Authorization": "Bearer wrong"}).status_code == 404
    assert stranger().get(path, headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"}).status_code == 200
    assert Client(REMOTE_ADDR="127.0.0.1").get(path).status_code == 404
    assert Client(REMOTE_ADDR="").get(path).status_code == 200
    # A proxy that uses the socket forwards requests of others.
    assert Client(REMOTE_ADDR="").get(path, headers={"X-Forwarded-For": STRANGER}).status_code == 404


def test_api_v1_writes_with_a_key_or_the_private_link_only(planted: Planted) -> None:
    for name in [
        name for name, page in PAGES.items() if page.who in (ONLY_API_KEY, STAFF_KEY) or name == "v1_requests"
    ]:
        for client in (stranger(), signed_in(planted, "ada"), link_holder(planted, "public")):
            for method in PAGES[name].methods.split() if name != "v1_requests" else ["POST"]:
                assert answer(client, method, address(name, planted)) == "401", (name, method)
    token, other = (token_of(planted.links[kind]) for kind in ("public", "hidden"))
    for name in [name for name, page in PAGES.items() if page.who in (TOKEN, TOKEN_EDITS)]:
        method = "patch" if "PATCH" in PAGES[name].methods else "post"
        for kind, sent, status in (("public", other, 403), ("private", token, 404), ("public", "", 422)):
            data = {"private_token": sent, "text": "x", "description": "x"}
            path = reverse(name, args=[planted.requests[kind].reference])
            if name == "v1_request_photos":
                photo = SimpleUploadedFile("a.jpg", factories.jpeg(), "image/jpeg")
                response = stranger().post(path, {"private_token": sent, "photo": photo})
            else:
                fields = {**data, "description": None} if name == "v1_comments" else {**data, "text": None}
                body = {field: value for field, value in fields.items() if value is not None}
                response = getattr(stranger(), method)(path, body, content_type="application/json")
            assert response.status_code == status, (name, kind)


def test_writing_by_the_api_needs_a_key_of_this_city(planted: Planted) -> None:
    for key in ("", "lk_wrong", planted.api_key.prefix, planted.api_key.key_hash):
        data = {"service_code": "tree", "lat": "40.5", "long": "-69.0", "description": "x", "api_key": key}
        assert answer(stranger(), "POST", reverse("open311_requests", args=["json"]), data) == "403"


# --- The demo ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", DEMO_PAGES)
def test_the_demos_pages_are_there_in_a_demo_alone(planted: Planted, name: str, settings: Any) -> None:
    assert answer(stranger(), "GET", f"/demo/{name.partition(':')[2]}/") == "404"
    settings.DEMO, settings.ROOT_URLCONF = True, "tests.demo_urls"
    page, of_a_mail = DEMO_PAGES[name], ("demo:mail_detail", "demo:mail_html")
    path = reverse(name, kwargs=page.arguments(planted)[0])
    if name == "demo:ring":
        # An invented caller rings for who takes calls.
        rings = {who: answer(signed_in(planted, who), "POST", path) for who in ("eve", "dev", "cal")}
        assert (answer(stranger(), "POST", path), rings) == ("sign in", {"eve": "404", "dev": "404", "cal": "yes"})
    elif page.who == DEMO_STAFF:
        assert answer(stranger(), "GET", path) == "sign in"
        assert answer(signed_in(planted, "eve"), "GET", path) == "403"
        assert answer(signed_in(planted, "dev"), "GET", path) == ("404" if name in of_a_mail else "yes")
    else:
        assert answer(stranger(), page.methods, path, {"role": "resident"}) == "yes"


def test_the_mails_of_a_demo_have_no_file_of_the_server_among_them(planted: Planted, settings: Any) -> None:
    settings.DEMO, settings.ROOT_URLCONF = True, "tests.demo_urls"
    for name in ("..", "%2e%2e%2fpasswd", "..%2f..%2fetc%2fpasswd", "....//", "web.log"):
        assert answer(signed_in(planted, "dev"), "GET", f"/demo/mail/{name}/") == "404"


@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.who in (TELEPHONE, RINGING)])
def test_a_telephone_and_a_takers_page_have_addresses_that_nobody_makes_up(planted: Planted, name: str) -> None:
    """Signed in, too: no session counts there. What the right ones open is in the desk's own tests."""
    for client in (stranger(), signed_in(planted, "cal"), signed_in(planted, "ada")):
        for method in ("GET", "POST"):
            path = reverse(name, args=["1-0123456789abcdef01234567-abcdefghijklmnop"])
            right = "404" if method in PAGES[name].methods else "405"
            assert answer(client, method, path) == right


# --- CSRF, and safe methods -----------------------------------------------------------------------------------------------

POSTED = [name for name, page in PAGES.items() if "POST" in page.methods]
# For programs: the key, the secret in the address, or the signature of a logout token is the permission.
WITHOUT_TOKEN = {
    "open311_requests",
    "open311_updates",
    "v1_requests",
    "v1_comments",
    "v1_request_photos",
    "v1_followers",
    "v1_batches",
    "v1_readings",
    "v1_call_counts",
    "v1_photos",
    "v1_follows",
    "v1_sandbox_advance",
    "v1_webhooks",
    "v1_listeners",
    "v1_webhook_secret",
    "v1_webhook_test",
    "v1_webhook_try",
    "v1_webhook_resend",
    "v1_staff_requests",
    "v1_staff_action",
    "v1_staff_undo",
    "v1_staff_request_tasks",
    "requests_app:unsubscribe_link",
    "requests_app:unsubscribe_digest_link",
    "staff_app:back_channel_logout",
    "call_event",
}


@pytest.mark.sampled(6)
@pytest.mark.shows("10.6")
@pytest.mark.parametrize("name", POSTED)
def test_a_form_from_elsewhere_changes_nothing(planted: Planted, name: str) -> None:
    """A form on another site sends the visitor's cookies but not our token."""
    client = Client(REMOTE_ADDR=STRANGER, enforce_csrf_checks=True)
    client.cookies = deepcopy(COOKIES["public"])
    client.cookies.update(COOKIES["sue"])
    client.cookies["visitor"] = VISITOR
    # Answers of these are rolled back, which the counters don't show.
    rows = fingerprint if name in WITHOUT_TOKEN else written
    before = rows()
    for language in ("", "/es"):
        path = language + address(name, planted)
        if name in WITHOUT_TOKEN:
            assert answer(client, "POST", address(name, planted)) in ("yes", "400", "401", "403", "415")
        elif not language or name.startswith(("requests_app", "staff_app", "account", "mfa")):
            response = client.post(path, {"words": "forged", "role": "administrator", "name": "forged"})
            assert response.status_code == 403, path
    assert rows() == before


def written() -> dict[str, str]:
    """How many rows of each table this transaction has written, in a tenth of the time. What was rolled back is included."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, n_tup_ins || ':' || n_tup_upd || ':' || n_tup_del FROM pg_stat_xact_user_tables"
            " WHERE n_tup_ins + n_tup_upd + n_tup_del > 0 AND relname <> 'django_session'"
        )
        return dict(cursor.fetchall())


def fingerprint() -> dict[str, str]:
    """Each table's rows and their last transaction. Sessions are left out: they are the visitor's own."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall() if name not in ("django_session", "spatial_ref_sys")]
        parts = [
            f"SELECT '{name}', count(*) || ':' || coalesce(sum(hashtext(t.ctid::text || t::text)), 0) FROM \"{name}\" t"  # noqa: S608
            for name in tables
        ]
        cursor.execute(" UNION ALL ".join(parts))
        return dict(cursor.fetchall())


def test_a_fingerprint_notices_a_row_that_was_written_again(planted: Planted) -> None:
    before = fingerprint()
    assert written() == {}
    with undone():
        type(planted.public).objects.filter(pk=planted.public.pk).update(address=planted.public.address)
        assert {name for name, rows in fingerprint().items() if before[name] != rows} == {"requests_app_servicerequest"}
        assert written().keys() == {"requests_app_servicerequest"}


# What a page may write when it is read, by table: allauth copies the account's address into its own. Opening a request reads the
# reader's own notices about it, and shows it as read in their own lists; nobody else sees that.
NOTES_IT = {
    "account_email": {"account_emailaddress"},
    "staff_app:detail": {"requests_app_staffnotice", "requests_app_requestread"},
}


def for_ada(page: Page) -> bool:
    return "administer" in page.who or page.who == "staff: manage_api_keys"


READERS = ["holder", "beginner", *ROLES]
# In each run a stranger asks for every page, and the others for those that open for them alone or look different for them.
OPENS: dict[str, list[str]] = {
    "stranger": [*PAGES],
    "holder": [name for name, page in PAGES.items() if page.who == LINK or name == "requests_app:track"],
    "beginner": [name for name, page in PAGES.items() if page.who == DRAFT or name == "requests_app:report"],
    "sue": [
        name
        for name, page in PAGES.items()
        if name in ("requests_app:track", "requests_app:photo") or (page.who.startswith("staff") and not for_ada(page))
    ],
    "ada": [name for name, page in PAGES.items() if page.who == SIGNED_IN or for_ada(page)],
}


@pytest.mark.shows("10.6")
@pytest.mark.parametrize(
    ("who", "names"),
    [
        *((who, names) for who, names in OPENS.items()),
        *(pytest.param(who, [*PAGES], marks=pytest.mark.slow) for who in READERS),
    ],
    ids=[*OPENS, *(f"{who}, every page" for who in READERS)],
)
def test_reading_changes_nothing(planted: Planted, who: str, names: list[str]) -> None:
    names = [name for name in names if name not in NOTES_IT]
    if who == "stranger":
        client = stranger()
    elif who == "holder":
        client = link_holder(planted, "public")
    elif who == "beginner":
        client = beginner_of_the_draft()
    else:
        client = signed_in(planted, who)
    before = fingerprint()
    # The one who opens most, for several requests of different kinds.
    read_pages(planted, client, names, most=3 if who == "sue" else 1)
    if fingerprint() != before:
        assert [name for name in names if changed_by(planted, client, name)] == []
        pytest.fail("the pages together change something that none of them changes alone")
    for name, tables in NOTES_IT.items():
        assert changed_by(planted, client, name) <= tables


def read_pages(planted: Planted, client: Client, names: Iterable[str], *, most: int = 3) -> None:
    for name in names:
        page = PAGES[name]
        for arguments in page.arguments(planted)[:most]:
            response = read(client.get(reverse(name, kwargs=arguments)))
            assert response.status_code < 500
            assert response.status_code != 405 or "GET" not in page.methods, name


def changed_by(planted: Planted, client: Client, name: str) -> set[str]:
    before = fingerprint()
    read_pages(planted, client, [name])
    return {table for table, rows in fingerprint().items() if before[table] != rows}


@pytest.mark.sampled(6)
@pytest.mark.parametrize("name", [name for name, page in PAGES.items() if page.methods == "GET"])
def test_a_post_to_what_is_only_read_changes_nothing(planted: Planted, name: str) -> None:
    client = signed_in(planted, "sue")
    before = written()
    response = read(client.post(address(name, planted), {"text": "x", "name": "x", "q": "x"}))
    assert response.status_code < 500
    assert written() == before


def test_every_page_says_who_may(planted: Planted) -> None:
    """A new kind of permission in the table needs a test above."""
    known = {EVERYONE, API_KEY, LINK, DRAFT, RESIDENT, PROBE, PROVIDER, SIGNED_IN, SIGNING_IN, STAFF}
    known |= {EACH_ACTION, OWN_ACTION, TEXT_WRITER, TASK_WORKER, OVERSEER}
    known |= {VIEW_KEEPER, ONLY_API_KEY, STAFF_KEY, TOKEN, TOKEN_EDITS}
    known |= {JOB_OWNER, MACRO_OWNER, ARTICLE_KEEPER, DRAFT_WRITER, LETTER_READER}
    known |= {TELEPHONE, RINGING}
    by_role = {page.who for page in PAGES.values()} - known
    assert by_role == {
        f"staff: {one}"
        for one in (
            "view",
            "view_reporter",
            "accept",
            "hide",
            "publish",
            "read_outbox",
            "manage_api_keys",
            "administer",
            "write_articles",
            "administer or records",
            "records",
            "note",
            "assign",
            "change_service",
            "check_endings",
            "visit",
            "safety_notes",
            "safety_notes or records",
            "submit_for_others",
            "submit_for_others or administer",
            "submit_for_others or supervise",
            "supervise or administer",
            "visit",
        )
    }
