"""One form of setup that two people edit: what only one of them changed is kept, what both changed is asked (conflict.py).

The form carries what each of its fields showed, signed. With what the row says now, that tells who changed which field.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from django import forms
from django.core import signing
from django.db.models import Model
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from requests_app.actions.shared.city_columns import CityColumns
from requests_app.actions.shared.setup_rows import SetupRow, State, changes_since, fingerprint
from requests_app.models import Jurisdiction, SetupChange
from staff_app.decorators import StaffRequest

F = TypeVar("F", bound=forms.Form)
R = TypeVar("R", bound=Model)
# What a browser sends of a field, or of each row of a formset.
Value = list[Any]
Files = MultiValueDict[str, Any]
SALT = "setup.shown"
THEIRS, MINE = "theirs", "mine"


@dataclass(frozen=True)
class FieldConflict:
    """A field that both changed. name: of its radio buttons; theirs and mine: as people read them."""

    name: str
    label: str
    theirs: str
    mine: str


class Edit(Generic[F]):
    """form: with what is shown or, once it was sent, with what both changed.

    conflicts: the fields that both changed and nobody chose yet; while there are any, nothing may be saved. kept: the labels of
    those that only others changed. who: they, as far as the log tells. seen: for the action that saves it. fingerprint: of the row
    that the form was merged with, for the form to carry.
    """

    def __init__(
        self,
        request: StaffRequest,
        make: Callable[[QueryDict | None], F],
        *,
        seen: str,
        changes: Callable[[str], Sequence[SetupChange]] = lambda _opened: (),
        is_sent: bool = True,
        sent: QueryDict | None = None,
    ) -> None:
        """make: the form with what the row says now, and with what was sent. seen: the row's fingerprint now.

        changes: what the log has since a fingerprint. is_sent: whether a POST is of the form itself. sent: what it says, if the
        page has put that in order first.
        """
        self.conflicts: list[FieldConflict] = []
        self.kept: list[str] = []
        self._choices: dict[str, str] = {}
        self.who = ""
        self.seen: str | None = seen
        self.fingerprint = seen
        if request.method != "POST" or not is_sent:
            self.form = make(None)
            return
        data: QueryDict = request.POST if sent is None else sent
        opened = data.get("seen")
        before = _opened(data)
        self._choices = {name: data.get(f"keep-{name}", "") for name in before["conflicts"]}
        if opened is None:
            # What was sent by no form of a page isn't compared.
            self.seen = None
        elif opened != seen or before["conflicts"]:
            data = data.copy()
            self._merge(make(None), data, request.FILES, before)
            users = [change.user for change in (changes(opened) if opened != seen else []) if change.user]
            # What one person saved in another tab is their own change, too.
            others = [user for user in users if user.pk != request.user.pk] or users
            self.who = ", ".join(dict.fromkeys(map(str, others)))
        self.form = make(data)

    def choice(self, name: str) -> str | None:
        """THEIRS, MINE, or empty if nobody chose yet; None if it wasn't asked."""
        return self._choices.get(name)

    def is_valid(self) -> bool:
        return self.form.is_valid() and not self.conflicts

    @property
    def shown(self) -> str:
        return shown_by(self.form, [one.name for one in self.conflicts])

    def saved(self, sentence: str) -> str:
        """What is said once it's saved."""
        if not self.kept:
            return sentence
        also = _("%(who)s changed %(fields)s meanwhile; both changes are kept.") % self.named
        return f"{sentence} {also}"

    @property
    def named(self) -> dict[str, str]:
        return {"who": self.who or _("Someone else"), "fields": ", ".join(f"“{label}”" for label in self.kept)}

    def _merge(self, current: F, data: QueryDict, files: Files, before: dict[str, Any]) -> None:
        for name, part in _parts(current).items():
            sent, shown = part.sent(data, files), before["values"].get(name)
            mine = sent if sent is not None else shown if shown is not None else part.now
            choice = self.choice(name)
            # A browser sends a file or a secret once, so who keeps their own has to enter it again.
            is_missing = sent is None and choice in ("", MINE)
            if mine == part.now and not is_missing:
                continue
            if choice == THEIRS or (mine == shown and not is_missing):
                part.put(data, files, part.now)
                if choice is None:
                    self.kept.append(part.label)
            elif part.now != shown or is_missing or choice not in (None, MINE):
                if part.is_many and shown is not None:
                    part.put(data, files, _merged(shown, part.now, mine))
                    self.kept.append(part.label)
                else:
                    self.conflicts.append(FieldConflict(name, part.label, part.text(part.now), part.text(mine)))


