"""Integrations: each says how it is set up, and its test button says what happened."""

import html
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from requests_app import api_keys
from requests_app.messages import sms
from requests_app.models import SetupChange, User
from tests import mail_server, on_call
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.11")]
PATH = "/staff/setup/integrations/"


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    return signed_in(town.ada)


@pytest.fixture
def mailbox(settings: Any) -> Iterator[mail_server.Mailbox]:
    with mail_server.serving(settings) as box:
        yield box


def press(client: Client, **typed: str) -> str:
    return " ".join(html.unescape(strip_tags(client.post(PATH, typed).content.decode())).split())


def test_a_test_email_takes_the_real_way_to_the_one_who_pressed(
    town: Rivermark, ada: Client, mailbox: mail_server.Mailbox, settings: Any
) -> None:
    settings.EMAIL_HOST_PASSWORD = "hunter2"
    said = press(ada, email="1")
    assert f"The mail server accepted an email to {town.ada.email}." in said
    (received,) = mailbox.to(town.ada.email)
    assert received["Subject"] == "Test email from Rivermark"
    assert f"By the mail server 127.0.0.1:{settings.EMAIL_PORT}, not encrypted" in said
    assert "hunter2" not in said
    assert not SetupChange.objects.exists()


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"answer": "552 Mailbox full"}, "The mail server didn’t accept the email. It said: 552 Mailbox full"),
        ({"rcpt_answer": "550 No such user"}, "It said: 550 No such user"),
    ],
)
def test_the_mail_servers_own_answer_is_shown(
    ada: Client, mailbox: mail_server.Mailbox, answers: dict[str, str], said: str
) -> None:
    for name, value in answers.items():
        setattr(mailbox, name, value)
    assert said in press(ada, email="1")


def test_a_mail_server_that_is_not_there_is_said_to_be(ada: Client, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    assert "couldn’t reach the mail server" in (said := press(ada, email="1"))
    assert "Nothing answers at that port." in said


def test_a_test_text_goes_to_the_number(ada: Client, settings: Any, tmp_path: Path) -> None:
    settings.SMS_BACKEND = ""
    assert "no gateway is set up" in press(ada)
    on_call.texts_to(tmp_path, settings)
    assert ada.post(PATH, {"text": "1", "number": "my phone"}).status_code == 422
    assert "no gateway is set up, so nothing is sent" in press(ada, text="1", number="+1 (555) 010-0199")
    assert [one.to for one in sms.latest()] == ["+15550100199"]
    settings.SMS_BACKEND, settings.SMS_URL = "requests_app.messages.sms.send_by_http", "http://127.0.0.1:1/messages"
    assert "We couldn’t reach the gateway." in press(ada, text="1", number="+15550100199")


def test_a_key_is_tested_without_being_kept(town: Rivermark, ada: Client) -> None:
    key, plain = api_keys.create(town.city, "Lamp app", is_test=True)
    answer = ada.post(PATH, {"try_key": "1", "key": plain})
    assert "It works. It’s a test key: Lamp app." in html.unescape(answer.content.decode())
    assert plain not in answer.content.decode()
    key.refresh_from_db()
    assert key.last_used_at is None
    api_keys.revoke(key)
    assert "This test key has ended." in press(ada, try_key="1", key=plain)
    live, plain = api_keys.create(town.city, "Lamp app, live")
    api_keys.revoke(live)
    assert "This key was revoked." in press(ada, try_key="1", key=plain)


def test_a_keys_last_error_is_beside_it(town: Rivermark, ada: Client) -> None:
    _key, plain = api_keys.create(town.city, "Lamp app")
    Client().post("/open311/v2/requests.json", {"api_key": plain, "service_code": "nothing"})
    page = press(ada)
    assert "Last error" in page
    assert "service_code" in page.partition("Last error")[2]


def test_tests_are_limited(town: Rivermark, ada: Client, settings: Any) -> None:
    settings.RATE_LIMITS = True
    for _time in range(10):
        press(ada, try_key="1", key="lk_x")
    assert "That was a lot of tests." in press(ada, try_key="1", key="lk_x")
