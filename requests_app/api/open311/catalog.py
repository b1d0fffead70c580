"""Service discovery, the service list, and the definition (questions) of each service."""

import datetime as dt
import re
from typing import Any

from django.db.models import Count, Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound

from requests_app import links
from requests_app.api.framework.renderers import JSONRenderer, XMLRenderer
from requests_app.core.localized import localized
from requests_app.messages.report_notice import demo_words
from requests_app.models import Jurisdiction, QuestionVersion, Service, ServiceVersion
from requests_app.rules.setup import offer_dates
from requests_app.rules.setup.offered_services import offered
from requests_app.rules.shared import intake, question_kinds
from requests_app.rules.shared.jurisdictions import is_demo

# The standard's name, which clients compare letter by letter: http, and no slash at the end.
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"


def offered_version(city: Jurisdiction, service_code: str) -> ServiceVersion:
    """The published version of the service with this code. Raises NotFound."""
    # The address may hold what no code can, and what the database does not take (NUL).
    code = service_code if re.fullmatch(r"[A-Za-z0-9_.-]+", service_code) else ""
    service = (
        offered(city)
        .select_related("current__service", "current__department__calendar", "current__category")
        .filter(service_code=code)
        .first()
    )
    if service is None or service.current is None:
        raise NotFound(_("service_code was not found."))
    if not offer_dates.offered_today([service.current], city.zone):
        raise NotFound(offer_dates.not_offered(service.current))
    return service.current


def services(city: Jurisdiction) -> list[dict[str, Any]]:
    listed = (
        offered(city)
        .select_related("current__category")
        .annotate(questions=Count("current__questions"))
        .order_by("current__category__order", "current__category__code", "order", "service_code")
    )
    today = offer_dates.offered_today((one.current for one in listed if one.current), city.zone)
    return [_service(one, one.current, one.questions) for one in listed if one.current in today]


def _service(service: Service, version: ServiceVersion, questions: int) -> dict[str, Any]:
    keywords = version.keywords.get(get_language() or "en") or version.keywords.get("en") or []
    return {
        "service_code": service.service_code,
        "service_name": localized(version.name),
        "description": localized(version.description),
        "metadata": questions > 0,
        "type": _type(version),
        "keywords": ",".join(keywords),
        "group": localized(version.category.name),
    }


def _type(version: ServiceVersion) -> str:
    """In the standard's words: whether a report gets its public number never, once its reporter has confirmed it, or at once."""
    if version.visibility == ServiceVersion.Visibility.PRIVATE:
        return "blackbox"
    return "batch" if version.must_confirm else "realtime"


def definition(city: Jurisdiction, service_code: str) -> dict[str, Any]:
    version = offered_version(city, service_code)
    attributes = [
        _attribute(question, version, order) for order, question in enumerate(intake.questions_of(version), start=1)
    ]
    return {"service_code": version.service.service_code, "attributes": attributes}


def _attribute(question: QuestionVersion, version: ServiceVersion, order: int) -> dict[str, Any]:
    kind = question_kinds.of(question)
    depends = bool(question.show_if) or intake.depends_on_place(question, version)
    attribute: dict[str, Any] = {
        "variable": kind.is_answered,
        "code": question.code,
        "datatype": kind.datatype,
        # A question that depends on an earlier answer or on the place is demanded only then; the definition cannot say so.
        "required": kind.is_answered and question.required and not depends,
        "datatype_description": localized(question.help) or None,
        "order": order,
        "description": localized(question.text),
    }
    if kind.is_choice:
        attribute["values"] = [
            {"key": str(option["value"]), "name": localized(option.get("label"))} for option in question.options
        ]
    return attribute


def discovery(city: Jurisdiction) -> dict[str, Any]:
    site = links.base_url(city)
    published = ServiceVersion.objects.filter(service__jurisdiction=city).aggregate(at=Max("published_at"))["at"]
    # In UTC, so that later ones sort after earlier ones.
    changeset = f"{(published or city.created_at).astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}"
    demo = is_demo(city)
    numbers = ", ".join(filter(None, [city.desk_number, city.desk_long_number]))
    said = {"city": city.name, "numbers": numbers, "site": f"{site}/"}
    contact = _("%(city)s: call %(numbers)s, or visit %(site)s") % said
    key_service = _("Reading needs no key. To send reports, ask for an api_key: call %(numbers)s.") % said
    if demo:
        contact = f"{demo_words()} {contact}"
    return {
        "changeset": changeset,
        "contact": contact,
        "key_service": key_service,
        "endpoints": [
            {
                "specification": SPECIFICATION,
                # With the slash, since some clients only append a name.
                "url": f"{site}/open311/v2/",
                "changeset": changeset,
                "type": "test" if demo else "production",
                "formats": [XMLRenderer.media_type, JSONRenderer.media_type],
            }
        ],
    }