def _merged(shown: Value, theirs: Value, mine: Value) -> Value:
    """Choices of which there may be many: what either of them added, without what either of them took away."""
    return sorted({one for one in [*theirs, *mine] if one not in shown or (one in theirs and one in mine)})


def shown_by(form: forms.Form, conflicts: Sequence[str] = ()) -> str:
    """For its field `shown`: what the row says by field, and which of these both changed."""
    values = {name: part.now for name, part in _parts(form).items()}
    return signing.dumps({"values": values, "conflicts": list(conflicts)}, salt=SALT, compress=True)


def edit_row(
    request: StaffRequest, make: Callable[[QueryDict | None], F], row: SetupRow[R], instance: R, *, is_sent: bool = True
) -> Edit[F]:
    """instance: as it was just read; one that isn't saved yet can't have been changed."""
    seen = row.seen(instance) if instance.pk else ""
    return Edit(request, make, seen=seen, changes=lambda opened: row.changes_since(instance, opened), is_sent=is_sent)


def edit_logged(
    request: StaffRequest,
    make: Callable[[QueryDict | None], F],
    *,
    city: Jurisdiction,
    kind: str,
    key: str,
    state: State,
    is_sent: bool = True,
    sent: QueryDict | None = None,
) -> Edit[F]:
    """Of what has no row of its own in the log, as a part of the city. kind and key: what the log has it under; state: now."""
    seen = fingerprint(state)
    changes = partial(changes_since, city, kind, key)
    return Edit(request, make, seen=seen, changes=changes, is_sent=is_sent, sent=sent)


def edit_columns(
    request: StaffRequest, make: Callable[..., F], columns: CityColumns, *, is_sent: bool = True
) -> Edit[F]:
    """Settings of the city. make: takes what they are as `initial`."""
    city = request.jurisdiction
    state = columns.current(city.pk)
    made = partial(make, initial=state)
    return edit_logged(request, made, city=city, kind=columns.kind, key=columns.key, state=state, is_sent=is_sent)


def _opened(data: QueryDict) -> dict[str, Any]:
    """What the fields showed. Without a valid signature nothing is known, so each field that differs is asked."""
    try:
        opened: dict[str, Any] = signing.loads(data.get("shown", ""), salt=SALT)
    except signing.BadSignature:
        return {"values": {}, "conflicts": []}
    return opened


class _Field:
    def __init__(self, bound: forms.BoundField) -> None:
        self.bound, self.widget = bound, bound.field.widget
        self.label = str(bound.label)
        self.is_many = isinstance(self.widget, forms.SelectMultiple | forms.CheckboxSelectMultiple)
        value = bound.field.prepare_value(bound.initial)
        if isinstance(self.widget, forms.CheckboxInput):
            self.now = ["on"] if value else []
        else:
            self.now = self._clean(self.widget.format_value(value))

    def sent(self, data: QueryDict, files: Files) -> Value | None:
        value = self.widget.value_from_datadict(data, files, self.bound.html_name)
        if isinstance(self.widget, forms.CheckboxInput):
            return ["on"] if value else []
        return self._clean(value)

    def put(self, data: QueryDict, files: Files, value: Value) -> None:
        """A value instead of what was sent."""
        _put(data, self.bound.html_name, value)

    def text(self, value: Value) -> str:
        if isinstance(self.widget, forms.CheckboxInput):
            return _("Yes") if value else _("No")
        choices = {str(code): str(label) for code, label in getattr(self.bound.field, "choices", [])}
        return ", ".join(str(choices.get(one, one)) for one in value) or _("nothing")

    def _clean(self, value: Any) -> Value:
        """As a browser sends it, which ends lines in its own way."""
        values = value if isinstance(value, list | tuple) else [value]
        texts = ["\n".join(str(one).splitlines()).strip() for one in values if one is not None]
        kept = [text for text in texts if text]
        return sorted(kept) if self.is_many else kept


