"""Answer templates as rows of setup. Answers that were written with one that is removed stay as they are."""

from django.utils.translation import gettext_lazy

from requests_app.actions.shared.setup_rows import Columns, SetupRow, State
from requests_app.models import AnswerTemplate, Jurisdiction, Service


def state_of(template: AnswerTemplate) -> State:
    return {
        "name": template.name,
        "service": template.service.service_code if template.service else "",
        "outcome": template.outcome,
        "words": template.words,
        "active": template.active,
    }


def _columns(city: Jurisdiction, state: State) -> Columns:
    code = state["service"]
    return {**state, "service": Service.objects.get(jurisdiction=city, service_code=code) if code else None}


TEMPLATE = SetupRow(
    "template",
    gettext_lazy("Answer template"),
    AnswerTemplate,
    state_of,
    columns=_columns,
    related=("jurisdiction", "service"),
)
