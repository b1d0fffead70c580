"""Placeholders of answer templates, "Your report {reference} is closed": which there are, and filling them in.

Pure: the caller loads the request with its service version, department and jurisdiction.
"""

import re
from collections.abc import Mapping

from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from requests_app.core.localized import localized
from requests_app.models import Disposition, ServiceRequest, User

# The outcomes that a template may be for. Handing over, merging and withdrawing have words of their own.
OUTCOMES = (
    Disposition.FIXED,
    Disposition.ACTION_TAKEN,
    Disposition.ANSWERED,
    Disposition.NOT_FOUND,
    Disposition.CANNOT_DO,
    Disposition.NO_REPLY,
)
# What a template may name, and what it becomes.
PLACEHOLDERS: dict[str, str | Promise] = {
    "reference": gettext_lazy("the report number"),
    "service": gettext_lazy("the service’s name"),
    "address": gettext_lazy("the address as everyone sees it"),
    "date": gettext_lazy("today’s date"),
    "department": gettext_lazy("the department"),
    "name_of_staff": gettext_lazy("your name"),
    "city": gettext_lazy("the city’s name"),
    "phone": gettext_lazy("the city’s number"),
}
_NAMED = re.compile(r"\{([^{}\n]*)\}")
_UNFILLED = re.compile(r"\{[A-Za-z_]+\}")


def problems(text: str) -> list[str]:
    """Words in braces that are no placeholder, as typed; and a brace alone."""
    unknown = [f"{{{name}}}" for name in _NAMED.findall(text) if name not in PLACEHOLDERS]
    rest = _NAMED.sub("", text)
    return list(dict.fromkeys([*unknown, *(brace for brace in "{}" if brace in rest)]))


def unfilled(text: str) -> list[str]:
    """Placeholders that are still in a text that is about to go out, as typed."""
    return list(dict.fromkeys(_UNFILLED.findall(text)))


def fill(texts: Mapping[str, str], service_request: ServiceRequest, language: str, *, staff: User) -> str:
    """The template's words in `language` (or else as localized() chooses), with everything filled in.

    The address is the public one: what is filled in may be read by everyone.
    """
    language = language if texts.get(language) else next((code for code, text in texts.items() if text), language)
    city = service_request.jurisdiction
    with override(language):
        values = {
            "reference": service_request.display_reference,
            "service": localized(service_request.service_version.name, language),
            "address": service_request.public_address or _("the place you reported"),
            "date": formats.date_format(timezone.localdate(timezone=city.zone), "DATE_FORMAT"),
            "department": str(service_request.department) if service_request.department else city.name,
            "name_of_staff": str(staff),
            "city": city.name,
            "phone": city.desk_number or city.desk_long_number,
        }
        return _NAMED.sub(lambda found: values.get(found[1], found[0]), localized(texts, language))
