"""A resident who signs in as people do: asks for the link, reads the mail, presses the button."""

import re

from django.core import mail
from django.test import Client

from requests_app.worker.tasks import drain

ANA = "ana@example.org"


def work_off() -> list[mail.EmailMessage]:
    """Runs the outbox dry; the mails that went."""
    mail.outbox.clear()
    while drain("database") or drain("outside"):
        pass
    return list(mail.outbox)


def link_in(told: mail.EmailMessage) -> str:
    """The path of the link that proves an address."""
    found = re.search(r"http://[^/]+((?:/es)?/c/\S+/)", str(told.body))
    assert found is not None, told.body
    return found[1]


def asked(client: Client, email: str = ANA, prefix: str = "") -> str:
    """The path of the link that was mailed to whoever asked to sign in."""
    work_off()
    answer = client.post(f"{prefix}/my/", {"email": email})
    assert answer.status_code == 200, answer.content.decode()
    (told,) = [one for one in work_off() if [to.lower() for to in one.to] == [email]]
    return link_in(told)


def signed_in(email: str = ANA, client: Client | None = None) -> Client:
    client = client or Client()
    path = asked(client, email)
    assert client.get(path).status_code == 200
    assert client.post(path).status_code == 302
    return client
