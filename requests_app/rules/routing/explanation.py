"""Which rule catches a report, why those before it don't, and where it goes: as the worker decides, for any set of rules."""

from dataclasses import dataclass

from requests_app.models import ServiceVersion
from requests_app.rules.routing.routing import Decision, Definition, Facts, RuleSet, decision_by, read_rule
from requests_app.rules.routing.words import Condition, Sentence, conditions_of, destination, sentence_of
from requests_app.rules.shared.names import Names


@dataclass(frozen=True)
class Step:
    """A rule that was tried. unmet: its conditions that don't hold; a rule without conditions never holds."""

    position: int
    sentence: Sentence
    unmet: tuple[Condition, ...]


@dataclass(frozen=True)
class Explanation:
    """match: None if no rule matches. earlier: the rules before it that may be about the service, in order.

    elsewhere: how many rules before it are about other services. destination: where it goes, which isn't what the rule says if its
    department was closed, its team has ended or its person left.
    """

    match: Step | None
    earlier: tuple[Step, ...]
    elsewhere: int
    destination: str

    @property
    def rule(self) -> Sentence | None:
        return self.match.sentence if self.match else None


def explain(rules: list[Definition], facts: Facts, version: ServiceVersion, names: Names) -> Explanation:
    """rules: as a catalog file writes them. version: of the report's service."""
    tried = RuleSet(map(read_rule, rules))
    match, earlier, elsewhere = None, list[Step](), 0
    for position, (rule, (_rule, unmet)) in enumerate(zip(rules, tried.tried(facts), strict=False), start=1):
        if ("services", "") in unmet:
            elsewhere += 1
            continue
        step = Step(position, sentence_of(rule, names), _conditions(rule, unmet, names))
        if unmet:
            earlier.append(step)
        else:
            match = step
    decision = decision_by(tried, facts, version, names.city.pk)
    return Explanation(match, tuple(earlier), elsewhere, destination(_as_rule(decision), names))


def _as_rule(decision: Decision) -> Definition:
    """What was decided, as a rule says it."""
    return {
        "department": decision.department.code if decision.department else None,
        "team": decision.team.code if decision.team else "",
        "assignee": decision.assignee.email if decision.assignee else "",
        "priority": decision.priority,
        "inform": [department.code for department in decision.inform],
    }


def _conditions(rule: Definition, unmet: list[tuple[str, str]], names: Names) -> tuple[Condition, ...]:
    """Those that the decision named. Days and hours are one condition: a night belongs to the day on which it begins."""
    fields = {field for field, _question in unmet}
    if {"days", "hours"} & fields:
        fields |= {"days", "hours"}
    questions = iter(rule["when"].get("answers") or {})
    return tuple(
        condition
        for condition in conditions_of(rule, names)
        if (condition.field == "answers" and ("answers", next(questions)) in unmet)
        or (condition.field != "answers" and condition.field in fields)
    )


def questions_asked(rules: list[Definition], service_code: str) -> set[str]:
    """The codes of the questions whose answers may decide about a report for this service."""
    return {
        question
        for rule in rules
        if service_code in (rule["when"].get("services") or [service_code])
        for question in rule["when"].get("answers") or {}
    }
