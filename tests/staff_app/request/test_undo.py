"""Undoing: each action, by the one who did it, within 30 seconds, without anyone being emailed."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app import events
from requests_app.actions.privacy import expiry
from requests_app.actions.publication import moderation
from requests_app.actions.shared import counters
from requests_app.actions.work import assignment, conversation, endings, holds, merges
from requests_app.event_kinds import KINDS
from requests_app.models import (
    Clock,
    Comment,
    DigestItem,
    Event,
    Message,
    OutboxRow,
    Owner,
    Participation,
    Photo,
    RequestArea,
    ServiceRequest,
    UndoState,
    User,
)
from requests_app.rules.work.staff_actions import UNDO_FOR, UNDOABLE
from staff_app.request.actions import ACTIONS
from tests import factories, mail_server
from tests.factories import Rivermark
from tests.mail_server import Mailbox
from tests.shifted_clock import set_time

pytestmark = pytest.mark.django_db
LANE = {"where": "lane"}
SignIn = Callable[[User], Client]
UNDO = re.compile(r'action="(/staff/undo/\d+/)"')


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    with mail_server.serving(settings) as box:
        yield box


@pytest.fixture
def limb(town: Rivermark) -> ServiceRequest:
    """Of Parks, where Pia may do everything; reported by Ana, whose receipt was sent."""
    return factories.routed(town.tree, "A limb hangs low.", reporter=factories.ANA)


@pytest.fixture
def owner(town: Rivermark) -> Owner:
    return Owner.objects.create(
        jurisdiction=town.city, code="rail", name="Acme Railroad", kind="railroad", email="acme@rail.example"
    )


def after(seconds: float) -> None:
    """Of the latest event."""
    set_time(Event.objects.latest("at").at + dt.timedelta(seconds=seconds))


def act(client: Client, service_request: ServiceRequest, verb: str, **typed: Any) -> str:
    """Does it, and returns the address of the Undo button in the message."""
    response = client.post(f"/staff/r/{service_request.reference}/{verb}/", typed, follow=True)
    assert response.redirect_chain, response.content.decode()[-3000:]
    found = UNDO.search(response.content.decode())
    assert found, "no Undo in the message"
    service_request.refresh_from_db()
    return found.group(1)


def state(service_request: ServiceRequest) -> dict[str, Any]:
    """Everything about the request that must be as before, except when it last changed."""
    row = ServiceRequest.objects.filter(pk=service_request.pk).values().get()
    del row["updated_at"]
    clocks = Clock.objects.filter(service_request=service_request).order_by("pk")
    areas = RequestArea.objects.filter(service_request=service_request).order_by("area")
    return {
        **row,
        "clocks": list(clocks.values()),
        "areas": list(areas.values("area", "is_open", "public_state", "submitted_at")),
        "people": list(service_request.participations.order_by("pk").values("person", "role", "unsubscribed_at")),
        "public comments": list(service_request.comments.filter(public=True).values_list("pk", flat=True)),
    }


def prepare(verb: str, town: Rivermark, limb: ServiceRequest, owner: Owner) -> dict[str, Any]:
    """Brings the request to a status that allows the action, and returns what to enter."""
    pia = town.pia
    if verb == "resume":
        holds.hold(limb.pk, reason="weather", until=dt.date(2099, 1, 2), actor=pia)
    elif verb in ("reopen", "unmerge"):
        if verb == "reopen":
            endings.resolve(limb.pk, disposition="fixed", text="Cut.", visited=True, actor=pia)
        else:
            merges.merge(limb.pk, parent=factories.routed(town.tree, "The same limb."), actor=pia)
    elif verb == "answer":
        conversation.ask(limb.pk, question="Which side?", actor=pia)
    elif verb == "publish":
        moderation.hide(limb.pk, reason="abuse", actor=pia)
    elif verb == "route":
        assignment.return_to_triage(limb.pk, reason="Whose?", actor=pia)
    return {
        "resolve": lambda: {"disposition": "fixed", "visited": "yes", "words": "Cut."},
        "reopen": lambda: {"words": "Another limb."},
        "assign": lambda: {"assignee": pia.pk},
        "ask": lambda: {"question": "Which side?"},
        "transfer": lambda: {"department": town.streets.pk, "reason": "It is on the road."},
        "triage": lambda: {"reason": "Whose is it?"},
        "hand_over": lambda: {"owner": owner.pk, "number": "R-1", "words": "The railroad cuts it."},
        "comment": lambda: {"text": "We come on Friday."},
        "note": lambda: {"text": "Bring the long saw."},
        "schedule": lambda: {"on": "2099-05-06"},
        "hold": lambda: {"reason": "weather", "until": "2099-01-02"},
        "answer": lambda: {"text": "The south side."},
        "change_service": lambda: {"version": town.outreach.pk},
        "set_priority": lambda: {"priority": 2},
        "correct_place": lambda: {"address": "40 Oak St", "latitude": "40.51", "longitude": "-69.01"},
        "merge": lambda: {"reference": factories.routed(town.tree, "The same limb.").reference},
        "hide": lambda: {"reason": "abuse"},
    }.get(verb, dict)()


@pytest.mark.parametrize("verb", [action.verb for action in ACTIONS])
def test_undo_restores_everything_and_emails_nobody(
    town: Rivermark, signed_in: SignIn, limb: ServiceRequest, owner: Owner, mailbox: Mailbox, verb: str
) -> None:
    town.pia.memberships.update(department=None)
    pia = signed_in(town.pia)
    typed = prepare(verb, town, limb, owner)
    mail_server.deliver()
    counters.fold()
    mailbox.mails.clear()
    messages = Message.objects.count()
    before = state(limb)
    undo = act(pia, limb, verb, **typed)
    acted = Event.objects.get(pk=int(undo.split("/")[-2]))
    if verb not in ("assign", "note", "set_priority"):
        assert state(limb) != before

    response = pia.post(undo, follow=True)

    assert response.status_code == 200, response.content.decode()
    assert "Undone. No one was emailed." in response.content.decode()
    assert state(limb) == before
    assert (
        Event.objects.filter(kind="undone", data={"event_id": acted.pk, "act": acted.kind}, user=town.pia).count() == 1
    )
    after(120)
    mail_server.deliver()
    assert mailbox.mails == []
    assert Message.objects.count() == messages
    assert not DigestItem.objects.filter(event=acted).exists()
    assert counters.recount() == 0


def test_what_to_do_once_it_is_too_late_is_an_action() -> None:
    assert {KINDS[name].instead for name in UNDOABLE} <= {action.verb for action in ACTIONS}


def test_the_owner_gets_the_email_after_30_seconds_and_not_before(
    pia: Client, limb: ServiceRequest, owner: Owner, mailbox: Mailbox
) -> None:
    mail_server.deliver()
    mailbox.mails.clear()
    act(pia, limb, "hand_over", owner=owner.pk, words="The railroad cuts it.")
    after(29)
    mail_server.deliver(later=False)
    assert mailbox.mails == []
    after(31)
    mail_server.deliver(later=False)
    assert {mail["To"] for mail in mailbox.mails} == {"acme@rail.example", "ana@example.org"}


def test_handing_over_has_nobody_chosen(pia: Client, limb: ServiceRequest, owner: Owner) -> None:
    limb.owner = owner
    limb.save()
    page = pia.get(f"/staff/r/{limb.reference}/hand_over/").content.decode()
    assert '<option value="" selected>Choose an owner</option>' in page
    assert page.count(" selected") == 1
    response = pia.post(f"/staff/r/{limb.reference}/hand_over/", {"owner": "", "words": "Theirs."})
    assert response.status_code == 422
    assert "Choose who owns it." in response.content.decode()
    assert not OutboxRow.objects.filter(kind="mail_owner").exists()


def test_after_31_seconds_it_is_too_late(pia: Client, limb: ServiceRequest, town: Rivermark) -> None:
    undo = act(pia, limb, "resolve", disposition="fixed", visited="yes", words="Cut.")
    after(30)
    assert pia.get(undo).status_code == 200
    after(31)
    response = pia.post(undo)
    assert response.status_code == 409
    page = response.content.decode()
    assert "It’s too late to undo this" in page
    assert "Reopen the request, and tell people why." in page
    assert f'href="/staff/r/{limb.reference}/reopen/"' in page
    limb.refresh_from_db()
    assert limb.status == "resolved"
    assert not Event.objects.filter(kind="undone").exists()


def test_at_30_seconds_it_still_works(pia: Client, limb: ServiceRequest) -> None:
    undo = act(pia, limb, "accept")
    after(30)
    assert pia.post(undo).status_code == 302
    limb.refresh_from_db()
    assert limb.status == "routed"


def test_a_worker_that_was_faster_makes_it_too_late(pia: Client, limb: ServiceRequest) -> None:
    undo = act(pia, limb, "comment", text="We come on Friday.")
    factories.run_worker()
    assert pia.post(undo).status_code == 409
    assert Comment.objects.get(service_request=limb).public


def test_only_the_one_who_did_it_can_undo_it(
    pia: Client, tom: Client, signed_in: SignIn, limb: ServiceRequest, town: Rivermark, client: Client
) -> None:
    undo = act(pia, limb, "accept")
    colleague = signed_in(factories.staff("Pam", "supervisor", town.city, town.parks))
    assert "Only the person who did this can undo it." in colleague.get(undo).content.decode()
    assert colleague.get(undo).status_code == 403
    assert colleague.post(undo).status_code == 403
    # Tom of Streets doesn't know of the request.
    assert tom.post(undo).status_code == 404
    assert client.post(undo)["Location"].startswith("/accounts/login/")
    assert pia.post("/staff/undo/999999999/").status_code == 404
    limb.refresh_from_db()
    assert limb.status == "in_progress"


def test_what_happened_since_is_said_and_nothing_undone(pia: Client, limb: ServiceRequest, town: Rivermark) -> None:
    undo = act(pia, limb, "accept")
    pam = factories.staff("Pam", "supervisor", town.city, town.parks)
    assignment.assign(limb.pk, assignee=pam, actor=pam)
    response = pia.post(undo)
    assert response.status_code == 409
    page = response.content.decode()
    assert "This can’t be undone anymore" in page
    assert "Assigned to Pam" in page
    assert "just now" in page
    limb.refresh_from_db()
    assert (limb.status, limb.assignee) == ("in_progress", pam)


def test_a_follower_who_joined_meanwhile_stays(pia: Client, limb: ServiceRequest, town: Rivermark) -> None:
    undo = act(pia, limb, "accept")
    events.record(limb, "followed", actor=None)
    assert pia.post(undo).status_code == 302


def test_undoing_twice_undoes_once(pia: Client, limb: ServiceRequest) -> None:
    undo = act(pia, limb, "set_priority", priority=1)
    assert pia.post(undo).status_code == 302
    assert pia.post(undo).status_code == 302
    assert Event.objects.filter(service_request=limb, kind="undone").count() == 1


def test_a_transfer_out_of_sight_can_be_undone(town: Rivermark, tom: Client) -> None:
    hole = factories.routed(town.pothole, answers=LANE)
    undo = act(tom, hole, "transfer", department=town.parks.pk, reason="It is in the park.")
    assert tom.get(f"/staff/r/{hole.reference}/").status_code == 404
    assert "can’t open it anymore" not in tom.get(undo).content.decode()
    response = tom.post(undo)
    assert response["Location"] == f"/staff/r/{hole.reference}/"
    hole.refresh_from_db()
    assert (hole.department, hole.bounces) == (town.streets, 0)


def test_the_public_is_told_of_neither(pia: Client, client: Client, limb: ServiceRequest) -> None:
    undo = act(pia, limb, "resolve", disposition="fixed", visited="yes", words="We cut the limb.")
    address = f"/r/{limb.reference}/"
    assert "We cut the limb." in client.get(address).content.decode()
    pia.post(undo)
    api = f"/open311/v2/requests/{limb.reference}.json?extensions=true"
    for page in (client.get(address).content.decode(), client.get(api).content.decode()):
        assert "We cut the limb." not in page
        # On the page as the step that is still ahead.
        assert page.count("Fixed") == page.count('class="stepper"')
        assert "ndone" not in page
    staff = pia.get(f"/staff/r/{limb.reference}/").content.decode()
    assert "<s>Resolved: Fixed</s>" in staff
    assert "Undone: Resolved: Fixed" in staff
    assert "We cut the limb." in staff


def test_words_taken_back_are_read_by_those_alone_who_read_hidden_words(
    pia: Client, limb: ServiceRequest, signed_in: SignIn, town: Rivermark
) -> None:
    pia.post(act(pia, limb, "note", text="Her phone is 555-0188."))
    crew = signed_in(factories.staff("Gil", "crew", town.city, town.parks))
    address = f"/staff/r/{limb.reference}/"
    assert "555-0188" not in crew.get(address).content.decode()
    assert "555-0188" in pia.get(address).content.decode()


def test_photos_of_the_work_are_hidden_again(pia: Client, limb: ServiceRequest) -> None:
    act(pia, limb, "note", text="Call first.")
    photo = SimpleUploadedFile("after.jpg", factories.jpeg(), "image/jpeg")
    undo = act(pia, limb, "resolve", disposition="fixed", visited="yes", words="Cut.", photos=[photo])
    stored = Photo.objects.get(service_request=limb)
    assert stored.hidden_at is None
    pia.post(undo)
    stored.refresh_from_db()
    assert stored.hidden_at is not None
    # What they wrote before stays.
    assert limb.comments.get(text="Call first.").hidden_at is None


def test_a_merge_that_is_undone_leaves_who_had_joined_before(
    pia: Client, limb: ServiceRequest, town: Rivermark
) -> None:
    parent = factories.routed(town.tree, "The same limb.")
    person = limb.participations.get().person
    joined = Participation.objects.create(service_request=parent, person=person, role=Participation.Role.AFFECTED)
    pia.post(act(pia, limb, "merge", reference=parent.reference))
    assert Participation.objects.filter(pk=joined.pk).exists()


def test_a_merge_takes_its_people_back_and_leaves_the_others(
    pia: Client, limb: ServiceRequest, town: Rivermark
) -> None:
    parent = factories.routed(town.tree, "The same limb.")
    people = parent.participations.count()
    undo = act(pia, limb, "merge", reference=parent.reference)
    parent.refresh_from_db()
    assert (parent.people_count, parent.participations.count()) == (2, people + 1)
    pia.post(undo)
    parent.refresh_from_db()
    assert (parent.people_count, parent.participations.count()) == (1, people)
    assert Participation.objects.filter(service_request=limb).count() == 1
    assert Event.objects.filter(service_request=parent, kind="undone").count() == 1


def test_what_residents_do_and_receipts_never_wait(town: Rivermark, limb: ServiceRequest, mailbox: Mailbox) -> None:
    mail_server.deliver(later=False)
    assert [mail["X-Lamplighter-Event"] for mail in mailbox.to("ana@example.org")] == ["received"]
    mailbox.mails.clear()
    factories.report(town.tree, "By phone.", reporter=factories.ANA, actor=town.cal, channel="phone")
    mail_server.deliver(later=False)
    assert [mail["X-Lamplighter-Event"] for mail in mailbox.mails] == ["received"]


def test_a_residents_action_ends_the_wait_so_that_email_stays_in_order(
    town: Rivermark, limb: ServiceRequest, mailbox: Mailbox
) -> None:
    mail_server.deliver(later=False)
    mailbox.mails.clear()
    conversation.comment(limb.pk, text="We come on Friday.", actor=town.pia)
    mail_server.deliver(later=False)
    assert mailbox.mails == []
    endings.withdraw(limb.pk, actor=limb.participations.get().person)
    mail_server.deliver(later=False)
    assert [mail["X-Lamplighter-Event"] for mail in mailbox.mails] == ["commented"]
    assert not OutboxRow.objects.filter(kind="notify", done_at=None).exists()


def test_a_supervisors_email_waits_with_the_reopening(
    town: Rivermark, pia: Client, limb: ServiceRequest, mailbox: Mailbox
) -> None:
    ServiceRequest.objects.filter(pk=limb.pk).update(reopened_count=1)
    endings.resolve(limb.pk, disposition="fixed", text="Cut.", visited=True, actor=town.pia)
    mail_server.deliver()
    mailbox.mails.clear()
    undo = act(pia, limb, "reopen", words="It hangs again.")
    assert limb.assignee is not None
    mail_server.deliver(later=False)
    assert mailbox.mails == []
    pia.post(undo)
    limb.refresh_from_db()
    assert (limb.status, limb.assignee) == ("resolved", None)
    mail_server.deliver()
    assert mailbox.mails == []


def test_states_for_undoing_are_swept(pia: Client, limb: ServiceRequest) -> None:
    act(pia, limb, "accept")
    expiry.sweep()
    assert UndoState.objects.count() == 1
    after(3601)
    expiry.sweep()
    assert not UndoState.objects.exists()


def test_the_wait_is_30_seconds() -> None:
    assert dt.timedelta(seconds=30) == UNDO_FOR
