"""Demo reports by staff who saw something themselves, and one that came as a letter."""

import datetime as dt
from typing import Any

from requests_app.actions.people.reporters import Reporter
from requests_app.demo.moderation import submit_report
from requests_app.demo.staff import demo_user
from requests_app.models import Channel, GazetteerEntry, Jurisdiction, Service, ServiceRequest
from requests_app.rules.report import paper

# By a crew on its way.
SEEN = [
    ("pothole", "Seen from the truck, about two feet wide."),
    ("streetlight", "Out. Passed it at night, the one by the school."),
]
LETTER = ("graffiti", "Since last week there is paint on the wall next to the mailbox.")
CAME_DAYS_AGO = 3


def load(jurisdiction: Jurisdiction) -> None:
    """Does nothing the second time, or in a city without these services."""
    crew, taker = demo_user(jurisdiction, "crew"), demo_user(jurisdiction, "call_taker")
    codes = [*(code for code, _words in SEEN), LETTER[0]]
    offered = Service.objects.filter(jurisdiction=jurisdiction, service_code__in=codes, current__isnull=False).count()
    earlier = ServiceRequest.objects.in_jurisdiction(jurisdiction).filter(description=LETTER[1])
    if crew is None or taker is None or offered < len(codes) or earlier.exists():
        return
    addresses = GazetteerEntry.objects.filter(jurisdiction=jurisdiction, kind="address").order_by("-id")
    places = iter(addresses[: len(codes)])
    for code, words in SEEN:
        submit_report(jurisdiction, code, "en", words, next(places), channel=Channel.STAFF, actor=crew)
    letter: dict[str, Any] = {
        "channel": Channel.LETTER,
        "reporter": Reporter(name="Ruth Calloway"),
        "received_on": paper.today(jurisdiction) - dt.timedelta(days=CAME_DAYS_AGO),
    }
    submit_report(jurisdiction, LETTER[0], "en", LETTER[1], next(places), actor=taker, **letter)
