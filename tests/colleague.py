"""Somebody who works here and reports what they saw, in a test client: by pages without a script, or as their phone sends it."""

import re
import uuid
from html import unescape
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.models import User
from tests import factories

PAGE = "/staff/report/"


class Colleague:
    def __init__(self, user: User) -> None:
        self.client = Client()
        self.client.force_login(user)
        self.key = str(uuid.uuid4())

    def send(self, path: str = PAGE, *, json: bool = False, **data: Any) -> "Colleague":
        headers = {"Accept": "application/json"} if json else {}
        key = {"key": self.key} if path == PAGE else {}
        answer = self.client.post(path, {**key, **data}, follow=not json, headers=headers)
        self.status = answer.status_code
        self.json = answer.json() if json else {}
        self.page, self.html = answer.request["PATH_INFO"], unescape(answer.content.decode())
        return self

    def follow(self, path: str) -> "Colleague":
        answer = self.client.get(path, follow=True)
        self.status, self.page = answer.status_code, answer.request["PATH_INFO"]
        self.html = unescape(answer.content.decode())
        return self

    def step(self, **data: Any) -> "Colleague":
        return self.send(self.page, step=self.name, **data)

    @property
    def name(self) -> str:
        """Of the current step."""
        step = re.search(r'name="step" value="([^"]*)">\s', self.html)
        return step[1] if step else ""

    def photo(self, photo_key: str = "1") -> dict[str, str]:
        data = {"key": self.key, "photo_key": photo_key, "photo": SimpleUploadedFile("a.jpg", factories.jpeg())}
        answer: dict[str, str] = self.client.post("/staff/report/photo/", data).json()
        return answer
