"""Each kind of event has words: for residents where they may read it, and for staff always."""

import pytest

from requests_app.event_kinds import KINDS
from requests_app.events import PUBLIC_KINDS
from requests_app.messages import timeline
from requests_app.models import Event, ServiceRequest
from staff_app.request.timeline import Names, words_of
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def made() -> ServiceRequest:
    return factories.report(factories.rivermark().pothole, answers={"where": "lane"})


@pytest.mark.parametrize("kind", sorted(PUBLIC_KINDS - timeline.UNTOLD))
@pytest.mark.parametrize("own", [True, False])
def test_residents_read_what_happened(made: ServiceRequest, kind: str, own: bool) -> None:
    words = timeline.sentence_of(Event(kind=kind, data={}), made, {}, {}, own=own)
    assert words not in ("", kind)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_staff_read_what_happened(kind: str) -> None:
    day = {"date": "2026-11-26", "until": "2026-11-26", "disposition": "fixed"}
    names = Names(departments={}, users={}, owners={}, requests={}, services={}, waits={})
    words = words_of(Event(kind=kind, data={key: day[key] for key in KINDS[kind].data.split() if key in day}), names)
    assert words not in ("", kind)
