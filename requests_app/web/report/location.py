"""The location pages of a report: the place, the asset, and the owner of the land."""

import json
import re
from typing import Any

from django.contrib import messages
from django.contrib.gis.geos import Point
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect

from requests_app.actions.report import drafts, places
from requests_app.city_request import CityRequest
from requests_app.forms import place_input
from requests_app.forms.report_forms import AssetForm, PlaceChoiceForm, PlaceForm
from requests_app.messages.wording import named_away
from requests_app.models import Asset, Draft
from requests_app.places import assets
from requests_app.rules.report.path import Path
from requests_app.web.language_switch import requested_language
from requests_app.web.report import first_photos
from requests_app.web.report.draft_page import draft_page, in_other_language, show, to_next_page

REFERENCE = re.compile(r"[0-9A-Z]{8}")
NOT_SAME_MAX = 20


@draft_page
def location(request: CityRequest, draft: Draft) -> HttpResponse:
    """The place; with [Add another place], one after the other (`is_adding`). Each gets a report of its own."""
    path = Path(draft)
    if request.method == "POST" and (number := request.POST.get("remove_place", "")):
        places.remove(draft, number)
        return redirect("requests_app:location", draft.pk)
    is_adding = bool(path.place and path.typed.get("is_adding"))
    required = not is_adding and (path.version is None or path.version.place_required)
    form = PlaceForm(
        request.POST if request.method == "POST" else None,
        initial=path.typed.get("place_typed") or ({} if is_adding else path.place),
        required=required and not {"proposal", "on_water", "photo_place"} & set(request.POST),
    )
    if request.method == "POST":
        following = _place_sent(request, draft, path, form, required=required, is_adding=is_adding)
        if following is not None:
            return following
    elif path.place and (problem := place_input.problem(request.jurisdiction, path.place)):
        messages.warning(request, problem)
    proposals = [] if path.is_water_open else list(place_input.proposals(path).values())
    return show(
        request,
        "location",
        step=2,
        form=form,
        status=422 if form.errors else 200,
        draft=draft,
        path=path,
        required=required,
        proposals=proposals,
        proposed=proposals[0] if len(proposals) == 1 else None,
        photo_question=first_photos.question(draft),
        shows_places=bool(is_adding or path.more_places),
        is_adding=is_adding,
        may_add=places.may_add(path),
    )


def _place_sent(
    request: CityRequest, draft: Draft, path: Path, form: PlaceForm, *, required: bool, is_adding: bool
) -> HttpResponse | None:
    """Keeps what was typed, and takes the place that a button of the page means. None if the form comes back with its errors."""
    is_valid = form.is_valid()
    data = form.cleaned_data
    typed = {name: data.get(name, "") for name in ("address", "note", "lat", "long")}
    drafts.save(draft, place_typed=typed, not_same=_not_same(path, request.POST.getlist("not_same")))
    if language := requested_language(request):
        return in_other_language(request, draft, language)
    if "skip" in request.POST and not required and not is_adding:
        drafts.save(draft, place={}, place_typed={})
        return to_next_page(draft)
    if not is_valid:
        return None
    if "on_water" in request.POST and path.place:
        drafts.save(draft, place={**path.place, "note": data["note"]}, place_typed={}, on_water=path.pin)
        return _go_on(draft, adds=False)
    if "photo_place" in request.POST and (of_photo := first_photos.question(draft).get("place")):
        return _take(draft, {**of_photo, "note": data["note"]})
    if "proposal" in request.POST:
        return _take_proposal(request, draft, path, form)
    return _take_typed(request, draft, path, form, is_adding=is_adding)


def _take_proposal(request: CityRequest, draft: Draft, path: Path, form: PlaceForm) -> HttpResponse | None:
    """The place that the description names, whose button was selected."""
    mention = place_input.proposals(path).get(request.POST["proposal"])
    if mention is None:
        # Another tab has changed the words.
        return redirect("requests_app:location", draft.pk)
    place = place_input.of_mention(request.jurisdiction, mention, form.cleaned_data["note"])
    return _take_or_refuse(draft, place, form, "address")


def _take_typed(
    request: CityRequest, draft: Draft, path: Path, form: PlaceForm, *, is_adding: bool
) -> HttpResponse | None:
    """The address or pin of the form."""
    data = form.cleaned_data
    adds = "add_place" in request.POST
    if data["point"] is None and not data["address"]:
        if is_adding:
            return _go_on(draft, adds=False)
        drafts.save(draft, place={})
        return to_next_page(draft)
    if (tapped := _tapped(path, request.POST.get("asset", ""), data["point"])) is not None:
        return _take(draft, place_input.of_asset(request.jurisdiction, tapped, note=data["note"]), adds=adds)
    if not is_adding and _is_same_place(path, data):
        drafts.save(draft, place={**path.place, "note": data["note"]}, place_typed={})
        return _go_on(draft, adds=adds)
    place = place_input.place_for(
        request.jurisdiction,
        data["address"],
        data["point"],
        data["note"],
        shown_point=None if is_adding else path.point,
        shown_address="" if is_adding else path.place.get("address", ""),
    )
    if place is None:
        drafts.save(draft, adds_place=adds)
        return redirect("requests_app:choose_location", draft.pk)
    return _take_or_refuse(draft, place, form, "address", adds=adds)


