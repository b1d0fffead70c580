"""Every kind of event, one row each: what it holds, who is notified, what undoes it, and what it changes.

Words are where they are read, keyed by kind: for residents in messages/timeline.py, for staff in staff_app/request/timeline.py, for
programs in rules/programs/webhook_events.py. Each of these tables calls complete(), so a kind without words stops the start.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from typing import ParamSpec

from django.core.exceptions import ImproperlyConfigured

# The words that these fields may have. `told`, `then` and `outdates` may have several, or none.
WORDS = {
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
    (rules/programs/webhook_events.py). The other fields have words from WORDS.
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

    def __post_init__(self) -> None:
        for field, words in WORDS.items():
            value = getattr(self, field)
            unknown = set(value.split() if field in _SEVERAL else [value]) - {*words}
            if unknown:
                raise ImproperlyConfigured(
                    f"The event kind {self.name} has {field}={value!r}. Words: {', '.join(words)}."
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

# Names are stored for good and can't change later.
_ROWS = (
    _kind(name="submitted", data="channel service_code after_warning people",
          residents="read", email="received", told="followers", webhook="request.submitted", then="route index",
          undo="", outdates="", work="restarts", lists="arrives"),
    _kind(name="confirmed", data="",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="restarts", lists="arrives"),
    _kind(name="routed", data="department_id reason rule_id version_id team_id",
          residents="read", email="routed", told="staff department", webhook="request.routed", then="",
          undo="by_staff", outdates="work", work="restarts", lists="arrives"),
    _kind(name="triaged", data="reason from_department_id by_department_id",
          residents="", email="", told="", webhook="", then="",
          undo="by_staff", outdates="work crew", work="restarts", lists="arrives"),
    _kind(name="transferred", data="department_id from_department_id comment_id",
          residents="read", email="routed", told="staff department snoozed", webhook="request.routed", then="",
          undo="by_staff", outdates="work crew", work="restarts", lists="arrives"),
    _kind(name="service_changed", data="service_code from_service_code",
          residents="", email="", told="", webhook="request.changed", then="index",
          undo="by_staff", outdates="work publication crew", work="goes_on", lists="arrives"),
    _kind(name="priority_set", data="priority from_priority",
          residents="", email="", told="snoozed", webhook="", then="",
          undo="by_staff", outdates="work", work="goes_on", lists="arrives"),
    _kind(name="assigned", data="assignee_id",
          residents="", email="", told="staff snoozed", webhook="", then="",
          undo="by_staff", outdates="work", work="goes_on", lists="arrives"),
    # by_department_id: by the link in an email to a department that works by email.
    _kind(name="accepted", data="by_department_id",
          residents="read", email="changed", told="followers", webhook="request.accepted", then="",
          undo="by_staff", outdates="work", work="begins", lists="changes"),
    _kind(name="scheduled", data="date",
          residents="read", email="changed", told="followers", webhook="request.scheduled", then="",
          undo="by_staff", outdates="work", work="begins", lists="changes"),
    _kind(name="visited", data="at remote",
          residents="read", email="changed", told="followers", webhook="request.visited", then="",
          undo="by_staff", outdates="work crew", work="begins", lists="changes"),
    _kind(name="made_safe", data="",
          residents="read", email="changed", told="followers", webhook="request.made_safe", then="",
          undo="by_staff", outdates="work crew", work="begins", lists="changes"),
    _kind(name="put_on_hold", data="reason until",
          residents="read", email="on_hold", told="followers", webhook="request.on_hold", then="",
          undo="by_staff", outdates="work crew", work="holds", lists="arrives"),
    _kind(name="resumed", data="",
          residents="read", email="changed", told="followers", webhook="request.resumed", then="",
          undo="by_staff", outdates="work", work="resumes", lists="arrives"),
    _kind(name="asked", data="comment_id until checked_by_id",
          residents="read", email="asked", told="", webhook="request.on_hold", then="",
          undo="by_staff", outdates="work crew", work="holds", lists="changes"),
    _kind(name="reminded", data="question_id until",
          residents="", email="reminded", told="", webhook="", then="",
          undo="", outdates="work", work="goes_on", lists="silent"),
    _kind(name="answered", data="comment_id resumed",
          residents="read", email="", told="staff department snoozed", webhook="request.resumed", then="",
          undo="by_staff", outdates="work crew", work="resumes", lists="arrives"),
    _kind(name="commented", data="comment_id checked_by_id",
          residents="read", email="commented", told="followers", webhook="request.commented", then="",
          undo="by_staff", outdates="work publication", work="goes_on", lists="changes"),
    _kind(name="note_added", data="comment_id",
          residents="", email="", told="staff", webhook="", then="",
          undo="by_staff", outdates="", work="goes_on", lists="silent"),
    _kind(name="resolved", data="disposition reason comment_id remote no_evidence bulk_job_id by_department_id checked_by_id",
          residents="read", email="resolved", told="followers snoozed", webhook="request.resolved", then="",
          undo="by_staff", outdates="work publication crew", work="ends", lists="arrives"),
    _kind(name="handed_over", data="owner_id owner_number comment_id checked_by_id",
          residents="read", email="resolved", told="followers", webhook="request.handed_over", then="mail_owner",
          undo="by_staff", outdates="work crew", work="ends", lists="changes"),
    # known_twice: how many of its people were counted in the other one already.
    _kind(name="merged", data="parent_id comment_id known_twice",
          residents="read", email="resolved", told="followers", webhook="request.merged", then="",
          undo="by_staff", outdates="work crew", work="ends", lists="changes"),
    _kind(name="duplicate_merged", data="child_id",
          residents="counted", email="", told="", webhook="request.joined", then="",
          undo="with_another", outdates="", work="goes_on", lists="changes"),
    _kind(name="unmerged", data="parent_id",
          residents="read", email="changed", told="", webhook="request.unmerged", then="",
          undo="by_staff", outdates="work crew", work="restarts", lists="arrives"),
    _kind(name="related", data="other_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="unrelated", data="other_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="withdrawn", data="",
          residents="read", email="changed", told="followers", webhook="request.withdrawn", then="",
          undo="by_staff", outdates="work crew", work="ends", lists="arrives"),
    # What the request was before, so that it can be undone.
    _kind(name="reopened", data="count comment_id disposition reason ended_at acknowledged_at assignee_id checked_by_id",
          residents="read", email="reopened", told="followers staff department snoozed", webhook="request.reopened", then="",
          undo="by_staff", outdates="work crew", work="restarts", lists="arrives"),
    _kind(name="reopening_undone", data="count",
          residents="read", email="changed", told="followers", webhook="request.reopening_undone", then="",
          undo="", outdates="work crew", work="goes_on", lists="arrives"),
    _kind(name="closed", data="",
          residents="counted", email="", told="", webhook="request.closed", then="",
          undo="", outdates="work crew", work="ends", lists="changes"),
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
          undo="", outdates="", work="untouched", lists="changes"),
    _kind(name="clock_suspended", data="suspension_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="changes"),
    _kind(name="clock_resumed", data="suspension_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="changes"),
    _kind(name="silence_asked", data="asked_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="changes"),
    _kind(name="silence_answered", data="reason",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="changes"),
    _kind(name="joined", data="role",
          residents="counted", email="", told="", webhook="request.joined", then="",
          undo="", outdates="", work="untouched", lists="changes"),
    _kind(name="followed", data="",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="silent"),
    _kind(name="unsubscribed", data="",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="silent"),
    _kind(name="edited", data="field revision_id",
          residents="read", email="", told="", webhook="request.changed", then="index",
          undo="", outdates="work publication crew", work="goes_on", lists="changes"),
    _kind(name="edited_privately", data="field revision_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="work crew", work="goes_on", lists="changes"),
    _kind(name="photo_added", data="photo_id",
          residents="read", email="", told="", webhook="request.photos_changed", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="photo_removed", data="photo_id",
          residents="", email="", told="", webhook="request.photos_changed", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="place_corrected", data="revision_id",
          residents="read", email="changed", told="", webhook="request.changed", then="index",
          undo="by_staff", outdates="work crew", work="goes_on", lists="arrives"),
    _kind(name="pending_review", data="reason",
          residents="", email="", told="", webhook="request.removed", then="index",
          undo="", outdates="publication", work="goes_on", lists="changes"),
    _kind(name="hidden", data="reason",
          residents="", email="", told="", webhook="request.removed", then="index",
          undo="by_staff", outdates="publication", work="goes_on", lists="changes"),
    _kind(name="published", data="",
          residents="", email="", told="followers", webhook="request.submitted", then="index",
          undo="by_staff", outdates="publication", work="goes_on", lists="changes"),
    _kind(name="made_public", data="",
          residents="", email="made_public", told="followers", webhook="request.submitted", then="index",
          undo="by_staff", outdates="publication", work="goes_on", lists="changes"),
    _kind(name="kept_private", data="",
          residents="", email="", told="", webhook="request.removed", then="",
          undo="", outdates="publication", work="goes_on", lists="changes"),
    _kind(name="photo_hidden", data="photo_id reason",
          residents="", email="", told="", webhook="request.photos_changed", then="",
          undo="", outdates="publication", work="goes_on", lists="changes"),
    _kind(name="photo_restored", data="photo_id",
          residents="", email="", told="", webhook="request.photos_changed", then="",
          undo="", outdates="publication", work="goes_on", lists="changes"),
    _kind(name="text_hidden", data="field reason revision_id",
          residents="", email="", told="", webhook="request.changed", then="",
          undo="", outdates="publication", work="goes_on", lists="changes"),
    _kind(name="text_restored", data="field revision_id",
          residents="", email="", told="", webhook="request.changed", then="",
          undo="", outdates="publication", work="goes_on", lists="changes"),
    # act: the action whose text was posted although personal data was marked in it; kinds: "name+phone".
    _kind(name="personal_data_kept", data="act kinds by_department_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="text_withdrawn", data="comment_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="text_edited", data="comment_id revision_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="reporter_viewed", data="reason by_department_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="untouched", lists="silent"),
    _kind(name="erased", data="what",
          residents="", email="", told="", webhook="request.removed", then="",
          undo="", outdates="work publication crew", work="goes_on", lists="changes"),
    _kind(name="imported", data="source_status",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    # event_id, act: the event that was undone, and its kind.
    _kind(name="undone", data="event_id act",
          residents="", email="", told="", webhook="", then="index",
          undo="", outdates="work publication crew", work="goes_on", lists="arrives"),
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
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="alarm_accepted", data="alarm_id call_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="alarm_needless", data="alarm_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
    _kind(name="alarm_ended", data="alarm_id",
          residents="", email="", told="", webhook="", then="",
          undo="", outdates="", work="goes_on", lists="changes"),
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


def where(**words: str) -> frozenset[str]:
    """The kinds that have each of these words in the field: where(outdates="work")."""
    return frozenset(
        name
        for name, kind in KINDS.items()
        if all(word in getattr(kind, field).split() for field, word in words.items())
    )


def complete(table: Collection[str], kinds: Iterable[str], what: str) -> None:
    """Raises ImproperlyConfigured, with the kind's name, unless the table has exactly these kinds. what: its name in the error."""
    expected = set(kinds)
    if missing := sorted(expected.difference(table)):
        raise ImproperlyConfigured(f"The event kind {', '.join(missing)} has no entry in {what}.")
    if unknown := sorted(set(table) - expected):
        raise ImproperlyConfigured(f"{what} has an entry for {', '.join(unknown)}, which no event kind asks for.")
