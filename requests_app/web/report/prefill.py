"""Prefills a report from the first page's query: ?service=, ?lat= and ?long=, ?asset=, ?text=, or the code of a ?sign=.

Invalid values are reported or left out, and the report path asks for them. Reading writes nothing: link previews visit, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from requests_app.forms import place_input
from requests_app.forms.report_forms import typed_point
from requests_app.models import Jurisdiction, ServiceVersion
from requests_app.places import assets, signs
from requests_app.rules.report.path import offered
from requests_app.rules.setup.retirements import successor_of
from requests_app.rules.shared import intake

# The parameters, with the maximum length read of each.
NAMES = {"service": 60, "lat": 20, "long": 20, "asset": 60, "sign": 60}


@dataclass(frozen=True)
class Prefill:
    """parameters: as they came, which the form sends along. problems: messages about values that could not be used."""

    parameters: dict[str, str]
    version: ServiceVersion | None = None
    place: dict[str, Any] = field(default_factory=dict)
    thing: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def typed(self) -> dict[str, Any]:
        """The part that a draft stores."""
        service = {"service": self.version.service.service_code} if self.version else {}
        return service | ({"place": self.place} if self.place else {})

    @property
    def query(self) -> str:
        return f"?{urlencode(self.parameters)}" if self.parameters else ""

    @property
    def other_service_query(self) -> str:
        """The query for the same place without the service, to report something else there."""
        place = {name: value for name, value in self.parameters.items() if name != "service"}
        return f"?{urlencode(place | {'service': ''})}" if place else ""


def text_of(parameters: Mapping[str, str]) -> str:
    """What the text box begins with, for the person to check, as in the draft of an assistant."""
    return parameters.get("text", "").replace("\x00", "")[: intake.DESCRIPTION_MAX]


def read(jurisdiction: Jurisdiction, parameters: Mapping[str, str]) -> Prefill:
    values = {
        name: parameters[name].replace("\x00", "").strip()[:most] for name, most in NAMES.items() if name in parameters
    }
    problems: list[str] = []
    sign = signs.find(jurisdiction, values["sign"]) if values.get("sign") else None
    if values.get("sign") and sign is None:
        problems.append(_("We don’t recognize this sign. Tell us what the problem is and where it is."))
    # An empty value means: not the sign's service.
    code = values.get("service", sign.service_code if sign else "")
    version = offered(jurisdiction, code) if code else None
    if code and version is None and (successor := successor_of(jurisdiction.pk, code)):
        version = offered(jurisdiction, successor)
    if code and version is None:
        problems.append(_("We don’t offer that service here. Tell us the problem, and we’ll find the right one."))
    place = place_input.of_sign(jurisdiction, sign) if sign else {}
    if number := values.get("asset"):
        if asset := assets.by_number(jurisdiction, number):
            place = place_input.of_asset(jurisdiction, asset)
        else:
            problems.append(
                _("We couldn’t find anything with the number “%(number)s.” You can tell us where it is instead.")
                % {"number": number}
            )
    if not place and (point := typed_point(values.get("lat", ""), values.get("long", ""))):
        place = place_input.of_point(jurisdiction, point)
    if problem := place_input.problem(jurisdiction, place):
        problems.append(problem)
        place = {}
    return Prefill(
        {name: value for name, value in values.items() if value or (name == "service" and sign)},
        version,
        place,
        assets.called_in(jurisdiction, place),
        problems,
    )
