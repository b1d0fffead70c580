"""What staff may do with a request: one row for each action, with its form, its button and what it calls.

The verb is the lifecycle's, the permission's and the address's. A button is shown where both the status and the permission
allow it; the server asks both again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from requests_app.actions import assignment, conversation, merges, moderation, place_corrections, progress, routing
from requests_app.models import PublicState, ServiceRequest, Status, User
from requests_app.rules import lifecycle, permissions
from staff_app.request import forms

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Form = forms.ActionForm


@dataclass(frozen=True)
class Action:
    """button: what the link to it says; press: its form's button, if another word fits; done: what is said afterward."""

    verb: str
    button: "str | _StrPromise"
    done: "str | _StrPromise"
    do: Callable[[ServiceRequest, Any, User], object]
    form: type[Form] = Form
    press: "str | _StrPromise" = ""
    hint: "str | _StrPromise" = ""
    # Beyond what status and permission say.
    when: Callable[[ServiceRequest], bool] = lambda service_request: True

    @property
    def is_button(self) -> bool:
        """Nothing to type: a press on the request's page is enough."""
        return self.form is Form

    def possible(self, service_request: ServiceRequest) -> bool:
        return (service_request.status, self.verb) in lifecycle.TRANSITIONS and self.when(service_request)


def _resolve(service_request: ServiceRequest, form: forms.ResolveForm, user: User) -> None:
    given = form.cleaned_data
    progress.resolve(
        service_request.pk,
        disposition=given["disposition"],
        words=given["words"],
        reason=given["reason"],
        visited=given["visited"],
        uploads=given["photos"],
        actor=user,
    )


def _correct_place(service_request: ServiceRequest, form: forms.CorrectPlaceForm, user: User) -> None:
    given = form.cleaned_data
    place_corrections.correct_place(
        service_request.pk, point=form.point, address=given["address"], note=given["note"], actor=user
    )


