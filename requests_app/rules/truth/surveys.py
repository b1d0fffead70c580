"""The survey after a report is resolved: is it fixed, and were you treated well, with listed reasons only."""

import datetime as dt

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests_app.clock import app_now
from requests_app.models import Disposition, Participation, Person, ServiceRequest, SurveyAnswer

WITHIN = dt.timedelta(days=30)
# Not after merges, withdrawals, missing answers or handovers, where we did no work to ask about.
ASKED_AFTER = (
    Disposition.FIXED,
    Disposition.ACTION_TAKEN,
    Disposition.ANSWERED,
    Disposition.NOT_FOUND,
    Disposition.CANNOT_DO,
)
# Not followers, who have no problem of their own.
ASKED = (Participation.Role.REPORTER, Participation.Role.CALLER, Participation.Role.AFFECTED)
# Statistics use these codes; never change the meaning of one.
REASONS: dict[str, dict[str, str | Promise]] = {
    SurveyAnswer.Question.FIXED: {
        "nothing_done": _("Nothing was done"),
        "part_done": _("Only part of it was done"),
        "came_back": _("It came back"),
        "wrong_place": _("You went to the wrong place"),
        "other": _("Something else"),
    },
    SurveyAnswer.Question.TREATED_WELL: {
        "no_news": _("I didn’t hear from you"),
        "too_slow": _("It took too long"),
        "not_clear": _("Your message wasn’t clear"),
        "not_polite": _("Someone wasn’t polite"),
        "other": _("Something else"),
    },
}


def outcome_asked_about(service_request: ServiceRequest, person: Person, *, through: ServiceRequest) -> int | None:
    """The outcome that this person may answer about now, by its number (0: the first); None if there is none.

    through: their own report, which may have been merged into this one.
    """
    if service_request.is_open:
        # The person who reopened it with "No" may go on to say why.
        earlier = service_request.reopened_count - 1
        if earlier < 0:
            return None
        said_no = _answers(service_request, person, earlier).filter(
            question=SurveyAnswer.Question.FIXED, value=SurveyAnswer.Value.NO, answered_at__gte=app_now() - WITHIN
        )
        return earlier if said_no.exists() else None
    if service_request.disposition not in ASKED_AFTER or service_request.resolved_at is None:
        return None
    if app_now() - service_request.resolved_at > WITHIN:
        return None
    if not Participation.objects.filter(person=person, service_request=through, role__in=ASKED).exists():
        return None
    return service_request.reopened_count


def fixed_question(about: ServiceRequest) -> str:
    """Asks about the answer if there was nothing to fix."""
    if about.disposition in (Disposition.ANSWERED, Disposition.CANNOT_DO):
        return gettext("Did our answer help you?")
    return gettext("Is it fixed?")


def answers_of(service_request: ServiceRequest, person: Person, outcome: int) -> dict[str, SurveyAnswer]:
    """Their answers about one outcome, by question."""
    return {answer.question: answer for answer in _answers(service_request, person, outcome)}


def _answers(service_request: ServiceRequest, person: Person, outcome: int) -> QuerySet[SurveyAnswer]:
    return SurveyAnswer.objects.filter(service_request=service_request, person=person, ending=outcome)
