"""How values of setup read, and what differs between two of them, as sentences in the active language."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf.locale import LANG_INFO
from django.utils import formats
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.messages.wording import METRES_IN_A_FOOT
from requests_app.rules.promises.hours_text import spans_in_words
from requests_app.rules.shared.names import Names
from requests_app.rules.shared.text_diff import Piece, text_diff

State = dict[str, Any]
Label = str | Promise
# One value as people read it.
Read = Callable[[Any, Names], str]
# A longer text is quoted only around what changed, with this many words on each side, in this many places.
WHOLE_MAX, WORDS_AROUND, PLACES_MAX = 60, 4, 3
QUOTED_MAX = 300


class Field(Protocol):
    """is_whole: the row is described, rather than compared with what it was."""

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]: ...


def differ(
    fields: Mapping[str, Field], before: State, after: State, names: Names, *, is_whole: bool = False
) -> Iterator[str]:
    """A sentence for each difference between two states, in the order of the fields: the log doesn't keep that of its states."""
    of_both = {**after, **before}
    for name in [*(name for name in fields if name in of_both), *(name for name in of_both if name not in fields)]:
        old, new = before.get(name), after.get(name)
        if old != new and not (is_empty(old) and is_empty(new)):
            unnamed = Unnamed(name.replace("_", " ").capitalize())
            try:
                yield from list(fields.get(name, unnamed).changes(old, new, names, is_whole=is_whole))
            except (AttributeError, KeyError, TypeError, ValueError):
                # The log is never rewritten, so it may hold what an earlier release wrote in another shape.
                yield from unnamed.changes(old, new, names, is_whole=is_whole)


def is_empty(value: Any) -> bool:
    return not value and not isinstance(value, bool | int)


def sentence(label: Label, old: str, new: str, *, is_whole: bool = False) -> str:
    """old, new: as they read; empty if there is none."""
    texts = {"field": capfirst(str(label)), "before": old, "after": new, "values": new or old}
    if is_whole:
        return _("%(field)s: %(values)s") % texts
    if not old:
        return _("%(field)s: added %(values)s") % texts
    if not new:
        return _("%(field)s: removed %(values)s") % texts
    return _("%(field)s: %(after)s instead of %(before)s") % texts


# --- Kinds of fields --------------------------------------------------------------------------------------------------


def plain(value: Any, _names: Names) -> str:
    return str(value)


def readable(value: Any, names: Names) -> str:
    """For what has no field of its own."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, dict):
        texts = (f"{name.replace('_', ' ')}: {readable(one, names)}" for name, one in value.items())
        return localized(value) if is_by_language(value) else ", ".join(texts)
    if isinstance(value, list):
        return ", ".join(readable(one, names) for one in value)
    return str(value).replace("_", " ")


@dataclass(frozen=True)
class Value:
    """One value: “Department: Public Works instead of Parks”."""

    label: Label
    read: Read = plain

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        old, new = ("" if is_empty(one) else self.read(one, names) for one in (old, new))
        if old != new:
            yield sentence(self.label, old, new, is_whole=is_whole)


def choice(label: Label, names: Mapping[Any, Label]) -> Value:
    """names: of what can be chosen, by code."""
    return Value(label, lambda code, _names: str(names.get(code) or str(code).replace("_", " ")))


@dataclass(frozen=True)
class Flag:
    """A sentence for each of its sides. usual: what holds where nothing is written."""

    on: Label
    off: Label
    usual: bool = False

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        was, now = (self.usual if one is None else bool(one) for one in (old, new))
        if was != now or (is_whole and now != self.usual):
            yield str(self.on if now else self.off)


@dataclass(frozen=True)
class Several:
    """A list of values: what was added, and what was removed."""

    label: Label
    read: Read = plain

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        was, now = ([self.read(one, names) for one in values or []] for values in (old, new))
        added = ", ".join(one for one in now if one not in was)
        gone = ", ".join(one for one in was if one not in now)
        if added:
            yield sentence(self.label, "", added, is_whole=is_whole)
        if gone:
            yield sentence(self.label, gone, "")
        if not added and not gone and was != now:
            yield _("%(field)s: in another order") % {"field": self.label}


@dataclass(frozen=True)
class Text:
    """What people wrote, by language or in one; lists of phrases, too. Of a long text only the part that changed is quoted."""

    label: Label

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        old, new = old or {}, new or {}
        if isinstance(old, str) or isinstance(new, str):
            yield from self._changes(self.label, old or "", new or "", names, is_whole=is_whole)
            return
        for code in dict.fromkeys([*new, *old]):
            if old.get(code) != new.get(code):
                label = _("%(field)s (%(language)s)") % {"field": self.label, "language": language(code, names)}
                yield from self._changes(label, old.get(code) or "", new.get(code) or "", names, is_whole=is_whole)

    def _changes(self, label: Label, old: Any, new: Any, names: Names, *, is_whole: bool) -> Iterator[str]:
        if isinstance(old, list) or isinstance(new, list):
            yield from Several(label, quoted).changes(old, new, names, is_whole=is_whole)
        elif is_whole:
            yield sentence(label, "", f"“{new}”", is_whole=True)
        elif not old or not new:
            yield sentence(label, _cut(old) if old else "", _cut(new) if new else "")
        else:
            yield from _text_changes(label, " ".join(old.split()), " ".join(new.split()))


@dataclass(frozen=True)
class Group:
    """Fields inside a field. label: before each of their sentences, if they would be unclear alone."""

    fields: Mapping[str, Field]
    label: Label = ""

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        for one in differ(self.fields, old or {}, new or {}, names, is_whole=is_whole):
            yield _("%(field)s: %(values)s") % {"field": self.label, "values": one} if self.label else one


@dataclass(frozen=True)
class Rows:
    """A list of rows with a key: those that are new or gone by their names, what differs in the others by their fields."""

    label: Label
    key: str
    name: Read
    fields: Mapping[str, Field]

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        was, now = ({str(row[self.key]): row for row in rows or []} for rows in (old, new))
        yield from Several(self.label, self.name).changes(
            [row for key, row in was.items() if key not in now], [row for key, row in now.items() if key not in was],
            names, is_whole=is_whole,
        )  # fmt: skip
        for key, row in now.items():
            if key in was:
                group = Group(self.fields, self.name(was[key], names))
                yield from group.changes(was[key], row, names)
        if not is_whole and list(was) != list(now) and sorted(was) == sorted(now):
            yield _("%(field)s: in another order") % {"field": self.label}


@dataclass(frozen=True)
class Unnamed:
    """What has no field of its own, as in an old line of the log."""

    label: Label

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        is_text = is_by_language(old) or is_by_language(new)
        field = Text(self.label) if is_text else Value(self.label, readable)
        return field.changes(old, new, names, is_whole=is_whole)


@dataclass(frozen=True)
class Changed:
    """What can't be read, such as a picture: only that it changed."""

    sentence: Label

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        if not is_whole:
            yield str(self.sentence)


