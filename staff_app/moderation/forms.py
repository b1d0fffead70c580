"""Forms to hide a text or a photo from the public, with a reason, to restore a text, and to write what everyone may read."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions.publication.moderation import Replacement
from requests_app.forms.fields import WordsField
from requests_app.models import Photo, ReviewReason, TextRevision
from requests_app.rules.publication import publication
from requests_app.rules.publication.public_texts import PublicText, public_texts, version_of
from requests_app.rules.publication.public_words import KIND_WORDS, found_in
from requests_app.rules.publication.publication import Words
from staff_app.moderation import public_view, review_queue
from staff_app.request.forms import WORDS_MAX, ActionForm


def reason_field(label: Any, *, personal_data: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        help_text=gettext_lazy("Everyone can see the reason."),
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
        gettext_lazy("Why shouldn’t the public see it?"),
        personal_data=gettext_lazy("It shows private information about someone"),
    )


@dataclass(frozen=True)
class Row:
    """One public text, its field, and what someone else changed since the page was loaded."""

    text: PublicText
    label: str
    field: forms.BoundField
    seen_version: forms.BoundField
    meanwhile: public_view.Meanwhile | None


class PublicTextsForm(ActionForm):
    """One field per public text. Hidden fields hold the version the moderator saw, to detect concurrent changes."""

    meanwhile: Mapping[str, public_view.Meanwhile] = {}

    def prepare(self) -> None:
        self.texts = public_texts(self.service_request)
        for text in self.texts:
            max_length = Photo._meta.get_field("alt").max_length if isinstance(text.of, Photo) else WORDS_MAX
            self.fields[_field_name(text.key)] = WordsField(
                label=_("New text: %(text)s") % {"text": public_view.label_of(text)},
                required=False,
                max_length=max(max_length or 0, len(text.text)),
                lines=min(12, 2 + len(text.text) // 60),
                initial=text.text,
            )
            self.fields[_seen_name(text.key)] = forms.CharField(
                required=False, widget=forms.HiddenInput, initial=text.version
            )
        self.helper.show_optional = False

    @property
    def rows(self) -> list[Row]:
        return [
            Row(
                text,
                public_view.label_of(text),
                self[_field_name(text.key)],
                self[_seen_name(text.key)],
                self.meanwhile.get(text.key),
            )
            for text in self.texts
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        self.new = {
            text.key: Replacement(cleaned[_field_name(text.key)], cleaned[_seen_name(text.key)])
            for text in self.texts
            if _field_name(text.key) in self.data
            and _field_name(text.key) in cleaned
            and version_of(cleaned[_field_name(text.key)]) != cleaned.get(_seen_name(text.key))
        }
        return cleaned

    def changed_keys(self) -> set[str]:
        """The texts that are not as the moderator saw them."""
        seen = {text.key: self.seen_version(text.key) for text in self.texts}
        return {text.key for text in public_texts(self.service_request) if seen.get(text.key) not in ("", text.version)}

    def seen_version(self, key: str) -> str:
        return str(self.data.get(_seen_name(key), ""))

    def rebased(self, keys: set[str]) -> Self:
        """A copy with the typed text, marked as based on the current version of the texts in `keys`."""
        data = dict(self.data.items())
        for text in public_texts(self.service_request):
            if text.key in keys:
                data[_seen_name(text.key)] = text.version
        return type(self)(data, service_request=self.service_request, user=self.user)


class ModerateForm(PublicTextsForm):
    reason = reason_field(
        gettext_lazy("Why hide this text?"),
        personal_data=gettext_lazy("It reveals private information about someone"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not self.new and not self.errors:
            raise forms.ValidationError(_("You didn’t change anything. Delete what the public shouldn’t read."))
        return cleaned


class PublishForm(PublicTextsForm):
    """What everyone will read of a report that was private for review. A 911 center's words aren't proposed: staff write their own.

    read_again: the moderator saw what the texts still tell of, and says that it's fine.
    """

    read_again = forms.BooleanField(
        label=gettext_lazy("I read it again. It names no one and doesn’t describe anyone in distress."), required=False
    )
    # Why to read it again.
    doubts: tuple[str, ...] = ()

    def prepare(self) -> None:
        super().prepare()
        if self.service_request.review_reason == ReviewReason.TRANSFER:
            description = self.fields[_field_name(TextRevision.Field.DESCRIPTION)]
            description.initial, description.required = "", True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if self.errors:
            return cleaned
        self.doubts = tuple(self._doubts(cleaned))
        if self.doubts and not cleaned.get("read_again"):
            raise forms.ValidationError(_("Read it again before everyone can."))
        return cleaned

    def _doubts(self, cleaned: Mapping[str, Any]) -> Iterator[str]:
        texts = {text.key: str(cleaned.get(_field_name(text.key), "")) for text in self.texts}
        words = Words(told="\n".join(texts.values()), typed=list(texts.values()), public=texts)
        verdict = publication.judge(self.service_request.jurisdiction, words)
        if verdict.reason:
            yield review_queue.reason_words(verdict.reason)
        for name, text in texts.items():
            yield from (f"{KIND_WORDS[one.kind]}: {one.text}" for one in found_in(name, text))


def _field_name(key: str) -> str:
    return f"words-{key}"


def _seen_name(key: str) -> str:
    return f"seen-{key}"


class RestoreForm(forms.Form):
    """For a text that changed again after it was hidden: which wording to show."""

    text = WordsField(label=gettext_lazy("Text to show"), max_length=WORDS_MAX * 2, lines=6)
    seen = forms.CharField(widget=forms.HiddenInput)