class _Unshown:
    """A file or a secret: pages never show what there is, so its version stands for it. A field no_<name> removes it."""

    is_many = False

    def __init__(self, bound: forms.BoundField, version: str) -> None:
        self.bound, self.label, self.now = bound, str(bound.label), [version]
        self.chosen = ""

    def sent(self, data: QueryDict, files: Files) -> Value | None:
        """None if nobody chose or typed anything."""
        name = self.bound.html_name
        value = self.bound.field.widget.value_from_datadict(data, files, name)
        if value:
            self.chosen = str(getattr(value, "name", ""))
            return ["new"]
        return [""] if data.get(f"no_{name}") else None

    def put(self, data: QueryDict, files: Files, value: Value) -> None:
        for name in (self.bound.html_name, f"no_{self.bound.html_name}"):
            data.pop(name, None)
            files.pop(name, None)

    def text(self, value: Value) -> str:
        if value == [""]:
            return _("nothing")
        if value == self.now:
            return _("What was saved meanwhile")
        return _("%(name)s (enter it again below)") % {"name": self.chosen or _("What you entered")}


class _Rows:
    """A formset is one field: its rows have no names of their own."""

    is_many = False

    def __init__(self, formset: "forms.BaseFormSet[Any]", label: str) -> None:
        self.formset, self.label = formset, label
        self.now = [row for one in formset.initial or [] if any((row := self._shown(one)).values())]

    def _shown(self, initial: Mapping[str, Any]) -> dict[str, Value]:
        form = self.formset.form(initial=initial, prefix=self.formset.prefix, **self.formset.form_kwargs)
        return {str(bound.name): _Field(bound).now for bound in form}

    def sent(self, data: QueryDict, files: Files) -> Value | None:
        total = data.get(f"{self.formset.prefix}-TOTAL_FORMS", "")
        rows = []
        for number in range(min(int(total), self.formset.absolute_max) if total.isdecimal() else 0):
            form = self.formset.form(prefix=self.formset.add_prefix(number), **self.formset.form_kwargs)
            rows.append({str(bound.name): _Field(bound).sent(data, files) for bound in form})
        return [row for row in rows if any(row.values())]

    def put(self, data: QueryDict, files: Files, value: Value) -> None:
        prefix = self.formset.prefix
        for name in [name for name in data if name.startswith(f"{prefix}-")]:
            del data[name]
        data[f"{prefix}-TOTAL_FORMS"] = str(len(value) + self.formset.extra)
        data[f"{prefix}-INITIAL_FORMS"] = str(len(value))
        for number, row in enumerate(value):
            for name, texts in row.items():
                _put(data, f"{self.formset.add_prefix(number)}-{name}", texts)

    def text(self, value: Value) -> str:
        return "; ".join(" ".join(str(one) for texts in row.values() for one in texts) for row in value) or _("nothing")


def _put(data: QueryDict, name: str, value: Value) -> None:
    if value:
        data.setlist(name, value)
    else:
        data.pop(name, None)


def _parts(form: forms.Form) -> dict[str, _Field | _Unshown | _Rows]:
    """What somebody types or chooses: no hidden fields.

    form.unshown: the versions of files and secrets, by name; form.full_labels: what a field is called, if it isn't its label.
    """
    versions: Mapping[str, str] = getattr(form, "unshown", {})
    labels: Mapping[str, str] = getattr(form, "full_labels", {})
    removing = {f"no_{name}" for name in versions}
    parts: dict[str, _Field | _Unshown | _Rows] = {}
    for bound in form:
        if bound.name in versions:
            parts[bound.html_name] = _Unshown(bound, versions[bound.name])
        elif not bound.is_hidden and bound.name not in removing and not isinstance(bound.field, forms.FileField):
            parts[bound.html_name] = _Field(bound)
            parts[bound.html_name].label = labels.get(bound.name, str(bound.label))
    for name, (label, formset) in getattr(form, "formsets", {}).items():
        parts[name] = _Rows(formset, str(label))
    return parts
