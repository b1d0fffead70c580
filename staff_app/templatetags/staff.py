"""`{{ request|may_in_city:"read_outbox" }}`: whether a link to a page of the whole city leads anywhere for this reader."""

from django import template
from django.http import HttpRequest

from requests_app.rules import permissions

register = template.Library()


@register.filter
def may_in_city(request: HttpRequest, permission: str) -> bool:
    jurisdiction = getattr(request, "jurisdiction", None)
    return jurisdiction is not None and permissions.can_in_city(request.user, permission, jurisdiction)
