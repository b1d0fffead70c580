"""What closing a request calls for: a photo of the work or a visit, as its service asks; or a listed reason why there is none."""

from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.models import Disposition, Jurisdiction, ListedReason, Photo, ServiceRequest

# After these outcomes, work was done that can be shown.
WORK_DONE = (Disposition.FIXED, Disposition.ACTION_TAKEN)


def asks_for_photo(service_request: ServiceRequest, disposition: str) -> bool:
    """Of the finished work, if the service asks for it; whatever the service, of the place where nothing was found."""
    if disposition == Disposition.NOT_FOUND:
        return True
    return disposition in WORK_DONE and service_request.service_version.evidence == "photo"


def asks_for_visit(service_request: ServiceRequest, disposition: str) -> bool:
    return disposition in WORK_DONE and service_request.service_version.evidence == "visit"


def missing(
    service_request: ServiceRequest, disposition: str, *, visited: bool | None, gives_photo: bool = False
) -> str:
    """ "photo" or "visit", if that is asked for and not there. gives_photo: with the outcome."""
    if asks_for_photo(service_request, disposition):
        return "" if gives_photo or has_photo(service_request) else "photo"
    return "visit" if asks_for_visit(service_request, disposition) and not visited else ""


def has_photo(service_request: ServiceRequest) -> bool:
    """Whether it has a photo of the work, taken since it was last reopened."""
    photos = service_request.photos.filter(kind=Photo.Kind.WORK, hidden_at=None)
    reopened = service_request.events.filter(kind="reopened").order_by("-id").first()
    return (photos.filter(created_at__gt=reopened.at) if reopened else photos).exists()


def reasons(jurisdiction: Jurisdiction) -> dict[str, str]:
    """The listed reasons for closing without evidence, by code: the city's own, or the built-in ones if it lists none."""
    by_code = jurisdiction.reasons_by_code.values()
    listed = [reason for reason in by_code if reason.kind == ListedReason.Kind.NO_EVIDENCE and reason.active]
    return {reason.code: localized(reason.words) for reason in listed} or _built_in()


def reason_words(jurisdiction: Jurisdiction, code: str) -> str:
    """Also of a reason that the city no longer lists; empty if it never did."""
    if not code:
        return ""
    listed = jurisdiction.reasons_by_code.get((ListedReason.Kind.NO_EVIDENCE, code))
    return localized(listed.words) if listed else _built_in().get(code, "")


def _built_in() -> dict[str, str]:
    return {
        "unsafe": _("it wasn’t safe"),
        "private": _("it would show people or the inside of a home"),
        "nothing_to_see": _("the work can’t be seen, for example underground"),
        "from_office": _("it could be done from the office"),
        "by_others": _("another team or company did it"),
        "no_camera": _("the camera didn’t work"),
    }
