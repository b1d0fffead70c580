"""What bulk jobs and macros do, and why a request was left out, in words."""

from collections.abc import Iterable
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from requests_app.messages.macro_steps import step_sentences
from requests_app.models import BulkJob, Jurisdiction
from requests_app.rules.shared.names import Names

Text = str | Promise

# In the order of the menu.
VERBS: dict[str, Text] = {
    "assign": pgettext_lazy("action", "Assign"),
    "transfer": gettext_lazy("Transfer"),
    "hold": pgettext_lazy("action", "Put on hold"),
    "set_priority": gettext_lazy("Change priority"),
    "comment": pgettext_lazy("action", "Public comment"),
    "note": pgettext_lazy("action", "Internal note"),
    "resolve": pgettext_lazy("action", "Resolve"),
    "merge": gettext_lazy("Merge into one"),
    "accept": gettext_lazy("Accept"),
    "change_service": pgettext_lazy("action", "Change service"),
}
# Those with a form of their own for many requests.
IN_BULK = ("assign", "transfer", "hold", "set_priority", "comment", "note", "resolve", "merge", "accept")

_REFUSALS: dict[str, Text] = {
    "status": gettext_lazy("Its status doesn’t allow this."),
    "permission": gettext_lazy("You don’t have permission to do this."),
    "not_visible": gettext_lazy("You no longer have access to it."),
    "changed": gettext_lazy("It changed after you saw it:"),
    "same_department": gettext_lazy("It’s already with that department."),
    "not_in_department": gettext_lazy("They don’t work in its department."),
    "same_service": gettext_lazy("It already has that service."),
    "evidence": gettext_lazy("Its service asks for a photo or a visit."),
    "merge": gettext_lazy("It can’t be merged into that one."),
    "emailed": gettext_lazy("Not undone: its email was already sent."),
    "no_department": gettext_lazy("Its department no longer exists."),
    "no_person": gettext_lazy("The person it names no longer works here."),
    "no_service": gettext_lazy("Its service no longer exists."),
    "no_template": gettext_lazy("Its answer template no longer exists."),
    "no_parent": gettext_lazy("The request to merge into no longer exists, or was merged itself."),
    "invalid": gettext_lazy("Its steps don’t fit together."),
    "error": gettext_lazy("Something went wrong on our side. Nothing was changed."),
}


def job_title(job: BulkJob) -> str:
    """Its macro's name, or what its one step does."""
    return job.name or str(VERBS[job.steps[0]["verb"]])


def notice_words(job: BulkJob) -> str:
    """ "Finished: Resolve (50 of 51 requests)", as long as nobody has undone it."""
    if job.undone_at:
        words = _("Undone: %(job)s (%(n)s of %(total)s requests)")
    elif job.stopped_at:
        words = _("Stopped: %(job)s (%(n)s of %(total)s requests)")
    else:
        words = _("Finished: %(job)s (%(n)s of %(total)s requests)")
    return words % {"job": job_title(job), "n": job.undone if job.undone_at else job.done, "total": job.total}


def refusal_words(reason: str) -> str:
    return str(_REFUSALS[reason])


def sentences(steps: Iterable[dict[str, Any]], city: Jurisdiction) -> list[str]:
    """ "Transfer to Parks: “Not a street tree”", one for each step."""
    return step_sentences(steps, Names(city))
