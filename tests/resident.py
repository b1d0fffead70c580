"""Signs residents in as they do it: request the link, read the email, press the button."""

import re
from functools import partial
from typing import Any

from django.core import mail
from django.test import Client

from requests_app.worker.tasks import drain
from tests import factories
from tests.saved import step

ANA = "ana@example.org"


def run_outbox() -> list[mail.EmailMessage]:
    """Empties the outbox and returns the email it sent."""
    mail.outbox.clear()
    factories.thirty_seconds_later()
    while drain("database") or drain("outside"):
        pass
    return list(mail.outbox)


def link_from(message: mail.EmailMessage) -> str:
    """The path of the verification link in an email."""
    match = re.search(r"http://[^/]+((?:/es)?/c/\S+/)", str(message.body))
    assert match is not None, message.body
    return match[1]


def asked(client: Client, email: str = ANA, prefix: str = "") -> str:
    """Requests a sign-in link and returns its path."""
    run_outbox()
    answer = client.post(f"{prefix}/my/", {"email": email})
    assert answer.status_code == 200, answer.content.decode()
    (message,) = [message for message in run_outbox() if [to.lower() for to in message.to] == [email]]
    return link_from(message)


def signed_in(email: str = ANA, client: Client | None = None) -> Client:
    """A new client's sign-in is restored if it came before (tests/saved.py): its cookies, and the mail that was sent."""

    def build(client: Client) -> tuple[Any, list[mail.EmailMessage]]:
        path = asked(client, email)
        assert client.get(path).status_code == 200
        assert client.post(path).status_code == 302
        return client.cookies, mail.outbox

    if client is None:
        client = Client()
        client.cookies, mail.outbox[:] = step(("signed in", email), partial(build, client))
    else:
        build(client)
    return client
