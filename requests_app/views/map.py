"""The public map: where reports are, beside the list that says the same in words."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.messages.wording import status_words
from requests_app.models import Area, Category, Jurisdiction
from requests_app.places.public_filter import PublicFilter
from requests_app.words import say

# The list beside the map: the newest; the public list has the rest.
NEWEST = 20


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    jurisdiction = request.jurisdiction  # type: ignore[attr-defined]
    chosen = PublicFilter(jurisdiction, request.GET)
    newest = list(
        chosen.requests()
        .select_related("service_version", "department", "owner")
        .order_by("-submitted_at", "-id")[: NEWEST + 1]
    )
    for one in newest:
        # One city for all rows: what it knows by heart (its listed reasons) is then read once and not for each.
        one.jurisdiction = jurisdiction
    return render(
        request,
        "requests_app/map.html",
        {
            "filters": filters(jurisdiction, chosen),
            "chosen": chosen,
            "rows": [
                {"request": one, "words": status_words(one), "tag": one.disposition or one.status}
                for one in newest[:NEWEST]
            ],
            "has_more": len(newest) > NEWEST,
        },
    )


def filters(jurisdiction: Jurisdiction, chosen: PublicFilter) -> list[dict[str, Any]]:
    """The three choices of the page's form: name, label, and groups of (value, words, is chosen)."""

    def choice(name: str, value: str, words: str) -> tuple[str, str, bool]:
        return value, words, chosen.chosen.get(name) == value

    categories = Category.objects.filter(jurisdiction=jurisdiction)
    layers: dict[str, list[tuple[str, str, bool]]] = {}
    areas = Area.objects.filter(jurisdiction=jurisdiction, is_ours=True).order_by("layer", "name", "code")
    for layer, code, name in areas.values_list("layer", "code", "name"):
        layers.setdefault(layer, []).append(choice("area", f"{layer}:{code}", name))
    return [
        {
            "name": "category",
            "label": _("Kind of problem"),
            "groups": [("", [choice("category", one.code, say(one.name)) for one in categories])],
        },
        {
            "name": "status",
            "label": _("Status"),
            "groups": [("", [choice("status", "open", _("Still open")), choice("status", "ended", _("Closed"))])],
        },
        {
            "name": "area",
            "label": _("Area"),
            "groups": [(layer_words(layer), choices) for layer, choices in layers.items()],
        },
    ]


def layer_words(layer: str) -> str:
    """What a layer of areas is called: our words for those that most cities have, else the city's own code."""
    return {
        "council_district": _("Council districts"),
        "neighborhood": _("Neighborhoods"),
        "park": _("Parks"),
        "police_district": _("Police districts"),
        "ward": _("Wards"),
        "works_district": _("Public works districts"),
        "zip": _("ZIP codes"),
    }.get(layer, layer.replace("_", " ").capitalize())
