"""The city's own row: its name and numbers, how it looks, what it says, who its email is from, how soon danger is dealt with."""

from collections.abc import Callable
from typing import Any

from django.db import transaction

from requests_app import branding, outbox
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_rows import check_seen
from requests_app.models import CityImage, Jurisdiction, OutboxRow, User
from requests_app.rules.shared.jurisdictions import find_host_problem, forget_jurisdictions

State = dict[str, Any]

NUMBERS = (
    "emergency_number", "text_to_emergency", "non_emergency_number", "desk_number", "desk_long_number", "all_night_number",
    "desk_night_number",
)  # fmt: skip
TEXTS = ("welcome", "privacy", "accessibility")
COLORS = ("primary", "header", "accent")


class HostsTaken(Exception):
    """Another city of this installation would be reached there, or none at all. problem: a rules.jurisdictions.HostProblem."""

    def __init__(self, problem: Any) -> None:
        self.problem = problem
        super().__init__()


def written_basics(city: Jurisdiction) -> State:
    return {
        "name": city.name,
        "time_zone": city.time_zone,
        "languages": city.languages,
        "units": city.units,
        "hosts": city.hosts,
    }


def written_numbers(city: Jurisdiction) -> State:
    return {name: getattr(city, name) for name in NUMBERS}


def written_look(city: Jurisdiction) -> State:
    seal = branding.seal_of(city)
    return {
        # By its hash: a picture has no words.
        "seal": seal.version if seal else "",
        "seal_alt": city.branding.get("seal_alt") or {},
        "colors": city.colors,
        **(city.branding.get("images") or {}),
    }


def written_texts(city: Jurisdiction) -> State:
    return {name: city.branding.get(name) or {} for name in TEXTS}


def written_email(city: Jurisdiction) -> State:
    return {name: getattr(city, name) for name in ("sender_name", "sender_address", "reply_address")}


def written_urgent(city: Jurisdiction) -> State:
    return {name: getattr(city, name) for name in ("urgent_acknowledge_minutes", "urgent_resolve_minutes")}


PARTS: dict[str, Callable[[Jurisdiction], State]] = {
    "basics": written_basics,
    "numbers": written_numbers,
    "look": written_look,
    "texts": written_texts,
    "email": written_email,
    "urgent": written_urgent,
}


@transaction.atomic
def change_city(pk: int, part: str, values: State, *, actor: User | None, seen: str | None = None) -> Jurisdiction:
    """Saves one part of the city: columns by their names, and branding by its keys.

    values: as PARTS writes them; for the look, "seal" is a data URI, "logo" and "card" are PNGs or None for no picture, and what
    is not named stays as it is. seen: the fingerprint that the form carried. Raises ChangedMeanwhile and HostsTaken.
    """
    city = Jurisdiction.objects.select_for_update().defer("boundary").get(pk=pk)
    check_seen(city, "city", part, PARTS[part](city), seen)
    if problem := find_host_problem(city.jurisdiction_id, values["hosts"]) if "hosts" in values else None:
        raise HostsTaken(problem)
    before, hosts = PARTS[part](city), city.hosts
    if part == "look":
        _change_look(city, values)
    elif part == "texts":
        city.branding = {**city.branding, **values}
    else:
        for name, value in values.items():
            setattr(city, name, value)
    city.save()
    after = PARTS[part](city)
    change = setup_changes.record(city, "city", part, actor=actor, name=city.name, before=before, after=after)
    if change:
        key = f"write_city_pages:{city.pk}:{change.pk}"
        outbox.enqueue("write_city_pages", lane=OutboxRow.Lane.DATABASE, dedupe_key=key, jurisdiction_id=city.pk)
    transaction.on_commit(lambda: forget_jurisdictions([*hosts, *city.hosts]), robust=True)
    return city


def _change_look(city: Jurisdiction, values: State) -> None:
    new = dict(city.branding)
    if "seal" in values:
        new["seal_url"] = values["seal"]
    for name in ("seal_alt", "colors"):
        if name in values:
            new[name] = values[name]
    images = dict(new.get("images") or {})
    for kind in (CityImage.Kind.LOGO, CityImage.Kind.CARD):
        if kind.value not in values:
            continue
        CityImage.objects.filter(jurisdiction=city, kind=kind).delete()
        images.pop(kind.value, None)
        if content := values[kind.value]:
            images[kind.value] = branding.version_of(content)
            CityImage.objects.create(jurisdiction=city, kind=kind, version=images[kind.value], content=content)
    new["images"] = images
    city.branding = new
