"""Was it already reported? Offers earlier reports to follow, which needs no email address."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from requests_app.actions.following import followers
from requests_app.actions.report import drafts, submission
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.forms.report_forms import FollowForm
from requests_app.messages.rate_limits import too_many_requests
from requests_app.messages.wording import ago, away, long_date, now_for, status_words
from requests_app.models import Draft, ServiceRequest
from requests_app.rules.report.duplicates import joinable
from requests_app.rules.report.path import Path
from requests_app.web.language_switch import requested_language
from requests_app.web.report.draft_page import draft_page, in_other_language, show, to_next_page

FOLLOWED_AN_HOUR = 100


@draft_page
def duplicates(request: CityRequest, draft: Draft) -> HttpResponse:
    """Is it one of these? Some services first ask whether the whole block has the problem."""
    path = Path(draft)
    if request.method == "POST":
        if language := requested_language(request):
            typed = {"email": request.POST.get("email", "")[:254], "with_words": "with_words" in request.POST}
            drafts.save(draft, **({} if path.is_block_open else {"follow_typed": typed}))
            return in_other_language(request, draft, language)
        if "different" in request.POST:
            drafts.save(draft, different=path.spot)
            return to_next_page(draft)
        if "block" in request.POST:
            drafts.save(draft, block=path.spot)
            return to_next_page(draft)
        if "follow" in request.POST:
            return _follow(request, draft, path)
    if not path.candidates:
        return to_next_page(draft)
    if path.is_block_open:
        return show(request, "duplicates_in_block", step=2, draft=draft, path=path)
    if request.method == "POST":
        # Pressing Enter in the email box answers neither yes nor no.
        return _page(
            request,
            draft,
            path,
            FollowForm(request.POST),
            _("Select “Yes, that’s it” at one of these reports, or “No, mine is different.”"),
        )
    return _page(request, draft, path, FollowForm(initial={"with_words": True, **draft.typed.get("follow_typed", {})}))


def _follow(request: CityRequest, draft: Draft, path: Path) -> HttpResponse:
    form = FollowForm(request.POST)
    reference = request.POST["follow"].replace("\x00", "")[:20]
    chosen = joinable(path.version).filter(reference=reference).first() if path.version else None
    if chosen is not None and not form.is_valid():
        return _page(request, draft, path, form)
    if chosen is None:
        problem = _why_not(request, reference)
    elif not limits.allow(request, "follow", FOLLOWED_AN_HOUR):
        return _page(request, draft, path, form, too_many_requests(request.jurisdiction), status=429)
    else:
        try:
            followers.follow(draft.pk, chosen.pk, **form.cleaned_data)
        except drafts.Incomplete:
            return to_next_page(draft)
        except followers.NotJoinable:
            problem = _why_not(request, reference)
        except submission.Refused as error:
            for name, words in error.problems.items():
                form.add_error(name, words)
            return _page(request, draft, path, form)
        else:
            return redirect("requests_app:sent", draft.pk)
    if path.candidates:
        return _page(request, draft, path, form, problem)
    messages.warning(request, problem)
    return to_next_page(draft)


def _why_not(request: CityRequest, reference: str) -> str:
    """Why the report can no longer be followed, as far as the public may know."""
    closed = (
        ServiceRequest.objects.public()
        .in_jurisdiction(request.jurisdiction)
        .ended()
        .select_related("service_version__department", "department", "owner")
        .filter(reference=reference)
        .first()
    )
    if closed is None:
        return _("You can’t follow that report anymore. We kept what you typed, so you can send your own.")
    closed.jurisdiction = request.jurisdiction
    message = _("That report is closed: “%(status)s.” We kept what you typed. Is it still a problem? Send your report.")
    return message % {"status": status_words(closed, to_reporter=False).rstrip(".")}


def _page(
    request: CityRequest, draft: Draft, path: Path, form: FollowForm, problem: str = "", status: int = 200
) -> HttpResponse:
    if problem:
        form.add_error(None, problem)
    return show(
        request,
        "duplicates",
        step=2,
        form=form,
        status=422 if form.errors and status == 200 else status,
        draft=draft,
        path=path,
        cards=_cards(request, path),
        own_words=path.excerpt(path.text, path.version),
        drops_photos=bool(path.photos),
    )


def _cards(request: CityRequest, path: Path) -> list[dict[str, Any]]:
    zone = request.jurisdiction.zone
    cards, now = [], now_for(candidate.service_request for candidate in path.candidates)
    for candidate in path.candidates:
        service_request = candidate.service_request
        service_request.jurisdiction = request.jurisdiction
        cards.append(
            {
                "request": service_request,
                "photo": next(iter(service_request.public_photos), None),  # type: ignore[attr-defined]
                "status_label": status_words(service_request, to_reporter=False, now=now),
                "away": away(candidate.meters),
                "has_same_photo": candidate.has_same_photo,
                "day": long_date(service_request.submitted_at.astimezone(zone).date()),
                "ago": ago(service_request.submitted_at, candidate.at),
            }
        )
    return cards
