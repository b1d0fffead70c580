"""A taker at the 311 desk in a test client, through its pages as they work without a script."""

import re
from html import unescape

from django.test import Client

from requests_app.models import Contact, ServiceRequest, User
from tests.factories import Rivermark

PAPER = "/staff/paper/"


class Call:
    """A taker at the desk, with the contact they began."""

    def __init__(self, taker: User, *, begin: str = "/staff/desk/", **data: str) -> None:
        self.client = Client()
        self.client.force_login(taker)
        self.status = 0
        self.follow(begin, {"channel": "phone", **data})
        self.number = self.page.split("/")[3]

    def follow(self, path: str, data: dict[str, str] | None = None) -> "Call":
        answer = self.client.post(path, data, follow=True) if data is not None else self.client.get(path, follow=True)
        self.status = answer.redirect_chain[0][1] if answer.redirect_chain else answer.status_code
        self.page, self.html = answer.request["PATH_INFO"], unescape(answer.content.decode())
        return self

    @property
    def row(self) -> Contact:
        return Contact.objects.get(number=self.number)

    @property
    def step(self) -> str:
        found = re.search(r'name="step" value="([^"]*)"', self.html)
        return found[1] if found else ""

    @property
    def script(self) -> str:
        return " ".join(re.findall(r'desk-script__line" lang="\w+">([^<]*)', self.html))

    def box(self, typed: str) -> "Call":
        return self.follow(f"/staff/desk/{self.number}/box/", {"box": typed})

    def send(self, **data: str) -> "Call":
        """The current step."""
        return self.follow(f"/staff/desk/{self.number}/", {"step": self.step, **data})

    def to(self, part: str, **data: str) -> "Call":
        return self.follow(f"/staff/desk/{self.number}/{part}/", data)

    def to_check(self, cast: Rivermark, text: str = "A hole as big as a plate", *, is_begun: bool = False) -> "Call":
        """is_begun: the words were typed already."""
        steps = {
            "service": {"service": "pothole"},
            "location": {"address": "12 Elm St", "note": "by the bus stop"},
            "details": {"text": text, "q_where": "lane", "q_damage": "", "version": str(cast.pothole.pk)},
            "contact": {"phone": "617-555-0142", "email": "", "name": "Ana", "language": "en"},
            "duplicates": {"different": "1"},
            "emergency": {"no_danger": "1"},
        }
        if not is_begun:
            self.box(text)
        for _step in range(12):
            if self.step == "check":
                break
            self.send(**steps[self.step.partition(":")[0]])
        return self


class Letter(Call):
    """A clerk at the desk with a sheet."""

    def __init__(self, clerk: User, **data: str) -> None:
        self.client = Client()
        self.client.force_login(clerk)
        self.follow(PAPER, {"late_reason": "", **data})
        self.number = self.page.split("/")[3] if "/desk/" in self.page else ""

    def entered(self, cast: Rivermark, text: str = "A hole", **writer: str) -> ServiceRequest:
        steps = {
            "problem": {"text": text},
            "service": {"service": "pothole"},
            "location": {"address": "12 Elm St", "note": ""},
            "details": {"text": text, "q_where": "lane", "q_damage": "", "version": str(cast.pothole.pk)},
            "contact": {"phone": "617-555-0142", "email": "", "name": "Ana", "language": "en", **writer},
            "duplicates": {"different": "1"},
            "emergency": {"no_danger": "1"},
            "check": {"create": "1", "version": str(cast.pothole.pk)},
        }
        for _step in range(12):
            if not self.step:
                break
            self.send(**steps[self.step.partition(":")[0]])
        return ServiceRequest.objects.order_by("-id")[0]
