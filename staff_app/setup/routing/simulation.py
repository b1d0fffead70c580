"""Trying the draft on the last 90 days: starting it, its progress, and what would go elsewhere."""

from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from requests_app.actions.routing import simulation as actions
from requests_app.models import RoutingSimulation, ServiceRequest
from requests_app.rules.shared.names import Names
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.routing.picture import picture_of
from staff_app.setup.routing.state import state_of

# Departments that get a color of their own, most requests first; the rest share the last one.
COLORS = 6


@staff_page
@require_POST
def simulate_routing(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    state = state_of(request.jurisdiction)
    simulation = actions.start(request.jurisdiction, state.rules, actor=request.user)
    return redirect("staff_app:routing_simulation", simulation.pk)


@staff_page
def routing_simulation(request: StaffRequest, simulation_id: int) -> HttpResponse:
    """Reloads itself until the worker is done. ?to= a department's code, or triage, shows only what would go there."""
    simulation = get_city_row_or_404(request, "administer", RoutingSimulation, simulation_id)
    context: dict[str, Any] = {"simulation": simulation}
    if simulation.finished_at is not None:
        names = Names(request.jurisdiction)
        context |= _result(request, simulation, names)
    response = render(request, "staff_app/setup/routing/routing_simulation.html", context)
    if simulation.finished_at is not None and request.headers.get("HX-Request"):
        # The page asked how far the worker is.
        response["HX-Refresh"] = "true"
    return response


def _result(request: StaffRequest, simulation: RoutingSimulation, names: Names) -> dict[str, Any]:
    city = request.jurisdiction
    by_name = {row["rule"]: row for row in simulation.by_rule}
    listed = [rule["name"] for rule in simulation.rules]
    gone = [rule["name"] for rule in simulation.base_rules if rule["name"] not in listed]
    rules = [
        {
            "name": name or _("No rule: the service’s own department"),
            "is_gone": name in gone,
            **{key: by_name.get(name, {}).get(key, 0) for key in ("before", "after", "moved")},
        }
        for name in [*listed, *gone, actions.NO_RULE]
    ]
    targets: dict[str | None, int] = {}
    for row in simulation.by_department:
        targets[row["to"]] = targets.get(row["to"], 0) + row["count"]
    colors = {
        to: min(number, COLORS) for number, to in enumerate(sorted(targets, key=lambda to: -targets[to]), start=1)
    }
    places = simulation.places.get("requests", [])
    points = dict(
        ServiceRequest.objects.public()
        .filter(pk__in=[pk for pk, _to in places], public_point__isnull=False)
        .values_list("pk", "public_point")
    )
    dots = [(point, colors.get(to, COLORS)) for pk, to in places if (point := points.get(pk)) is not None]
    picture = picture_of(_shape(city.boundary), dots)
    return {
        "rules": rules,
        "departments": [
            {
                "from": names.department(row["from"]),
                "to": names.department(row["to"]),
                "stays": row["from"] == row["to"],
                "color": colors[row["to"]],
                "count": row["count"],
            }
            for row in simulation.by_department
        ],
        "legend": [
            {"name": names.department(to), "color": color, "count": targets[to]} for to, color in colors.items()
        ],
        "picture": picture,
        "dots": [{"long": point.x, "lat": point.y, "color": color} for point, color in dots],
        "is_of_draft": simulation.rules == state_of(city).rules,
    }


def _shape(boundary: MultiPolygon | None) -> list[Polygon]:
    """The city's outline, as fine as a picture shows it."""
    if boundary is None:
        return []
    width = boundary.extent[2] - boundary.extent[0]
    simple = boundary.simplify(width / 400, preserve_topology=True)
    polygons = simple if isinstance(simple, MultiPolygon) else [simple]
    return [polygon for polygon in polygons if isinstance(polygon, Polygon)]
