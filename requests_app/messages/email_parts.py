"""What an email about a report shows besides its text: the status line, pictures, and links."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from requests_app import branding, links
from requests_app.core.localized import localized
from requests_app.models import CityImage, Disposition, Event, Jurisdiction, Photo, ServiceRequest, Status
from requests_app.places import map_picture_links


@dataclass(frozen=True)
class Tone:
    """Color of a status line by day and in the dark, with enough contrast between ink and background."""

    background: str
    ink: str
    dark: str
    dark_ink: str


TONES = {
    "good": Tone("#ecf3ec", "#19521b", "#10301a", "#a4e0a8"),
    "info": Tone("#e7f2f8", "#0b4778", "#12304a", "#a9d3f5"),
    "waits": Tone("#faf3d1", "#5c4100", "#3b2f0a", "#ffe396"),
    "plain": Tone("#edeff0", "#3d4551", "#2d3339", "#dfe1e2"),
}
# Of characters that no program turns into colored pictures.
SHAPES = {"good": "✓", "info": "●", "waits": "▲", "plain": "■"}
GOOD = (Disposition.FIXED, Disposition.ACTION_TAKEN, Disposition.ANSWERED)
# Of an email that is 600 px wide, without its margins.
WIDE_PX, HALF_PX = 552, 268
WHOLE, HALF = 100, 50
WORK_PHOTOS_MAX = 10
# Older photos of the work were in an earlier email.
PROGRESS_LASTS = dt.timedelta(days=1)


@dataclass(frozen=True)
class StatusLine:
    """The status: shape, words and color each say it alone. after_colon: the words in a subject."""

    label: str
    tone: str
    after_colon: str = ""

    @property
    def shape(self) -> str:
        return SHAPES[self.tone]


def status_line(service_request: ServiceRequest, kind: str, *, department: str, status: str, change: str) -> StatusLine:
    """In the active language. kind: of the email. status and change: from wording and timeline."""
    match kind:
        case "routed":
            words = _("%(department)s has it now") % {"department": department}
            return StatusLine(words, "info", words)
        case "asked":
            words = _("%(department)s has a question for you") % {"department": department}
            return StatusLine(words, "waits", words)
        case "reminded":
            return _line(_("We still need your answer"), "waits")
        case "changed":
            return _line(change, tone_now(service_request))
        case "commented":
            return _line(_("Update from %(who)s") % {"who": department}, "info")
        case "on_hold":
            return StatusLine(status, "plain", _("on hold"))
        case "resolved":
            return _line(status, tone_now(service_request))
        case "reopened":
            return _line(_("Open again"), "info")
        case "made_public":
            return _line(_("Your report is public now"), "waits")
    return _line(_("We got your report"), "info")


def _line(text: str, tone: str) -> StatusLine:
    # "Fixed" goes on after a colon as "fixed"; abbreviations stay.
    return StatusLine(text, tone, text[:1].lower() + text[1:] if text[1:2].islower() else text)


def tone_now(service_request: ServiceRequest) -> str:
    if service_request.is_open:
        return "plain" if service_request.status == Status.ON_HOLD else "info"
    return "good" if service_request.disposition in GOOD else "plain"


def about(service_request: ServiceRequest, place: str) -> str:
    """ "Pothole at 12 Elm St", in the active language."""
    name = localized(service_request.service_version.name)
    return _("%(service)s at %(place)s") % {"service": name, "place": place} if place else name


@dataclass(frozen=True)
class Picture:
    """share: of the email's width, in percent. width: in pixels, for Outlook. in_text: whether the plain part has it, too.

    dark_url: the same by night, for programs that know <picture>; empty if there is none.
    """

    url: str
    alt: str
    share: int
    width: int
    caption: str = ""
    in_text: bool = True
    dark_url: str = ""


def pictures(service_request: ServiceRequest, kind: str, event: Event, *, what: str) -> list[list[Picture]]:
    """Rows of one or two, for an email of this kind: only what everyone may see, since an email can be forwarded."""
    if not service_request.is_public:
        return []
    match kind:
        case "received":
            photos = _received_photo(service_request)
        case "resolved":
            photos = _work_photos(service_request, with_report=True)
        case "changed" | "commented":
            photos = _work_photos(service_request, since=event.at - PROGRESS_LASTS)
        case _:
            photos = []
    shown = [_picture(service_request, photo, caption, what) for photo, caption in photos if photo is not None]
    if len(shown) == 1 and _has_map(service_request):
        return [[*shown, _map(service_request, "small", what, HALF, HALF_PX)]]
    return [*([shown] if shown else []), *map_of(service_request, what=what)]


def map_of(service_request: ServiceRequest, *, what: str) -> list[list[Picture]]:
    """A row with the map of its public place, if it has one."""
    return [[_map(service_request, "medium", what, WHOLE, WIDE_PX)]] if _has_map(service_request) else []


def _has_map(service_request: ServiceRequest) -> bool:
    has_place = service_request.is_public and service_request.public_point is not None
    return has_place and bool(service_request.jurisdiction.basemap_version)


def _map(service_request: ServiceRequest, size: str, what: str, share: int, width: int) -> Picture:
    site, subject = links.base_url(service_request.jurisdiction), map_picture_links.of_report(service_request)
    by_day, at_night = (site + map_picture_links.path(subject, size, "png", at_night=dark) for dark in (False, True))
    return Picture(by_day, _("Map: %(what)s") % {"what": what}, share, width, in_text=False, dark_url=at_night)


Captioned = tuple[Photo | None, str]


def _received_photo(service_request: ServiceRequest) -> list[Captioned]:
    return [(_public_photos(service_request).filter(kind=Photo.Kind.REPORT).first(), "")]


def _work_photos(
    service_request: ServiceRequest, *, since: dt.datetime | None = None, with_report: bool = False
) -> list[Captioned]:
    """The newest of the work, and what it was before: with_report, the reporter's photo if there is no other."""
    found = _public_photos(service_request).filter(kind=Photo.Kind.WORK).order_by("-id")
    work = list((found.filter(created_at__gte=since) if since else found)[:WORK_PHOTOS_MAX])
    after = next((photo for photo in work if photo.stage != Photo.Stage.BEFORE), None)
    before = next((photo for photo in work if photo.stage == Photo.Stage.BEFORE), None)
    if with_report and after is not None and before is None:
        before = _public_photos(service_request).filter(kind=Photo.Kind.REPORT).first()
    has_both = after is not None and before is not None
    words = _("After the work") if has_both or (after is not None and after.stage) else _("Photo of the work")
    return [(after, words), (before, _("Before the work"))]


def _public_photos(service_request: ServiceRequest) -> QuerySet[Photo]:
    return service_request.photos.filter(is_private=False, hidden_at=None).order_by("id")


def _picture(service_request: ServiceRequest, photo: Photo, caption: str, what: str) -> Picture:
    words = caption or _("Photo")
    url = links.base_url(service_request.jurisdiction) + reverse("requests_app:photo_small", args=[photo.name])
    return Picture(url, f"{words}: {photo.alt or what}", HALF, HALF_PX, caption)


def me_too_url(service_request: ServiceRequest, *, own: bool) -> str:
    """The page with one button, for others than its reporter; empty if it isn't public or open."""
    if own or not service_request.is_public or not service_request.is_open:
        return ""
    path = reverse("requests_app:me_too", args=[service_request.reference])
    return links.base_url(service_request.jurisdiction) + path


def seal_url(jurisdiction: Jurisdiction) -> str:
    """Absolute: of the city's logo or seal as a PNG or JPEG, or of our default seal; empty if it has only another type."""
    path = branding.image_url(jurisdiction, CityImage.Kind.LOGO) or branding.seal_picture_url(jurisdiction)
    if not path or path.startswith("https://"):
        return path
    return links.base_url(jurisdiction) + path
