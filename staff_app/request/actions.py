"""The actions staff can take on a request: each with its form, its labels and the function it calls.

The verb is the key in the lifecycle, in the permissions and in the URL. A button is shown if both the status and the user's
permissions allow the action; the view checks both again.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from requests_app.access import NUMBERED
from requests_app.actions.publication import moderation
from requests_app.actions.routing import place_corrections, routing
from requests_app.actions.work import assignment, conversation, endings, holds, merges, progress, reopenings
from requests_app.core.prepared import Prepared
from requests_app.models import PublicState, ServiceRequest, Status, User
from requests_app.photos import WorkPhoto
from requests_app.rules.people import permissions
from requests_app.rules.shared import lifecycle
from staff_app.request import assignable, forms, recent_people

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Form = forms.ActionForm


@dataclass(frozen=True)
class Action:
    """label: of the link or button on the request page; submit_label: of the form's button, if different."""

    verb: str
    label: "str | _StrPromise"
    success_message: "str | _StrPromise"
    perform: Callable[[ServiceRequest, Any, User], object]
    form: type[Form] = Form
    submit_label: "str | _StrPromise" = ""
    hint: "str | _StrPromise" = ""
    uploads: Callable[[Any], Iterable[WorkPhoto]] = lambda form: ()
    # Other requests that `perform` locks.
    with_requests: Callable[[ServiceRequest, Any], Collection[int]] = lambda service_request, form: ()
    # Reads the request for the form.
    statement: Prepared[ServiceRequest] = NUMBERED
    # A condition beyond status and permissions.
    condition: Callable[[ServiceRequest], bool] = lambda service_request: True

    @property
    def is_button(self) -> bool:
        """Whether the action needs no form, so that the request page shows a button that posts."""
        return self.form is Form

    def is_possible(self, service_request: ServiceRequest) -> bool:
        return (service_request.status, self.verb) in lifecycle.TRANSITIONS and self.condition(service_request)


def _resolve(service_request: ServiceRequest, form: forms.ResolveForm, user: User) -> None:
    cleaned = form.cleaned_data
    endings.resolve(
        service_request.pk,
        disposition=cleaned["disposition"],
        text=cleaned["words"],
        reason=cleaned["reason"],
        visited=cleaned["visited"],
        no_evidence=cleaned["no_evidence"],
        **form.in_language(),
        actor=user,
    )


def _assign(service_request: ServiceRequest, form: forms.AssignForm, user: User) -> None:
    """Assigning accepts it, for those who may."""
    assignee, accepts = form.cleaned_data["assignee"], permissions.can(user, "accept", service_request)
    assignment.assign(service_request.pk, assignee=assignee, actor=user, accepts=accepts)
    recent_people.remember(user, assignee)


def _hold(service_request: ServiceRequest, form: forms.HoldForm, user: User) -> None:
    cleaned = form.cleaned_data
    holds.hold(
        service_request.pk, reason=cleaned["reason"], until=cleaned["until"], waits_for=form.waits_for, actor=user
    )


def _correct_place(service_request: ServiceRequest, form: forms.CorrectPlaceForm, user: User) -> None:
    place_corrections.correct_place(
        service_request.pk,
        point=form.point,
        address=form.cleaned_data["address"],
        note=form.cleaned_data["note"],
        actor=user,
    )


