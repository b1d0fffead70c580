"""Text that was sent but could not be saved: the error page shows it, so that it can be copied or sent again."""

from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from django.http import HttpRequest

from requests_app.models import ServiceRequest
from requests_app.rules.shared import intake

# Fields that hold no typed text, or that must never be shown on a page.
NOT_WORDS = {
    "csrfmiddlewaretoken",
    "password",
    "password1",
    "password2",
    "oldpassword",
    "code",
    "next",
    "version",
    "remove_photo",
    "key",
    "subject",
    "opened",
    # What a page sends along by itself (see web/request/edit.py).
    "was",
    "lat",
    "long",
    "shown_address",
    "shown_lat",
    "shown_long",
    "choice",
    "owner",
    "said_no",
    "seen",
    "photo_lat",
    "photo_long",
    "photo_at",
    "photo_offset",
    "photo_off_m",
    "pick",
    # See staff_app/last_event.py and staff_app/unsent.py.
    "last_event",
    "writer",
}
# Contact details are no reason to start a new report.
CONTACT = {"email", "phone", "name", "language"}
FIELDS_MAX = 100
# A shorter value without a space is a choice or a number.
A_WORD_MAX = 12


def typed_texts(request: HttpRequest, *, without: Collection[str] = ()) -> list[str]:
    """The free texts of the submitted form, in its order."""
    if request.method != "POST":
        return []
    fields = list(request.POST.lists())[:FIELDS_MAX]
    return texts_of([(name, value) for name, values in fields for value in values], without=without)


def texts_of(fields: Iterable[tuple[str, str]], *, without: Collection[str] = ()) -> list[str]:
    """The free texts among these fields."""
    typed = [intake.clean_text(value) for name, value in fields if name not in NOT_WORDS and name not in without]
    return [text for text in typed if " " in text or "\n" in text or len(text) > A_WORD_MAX]


def texts_not_in(request: HttpRequest, service_request: ServiceRequest) -> list[str]:
    """The texts of the submitted form that the request, sent in the meantime, does not contain."""
    answers = [str(answer.value) for answer in service_request.answers.all()]
    saved = {service_request.description, service_request.address, service_request.place_note, *answers}
    return [text for text in typed_texts(request, without=CONTACT) if text not in saved]


def is_own_form(request: HttpRequest) -> bool:
    """Whether the Origin header says that the form came from this site, even if its CSRF token is missing or old."""
    origin = request.headers.get("Origin", "")
    return urlsplit(origin).netloc == request.get_host() and origin.startswith(f"{request.scheme}://")
