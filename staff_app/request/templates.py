"""Answer templates on the forms where staff write to residents."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet

from requests_app.core.prepared import Parameter, Prepared
from requests_app.models import AnswerTemplate, ServiceRequest, User
from requests_app.rules.shared.intake import clean_text
from requests_app.rules.work import answer_templates

if TYPE_CHECKING:
    from staff_app.request.forms import ActionForm

SHOWN = 100
# The actions whose text residents read. Only resolving has an outcome.
VERBS = {"comment", "ask", "resolve"}


def _of_service(**only: str) -> QuerySet[AnswerTemplate]:
    rows = AnswerTemplate.objects.filter(
        Q(service=Parameter("service")) | Q(service=None), jurisdiction=Parameter("city"), active=True, **only
    )
    return rows.order_by("name")[:SHOWN]


_WITH_OUTCOMES = Prepared(_of_service)
_WITHOUT_OUTCOME = Prepared(lambda: _of_service(outcome=""))


def offered(service_request: ServiceRequest, verb: str) -> Sequence[AnswerTemplate]:
    if verb not in VERBS:
        return []
    statement = _WITH_OUTCOMES if verb == "resolve" else _WITHOUT_OUTCOME
    return statement.rows(service=service_request.service_id, city=service_request.jurisdiction_id)


def initial(
    template_id: str, templates: Sequence[AnswerTemplate], form: "type[ActionForm]", request: ServiceRequest, user: User
) -> dict[str, Any]:
    """The form's text filled in, in the language of the request's reporter; nothing if the template isn't offered."""
    template = next((one for one in templates if str(one.pk) == template_id), None)
    if template is None or not form.checked:
        return {}
    words = answer_templates.fill(template.words, request, request.language, staff=user)
    return {form.checked[0]: words} | ({"disposition": template.outcome} if template.outcome else {})


def is_filled(service_request: ServiceRequest, text: str, user: User) -> bool:
    """Whether the text is a template in the reporter's language, just as it was filled in."""
    templates = [one for one in offered(service_request, "resolve") if one.words.get(service_request.language)]
    return _is_one_of(templates, service_request, text, user)


def _is_one_of(templates: Sequence[AnswerTemplate], service_request: ServiceRequest, text: str, user: User) -> bool:
    same = clean_text(text)
    return any(filled(template, service_request, user) == same for template in templates)


def filled(template: AnswerTemplate, service_request: ServiceRequest, user: User) -> str:
    return clean_text(answer_templates.fill(template.words, service_request, service_request.language, staff=user))


def for_outcome(service_request: ServiceRequest, outcome: str, typed: str, user: User) -> str:
    """The words to resolve with: the outcome's template, the service's own before one for all; what was typed stays."""
    templates = offered(service_request, "resolve")
    if typed.strip() and not _is_one_of(templates, service_request, typed, user):
        return typed
    own = sorted(
        (one for one in templates if outcome and one.outcome == outcome), key=lambda one: one.service_id is None
    )
    return filled(own[0], service_request, user) if own else ""


def added(template_id: str, service_request: ServiceRequest, verb: str, typed: str, user: User) -> str:
    """What was typed with the template's words after it; the words alone if nothing was."""
    template = next((one for one in offered(service_request, verb) if str(one.pk) == template_id), None)
    if template is None:
        return typed
    words = filled(template, service_request, user)
    return f"{typed.rstrip()}\n\n{words}" if typed.strip() else words
