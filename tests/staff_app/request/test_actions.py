"""Each action: what it does, who may, what is refused, and that nothing typed is lost."""

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.actions.publication import moderation
from requests_app.actions.work import assignment, conversation, endings, merges
from requests_app.models import (
    Comment,
    Department,
    Event,
    ListedReason,
    OutboxRow,
    Owner,
    Photo,
    ServiceRequest,
    User,
)
from staff_app.request.actions import ACTIONS
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
LANE = {"where": "lane"}
SignIn = Callable[[User], Client]


def act(client: Client, one: ServiceRequest, verb: str, **typed: Any) -> Any:
    return client.post(f"/staff/r/{one.reference}/{verb}/", typed)


def done(client: Client, one: ServiceRequest, verb: str, **typed: Any) -> ServiceRequest:
    answer = act(client, one, verb, **typed)
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    one.refresh_from_db()
    return one


def events_of(one: ServiceRequest) -> list[str]:
    return list(Event.objects.filter(service_request=one).order_by("id").values_list("kind", flat=True))


def last_event(one: ServiceRequest) -> Event:
    return Event.objects.filter(service_request=one).latest("id")


@pytest.fixture
def limb(town: Rivermark) -> ServiceRequest:
    """Of Parks, where Pia may do everything."""
    return factories.routed(town.tree, "A limb hangs low.")


@pytest.fixture
def reasons(town: Rivermark) -> None:
    ListedReason.objects.create(
        jurisdiction=town.city, kind="cannot_do", code="private_land", words={"en": "private land"}
    )
    ListedReason.objects.create(jurisdiction=town.city, kind="hold", code="crane", words={"en": "a crane"})


@pytest.fixture
def state(town: Rivermark) -> Owner:
    return Owner.objects.create(jurisdiction=town.city, code="dot", name="State DOT", kind="state_road")


# --- Notes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("typed", "audience"), [({}, "department"), ({"audience": "everyone"}, "everyone")])
def test_a_note_is_for_the_city_unless_its_writer_lets_contractors_read_it(
    pia: Client, limb: ServiceRequest, typed: dict[str, str], audience: str
) -> None:
    page = pia.get(f"/staff/r/{limb.reference}/note/").content.decode()
    assert re.findall(r'<input[^>]+value="(\w+)"[^>]*\bchecked', page) == ["department"]
    done(pia, limb, "note", text="The gate is open.", **typed)
    assert limb.comments.get().audience == audience


def test_a_contractor_writes_to_the_city_and_chooses_no_reader(
    town: Rivermark, limb: ServiceRequest, signed_in: SignIn
) -> None:
    gus = factories.staff("Gus", "contractor", town.city, town.parks)
    type(limb).objects.filter(pk=limb.pk).update(assignee=gus)
    client = signed_in(gus)
    assert b'name="audience"' not in client.get(f"/staff/r/{limb.reference}/note/").content
    done(client, limb, "note", text="We need a bigger truck.", audience="everyone")
    assert limb.comments.get().audience == "department"
    assert "We need a bigger truck." in client.get(f"/staff/r/{limb.reference}/").content.decode()


# --- Working on it ----------------------------------------------------------------------------------------------------


def test_accept_begins_the_work_and_keeps_the_first_promise(pia: Client, limb: ServiceRequest, town: Rivermark) -> None:
    done(pia, limb, "accept")
    assert limb.status == "in_progress"
    assert limb.acknowledged_at is not None
    assert limb.acknowledge_due_at is None
    assert last_event(limb).kind == "accepted"
    assert last_event(limb).user == town.pia


def test_schedule_says_the_day(pia: Client, limb: ServiceRequest) -> None:
    done(pia, limb, "schedule", on="2099-05-06")
    assert limb.scheduled_for == dt.date(2099, 5, 6)
    assert last_event(limb).data == {"date": "2099-05-06"}


