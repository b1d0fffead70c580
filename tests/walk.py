"""Fills in the report form in a test client."""

import re
from typing import Any

from django.test import Client

from requests_app.models import Draft

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

    def to_details(self) -> "Walk":
        self.begin().on("service", service="pothole")
        return self.on("location", address="12 Elm St", note="by the bus stop")

    def to_contact(self) -> "Walk":
        return self.to_details().on("details/1", text=TEXT, q_where="lane", q_damage="a bent rim")

    def to_check(self, **contact: str) -> "Walk":
        contact = contact or {"email": "ana@example.org", "phone": "(555) 010-0199 ext. 4", "language": "en"}
        return self.to_contact().on("contact", **contact)

    def send(self) -> "Walk":
        return self.on("check")
