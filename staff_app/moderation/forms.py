"""What of a text or a photo the public should not see, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions.moderation import NewWords
from requests_app.models import Photo
from requests_app.rules.public_texts import PublicText, public_texts, version_of
from requests_app.web.text_field import WordsField
from staff_app.moderation import public_view
from staff_app.request.forms import WORDS_MAX, ActionForm


def reason_field(label: Any, *, personal_data: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=gettext_lazy("Everybody reads the reason."),
        choices=[
            ("personal_data", personal_data),
            ("abuse", gettext_lazy("Abuse")),
            ("threat", gettext_lazy("A threat")),
            ("other", gettext_lazy("Another reason")),
        ],
        widget=forms.RadioSelect,
    )


class HidePhotoForm(ActionForm):
    reason = reason_field(
        gettext_lazy("Why should the public not see it?"),
        personal_data=gettext_lazy("It shows something private about a person"),
    )


@dataclass(frozen=True)
class Row:
    """One text as everybody reads it, the box for what is to stand there, and what somebody else did to it meanwhile."""

    text: PublicText
    label: str
    box: forms.BoundField
    seen: forms.BoundField
    meanwhile: public_view.Meanwhile | None


class ModerateForm(ActionForm):
    """Every public text with a box of its own. It remembers which words the moderator saw, so that nobody's change is lost."""

    reason = reason_field(
        gettext_lazy("Why were they taken out?"),
        personal_data=gettext_lazy("They tell something private about a person"),
    )
    meanwhile: Mapping[str, public_view.Meanwhile] = {}

    def prepare(self) -> None:
        self.texts = public_texts(self.service_request)
        for text in self.texts:
            most = Photo._meta.get_field("alt").max_length if isinstance(text.of, Photo) else WORDS_MAX
            self.fields[_box(text.key)] = WordsField(
                label=_("New words: %(text)s") % {"text": public_view.label_of(text)},
                required=False,
                max_length=max(most or 0, len(text.words)),
                lines=min(12, 2 + len(text.words) // 60),
                initial=text.words,
            )
            self.fields[_seen(text.key)] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=text.version
            )
        self.helper.show_optional = False

    @property
    def rows(self) -> list[Row]:
        return [
            Row(
                one,
                public_view.label_of(one),
                self[_box(one.key)],
                self[_seen(one.key)],
                self.meanwhile.get(one.key),
            )
            for one in self.texts
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.new = {
            one.key: NewWords(given[_box(one.key)], given[_seen(one.key)])
            for one in self.texts
            if _box(one.key) in self.data
            and _box(one.key) in given
            and version_of(given[_box(one.key)]) != given.get(_seen(one.key))
        }
        if not self.new and not self.errors:
            raise forms.ValidationError(_("You changed nothing. Take out what the public should not read."))
        return given

    def seen_before(self, key: str) -> str:
        return str(self.data.get(_seen(key), ""))

    def anew(self, keys: set[str]) -> "ModerateForm":
        """With what was typed, and with these texts as they are now: the next press of the button is about them."""
        data = dict(self.data.items())
        for text in public_texts(self.service_request):
            if text.key in keys:
                data[_seen(text.key)] = text.version
        return ModerateForm(data, service_request=self.service_request, user=self.user)


def _box(key: str) -> str:
    return f"words-{key}"


def _seen(key: str) -> str:
    return f"seen-{key}"


class PutBackForm(forms.Form):
    """Where the words changed again since they were hidden: what is to stand there."""

    words = WordsField(label=gettext_lazy("What should stand there?"), max_length=WORDS_MAX * 2, lines=6)
    seen = forms.CharField(widget=forms.HiddenInput)
