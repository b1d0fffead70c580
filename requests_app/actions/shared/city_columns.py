"""Settings of the whole city that one small page changes together: columns of its own row."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_rows import State, check_seen
from requests_app.models import Jurisdiction, User
from requests_app.rules.shared.jurisdictions import forget_jurisdictions


def _as_json(value: object) -> object:
    return value.isoformat() if isinstance(value, dt.date) else value


@dataclass(frozen=True)
class CityColumns:
    """kind and key: what the log has them under. names: of the columns."""

    kind: str
    key: str
    names: Sequence[str]

    def current(self, pk: int) -> State:
        """From the database: the request's city may be some seconds old."""
        row = Jurisdiction.objects.values(*self.names).get(pk=pk)
        return {name: _as_json(value) for name, value in row.items()}

    @transaction.atomic
    def change(self, pk: int, *, actor: User, host: str, seen: str | None = None, **values: Any) -> None:
        """values: all of them. host: where it was saved. seen: the fingerprint of current(); raises ChangedMeanwhile."""
        city = Jurisdiction.objects.select_for_update().defer("boundary").get(pk=pk)
        before = {name: _as_json(getattr(city, name)) for name in self.names}
        check_seen(city, self.kind, self.key, before, seen)
        for name in self.names:
            setattr(city, name, values[name])
        city.save(update_fields=self.names)
        after = {name: _as_json(getattr(city, name)) for name in self.names}
        setup_changes.record(city, self.kind, self.key, actor=actor, name=city.name, before=before, after=after)
        transaction.on_commit(lambda: forget_jurisdictions([host, *city.hosts]), robust=True)
