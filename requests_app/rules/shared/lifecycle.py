"""The lifecycle of a service request: one table of transitions, whose verbs name buttons, permissions, URLs and events."""

from requests_app.models.states import Status

R, T, P, H, D, C = (
    Status.RECEIVED,
    Status.ROUTED,
    Status.IN_PROGRESS,
    Status.ON_HOLD,
    Status.RESOLVED,
    Status.CLOSED,
)

# (status, action): the status afterward. Anything else is not allowed.
TRANSITIONS: dict[tuple[str, str], str] = {
    # By a worker; staff may also send it through the routing table again.
    (R, "route"): T,
    (T, "route"): T,
    # By hand, to another department, which has not accepted it yet, so it is "routed" again.
    (R, "transfer"): T,
    (T, "transfer"): T,
    (P, "transfer"): T,
    (H, "transfer"): T,
    # No rule matched, or a department returned it. The public page still says that we received it.
    (R, "triage"): R,
    (T, "triage"): R,
    (P, "triage"): R,
    (H, "triage"): R,
    (T, "assign"): T,
    (P, "assign"): P,
    (H, "assign"): H,
    (T, "accept"): P,
    # A date, a visit or making safe shows that work has begun. The clock keeps running.
    (T, "schedule"): P,
    (P, "schedule"): P,
    (H, "schedule"): P,
    (T, "visit"): P,
    (P, "visit"): P,
    (H, "visit"): H,
    (T, "make_safe"): P,
    (P, "make_safe"): P,
    (H, "make_safe"): H,
    (R, "hold"): H,
    (T, "hold"): H,
    (P, "hold"): H,
    (H, "hold"): H,
    # If nobody had begun, it goes back to where it was: see after_hold().
    (H, "resume"): P,
    # A question to the reporter pauses the clock; their answer resumes it.
    (R, "ask"): H,
    (T, "ask"): H,
    (P, "ask"): H,
    (H, "ask"): H,
    (R, "answer"): R,
    (T, "answer"): T,
    (P, "answer"): P,
    (H, "answer"): P,
    # Closed for lack of an answer: any answer reopens it, however late.
    (D, "answer"): D,
    (C, "answer"): C,
    (R, "resolve"): D,
    (T, "resolve"): D,
    (P, "resolve"): D,
    (H, "resolve"): D,
    (R, "hand_over"): D,
    (T, "hand_over"): D,
    (P, "hand_over"): D,
    (H, "hand_over"): D,
    (R, "merge"): D,
    (T, "merge"): D,
    (P, "merge"): D,
    (H, "merge"): D,
    (D, "unmerge"): T,
    (C, "unmerge"): T,
    (R, "withdraw"): D,
    (T, "withdraw"): D,
    (P, "withdraw"): D,
    (H, "withdraw"): D,
    (D, "reopen"): T,
    (C, "reopen"): T,
    # By the resident who reopened it by mistake, as long as nobody has acted on it since.
    (T, "undo_reopening"): D,
    (R, "undo_reopening"): D,
    # Automatically, 30 days after it was resolved.
    (D, "close"): C,
}
# These never change the status. The first are always allowed, the second while the request is open.
_ALWAYS = ("comment", "note", "add", "join", "follow", "hide", "publish")
_WHILE_OPEN = ("change_service", "set_priority", "correct_place")
for _status in Status:
    for _action in _ALWAYS:
        TRANSITIONS[_status, _action] = _status
for _status in (R, T, P, H):
    for _action in _WHILE_OPEN:
        TRANSITIONS[_status, _action] = _status

ACTIONS = sorted({action for _, action in TRANSITIONS})


class IllegalTransition(Exception):
    """The status does not allow this action. str() is a message for the user."""

    def __init__(self, status: str, action: str) -> None:
        self.status, self.action = status, action
        super().__init__(f"A request that is {Status(status).label.lower()} doesn’t allow “{action}”.")


def next_status(status: str, action: str) -> str:
    """The status after `action`. Raises IllegalTransition if the table does not allow it."""
    try:
        return TRANSITIONS[status, action]
    except KeyError:
        raise IllegalTransition(status, action) from None


def after_hold(*, begun: bool, has_department: bool) -> str:
    """The status after a hold. begun: whether anyone works on it; a wait or an answer alone is no work."""
    if begun:
        return P
    return T if has_department else R


def allowed(status: str) -> list[str]:
    """The actions allowed in this status, for buttons."""
    return [action for action in ACTIONS if (status, action) in TRANSITIONS]
