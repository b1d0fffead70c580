"""What was typed and could not be taken: it stands on the page that says so, to be copied or sent again. Nothing typed is lost."""

from urllib.parse import urlsplit

from django.http import HttpRequest

from requests_app.models import ServiceRequest
from requests_app.rules import intake

# What nobody typed in words, and what must never stand on a page.
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
    # What a page shows or carries along by itself (see views.change).
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
}
# How a browser was reached is nothing that a report is begun anew for.
CONTACT = {"email", "phone", "name", "language"}
FIELDS_MAX = 100
# Shorter and without a space, it is a choice or a number.
A_WORD_MAX = 12


def words_of(request: HttpRequest, *, without: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    """The free words of the form that was sent, in its order."""
    if request.method != "POST":
        return []
    typed = [
        intake.clean_text(value)
        for name, values in list(request.POST.lists())[:FIELDS_MAX]
        if name not in NOT_WORDS | without
        for value in values
    ]
    return [one for one in typed if " " in one or "\n" in one or len(one) > A_WORD_MAX]


def words_beyond(request: HttpRequest, service_request: ServiceRequest) -> list[str]:
    """Those that the request, which was sent meanwhile, does not hold."""
    answers = [str(one.value) for one in service_request.answers.all()]
    held = {service_request.description, service_request.address, service_request.place_note, *answers}
    return [one for one in words_of(request, without=CONTACT) if one not in held]


def is_own_form(request: HttpRequest) -> bool:
    """Whether the browser says that the form came from a page of ours, though the token is missing or old."""
    origin = request.headers.get("Origin", "")
    return urlsplit(origin).netloc == request.get_host() and origin.startswith(f"{request.scheme}://")
