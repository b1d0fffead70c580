"""What staff publish is checked for personal data first, and its writer can withdraw it for 30 seconds and edit it later."""

import datetime as dt
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from requests_app.actions.publication import moderation
from requests_app.actions.work import conversation
from requests_app.actions.work.staff_texts import WITHDRAW_WITHIN
from requests_app.clock import app_now
from requests_app.models import Comment, Event, Owner, ServiceRequest, User
from requests_app.rules.publication.public_texts import public_texts, version_of
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
LEAK = "We told Mr. Alvarez, 617-555-0142, to cut it."


@pytest.fixture
def limb(town: Rivermark) -> ServiceRequest:
    """Of Parks, which Pia supervises."""
    return factories.routed(town.tree, "A limb hangs low.")


@pytest.fixture
def state(town: Rivermark) -> Owner:
    return Owner.objects.create(jurisdiction=town.city, code="dot", name="State DOT", kind="state_road")


def act(client: Client, one: ServiceRequest, verb: str, **typed: Any) -> Any:
    return client.post(f"/staff/r/{one.reference}/{verb}/", typed)


def marked(page: str) -> list[str]:
    """What the page shows as marked."""
    return [html.unescape(words) for words in re.findall(r'class="typed" dir="auto">([^<]+)<', page)]


def seen(page: str) -> str:
    found = re.search(r'name="marked" value="(\w+)"', page)
    assert found is not None
    return found[1]


def remove_values(page: str) -> list[str]:
    return [html.unescape(value) for value in re.findall(r'name="remove" value="([^"]+)"', page)]


def typed_text(page: str, name: str) -> str:
    found = re.search(rf'<textarea name="{name}".*?>\s*(.*?)</textarea>', page, re.DOTALL)
    assert found is not None
    return html.unescape(found[1])


def last_event(one: ServiceRequest) -> Event:
    return Event.objects.filter(service_request=one).latest("id")


# --- Before it is posted ----------------------------------------------------------------------------------------------

PUBLIC_TEXTS = [
    ("comment", "text", {}),
    ("resolve", "words", {"disposition": "fixed", "visited": "yes"}),
    ("resolve", "words", {"disposition": "answered"}),
    ("hand_over", "words", {"owner": "state"}),
    ("ask", "question", {}),
]


@pytest.mark.parametrize(("verb", "field", "more"), PUBLIC_TEXTS)
def test_nothing_is_posted_before_its_writer_saw_what_is_marked(
    pia: Client, limb: ServiceRequest, state: Owner, verb: str, field: str, more: dict[str, str]
) -> None:
    more = {name: str(state.pk) if value == "state" else value for name, value in more.items()}
    before = Event.objects.count()
    response = act(pia, limb, verb, **{field: LEAK}, **more)
    page = response.content.decode()
    assert response.status_code == 422
    assert marked(page) == ["Mr. Alvarez", "617-555-0142"]
    assert typed_text(page, field) == LEAK
    assert Event.objects.count() == before
    assert not Comment.objects.exists()
    # It may be right: the person who posts it anyway decides so, and the history names them.
    assert act(pia, limb, verb, **{field: LEAK}, **more, marked=seen(page)).status_code == 302
    assert Comment.objects.get().text == LEAK
    kept = Event.objects.get(kind="personal_data_kept")
    assert kept.data == {"act": verb, "kinds": "name+phone"}
    assert kept.user is not None
    assert kept.user.name == "Pia"
    timeline = pia.get(f"/staff/r/{limb.reference}/").content.decode()
    assert "Left in after a warning: possible name, phone number" in timeline


def test_a_reopening_is_checked_too(pia: Client, limb: ServiceRequest) -> None:
    act(pia, limb, "resolve", disposition="fixed", visited="yes", words="It is gone.")
    response = act(pia, limb, "reopen", words=LEAK)
    assert response.status_code == 422
    assert marked(response.content.decode()) == ["Mr. Alvarez", "617-555-0142"]


