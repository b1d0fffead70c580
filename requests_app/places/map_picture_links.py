"""Addresses of map pictures (web/explore/map_pictures.py), signed, so that nobody makes us draw the whole world.

A picture is of a `subject`: the place of a report, the same with its neighbors, an area, a service, any place, or the city.
"""

from django.contrib.gis.geos import Point
from django.urls import reverse

from requests_app import links
from requests_app.models import Area, Service, ServiceRequest

# Width and height in pixels. The small one is for phones.
SIZES = {"small": (343, 220), "medium": (600, 300), "wide": (1200, 630)}
NIGHT = "-night"
CITY = "city"
# The city with its newest open reports.
NEWEST = "newest"
# The city as a background: without names and small streets.
BACKDROP = "backdrop"


def of_report(service_request: ServiceRequest, *, with_neighbors: bool = False) -> str:
    """Only everybody's requests have a picture; for others its address is a 404."""
    return f"{'neighbors' if with_neighbors else 'report'}/{service_request.reference}"


def of_area(area: Area) -> str:
    return f"area/{area.layer}/{area.code}"


def of_service(service: Service) -> str:
    """The city with the newest open reports of this kind."""
    return f"service/{service.service_code}"


def of_place(point: Point) -> str:
    """A place that everybody may know."""
    return f"place/{point.y:.5f},{point.x:.5f}"


def path(subject: str, size: str, ending: str = "svg", *, at_night: bool = False) -> str:
    """The path of a picture, the same in every language. ending: svg for pages, png for emails and cards."""
    return reverse("map_picture", kwargs=arguments(subject, size + NIGHT * at_night, ending))


def arguments(subject: str, name: str, ending: str) -> dict[str, str]:
    """Of its URL. name: the size, and whether it's for the night."""
    signature = links.signature(f"{subject} {name} {ending}")
    return {"signature": signature, "subject": subject, "name": name, "ending": ending}


def is_right(subject: str, name: str, ending: str, signature: str) -> bool:
    return links.is_signed(f"{subject} {name} {ending}", signature)
