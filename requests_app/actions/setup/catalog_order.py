"""Categories, and the order in which residents see categories and services."""

from operator import attrgetter
from typing import Any, Literal

from django.db import transaction
from django.utils.translation import gettext_lazy

from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_rows import SetupRow, State, by_code
from requests_app.core.localized import localized
from requests_app.models import Category, Jurisdiction, Service, User

Direction = Literal["up", "down"]


def _state(category: Category) -> State:
    return {"code": category.code, "name": category.name, "icon": category.icon, "order": category.order}


CATEGORY = SetupRow(
    "category",
    gettext_lazy("Category"),
    Category,
    _state,
    name=lambda category: localized(category.name, "en"),
    columns=lambda _city, state: {name: state[name] for name in ("name", "icon")},
    stays=True,
    key=attrgetter("code"),
    lookup=by_code,
    unedited=("order",),
)


def add_category(city: Jurisdiction, *, code: str, actor: User, **columns: Any) -> Category:
    """Adds it as the last one. Raises NameTaken."""
    last = Category.objects.filter(jurisdiction=city).order_by("-order").values_list("order", flat=True).first()
    return CATEGORY.add(Category(jurisdiction=city, code=code, order=(last or 0) + 1), actor=actor, **columns)


@transaction.atomic
def move_category(city: Jurisdiction, category_id: int, direction: Direction, *, actor: User) -> None:
    """Swaps it with its neighbor; the first one stays first. Does nothing if it isn't there anymore."""
    categories = list(Category.objects.select_for_update().filter(jurisdiction=city).order_by("order", "code"))
    place = next((number for number, one in enumerate(categories) if one.pk == category_id), None)
    for category, order in _swapped(categories, place, direction):
        CATEGORY.change(category.pk, actor=actor, order=order)


@transaction.atomic
def move_service(city: Jurisdiction, service_code: str, direction: Direction, *, actor: User) -> None:
    """Swaps it with its neighbor in its category. Does nothing if it isn't there anymore."""
    service = Service.objects.select_related("current").filter(jurisdiction=city, service_code=service_code).first()
    if service is None or service.current is None:
        return
    alike = Service.objects.select_for_update(of=("self",)).filter(
        active=True, current__category=service.current.category_id
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
