"""Every kind of event, one row each: what it holds, who is notified, what undoes it, and what it changes.

A kind without words stops the start: what speaks of kinds (the timelines, the catalog of webhooks) calls complete().
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import ParamSpec

from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_noop as _

# The words that these fields may have. `told`, `then` and `outdates` may have several, or none.
VALUES = {
    # counted: it changes their page, but has no line in the timeline.
    "residents": ("read", "counted", ""),
    # followers: of the area, service, place or asset. staff: rules/people/staff_notices.py says who. department: one that works by
    # email alone gets private links, which sign the event. snoozed: the request returns to those who snoozed it.
    "told": ("followers", "staff", "department", "snoozed"),
    # Other rows of the outbox. index: the search index is updated.
    "then": ("route", "mail_owner", "alert_next", "index"),
    # by_staff: its email waits, and who did it can undo it as long (rules/work/staff_actions.py). with_another: it follows from
    # such an event in the same transaction, and is undone with it.
    "undo": ("by_staff", "with_another", ""),
    # Which open forms must first show what changed. work: who does it, by when, what it is, where it is, what the reporter said,
    # and that someone is in danger. publication: what the public can read. crew: what a result from the street may not overwrite.
    "outdates": ("work", "publication", "crew"),
    # begins: somebody works on it. restarts: nobody has begun; it is new, with another department, or open again. holds, resumes:
    # by hand, on its day, or by a question and its answer. goes_on: an act that does none of these. untouched: nobody acts by it.
    "work": ("begins", "restarts", "holds", "resumes", "ends", "goes_on", "untouched"),
    # What it does to the open lists of staff. arrives: the request may be in one where it wasn't. silent: no row changes.
    "lists": ("arrives", "changes", "silent"),
}
_SEVERAL = ("told", "then", "outdates")


@dataclass(frozen=True, kw_only=True)
class EventKind:
    """No field has a default: each is decided when a kind is added. Words are separated by spaces; empty means none.

    data: the keys that its data may contain. email: the one to the people of the request (templates/emails/). webhook: the type
    (rules/programs/webhook_events.py). The fields up to lists have words from VALUES.

    resident_words: what residents read in the timeline, and own_words: the reporter. staff_words: what staff read. A sentence that
    depends on the event's data is in messages/timeline.py or staff_app/request/timeline.py. instead: the verb of the form that
    helps once it is too late to undo it; instead_words: what to do there.
    """

    name: str
    data: str
    residents: str
    email: str
    told: str
    webhook: str
    then: str
    undo: str
    outdates: str
    work: str
    lists: str
    resident_words: str = ""
    own_words: str = ""
    staff_words: str = ""
    instead: str = ""
    instead_words: str = ""

    def __post_init__(self) -> None:
        for field, values in VALUES.items():
            value = getattr(self, field)
            unknown = set(value.split() if field in _SEVERAL else [value]) - {*values}
            if unknown:
                raise ImproperlyConfigured(
                    f"The event kind {self.name} has {field}={value!r}. Words: {', '.join(values)}."
                )
        if (self.undo == "by_staff") != bool(self.instead and self.instead_words):
            raise ImproperlyConfigured(
                f"The event kind {self.name} needs instead and instead_words, if it can be undone, and only then."
            )


_Parameters = ParamSpec("_Parameters")


def _named(make: Callable[_Parameters, EventKind]) -> Callable[_Parameters, EventKind]:
    """The error about a missing field names the kind."""

    def kind(*args: _Parameters.args, **kwargs: _Parameters.kwargs) -> EventKind:
        try:
            return make(*args, **kwargs)
        except TypeError as error:
            raise ImproperlyConfigured(f"The event kind {kwargs.get('name')} is incomplete: {error}") from error

    return kind


_kind = _named(EventKind)

# Names are stored for good and can't change later. contact_id: the call in which a taker did it for a resident, or why they looked.
_ROWS = (
    _kind(name="submitted", data="channel service_code after_warning people",
          residents="read", email="received", told="followers", webhook="request.submitted", then="route index",
          undo="", outdates="", work="restarts", lists="arrives",
          resident_words=_("We got the report")),
    _kind(name="confirmed", data="",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="restarts", lists="arrives",
          staff_words=_("Confirmed by the reporter")),
    _kind(name="routed", data="department_id reason rule_id version_id team_id",
          residents="read", email="routed", told="staff department", webhook="request.routed", then="",
          undo="by_staff", outdates="work", work="restarts", lists="arrives",
          instead="transfer", instead_words=_("Transfer it to the right department.")),
    _kind(name="triaged", data="reason from_department_id by_department_id",
          residents="", email="", told="", webhook="", then="",
          undo="by_staff", outdates="work crew", work="restarts", lists="arrives",
          instead="transfer", instead_words=_("Transfer it to the right department.")),
    _kind(name="transferred", data="department_id from_department_id comment_id",
          residents="read", email="routed", told="staff department snoozed", webhook="request.routed", then="",
          undo="by_staff", outdates="work crew", work="restarts", lists="arrives",
          instead="transfer",
          instead_words=_("Transfer it again. If you can’t open it anymore, ask the department that has it.")),
    _kind(name="service_changed", data="service_code from_service_code",
          residents="", email="", told="", webhook="request.changed", then="index",
          undo="by_staff", outdates="work publication crew", work="goes_on", lists="arrives",
          instead="change_service", instead_words=_("Change the service again.")),
    _kind(name="priority_set", data="priority from_priority",
          residents="", email="", told="snoozed", webhook="", then="",
          undo="by_staff", outdates="work", work="goes_on", lists="arrives",
          instead="set_priority", instead_words=_("Change the priority again.")),
    _kind(name="assigned", data="assignee_id team_id",
          residents="", email="", told="staff snoozed", webhook="", then="",
          undo="by_staff", outdates="work", work="goes_on", lists="arrives",
          instead="assign", instead_words=_("Assign it again, to the right person or to no one.")),
    # by_department_id: by the link in an email to a department that works by email.
    _kind(name="accepted", data="by_department_id",
          residents="read", email="changed", told="followers", webhook="request.accepted", then="",
          undo="by_staff", outdates="work", work="begins", lists="changes",
          resident_words=_("Work has started"), staff_words=_("Accepted"),
          instead="triage", instead_words=_("If it isn’t yours, return it to triage or transfer it.")),
    _kind(name="scheduled", data="date",
          residents="read", email="changed", told="followers", webhook="request.scheduled", then="",
          undo="by_staff", outdates="work", work="begins", lists="changes",
          instead="schedule", instead_words=_("Schedule it again, with the right day.")),
    _kind(name="visited", data="at remote",
          residents="read", email="changed", told="followers", webhook="request.visited", then="",
          undo="by_staff", outdates="work crew", work="begins", lists="changes",
          resident_words=_("Someone visited the site"), staff_words=_("Visited"),
          instead="comment", instead_words=_("Post a comment that says what’s true.")),
    _kind(name="made_safe", data="",
          residents="read", email="changed", told="followers", webhook="request.made_safe", then="",
          undo="by_staff", outdates="work crew", work="begins", lists="changes",
          resident_words=_("Made safe for now; repair still to come"), staff_words=_("Made safe for now"),
          instead="comment", instead_words=_("Post a comment that says what’s true.")),
    _kind(name="put_on_hold", data="reason until",
          residents="read", email="on_hold", told="followers", webhook="request.on_hold", then="",
          undo="by_staff", outdates="work crew", work="holds", lists="arrives",
          instead="resume", instead_words=_("Resume the request.")),
    _kind(name="resumed", data="",
          residents="read", email="changed", told="followers", webhook="request.resumed", then="",
          undo="by_staff", outdates="work", work="resumes", lists="arrives",
          resident_words=_("No longer on hold"), staff_words=_("Resumed"),
          instead="hold", instead_words=_("Put it on hold again.")),
    _kind(name="asked", data="comment_id until checked_by_id",
          residents="read", email="asked", told="", webhook="request.on_hold", then="",
          undo="by_staff", outdates="work crew", work="holds", lists="changes",
          staff_words=_("Asked the reporter a question"),
          instead="resume", instead_words=_("If you don’t need an answer anymore, resume the request.")),
    _kind(name="reminded", data="question_id until",
          residents="", email="reminded", told="", webhook="", then="",
          undo="", outdates="work", work="goes_on", lists="silent",
          staff_words=_("Reminded the reporter of our question")),
    _kind(name="answered", data="comment_id resumed contact_id",
          residents="read", email="", told="staff department snoozed", webhook="request.resumed", then="",
          undo="by_staff", outdates="work crew", work="resumes", lists="arrives",
          staff_words=_("Reply received"),
          instead="note", instead_words=_("Add a note that says what the reporter really said.")),
    _kind(name="commented", data="comment_id checked_by_id",
          residents="read", email="commented", told="followers", webhook="request.commented", then="",
          undo="by_staff", outdates="work publication", work="goes_on", lists="changes",
          staff_words=_("Public comment"),
          instead="comment",
          instead_words=_("Post another comment that corrects it. To remove words from public view, hide the text.")),
    _kind(name="note_added", data="comment_id",
          residents="", email="", told="staff", webhook="", then="",
          undo="by_staff", outdates="", work="goes_on", lists="silent",
          staff_words=_("Internal note"), instead="note", instead_words=_("Add another note that corrects it.")),
    _kind(name="resolved", data="disposition reason comment_id remote no_evidence bulk_job_id by_department_id checked_by_id",
          residents="read", email="resolved", told="followers staff snoozed", webhook="request.resolved", then="",
          undo="by_staff", outdates="work publication crew", work="ends", lists="arrives",
          instead="reopen", instead_words=_("Reopen the request, and tell people why.")),
    _kind(name="handed_over", data="owner_id owner_number comment_id checked_by_id",
          residents="read", email="resolved", told="followers", webhook="request.handed_over", then="mail_owner",
          undo="by_staff", outdates="work crew", work="ends", lists="changes",
          instead="reopen", instead_words=_("Reopen the request, then tell the owner yourself that it isn’t theirs.")),
    # known_twice: how many of its people were counted in the other one already.
    _kind(name="merged", data="parent_id comment_id known_twice",
          residents="read", email="resolved", told="followers", webhook="request.merged", then="",
          undo="by_staff", outdates="work crew", work="ends", lists="changes",
          resident_words=_("Combined with an earlier report"), instead="unmerge", instead_words=_("Unmerge the request.")),
    _kind(name="duplicate_merged", data="child_id",
          residents="counted", email="", told="", webhook="request.joined", then="",
          undo="with_another", outdates="", work="goes_on", lists="changes"),
    _kind(name="unmerged", data="parent_id contact_id",
          residents="read", email="changed", told="", webhook="request.unmerged", then="",
          undo="by_staff", outdates="work crew", work="restarts", lists="arrives",
          resident_words=_("Separated from the earlier report"), instead="merge", instead_words=_("Merge it again.")),
    _kind(name="related", data="other_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="unrelated", data="other_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="withdrawn", data="contact_id",
          residents="read", email="changed", told="followers", webhook="request.withdrawn", then="",
          undo="by_staff", outdates="work crew", work="ends", lists="arrives",
          resident_words=_("Withdrawn by the person who reported it"),
          own_words=_("You withdrew this report"),
          staff_words=_("Withdrawn"),
          instead="reopen", instead_words=_("Reopen the request, and tell people why.")),
    # What the request was before, so that it can be undone.
    _kind(name="reopened", data="count comment_id disposition reason ended_at acknowledged_at assignee_id checked_by_id contact_id",
          residents="read", email="reopened", told="followers staff department snoozed", webhook="request.reopened", then="",
          undo="by_staff", outdates="work crew", work="restarts", lists="arrives",
          resident_words=_("Reopened"), staff_words=_("Reopened"),
          instead="resolve", instead_words=_("Resolve it again, and tell people why.")),
    _kind(name="reopening_undone", data="count contact_id",
          residents="read", email="changed", told="followers", webhook="request.reopening_undone", then="",
          undo="", outdates="work crew", work="goes_on", lists="arrives",
          resident_words=_("Reopened by mistake, so it’s closed again"),
          staff_words=_("The resident canceled the reopening")),
    _kind(name="closed", data="",
          residents="counted", email="", told="", webhook="request.closed", then="",
          undo="", outdates="work crew", work="ends", lists="changes",
          staff_words=_("Closed 30 days after it was resolved")),
    _kind(name="survey_answered", data="question value reason",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="changes"),
    # clock_kind, step: which clock is late, and the step of rules/promises/escalation.py. Without them, it was reopened twice.
    _kind(name="escalated", data="assignee_id clock_kind step",
          residents="", email="", told="staff snoozed", webhook="", then="",
          undo="with_another", outdates="work", work="untouched", lists="changes"),
    # Most of the time of a clock has passed; clock_kind: which.
    _kind(name="due_soon", data="clock_kind",
          residents="", email="", told="staff", webhook="", then="",
          undo="", outdates="", work="untouched", lists="changes",
          staff_words=_("Due soon")),
    _kind(name="clock_suspended", data="suspension_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="changes",
          staff_words=_("The city stopped the clock")),
    _kind(name="clock_resumed", data="suspension_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="changes",
          staff_words=_("The clock is running again")),
    _kind(name="silence_asked", data="asked_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="changes",
          staff_words=_("Asked why there’s no update")),
    _kind(name="silence_answered", data="reason",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="changes",
          staff_words=_("Said why there’s no update")),
    _kind(name="joined", data="role contact_id",
          residents="counted", email="", told="", webhook="request.joined", then="",
          undo="", outdates="", work="untouched", lists="changes",
          staff_words=_("Another person is affected")),
    _kind(name="followed", data="",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="silent",
          staff_words=_("Another person is following")),
    _kind(name="unsubscribed", data="contact_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="silent",
          staff_words=_("Unsubscribed")),
    _kind(name="edited", data="field revision_id",
          residents="read", email="", told="", webhook="request.changed", then="index",
          undo="", outdates="work publication crew", work="goes_on", lists="changes",
          resident_words=_("The person who reported it edited the report"), own_words=_("You edited the report"),
          staff_words=_("Edited the report")),
    _kind(name="edited_privately", data="field revision_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="work crew", work="goes_on", lists="changes",
          staff_words=_("Edited what only the city sees")),
    _kind(name="photo_added", data="photo_id",
          residents="read", email="", told="", webhook="request.photos_changed", then="",
          undo="", outdates="", work="goes_on", lists="changes",
          resident_words=_("The person who reported it added photos"), own_words=_("You added photos"),
          staff_words=_("Added a photo")),
    _kind(name="photo_removed", data="photo_id",
          residents="", email="", told="", webhook="request.photos_changed", then="",
          undo="", outdates="", work="goes_on", lists="changes",
          staff_words=_("Removed a photo that was just added")),
    _kind(name="place_corrected", data="revision_id",
          residents="read", email="changed", told="", webhook="request.changed", then="index",
          undo="by_staff", outdates="work crew", work="goes_on", lists="arrives",
          staff_words=_("Location corrected"),
          instead="correct_place",
          instead_words=_("Correct the location again. The old one is in the activity list.")),
    _kind(name="pending_review", data="reason",
          residents="", email="", told="", webhook="request.removed", then="index",
          undo="", outdates="publication", work="goes_on", lists="changes",
          staff_words=_("Held for review")),
    _kind(name="hidden", data="reason",
          residents="", email="", told="", webhook="request.removed", then="index",
          undo="by_staff", outdates="publication", work="goes_on", lists="changes",
          staff_words=_("Hidden from the public"),
          instead="publish", instead_words=_("Show it to the public again.")),
    _kind(name="published", data="",
          residents="", email="", told="followers", webhook="request.submitted", then="index",
          undo="by_staff", outdates="publication", work="goes_on", lists="changes",
          resident_words=_("We got the report"), staff_words=_("Shown to the public"),
          instead="hide", instead_words=_("Hide it from the public.")),
    _kind(name="made_public", data="",
          residents="", email="made_public", told="followers", webhook="request.submitted", then="index",
          undo="by_staff", outdates="publication", work="goes_on", lists="changes",
          resident_words=_("We got the report"), staff_words=_("Made public: it names nobody"),
          instead="hide", instead_words=_("Hide it from the public.")),
    _kind(name="kept_private", data="",
          residents="", email="", told="", webhook="request.removed", then="",
          undo="", outdates="publication", work="goes_on", lists="changes",
          staff_words=_("Kept private")),
    _kind(name="photo_hidden", data="photo_id reason",
          residents="", email="", told="", webhook="request.photos_changed", then="",
          undo="", outdates="publication", work="goes_on", lists="changes",
          staff_words=_("Photo hidden")),
    _kind(name="photo_restored", data="photo_id",
          residents="", email="", told="", webhook="request.photos_changed", then="",
          undo="", outdates="publication", work="goes_on", lists="changes",
          staff_words=_("Photo shown again")),
    _kind(name="text_hidden", data="field reason revision_id",
          residents="", email="", told="", webhook="request.changed", then="",
          undo="", outdates="publication", work="goes_on", lists="changes",
          staff_words=_("Text hidden from the public")),
    _kind(name="text_restored", data="field revision_id",
          residents="", email="", told="", webhook="request.changed", then="",
          undo="", outdates="publication", work="goes_on", lists="changes",
          staff_words=_("Hidden text restored")),
    # act: the action whose text was posted although personal data was marked in it; kinds: "name+phone".
    _kind(name="personal_data_kept", data="act kinds by_department_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="text_withdrawn", data="comment_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes",
          staff_words=_("Text withdrawn by its writer")),
    _kind(name="text_edited", data="comment_id revision_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes",
          staff_words=_("Text edited by its writer")),
    _kind(name="reporter_viewed", data="reason by_department_id contact_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="silent",
          staff_words=_("Viewed the reporter’s contact information")),
    _kind(name="erased", data="what",
          residents="", email="", told="", webhook="request.removed", then="",
          undo="", outdates="work publication crew", work="goes_on", lists="changes",
          staff_words=_("Erased at the person’s request")),
    _kind(name="imported", data="source_status",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes",
          staff_words=_("Imported from the previous system")),
    # event_id, act: the event that was undone, and its kind.
    _kind(name="undone", data="event_id act",
          residents="", email="", told="", webhook="", then="index",
          undo="", outdates="work publication crew", work="goes_on", lists="arrives",
          staff_words=_("Undone")),
    _kind(name="alarm_raised", data="alarm_id reason",
          residents="", email="", told="snoozed", webhook="", then="alert_next",
          undo="", outdates="work", work="goes_on", lists="changes"),
    _kind(name="alarm_sent", data="alarm_id call_id channel",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="silent"),
    _kind(name="alarm_failed", data="alarm_id call_id channel reason",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="alarm_unanswerable", data="alarm_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes",
          staff_words=_("Alarm: no one on call can be reached")),
    _kind(name="alarm_accepted", data="alarm_id call_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="alarm_needless", data="alarm_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes",
          staff_words=_("Alarm marked as needless")),
    _kind(name="alarm_ended", data="alarm_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes",
          staff_words=_("Alarm ended: the request was closed")),
    # Staff called 911 about it; reason: one of rules/alarms/hand_overs.py.
    _kind(name="emergency_called", data="hand_over_id reason is_warm",
          residents="", email="", told="", webhook="", then="",
          undo="by_staff", outdates="work", work="goes_on", lists="changes",
          instead="note", instead_words=_("Add a note that says what happened.")),
    # A crew's result that came too late: what it said, and how many photos of it were kept, for staff only.
    _kind(name="crew_result_kept", data="outcome photos",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="task_added", data="task_id department_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="task_team_set", data="task_id department_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="task_linked", data="task_id department_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="task_done", data="task_id department_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="task_dropped", data="task_id department_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="task_reopened", data="task_id department_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
)  # fmt: skip
KINDS = {row.name: row for row in _ROWS}


def where(**fields: str) -> frozenset[str]:
    """The kinds that have each of these words in the field: where(outdates="work")."""
    return frozenset(
        name
        for name, kind in KINDS.items()
        if all(word in getattr(kind, field).split() for field, word in fields.items())
    )


def complete(table: Collection[str], kinds: Iterable[str], what: str) -> None:
    """Raises ImproperlyConfigured, with the kind's name, unless the table has exactly these kinds. what: its name in the error."""
    expected = set(kinds)
    if missing := sorted(expected.difference(table)):
        raise ImproperlyConfigured(f"The event kind {', '.join(missing)} has no entry in {what}.")
    if unknown := sorted(set(table) - expected):
        raise ImproperlyConfigured(f"{what} has an entry for {', '.join(unknown)}, which no event kind asks for.")
