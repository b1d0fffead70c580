"""What a change of setup does to the routing rules, asked before it's done: which would end, stop matching or never be reached."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256

from django.utils.translation import gettext as _

from requests_app.models import Jurisdiction, RoutingDraft
from requests_app.rules.routing.checks import Answers, Known, can_answer, known_of, why_never
from requests_app.rules.routing.routing import Definition, read_rule, rules_in_use
from requests_app.rules.routing.words import Sentence, sentence_of
from requests_app.rules.shared.names import Names


@dataclass(frozen=True)
class Consequence:
    """A rule, and what happens to it. in_draft: only in the draft of the next version."""

    sentence: Sentence
    what: str
    in_draft: bool = False


Change = Callable[[Known], Known]
Edit = Callable[[list[Definition]], list[Definition]]


def of_change(
    jurisdiction: Jurisdiction, change: Change, edit: Edit = list, *, names: Names | None = None
) -> list[Consequence]:
    """For the rules in use and the draft. change: of what rules may name. edit: what becomes of the rules in use with it.

    names: with those that the change brings.
    """
    names, in_use, now = names or Names(jurisdiction), rules_in_use(jurisdiction.pk), known_of(jurisdiction)
    then = change(now)
    consequences = list(between(in_use, edit(in_use), now, then, names))
    draft = RoutingDraft.objects.filter(jurisdiction=jurisdiction).first()
    if draft is not None:
        listed = {(one.sentence.name, one.what) for one in consequences}
        consequences += [
            one
            for one in between(draft.rules, draft.rules, now, then, names, in_draft=True)
            if (one.sentence.name, one.what) not in listed
        ]
    return consequences


def of_rules(jurisdiction: Jurisdiction, before: list[Definition], after: list[Definition]) -> list[Consequence]:
    """If these rules replaced those. Rules that are left out on purpose aren't named."""
    known = known_of(jurisdiction)
    kept = {rule["name"] for rule in after}
    return list(between([rule for rule in before if rule["name"] in kept], after, known, known, Names(jurisdiction)))


def between(
    before: list[Definition], after: list[Definition], now: Known, then: Known, names: Names, *, in_draft: bool = False
) -> Iterator[Consequence]:
    """What happens to the rules of `before` and `after`. What is wrong with a rule already isn't a consequence."""
    was = dict(zip((rule["name"] for rule in before), why_never(before, now), strict=True))
    kept = {rule["name"] for rule in after}
    for rule in before:
        if rule["name"] not in kept:
            yield Consequence(sentence_of(rule, names), _("It ends."), in_draft)
    for rule, reason in zip(after, why_never(after, then), strict=True):
        if was.get(rule["name"]):
            continue
        for what in [reason] if reason else _less(rule, now, then, names):
            yield Consequence(sentence_of(rule, names), what, in_draft)


def _less(rule: Definition, now: Known, then: Known, names: Names) -> Iterator[str]:
    """What a rule that still decides no longer does."""
    conditions = read_rule(rule).conditions
    offered = [one for one in conditions.services or now.services if one in now.services and one in then.services]
    lost = [one for one in offered if can_answer(conditions, now, one) and not can_answer(conditions, then, one)]
    if lost and conditions.answers:
        yield _("It no longer matches reports about: %(services)s") % {"services": ", ".join(map(names.service, lost))}
    gone = [
        names.answer(question, value, [service])
        for question, values in conditions.answers.items()
        for value in sorted(values)
        for service in offered
        if service not in lost
        if value in now.services[service].get(question, ()) and value not in then.services[service].get(question, ())
    ]
    if gone:
        yield _("Nobody can give this answer anymore: %(answers)s") % {"answers": ", ".join(dict.fromkeys(gone))}
    areas = conditions.areas & {*(now.areas or ())} - {*(then.areas or ())}
    if areas:
        yield _("It no longer matches in: %(areas)s") % {"areas": ", ".join(sorted(names.area(*one) for one in areas))}
    department = rule.get("department")
    if department in now.departments and department not in then.departments:
        yield _("Its reports go to the triage queue.")
    elif (department, rule.get("team")) in {*now.teams} - {*then.teams}:
        yield _("Its reports go to the whole department.")


def key_of(consequences: Sequence[Consequence]) -> str:
    """What a form carries that has shown them; empty if there are none."""
    shown = repr([(one.sentence.name, one.what, one.in_draft) for one in consequences])
    return sha256(shown.encode()).hexdigest()[:16] if consequences else ""


def answers_of(questions: Sequence[Definition]) -> Answers:
    """The answers to each question, as a service's draft or a catalog file writes them."""
    return {
        question["code"]: {str(option["value"]) for option in question.get("options") or []} for question in questions
    }
