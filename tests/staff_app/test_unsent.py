"""What staff typed is there again after they have signed in: on the same form, for the same person, never in an address."""

import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.actions.publication import moderation
from requests_app.actions.work import progress
from requests_app.models import Comment, ServiceRequest
from requests_app.rules.publication import public_texts
from staff_app import unsent
from tests import factories
from tests.factories import PASSWORD, Rivermark

pytestmark = pytest.mark.django_db
WORDS = "We cut the limb on Friday, before eight."


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = False


@pytest.fixture
def limb(town: Rivermark) -> ServiceRequest:
    return factories.routed(town.tree, "A limb hangs low.")


def hidden(page: str) -> dict[str, str]:
    """The hidden fields that every staff form has."""
    return dict(re.findall(r'<input type="hidden" name="(writer|last_event)" value="(\d+)">', page))


def sign_in(client: Client, email: str, then: str) -> Any:
    """Signs in where the redirect led, and goes on from there."""
    page = client.get(then).content.decode()
    found = re.search(r'name="next" value="([^"]*)"', page)
    assert found
    answer = client.post("/accounts/login/", {"login": email, "password": PASSWORD, "next": found.group(1)})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def end_session() -> None:
    Session.objects.all().delete()


def test_a_comment_typed_in_an_ended_session_is_in_its_form_again(
    town: Rivermark, pia: Client, limb: ServiceRequest
) -> None:
    address = f"/staff/r/{limb.reference}/comment/"
    fields = hidden(pia.get(address).content.decode())
    assert set(fields) == {"writer", "last_event"}
    end_session()

    response = pia.post(address, {**fields, "text": WORDS})

    assert response.status_code == 302
    to_sign_in = response["Location"]
    assert to_sign_in.startswith("/accounts/login/?next=")
    assert "limb" not in to_sign_in
    assert "Friday" not in to_sign_in
    page = pia.get(to_sign_in).content.decode()
    assert "you can send what you typed" in page
    # Not before they have signed in: it may be somebody else's screen by now.
    assert WORDS not in page
    location = sign_in(pia, town.pia.email, to_sign_in)
    assert location == address
    page = pia.get(location).content.decode()
    assert "You were signed out, so this wasn’t sent." in page
    assert WORDS in page
    assert not Comment.objects.exists()
    # Also after a reload.
    assert WORDS in pia.get(location).content.decode()
    assert pia.post(address, {**hidden(page), "text": WORDS}).status_code == 302
    assert Comment.objects.get().text == WORDS
    assert WORDS not in pia.get(address).content.decode()


def test_what_changed_while_signed_out_is_still_seen(town: Rivermark, pia: Client, limb: ServiceRequest) -> None:
    address = f"/staff/r/{limb.reference}/comment/"
    fields = hidden(pia.get(address).content.decode())
    end_session()
    to_sign_in = pia.post(address, {**fields, "text": WORDS})["Location"]
    progress.accept(limb.pk, actor=factories.staff("Pam", "supervisor", town.city, town.parks))
    page = pia.get(sign_in(pia, town.pia.email, to_sign_in)).content.decode()
    response = pia.post(address, {**hidden(page), "text": WORDS})
    assert response.status_code == 409
    assert WORDS in response.content.decode()


def test_somebody_else_who_signs_in_reads_nothing_of_it(town: Rivermark, pia: Client, limb: ServiceRequest) -> None:
    address = f"/staff/r/{limb.reference}/comment/"
    fields = hidden(pia.get(address).content.decode())
    end_session()
    to_sign_in = pia.post(address, {**fields, "text": WORDS})["Location"]
    pam = factories.staff("Pam", "supervisor", town.city, town.parks)
    response = pia.get(sign_in(pia, pam.email, to_sign_in))
    assert response.status_code == 200
    assert WORDS not in response.content.decode()
    assert "You were signed out" not in response.content.decode()


def test_without_its_writer_it_is_shown_to_nobody(town: Rivermark, client: Client, limb: ServiceRequest) -> None:
    address = f"/staff/r/{limb.reference}/comment/"
    to_sign_in = client.post(address, {"text": WORDS})["Location"]
    assert WORDS not in client.get(sign_in(client, town.pia.email, to_sign_in)).content.decode()


def test_a_choice_a_day_and_a_lost_photo_come_back_as_far_as_they_can(
    town: Rivermark, pia: Client, limb: ServiceRequest
) -> None:
    address = f"/staff/r/{limb.reference}/resolve/"
    fields = hidden(pia.get(address).content.decode())
    end_session()
    photo = SimpleUploadedFile("after.jpg", factories.jpeg(), "image/jpeg")
    typed = {"disposition": "fixed", "visited": "yes", "words": WORDS, "photos": [photo]}
    to_sign_in = pia.post(address, {**fields, **typed})["Location"]
    page = pia.get(sign_in(pia, town.pia.email, to_sign_in)).content.decode()
    assert WORDS in page
    assert "Choose the photos again." in page
    assert re.search(r'value="fixed"[^>]*checked|checked[^>]*value="fixed"', page)


