"""Macros: several steps under one key, done as one action, undone as one, and never half."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from requests_app.models import (
    AnswerTemplate,
    BulkRow,
    ListedReason,
    Macro,
    Membership,
    OutboxRow,
    ServiceRequest,
    SetupChange,
    User,
)
from requests_app.worker import tasks
from staff_app.queue import macro_choices
from tests import factories
from tests.factories import ANA, Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.1")]
SignIn = Callable[[User], Client]
PATH = "/staff/setup/macros/"
TO_PARKS = {"name": "To Parks", "audience": "mine", "key": "1", "department": "PR", "reason": "A tree", "priority": "4"}


@pytest.fixture
def hole(town: Rivermark) -> ServiceRequest:
    return factories.routed(town.pothole, answers={"where": "lane"}, reporter=ANA)


def saved(client: Client, **typed: Any) -> Macro:
    answer = client.post(f"{PATH}new/", {**TO_PARKS, **typed})
    assert answer.status_code == 302, answer.content.decode()
    return Macro.objects.latest("id")


def test_one_press_transfers_notes_and_sets_the_priority_and_one_undo_takes_it_back(
    town: Rivermark, tom: Client, hole: ServiceRequest
) -> None:
    macro = saved(tom, note="Looks like a root", department=town.parks.code)
    answer = tom.post(f"/staff/r/{hole.reference}/macro/{macro.pk}/", {})
    assert answer["Location"] == "/staff/", "it's out of sight"
    now = ServiceRequest.objects.get(pk=hole.pk)
    assert (now.department, now.priority) == (town.parks, 4)
    assert {"Looks like a root", "A tree"} <= set(now.comments.values_list("text", flat=True))
    event = now.events.filter(kind="priority_set").get()
    assert tom.post(f"/staff/undo/{event.pk}/").status_code == 302
    now.refresh_from_db()
    assert (now.department, now.priority) == (town.streets, hole.priority)


def test_at_most_one_email_leaves(town: Rivermark, tom: Client, hole: ServiceRequest, signed_in: SignIn) -> None:
    signed_in(town.ada).post(
        "/staff/setup/templates/new/",
        {"name": "Soon", "words_en": "Soon, {reference}", "words_es": "Pronto, {reference}", "active": "on"},
    )
    macro = saved(
        tom, department="", priority="", accept="on", template=str(AnswerTemplate.objects.get().pk),
        hold_reason="weather", hold_days="3",
    )  # fmt: skip
    tom.post(f"/staff/r/{hole.reference}/macro/{macro.pk}/")
    hole.refresh_from_db()
    assert hole.status == "on_hold"
    assert hole.comments.get(public=True).text == f"Soon, {hole.display_reference}"
    waiting = OutboxRow.objects.filter(service_request=hole, kind="notify", done_at=None, event__user=town.tom)
    assert [row.event.kind for row in waiting if row.event] == ["commented"]


def test_it_resolves_with_an_outcome_that_needs_no_proof_and_words_from_a_template(
    town: Rivermark, tom: Client, hole: ServiceRequest
) -> None:
    ListedReason.objects.create(jurisdiction=town.city, kind="cannot_do", code="budget", words={"en": "No money"})
    words = {"en": "Not this year, {reference}", "es": "Este año no, {reference}"}
    template = AnswerTemplate.objects.create(jurisdiction=town.city, name="No", words=words, outcome="cannot_do")
    other = AnswerTemplate.objects.create(jurisdiction=town.city, name="Read", words=words, outcome="answered")
    no = {"department": "", "priority": "", "outcome": "cannot_do"}
    for typed, problem in (
        ({"outcome_template": template.pk}, "Choose a reason from the list."),
        ({"outcome_reason": "budget"}, "Choose the public message."),
        ({"outcome_reason": "budget", "outcome_template": other.pk}, "This template is for another outcome."),
        ({"outcome": "fixed", "outcome_template": template.pk}, "Select a valid choice"),
        (
            {"outcome_reason": "budget", "outcome_template": template.pk, "department": "PK"},
            "put on hold or transferred",
        ),
    ):
        refused = tom.post(f"{PATH}new/", {**TO_PARKS, **no, **typed})
        assert (refused.status_code, problem in refused.content.decode()) == (422, True), problem
    macro = saved(tom, **no, outcome_reason="budget", outcome_template=template.pk)
    page = tom.get(f"{PATH}{macro.pk}/").content.decode()
    assert re.search(r'value="cannot_do" selected', page)
    assert "the answer template “No”" in tom.get(PATH).content.decode()
    tom.post(f"/staff/r/{hole.reference}/macro/{macro.pk}/")
    hole.refresh_from_db()
    assert (hole.status, hole.disposition, hole.disposition_reason) == ("resolved", "cannot_do", "budget")
    assert hole.comments.get(public=True).text == f"Not this year, {hole.display_reference}"


def test_one_whose_department_is_gone_says_so_and_does_nothing(
    town: Rivermark, tom: Client, hole: ServiceRequest
) -> None:
    macro = saved(tom, note="Looks like a root", department=town.parks.code)
    town.parks.active = False
    town.parks.save()
    answer = tom.post(f"/staff/r/{hole.reference}/macro/{macro.pk}/", follow=True)
    assert "Its department no longer exists." in answer.content.decode()
    assert not hole.comments.exists()
    assert not hole.events.filter(user=town.tom).exists()
    # The same for many: the page says it before anything starts.
    page = tom.get(f"/staff/bulk/?verb=macro:{macro.pk}&request={hole.pk}")
    assert page.status_code == 422
    assert "Its department no longer exists." in page.content.decode()


def test_a_step_that_is_not_allowed_stops_all_of_them(town: Rivermark, signed_in: SignIn, hole: ServiceRequest) -> None:
    cal = signed_in(town.cal)
    macro = saved(cal, note="A note she may write", department=town.parks.code)
    answer = cal.post(f"/staff/r/{hole.reference}/macro/{macro.pk}/", follow=True)
    assert "You don’t have permission to do this." in answer.content.decode()
    assert not hole.comments.exists()


def test_it_runs_on_ticked_rows(town: Rivermark, tom: Client, hole: ServiceRequest) -> None:
    macro = saved(tom, department="", note="Looks like a root")
    path = f"/staff/bulk/?verb=macro:{macro.pk}&request={hole.pk}"
    assert "Looks like a root" in tom.get(path).content.decode()
    tom.post(path, {})
    tasks.drain_database()
    assert BulkRow.objects.get().state == "done"
    hole.refresh_from_db()
    assert hole.priority == 4


def test_it_is_checked_when_saved_and_each_keeps_their_own(town: Rivermark, tom: Client, signed_in: SignIn) -> None:
    for typed, words in (
        ({"department": "nowhere"}, "Select a valid choice"),
        ({"reason": "", "department": town.parks.code}, "Say why."),
        ({"department": "", "priority": ""}, "Choose at least one step"),
        ({"department": town.parks.code, "assignee": "me"}, "After a transfer"),
        # Only administrators make one for everybody.
        ({"audience": "everyone", "department": town.parks.code}, "Select a valid choice"),
    ):
        answer = tom.post(f"{PATH}new/", {**TO_PARKS, **typed})
        assert answer.status_code == 422, typed
        assert words in answer.content.decode()
    own = saved(tom, department=town.parks.code)
    ada = signed_in(town.ada)
    everyones = saved(ada, audience="everyone", name="For all", department=town.parks.code)
    assert SetupChange.objects.filter(kind="macro").count() == 1
    for client, macro, status in ((tom, own, 200), (tom, everyones, 404), (ada, own, 404), (ada, everyones, 200)):
        assert client.get(f"{PATH}{macro.pk}/").status_code == status
    # On key 1 is Tom's own, and the city's for the others.
    for client, name in ((tom, "To Parks"), (ada, "For all")):
        page = client.get("/staff/").content.decode()
        assert f'data-press="1"><kbd>1</kbd> <span>{name}' in page


def test_keys_are_switched_off_in_the_profile(town: Rivermark, tom: Client) -> None:
    assert "queue-keys.js" in tom.get("/staff/").content.decode()
    tom.post("/staff/profile/", {"name": "Tom", "language": "en"})
    assert "queue-keys.js" not in tom.get("/staff/").content.decode()


def test_macros_of_ones_departments_and_of_everybody_are_offered_but_nobody_elses(town: Rivermark) -> None:
    there = factories.lakeside()
    for user in (town.tom, town.ada):
        Membership.objects.create(user=user, jurisdiction=there.city, role=factories.role(there.city, "supervisor"))
    owners: dict[str, dict[str, Any]] = {
        "Tom's": {"owner": town.tom},
        "Cal's": {"owner": town.cal},
        "Streets'": {"department": town.streets},
        "Parks'": {"department": town.parks},
        "everybody's": {},
        "Tom's there": {"jurisdiction": there.city, "owner": town.tom},
        "everybody's there": {"jurisdiction": there.city},
    }
    for name, owner in owners.items():
        Macro.objects.create(**{"jurisdiction": town.city, "name": name, "steps": [{"verb": "accept"}], **owner})

    def offered(user: User) -> set[str]:
        return {macro.name for macro in macro_choices.usable_by(user, town.city)}

    assert offered(town.tom) == {"Tom's", "Streets'", "everybody's"}
    assert offered(town.ada) == {"Streets'", "Parks'", "everybody's"}
    theirs = Macro.objects.get(name="Parks'")
    assert [macro_choices.find(town.tom, town.city, typed) for typed in (str(theirs.pk), "x", "", "1.5")] == [None] * 4
