"""Saving views of the queue, sharing them, and keeping them at its top."""

from collections.abc import Sequence

from django.db import transaction

from requests_app.models import Jurisdiction, SavedView, SavedViewPin, User
from requests_app.rules.work import saved_views as rules
from requests_app.rules.work.saved_views import SharedWith

Pairs = Sequence[tuple[str, str]]


class TooMany(Exception):
    """The user has as many views, or has as many of them pinned, as one person may."""


@transaction.atomic
def save(city: Jurisdiction, *, name: str, query: Pairs, shared_with: SharedWith, actor: User) -> SavedView:
    """Raises TooMany."""
    _lock(actor)
    if SavedView.objects.filter(owner=actor).count() >= rules.VIEWS_MAX:
        raise TooMany
    return SavedView.objects.create(
        jurisdiction=city,
        owner=actor,
        name=name,
        query=[list(pair) for pair in query],
        audience=shared_with.audience,
        team=shared_with.team,
        department=shared_with.department,
    )


@transaction.atomic
def change(view: SavedView, *, name: str, shared_with: SharedWith, query: Pairs | None = None) -> None:
    """query: None keeps its filters. Pins of people it is no longer shared with are deleted."""
    view = SavedView.objects.select_for_update().get(pk=view.pk)
    narrower = (view.audience, view.team, view.department) != (
        shared_with.audience, shared_with.team, shared_with.department,
    )  # fmt: skip
    view.name = name
    view.audience, view.team, view.department = shared_with.audience, shared_with.team, shared_with.department
    if query is not None:
        view.query = [list(pair) for pair in query]
    view.save(update_fields=["name", "audience", "team", "department", "query"])
    if narrower:
        for pin in view.pins.exclude(user=view.owner_id).select_related("user"):
            if not rules.visible(pin.user, view.jurisdiction).filter(pk=view.pk).exists():
                pin.delete()


@transaction.atomic
def delete(view: SavedView) -> None:
    SavedView.objects.filter(pk=view.pk).delete()


@transaction.atomic
def pin(view: SavedView, *, actor: User) -> None:
    """Raises TooMany."""
    # Lock first: two tabs that pin at once must not make nine.
    _lock(actor)
    pins = SavedViewPin.objects.filter(user=actor, view__jurisdiction=view.jurisdiction_id)
    if pins.filter(view=view).exists():
        return
    if pins.count() >= rules.PINNED_MAX:
        raise TooMany
    SavedViewPin.objects.create(user=actor, view=view)


@transaction.atomic
def unpin(view: SavedView, *, actor: User) -> None:
    SavedViewPin.objects.filter(user=actor, view=view).delete()


def _lock(actor: User) -> None:
    User.objects.select_for_update().get(pk=actor.pk)