ACTS = [
    Action("accept", _("Accept"), _("Accepted."), lambda r, f, u: progress.accept(r.pk, actor=u)),
    Action(
        "resolve",
        pgettext_lazy("action", "Outcome"),
        _("Ended. Reporter and followers get a mail."),
        _resolve,
        forms.ResolveForm,
        press=pgettext_lazy("action", "End it"),
    ),
    Action("resume", _("Go on"), _("Off hold: the clock runs again."), lambda r, f, u: progress.resume(r.pk, actor=u)),
    Action(
        "reopen",
        pgettext_lazy("action", "Open again"),
        _("Open again, with a shorter goal."),
        lambda r, f, u: progress.reopen(r.pk, words=f.cleaned_data["words"], actor=u),
        forms.ReopenForm,
        press=pgettext_lazy("action", "Open it again"),
        when=lambda r: r.duplicate_of_id is None,
    ),
    Action(
        "assign",
        pgettext_lazy("action", "Assign"),
        _("Assigned."),
        lambda r, f, u: assignment.assign(r.pk, assignee=f.cleaned_data["assignee"], actor=u),
        forms.AssignForm,
    ),
    Action(
        "ask",
        _("Ask reporter"),
        _("Asked. The clock waits for the answer."),
        lambda r, f, u: conversation.ask(r.pk, question=f.cleaned_data["question"], actor=u),
        forms.AskForm,
        press=pgettext_lazy("action", "Ask"),
        hint=_("The reporter gets a mail. The clock waits up to 14 days for the answer."),
    ),
    Action(
        "transfer",
        _("To another department"),
        _("Sent to another department."),
        lambda r, f, u: assignment.transfer(
            r.pk, department=f.cleaned_data["department"], reason=f.cleaned_data["reason"], actor=u
        ),
        forms.TransferForm,
        press=pgettext_lazy("action", "Send it on"),
    ),
    Action(
        "triage",
        _("Back to triage"),
        _("Sent back to triage."),
        lambda r, f, u: assignment.return_to_triage(r.pk, reason=f.cleaned_data["reason"], actor=u),
        forms.TriageForm,
        press=pgettext_lazy("action", "Send it back"),
        hint=_("Not ours, and we do not know whose it is."),
        when=lambda r: r.department_id is not None,
    ),
    Action(
        "hand_over",
        _("Hand over to its owner"),
        _("Handed over. Its owner gets a mail if we know an address."),
        lambda r, f, u: progress.hand_over(
            r.pk, owner=f.cleaned_data["owner"], number=f.cleaned_data["number"], words=f.cleaned_data["words"], actor=u
        ),
        forms.HandOverForm,
        press=pgettext_lazy("action", "Hand it over"),
        hint=_("It is not the city’s: a state road, a railroad, a utility, a neighbor town."),
    ),
    Action(
        "comment",
        pgettext_lazy("action", "Public comment"),
        _("Said. Reporter and followers get a mail."),
        lambda r, f, u: conversation.comment(r.pk, text=f.cleaned_data["text"], actor=u),
        forms.CommentForm,
        press=pgettext_lazy("action", "Say it"),
    ),
    Action(
        "note",
        pgettext_lazy("action", "Internal note"),
        _("Noted, for staff alone."),
        lambda r, f, u: conversation.note(r.pk, text=f.cleaned_data["text"], actor=u),
        forms.NoteForm,
        press=pgettext_lazy("action", "Keep the note"),
    ),
    Action(
        "schedule",
        pgettext_lazy("action", "Plan a day"),
        _("Planned."),
        lambda r, f, u: progress.schedule(r.pk, on=f.cleaned_data["on"], actor=u),
        forms.ScheduleForm,
        press=pgettext_lazy("action", "Plan it"),
    ),
    Action("visit", _("We were there"), _("The visit is noted."), lambda r, f, u: progress.visit(r.pk, actor=u)),
    Action(
        "make_safe",
        _("Made safe for now"),
        _("Noted: safe for now."),
        lambda r, f, u: progress.make_safe(r.pk, actor=u),
        hint=_("The repair is still to come, and the clock runs on."),
    ),
    Action(
        "hold",
        pgettext_lazy("action", "Put on hold"),
        _("On hold. Reporter and followers get a mail."),
        lambda r, f, u: progress.hold(r.pk, reason=f.cleaned_data["reason"], until=f.cleaned_data["until"], actor=u),
        forms.HoldForm,
    ),
    Action(
        "answer",
        _("Note the reporter’s answer"),
        _("The answer is noted."),
        lambda r, f, u: conversation.answer(r.pk, text=f.cleaned_data["text"], actor=u),
        forms.AnswerForm,
        press=pgettext_lazy("action", "Keep the answer"),
        when=lambda r: r.is_open or r.disposition == "no_reply",
    ),
    Action(
        "change_service",
        pgettext_lazy("action", "Change the service"),
        _("The service is changed, and the goal with it."),
        lambda r, f, u: assignment.change_service(r.pk, version=f.cleaned_data["version"], actor=u),
        forms.ChangeServiceForm,
        hint=_("The goal is then the new service’s. It stays with its department until you send it on."),
    ),
    Action(
        "set_priority",
        pgettext_lazy("action", "Change the priority"),
        _("The priority is changed."),
        lambda r, f, u: assignment.set_priority(r.pk, priority=f.cleaned_data["priority"], actor=u),
        forms.SetPriorityForm,
    ),
    Action(
        "correct_place",
        pgettext_lazy("action", "Correct the place"),
        _("The place is corrected."),
        _correct_place,
        forms.CorrectPlaceForm,
    ),
    Action(
        "route",
        _("Route again"),
        _("Routed again by the table."),
        lambda r, f, u: routing.route_again(r.pk, actor=u),
        hint=_("By the routing table, after service, place or words were corrected."),
        # Before its first routing that is the worker's.
        when=lambda r: r.department_id is not None or r.in_triage,
    ),
    Action(
        "merge",
        _("Join with an earlier report"),
        _("Joined. Its people hear of the other one’s progress."),
        lambda r, f, u: merges.merge(r.pk, parent=f.parent, actor=u),
        forms.MergeForm,
        press=pgettext_lazy("action", "Join them"),
    ),
    Action(
        "unmerge",
        _("Take apart again"),
        _("Taken apart: it is open again."),
        lambda r, f, u: merges.unmerge(r.pk, actor=u),
        when=lambda r: r.duplicate_of_id is not None,
    ),
    Action(
        "withdraw",
        _("The reporter takes it back"),
        _("Withdrawn."),
        lambda r, f, u: progress.withdraw(r.pk, actor=u),
    ),
    Action(
        "hide",
        pgettext_lazy("action", "Hide from the public"),
        _("Hidden from the public."),
        lambda r, f, u: moderation.hide(r.pk, reason=f.cleaned_data["reason"], actor=u),
        forms.HideForm,
        when=lambda r: r.public_state == PublicState.PUBLIC,
    ),
    Action(
        "publish",
        pgettext_lazy("action", "Show to the public again"),
        _("Back to what its service shows."),
        lambda r, f, u: moderation.publish(r.pk, actor=u),
        when=lambda r: r.public_state in (PublicState.HIDDEN, PublicState.PENDING_REVIEW),
    ),
]
BY_VERB = {act.verb: act for act in ACTS}
NOT_OURS = ("transfer", "triage", "hand_over")
PROMINENT = ("assign", "ask", "resolve")


@dataclass(frozen=True)
class Buttons:
    """main: the one thing that is due now; then the usual ones, who else may have it, and the rest."""

    main: Action | None
    prominent: list[Action]
    not_ours: list[Action]
    more: list[Action]


def buttons(user: User, service_request: ServiceRequest) -> Buttons:
    """Only what both the status and the user's permissions allow."""
    possible = [
        act for act in ACTS if act.possible(service_request) and permissions.can(user, act.verb, service_request)
    ]
    main = next((act for verb in _next(service_request) for act in possible if act.verb == verb), None)
    left = [act for act in possible if act is not main]
    return Buttons(
        main=main,
        prominent=[act for verb in PROMINENT for act in left if act.verb == verb],
        not_ours=[act for act in left if act.verb in NOT_OURS],
        more=[act for act in left if act.verb not in (*NOT_OURS, *PROMINENT)],
    )


def _next(service_request: ServiceRequest) -> tuple[str, ...]:
    return {
        Status.RECEIVED: ("transfer",),
        Status.ROUTED: ("accept",),
        Status.IN_PROGRESS: ("resolve",),
        Status.ON_HOLD: ("resume",),
        Status.RESOLVED: ("unmerge", "reopen"),
        Status.CLOSED: ("unmerge", "reopen"),
    }[Status(service_request.status)]
