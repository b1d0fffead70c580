"""Asking about danger in every report: only with the approval of the 911 center, in one city, and in the log of setup."""

import datetime as dt
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client

from requests_app.clock import app_now
from requests_app.models import Jurisdiction, SetupChange
from tests import factories
from tests.desk import Call
from tests.factories import Rivermark
from tests.walk import Walk

pytestmark = pytest.mark.django_db
PAGE = "/staff/emergency-words/always/"


def test_with_an_approval_every_report_of_this_city_is_asked(
    cast: Rivermark, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    def saved(**data: str) -> int:
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(PAGE, data).status_code

    beside = factories.lakeside()
    client = Client()
    client.force_login(cast.ada)
    today = app_now().astimezone(cast.city.zone).date()
    good = {
        "always_ask_emergency": "on",
        "always_ask_approver": "Lt. Ruiz",
        "always_ask_review_by": str(today + dt.timedelta(days=300)),
    }
    for wrong in (
        {"always_ask_approver": ""},
        {"always_ask_review_by": str(today)},
        {"always_ask_review_by": "2099-01-01"},
    ):
        assert saved(**good | wrong) == 422
    cast.city.refresh_from_db()
    assert not cast.city.always_ask_emergency
    assert saved(**good) == 302
    call = Call(cast.cal).box("A pothole on Elm St")
    assert (call.step, call.script) == ("emergency", "Is anyone in danger right now?")
    assert Walk(Client()).begin("A pothole on Elm St").page.endswith("/emergency/")
    assert not Jurisdiction.objects.get(pk=beside.city.pk).always_ask_emergency
    change = SetupChange.objects.get(key="always_ask")
    assert (change.user, change.after["always_ask_approver"]) == (cast.ada, "Lt. Ruiz")
    assert change.after["always_ask_review_by"] == good["always_ask_review_by"]
    log = unescape(client.get("/staff/audit/").content.decode())
    assert "Lt. Ruiz" in log
    # Off again, with an approval, too.
    off = {name: value for name, value in good.items() if name != "always_ask_emergency"}
    assert saved(**off | {"always_ask_approver": ""}) == 422
    assert saved(**off | {"always_ask_approver": "Lt. Diaz"}) == 302
    assert Call(cast.cal).box("A pothole on Elm St").step == "service"


def test_only_administrators_change_it(cast: Rivermark) -> None:
    client = Client()
    client.force_login(cast.pia)
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"always_ask_emergency": "on"}).status_code == 403
