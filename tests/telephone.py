"""A telephone system that tells a city of its calls, and a taker whose page asks what rings."""

import json
from typing import Any

from django.test import Client

from requests_app.actions.people import staff_sessions
from requests_app.actions.setup import telephone_links
from requests_app.models import Jurisdiction, User


class Switch:
    """Sends events as JSON, or as a form if as_form."""

    def __init__(self, city: Jurisdiction, actor: User, *, as_form: bool = False) -> None:
        self.token = telephone_links.replace(city, actor=actor)[1]
        self.client, self.as_form = Client(enforce_csrf_checks=True), as_form

    def send(self, event: str, call_id: str, status: int = 200, **more: Any) -> Any:
        sent = {"event": event, "callId": call_id, "from": "16175550142", "to": "311", "direction": "in", **more}
        answer = self.post(sent)
        assert answer.status_code == status, answer.content
        return answer.json()

    def post(self, sent: dict[str, Any]) -> Any:
        address = f"/api/v1/cti/{self.token}"
        sent = {name: value for name, value in sent.items() if value is not None}
        if self.as_form:
            return self.client.post(address, sent)
        return self.client.post(address, json.dumps(sent), content_type="application/json")


class Seat:
    """A taker in a browser, signed in as the sign-in page does it."""

    def __init__(self, taker: User, city: Jurisdiction, host: str = "testserver") -> None:
        self.client = Client(HTTP_HOST=host)
        self.client.force_login(taker)
        staff_sessions.record(str(self.client.session.session_key), taker, city)
        page = self.client.get("/staff/desk/").content.decode()
        self.address = page.partition('data-ring="')[2].partition('"')[0]

    def ringing(self) -> list[dict[str, str]]:
        """As its script reads it, without a cookie."""
        answer = Client(HTTP_HOST=self.client.defaults["HTTP_HOST"]).get(self.address)
        assert answer.status_code == 200, answer.status_code
        calls: list[dict[str, str]] = answer.json()["calls"]
        return calls