ACTIONS = [
    Action("accept", _("Accept"), _("Accepted."), lambda r, f, u: progress.accept(r.pk, actor=u)),
    Action(
        "resolve",
        pgettext_lazy("action", "Resolve"),
        _("Resolved. We’ll email the reporter and followers in 30 seconds."),
        _resolve,
        forms.ResolveForm,
        uploads=lambda f: f.work_photos(),
    ),
    Action("resume", _("Resume"), _("Resumed. The clock is running."), lambda r, f, u: holds.resume(r.pk, actor=u)),
    Action(
        "reopen",
        pgettext_lazy("action", "Reopen"),
        _("Reopened with a shorter target."),
        lambda r, f, u: reopenings.reopen(r.pk, text=f.cleaned_data["words"], **f.in_language(), actor=u),
        forms.ReopenForm,
        condition=lambda r: r.duplicate_of_id is None,
    ),
    Action(
        "assign",
        pgettext_lazy("action", "Assign"),
        _("Assigned."),
        _assign,
        forms.AssignForm,
        statement=assignable.STATEMENT,
    ),
    Action(
        "ask",
        _("Ask reporter"),
        _("We’ll send your question in 30 seconds. The clock is paused until the reporter replies."),
        lambda r, f, u: conversation.ask(
            r.pk, question=f.cleaned_data["question"], until=f.cleaned_data["until"], **f.in_language(), actor=u
        ),
        forms.AskForm,
        submit_label=pgettext_lazy("action", "Send question"),
        hint=_("We’ll email the reporter and pause the clock until they answer."),
    ),
    Action(
        "transfer",
        _("Transfer"),
        _("Transferred to another department."),
        lambda r, f, u: assignment.transfer(
            r.pk, department=f.cleaned_data["department"], reason=f.cleaned_data["reason"], actor=u
        ),
        forms.TransferForm,
    ),
    Action(
        "triage",
        _("Return to triage"),
        _("Returned to triage."),
        lambda r, f, u: assignment.return_to_triage(r.pk, reason=f.cleaned_data["reason"], actor=u),
        forms.TriageForm,
        hint=_("It’s not ours, and we don’t know whose it is."),
        condition=lambda r: r.department_id is not None,
    ),
    Action(
        "hand_over",
        _("Hand over to owner"),
        _("Handed over. If we have an address for the owner, we’ll email them in 30 seconds."),
        lambda r, f, u: endings.hand_over(
            r.pk,
            owner=f.cleaned_data["owner"],
            number=f.cleaned_data["number"],
            text=f.cleaned_data["words"],
            **f.in_language(),
            actor=u,
        ),
        forms.HandOverForm,
        submit_label=pgettext_lazy("action", "Hand over"),
        hint=_("It isn’t the city’s: a state road, a railroad, a utility or a neighboring town."),
    ),
    Action(
        "comment",
        pgettext_lazy("action", "Public comment"),
        _("Posted. We’ll email the reporter and followers in 30 seconds."),
        lambda r, f, u: conversation.comment(r.pk, text=f.cleaned_data["text"], **f.in_language(), actor=u),
        forms.CommentForm,
        submit_label=pgettext_lazy("action", "Post comment"),
    ),
    Action(
        "note",
        pgettext_lazy("action", "Internal note"),
        _("Note saved. The public can’t see it."),
        lambda r, f, u: conversation.note(
            r.pk, text=f.cleaned_data["text"], audience=f.cleaned_data["audience"], actor=u
        ),
        forms.NoteForm,
        submit_label=pgettext_lazy("action", "Save note"),
    ),
    Action(
        "schedule",
        pgettext_lazy("action", "Schedule"),
        _("Scheduled."),
        lambda r, f, u: progress.schedule(r.pk, on=f.cleaned_data["on"], actor=u),
        forms.ScheduleForm,
    ),
    Action("visit", _("Log a visit"), _("Visit logged."), lambda r, f, u: progress.visit(r.pk, actor=u)),
    Action(
        "make_safe",
        _("Mark as made safe"),
        _("Marked as made safe for now."),
        lambda r, f, u: progress.make_safe(r.pk, actor=u),
        hint=_("The repair is still needed, and the clock keeps running."),
    ),
    Action(
        "hold",
        pgettext_lazy("action", "Put on hold"),
        _("On hold. We’ll email the reporter and followers in 30 seconds."),
        _hold,
        forms.HoldForm,
        statement=forms.WITH_OPEN_TASKS,
        with_requests=lambda r, f: [f.waits_for.pk] if f.waits_for else [],
    ),
    Action(
        "answer",
        _("Record a reply"),
        _("Reply recorded."),
        lambda r, f, u: conversation.answer(r.pk, text=f.cleaned_data["text"], actor=u),
        forms.AnswerForm,
        submit_label=pgettext_lazy("action", "Save reply"),
        condition=lambda r: r.is_open or r.disposition == "no_reply",
    ),
    Action(
        "change_service",
        pgettext_lazy("action", "Change service"),
        _("Service and target changed."),
        lambda r, f, u: assignment.change_service(
            r.pk, version=f.cleaned_data["version"], names_nobody=f.cleaned_data.get("names_nobody", False), actor=u
        ),
        forms.ChangeServiceForm,
        hint=_("The new service’s target will apply. The request stays with its department until you transfer it."),
    ),
    Action(
        "set_priority",
        pgettext_lazy("action", "Change priority"),
        _("Priority changed."),
        lambda r, f, u: assignment.set_priority(r.pk, priority=f.cleaned_data["priority"], actor=u),
        forms.SetPriorityForm,
    ),
    Action(
        "correct_place",
        pgettext_lazy("action", "Correct location"),
        _("Location corrected."),
        _correct_place,
        forms.CorrectPlaceForm,
    ),
    Action(
        "route",
        _("Reroute"),
        _("Rerouted by the routing rules."),
        lambda r, f, u: routing.reroute(r.pk, actor=u),
        hint=_("Runs the routing rules again after you correct the service, location or description."),
        # The first routing is the worker's.
        condition=lambda r: r.department_id is not None or r.in_triage,
    ),
    Action(
        "merge",
        _("Merge"),
        _("Merged. Everyone on this request will get updates on the other one."),
        lambda r, f, u: merges.merge(r.pk, parent=f.parent, actor=u),
        forms.MergeForm,
        with_requests=lambda r, f: [f.parent.pk],
    ),
    Action(
        "unmerge",
        _("Unmerge"),
        _("Unmerged. This request is open again."),
        lambda r, f, u: merges.unmerge(r.pk, actor=u),
        with_requests=lambda r, f: [r.duplicate_of_id] if r.duplicate_of_id else [],
        condition=lambda r: r.duplicate_of_id is not None,
    ),
    Action(
        "withdraw",
        _("Withdraw for the reporter"),
        _("Withdrawn."),
        lambda r, f, u: endings.withdraw(r.pk, actor=u),
    ),
    Action(
        "hide",
        pgettext_lazy("action", "Hide from public"),
        _("Hidden from the public."),
        lambda r, f, u: moderation.hide(r.pk, reason=f.cleaned_data["reason"], actor=u),
        forms.HideForm,
        condition=lambda r: r.public_state == PublicState.PUBLIC,
    ),
    Action(
        "publish",
        pgettext_lazy("action", "Show to public again"),
        _("Shown again, as far as the service allows."),
        lambda r, f, u: moderation.publish(r.pk, actor=u),
        condition=lambda r: r.public_state in (PublicState.HIDDEN, PublicState.PENDING_REVIEW),
    ),
]
ACTION_BY_VERB = {action.verb: action for action in ACTIONS}
NOT_OURS = ("transfer", "triage", "hand_over")
PROMINENT = ("assign", "ask", "transfer", "hold", "resolve")
# Written in the composer, under the request's words.
COMPOSED = ("comment", "note")


