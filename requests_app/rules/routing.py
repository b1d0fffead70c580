"""Chooses a department: the first matching rule of the city's routing table, else the service's department, else triage."""

from dataclasses import dataclass

from requests_app.models.catalog import Department, RoutingRule
from requests_app.models.geography import Owner
from requests_app.models.service_request import ServiceRequest
from requests_app.places import ownership
from requests_app.rules.screening import plain


@dataclass(frozen=True)
class Decision:
    """department None: the triage queue. reason: rule, service or no_match."""

    department: Department | None
    reason: str
    rule: RoutingRule | None = None


def forward_owner(service_request: ServiceRequest) -> Owner | None:
    """The owner to hand the report over to at once, if the resident asked for that and we have an email address.

    Urgent reports within the city limits are handled by the city first and handed over afterward.
    """
    owner = service_request.owner
    if owner is None or not owner.email or service_request.is_test:
        return None
    urgent = service_request.priority == 1
    point = service_request.point
    beyond = urgent and point is not None and not ownership.inside(service_request.jurisdiction, point)
    return owner if beyond or not urgent else None


def decide(service_request: ServiceRequest) -> Decision:
    """Decides from the request's service, areas, answers and text. Writes nothing."""
    code = service_request.service.service_code
    areas = {(area.layer, area.code) for area in service_request.areas.all()}
    answers = {
        answer.question_version.code: answer.value if isinstance(answer.value, list) else [answer.value]
        for answer in service_request.answers.select_related("question_version")
    }
    words = plain(service_request.description)
    rules = RoutingRule.objects.filter(jurisdiction_id=service_request.jurisdiction_id, active=True)
    for rule in rules.select_related("department"):
        if matches(rule.when, code=code, areas=areas, answers=answers, words=words):
            return Decision(rule.department, "rule", rule)
    if code == "unknown":
        # "I don't know": staff of the 311 Center read it.
        return Decision(None, "no_match")
    department = service_request.service_version.department
    if not department.active:
        return Decision(None, "no_match")
    return Decision(department, "service")


def matches(
    when: dict[str, object],
    *,
    code: str,
    areas: set[tuple[str, str]],
    answers: dict[str, list[object]],
    words: str,
) -> bool:
    """Whether all conditions of a rule hold. A rule without conditions matches nothing."""
    if not when:
        return False
    services = when.get("services")
    if isinstance(services, list) and services and code not in services:
        return False
    place = when.get("areas")
    if isinstance(place, dict) and place:
        codes = place.get("codes") or []
        if not any((place.get("layer"), str(area_code)) in areas for area_code in codes):
            return False
    required = when.get("answers")
    if isinstance(required, dict):
        for question, values in required.items():
            if not set(map(str, values)) & set(map(str, answers.get(question, []))):
                return False
    phrases = when.get("words")
    return not (isinstance(phrases, list) and phrases and not any(plain(str(phrase)) in words for phrase in phrases))
