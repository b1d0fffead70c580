"""A field that reads as one sentence: “then [stop with 911] and [nothing more]”. A menu for each part of it, of one list.

What is chosen is a list of values. There is always one more menu than parts, so that a part is added without a script.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

Text = str | Promise
# The name of a group, and its values with what they say; without a name, the values stand alone.
Group = tuple[Text, Sequence[tuple[str, Text]]]


class Menu:
    """The list of all parts. It is written once and shared by all menus of a page, which may be hundreds.

    no_more: what the empty choice says in all but the first menu of a sentence.
    """

    def __init__(self, groups: Iterable[Group], *, no_more: Text = "") -> None:
        self.no_more = str(no_more)
        self.groups = [(str(name), [(value, str(label)) for value, label in parts]) for name, parts in groups if parts]

    @cached_property
    def labels(self) -> dict[str, str]:
        return {value: label for _name, parts in self.groups for value, label in parts}

    @property
    def choices(self) -> list[Any]:
        return [(name, parts) if name else parts[0] for name, parts in self.groups]

    @cached_property
    def _pieces(self) -> list[tuple[str | None, str, str]]:
        """The list's HTML: each option in two, between which `selected` goes, with its value; None: the frame of a group."""
        pieces: list[tuple[str | None, str, str]] = []
        for name, parts in self.groups:
            if name:
                pieces.append((None, f'<optgroup label="{escape(name)}">', ""))
            pieces += [(value, *_option(value, label)) for value, label in parts]
            if name:
                pieces.append((None, "</optgroup>", ""))
        return pieces

    def options(self, selected: str, *, is_first: bool) -> SafeString:
        """A value that isn't on the list is added, so that it isn't lost."""
        pieces = self._pieces
        if selected not in self.labels:
            pieces = [*pieces, (selected, *_option(selected, selected))]
        if self.no_more and not is_first:
            pieces = [
                (value, *_option("", self.no_more)) if value == "" else (value, start, end)
                for value, start, end in pieces
            ]
        html = (f"{start}{' selected' if value == selected else ''}{end}" for value, start, end in pieces)
        # By hand, since a page may have hundreds of menus of hundreds of options. _option() and _pieces escape all that is typed.
        return mark_safe("".join(html))  # noqa: S308


def _option(value: str, label: str) -> tuple[str, str]:
    return f'<option value="{escape(value)}"', f">{escape(label)}</option>"


class SentenceInput(forms.SelectMultiple):
    """first, next: the words before the first menu and before each further one."""

    menu: Menu = Menu([])

    def __init__(self, first: Text, next_words: Text) -> None:
        super().__init__({"class": "sentence__menu"})
        self.first, self.next_words = first, next_words

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        values = super().value_from_datadict(data, files, name) or []
        return list(dict.fromkeys(value for value in values if value))

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        attributes = self.build_attrs(self.attrs, attrs)
        first_id = attributes.pop("id", f"id_{name}")
        attributes.pop("required", None)
        flat = format_html_join("", ' {}="{}"', attributes.items())
        menus = [
            format_html(
                '<span class="sentence__part"><label for="{0}">{1}</label> <select name="{2}" id="{0}"{3}>{4}</select></span>',
                first_id if number == 0 else f"{first_id}_{number}",
                self.next_words if number else self.first,
                name,
                flat,
                self.menu.options(part, is_first=number == 0),
            )
            for number, part in enumerate([*(value or []), ""])
        ]
        return format_html(
            '<span class="sentence" data-sentence data-next="{}" data-no-more="{}">{}</span>',
            self.next_words,
            self.menu.no_more,
            format_html_join(" ", "{}", ((menu,) for menu in menus)),
        )


class SentenceField(forms.MultipleChoiceField):
    """menu: set by the form, once for all its fields of the same list."""

    def __init__(self, *, first: Text, next_words: Text, **kwargs: Any) -> None:
        super().__init__(widget=SentenceInput(first, next_words), required=False, **kwargs)

    def use(self, menu: Menu) -> None:
        self.choices = menu.choices
        self.widget.menu = menu
