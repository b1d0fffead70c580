"""The page of a service: description, target, typical times, related articles and recent reports."""

import datetime as dt
from collections.abc import Callable

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app.city_request import CityRequest
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, Service, ServiceRequest, ServiceVersion
from requests_app.places.public_place import LISTED
from requests_app.rules.figures.recent_weeks import recent_weeks
from requests_app.rules.promises import promises
from requests_app.rules.setup.offer_dates import not_offered, offered_today
from requests_app.rules.setup.retirements import successor_of
from requests_app.web.explore.browse import services_page
from requests_app.web.explore.request_rows import add_photos, newest
from requests_app.web.explore.weeks_chart import weeks_context

# The page has no other list.
SHOWN = 8


@require_safe
@cache_control(max_age=30, public=True)
def about_service(request: CityRequest, service_code: str) -> HttpResponse:
    city = request.jurisdiction
    service = _service(city, service_code.replace("\x00", "\ufffd"))
    if service is None and (successor := successor_of(city.pk, service_code.replace("\x00", "\ufffd"))):
        return redirect("requests_app:about_service", successor)
    if service is None or service.current is None:
        return services_page(request, unknown=True)
    version = service.current
    is_listed = version.visibility in LISTED
    promise = promises.of_service(service, version, city.zone, now=app_now())
    reports = newest(city, _reported(service), size=SHOWN) if is_listed else None
    if reports:
        add_photos(reports)
    context = {
        "service": service,
        "version": version,
        "goal": promise.target,
        "first_look": promise.first_look,
        "usual": promise.usual,
        "usual_first": promise.is_usually_missed,
        "articles": service.articles.public().order_by("code"),
        "is_listed": is_listed,
        # Empty: residents can ask for it today.
        "not_offered": "" if offered_today([version], city.zone) else not_offered(version),
        "query": f"service={service.service_code}",
        **(weeks_context(recent_weeks(city, f"service:{service.pk}", _since(service))) if is_listed else {}),
        "reports": reports,
    }
    return render(request, "requests_app/explore/about_service.html", context)


def _service(city: Jurisdiction, code: str) -> Service | None:
    """The current version of a service that residents can request."""
    return (
        Service.objects.filter(jurisdiction=city, service_code=code, active=True, current__isnull=False)
        .exclude(current__visibility=ServiceVersion.Visibility.STAFF)
        .select_related("current__department__calendar", "current__category")
        .first()
    )


def _since(service: Service) -> Callable[[dt.datetime], QuerySet[ServiceRequest]]:
    return lambda since: ServiceRequest.objects.public().filter(service=service, submitted_at__gte=since)


def _reported(service: Service) -> QuerySet[ServiceRequest]:
    return ServiceRequest.objects.public().filter(service=service).order_by("-submitted_at", "-id")
