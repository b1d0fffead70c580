"""[Me too], [Thank the crew] and [Follow]: one-button pages that links lead to from everywhere, so that lists stay cacheable.

js/vote.js fetches the page when the link is selected and sends its form, so that nobody has to select twice.
"""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from requests_app import links, references
from requests_app.actions.following import followers
from requests_app.actions.following import votes as actions
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.report import submission
from requests_app.actions.report.drafts import visitor_hash
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.link_access import RequestAccess, access_request, gets_updates
from requests_app.messages.rate_limits import too_many_requests
from requests_app.messages.wording import status_words
from requests_app.models import Participation, RequestVote
from requests_app.rules.following import votes as rules
from requests_app.visitor import get_visitor, set_visitor_cookie
from requests_app.web.link_cookie import set_link_cookie
from requests_app.web.report.duplicates import FOLLOWED_AN_HOUR
from requests_app.web.request.forms import FollowRequestForm
from requests_app.web.request.not_found import request_not_found
from requests_app.web.request.track import LOOKUPS_AN_HOUR, too_many, wrong_number

# A device without its cookie is a new one, so its network counts too: in all, and for one request.
BY_DEVICE_AN_HOUR = 60
BY_NETWORK_AN_HOUR = 600
BY_NETWORK_ON_ONE_AN_HOUR = 60
# Even if half a ward is without power.
ON_ONE_AN_HOUR = 3000

Page = Callable[[CityRequest, RequestAccess], HttpResponse]


def _of_public_request(view: Page) -> Callable[[CityRequest, str], HttpResponse]:
    """A page of a request that everybody may see, or that was merged into one; 404 for all others, as if they didn't exist."""

    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def guarded(request: CityRequest, reference: str) -> HttpResponse:
        parsed = references.parse(reference)
        if parsed is not None and parsed != reference:
            return redirect(request.resolver_match.view_name, parsed)  # type: ignore[union-attr]
        if not limits.allow(request, "lookup", LOOKUPS_AN_HOUR):
            return too_many(request)
        access = access_request(request, reference)
        if access is None:
            return wrong_number(request, reference)
        if not (access.service_request.is_public and access.shown.is_public):
            return request_not_found(request, reference)
        return view(request, access)

    return guarded


@_of_public_request
def me_too(request: CityRequest, access: RequestAccess) -> HttpResponse:
    """Counts one more person who is affected."""
    return _vote_page(request, access, RequestVote.Kind.ME_TOO)


@_of_public_request
def thanks(request: CityRequest, access: RequestAccess) -> HttpResponse:
    return _vote_page(request, access, RequestVote.Kind.THANKS)


def _vote_page(request: CityRequest, access: RequestAccess, kind: RequestVote.Kind) -> HttpResponse:
    visitor = get_visitor(request)
    if request.method != "POST":
        return _page(request, access, kind)
    if not _may_vote(request, access, visitor):
        return too_many(request)
    requests = _requests(access, kind)
    if "undo" in request.POST:
        actions.undo(requests, kind, visitor_hash=visitor_hash(visitor))
        return redirect(request.path)
    try:
        actions.vote(
            access.shown.pk,
            kind,
            visitor_hash=visitor_hash(visitor),
            person=access.link.person if access.link else None,
            merged=requests - {access.shown.pk},
        )
    except actions.CannotVote:
        # Closed, or hidden, since this request was read: the page says which.
        again = _public_still(request, access)
        return _page(request, again, kind, status=409) if again else request_not_found(request)
    return set_visitor_cookie(redirect(request.path), visitor)


def _public_still(request: CityRequest, access: RequestAccess) -> RequestAccess | None:
    again = access_request(request, access.service_request.reference)
    return again if again is not None and again.service_request.is_public and again.shown.is_public else None


def _may_vote(request: CityRequest, access: RequestAccess, visitor: str) -> bool:
    pk = access.shown.pk
    return (
        limits.allow_key(f"vote-by:{visitor_hash(visitor)[:24]}", most=BY_DEVICE_AN_HOUR, per_s=limits.HOUR)
        and limits.allow(request, "vote", BY_NETWORK_AN_HOUR)
        and limits.allow(request, f"vote:{pk}", BY_NETWORK_ON_ONE_AN_HOUR)
        and limits.allow_key(f"vote-on:{pk}", most=ON_ONE_AN_HOUR, per_s=limits.HOUR)
    )


def _requests(access: RequestAccess, kind: str) -> set[int]:
    """All that count together, and the one that was opened, which may be merged two steps below."""
    opened = {access.service_request.pk, access.shown.pk}
    return opened.union(rules.with_merged(access.shown.pk)) if kind == RequestVote.Kind.ME_TOO else opened


def _page(request: CityRequest, access: RequestAccess, kind: RequestVote.Kind, status: int = 200) -> HttpResponse:
    shown, hashed, requests = access.shown, visitor_hash(get_visitor(request)), _requests(access, kind)
    person = access.link.person if access.link else None
    me_too = kind == RequestVote.Kind.ME_TOO
    is_reporter = me_too and rules.is_reporter(hashed, person, requests)
    context = {
        "service_request": access.service_request,
        "shown": shown,
        "is_possible": rules.is_possible(shown, kind),
        "voted": not is_reporter and rules.vote_of(hashed, kind, requests) is not None,
        "is_reporter": is_reporter,
        "follows": access.link is not None and (access.own or gets_updates(access)),
        "form": FollowRequestForm() if me_too else None,
        "status": status_words(shown, to_reporter=False),
    }
    return render(request, f"requests_app/request/{kind}.html", context, status=status)


@_of_public_request
def follow_request(request: CityRequest, access: RequestAccess) -> HttpResponse:
    """Updates by email on somebody else's report."""
    # Somebody who joined it without an address may want email now.
    if access.link is not None and (access.own or gets_updates(access)):
        messages.info(request, _("You’re following this report."))
        return redirect("requests_app:track", access.service_request.reference)
    if request.method != "POST":
        return _follow_page(request, access, FollowRequestForm())
    form = FollowRequestForm(request.POST)
    if not form.is_valid():
        return _follow_page(request, access, form, 422)
    if not limits.allow(request, "follow", FOLLOWED_AN_HOUR):
        form.add_error(None, too_many_requests(request.jurisdiction))
        return _follow_page(request, access, form, 429)
    try:
        # They are counted by “Me too,” which is a question of its own.
        _person, link = followers.join(
            access.shown.pk,
            reporter=Reporter(email=form.cleaned_data["email"]),
            language=request.LANGUAGE_CODE,
            role=Participation.Role.FOLLOWER,
        )
    except followers.NotJoinable:
        again = _public_still(request, access)
        return _follow_page(request, again, form, 409) if again else request_not_found(request)
    except submission.Refused as error:
        for name, words in error.problems.items():
            form.add_error(name, words)
        return _follow_page(request, access, form, 422)
    messages.success(request, _("You’re signed up. We’ll email you when something happens."))
    response = redirect("requests_app:track", access.shown.reference)
    set_link_cookie(response, links.token(link), access.shown)
    return response


def _follow_page(
    request: CityRequest, access: RequestAccess, form: FollowRequestForm, status: int = 200
) -> HttpResponse:
    context = {"service_request": access.service_request, "shown": access.shown, "form": form}
    return render(request, "requests_app/request/follow_request.html", context, status=status)