@dataclass(frozen=True)
class Nothing:
    """What is never shown: codes, and what another field says."""

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        return iter(())


# --- Values -----------------------------------------------------------------------------------------------------------


def quoted(text: Any, _names: Names) -> str:
    return f"“{text}”"


def spaced(code: Any, _names: Names) -> str:
    """For codes that only files know, made of words."""
    return str(code).replace("_", " ")


def language(code: Any, _names: Names) -> str:
    return str(get_language_info(code)["name_translated"]) if code in LANG_INFO else str(code)


def day(iso: Any, _names: Names) -> str:
    return formats.date_format(dt.date.fromisoformat(str(iso)[:10]), "DATE_FORMAT")


def moment(iso: Any, names: Names) -> str:
    """In the city's time."""
    return formats.date_format(dt.datetime.fromisoformat(iso).astimezone(names.city.zone), "DATETIME_FORMAT")


def hours(span: Any, names: Names) -> str:
    """Of "18:00-07:00"."""
    return all_hours([span], names)


def all_hours(spans: Any, _names: Names) -> str:
    """The hours of a day."""
    return spans_in_words([str(span).split("-") for span in spans])


def distance(meters: Any, names: Names) -> str:
    if names.city.units == "metric":
        return ngettext("%(meters)d meter", "%(meters)d meters", meters) % {"meters": meters}
    feet = round(meters / METRES_IN_A_FOOT)
    return ngettext("%(feet)d foot", "%(feet)d feet", feet) % {"feet": feet}


def count_of_days(days: Any, _names: Names) -> str:
    return ngettext("%(count)d day", "%(count)d days", days) % {"count": days}


def count_of_minutes(minutes: Any, _names: Names) -> str:
    return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}


def is_by_language(value: Any) -> bool:
    return isinstance(value, dict) and bool(value) and all(str(key) in LANG_INFO for key in value)


# --- Long texts -------------------------------------------------------------------------------------------------------


def _text_changes(label: Label, old: str, new: str) -> Iterator[str]:
    if old == new:
        yield _("%(field)s: only line breaks and spaces changed") % {"field": label}
        return
    places = [(old, new)] if max(len(old), len(new)) <= WHOLE_MAX else list(_changed_places(text_diff(old, new)))
    for before, after in places[:PLACES_MAX]:
        yield sentence(label, _cut(before), _cut(after))
    more = len(places) - PLACES_MAX
    if more > 0:
        text = ngettext(
            "%(field)s: changed in %(count)d more place", "%(field)s: changed in %(count)d more places", more
        )
        yield text % {"field": label, "count": more}


def _changed_places(pieces: list[Piece]) -> Iterator[tuple[str, str]]:
    """What each place that changed said and says now, with a few words around."""
    runs = list(_runs(pieces))
    for number, run in enumerate(runs):
        if run[0].how == "same" and len(run) == 1:
            continue
        left = _last_words(runs[number - 1]) if number else ""
        right = _first_words(runs[number + 1]) if number + 1 < len(runs) else ""
        old, new = ("".join(piece.text for piece in run if piece.how != other) for other in ("in", "out"))
        yield f"{left}{old}{right}".strip(), f"{left}{new}{right}".strip()


def _runs(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Pieces that stay the same alternate with those that don't; a few same words between two changes are part of one change."""
    pieces, run = list(pieces), list[Piece]()
    for number, piece in enumerate(pieces):
        is_short = 0 < number < len(pieces) - 1 and len(piece.text.split()) <= 2 * WORDS_AROUND
        if piece.how == "same" and not (is_short and run):
            if run:
                yield run
            yield [piece]
            run = []
        else:
            run.append(piece)
    if run:
        yield run


def _last_words(run: list[Piece]) -> str:
    text = "".join(piece.text for piece in run)
    words = text.split()
    return text if len(words) <= WORDS_AROUND else f"… {' '.join(words[-WORDS_AROUND:])} "


def _first_words(run: list[Piece]) -> str:
    text = "".join(piece.text for piece in run)
    words = text.split()
    return text if len(words) <= WORDS_AROUND else f"{' '.join(words[:WORDS_AROUND])} …"


def _cut(text: str) -> str:
    """In quotes."""
    return f"“{text}”" if len(text) <= QUOTED_MAX else f"“{text[:QUOTED_MAX]}…”"
