"""Categories, and the order in which residents see categories and services."""

from typing import Any, Literal

from django.db import IntegrityError, transaction

from requests_app.actions.shared import setup_changes
from requests_app.core.localized import localized
from requests_app.models import Category, Jurisdiction, Service, User

Direction = Literal["up", "down"]


class CodeTaken(Exception):
    """The city has a category with this code."""


class Conflict(Exception):
    """Somebody else changed the category meanwhile. category: as it is now."""

    def __init__(self, category: Category) -> None:
        self.category = category
        super().__init__()


def written_category(category: Category) -> dict[str, Any]:
    return {"code": category.code, "name": category.name, "icon": category.icon, "order": category.order}


@transaction.atomic
def add_category(city: Jurisdiction, *, code: str, name: dict[str, str], icon: str, actor: User) -> Category:
    """Adds it as the last one. Raises CodeTaken."""
    last = Category.objects.filter(jurisdiction=city).order_by("-order").values_list("order", flat=True).first()
    category = Category(jurisdiction=city, code=code, name=name, icon=icon, order=(last or 0) + 1)
    try:
        with transaction.atomic():
            category.save()
    except IntegrityError:
        raise CodeTaken from None
    _record(category, None, actor)
    return category


@transaction.atomic
def change_category(
    category_id: int, *, seen: dict[str, Any], name: dict[str, str], icon: str, actor: User
) -> Category:
    """seen: the name and icon that the editor began with. Raises Conflict if they have changed since."""
    # Lock first: of two who save at once, the second must see what the first one changed.
    category = Category.objects.select_for_update().get(pk=category_id)
    if seen != {"name": category.name, "icon": category.icon}:
        raise Conflict(category)
    before = written_category(category)
    category.name, category.icon = name, icon
    category.save(update_fields=["name", "icon"])
    _record(category, before, actor)
    return category


@transaction.atomic
def move_category(city: Jurisdiction, category_id: int, direction: Direction, *, actor: User) -> None:
    """Swaps it with its neighbor; the first one stays first. Does nothing if it isn't there anymore."""
    categories = list(Category.objects.select_for_update().filter(jurisdiction=city).order_by("order", "code"))
    place = next((number for number, one in enumerate(categories) if one.pk == category_id), None)
    for category, order in _swapped(categories, place, direction):
        before = written_category(category)
        category.order = order
        category.save(update_fields=["order"])
        _record(category, before, actor)


@transaction.atomic
def move_service(city: Jurisdiction, service_code: str, direction: Direction, *, actor: User) -> None:
    """Swaps it with its neighbor in its category. Does nothing if it isn't there anymore."""
    service = Service.objects.select_related("current").filter(jurisdiction=city, service_code=service_code).first()
    if service is None or service.current is None:
        return
    alike = Service.objects.select_for_update(of=("self",)).filter(
        jurisdiction=city, active=True, current__category=service.current.category_id
    )
    services = sorted(alike.select_related("current"), key=lambda one: (one.order, _service_name(one).casefold()))
    place = next((number for number, one in enumerate(services) if one.pk == service.pk), None)
    for one, order in _swapped(services, place, direction):
        before = {"order": one.order}
        one.order = order
        one.save(update_fields=["order"])
        if one.pk == service.pk:
            # The others only make room.
            setup_changes.record(
                city, "service", one.service_code, actor=actor, name=_service_name(one), before=before,
                after={"order": order}, action="moved",
            )  # fmt: skip


def _swapped(rows: list[Any], place: int | None, direction: Direction) -> list[tuple[Any, int]]:
    """The rows whose order changes, with the new one. Rows that shared an order get their own."""
    other = None if place is None else place + (1 if direction == "down" else -1)
    if place is None or other is None or not 0 <= other < len(rows):
        return []
    rows[place], rows[other] = rows[other], rows[place]
    return [(row, number) for number, row in enumerate(rows, start=1) if row.order != number]


def _service_name(service: Service) -> str:
    return localized(service.current.name, "en") if service.current else service.service_code


def _record(category: Category, before: dict[str, Any] | None, actor: User) -> None:
    setup_changes.record(
        category.jurisdiction,
        "category",
        category.code,
        actor=actor,
        name=localized(category.name, "en"),
        before=before,
        after=written_category(category),
    )
