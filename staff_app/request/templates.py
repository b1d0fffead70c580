"""Answer templates on the forms where staff write to residents."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from requests_app.models import AnswerTemplate, ServiceRequest, User
from requests_app.rules import answer_templates
from staff_app.request.forms import ActionForm

SHOWN = 100
# The actions whose text residents read. Only resolving has an outcome.
VERBS = {"comment", "ask", "resolve"}


def offered(service_request: ServiceRequest, verb: str) -> Sequence[AnswerTemplate]:
    if verb not in VERBS:
        return []
    rows = AnswerTemplate.objects.filter(
        Q(service=service_request.service_id) | Q(service=None),
        jurisdiction=service_request.jurisdiction_id,
        active=True,
    )
    if verb != "resolve":
        rows = rows.filter(outcome="")
    return list(rows.order_by("name")[:SHOWN])


def initial(
    template_id: str, templates: Sequence[AnswerTemplate], form: type[ActionForm], request: ServiceRequest, user: User
) -> dict[str, Any]:
    """The form's text filled in, in the language of the request's reporter; nothing if the template isn't offered."""
    template = next((one for one in templates if str(one.pk) == template_id), None)
    if template is None or not form.checked:
        return {}
    words = answer_templates.fill(template.words, request, request.language, staff=user)
    return {form.checked[0]: words} | ({"disposition": template.outcome} if template.outcome else {})
