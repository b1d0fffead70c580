"""The places of a draft: of its own report, and of those about the same problem that follow it."""

from typing import Any

from requests_app.actions.report import drafts
from requests_app.models import Draft
from requests_app.rules.report.path import Path

# The same problem may be reported at so many places in a row.
PLACES_MAX = 10


def take(draft: Draft, place: dict[str, Any]) -> None:
    """Makes it the draft's place, or one more while places are added (`is_adding`)."""
    path = Path(draft)
    if path.place and draft.typed.get("is_adding"):
        if may_add(path):
            drafts.save(draft, more_places=[*path.more_places, place], place_typed={})
        return
    # A new place may have another owner.
    drafts.save(draft, place=place, place_typed={}, photo_place={}, owner="", no_asset="", asset_typed="")


def may_add(path: Path) -> bool:
    return path.draft.tester_id is None and len(path.more_places) < PLACES_MAX - 1


def go_on(draft: Draft, *, adds: bool) -> bool:
    """Ends the adding of places, or asks for another one (adds). Returns whether it does."""
    asks = adds and may_add(Path(draft))
    drafts.save(draft, is_adding=asks, adds_place=False)
    return asks


def remove(draft: Draft, number: str) -> None:
    """number: the place's, from 1, in the list that the page shows. If the first one is removed, the next takes its place."""
    path = Path(draft)
    shown = [path.place, *path.more_places]
    if number.isdecimal() and len(number) < 3 and 1 <= int(number) <= len(shown) and len(shown) > 1:
        first, *more = [place for at, place in enumerate(shown, 1) if at != int(number)]
        drafts.save(draft, place=first, more_places=more)


def decline_asset(path: Path) -> None:
    """It's none of the assets nearby, or they don't know."""
    if path.version is None:
        return
    place = {name: value for name, value in path.place.items() if name != "asset"}
    if place.get("source") == "asset":
        place["source"] = "pin"
    drafts.save(path.draft, place=place, no_asset=path.version.service.service_code, asset_typed="")
