"""Photos: every view checks permission first, since the files have no URL of their own."""

import io
import uuid
from collections.abc import Callable

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe
from PIL import Image

from requests_app import links
from requests_app.models import Draft, Participation, Photo
from requests_app.photos import file_response
from requests_app.rules.people import permissions
from requests_app.visitor import own_draft

# For several side by side on a phone: a fifth of the small photo's weight.
THUMB_PX, THUMB_QUALITY = 240, 70
THUMB_CACHED_S = 3600


def may_see(request: HttpRequest, photo: Photo) -> tuple[bool, bool]:
    """(may this reader see it, may everyone see it)."""
    service_request = photo.service_request
    if service_request is None:
        # Still in a draft: only for the browser that started it, or the taker who writes it.
        return photo.draft_id is not None and _writes(request, photo.draft_id), False
    if service_request.is_public and not photo.is_private and photo.hidden_at is None:
        return True, True
    if permissions.can(request.user, "view", service_request):
        return True, False
    # Reporters always see their own photos. People who joined or follow see what everyone sees.
    link = links.link_from_cookie(request)
    if link is None or link.service_request_id != service_request.pk or photo.hidden_at is not None:
        return False, False
    return service_request.participations.filter(person=link.person, role__in=Participation.OWN).exists(), False


def _writes(request: HttpRequest, draft_id: uuid.UUID) -> bool:
    if own_draft(request, draft_id) is not None:
        return True
    return request.user.is_authenticated and Draft.objects.filter(pk=draft_id, taker=request.user.pk).exists()


# With a reference the URL lies below the request's page, where the cookie of its private link is sent.
@require_safe
def photo(request: HttpRequest, name: str, reference: str = "") -> HttpResponseBase:
    return _serve(request, name, file_response)


@require_safe
def photo_small(request: HttpRequest, name: str, reference: str = "") -> HttpResponseBase:
    return _serve(request, name, _small)


@require_safe
def photo_thumb(request: HttpRequest, name: str) -> HttpResponseBase:
    return _serve(request, name, _thumb)


def _serve(request: HttpRequest, name: str, answer: Callable[[Photo], HttpResponseBase]) -> HttpResponseBase:
    photo = (
        Photo.objects.select_related("service_request")
        .filter(name=name, jurisdiction=request.jurisdiction)  # type: ignore[attr-defined]
        .first()
    )
    if photo is None:
        raise Http404
    allowed, everybody = may_see(request, photo)
    # 404, not 403: a 403 would tell a stranger that there is a photo.
    if not allowed:
        raise Http404
    response = answer(photo)
    # A photo that staff hide leaves every shared cache within half a minute.
    response["Cache-Control"] = "public, max-age=30" if everybody else "private, no-store"
    # Other sites may embed public photos; Open311 clients do.
    response["Cross-Origin-Resource-Policy"] = "cross-origin" if everybody else "same-origin"
    return response


def _small(photo: Photo) -> FileResponse:
    return file_response(photo, small=True)


def _thumb(photo: Photo) -> HttpResponse:
    """Made from the small photo when it's asked for. Raises Http404 if that is gone. A draft's is kept nowhere."""
    key = f"photo_thumb:{photo.name}"
    is_sent = photo.service_request_id is not None
    content: bytes | None = cache.get(key) if is_sent else None
    if content is None:
        out = io.BytesIO()
        try:
            with default_storage.open(photo.small_path) as file, Image.open(file) as picture:
                picture.thumbnail((THUMB_PX, THUMB_PX))
                picture.save(out, "JPEG", quality=THUMB_QUALITY, optimize=True, progressive=True)
        except FileNotFoundError:
            raise Http404 from None
        content = out.getvalue()
        if is_sent:
            cache.set(key, content, timeout=THUMB_CACHED_S)
    return HttpResponse(content, content_type="image/jpeg", headers={"Content-Disposition": "inline"})
