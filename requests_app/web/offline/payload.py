"""What a device sends of a report that it kept: the forms of the path, all at once, and what their pages would keep of it."""

import json
from typing import Any

from django.contrib.gis.geos import Point
from django.http import QueryDict

from requests_app.models import Jurisdiction, ServiceVersion
from requests_app.photos import PHOTOS_MAX, refusal
from requests_app.places import addresses
from requests_app.rules import intake
from requests_app.web.report import place_input, spam_signals
from requests_app.web.report.forms import ContactForm, PlaceForm, ProblemForm
from requests_app.web.report.start import UNKNOWN

# More than any service has questions, and any city phrases that one report could hold.
LISTED_MAX, LISTED_LENGTH = 200, 100_000


class OfflinePayload:
    def __init__(self, sent: QueryDict, *, jurisdiction: Jurisdiction, version: ServiceVersion | None) -> None:
        self.sent, self.jurisdiction = sent, jurisdiction
        self.problem = ProblemForm(sent, version=version)
        # Whoever answers a question that must be answered need not say it in words as well.
        questions = intake.questions_of(version) if version else []
        self.problem.fields["text"].required = not any(question.required for question in questions)
        self.place = PlaceForm(sent, required=False)
        self.contact = ContactForm(sent, jurisdiction=jurisdiction)

    def problems(self) -> dict[str, str]:
        """What is wrong, by field."""
        found: dict[str, str] = {}
        for form in (self.problem, self.place, self.contact):
            form.is_valid()
            found |= {name: str(words[0]) for name, words in form.errors.items()}
        if len(self.photos) > PHOTOS_MAX:
            found["photos"] = refusal("too_many")
        return found

    @property
    def revision(self) -> int:
        text = self.sent.get("revision", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1

    @property
    def said_no(self) -> list[str]:
        """Why the device asked whether anyone is in danger, where the answer was no."""
        found = _loaded(self.sent.get("went_on", ""))
        return [str(one) for one in found[:LISTED_MAX]] if isinstance(found, list) else []

    @property
    def photos(self) -> dict[str, str]:
        """What each photo shows, by the device's key for it."""
        found = _loaded(self.sent.get("photos", ""))
        listed = [one for one in found[: PHOTOS_MAX + 1] if isinstance(one, dict)] if isinstance(found, list) else []
        return {str(one.get("key"))[:64]: str(one.get("alt", "")) for one in listed}

    def typed(self, language: str) -> dict[str, Any]:
        """As the pages keep it. Only after problems() found none."""
        said_in = self.sent.get("text_language", "")
        place = {name: self.place.cleaned_data[name] for name in ("address", "point", "note")}
        return {
            "text": self.problem.cleaned_data["text"],
            "text_language": said_in if said_in in self.jurisdiction.languages else language,
            "service": self.sent.get("service", "")[:60] or UNKNOWN,
            "answers": self._answers(),
            "contact": self.contact.cleaned_data,
            # How long the page was open only the device knows.
            "by_robot": spam_signals.is_trapped(self.sent),
            **self._place(**place),
        }

    def _answers(self) -> dict[str, Any]:
        """Words or lists of words, by question; what else a forged device may send is left out."""
        found = _loaded(self.sent.get("answers", ""))
        known = list(found.items())[:LISTED_MAX] if isinstance(found, dict) else []
        return {code[:60]: _words(value) for code, value in known if isinstance(value, str | list)}

    def _place(self, *, address: str, point: Point | None, note: str) -> dict[str, Any]:
        """The place, if what was given means one; else the words, for the page that asks which."""
        if point is None and not address:
            # A note alone is no place, but it says something.
            return {"place": {"note": note} if note else {}}
        place = place_input.given(self.jurisdiction, address, point, note)
        if place is None and not addresses.search(self.jurisdiction, address):
            # Nothing to choose from: the words must do, as they do on our page.
            place = {"address": address, "note": note, "source": "address", "confidence": 0.0}
        if place is None or place_input.problem(self.jurisdiction, place):
            at = {"lat": str(point.y), "long": str(point.x)} if point else {"lat": "", "long": ""}
            return {"place": {}, "place_typed": {"address": address, "note": note, **at}}
        return {"place": place, "place_typed": {}}


def _words(value: str | list[Any]) -> str | list[str]:
    if isinstance(value, str):
        return value[: intake.ANSWER_MAX]
    return [str(one)[: intake.ANSWER_MAX] for one in value[: intake.CHOICES_MAX]]


def _loaded(text: str) -> Any:
    if len(text) > LISTED_LENGTH:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
