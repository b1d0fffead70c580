"""What a notice says, in a sentence: on the page of notices and in its email; and short words for outcomes and holds."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from requests_app.core.localized import localized
from requests_app.models import Disposition, ListedReason, StaffNotice, Team
from requests_app.models.service_request import WAITS_FOR_REQUEST, WAITS_FOR_TASKS
from requests_app.rules.people.staff_notices import DIGEST, MONDAY
from requests_app.rules.shared import directory

Kind = StaffNotice.Kind
# As the form of preferences names them.
KINDS = {
    Kind.ASSIGNED: gettext_lazy("Assigned to me"),
    Kind.MENTIONED: gettext_lazy("I’m mentioned in a note"),
    Kind.ANSWERED: gettext_lazy("New reply on a request of mine"),
    Kind.REOPENED: gettext_lazy("A request of mine was reopened"),
    Kind.DUE_SOON: gettext_lazy("A request of mine is about to be late"),
    Kind.RESOLVED: gettext_lazy("What I reported as staff is resolved"),
    Kind.ESCALATED: gettext_lazy("Escalated to me"),
    Kind.TRANSFERRED: gettext_lazy("Sent to my department or team by a colleague"),
    Kind.ROUTED: gettext_lazy("Sent to my department or team by the routing rules"),
    DIGEST: gettext_lazy("My open requests"),
    MONDAY: gettext_lazy("What needs attention, each Monday"),
}
EMAILS = {
    StaffNotice.Email.AT_ONCE: pgettext_lazy("email", "Right away"),
    StaffNotice.Email.MORNING: pgettext_lazy("email", "Every morning"),
    StaffNotice.Email.NEVER: pgettext_lazy("email", "Never"),
}


def sentence_of(notice: StaffNotice) -> str:
    """ "Tom assigned this to you". Needs its event with the user, its request with the department, and who is away.

    Not for a job's notice, which is about no request.
    """
    user = notice.event.user if notice.event is not None else None
    who = str(user) if user is not None else ""
    department = notice.service_request.department if notice.service_request is not None else None
    if (team := _assigned_team(notice)) is not None and who:
        sentence = _("%(name)s assigned this to %(team)s") % {"name": who, "team": team}
    else:
        sentence = _sentence(notice.kind, who, str(department) if department is not None else "")
    if notice.away is not None:
        return _("%(sentence)s (for %(name)s, who is away)") % {"sentence": sentence, "name": notice.away}
    return sentence


def _assigned_team(notice: StaffNotice) -> Team | None:
    """The team that the request was assigned to, if the notice says so to its members."""
    about, event = notice.service_request, notice.event
    if about is None or event is None or notice.kind != Kind.TRANSFERRED or event.kind != "assigned":
        return None
    return directory.of(about.jurisdiction).teams.get(event.data.get("team_id"))


def _sentence(kind: str, who: str, department: str) -> str:
    match kind:
        case Kind.ASSIGNED:
            return _("%(name)s assigned this to you") % {"name": who} if who else _("This was assigned to you")
        case Kind.MENTIONED:
            return _("%(name)s mentioned you in a note") % {"name": who}
        case Kind.ANSWERED:
            return _("New reply from the reporter")
        case Kind.REOPENED:
            return _("Reopened by %(name)s") % {"name": who} if who else _("Reopened by a resident")
        case Kind.DUE_SOON:
            return _("About to be late")
        case Kind.RESOLVED:
            return (
                _("%(name)s resolved what you reported") % {"name": who} if who else _("What you reported is resolved")
            )
        case Kind.ESCALATED:
            return _("Escalated to you")
        case Kind.TRANSFERRED if who:
            return _("%(name)s sent this to %(department)s") % {"name": who, "department": department}
    return _("New for %(department)s") % {"department": department}


# --- Outcomes and holds --------------------------------------------------------------------------------------------------

_DISPOSITIONS = {
    Disposition.FIXED: gettext_lazy("Fixed"),
    Disposition.ACTION_TAKEN: gettext_lazy("We took action"),
    Disposition.ANSWERED: gettext_lazy("Answered"),
    Disposition.HANDED_OVER: gettext_lazy("Handed over"),
    Disposition.DUPLICATE: gettext_lazy("Merged with an earlier request"),
    Disposition.NOT_FOUND: gettext_lazy("Not found"),
    Disposition.CANNOT_DO: gettext_lazy("We can’t do this"),
    Disposition.NO_REPLY: gettext_lazy("No reply"),
    Disposition.WITHDRAWN: gettext_lazy("Withdrawn"),
    Disposition.NOT_WORKED: gettext_lazy("Closed without a visit"),
    Disposition.REMOVED: gettext_lazy("Removed"),
}


def disposition_words(code: str) -> str:
    """A disposition in a word or two, for staff."""
    return str(_DISPOSITIONS[Disposition(code)])


def listed_hold_words(listed: Iterable[ListedReason]) -> dict[str, str]:
    """Short names of the hold reasons, by code: the built-in ones and those listed."""
    return {
        "reporter": pgettext("waiting for", "reporter"),
        "other_group": pgettext("waiting for", "another group"),
        "weather": pgettext("waiting for", "weather"),
        "parts": pgettext("waiting for", "parts"),
        "yearly_plan": pgettext("waiting for", "yearly plan"),
        WAITS_FOR_REQUEST: pgettext("waiting for", "another request"),
        WAITS_FOR_TASKS: pgettext("waiting for", "its tasks"),
        **{reason.code: localized(reason.words) for reason in listed},
    }
