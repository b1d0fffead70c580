"""What a device keeps so as to ask, without a network, what we would ask: services, their questions, emergency words."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from requests_app.localized import localized
from requests_app.models import EmergencyPhrase, Jurisdiction, QuestionVersion, ServiceVersion

CONFIDENTIAL = (ServiceVersion.Visibility.PRIVATE, ServiceVersion.Visibility.STAFF)


def device_catalog(jurisdiction: Jurisdiction, versions: Sequence[ServiceVersion]) -> dict[str, Any]:
    """In the page's language, but for the emergency words, which are looked for in every language."""
    questions: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for question in QuestionVersion.objects.filter(service_version__in=[one.pk for one in versions]).order_by("order"):
        questions[question.service_version_id].append(_question(question))
    return {
        "always_ask": jurisdiction.always_ask_emergency,
        "services": [_service(version, questions[version.pk]) for version in versions],
        "phrases": [
            {"phrase": one.phrase, "unless": one.unless, "self_harm": one.kind == EmergencyPhrase.Kind.SELF_HARM}
            for one in EmergencyPhrase.objects.filter(jurisdiction=jurisdiction).order_by("id")
        ],
    }


def _service(version: ServiceVersion, questions: list[dict[str, Any]]) -> dict[str, Any]:
    name, about = localized(version.name), localized(version.description)
    # People look for it in either language; what they find is named in the page's.
    keywords = [word for words in version.keywords.values() for word in words]
    return {
        "code": version.service.service_code,
        "name": name,
        "about": about,
        "category": localized(version.category.name),
        "find": " ".join([name, about, *keywords]),
        "place_required": version.place_required,
        "photos": version.photo_policy,
        "confidential": version.visibility in CONFIDENTIAL,
        "screen": localized(version.emergency_screen),
        "questions": questions,
    }


def _question(question: QuestionVersion) -> dict[str, Any]:
    asked: dict[str, Any] = {"code": question.code, "kind": question.kind, "text": localized(question.text)}
    if question.required:
        asked["required"] = True
    if question.help:
        asked["help"] = localized(question.help)
    if question.show_if:
        asked["show_if"] = question.show_if
    if question.options:
        asked["options"] = [
            {"value": str(option["value"]), "label": localized(option.get("label"))}
            | ({"stop": True} if (option.get("effects") or {}).get("stop") else {})
            for option in question.options
        ]
    return asked
