"""What can be done to a row of the queue in place, and by which key. The actions themselves are those of request/actions.py."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from requests_app.models import Jurisdiction, User
from requests_app.rules.people import permissions
from requests_app.rules.shared.lifecycle import TRANSITIONS
from staff_app.request.actions import ACTION_BY_VERB, ACTIONS

# The buttons that appear in a row, in order, with their keys. The others have keys only.
BUTTONS = {
    "accept": "e", "assign_me": "i", "assign": "a", "hold": "h", "transfer": "t", "ask": "q", "merge": "g", "note": "n",
    "resolve": "r",
}  # fmt: skip
ASSIGN_ME = "assign_me"


@dataclass(frozen=True)
class Button:
    """statuses: of the requests that it is shown for, separated by spaces."""

    verb: str
    label: str
    key: str
    statuses: str


@dataclass(frozen=True)
class Offered:
    """sent: the verbs that need no form, separated by spaces."""

    buttons: list[Button]
    sent: str


def offered(user: User, city: Jurisdiction) -> Offered:
    buttons = []
    for name, key in BUTTONS.items():
        verb = "assign" if name == ASSIGN_ME else name
        if not any(
            verb in one.role.permissions for one in permissions.memberships_of(user) if one.jurisdiction_id == city.pk
        ):
            continue
        label = _("Assign to me") if name == ASSIGN_ME else str(ACTION_BY_VERB[verb].label)
        statuses = " ".join(sorted({status for status, action in TRANSITIONS if action == verb}))
        buttons.append(Button(name, label, key, statuses))
    return Offered(buttons, " ".join(action.verb for action in ACTIONS if action.is_button))
