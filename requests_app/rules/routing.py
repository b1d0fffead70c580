"""Which department a request goes to: the city's routing table in order, then the service's own department, else triage."""

from dataclasses import dataclass

from requests_app.models.catalogue import Department, RoutingRule
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


def forwarded_to(service_request: ServiceRequest) -> Owner | None:
    """Whose ground it is, if the report goes to them at once: the resident asked for that, and we know their e-mail address.

    What is urgent and within the boundary we take ourselves first, and then hand it over.
    """
    owner = service_request.owner
    if owner is None or not owner.email:
        return None
    urgent = service_request.priority == 1
    point = service_request.point
    beyond = urgent and point is not None and not ownership.inside(service_request.jurisdiction, point)
    return owner if beyond or not urgent else None


def decide(service_request: ServiceRequest) -> Decision:
    """Reads the request's service, areas, answers and words; writes nothing."""
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
        # "I don't know": a person of the 311 Center reads it.
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
    """Whether everything that the rule names holds. A rule that names nothing matches nothing."""
    if not when:
        return False
    services = when.get("services")
    if isinstance(services, list) and services and code not in services:
        return False
    place = when.get("areas")
    if isinstance(place, dict) and place:
        codes = place.get("codes") or []
        if not any((place.get("layer"), str(one)) in areas for one in codes):
            return False
    wanted = when.get("answers")
    if isinstance(wanted, dict):
        for question, values in wanted.items():
            if not set(map(str, values)) & set(map(str, answers.get(question, []))):
                return False
    phrases = when.get("words")
    return not (isinstance(phrases, list) and phrases and not any(plain(str(one)) in words for one in phrases))
