"""A resident asks the desk to call them, instead of waiting on the phone."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app.actions.contacts import call_backs
from requests_app.actions.people.reporters import normalized_phone
from requests_app.city_request import CityRequest
from requests_app.clock import app_now
from requests_app.core import limits
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import CallBack
from requests_app.rules.alarms.hotlines import help_in
from requests_app.rules.contacts.call_times import call_times
from requests_app.web.site.call_back_form import CallBackForm

# From one network, and to one number, so that nobody has others called.
AN_HOUR, TO_ONE_A_DAY = 5, 3


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call_back(request: CityRequest) -> HttpResponse:
    """Words that tell of danger are answered with whom to call now; who says that nobody is in danger is still called."""
    city = request.jurisdiction
    times = call_times(city, app_now())
    if "done" in request.GET:
        return render(request, "requests_app/site/call_back.html", {"is_done": True})
    if not times:
        raise Http404
    data = request.POST if request.method == "POST" else None
    form = CallBackForm(data, city=city, times=times, language=request.LANGUAGE_CODE)
    status, danger_help = 200, None
    if form.is_valid():
        values = form.cleaned_data
        danger_help = None if "no_danger" in request.POST else help_in(city, values["reason"])
        if danger_help is None and _may_ask(request, values["phone"]):
            call_backs.promise(
                city,
                kind=CallBack.Kind.CALL_BACK,
                phone=values["phone"],
                at=form.times[values["when"]].ends,
                language=values["language"],
                reason=values["reason"],
            )
            return redirect(f"{reverse('requests_app:call_back')}?done=1")
        status = 422
        if danger_help is None:
            form.add_error(None, too_many_requests(city))
            status = 429
    elif form.is_bound:
        status = 422
    context = {"form": form, "danger_help": danger_help}
    return render(request, "requests_app/site/call_back.html", context, status=status)


def _may_ask(request: CityRequest, phone: str) -> bool:
    number = limits.hashed(normalized_phone(phone))
    return limits.allow(request, "call_back", AN_HOUR) and limits.allow_key(
        f"call_back:{request.jurisdiction.pk}:{number}", most=TO_ONE_A_DAY, per_s=limits.DAY
    )
