"""The numbers that residents call. One that isn't used anymore is switched off, so that its counts stay."""

from django.utils.translation import gettext_lazy

from requests_app.actions.people.reporters import normalized_phone
from requests_app.actions.shared.setup_rows import Columns, SetupRow, State
from requests_app.models import Calendar, DeskLine, Jurisdiction


def _state(line: DeskLine) -> State:
    return {
        "number": line.number,
        "name": line.name,
        "greeting": line.greeting,
        "promise": line.promise,
        "calendar": line.calendar.code if line.calendar is not None else "",
        "is_active": line.is_active,
    }


def _columns(city: Jurisdiction, state: State) -> Columns:
    code = state["calendar"]
    calendar = Calendar.objects.get(jurisdiction=city, code=code) if code else None
    return {**state, "calendar": calendar, "phone": normalized_phone(state["number"])}


LINE = SetupRow(
    "desk_line",
    gettext_lazy("Line of the desk"),
    DeskLine,
    _state,
    columns=_columns,
    stays=True,
    related=("jurisdiction", "calendar"),
)