def _take_or_refuse(
    draft: Draft, place: dict[str, Any], form: Form, field: str, *, adds: bool = False
) -> HttpResponse | None:
    """None if no report may be about the place, which the form then says at this field."""
    if problem := place_input.problem(draft.jurisdiction, place):
        form.add_error(field, problem)
        return None
    return _take(draft, place, adds=adds)


def _not_same(path: Path, added: list[str]) -> list[str]:
    """Of which reports on the map they said that theirs is different."""
    known = [reference for reference in added if REFERENCE.fullmatch(reference)]
    return list(dict.fromkeys([*path.not_same, *known]))[-NOT_SAME_MAX:]


def _tapped(path: Path, number: str, point: Point | None) -> Asset | None:
    """The asset that was selected on the map, unless the pin was moved since."""
    if not number or point is None or path.version is None:
        return None
    asset = assets.by_number(path.jurisdiction, number)
    if asset is None or asset.kind not in path.version.asset_kinds:
        return None
    return asset if asset.point.equals_exact(point, 2e-6) else None


@draft_page
def choose_location(request: CityRequest, draft: Draft) -> HttpResponse:
    """Several places match the address, or none: radio buttons that work without a script."""
    typed = draft.typed.get("place_typed") or {}
    address = str(typed.get("address", ""))
    if not address:
        return redirect("requests_app:location", draft.pk)
    matches = place_input.matches(request.jurisdiction, address)
    choices = place_input.choices(matches, address)
    form = PlaceChoiceForm(request.POST if request.method == "POST" else None, choices=choices)
    if request.method == "POST":
        if language := requested_language(request):
            return in_other_language(request, draft, language)
        if form.is_valid():
            place = place_input.chosen(matches, form.cleaned_data["choice"], address, str(typed.get("note", "")))
            adds = bool(draft.typed.get("adds_place"))
            if (following := _take_or_refuse(draft, place, form, "choice", adds=adds)) is not None:
                return following
    return show(
        request,
        "choose_location",
        step=2,
        form=form,
        status=422 if form.errors else 200,
        draft=draft,
        typed=address,
        has_matches=bool(matches),
    )


def _is_same_place(path: Path, data: dict[str, Any]) -> bool:
    """Whether only the note changed: then the chosen asset and the source of the place are kept."""
    return (
        path.point is not None
        and data["point"] is not None
        and data["address"] == path.place.get("address", "")
        and path.point.equals_exact(data["point"], 1e-6)
    )


def _take(draft: Draft, place: dict[str, Any], *, adds: bool = False) -> HttpResponse:
    """adds: another place follows."""
    places.take(draft, place_input.marked_on_water(draft.jurisdiction, place))
    return _go_on(draft, adds=adds)


def _go_on(draft: Draft, *, adds: bool) -> HttpResponse:
    return redirect("requests_app:location", draft.pk) if places.go_on(draft, adds=adds) else to_next_page(draft)


@draft_page
def choose_asset(request: CityRequest, draft: Draft) -> HttpResponse:
    """Which one is it? Lists the city's nearby assets, nearest first; the map shows the same ones."""
    path = Path(draft)
    if path.version is None or not path.nearby_assets:
        return to_next_page(draft)
    shown = [(asset, assets.name_of(request.jurisdiction, asset)) for asset in path.nearby_assets]
    selected = path.typed.get("asset_typed") or (path.place.get("asset") or {}).get("number")
    form = AssetForm(
        request.POST if request.method == "POST" else None,
        choices=[(asset.asset_id, named_away(name, asset.meters.m)) for asset, name in shown],  # type: ignore[attr-defined]
        initial={"asset": selected},
    )
    if request.method == "POST":
        if language := requested_language(request):
            drafts.save(draft, asset_typed=str(request.POST.get("asset", ""))[:60])
            return in_other_language(request, draft, language)
        if "none" in request.POST:
            places.decline_asset(path)
            return to_next_page(draft)
        if form.is_valid():
            chosen = next(asset for asset in path.nearby_assets if asset.asset_id == form.cleaned_data["asset"])
            place = place_input.of_asset(
                request.jurisdiction, chosen, path.place.get("address", ""), path.place.get("note", "")
            )
            return _take(draft, place)
    on_map = [
        {
            "number": asset.asset_id,
            "kind": asset.kind,
            "lat": round(asset.point.y, 6),
            "long": round(asset.point.x, 6),
        }
        for asset in path.nearby_assets
    ]
    return show(
        request,
        "choose_asset",
        step=2,
        form=form,
        status=422 if form.errors else 200,
        draft=draft,
        path=path,
        assets_on_map=json.dumps(on_map),
    )


@draft_page
def owner(request: CityRequest, draft: Draft) -> HttpResponse:
    """The land is not the city's: offers to forward the report, or says whom to call."""
    path = Path(draft)
    if path.owner is None:
        return to_next_page(draft)
    # Staff call an owner who has no email address, but only about land inside the boundary.
    can_send = bool(path.owner.email) or not path.is_outside
    if request.method == "POST" and "send" in request.POST and can_send:
        drafts.save(draft, owner=path.owner.code)
        return to_next_page(draft)
    return show(request, "owner", step=2, draft=draft, path=path, owner=path.owner, can_send=can_send)
