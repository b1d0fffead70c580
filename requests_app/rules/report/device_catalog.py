"""The catalog that a device stores to ask the same questions offline: services, questions and emergency phrases."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from requests_app.core.localized import localized
from requests_app.models import Jurisdiction, QuestionVersion, ServiceVersion
from requests_app.rules.alarms import screening
from requests_app.rules.shared import intake, question_kinds

CONFIDENTIAL = (ServiceVersion.Visibility.PRIVATE, ServiceVersion.Visibility.STAFF)


def device_catalog(jurisdiction: Jurisdiction, versions: Sequence[ServiceVersion]) -> dict[str, Any]:
    """In the page's language, except emergency phrases, which are matched in every language."""
    questions: dict[int, list[dict[str, Any]]] = defaultdict(list)
    by_id = {version.pk: version for version in versions}
    for question in QuestionVersion.objects.filter(service_version__in=[item.pk for item in versions]).order_by(
        "order"
    ):
        questions[question.service_version_id].append(_question(question, by_id[question.service_version_id]))
    return {
        "always_ask": jurisdiction.always_ask_emergency,
        "services": [_service(version, questions[version.pk]) for version in versions],
        "phrases": [
            {"phrase": item.phrase, "unless": item.unless, "kind": item.kind}
            for item in screening.phrases_of(jurisdiction)
        ],
    }


def _service(version: ServiceVersion, questions: list[dict[str, Any]]) -> dict[str, Any]:
    name, about = localized(version.name), localized(version.description)
    # Search works in every language; results are shown in the page's.
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


def _question(question: QuestionVersion, version: ServiceVersion) -> dict[str, Any]:
    kind = question_kinds.of(question)
    entry: dict[str, Any] = {"code": question.code, "kind": question.kind, "text": localized(question.text)}
    entry["control"] = kind.control
    if kind.attributes:
        entry["attributes"] = {**kind.attributes}
    if question.required:
        entry["required"] = True
    if question.help:
        entry["help"] = localized(question.help)
    if question.show_if:
        entry["show_if"] = question.show_if
    if intake.depends_on_place(question, version):
        entry["asks_asset"] = True
    if question.options:
        entry["options"] = [
            {"value": str(option["value"]), "label": localized(option.get("label"))}
            | ({"stop": True} if (option.get("effects") or {}).get("stop") else {})
            for option in question.options
        ]
    return entry
