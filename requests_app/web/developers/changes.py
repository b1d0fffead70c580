"""What changed in the APIs, as a page and as an Atom feed."""

import datetime as dt
import hashlib

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.translation import override
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from requests_app import links
from requests_app.api.changelog import CHANGES, Change
from requests_app.city_request import CityRequest
from requests_app.core import markdown
from requests_app.web.developers import reference


@require_safe
@cache_control(max_age=30, public=True)
def developer_changes(request: HttpRequest) -> HttpResponse:
    """Newest first, each with the operations that it's about."""
    entries = [
        (change, markdown.render(change.text), markdown.render(change.act), _operations(change)) for change in CHANGES
    ]
    context = {"menu": reference.tags().values(), "entries": entries, "are_changes": True}
    return render(request, "requests_app/developers/developer_changes.html", context)


@require_safe
@cache_control(max_age=30, public=True)
def developer_changes_feed(request: CityRequest) -> HttpResponse:
    """All of them: a city's programs may ask once a year. In English, as the entries are."""
    city = request.jurisdiction
    site = links.base_url(city)
    with override("en"):
        page = site + reverse("requests_app:developer_changes")
    feed = Atom1Feed(
        title=f"{city.name}: changes to the APIs",
        link=page,
        description="",
        feed_url=site + request.path,
        feed_guid=site + request.path,
        language="en",
        author_name=f"{city.name} 311",
    )
    for change in CHANGES:
        text = markdown.render(change.text)
        feed.add_item(
            title=change.title,
            link=f"{page}#{change.slug}",
            unique_id=f"{page}#{change.slug}",
            description=format_html("{}{}", text, markdown.render(f"**What to do:** {change.act}"))
            if change.act
            else text,
            pubdate=dt.datetime.combine(change.day, dt.time.min, city.zone),
            updateddate=dt.datetime.combine(change.day, dt.time.min, city.zone),
        )
    written = feed.writeString("utf-8").encode()
    response = HttpResponse(written, content_type="application/atom+xml; charset=utf-8")
    response["ETag"] = etag = f'"{hashlib.sha256(written).hexdigest()[:20]}"'
    return get_conditional_response(request, etag=etag, response=response) or response


def _operations(change: Change) -> list[tuple[str, reference.Described]]:
    """Each with the slug of its page."""
    of_id = {one.id: (tag.slug, one) for tag in reference.tags().values() for one in tag.operations}
    return [of_id[name] for name in change.operations]
