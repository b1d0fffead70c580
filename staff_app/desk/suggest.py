"""What the one box suggests while a taker types: numbers, services, addresses, assets and answers."""

from typing import Any

from django.http import HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from requests_app import access, references
from requests_app.core.localized import localized
from requests_app.models import Asset, ServiceVersion
from requests_app.places import addresses, assets
from requests_app.rules.answers import staff_articles
from requests_app.rules.contacts import contacts
from requests_app.rules.setup.offered_services import offered_versions
from staff_app.decorators import StaffRequest, need_in_city, staff_page
from staff_app.desk.box import PLACE_MAX
from staff_app.desk.desk import PERMISSION
from staff_app.desk.steps import beginning_with

SERVICES, ADDRESSES, ANSWERS = 3, 3, 2
# A service that was picked from the list, as the box sends it.
SERVICE = "service:"
Row = dict[str, Any]


@never_cache
@require_safe
@staff_page
def desk_suggest(request: StaffRequest) -> HttpResponse:
    """For js/combobox.js: label is what the box gets, choice what the list shows, pick a service that is chosen at once."""
    need_in_city(request, PERMISSION)
    typed = request.GET.get("q", "").replace("\x00", "").strip()
    # A longer text tells of a problem, which Enter looks up.
    return JsonResponse(_rows(request, typed) if 0 < len(typed) <= PLACE_MAX else [], safe=False)


def _rows(request: StaffRequest, typed: str) -> list[Row]:
    if (number := _number(request, typed)) is not None:
        return [number]
    city = request.jurisdiction
    rows: list[Row] = [
        _row(localized(version.name), _("Service: %(name)s"), pick=SERVICE + version.service.service_code)
        for version in named_services(offered_versions(city), typed)[:SERVICES]
    ]
    if any(letter.isdigit() for letter in typed):
        for asset in Asset.objects.filter(jurisdiction=city, asset_id__iexact=typed)[:1]:
            rows.append({"label": asset.asset_id, "choice": assets.name_of(city, asset)})
    rows += [{"label": match.label, "choice": match.choice} for match in addresses.search(city, typed, limit=ADDRESSES)]
    titles = staff_articles.titles(city, typed, request.LANGUAGE_CODE, user=request.user, most=ANSWERS)
    return rows + [_row(title, _("Answer: %(name)s")) for title in titles]


def _row(name: str, words: str, **more: str) -> Row:
    return {"label": name, "choice": words % {"name": name}, **more}


def _number(request: StaffRequest, typed: str) -> Row | None:
    """A contact's or a report's own number; of a report only if this taker may open it."""
    if (contact := contacts.find(request.jurisdiction, typed)) is not None:
        number = references.display_contact(contact.number)
        return _row(number, _("Contact %(name)s"))
    reference = references.parse(typed)
    own = access.find(request.user, reference, jurisdiction=request.jurisdiction) if reference else None
    return _row(own.display_reference, _("Report %(name)s")) if own is not None else None


def named_services(versions: list[ServiceVersion], typed: str) -> list[ServiceVersion]:
    """Those whose name begins with what was typed, then those with a word that does."""
    first = beginning_with(versions, typed)
    start = f" {typed.strip().casefold()}"
    inside = [one for one in versions if start.strip() and start in localized(one.name).casefold()]
    return first + [one for one in inside if one not in first]
