"""The city's seal and colors. Their URLs change with their content, so browsers may cache them for a year."""

from csp.decorators import csp_update
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_safe

from requests_app import branding

YEAR_S = 365 * 86_400


@require_safe
def theme(request: HttpRequest) -> HttpResponse:
    """The colors as a style sheet, since the content security policy forbids inline styles. ?v= is its version."""
    found = branding.theme_of(request.jurisdiction)  # type: ignore[attr-defined]
    response = HttpResponse(found.sheet, content_type="text/css")
    if request.GET.get("v") == found.version:
        patch_cache_control(response, public=True, max_age=YEAR_S, immutable=True)
    else:
        patch_cache_control(response, public=True, max_age=30)
    return response


# An SVG opened directly is a document: sandbox it, so that scripts in it can't run as this site.
@csp_update({"sandbox": True})  # type: ignore[arg-type]
@require_safe
def seal(request: HttpRequest, version: str, ending: str) -> HttpResponse:
    found = branding.seal_of(request.jurisdiction)  # type: ignore[attr-defined]
    if found is None or found.version != version:
        raise Http404
    body = found.body if found.ending == ending else branding.seal_png(found) if ending == "png" else None
    if body is None:
        raise Http404
    response = HttpResponse(body, content_type=branding.SEAL_TYPES[ending])
    patch_cache_control(response, public=True, max_age=YEAR_S, immutable=True)
    return response


@require_safe
def city_image(request: HttpRequest, kind: str, version: str) -> HttpResponse:
    """The city's logo, or the picture that goes with shared links."""
    content = branding.image_of(request.jurisdiction, kind, version)  # type: ignore[attr-defined]
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type="image/png")
    patch_cache_control(response, public=True, max_age=YEAR_S, immutable=True)
    return response
