"""Two people at one request: the later one sees what changed, keeps what they typed, and can send it again."""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from requests_app import events, photos
from requests_app.actions.publication import moderation
from requests_app.actions.routing import place_corrections
from requests_app.actions.work import assignment, conversation, endings, progress
from requests_app.models import Comment, Event, PublicState, ServiceRequest, User
from requests_app.rules.publication import public_texts
from requests_app.rules.work.staff_actions import CHANGES_FOR, PUBLICATION, VERSION, WORK
from staff_app.request import action as action_view
from staff_app.request.actions import ACTIONS
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
NUMBER = re.compile(r'name="last_event" value="(\d+)"')


@pytest.fixture
def limb(town: Rivermark) -> ServiceRequest:
    """Of Parks, where Pia may do everything."""
    return factories.routed(town.tree, "A limb hangs low.", reporter=factories.ANA)


@pytest.fixture
def pam(town: Rivermark) -> User:
    """Pia's colleague."""
    return factories.staff("Pam", "supervisor", town.city, town.parks)


def opened(client: Client, service_request: ServiceRequest, verb: str) -> str:
    """Opens the form and returns the number it carries."""
    return number_of(client.get(f"/staff/r/{service_request.reference}/{verb}/").content.decode())


def number_of(page: str) -> str:
    found = NUMBER.search(page)
    assert found, "the form carries no number"
    return found.group(1)


def send(client: Client, service_request: ServiceRequest, verb: str, number: str, **typed: Any) -> Any:
    return client.post(f"/staff/r/{service_request.reference}/{verb}/", {**typed, "last_event": number})


def last_id(service_request: ServiceRequest) -> int:
    return Event.objects.filter(service_request=service_request).latest("id").pk


FORMS: list[tuple[str, Callable[[Rivermark], dict[str, Any]], str]] = [
    ("assign", lambda town: {"assignee": town.pia.pk}, "assignee_id"),
    ("set_priority", lambda town: {"priority": 1}, "priority"),
    ("change_service", lambda town: {"version": town.pothole.pk}, "service_id"),
    ("correct_place", lambda town: {"address": "40 Oak St", "latitude": "40.51", "longitude": "-69.01"}, "address"),
    ("comment", lambda town: {"text": "We come on Friday, early."}, "last_public_message_at"),
    ("resolve", lambda town: {"disposition": "fixed", "visited": "yes", "words": "We cut it down."}, "status"),
    ("transfer", lambda town: {"department": town.streets.pk, "reason": "It is on the road."}, "department_id"),
    ("accept", lambda town: {}, "acknowledged_at"),
]


@pytest.mark.parametrize(("verb", "typed", "column"), FORMS)
def test_the_later_writer_sees_what_changed_and_can_send_it_again(
    town: Rivermark, pia: Client, pam: User, limb: ServiceRequest, verb: str, typed: Any, column: str
) -> None:
    entered = typed(town)
    number = opened(pia, limb, verb)
    assignment.set_priority(limb.pk, priority=2, actor=pam)
    limb.refresh_from_db()
    before = getattr(limb, column)

    response = send(pia, limb, verb, number, **entered)

    page = response.content.decode()
    assert response.status_code == 409
    assert "Someone else got here first" in page
    assert "Priority changed from 3 to 2" in page
    assert "Pam" in page
    assert "just now" in page
    for value in entered.values():
        assert str(value) in page
    limb.refresh_from_db()
    assert getattr(limb, column) == before
    # The page carries the new number: the next press is meant.
    assert number_of(page) == str(last_id(limb))
    assert send(pia, limb, verb, number_of(page), **entered).status_code == 302
    limb.refresh_from_db()
    assert getattr(limb, column) != before


@pytest.mark.parametrize("other", ["assign", "change_service", "correct_place"])
def test_any_change_of_the_work_is_seen(
    town: Rivermark, pia: Client, pam: User, limb: ServiceRequest, other: str
) -> None:
    number = opened(pia, limb, "set_priority")
    {
        "assign": lambda: assignment.assign(limb.pk, assignee=pam, actor=pam),
        "change_service": lambda: assignment.change_service(limb.pk, version=town.pothole, actor=pam),
        "correct_place": lambda: place_corrections.correct_place(
            limb.pk, point=factories.at(-69.01, 40.51), address="40 Oak St", note="", actor=pam
        ),
    }[other]()
    assert send(pia, limb, "set_priority", number, priority=1).status_code == 409


def test_what_does_not_matter_to_a_form_refuses_nothing(
    town: Rivermark, pia: Client, pam: User, limb: ServiceRequest
) -> None:
    number = opened(pia, limb, "set_priority")
    for kind in ("joined", "followed", "unsubscribed", "reporter_viewed"):
        events.record(limb, kind, actor=None)
    conversation.note(limb.pk, text="Bring a saw.", actor=pam)
    moderation.hide(limb.pk, reason="abuse", actor=pam)
    assert send(pia, limb, "set_priority", number, priority=1).status_code == 302