def test_the_text_of_a_moderator_is_in_its_form_again(town: Rivermark, pia: Client, limb: ServiceRequest) -> None:
    address = f"/staff/r/{limb.reference}/moderate/"
    fields = hidden(pia.get(address).content.decode())
    text = public_texts.public_texts(limb)[0]
    end_session()
    typed = {f"words-{text.key}": "A […] hangs low.", f"seen-{text.key}": text.version, "reason": "abuse"}
    to_sign_in = pia.post(address, {**fields, **typed})["Location"]
    page = pia.get(sign_in(pia, town.pia.email, to_sign_in)).content.decode()
    assert "A […] hangs low." in page


def test_a_button_and_other_forms_are_offered_again(town: Rivermark, pia: Client, limb: ServiceRequest) -> None:
    """Pages without a form of their own, and those of administration, show what was typed and one button."""
    moderation.send_to_review(limb.pk, reason="link")
    writer = {"writer": str(town.pia.pk)}
    address = f"/staff/review/{limb.reference}/"
    end_session()
    to_sign_in = pia.post(address, {**writer, "reason": "abuse"})["Location"]
    response = pia.get(sign_in(pia, town.pia.email, to_sign_in))
    page = response.content.decode()
    assert response.status_code == 200
    assert "You were signed out" in page
    assert '<input type="hidden" name="reason" value="abuse">' in page
    assert pia.post(address, {**hidden(page), "reason": "abuse"}).status_code == 302
    limb.refresh_from_db()
    assert limb.public_state == "hidden"


def test_a_sentence_of_an_administrator_is_not_lost(town: Rivermark, signed_in: Any) -> None:
    ada = signed_in(town.ada)
    fields = hidden(ada.get("/staff/emergency-words/").content.decode())
    assert set(fields) == {"writer"}
    end_session()
    typed = {**fields, "phrase": "the big dam is leaking", "kind": "red_flag", "unless": "", "language": "en"}
    to_sign_in = ada.post("/staff/emergency-words/", typed)["Location"]
    page = ada.get(sign_in(ada, town.ada.email, to_sign_in)).content.decode()
    assert "the big dam is leaking" in page
    assert "Send it now" in page


def test_passwords_and_too_much_are_not_kept(client: Client, town: Rivermark, limb: ServiceRequest) -> None:
    address = f"/staff/r/{limb.reference}/comment/"
    client.post(address, {"password": "secret words", "text": "short", "csrfmiddlewaretoken": "x"})
    kept = client.session[unsent.SESSION_KEY]
    assert [one["fields"] for one in kept] == [[["text", "short"]]]
    client.post(f"{address}?x=1", {"text": "x" * (unsent.CHARACTERS_MAX + 1)})
    assert client.session[unsent.SESSION_KEY] == kept
    for number in range(unsent.FORMS_MAX + 3):
        client.post(f"/staff/r/{limb.reference}/verb-{number}/", {"text": "x"})
    assert len(client.session[unsent.SESSION_KEY]) == unsent.FORMS_MAX


def test_one_network_cannot_fill_the_sessions(client: Client, settings: Any, limb: ServiceRequest) -> None:
    settings.RATE_LIMITS = True
    address = f"/staff/r/{limb.reference}/comment/"
    for _time in range(unsent.AN_HOUR + 1):
        stranger = Client(REMOTE_ADDR="203.0.113.77")
        assert stranger.post(address, {"text": "x"}).status_code == 302
    assert unsent.SESSION_KEY not in stranger.session
    assert Session.objects.count() <= unsent.AN_HOUR + 1


def test_every_staff_form_says_who_writes(town: Rivermark, signed_in: Any, pia: Client, limb: ServiceRequest) -> None:
    ada = signed_in(town.ada)
    pages = [(pia, f"/staff/r/{limb.reference}/"), (pia, "/staff/profile/"), (pia, f"/staff/r/{limb.reference}/ask/")]
    pages += [(ada, f"/staff/{name}/") for name in ("emergency-words", "moderation-words", "signs", "api-keys")]
    wrong = []
    for client, address in pages:
        response = client.get(address)
        assert response.status_code == 200, address
        for form in re.findall(r'<form[^>]*method="post".*?</form>', response.content.decode(), re.DOTALL):
            if "/accounts/logout/" not in form and 'name="writer"' not in form:
                wrong.append((address, form[:120]))
    assert wrong == []