def test_each_passage_goes_with_one_button_and_everything_else_stays(pia: Client, limb: ServiceRequest) -> None:
    """No JavaScript: the buttons send the form."""
    typed = {"disposition": "fixed", "visited": "yes", "words": LEAK}
    page = act(pia, limb, "resolve", **typed).content.decode()
    name, phone = remove_values(page)
    response = act(pia, limb, "resolve", **typed, marked=seen(page), remove=phone)
    page = response.content.decode()
    assert response.status_code == 422
    assert typed_text(page, "words") == "We told Mr. Alvarez, to cut it."
    assert marked(page) == ["Mr. Alvarez"]
    assert "We removed “617-555-0142” and left everything else as you typed it." in page
    assert re.search(r'value="fixed"[^>]*\bchecked', page)
    typed["words"] = typed_text(page, "words")
    page = act(pia, limb, "resolve", **typed, marked=seen(page), remove=name).content.decode()
    assert typed_text(page, "words") == "We told, to cut it."
    assert marked(page) == []
    assert not Comment.objects.exists()
    typed["words"] = "We told the owner to cut it."
    assert act(pia, limb, "resolve", **typed).status_code == 302
    assert Comment.objects.get().text == "We told the owner to cut it."
    assert not Event.objects.filter(kind="personal_data_kept").exists()


def test_who_saw_one_text_marked_did_not_see_another(pia: Client, limb: ServiceRequest) -> None:
    page = act(pia, limb, "comment", text=LEAK).content.decode()
    response = act(pia, limb, "comment", text=f"{LEAK} Or ana@example.org.", marked=seen(page))
    assert response.status_code == 422
    assert "ana@example.org" in marked(response.content.decode())


@pytest.mark.parametrize(
    "value", ["", "text", "text:x:617-555-0142", "reference:0:617-555-0142", "text:0:nothing", "text:999999:"]
)
def test_a_made_up_button_changes_nothing(pia: Client, limb: ServiceRequest, value: str) -> None:
    response = act(pia, limb, "comment", text=LEAK, remove=value)
    assert response.status_code == 422
    assert typed_text(response.content.decode(), "text") == LEAK


@pytest.mark.parametrize(("verb", "field"), [("note", "text"), ("triage", "reason"), ("answer", "text")])
def test_what_only_staff_read_is_not_held_up(pia: Client, limb: ServiceRequest, verb: str, field: str) -> None:
    assert act(pia, limb, verb, **{field: LEAK}).status_code == 302


def test_a_place_note_is_checked_unless_it_is_the_reporters_own(
    town: Rivermark, pia: Client, limb: ServiceRequest
) -> None:
    place = {"address": "12 Elm St", "latitude": "40.5", "longitude": "-69.0"}
    response = act(pia, limb, "correct_place", **place, note="Ring 617-555-0142.")
    assert response.status_code == 422
    assert marked(response.content.decode()) == ["617-555-0142"]
    ServiceRequest.objects.filter(pk=limb.pk).update(place_note="Ring 617-555-0142.")
    assert act(pia, limb, "correct_place", **place, note="Ring 617-555-0142.").status_code == 302


# --- Afterward --------------------------------------------------------------------------------------------------------


@pytest.fixture
def said(town: Rivermark, limb: ServiceRequest) -> Comment:
    return conversation.comment(limb.pk, text="Mr. Hill will see us.", actor=town.pia)


def withdraw(client: Client, said: Comment) -> Any:
    return client.post(f"/staff/r/{said.service_request.reference}/texts/{said.pk}/withdraw/", follow=True)


def edit_page(said: Comment) -> str:
    return f"/staff/r/{said.service_request.reference}/texts/{said.pk}/edit/"


def public_page(one: ServiceRequest) -> str:
    return html.unescape(Client().get(f"/r/{one.reference}/").content.decode())


def test_its_writer_withdraws_it_within_30_seconds_and_nobody_is_emailed(
    pia: Client, limb: ServiceRequest, said: Comment
) -> None:
    assert "Mr. Hill" in public_page(limb)
    assert "Withdraw this text" in pia.get(f"/staff/r/{limb.reference}/").content.decode()
    assert "Nobody can read it anymore" in withdraw(pia, said).content.decode()
    said.refresh_from_db()
    assert said.hidden_at is not None
    assert "Mr. Hill" not in public_page(limb)
    assert last_event(limb).kind == "text_withdrawn"
    assert last_event(limb).data == {"comment_id": said.pk}
    factories.run_worker()
    assert not [one for one in mail.outbox if "Mr. Hill" in str(one.body)]
    # Again changes nothing.
    count = Event.objects.count()
    assert withdraw(pia, said).status_code == 404
    assert Event.objects.count() == count