def test_a_note_is_never_refused(pia: Client, pam: User, limb: ServiceRequest) -> None:
    number = opened(pia, limb, "note")
    progress.accept(limb.pk, actor=pam)
    assert send(pia, limb, "note", number, text="Bring a saw.").status_code == 302


def test_the_check_is_made_under_the_lock(
    town: Rivermark, pia: Client, pam: User, limb: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other writer commits after the view has looked and before it locks."""
    number = opened(pia, limb, "assign")
    real = action_view.ACTION_BY_VERB["assign"]

    class Late(type(real)):  # type: ignore[misc]
        def is_possible(self, service_request: ServiceRequest) -> bool:
            assignment.assign(service_request.pk, assignee=pam, actor=pam)
            return True

    values = {name: getattr(real, name) for name in real.__dataclass_fields__}
    monkeypatch.setitem(action_view.ACTION_BY_VERB, "assign", Late(**values))
    assert send(pia, limb, "assign", number, assignee=town.pia.pk).status_code == 409
    limb.refresh_from_db()
    assert limb.assignee == pam


def test_an_invalid_form_keeps_its_number(pia: Client, pam: User, limb: ServiceRequest) -> None:
    """Or the next, valid one would overwrite what nobody saw."""
    number = opened(pia, limb, "comment")
    progress.accept(limb.pk, actor=pam)
    response = send(pia, limb, "comment", number, text=" ")
    assert response.status_code == 422
    assert number_of(response.content.decode()) == number


def test_an_ended_request_says_what_changed_too(pia: Client, pam: User, limb: ServiceRequest) -> None:
    number = opened(pia, limb, "ask")
    endings.resolve(limb.pk, disposition="fixed", text="Cut.", visited=True, actor=pam)
    response = send(pia, limb, "ask", number, question="Which side of the path?")
    page = response.content.decode()
    assert response.status_code == 409
    assert "Resolved: Fixed" in page
    assert "Pam" in page
    assert "Which side of the path?" in page


@pytest.mark.parametrize(
    ("number", "status"), [("x", 409), ("-1", 409), ("9" * 40, 409), ("٣", 409), ("", 409), ("9" * 18, 302)]
)
def test_what_is_no_number_of_an_event(pia: Client, limb: ServiceRequest, number: str, status: int) -> None:
    """It counts as a page that showed nothing. A number from the future only fools the one who made it up."""
    assert send(pia, limb, "set_priority", number, priority=1).status_code == status


def test_a_form_over_the_page_counts_what_the_page_of_the_request_showed(
    pia: Client, pam: User, limb: ServiceRequest
) -> None:
    page = pia.get(f"/staff/r/{limb.reference}/").content.decode()
    shown = re.search(r'data-last-event="(\d+)"', page)
    assert shown
    progress.accept(limb.pk, actor=pam)
    form = pia.get(f"/staff/r/{limb.reference}/assign/", {"last_event": shown[1]})
    assert number_of(form.content.decode()) == shown[1]
    address = f"/staff/r/{limb.reference}/assign/"
    for given in ("999999999", "x", "9" * 40):
        assert int(number_of(pia.get(f"{address}?last_event={given}").content.decode())) <= last_id(limb)


def test_a_reply_that_arrived_meanwhile_stays_new(pia: Client, limb: ServiceRequest) -> None:
    ana = limb.participations.get().person
    conversation.answer(limb.pk, text="It fell.", actor=ana)
    number = number_of(pia.get(f"/staff/r/{limb.reference}/").content.decode())
    conversation.answer(limb.pk, text="No, it hangs.", actor=ana)
    response = send(pia, limb, "read", number)
    assert response.status_code == 409
    page = response.content.decode()
    assert "Reply received" in page
    limb.refresh_from_db()
    assert limb.has_new_answer
    assert send(pia, limb, "read", number_of(page)).status_code == 302
    limb.refresh_from_db()
    assert not limb.has_new_answer


# --- Moderation -------------------------------------------------------------------------------------------------------


def test_a_moderator_sees_what_changed(pia: Client, pam: User, limb: ServiceRequest) -> None:
    address = f"/staff/r/{limb.reference}/moderate/"
    page = pia.get(address).content.decode()
    form = dict(re.findall(r'name="((?:words|seen|last_event)[^"]*)"[^>]*value="([^"]*)"', page))
    conversation.comment(limb.pk, text="We come on Friday.", actor=pam)
    response = pia.post(address, {**form, "words-description": "A […] hangs low.", "reason": "abuse"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Public comment" in page
    assert "A […] hangs low." in page
    limb.refresh_from_db()
    assert limb.description == "A limb hangs low."
    again = {**form, "last_event": number_of(page)}
    assert pia.post(address, {**again, "words-description": "A […] hangs low.", "reason": "abuse"}).status_code == 302
    limb.refresh_from_db()
    assert limb.description == "A […] hangs low."


@pytest.mark.parametrize("which", ["hide_photo", "show_photo", "restore"])
def test_buttons_of_moderation_ask_again(
    town: Rivermark, pia: Client, pam: User, limb: ServiceRequest, which: str
) -> None:
    photo = photos.store_upload(io.BytesIO(factories.jpeg()), size=9, jurisdiction=town.city, service_request=limb)
    text = public_texts.public_texts(limb)[0]
    revision = moderation.hide_text(
        limb.pk, {text.key: moderation.Replacement("[…]", text.version)}, reason="abuse", actor=pam
    )[0]
    if which == "show_photo":
        moderation.hide_photo(photo.pk, reason="abuse", actor=pam)
    address = {
        "hide_photo": reverse("staff_app:hide_photo", args=[limb.reference, photo.pk]),
        "show_photo": reverse("staff_app:show_photo", args=[limb.reference, photo.pk]),
        "restore": reverse("staff_app:restore", args=[limb.reference, revision.pk]),
    }[which]
    number = last_id(limb)
    moderation.hide(limb.pk, reason="abuse", actor=pam)
    response = pia.post(address, {"reason": "abuse", "last_event": number})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Hidden from the public" in page
    assert 'name="reason" value="abuse"' in page
    done = last_id(limb)
    assert pia.post(address, {"reason": "abuse", "last_event": number_of(page)}).status_code == 302
    assert last_id(limb) > done


def test_a_report_edited_during_its_review_is_not_published_unread(
    town: Rivermark, pia: Client, limb: ServiceRequest
) -> None:
    moderation.send_to_review(limb.pk, reason="link")
    page = pia.get("/staff/review/").content.decode()
    number = number_of(page)
    assert f'name="last_event_{limb.reference}" value="{number}"' in " ".join(page.split())
    events.record(limb, "edited", actor=limb.participations.get().person, field="description")
    response = pia.post(f"/staff/review/{limb.reference}/", {"publish": "1", "last_event": number})
    assert response.status_code == 409
    assert "Edited the report" in response.content.decode()
    several = {"publish": "1", "chosen": limb.reference, f"last_event_{limb.reference}": number}
    assert "We left out 1 report" in pia.post("/staff/review/several/", several, follow=True).content.decode()
    limb.refresh_from_db()
    assert limb.public_state == PublicState.PENDING_REVIEW
    again = {"publish": "1", "last_event": number_of(response.content.decode())}
    assert pia.post(f"/staff/review/{limb.reference}/", again).status_code == 302
    limb.refresh_from_db()
    assert limb.public_state == PublicState.PUBLIC


# --- All forms --------------------------------------------------------------------------------------------------------


def test_every_form_of_a_request_carries_the_number(town: Rivermark, pia: Client, limb: ServiceRequest) -> None:
    ana = limb.participations.get().person
    conversation.answer(limb.pk, text="It fell.", actor=ana)
    pages = [f"/staff/r/{limb.reference}/", f"/staff/r/{limb.reference}/moderate/"]
    pages += [f"/staff/r/{limb.reference}/{action.verb}/" for action in ACTIONS if action.is_possible(limb)]
    moderation.send_to_review(factories.routed(town.tree, "Another limb.").pk, reason="link")
    pages.append("/staff/review/")
    wrong = []
    for address in pages:
        response = pia.get(address)
        assert response.status_code == 200, address
        for form in re.findall(r'<form[^>]*method="post".*?</form>', response.content.decode(), re.DOTALL):
            to = re.search(r'action="([^"]*)"', form)
            path = to.group(1) if to else address
            if re.match(r"/staff/(r|review)/", path) and path != "/staff/review/several/" and not NUMBER.search(form):
                wrong.append(f"{address}: {path}")
    assert wrong == []


def test_who_joins_or_notes_something_outdates_no_form() -> None:
    assert {"joined", "followed", "unsubscribed", "note_added"}.isdisjoint(WORK | PUBLICATION)
    verbs = {action.verb for action in ACTIONS}
    assert CHANGES_FOR.keys() - verbs == {
        "read", "moderate", "restore", "hide_photo", "show_photo", "review", "undo", "crew_result",
        VERSION,
    }  # fmt: skip


def test_what_cannot_be_saved_anymore_is_shown_on_the_error_page(
    town: Rivermark, tom: Client, limb: ServiceRequest
) -> None:
    """Transferred while Tom was typing: the request is out of his reach, his words aren't."""
    hole = factories.routed(town.pothole, answers={"where": "lane"})
    number = opened(tom, hole, "comment")
    assignment.transfer(hole.pk, department=town.parks, reason="It is in the park.", actor=town.tom)
    response = send(tom, hole, "comment", number, text="We come on Friday, early.")
    assert response.status_code == 404
    assert "We come on Friday, early." in response.content.decode()
    assert not Comment.objects.filter(text="We come on Friday, early.").exists()
