"""Demo reports by staff who saw something themselves, and one that came as a letter."""

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from requests_app.actions.contacts import contacts, letter_pages
from requests_app.actions.people.reporters import Reporter
from requests_app.demo.moderation import submit_report
from requests_app.demo.staff import demo_user
from requests_app.models import (
    Channel,
    Contact,
    ContactRequest,
    GazetteerEntry,
    Jurisdiction,
    Service,
    ServiceRequest,
    User,
)
from requests_app.rules.report import paper

# By a crew on its way. The last one only staff report.
SEEN = [
    ("pothole", "Seen from the truck, about two feet wide."),
    ("streetlight", "Out. Passed it at night, the one by the school."),
    ("internal-fac", "The gate of the salt yard doesn’t lock anymore."),
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
    made = submit_report(jurisdiction, LETTER[0], "en", LETTER[1], next(places), actor=taker, **letter)
    _attach_scan(made, taker)


def _attach_scan(made: ServiceRequest, taker: User) -> None:
    contact = contacts.start(made.jurisdiction, taker=taker, channel=Channel.LETTER)
    contacts.link(contact, made, ContactRequest.Role.MADE)
    scan = SimpleUploadedFile("letter.pdf", _pdf(["Dear City of Rivermark,", "", LETTER[1], "", "Ruth Calloway"]))
    letter_pages.add(contact, [scan], actor=taker)
    contacts.close(contact, Contact.Outcome.REQUEST_MADE)


def _pdf(lines: list[str]) -> bytes:
    """One page as somebody typed it, in a font that every reader of PDFs has."""
    text = "BT /F1 14 Tf 72 680 Td 22 TL " + " ".join(f"({line}) Tj T*" for line in lines) + " ET"
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        f"<</Length {len(text)}>>\nstream\n{text}\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Courier>>",
    ]
    out, places = "%PDF-1.4\n", []
    for number, written in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{written}\nendobj\n"
    rows = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    table = f"xref\n0 {size}\n0000000000 65535 f \n{rows}trailer\n<</Size {size}/Root 1 0 R>>\nstartxref\n{len(out)}\n%%EOF\n"
    return (out + table).encode("ascii")
