"""Demo data for moderation: reports that wait for review for each reason, and one with hidden text."""

from typing import Any

from django.db import transaction
from django.utils.translation import override

from requests_app import api_keys
from requests_app.actions.alarms import alarms
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.publication import moderation
from requests_app.actions.report import submission
from requests_app.actions.report.submission import Place, SpamSignals
from requests_app.demo.staff import demo_user
from requests_app.models import (
    Channel,
    GazetteerEntry,
    Jurisdiction,
    PublicState,
    Service,
    ServiceRequest,
    ServiceVersion,
    TextRevision,
)
from requests_app.models.api_key import Scope
from requests_app.rules.publication.public_texts import public_texts

# Service, language, description and more of the report.
PENDING_REPORTS: list[tuple[str, str, str, dict[str, Any]]] = [
    ("graffiti", "en", "Sick of the paint on this wall? Win a free phone at https://spam.example/phone", {}),
    ("dumping", "en", "Whoever dumps tires here again: watch your back.", {}),
    (
        "streetlight",
        "en",
        "The light in front of the library is out, and the next one too.",
        {"spam_signals": SpamSignals(over_limit=True)},
    ),
    ("pothole", "es", "Gane dinero desde casa, pregunte cómo.", {"spam_signals": SpamSignals(by_robot=True)}),
    ("graffiti", "en", "Paint on my fence again. Ask Harold Blenkinsop at 617-555-0173.", {"was_asked": False}),
    # Of Parks, whose supervisor the demo bar shows.
    ("treeprune", "en", "My husband hits me when he drinks and I am afraid of him. A branch hangs over our steps.", {}),
    (
        "treeprune",
        "en",
        "Caller says the neighbor, Harold Blenkinsop, shouts at everyone. A branch is down across the path.",
        {"is_transfer": True, "channel": Channel.PHONE, "outside_number": "26-0417733"},
    ),
]
CENTER = "Rivermark 911 center"
PERSONAL_TEXT = (
    "The blue van has stood here for weeks. It is Harold Blenkinsop's from number 14, call him at 617-555-0173."
)
REDACTED_TEXT = "The blue van has stood here for weeks. It is […]"


def load(jurisdiction: Jurisdiction) -> None:
    """Does nothing if the city already has reports pending review."""
    ours = ServiceRequest.objects.in_jurisdiction(jurisdiction)
    if ours.filter(public_state=PublicState.PENDING_REVIEW).exists():
        return
    addresses = GazetteerEntry.objects.filter(jurisdiction=jurisdiction, kind="address").order_by("id")
    places = iter(addresses[:: max(1, addresses.count() // (len(PENDING_REPORTS) + 1))])
    with transaction.atomic():
        moderator = demo_user(jurisdiction, "supervisor")
        center = api_keys.create(jurisdiction, CENTER, scopes=[Scope.STAFF])[0]
        for service_code, language, words, more in PENDING_REPORTS:
            key = {"api_key": center} if "outside_number" in more else {}
            made = submit_report(jurisdiction, service_code, language, words, next(places), **key, **more)
            # Nobody would take it.
            for alarm in made.alarms.all():
                alarms.accept(alarm.pk, actor=moderator)
        service_request = submit_report(jurisdiction, "abandveh", "en", PERSONAL_TEXT, next(places))
        if moderator is not None:
            (description,) = (
                text for text in public_texts(service_request) if text.field == TextRevision.Field.DESCRIPTION
            )
            hidden = {description.key: moderation.Replacement(REDACTED_TEXT, description.version)}
            moderation.hide_text(service_request.pk, hidden, reason="personal_data", actor=moderator)


def submit_report(
    jurisdiction: Jurisdiction,
    service_code: str,
    language: str,
    text: str,
    place: GazetteerEntry,
    **more: Any,
) -> ServiceRequest:
    """more: of submission.NewReport, and the `actor` who typed it."""
    actor = more.pop("actor", None)
    version = ServiceVersion.objects.get(
        pk=Service.objects.values("current").get(jurisdiction=jurisdiction, service_code=service_code)["current"]
    )
    with override(language):
        answers = submission.to_answers(version, _harmless_answers(version))
    report = submission.NewReport(
        jurisdiction=jurisdiction,
        version=version,
        description=text,
        language=language,
        place=Place(place.point, place.label, source="address", confidence=1.0),
        answers=answers,
        **{"was_asked": True, "reporter": Reporter(), **more},
    )
    return submission.submit(report, actor=actor).service_request


def _harmless_answers(version: ServiceVersion) -> dict[str, str]:
    """Answers to required questions: the first option without effects."""
    required = (question for question in version.questions.all() if question.required and not question.show_if)
    return {
        question.code: next((str(option["value"]) for option in question.options if not option.get("effects")), "–")
        for question in required
    }
