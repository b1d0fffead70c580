"""Reporting: where is it, whose ground is it, and was it reported already?"""

from typing import Any

from django.contrib.gis.geos import Point
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from requests_app.actions import drafting, submission
from requests_app.forms.report import FollowForm, PlaceChoiceForm, PlaceForm
from requests_app.messages.wording import status_words
from requests_app.models import Draft, Jurisdiction
from requests_app.places import addresses, ground
from requests_app.rules.report_path import Path
from requests_app.views.door import CityRequest, switched_to
from requests_app.views.report import draft_page, go_on, in_other_language, show

# An address search this sure needs no second look.
SURE = 0.9
OWN_WORDS = "words"


@draft_page
def where(request: CityRequest, draft: Draft) -> HttpResponse:
    path = Path(draft)
    required = path.version is None or path.version.place_required
    form = PlaceForm(
        request.POST if request.method == "POST" else None,
        initial=path.typed.get("place_typed") or path.place,
        required=required,
    )
    if request.method == "POST":
        valid = form.is_valid()
        data = form.cleaned_data
        typed = {name: data.get(name, "") for name in ("address", "note", "lat", "long")}
        drafting.keep(draft, place_typed=typed)
        if language := switched_to(request):
            return in_other_language(request, draft, language)
        if "skip" in request.POST and not required:
            drafting.keep(draft, place={}, place_typed={})
            return go_on(draft)
        if valid:
            if data["point"] is None and not data["address"]:
                drafting.keep(draft, place={})
                return go_on(draft)
            if data["point"] is None and (match := _only_match(request.jurisdiction, data["address"])) is None:
                return redirect("requests_app:choose_place", draft.pk)
            place = (
                _place_of(match, data["note"])
                if data["point"] is None and match
                else _pointed_at(request.jurisdiction, data["point"], data["address"], data["note"])
            )
            problem = _problem(request.jurisdiction, place)
            if not problem:
                return _take(draft, place)
            form.add_error("address", problem)
    return show(
        request,
        "where",
        step=2,
        form=form,
        status=422 if form.errors else 200,
        draft=draft,
        path=path,
        required=required,
    )


@draft_page
def choose_place(request: CityRequest, draft: Draft) -> HttpResponse:
    """Several places fit the words, or none: a page of radio buttons, for which nobody needs a script."""
    typed = draft.typed.get("place_typed") or {}
    words = str(typed.get("address", ""))
    if not words:
        return redirect("requests_app:where", draft.pk)
    matches = {_key(match): match for match in addresses.search(request.jurisdiction, words)}
    choices = [(key, match.label) for key, match in matches.items()]
    choices.append((OWN_WORDS, _("None of these. Use my words: “%(words)s”") % {"words": words}))
    form = PlaceChoiceForm(request.POST if request.method == "POST" else None, choices=choices)
    if request.method == "POST":
        if language := switched_to(request):
            return in_other_language(request, draft, language)
        if form.is_valid():
            chosen = matches.get(form.cleaned_data["choice"])
            note = str(typed.get("note", ""))
            place = (
                _place_of(chosen, note)
                if chosen
                else {"address": words, "note": note, "source": "address", "confidence": 0.0}
            )
            problem = _problem(request.jurisdiction, place)
            if not problem:
                return _take(draft, place)
            form.add_error("choice", problem)
    return show(
        request,
        "choose_place",
        step=2,
        form=form,
        status=422 if form.errors else 200,
        draft=draft,
        words=words,
        found=bool(matches),
    )


def _only_match(jurisdiction: Jurisdiction, words: str) -> addresses.Match | None:
    """The place that the words mean without a doubt: the only one by that name, or the only one at all."""
    matches = addresses.search(jurisdiction, words)
    exact = [match for match in matches if match.confidence >= 1.0]
    if len(exact) == 1:
        return exact[0]
    if len(matches) == 1 and (matches[0].confidence >= SURE or matches[0].kind == "point"):
        return matches[0]
    return None


def _key(match: addresses.Match) -> str:
    return f"{match.point.x:.6f},{match.point.y:.6f}"


def _place_of(match: addresses.Match, note: str) -> dict[str, Any]:
    return {
        "address": match.label,
        "note": note,
        "lat": round(match.point.y, 6),
        "long": round(match.point.x, 6),
        "source": "address",
        "confidence": match.confidence,
    }


def _pointed_at(jurisdiction: Jurisdiction, point: Point, words: str, note: str) -> dict[str, Any]:
    """A point from the map, the browser or the suggestions. Words that came with it stay; without any, its address."""
    near = None if words else addresses.nearest(jurisdiction, point)
    return {
        "address": words or (near.label if near else ""),
        "note": note,
        "lat": point.y,
        "long": point.x,
        "source": "address" if words else "pin",
        "confidence": near.confidence if near else 1.0 if words else None,
    }


def _problem(jurisdiction: Jurisdiction, place: dict[str, Any]) -> str:
    """Why we cannot take a place: it lies outside. Says whose it may be."""
    if "lat" not in place:
        return ""
    point = Point(place["long"], place["lat"], srid=4326)
    return "" if ground.inside(jurisdiction, point) else submission.outside_words(jurisdiction, point)


def _take(draft: Draft, place: dict[str, Any]) -> HttpResponse:
    # Another place may be another's ground, and have other reports near.
    drafting.keep(draft, place=place, place_typed={}, owner="", different=[])
    return go_on(draft)


@draft_page
def whose(request: CityRequest, draft: Draft) -> HttpResponse:
    """Not ours: we send it on, or say whom to call."""
    path = Path(draft)
    if path.owner is None:
        return go_on(draft)
    if request.method == "POST" and "send" in request.POST:
        drafting.keep(draft, owner=path.owner.code)
        return go_on(draft)
    return show(request, "whose", step=2, draft=draft, path=path, owner=path.owner)


@draft_page
def same(request: CityRequest, draft: Draft) -> HttpResponse:
    """Is it one of these? Following needs no e-mail address."""
    path = Path(draft)
    if not path.candidates:
        return go_on(draft)
    near = [one.service_request for one in path.candidates]
    for one in near:
        one.jurisdiction = request.jurisdiction
    form = FollowForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        if language := switched_to(request):
            return in_other_language(request, draft, language)
        if "different" in request.POST:
            drafting.keep(draft, different=[*draft.typed.get("different", []), *(one.reference for one in near)])
            return go_on(draft)
        chosen = next((one for one in near if one.reference == request.POST.get("follow")), None)
        if form.is_valid() and chosen is not None:
            drafting.keep(draft)
            drafting.follow(draft.pk, chosen, email=form.cleaned_data["email"])
            return redirect("requests_app:sent", draft.pk)
        if chosen is None:
            # Enter in the e-mail box says neither yes nor no.
            form.add_error(None, _("Follow one of these, or say that yours is different."))
    cards = [
        {
            "request": one.service_request,
            "words": status_words(one.service_request, to_reporter=False),
            "tag": one.service_request.status,
            "metres": one.metres,
        }
        for one in path.candidates
    ]
    return show(
        request, "same", step=2, form=form, status=422 if form.errors else 200, draft=draft, path=path, cards=cards
    )