@pytest.mark.parametrize(
    ("verb", "column", "kind"), [("visit", "visited_at", "visited"), ("make_safe", "made_safe_at", "made_safe")]
)
def test_a_visit_and_a_safe_place_carry_their_time(
    pia: Client, limb: ServiceRequest, verb: str, column: str, kind: str
) -> None:
    done(pia, limb, verb)
    assert getattr(limb, column) is not None
    assert limb.status == "in_progress"
    assert last_event(limb).kind == kind


def test_hold_pauses_the_clock_and_resume_starts_it(pia: Client, limb: ServiceRequest, reasons: None) -> None:
    done(pia, limb, "hold", reason="crane", until="2099-01-02")
    assert (limb.status, limb.hold_reason, limb.hold_until) == ("on_hold", "crane", dt.date(2099, 1, 2))
    assert limb.due_at is None
    done(pia, limb, "resume")
    assert limb.status == "routed", "nobody has accepted it"
    assert limb.due_at is not None
    assert events_of(limb)[-2:] == ["put_on_hold", "resumed"]


# --- Saying something -------------------------------------------------------------------------------------------------


def test_a_question_waits_for_its_answer(pia: Client, limb: ServiceRequest) -> None:
    done(pia, limb, "ask", question="Which side?")
    assert (limb.status, limb.hold_reason) == ("on_hold", "reporter")
    comment = Comment.objects.get(service_request=limb)
    assert (comment.kind, comment.text, comment.public) == ("question", "Which side?", False)
    assert limb.hold_until is not None
    assert last_event(limb).data == {"comment_id": comment.pk, "until": limb.hold_until.isoformat()}
    done(pia, limb, "answer", text="The south side, she says.")
    assert limb.status == "routed", "an answer is no work"
    assert limb.has_new_answer


def test_a_question_waits_until_the_day_that_staff_choose(pia: Client, limb: ServiceRequest) -> None:
    assert act(pia, limb, "ask", question="Which side?", until="2001-01-02").status_code == 422
    done(pia, limb, "ask", question="Which side?", until="2099-01-02")
    assert limb.hold_until == dt.date(2099, 1, 2)


def test_a_comment_is_public_and_a_note_is_not(pia: Client, limb: ServiceRequest, client: Client) -> None:
    done(pia, limb, "comment", text="We come on Friday.")
    done(pia, limb, "note", text="Bring the long saw.")
    assert events_of(limb)[-2:] == ["commented", "note_added"]
    assert limb.last_public_message_at is not None
    public = client.get(f"/r/{limb.reference}/").content.decode()
    assert "We come on Friday." in public
    assert "long saw" not in public


def test_a_read_answer_loses_its_flag_only_by_who_works_on_it(
    pia: Client, limb: ServiceRequest, signed_in: SignIn, town: Rivermark
) -> None:
    conversation.answer(limb.pk, text="It fell.", actor=limb.participations.get().person)
    cal = signed_in(town.cal)
    assert act(cal, limb, "read").status_code == 403
    limb.refresh_from_db()
    assert limb.has_new_answer
    done(pia, limb, "read")
    assert not limb.has_new_answer


# --- Ending it --------------------------------------------------------------------------------------------------------


