"""The number of the last event that a page showed, which its forms carry, so that nobody overwrites what they haven't seen.

Also in the address of a form that htmx loads into the page of a request: it is the number of that page, not of the form.
"""

from django.http import HttpRequest

from requests_app.models import ServiceRequest

FIELD = "last_event"
# Below the largest id that the database knows.
DIGITS_MAX = 18


def posted(request: HttpRequest, *, of: ServiceRequest | None = None) -> int | None:
    """The number in the form. None if there is none, as on a page that was loaded before an upgrade.

    of: one of several requests in the form, each with a number of its own.
    """
    return _number(request.POST.get(f"{FIELD}_{of.reference}" if of else FIELD))


def shown(request: HttpRequest, service_request: ServiceRequest, *, kept: str | None = None) -> int:
    """The number for the form of this page. kept: the number that a form had which could not be sent yet."""
    newest = service_request.last_event_id
    given = [_number(value) for value in (request.POST.get(FIELD), request.GET.get(FIELD), kept)]
    return min([newest, *(number for number in given if number is not None)])


def _number(value: str | None) -> int | None:
    """What isn't a number counts as a page that showed nothing."""
    if value is None:
        return None
    return int(value) if value.isascii() and value.isdigit() and len(value) <= DIGITS_MAX else 0
