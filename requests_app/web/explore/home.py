"""The home page: describe a problem, browse services, or check a report."""

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from requests_app.city_request import CityRequest
from requests_app.drawing.charts import Chart, formatted, sparkline
from requests_app.forms.report_forms import ProblemForm
from requests_app.models import Category, Jurisdiction
from requests_app.places import map_picture_links
from requests_app.rules.answers.most_reported import popular
from requests_app.rules.figures.city_weeks import city_weeks
from requests_app.rules.figures.recently_fixed import CACHED_S, recently_fixed
from requests_app.rules.promises.typical_times import city_time
from requests_app.rules.setup.offered_services import offered_versions
from requests_app.visitor import open_drafts
from requests_app.web.explore.forms import MapPlaceForm
from requests_app.web.permissions_policy import with_microphone
from requests_app.web.request.forms import FindForm


@require_safe
@with_microphone
def home(request: CityRequest) -> HttpResponse:
    return render(
        request,
        "requests_app/explore/home.html",
        {
            "form": ProblemForm(),
            "find_form": _find_form(),
            "place_form": MapPlaceForm(),
            "newest_open": map_picture_links.NEWEST,
            "categories": Category.objects.filter(jurisdiction=request.jurisdiction),
            "fixed": recently_fixed(request.jurisdiction),
            "figures": _figures(request.jurisdiction),
            "usual": city_time(request.jurisdiction),
            "popular": _popular(request.jurisdiction),
            "drafts": open_drafts(request)[:1],
            "switch_form": "report-form",
        },
    )


def _find_form() -> FindForm:
    """Its hint is part of its label."""
    form = FindForm(auto_id="find_%s")
    form.fields["reference"].help_text = ""
    form.fields["reference"].widget.attrs["class"] = "usa-input"
    return form


def _popular(jurisdiction: Jurisdiction) -> list[tuple[str, dict[str, str]]]:
    """Codes and names of the services that people report most."""
    key = f"popular:{jurisdiction.pk}"
    found: list[tuple[str, dict[str, str]]] | None = cache.get(key)
    if found is None:
        versions = popular(jurisdiction, offered_versions(jurisdiction))
        found = [(version.service.service_code, version.name) for version in versions]
        cache.set(key, found, timeout=CACHED_S)
    return found


def _figures(jurisdiction: Jurisdiction) -> list[dict[str, str | Chart]]:
    """This week's numbers, each with the last twelve weeks as a line."""
    weeks = city_weeks(jurisdiction)
    if weeks is None:
        return []
    days = [date_format(day, "MONTH_DAY_FORMAT") for day in weeks.last_days]

    def figure(code: str, label: str, title: str, values: list[int]) -> dict[str, str | Chart]:
        sentence = _("From %(first)s to %(last)s a week over the last %(count)d weeks.") % {
            "first": formatted(values[0]),
            "last": formatted(values[-1]),
            "count": len(values),
        }
        return {
            "number": formatted(values[-1]),
            "label": label,
            "chart": sparkline(code, title, days, values, sentence),
        }

    return [
        figure("reported", _("new reports"), _("Reported, by week"), weeks.reported),
        figure("closed", _("reports closed"), _("Closed, by week"), weeks.closed),
        figure("open", _("still open"), _("Still open, by week"), weeks.still_open),
    ]
