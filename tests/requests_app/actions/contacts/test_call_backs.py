"""Who waits for the desk: promised once, tried until somebody answers, and never called by two takers."""

import datetime as dt
from typing import Any

import pytest

from requests_app.actions.contacts import call_backs, contacts
from requests_app.clock import app_now
from requests_app.models import CallBack
from requests_app.rules.contacts.call_backs import UNPROMISED_WITHIN
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
Kind, Outcome = CallBack.Kind, CallBack.Outcome
PHONE = "(617) 555-0142"


def test_a_contact_has_one_call_back_with_the_time_that_was_promised_last(cast: Rivermark) -> None:
    call = contacts.start(cast.city, taker=cast.cal, caller_number=PHONE)
    first, then = (app_now() + dt.timedelta(hours=hours) for hours in (1, 3))
    promised: dict[str, Any] = {"kind": Kind.CALL_BACK, "phone": PHONE, "contact": call}
    call_backs.promise(cast.city, at=first, reason="Asks for the\x00 bulky pickup", language="es", **promised)
    call_backs.promise(cast.city, at=then, language="es", **promised)
    row = CallBack.objects.get()
    assert (row.phone, row.normalized_phone, row.language) == (PHONE, "+16175550142", "es")
    assert (row.promised_at, row.due_at, row.reason) == (then, then, "Asks for the bulky pickup")
    practice = contacts.start(cast.city, taker=cast.cal, is_practice=True)
    assert call_backs.promise(cast.city, at=then, **promised | {"contact": practice}) is None
    assert call_backs.promise(cast.city, at=then, **promised | {"phone": "withheld"}) is None
    assert CallBack.objects.count() == 1


def test_somebody_who_calls_again_waits_once_in_each_city(cast: Rivermark) -> None:
    beside = factories.lakeside()
    missed: dict[str, Any] = {"kind": Kind.MISSED_CALL, "line": "311"}
    before = app_now()
    first = call_backs.promise(cast.city, phone=PHONE, **missed)
    assert first is not None
    assert call_backs.promise(cast.city, phone="617.555.0142", **missed) == first
    assert call_backs.promise(cast.city, phone="617-555-0199", **missed) != first
    assert call_backs.promise(beside.city, phone=PHONE, **missed) != first
    assert first.promised_at is None
    assert before + UNPROMISED_WITHIN <= first.due_at <= app_now() + UNPROMISED_WITHIN
    call_backs.finish(first, Outcome.NOT_NEEDED)
    assert call_backs.promise(cast.city, phone=PHONE, **missed) != first
