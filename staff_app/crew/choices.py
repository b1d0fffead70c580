"""What a crew can choose at a stop: outcomes of the work, and why it couldn't be done. Each is an action of the request's
page, or ends a task."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.models import AnswerTemplate, Disposition, Jurisdiction, ListedReason, ServiceRequest, Task, User
from requests_app.models.service_request import WAITS_FOR_REQUEST, WAITS_FOR_TASKS
from requests_app.rules.people import permissions
from requests_app.rules.work import crew_results, evidence
from staff_app import due
from staff_app.request import forms

NOT_HELD_FOR = ("reporter", "your_answer", WAITS_FOR_REQUEST, WAITS_FOR_TASKS)


@dataclass(frozen=True)
class Choice:
    """verb: the action of the request's page. value: its outcome or reason, if it has one. text: what people will read, if the
    verb posts any; empty if it has to be typed."""

    code: str
    label: str
    verb: str
    value: str = ""
    hint: str = ""
    text: str = ""

    @property
    def is_done(self) -> bool:
        return self.code in (*crew_results.DONE, Task.State.DONE)

    @property
    def posts_words(self) -> bool:
        return self.verb == "resolve"


@dataclass(frozen=True)
class Lists:
    """What is the same for all stops of a city, read once."""

    hold: dict[str, str]
    cannot_do: list[ListedReason]
    no_evidence: dict[str, str]
    templates: Sequence[AnswerTemplate]

    @classmethod
    def of(cls, city: Jurisdiction) -> "Lists":
        listed = [one for one in city.reasons_by_code.values() if one.active]
        holds = [one for one in listed if one.kind == ListedReason.Kind.HOLD]
        words = due.listed_hold_words(holds)
        codes = [one.code for one in holds] or list(words)
        return cls(
            hold={code: capfirst(words[code]) for code in codes if code not in NOT_HELD_FOR},
            cannot_do=[one for one in listed if one.kind == ListedReason.Kind.CANNOT_DO],
            no_evidence=evidence.reasons(city),
            templates=list(_templates(city)),
        )


def _templates(city: Jurisdiction) -> QuerySet[AnswerTemplate]:
    outcomes = (*crew_results.DONE, Disposition.CANNOT_DO)
    return AnswerTemplate.objects.filter(jurisdiction=city, active=True, outcome__in=outcomes).order_by("name")


def choices(service_request: ServiceRequest, user: User, lists: Lists) -> list[Choice]:
    """Those that the user may do, whatever the status."""
    can = {verb for verb in ("resolve", "visit", "hold", "triage") if permissions.can(user, verb, service_request)}
    offered: list[Choice] = []
    if "resolve" in can:
        for code, label in forms.outcomes(service_request, user):
            if code in crew_results.DONE:
                text = crew_results.words_for(service_request, code, lists.templates, user)
                offered.append(Choice(code, str(label), "resolve", code, text=text))
    if "visit" in can:
        offered.append(
            Choice(
                crew_results.NO_ACCESS,
                _("We couldn’t get to it"),
                "visit",
                hint=_("Logs a visit. It stays on the list."),
            )
        )
    if "hold" in can:
        hint = _("Waiting for something: on hold for a week.")
        offered += [Choice(f"hold:{code}", words, "hold", code, hint=hint) for code, words in lists.hold.items()]
    if "triage" in can or "visit" in can:
        hint = _("Back to triage.") if "triage" in can else _("Logs a visit, with a note for your office.")
        offered.append(Choice("not_ours", _("It isn’t ours"), "triage" if "triage" in can else "visit", hint=hint))
    if "resolve" in can:
        offered += [_cannot_do(service_request, user, lists, reason) for reason in lists.cannot_do]
    return offered


def task_choices() -> list[Choice]:
    """At a task. Only the department that has the request reads what is said about it."""
    return [
        Choice(Task.State.DONE.value, _("Done"), "end_task"),
        Choice(crew_results.NO_ACCESS, _("We couldn’t get to it"), "note", hint=_("It stays on the list.")),
        Choice(Task.State.DROPPED.value, _("Not needed"), "end_task", hint=_("Ends the task. Say why in the note.")),
    ]


def _cannot_do(service_request: ServiceRequest, user: User, lists: Lists, reason: ListedReason) -> Choice:
    code = Disposition.CANNOT_DO
    why = localized(reason.words, service_request.language)
    words = crew_results.words_for(service_request, code, lists.templates, user, reason=why)
    label = _("We can’t do this: %(reason)s") % {"reason": localized(reason.words)}
    return Choice(f"{code}:{reason.code}", label, "resolve", reason.code, hint=_("Closes the request."), text=words)
