"""A test report that comes with a catalog: sent through the rules that residents' reports pass, and rolled back."""

from typing import Any

from django.contrib.gis.geos import Point
from django.db import transaction
from django.utils.translation import gettext as _

from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import submission
from requests_app.actions.routing import routing
from requests_app.models import Channel, GazetteerEntry, Jurisdiction, ServiceVersion

# Of a service that asks who reports.
TESTER = Reporter(name="Test", email="test@example.org", postal_address="Test")


def send(version: ServiceVersion, report: dict[str, Any]) -> list[str]:
    """What kept the report from its department, a sentence each; an empty list: it came out right. Keeps nothing of it.

    report: description, answers, and if given address and department, its code (None: triage), as in a catalog file.
    """
    city = version.service.jurisdiction
    address = str(report.get("address") or "")
    place = submission.Place(point=_point(city, address), address=address or city.name, source="api")
    new_report = submission.NewReport(
        jurisdiction=city,
        version=version,
        description=report["description"],
        language=city.languages[0],
        place=place,
        answers=submission.to_answers(version, report.get("answers") or {}),
        reporter=TESTER,
        channel=Channel.API,
        is_test=True,
    )
    try:
        with transaction.atomic():
            made = submission.submit(new_report).service_request
            routed = routing.route(made.pk)
            transaction.set_rollback(True)
    except submission.Refused as refused:
        return list(refused.problems.values())
    found = routed.department.code if routed.department else None
    expected = report.get("department", version.department.code)
    if found == expected:
        return []
    return [
        _("It went to %(found)s, not to %(expected)s.")
        % {"found": found or _("triage"), "expected": expected or _("triage")}
    ]


def _point(city: Jurisdiction, address: str) -> Point | None:
    """Of the address in the city's file, else somewhere in the city."""
    entry = GazetteerEntry.objects.filter(jurisdiction=city, label=address).first() if address else None
    if entry is not None:
        return entry.point
    if city.boundary is not None:
        return city.boundary.point_on_surface
    if not city.map_view.get("center"):
        return None
    longitude, latitude = city.map_view["center"]
    return Point(longitude, latitude, srid=4326)