def test_after_30_seconds_it_can_only_be_edited(pia: Client, limb: ServiceRequest, said: Comment) -> None:
    Comment.objects.filter(pk=said.pk).update(created_at=app_now() - WITHDRAW_WITHIN - dt.timedelta(seconds=1))
    assert "You can still edit it." in html.unescape(withdraw(pia, said).content.decode())
    said.refresh_from_db()
    assert said.hidden_at is None
    assert "Mr. Hill" in public_page(limb)


def test_a_withdrawn_question_is_no_longer_waited_for(town: Rivermark, pia: Client, limb: ServiceRequest) -> None:
    asked = conversation.ask(limb.pk, question="Which gate?", actor=town.pia)
    withdraw(pia, asked)
    limb.refresh_from_db()
    assert (limb.status, limb.hold_reason, limb.hold_until) == ("in_progress", "", None)
    assert limb.due_at is not None


def test_its_writer_edits_it_and_the_earlier_text_stays_in_the_history(
    pia: Client, limb: ServiceRequest, said: Comment
) -> None:
    page = pia.get(edit_page(said)).content.decode()
    assert typed_text(page, "text") == "Mr. Hill will see us."
    answer = pia.post(edit_page(said), {"text": "The owner will see us.", "seen": version_of(said.text)})
    assert answer.status_code == 302
    assert "The owner will see us." in public_page(limb)
    assert "Mr. Hill" not in public_page(limb)
    revision = limb.text_revisions.get()
    assert (revision.before, revision.after, revision.reason) == (
        "Mr. Hill will see us.",
        "The owner will see us.",
        "edited",
    )
    assert last_event(limb).data == {"comment_id": said.pk, "revision_id": revision.pk}
    staff = re.sub(r"\s+", " ", pia.get(f"/staff/r/{limb.reference}/").content.decode())
    assert "Text edited by its writer" in staff
    assert re.search(r"<del>.*Mr. Hill.*</del>", staff)


def test_an_edit_is_checked_too(pia: Client, limb: ServiceRequest, said: Comment) -> None:
    typed = {"text": "Call 617-555-0142.", "seen": version_of(said.text)}
    page = pia.post(edit_page(said), typed).content.decode()
    assert marked(page) == ["617-555-0142"]
    said.refresh_from_db()
    assert said.text == "Mr. Hill will see us."
    removed = pia.post(edit_page(said), {**typed, "marked": seen(page), "remove": remove_values(page)[0]})
    assert typed_text(removed.content.decode(), "text") == "Call."
    assert pia.post(edit_page(said), {**typed, "marked": seen(page)}).status_code == 302
    said.refresh_from_db()
    assert said.text == "Call 617-555-0142."
    assert Event.objects.get(kind="personal_data_kept").data == {"act": "edit_text", "kinds": "phone"}


def test_a_moderators_change_is_not_overwritten(
    town: Rivermark, pia: Client, limb: ServiceRequest, said: Comment
) -> None:
    loaded = version_of(said.text)
    text = next(one for one in public_texts(limb) if one.field == "comment")
    hidden = {text.key: moderation.Replacement("[…] will see us.", text.version)}
    moderation.hide_text(limb.pk, hidden, reason="personal_data", actor=town.pia)
    answer = pia.post(edit_page(said), {"text": "He will see us.", "seen": loaded})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "[…] will see us." in page
    assert typed_text(page, "text") == "He will see us."
    said.refresh_from_db()
    assert said.text == "[…] will see us."


def test_nobody_else_changes_it(town: Rivermark, said: Comment, signed_in: SignIn) -> None:
    paul = signed_in(factories.staff("Paul", "supervisor", town.city, town.parks))
    assert paul.get(edit_page(said)).status_code == 404
    assert paul.post(edit_page(said), {"text": "No."}).status_code == 404
    assert withdraw(paul, said).status_code == 404


def test_a_note_is_not_a_published_text(town: Rivermark, pia: Client, limb: ServiceRequest) -> None:
    note = conversation.note(limb.pk, text="The gate is open.", actor=town.pia)
    assert pia.get(edit_page(note)).status_code == 404
    assert withdraw(pia, note).status_code == 404
