"""The link below an email of several updates that ends them."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from requests_app import links
from requests_app.actions.following import followers, subscriptions
from requests_app.city_request import CityRequest


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_digest_link(request: CityRequest, token: str) -> HttpResponse:
    """A page with a button, or a one-click POST by the email program. The token is enough; also fine if already gone."""
    link = links.parse_digest_token(token)
    if link is None:
        return render(request, "requests_app/account/verify.html", {"link": None}, status=404)
    done = request.method == "POST"
    if done and link.subscription is not None:
        subscriptions.unsubscribe_by_email(link)
    elif done:
        followers.unsubscribe_digest(link)
    return render(request, "requests_app/account/unsubscribe.html", {"done": done, "of_reports": not link.subscription})
