"""A report sent by the offline page: the forms of the report path, all at once, as the draft that their pages would save."""

import json
from typing import Any

from django.contrib.gis.geos import Point
from django.http import QueryDict

from requests_app.forms import place_input
from requests_app.forms.report_forms import ContactForm, PlaceForm, ProblemForm
from requests_app.models import Jurisdiction, ServiceVersion
from requests_app.photos import PHOTOS_MAX, refusal_message
from requests_app.places import addresses, assets
from requests_app.rules.shared import intake, question_kinds
from requests_app.web.report import spam_signals
from requests_app.web.report.start import UNKNOWN

# More than the questions of any service, or the phrases of any city that one report could contain.
LISTED_MAX, LISTED_LENGTH = 200, 100_000


class OfflinePayload:
    def __init__(self, sent: QueryDict, *, jurisdiction: Jurisdiction, version: ServiceVersion | None) -> None:
        self.sent, self.jurisdiction = sent, jurisdiction
        self.problem = ProblemForm(sent, version=version)
        # A required question makes the description optional.
        questions = intake.questions_of(version, self._asset_kind(version)) if version else []
        self.problem.fields["text"].required = not any(question.required for question in questions)
        self.place = PlaceForm(sent, required=False)
        self.contact = ContactForm(sent, jurisdiction=jurisdiction)

    def _asset_kind(self, version: ServiceVersion) -> str:
        """The kind of asset whose number was typed as the address; empty if it is none."""
        asset = assets.named_in(self.jurisdiction, self.sent.get("address", "")) if version.asset_kinds else None
        return asset.kind if asset else ""

    def problems(self) -> dict[str, str]:
        """The errors by field."""
        errors: dict[str, str] = {}
        for form in (self.problem, self.place, self.contact):
            form.is_valid()
            errors |= {name: str(messages[0]) for name, messages in form.errors.items()}
        if len(self.photos) > PHOTOS_MAX:
            errors["photos"] = refusal_message("too_many")
        return errors

    @property
    def revision(self) -> int:
        text = self.sent.get("revision", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 1

    @property
    def said_no(self) -> list[str]:
        """The reasons for which the device asked about danger and the answer was no."""
        reasons = _loaded(self.sent.get("went_on", ""))
        return [str(reason) for reason in reasons[:LISTED_MAX]] if isinstance(reasons, list) else []

    @property
    def photos(self) -> dict[str, str]:
        """Each photo's alternative text, by the device's key for it."""
        loaded = _loaded(self.sent.get("photos", ""))
        listed = loaded[: PHOTOS_MAX + 1] if isinstance(loaded, list) else []
        return {str(photo.get("key"))[:64]: str(photo.get("alt", "")) for photo in listed if isinstance(photo, dict)}

    def typed(self, language: str) -> dict[str, Any]:
        """The data as the pages save it. Call only if problems() is empty."""
        text_language = self.sent.get("text_language", "")
        place = {name: self.place.cleaned_data[name] for name in ("address", "point", "note")}
        return {
            "text": self.problem.cleaned_data["text"],
            "text_language": text_language if text_language in self.jurisdiction.languages else language,
            "service": self.sent.get("service", "")[:60] or UNKNOWN,
            "answers": self._answers(),
            "contact": self.contact.cleaned_data,
            # No timestamp signal: only the device knows how long the page was open.
            "by_robot": spam_signals.is_trapped(self.sent),
            **self._place(**place),
        }

    def _answers(self) -> dict[str, Any]:
        """The answers (a string or a list of strings) by question code; anything else is left out."""
        loaded = _loaded(self.sent.get("answers", ""))
        answers = list(loaded.items())[:LISTED_MAX] if isinstance(loaded, dict) else []
        return {code[:60]: _shortened(value) for code, value in answers if isinstance(value, str | list)}

    def _place(self, *, address: str, point: Point | None, note: str) -> dict[str, Any]:
        """The place, if the input has a single match; otherwise the raw input, for the page that asks."""
        if point is None and not address:
            # A note alone is not a place, but it may help.
            return {"place": {"note": note} if note else {}}
        place = place_input.place_for(self.jurisdiction, address, point, note)
        if place is None and not addresses.search(self.jurisdiction, address):
            # Nothing to choose from: keep the text, as the location page does.
            place = {"address": address, "note": note, "source": "address", "confidence": 0.0}
        if place is None or place_input.problem(self.jurisdiction, place):
            at = {"lat": str(point.y), "long": str(point.x)} if point else {"lat": "", "long": ""}
            return {"place": {}, "place_typed": {"address": address, "note": note, **at}}
        return {"place": place, "place_typed": {}}


def _shortened(value: str | list[Any]) -> str | list[str]:
    if isinstance(value, str):
        return value[: question_kinds.ANSWER_MAX]
    return [str(item)[: question_kinds.ANSWER_MAX] for item in value[: question_kinds.CHOICES_MAX]]


def _loaded(text: str) -> Any:
    if len(text) > LISTED_LENGTH:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
