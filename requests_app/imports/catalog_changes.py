"""What differs between two exports of a catalog, row by row, as the log of setup and people read it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from requests_app.actions.shared.setup_changes import kind_name
from requests_app.core.localized import localized
from requests_app.messages.setup_differences import differences, list_name
from requests_app.models import Jurisdiction, ServiceVersion
from requests_app.rules.setup import go_live
from requests_app.rules.shared.names import Names

Definition = dict[str, Any]
# Lists of rows: the kind of a row (KINDS of actions/shared/setup_changes.py), and what identifies it.
LISTS = {
    "departments": ("department", "code"),
    "categories": ("category", "code"),
    "services": ("service", "service_code"),
    "topics": ("topic", "code"),
    "articles": ("article", "code"),
    "templates": ("template", "name"),
    "views": ("view", "name"),
}


@dataclass(frozen=True)
class Change:
    """One row. before: None if it is new; after: None if it is gone. It may be kept, and read in another language later."""

    kind: str
    key: str
    before: Definition | None
    after: Definition | None
    # Of a service that residents aren't offered: what it still needs.
    missing: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What people call it; empty for a list."""
        row = self.after or self.before or {}
        name = row.get("name") or row.get("title")
        if isinstance(name, dict):
            return localized(name)
        return str(name or "") or ("" if list_name(self.kind, self.key) or self.kind == "routing" else self.key)

    @property
    def title(self) -> str:
        name = self.name or list_name(self.kind, self.key)
        return f"{kind_name(self.kind)}: {name}" if name else kind_name(self.kind)

    def sentences(self, names: Names) -> list[str]:
        """names: those of names_with()."""
        if self.before is None:
            found = [_("New")]
        else:
            found = [_("Gone")] if self.after is None else differences(self.kind, self.before, self.after, names)
        return [*found, *self._seen()] if self.kind == "service" and self.after is not None else found

    def _seen(self) -> Iterator[str]:
        """What residents will see of it, in the words that they will read."""
        was, now, is_used = self.before or {}, self.after or {}, bool(self.before and self.before.get("active"))
        if now.get("visibility") == ServiceVersion.Visibility.STAFF:
            return
        if not now.get("active"):
            if is_used:
                yield _("Residents won’t see it anymore.")
            elif self.missing:
                yield _("Residents won’t see it yet. Missing: %(missing)s.") % {"missing": " · ".join(self.missing)}
            return
        before = [text or {} for _label, text in go_live.texts(was)] if is_used else []
        for _label, text in go_live.texts(now):
            for language, words in (text or {}).items():
                if all(known.get(language) != words for known in before):
                    yield _("Residents will see: “%(words)s”") % {"words": words}


def changes(before: Definition, after: Definition, missing: Mapping[str, list[str]] | None = None) -> list[Change]:
    """before, after: as export_catalog() returns them. missing: what services still need, by code."""
    old, new = dict(_rows(before)), dict(_rows(after))
    return [
        Change(
            *row,
            old.get(row),
            new.get(row),
            tuple((missing or {}).get(row[1], [])) if row[0] == "service" else (),
        )
        for row in [*new, *(row for row in old if row not in new)]
        if old.get(row) != new.get(row)
    ]


def names_with(city: Jurisdiction, changed: Iterable[Change]) -> Names:
    """The city's names, with those that these changes bring."""
    names = Names(city)
    rows: dict[str, list[Definition]] = {}
    for change in changed:
        if change.after is not None:
            rows.setdefault(change.kind, []).append(change.after)
    names.add_catalog({part: rows.get(kind, []) for part, (kind, _key) in LISTS.items()})
    return names


def fingerprint(exported: Definition) -> str:
    return hashlib.sha256(json.dumps(exported, sort_keys=True, default=str).encode()).hexdigest()


def _rows(exported: Definition) -> Iterator[tuple[tuple[str, str], Definition]]:
    """Rows by kind and key. Lists that are replaced as a whole are one row."""
    yield ("city", "urgent"), exported["urgent_minutes"]
    for code, calendar in exported["calendars"].items():
        yield ("calendar", code), calendar
    for part, (kind, key) in LISTS.items():
        for row in exported[part]:
            yield (kind, row[key]), row
    for macro in exported["macros"]:
        yield ("macro", f"{macro.get('department', '')} {macro['name']}".strip()), macro
    yield ("on_call", "desk"), {"on_call": exported["desk_on_call"]}
    for kind, roster in exported["danger_on_call"].items():
        yield ("on_call", kind), {"on_call": roster}
    yield ("routing", "routing"), {"rules": exported["routing"]}
    for kind, reasons in exported["reasons"].items():
        yield ("reason", kind), {"reasons": reasons}
    for kind, words in exported["emergency_words"].items():
        yield ("emergency_phrase", kind), {"words": words}
    for kind, terms in exported["moderation_words"].items():
        yield ("moderation_term", kind), {"words": terms}
