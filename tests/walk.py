"""Fills in the report form in a test client."""

import re
from collections.abc import Callable
from typing import Any

from django.core import mail
from django.test import Client

from requests_app.models import Draft
from tests.saved import step

TEXT = "A hole in the road by the library"


class Walk:
    """A resident filling in the report form: shows each page's fields, and where submitting leads."""

    def __init__(self, client: Client, language: str = "") -> None:
        self.client, self.prefix = client, language
        self.status = 0
        self.draft_id = ""
        self.page = ""
        self.html = ""

    def post(self, path: str, **data: Any) -> "Walk":
        answer = self.client.post(path, data, follow=True)
        self.status = answer.redirect_chain[0][1] if answer.redirect_chain else answer.status_code
        self.page = answer.request["PATH_INFO"]
        self.html = answer.content.decode()
        return self

    def begin(self, text: str = TEXT, **data: Any) -> "Walk":
        return self.post(f"{self.prefix}/report/", text=text, **data)

    def on(self, step: str, /, **data: Any) -> "Walk":
        return self.post(f"{self.prefix}/report/{self.draft.pk}/{step}/", **data)

    def get(self, name: str) -> "Walk":
        answer = self.client.get(f"{self.prefix}/report/{self.draft.pk}/{name}/", follow=True)
        self.status, self.page, self.html = answer.status_code, answer.request["PATH_INFO"], answer.content.decode()
        return self

    @property
    def draft(self) -> Draft:
        """The draft of the latest page."""
        if match := re.search(r"/report/([0-9a-f-]{36})/", self.page):
            self.draft_id = match[1]
        return Draft.objects.get(pk=self.draft_id) if self.draft_id else Draft.objects.get()

    @property
    def at(self) -> str:
        """The current page of the form: "details/1"."""
        return self.page.split(str(self.draft.pk))[-1].strip("/")

    # What many tests begin with is restored as rows (tests/saved.py), with the client's cookies and the page.

    def to_details(self) -> "Walk":
        return self.again(
            "to_details",
            lambda: (
                self.begin()
                .on("service", service="pothole")
                .on("location", address="12 Elm St", note="by the bus stop")
            ),
        )

    def to_contact(self) -> "Walk":
        details = {"text": TEXT, "q_where": "lane", "q_damage": "a bent rim"}
        return self.again("to_contact", lambda: self.to_details().on("details/1", **details))

    def to_check(self, **contact: str) -> "Walk":
        contact = contact or {"email": "ana@example.org", "phone": "(555) 010-0199 ext. 4", "language": "en"}
        return self.again(f"to_check {contact}", lambda: self.to_contact().on("contact", **contact))

    def again(self, name: str, go: Callable[[], object]) -> "Walk":
        """go() fills in pages. If the same client has done the same in the same situation, what became of it comes back."""

        def build() -> tuple[Any, dict[str, Any], list[Any]]:
            go()
            return self.client.cookies, {**vars(self), "client": None}, mail.outbox

        client = self.client
        key = (name, self.page, self.prefix, str(client.cookies), str(client.defaults), str(client.headers))
        client.cookies, state, mail.outbox[:] = step(key, build)
        vars(self).update(state, client=client)
        return self

    def send(self) -> "Walk":
        """As the button does, with the version of the service that the page showed."""
        shown = re.search(r'<input type="hidden" name="version" value="(\d+)">', self.html)
        return self.on("check", **({"version": shown[1]} if shown and self.at == "check" else {}))
