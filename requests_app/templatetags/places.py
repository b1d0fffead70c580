"""Template filters for distances, and for the page of a place."""

from django import template
from django.urls import reverse

from requests_app.messages import wording
from requests_app.models import ServiceRequest
from requests_app.places import named
from requests_app.places.public_place import listed_by_place

register = template.Library()


register.filter(wording.distance_words)


@register.filter
def page_of_place(service_request: ServiceRequest) -> str:
    """URL of the page of the request's public place (block, corner or landmark); empty if there is none."""
    if not service_request.is_public or not service_request.public_address or not listed_by_place(service_request):
        return ""
    path = named.path_of(service_request.public_address)
    return reverse("requests_app:place", args=[path]) if path else ""
