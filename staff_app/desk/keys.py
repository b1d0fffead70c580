"""The desk's keys. Each member of staff may choose others (profile.py); each button shows its own."""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.models import User

# What a key does, and the usual one.
COMMANDS: dict[str, tuple[str | Promise, str]] = {
    "emergency": (gettext_lazy("Emergency"), "F2"),
    "park": (gettext_lazy("Park, or resume"), "F4"),
    "answered": (gettext_lazy("The first answer answered it"), "F8"),
    "close": (gettext_lazy("Close, with the outcome"), "F9"),
    "box": (gettext_lazy("The one box"), "Ctrl+K"),
    "parked_1": (gettext_lazy("First other call"), "Alt+1"),
    "parked_2": (gettext_lazy("Second other call"), "Alt+2"),
    "parked_3": (gettext_lazy("Third other call"), "Alt+3"),
    "next": (gettext_lazy("Continue"), "Ctrl+Enter"),
}
# As js/desk.js names it. A letter or a digit alone is typed; so each has Ctrl or Alt, or is a function key.
_KEY = re.compile(r"(Ctrl\+)?(Alt\+)?(Shift\+)?(F[1-9]|F1[0-2]|[A-Z0-9]|Enter)")
_TYPED_ALONE = re.compile(r"(Shift\+)?([A-Z0-9]|Enter)")
# Browsers, systems and screen readers keep these, or people rely on them while they type.
RESERVED = {
    *(f"Ctrl+{key}" for key in "ACDFHJLNOPRSTUVWXYZ0123456789"),
    *(f"Ctrl+Shift+{key}" for key in "BCDEIJKMNOPRTVWXZ"),
    *(f"Alt+{key}" for key in ("D", "E", "F", "Enter", "F4")),
    # Answers a call that rings (js/ring.js).
    "Alt+0",
    *("F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12", "Shift+F10", "Ctrl+F4", "Ctrl+F5", "Ctrl+Alt+Enter"),
}


class KeyRefused(Exception):
    """The text says why, in the reader's language."""


def of(user: User) -> dict[str, str]:
    """The key of each command."""
    return {command: str(user.desk_keys.get(command) or usual) for command, (_label, usual) in COMMANDS.items()}


def read(typed: str) -> str:
    """A key as it was typed, such as "ctrl k", in the spelling of COMMANDS. Raises KeyRefused."""
    parts = re.split(r"[\s+]+", typed.strip())
    names = {"CTRL": "Ctrl", "CONTROL": "Ctrl", "ALT": "Alt", "SHIFT": "Shift", "ENTER": "Enter"}
    named = [names.get(part.upper(), part.upper()) for part in parts if part]
    key = "+".join([*(one for one in ("Ctrl", "Alt", "Shift") if one in named), *named[-1:]])
    if len(set(named)) != len(named) or len(key.split("+")) != len(named) or not _KEY.fullmatch(key):
        raise KeyRefused(_("Enter a key such as F2, Ctrl+K or Alt+1."))
    if _TYPED_ALONE.fullmatch(key):
        raise KeyRefused(_("You type with this key. Add Ctrl or Alt, or choose a function key."))
    if key in RESERVED:
        raise KeyRefused(_("%(key)s is the browser’s or the computer’s own. Choose another key.") % {"key": key})
    return key
