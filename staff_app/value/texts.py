"""What the value report calls its figures and their parts, what each is counted from, and how a value is written."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from requests_app.drawing import charts
from requests_app.rules.figures.value_report import LEAST, Figure, Part, State, Unit, Value
from staff_app.desk.forms import OUTCOMES
from staff_app.queue.filters import CHANNELS
from staff_app.value import names

Text = str | Promise

FIGURES: dict[str, tuple[Text, Text]] = {
    "contacts": (
        gettext_lazy("Contacts"),
        gettext_lazy(
            "Contacts that the desk closed, plus answers that residents took on the website and reports that they sent from it or"
            " from an app."
        ),
    ),
    "information": (
        gettext_lazy("Information share"),
        gettext_lazy("Contacts that were a question, answered by the desk or the website ÷ all contacts."),
    ),
    "answered_strict": (
        gettext_lazy("Answered without a request, strict"),
        gettext_lazy("“That answers my question” on the website ÷ reports begun there, those included."),
    ),
    "answered_loose": (
        gettext_lazy("Answered without a request, loose"),
        gettext_lazy("The same, and also who saw an answer and left without sending anything for 30 minutes."),
    ),
    "first_contact": (
        gettext_lazy("First-contact resolution"),
        gettext_lazy(
            "Contacts closed by the desk, with no second one about the same from the same person, number or address within 7 days"
            " ÷ all contacts of the desk."
        ),
    ),
    "service_level": (
        gettext_lazy("Service level"),
        gettext_lazy("Calls answered in the target time ÷ calls answered or hung up after 5 seconds."),
    ),
    "abandonment": (
        gettext_lazy("Hung up"),
        gettext_lazy("Calls that hung up after 5 seconds ÷ all calls that came in."),
    ),
    "promises": (
        gettext_lazy("Promises kept"),
        gettext_lazy("Call-backs tried by the promised time ÷ call-backs that were due."),
    ),
    "duplicates": (
        gettext_lazy("Duplicates joined"),
        gettext_lazy(
            "People who joined an open report instead of sending it again ÷ those and the duplicates that staff merged."
        ),
    ),
    "own_reports": (
        gettext_lazy("Employees’ own reports"),
        gettext_lazy("Reports that employees sent themselves ÷ all reports."),
    ),
    "cost": (
        gettext_lazy("Cost per contact"),
        gettext_lazy(
            "What the city says its channels cost ÷ their contacts. Channels without an amount are left out, and a month counts"
            " when it’s over."
        ),
    ),
    "visits": (
        gettext_lazy("Visits avoided (modeled)"),
        gettext_lazy(
            "Questions answered away from the counter × the share of people who would have come in, which the city set. A model,"
            " not a count."
        ),
    ),
}
PARTS: dict[str, Text] = {
    "tests": gettext_lazy("Tests of the desk"),
    "web_answers": gettext_lazy("“That answers my question” on the website"),
    "intake_sent": gettext_lazy("Sent or joined a report"),
    "intake_referred": gettext_lazy("Sent to another agency"),
    "intake_left_after_answer": gettext_lazy("Saw an answer and left"),
    "intake_left": gettext_lazy("Left without an answer"),
    "first_resolved": gettext_lazy("Closed, and nobody came again within 7 days"),
    "first_repeat": gettext_lazy("Came again within 7 days"),
    "first_passed_on": gettext_lazy("Transferred, to be called back, or cut off"),
    "first_cant_tell": gettext_lazy("Can’t tell: no person, number or address"),
    "calls_in_time": gettext_lazy("Answered in time"),
    "calls_later": gettext_lazy("Answered later"),
    "calls_hung_up": gettext_lazy("Hung up after 5 seconds"),
    "calls_hung_up_early": gettext_lazy("Hung up in the first 5 seconds"),
    "calls_unexplained": gettext_lazy("Neither answered nor hung up in that half hour"),
    "promise_kept": gettext_lazy("Tried by the promised time"),
    "promise_late": gettext_lazy("Tried later, or not at all"),
    "promise_not_due": gettext_lazy("Not due yet"),
    "promise_not_needed": gettext_lazy("Closed before it was due, without a call"),
    "joined": gettext_lazy("Joined an open report"),
    "merged": gettext_lazy("Merged by staff"),
    "report_desk": gettext_lazy("Reports made at the desk, which are contacts already"),
    "report_staff": gettext_lazy("Employees’ own reports"),
    "report_import": gettext_lazy("Imported reports"),
    "questions_away": gettext_lazy("Questions answered by phone, letter or message"),
    "questions_counter": gettext_lazy("Questions answered in person"),
}
STATES: dict[State, Text] = {
    State.NO_COUNTS: pgettext_lazy("figure", "No counts"),
    State.NOT_YET: pgettext_lazy("figure", "Not yet"),
    State.IN_PART: pgettext_lazy("figure", "In part"),
    State.NOT_SET: pgettext_lazy("figure", "Not set"),
}


def name(figure: Figure) -> Text:
    return FIGURES[figure.code][0]


def formula(figure: Figure) -> Text:
    return FIGURES[figure.code][1]


def part_name(part: Part) -> str:
    kind, _underscore, code = part.code.partition("_")
    if part.code in PARTS:
        return str(PARTS[part.code])
    if kind == "outcome":
        return str(OUTCOMES[code])
    if kind == "report":
        return _("Reports: %(channel)s") % {"channel": CHANNELS[code]}
    return str(CHANNELS[code])


def amount_text(figure: Figure, value: Value) -> str:
    """“72.4%”, “1,203”, “$3.39”, or why there is no number."""
    if value.state is State.TOO_FEW:
        return _("Too few (%(n)s)") % {"n": charts.formatted(value.total)}
    if value.state is not State.KNOWN or value.amount is None:
        return str(STATES[value.state])
    if figure.unit is Unit.MONEY:
        return names.money(value.amount)
    if figure.unit is Unit.PERCENT:
        return f"{charts.formatted(_never_rounded_to_all(value))}%"
    return charts.formatted(round(value.amount))


def _never_rounded_to_all(value: Value) -> float:
    """One decimal; 99.96 isn't 100, and 0.04 isn't 0."""
    percent = float(value.amount or 0)
    if value.counted < value.total:
        percent = min(percent, 99.9)
    return max(percent, 0.1) if value.counted else percent


def note(figure: Figure, value: Value) -> str:
    """What a number is of: “868 of 1,203”."""
    if value.state is State.KNOWN and figure.unit is Unit.PERCENT:
        return _("%(n)s of %(total)s") % {"n": charts.formatted(value.counted), "total": charts.formatted(value.total)}
    if value.state is State.KNOWN and figure.unit is Unit.MONEY:
        return _("%(n)s contacts") % {"n": charts.formatted(value.total)}
    return ""


def about_states() -> list[tuple[Text, str]]:
    return [
        (STATES[State.NO_COUNTS], _("Nothing was counted then, which isn’t 0.")),
        (STATES[State.NOT_YET], _("It can only be counted later.")),
        (STATES[State.IN_PART], _("Counts began in the middle of it, so its cost can’t be divided.")),
        (STATES[State.NOT_SET], _("The city hasn’t entered what it takes.")),
        (_("Too few"), _("Fewer than %(least)s, so a share would be chance.") % {"least": LEAST}),
    ]