@pytest.mark.shows("6.4")
@pytest.mark.parametrize(
    ("typed", "remote"),
    [
        ({"disposition": "fixed", "visited": "yes"}, False),
        ({"disposition": "fixed", "visited": "no"}, True),
        ({"disposition": "action_taken"}, None),
        ({"disposition": "answered"}, None),
        ({"disposition": "not_found", "visited": "yes", "no_evidence": "unsafe"}, False),
        ({"disposition": "cannot_do", "reason": "private_land"}, None),
    ],
)
def test_an_outcome_says_how_it_ended_and_whether_somebody_was_there(
    pia: Client, limb: ServiceRequest, reasons: None, typed: dict[str, str], remote: bool | None
) -> None:
    done(pia, limb, "resolve", words="The limb is gone.", **typed)
    assert (limb.status, limb.disposition) == ("resolved", typed["disposition"])
    assert limb.disposition_reason == typed.get("reason", "")
    assert (limb.visited_at is not None) is (typed.get("visited") == "yes")
    event = last_event(limb)
    assert event.kind == "resolved"
    assert event.data["remote"] is remote
    assert Comment.objects.get(pk=event.data["comment_id"]).public
    factories.run_worker()
    assert OutboxRow.objects.filter(event=event, kind="email_resolved").count() == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "disposition"),
        ({"disposition": "duplicate"}, "disposition"),
        ({"disposition": "not_worked"}, "disposition"),
        ({"disposition": "fixed", "words": "Done."}, "visited"),
        ({"disposition": "not_found", "visited": "no", "words": "Gone."}, "visited"),
        ({"disposition": "cannot_do", "words": "No."}, "reason"),
        ({"disposition": "cannot_do", "reason": "invented", "words": "No."}, "reason"),
        ({"disposition": "fixed", "visited": "yes"}, "words"),
        ({"disposition": "fixed", "visited": "yes", "words": "x" * 100_000}, "words"),
        ({"disposition": "fixed", "visited": "yes", "words": " \x00 "}, "words"),
    ],
)
def test_what_an_outcome_lacks_is_said_beside_it_and_nothing_changes(
    pia: Client, limb: ServiceRequest, reasons: None, typed: dict[str, str], field: str
) -> None:
    before = events_of(limb)
    answer = act(pia, limb, "resolve", **typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert f'id="id_{field}_error"' in page
    if typed.get("words"):
        assert typed["words"].strip(" \x00")[:50] in page
    limb.refresh_from_db()
    assert limb.status == "routed"
    assert events_of(limb) == before


# What the service asks for, what was entered, and whether that is enough.
EVIDENCE = [
    ("none", {"disposition": "fixed", "visited": "no"}, True),
    ("photo", {"disposition": "fixed", "visited": "yes"}, False),
    ("photo", {"disposition": "fixed", "visited": "yes", "photos": True}, True),
    ("photo", {"disposition": "fixed", "visited": "yes", "no_evidence": "unsafe"}, True),
    ("photo", {"disposition": "fixed", "visited": "yes", "no_evidence": "invented"}, False),
    ("photo", {"disposition": "action_taken"}, False),
    ("photo", {"disposition": "answered"}, True),
    ("photo", {"disposition": "cannot_do", "reason": "private_land"}, True),
    ("visit", {"disposition": "fixed", "visited": "no"}, False),
    ("visit", {"disposition": "action_taken"}, False),
    ("visit", {"disposition": "fixed", "visited": "yes"}, True),
    ("visit", {"disposition": "fixed", "visited": "no", "no_evidence": "from_office"}, True),
    # Whatever the service: who says that nothing is there shows the place.
    ("none", {"disposition": "not_found", "visited": "yes"}, False),
    ("visit", {"disposition": "not_found", "visited": "yes"}, False),
    ("none", {"disposition": "not_found", "visited": "yes", "photos": True}, True),
    ("none", {"disposition": "not_found", "visited": "yes", "no_evidence": "unsafe"}, True),
]


@pytest.mark.shows("6.70")
@pytest.mark.parametrize(("asked", "typed", "enough"), EVIDENCE)
def test_closing_shows_what_the_service_asks_for_or_says_why_not(
    town: Rivermark, pia: Client, reasons: None, asked: str, typed: dict[str, Any], enough: bool
) -> None:
    limb = factories.routed(factories.service(town.city, "limb", of=town.parks, evidence=asked))
    entered = {**typed, "words": "The limb is gone."}
    if entered.pop("photos", False):
        entered["photos"] = [SimpleUploadedFile("after.jpg", factories.jpeg(), "image/jpeg")]
    answer = act(pia, limb, "resolve", **entered)
    limb.refresh_from_db()
    assert limb.is_open != enough
    if enough:
        assert last_event(limb).data["no_evidence"] == typed.get("no_evidence")
    else:
        assert answer.status_code == 422
        assert 'id="id_no_evidence_error"' in answer.content.decode()


def test_a_photo_of_the_work_before_a_reopening_is_none_of_the_work_after(
    town: Rivermark, pia: Client, limb: ServiceRequest
) -> None:
    limb = factories.routed(factories.service(town.city, "limb", of=town.parks, evidence="photo"))
    photo = SimpleUploadedFile("after.jpg", factories.jpeg(), "image/jpeg")
    done(pia, limb, "resolve", disposition="fixed", visited="yes", words="Cut.", photos=[photo])
    done(pia, limb, "reopen")
    assert act(pia, limb, "resolve", disposition="fixed", visited="yes", words="Cut.").status_code == 422


def test_the_reason_is_the_citys_own_and_everybody_reads_it(
    town: Rivermark, pia: Client, limb: ServiceRequest, client: Client
) -> None:
    ListedReason.objects.create(
        jurisdiction=town.city, kind="no_evidence", code="storm", words={"en": "the storm", "es": "la tormenta"}
    )
    form = pia.get(f"/staff/r/{limb.reference}/resolve/").content.decode()
    assert "the storm" in form
    assert "it wasn’t safe" not in form
    done(pia, limb, "resolve", disposition="not_found", visited="yes", words="None.", no_evidence="storm")
    assert "No photo or visit: the storm" in client.get(f"/r/{limb.reference}/").content.decode()
    assert "No photo or visit: the storm" in pia.get(f"/staff/r/{limb.reference}/").content.decode()


def test_photos_of_the_work_come_with_the_outcome(pia: Client, limb: ServiceRequest) -> None:
    photo = SimpleUploadedFile("after.jpg", factories.jpeg(), "image/jpeg")
    done(pia, limb, "resolve", disposition="fixed", visited="yes", words="Cut.", photos=[photo])
    assert Photo.objects.get(service_request=limb).kind == "work"


def test_a_photo_that_is_none_ends_nothing_and_leaves_nothing(pia: Client, limb: ServiceRequest) -> None:
    good, bad = (
        SimpleUploadedFile("good.jpg", factories.jpeg(), "image/jpeg"),
        SimpleUploadedFile("bad.jpg", b"GIF89a no photo", "image/jpeg"),
    )
    answer = act(pia, limb, "resolve", disposition="fixed", visited="yes", words="We cut it.", photos=[good, bad])
    assert answer.status_code == 422
    assert "We cut it." in answer.content.decode()
    assert "can’t read this file" in answer.content.decode()
    limb.refresh_from_db()
    assert limb.status == "routed"
    assert not Photo.objects.exists()


def test_no_reply_is_an_outcome_only_where_somebody_asked(pia: Client, limb: ServiceRequest) -> None:
    typed = {"disposition": "no_reply", "words": "We heard nothing."}
    assert act(pia, limb, "resolve", **typed).status_code == 422
    done(pia, limb, "ask", question="Which side?")
    assert done(pia, limb, "resolve", **typed).disposition == "no_reply"


def test_removed_is_an_outcome_only_for_who_may_hide(
    town: Rivermark, tom: Client, pia: Client, limb: ServiceRequest
) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    typed = {"disposition": "removed", "words": "This was no report."}
    assert act(tom, hole, "resolve", **typed).status_code == 422
    assert done(pia, limb, "resolve", **typed).disposition == "removed"


def test_handing_over_names_the_owner_and_their_number(pia: Client, limb: ServiceRequest, state: Owner) -> None:
    done(pia, limb, "hand_over", owner=state.pk, number="DOT-77", words="The State cuts it.")
    assert (limb.status, limb.disposition, limb.owner, limb.owner_reference) == (
        "resolved",
        "handed_over",
        state,
        "DOT-77",
    )
    assert last_event(limb).data["owner_id"] == state.pk


def test_an_owner_of_another_city_is_no_choice(pia: Client, limb: ServiceRequest) -> None:
    elsewhere = factories.jurisdiction("Eastport", hosts=["eastport.example"])
    city = limb.jurisdiction
    city.hosts = ["testserver"]
    city.save()
    theirs = Owner.objects.create(jurisdiction=elsewhere, code="dot", name="Their DOT", kind="state_road")
    assert act(pia, limb, "hand_over", owner=theirs.pk, words="x").status_code == 422


def test_reopening_keeps_the_reference_and_shortens_the_goal(pia: Client, limb: ServiceRequest) -> None:
    first_due = limb.due_at
    done(pia, limb, "resolve", disposition="fixed", visited="yes", words="Cut.")
    done(pia, limb, "reopen", words="A second limb hangs there.")
    assert (limb.status, limb.disposition, limb.reopened_count) == ("routed", "", 1)
    assert limb.due_at is not None
    assert limb.due_at < first_due
    assert last_event(limb).kind == "reopened"


def test_taking_back_for_the_reporter(pia: Client, limb: ServiceRequest) -> None:
    assert done(pia, limb, "withdraw").disposition == "withdrawn"
    assert last_event(limb).kind == "withdrawn"


# --- Whose it is ------------------------------------------------------------------------------------------------------


@pytest.mark.shows("6.4")
def test_a_transfer_goes_with_its_reason_and_out_of_sight(town: Rivermark, tom: Client, pia: Client) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    answer = act(tom, hole, "transfer", department=town.parks.pk, reason="It is in the park.")
    # Tom may not open it any more: back to his queue, not to a 404.
    assert answer["Location"] == "/staff/"
    assert "Transferred to another department." in tom.get("/staff/").content.decode()
    assert tom.get(f"/staff/r/{hole.reference}/").status_code == 404
    hole.refresh_from_db()
    assert (hole.department, hole.status, hole.bounces) == (town.parks, "routed", 1)
    assert "It is in the park." in pia.get(f"/staff/r/{hole.reference}/").content.decode()
    assert last_event(hole).data["from_department_id"] == town.streets.pk


def test_a_transfer_needs_a_reason_and_another_department_of_this_city(town: Rivermark, tom: Client) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    elsewhere = factories.department(factories.jurisdiction("Eastport", hosts=["eastport.example"]), "PK")
    town.city.hosts = ["testserver"]
    town.city.save()
    closed = Department.objects.create(jurisdiction=town.city, code="OLD", calendar=town.streets.calendar, active=False)
    assert act(tom, hole, "transfer", department=town.parks.pk, reason=" ").status_code == 422
    for wrong in (town.streets, elsewhere, closed):
        assert act(tom, hole, "transfer", department=wrong.pk, reason="Not ours.").status_code == 422


def test_back_to_triage_and_on_from_there(town: Rivermark, tom: Client) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    done(tom, hole, "triage", reason="Whose road is this?")
    assert (hole.department, hole.in_triage, hole.status) == (None, True, "received")
    # Tom triages, so he still sees it; and may send it on.
    done(tom, hole, "transfer", department=town.streets.pk, reason="Ours after all.")
    assert (hole.department, hole.in_triage, hole.status) == (town.streets, False, "routed")


def test_route_again_asks_the_table(town: Rivermark, tom: Client) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    done(tom, hole, "triage", reason="Whose?")
    done(tom, hole, "route")
    assert (hole.department, hole.status) == (town.streets, "routed")
    assert hole.routing_decisions.count() == 2


def test_assigning_to_oneself_to_a_colleague_and_to_nobody(town: Rivermark, tom: Client) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    assert done(tom, hole, "assign", assignee=town.tom.pk).assignee == town.tom
    assert done(tom, hole, "assign", assignee=town.dev.pk).assignee == town.dev
    assert last_event(hole).data == {"assignee_id": town.dev.pk}
    assert done(tom, hole, "assign", assignee="").assignee is None


def test_nobody_of_another_department_is_assigned(town: Rivermark, tom: Client) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    gone = factories.staff("Gil", "crew", town.city, town.streets)
    gone.is_active = False
    gone.save()
    for wrong in (town.pia, town.ada, gone):
        assert act(tom, hole, "assign", assignee=wrong.pk).status_code == 422


# --- What it really is ------------------------------------------------------------------------------------------------


def test_another_service_brings_its_own_goal_and_its_own_privacy(town: Rivermark, tom: Client) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    done(tom, hole, "change_service", version=town.outreach.pk)
    assert hole.service == town.outreach.service
    assert (hole.public_state, hole.public_point) == ("private", None)
    assert last_event(hole).data == {"service_code": "outreach", "from_service_code": "pothole"}


def test_a_service_that_is_not_offered_is_no_choice(town: Rivermark, tom: Client) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    town.tree.service.active = False
    town.tree.service.save()
    for wrong in (town.tree, town.pothole):
        assert act(tom, hole, "change_service", version=wrong.pk).status_code == 422


def test_priority(pia: Client, limb: ServiceRequest) -> None:
    done(pia, limb, "set_priority", priority=1)
    assert (limb.priority, limb.priority_reason) == (1, "staff")
    priority_set, alarm_raised = limb.events.order_by("-id")[:2][::-1]
    assert priority_set.data == {"priority": 1, "from_priority": 3}
    # People on call are alerted: see tests/requests_app/actions/alarms/test_alarms.py.
    assert alarm_raised.kind == "alarm_raised"
    assert act(pia, limb, "set_priority", priority=9).status_code == 422


def test_a_place_is_corrected_by_its_address(town: Rivermark, pia: Client, limb: ServiceRequest) -> None:
    factories.address(town.city, "40 Oak Ave", -68.99, 40.51)
    done(pia, limb, "correct_place", address="40 oak ave", note="Behind the school.")
    assert limb.point is not None
    assert (limb.address, limb.place_note, round(limb.point.x, 2)) == ("40 Oak Ave", "Behind the school.", -68.99)
    assert last_event(limb).kind == "place_corrected"


def test_a_place_nobody_knows_or_outside_is_refused(town: Rivermark, pia: Client, limb: ServiceRequest) -> None:
    answer = act(pia, limb, "correct_place", address="Nowhere Lane 1")
    assert answer.status_code == 422
    assert "We couldn’t find this place" in answer.content.decode()
    answer = act(pia, limb, "correct_place", address="A far field", latitude="10", longitude="10")
    assert answer.status_code == 422
    assert "outside Rivermark" in answer.content.decode()


# --- Two of one -------------------------------------------------------------------------------------------------------


def test_joining_and_taking_apart(town: Rivermark, tom: Client) -> None:
    first, second = (factories.routed(town.pothole, answers=LANE) for _ in range(2))
    done(tom, second, "merge", reference=first.display_reference.lower())
    assert (second.status, second.disposition, second.duplicate_of) == ("resolved", "duplicate", first)
    assert events_of(first)[-1] == "duplicate_merged"
    done(tom, second, "unmerge")
    assert (second.status, second.duplicate_of) == ("routed", None)
    assert events_of(second)[-2:] == ["unmerged", "reopened"]


def test_a_parent_must_be_another_one_that_i_see_and_no_duplicate(town: Rivermark, tom: Client) -> None:
    first, second, third = (factories.routed(town.pothole, answers=LANE) for _ in range(3))
    limb = factories.routed(town.tree)
    merges.merge(second.pk, parent=first, actor=town.tom)
    for reference, words in (
        (third.reference, "the number of this request"),
        (limb.reference, "have a request with this number"),
        ("nonsense", "have a request with this number"),
        (second.reference, "Enter that number instead"),
    ):
        answer = act(tom, third, "merge", reference=reference)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert act(tom, third, "merge", reference=limb.reference).content.decode().count(limb.reference) == 1, (
        "as typed only"
    )


# --- What the public sees ---------------------------------------------------------------------------------------------


def test_hidden_and_shown_again(pia: Client, limb: ServiceRequest, client: Client) -> None:
    assert client.get(f"/r/{limb.reference}/").status_code == 200
    done(pia, limb, "hide", reason="personal_data")
    assert client.get(f"/r/{limb.reference}/").status_code == 404
    done(pia, limb, "publish")
    assert client.get(f"/r/{limb.reference}/").status_code == 200
    assert events_of(limb)[-2:] == ["hidden", "published"]


def test_a_photo_of_another_request_is_not_hidden_by_the_way(
    pia: Client, limb: ServiceRequest, town: Rivermark
) -> None:
    from requests_app import photos

    hole = factories.routed(town.pothole, answers=LANE)
    photo = photos.store_upload(io.BytesIO(factories.jpeg()), size=9, jurisdiction=town.city, service_request=hole)
    assert pia.post(f"/staff/r/{limb.reference}/photos/{photo.pk}/hide/").status_code == 404
    photo.refresh_from_db()
    assert photo.hidden_at is None


# --- Refused ----------------------------------------------------------------------------------------------------------


@pytest.mark.sampled(2)
@pytest.mark.parametrize("verb", [one.verb for one in ACTIONS])
def test_what_the_role_does_not_allow_is_403_and_changes_nothing(town: Rivermark, signed_in: SignIn, verb: str) -> None:
    """Rosa may look at everything and hides or shows; the rest is not hers."""
    rosa = signed_in(factories.staff("Rosa", "records_officer", town.city))
    limb = factories.routed(town.tree)
    before = events_of(limb)
    expected = {"hide": (200, 422), "publish": (409, 409)}.get(verb, (403, 403))
    assert (rosa.get(f"/staff/r/{limb.reference}/{verb}/").status_code, act(rosa, limb, verb).status_code) == expected
    assert events_of(limb) == before


@pytest.mark.sampled(3)
@pytest.mark.parametrize("verb", [one.verb for one in ACTIONS])
def test_strangers_reach_no_action(client: Client, limb: ServiceRequest, verb: str) -> None:
    before = events_of(limb)
    answer = act(client, limb, verb)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")
    assert events_of(limb) == before


def test_an_unknown_action_is_404(pia: Client, limb: ServiceRequest) -> None:
    for verb in ("view", "close", "erase"):
        assert act(pia, limb, verb).status_code == 404


@pytest.mark.shows("2.16")
def test_somebody_was_faster_is_409_with_what_was_typed(town: Rivermark, pia: Client, limb: ServiceRequest) -> None:
    endings.resolve(limb.pk, disposition="fixed", text="Cut.", visited=True, actor=town.pia)
    before = events_of(limb)
    answer = act(pia, limb, "ask", question="Which side of the path is it on?")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Someone else got here first" in page
    assert "The request’s status is now: Fixed." in page
    assert "Which side of the path is it on?" in page
    assert events_of(limb) == before


def test_somebody_is_faster_between_the_look_and_the_lock(
    town: Rivermark, pia: Client, limb: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's own check passed; the lock then finds the request ended: the photo that came along goes too."""
    from staff_app.request import action as view

    real = view.ACTION_BY_VERB["resolve"]
    seen = real.is_possible(limb)
    assert seen

    class Late(type(real)):  # type: ignore[misc]
        def is_possible(self, service_request: ServiceRequest) -> bool:
            endings.resolve(service_request.pk, disposition="answered", text="Told.", actor=town.pia)
            return True

    values = {name: getattr(real, name) for name in real.__dataclass_fields__}
    monkeypatch.setitem(view.ACTION_BY_VERB, "resolve", Late(**values))
    photo = SimpleUploadedFile("after.jpg", factories.jpeg(), "image/jpeg")
    answer = act(pia, limb, "resolve", disposition="fixed", visited="yes", words="We cut it.", photos=[photo])
    assert answer.status_code == 409
    assert "We cut it." in answer.content.decode()
    assert not Photo.objects.exists()
    limb.refresh_from_db()
    assert limb.disposition == "answered"


@pytest.mark.parametrize(
    ("verb", "typed"),
    [
        ("schedule", {"on": "2001-01-01"}),
        ("schedule", {"on": "yesterday"}),
        ("hold", {"reason": "crane", "until": "2001-01-01"}),
        ("hold", {"reason": "reporter", "until": "2099-01-01"}),
        ("hold", {"until": "2099-01-01"}),
        ("ask", {"question": "   "}),
        ("comment", {"text": "x" * 5000}),
        ("note", {}),
        ("triage", {}),
        ("hide", {"reason": "because"}),
        ("merge", {"reference": ""}),
        ("hand_over", {"owner": "", "words": "It is theirs."}),
    ],
)
def test_what_is_wrong_is_422_with_a_summary_and_what_was_typed(
    pia: Client, limb: ServiceRequest, reasons: None, verb: str, typed: dict[str, str]
) -> None:
    before = events_of(limb)
    answer = act(pia, limb, verb, **typed)
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'id="error-summary"' in page
    assert "<title>Error: " in page
    for value in typed.values():
        if value.strip():
            assert value in page
    assert events_of(limb) == before


def test_what_is_asked_of_the_staff_is_asked_in_spanish_too(pia: Client, limb: ServiceRequest) -> None:
    answer = pia.get(f"/es/staff/r/{limb.reference}/resolve/")
    assert answer.status_code == 200
    assert '<html lang="es"' in answer.content.decode()


@pytest.mark.shows("6.4")
def test_every_action_of_the_lifecycle_that_staff_do_has_a_page() -> None:
    from requests_app.rules.shared import lifecycle

    # By residents, by the clock, or by call takers: those are not staff actions.
    elsewhere = {"add", "join", "follow", "close", "undo_reopening"}
    assert {one.verb for one in ACTIONS} == set(lifecycle.ACTIONS) - elsewhere


def test_a_hidden_request_stays_hidden_when_its_service_changes(town: Rivermark, tom: Client) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    moderation.hide(hole.pk, reason="abuse", actor=town.ada)
    done(tom, hole, "change_service", version=town.tree.pk)
    assert hole.public_state == "hidden"


def test_a_form_sent_from_the_page_of_a_request_says_where_the_page_goes_on_to(
    town: Rivermark, pia: Client, limb: ServiceRequest
) -> None:
    """And leaves the message for the page that it goes on to. Refused, it is the form again; signed out, a sentence."""
    address = f"/staff/r/{limb.reference}/"
    page = pia.get(address).content.decode()
    links = dict(re.findall(r'href="([^"]+)"\s+data-form="([^"]+)"', page))
    forms = {verb: url for url, verb in links.items()}
    assert {"assign", "ask", "transfer", "hold", "resolve", "set_priority", "snooze"} <= set(forms)
    assert 'id="action-form"' in pia.get(forms["transfer"]).content.decode()
    here = {"X-In-Place": "page"}
    refused = pia.post(forms["transfer"], {"department": town.streets.pk, "reason": ""}, headers=here)
    assert refused.status_code == 422
    assert 'id="action-form"' in refused.content.decode()
    done = pia.post(forms["set_priority"], {"priority": 2}, headers=here)
    assert (done.status_code, done.headers["X-Goes-To"]) == (204, address)
    assert "Priority changed." in pia.get(address).content.decode()
    pia.logout()
    assert pia.get(forms["assign"], headers=here).status_code == 401


def test_assign_to_me_is_offered_until_i_have_it(town: Rivermark, tom: Client) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    address = f"/staff/r/{hole.reference}/"
    button = 'data-verb="assign_me">Assign to me</button>'
    assert button in tom.get(address).content.decode()
    assignment.assign(hole.pk, assignee=town.tom, actor=town.tom)
    assert button not in tom.get(address).content.decode()
