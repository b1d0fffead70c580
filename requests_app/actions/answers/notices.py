"""Notices as rows of setup, and ending one."""

import datetime as dt

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy

from requests_app.actions.shared.setup_rows import Columns, SetupRow, State, moment
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.models import Area, Jurisdiction, Notice, Service, User
from requests_app.rules.answers import notices


def state_of(notice: Notice) -> State:
    return {
        "words": notice.words,
        "shown_on": notice.place,
        "service": notice.service.service_code if notice.service else "",
        "area": f"{notice.area.layer}:{notice.area.code}" if notice.area else "",
        "kind": notice.kind,
        "starts_at": moment(notice.starts_at, notice.jurisdiction),
        "ends_at": moment(notice.ends_at, notice.jurisdiction),
    }


def _columns(city: Jurisdiction, state: State) -> Columns:
    layer, _colon, code = state["area"].partition(":")
    return {
        "words": state["words"],
        "place": state["shown_on"],
        "service": Service.objects.get(jurisdiction=city, service_code=state["service"]) if state["service"] else None,
        "area": Area.objects.get(jurisdiction=city, layer=layer, code=code) if code else None,
        "kind": state["kind"],
        "starts_at": dt.datetime.fromisoformat(state["starts_at"]),
        "ends_at": dt.datetime.fromisoformat(state["ends_at"]),
    }


def _saved(notice: Notice) -> None:
    jurisdiction = notice.jurisdiction
    last = Notice.objects.filter(jurisdiction=jurisdiction).aggregate(last=Max("ends_at"))["last"]
    Jurisdiction.objects.filter(pk=jurisdiction.pk).update(notices_until=last)
    transaction.on_commit(lambda: notices.forget(jurisdiction))


NOTICE = SetupRow(
    "notice",
    gettext_lazy("Notice"),
    Notice,
    state_of,
    name=lambda notice: localized(notice.words),
    columns=_columns,
    # Once residents have read it, it ends, and stays among the city's notices.
    stays=True,
    related=("jurisdiction", "service", "area"),
    saved=_saved,
)


@transaction.atomic
def end(pk: int, *, actor: User) -> Notice:
    """Now. One that hasn't begun never will."""
    notice, now = NOTICE.locked(pk), app_now()
    if notice.ends_at <= now:
        return notice
    begun = min(notice.starts_at, now - dt.timedelta(minutes=1))
    return NOTICE.change(pk, actor=actor, action="switched_off", starts_at=begun, ends_at=now)