@dataclass(frozen=True)
class Buttons:
    """main: the next step for this status; prominent: the usual ones; not_ours: ways to pass it on; more: the rest."""

    main: Action | None
    prominent: list[Action]
    not_ours: list[Action]
    more: list[Action]


def buttons(user: User, service_request: ServiceRequest) -> Buttons:
    """The actions that both the status and the user's permissions allow."""
    possible = [
        action
        for action in ACTIONS
        if action.is_possible(service_request) and permissions.can(user, action.verb, service_request)
    ]
    main = next((action for verb in _next_verbs(service_request) for action in possible if action.verb == verb), None)
    others = [action for action in possible if action is not main]
    return Buttons(
        main=main,
        prominent=[action for verb in PROMINENT for action in others if action.verb == verb],
        not_ours=[action for action in others if action.verb in NOT_OURS and action.verb not in PROMINENT],
        more=[action for action in others if action.verb not in (*NOT_OURS, *PROMINENT, *COMPOSED)],
    )


def _next_verbs(service_request: ServiceRequest) -> tuple[str, ...]:
    return {
        Status.RECEIVED: ("transfer",),
        Status.ROUTED: ("accept",),
        Status.IN_PROGRESS: ("resolve",),
        Status.ON_HOLD: ("resume",),
        Status.RESOLVED: ("unmerge", "reopen"),
        Status.CLOSED: ("unmerge", "reopen"),
    }[Status(service_request.status)]
