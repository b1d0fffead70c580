"""The form of the desk's keys, in a taker's profile."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from requests_app.models import User
from staff_app.desk import keys

KEY_MAX = 30


class KeysForm(forms.Form):
    """One field for each command."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": keys.of(user), "auto_id": "key_%s", **kwargs})
        for command, (label, _usual) in keys.COMMANDS.items():
            self.fields[command] = forms.CharField(
                label=str(label),
                max_length=KEY_MAX,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
                error_messages={"required": _("Enter a key such as F2, Ctrl+K or Alt+1.")},
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        commands: dict[str, str] = {}
        for command in [name for name in self.fields if name in cleaned]:
            try:
                key = keys.read(cleaned[command])
            except keys.KeyRefused as refused:
                self.add_error(command, str(refused))
                continue
            if key in commands:
                label = keys.COMMANDS[commands[key]][0]
                self.add_error(command, _("%(key)s is already the key for “%(label)s.”") % {"key": key, "label": label})
                continue
            commands[key] = command
            cleaned[command] = key
        return cleaned

    @property
    def chosen(self) -> dict[str, str]:
        """Those that aren't the usual ones, as a user keeps them."""
        return {
            command: self.cleaned_data[command]
            for command, (_label, usual) in keys.COMMANDS.items()
            if self.cleaned_data[command] != usual
        }
