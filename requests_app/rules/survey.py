"""What residents are asked once a report has ended: is it fixed, and were they treated well; with listed reasons alone."""

import datetime as dt

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from requests_app.clock import app_now
from requests_app.models import Disposition, Participation, Person, ServiceRequest, SurveyAnswer

WITHIN = dt.timedelta(days=30)
# Joined, taken back, unanswered, handed over: nobody of ours did anything that one could be asked about.
ASKED_AFTER = (
    Disposition.FIXED,
    Disposition.ACTION_TAKEN,
    Disposition.ANSWERED,
    Disposition.NOT_FOUND,
    Disposition.CANNOT_DO,
)
# Who only follows has no problem of their own that could be fixed.
ASKED = (Participation.Role.REPORTER, Participation.Role.CALLER, Participation.Role.AFFECTED)
# Codes that figures are made of; never change what one means.
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


def is_asked(service_request: ServiceRequest, person: Person, *, through: ServiceRequest) -> bool:
    """May this person answer about this outcome now? through: the report of theirs, joined with this one or the same."""
    if service_request.disposition not in ASKED_AFTER or service_request.resolved_at is None:
        return False
    if app_now() - service_request.resolved_at > WITHIN:
        return False
    return Participation.objects.filter(person=person, service_request=through, role__in=ASKED).exists()


def fixed_question(about: ServiceRequest) -> str:
    """Where nothing was to be fixed, it is the answer that one is asked about."""
    if about.disposition in (Disposition.ANSWERED, Disposition.CANNOT_DO):
        return gettext("Did our answer help you?")
    return gettext("Is it fixed?")


def answers_of(service_request: ServiceRequest, person: Person) -> dict[str, SurveyAnswer]:
    """What they said of its last ending, by question."""
    found = SurveyAnswer.objects.filter(
        service_request=service_request, person=person, ending=service_request.reopened_count
    )
    return {one.question: one for one in found}
