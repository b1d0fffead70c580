"""Photo uploads, with a form or one by one from its page: stores each and reports errors by file name."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from requests_app import photos
from requests_app.actions.report import drafts
from requests_app.core import limits
from requests_app.messages.rate_limits import too_many_requests
from requests_app.models import Draft
from requests_app.rules.shared import intake, rate_limits


def take_photos(request: HttpRequest, add: Callable[[Any, str], object], *, room: int, most: int) -> list[str]:
    """Stores each upload with `add(file, key)`, at most `room` of them. Returns translated errors, by file name."""
    refused: list[str] = []
    left_out: list[str] = []
    for upload in request.FILES.getlist("photos"):
        name = intake.clean_text(upload.name or "")[:80]
        if room <= 0:
            # Do not even decode it: extra photos must cost nothing.
            left_out.append(name)
            continue
        if not limits.allow(request, "photo", rate_limits.PHOTOS_AN_HOUR):
            refused.append(too_many_requests(request.jurisdiction))  # type: ignore[attr-defined]
            break
        try:
            add(upload, request.POST.get("key", "")[:64])
            room -= 1
        except photos.PhotoRefused as error:
            refused.append(f"{name}: {error}")
    if left_out:
        words = _("You can add up to %(most)d photos. We kept the first ones and left out: %(names)s.")
        refused.append(words % {"most": most, "names": ", ".join(left_out[:20])})
    return refused


def take_photos_of_draft(request: HttpRequest, draft: Draft, *, keep_taken: bool) -> list[str]:
    """Adds the uploads to a report that isn't sent yet. Returns translated errors. keep_taken: see photos.store_upload."""

    def add(upload: Any, key: str) -> None:
        drafts.add_photo(draft, upload, size=upload.size or 0, key=key, keep_taken=keep_taken)

    return take_photos(request, add, room=photos.PHOTOS_MAX - draft.photos.count(), most=photos.PHOTOS_MAX)


def plain(text: str) -> HttpResponse:
    """An error for the script that sent a photo."""
    return HttpResponse(text, status=422, content_type="text/plain; charset=utf-8")
