"""What a copy of a service or of a question has, and what it can't have, in sentences.

Nothing that somebody agreed to or approved is copied: no targets, also not those of answers, and no approvals.
"""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.models import Article, Jurisdiction, RoutingRule
from staff_app.setup.services.editing import Definition
from staff_app.setup.services.question_forms import code_for

# Parts of a written service that belong to that service alone.
OWN_PARTS = ("targets", "active", "emergency_check", "no_article", "test")


def copy_of_service(definition: Definition, *, code: str, name: dict[str, str]) -> Definition:
    """As a draft has it. Its draft's changes are copied, too, if definition has them."""
    kept = {part: value for part, value in definition.items() if part not in OWN_PARTS}
    questions = [_without_targets(question) for question in kept.get("questions") or []]
    return {**kept, "service_code": code, "name": name, "questions": questions}


def not_copied(city: Jurisdiction, definition: Definition, code: str) -> list[str]:
    """What the service `code` has that its copy doesn't."""
    sentences = []
    if definition.get("targets") or any(_has_targets(one) for one in definition.get("questions") or []):
        sentences.append(_("Its targets and those of its answers: agree on new ones."))
    if definition.get("emergency_screen"):
        sentences.append(_("The approval of its emergency check: your 911 center reads the copy’s."))
    rules = RoutingRule.objects.filter(jurisdiction=city, active=True, when__services__contains=[code]).count()
    if rules:
        sentences.append(_("Routing rules that name it (%(count)d).") % {"count": rules})
    articles = Article.objects.filter(jurisdiction=city, services__service_code=code).count()
    if articles:
        sentences.append(_("Articles that name it (%(count)d).") % {"count": articles})
    return [*sentences, _("Its reports, its test and its history.")]


def copy_of_question(question: Definition, definition: Definition) -> tuple[Definition, list[str]]:
    """The question for the end of another service, and sentences of what it lost or needs there.

    A condition stays if that service asks the same question with the same answers.
    """
    questions: Sequence[Definition] = definition.get("questions") or []
    copied = _without_targets(question)
    sentences = []
    if _has_targets(question):
        sentences.append(_("The targets of its answers weren’t copied: agree on new ones."))
    taken = [one["code"] for one in questions]
    if copied["code"] in taken:
        copied["code"] = code_for(copied["code"], taken)
    if (condition := copied.get("show_if")) and not _can_be_asked(condition, questions):
        del copied["show_if"]
        sentences.append(_("It’s always asked here, because the answers that it depended on aren’t in this service."))
    options: list[Definition] = []
    for option in copied.get("options") or []:
        effects = option.get("effects") or {}
        if effects.get("service") == definition.get("service_code"):
            effects = _without(effects, "service")
            words = _("“%(answer)s” no longer suggests this service itself.")
            sentences.append(words % {"answer": localized(option["label"])})
        options.append({**_without(option, "effects"), **({"effects": effects} if effects else {})})
        if effects.get("stop") and not definition.get("emergency_screen"):
            words = _("“%(answer)s” stops the form, so enter this service’s emergency question before you publish.")
            sentences.append(words % {"answer": localized(option["label"])})
    return copied | ({"options": options} if options else {}), sentences


def _can_be_asked(condition: Definition, questions: Sequence[Definition]) -> bool:
    parent: Definition = next((one for one in questions if one["code"] == condition["question"]), {})
    values = {str(option["value"]) for option in parent.get("options") or []}
    return {str(value) for value in condition.get("values", [])} <= values


def _has_targets(question: Definition) -> bool:
    return any((option.get("effects") or {}).get("resolve_target") for option in question.get("options") or [])


def _without_targets(question: Definition) -> Definition:
    """A new one, so that the original may be changed or not."""
    copied = dict(question)
    if options := question.get("options"):
        copied["options"] = [_option_without_target(option) for option in options]
    return copied


def _option_without_target(option: Definition) -> Definition:
    effects = _without(option.get("effects") or {}, "resolve_target")
    return {**_without(option, "effects"), **({"effects": effects} if effects else {})}


def _without(row: dict[str, Any], name: str) -> dict[str, Any]:
    return {part: value for part, value in row.items() if part != name}
