"""What staff sent after their session had ended: kept in the new session until they have signed in again.

Never in an address or on a page that is shown before that. See requests_app/forms/unsent_text.py for residents.
"""

from dataclasses import asdict, dataclass
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from requests_app.core import limits
from requests_app.forms import unsent_text

SESSION_KEY = "unsent"
# Who typed it, as a hidden field of the form: someone else who signs in on the same computer must not read it.
WRITER = "writer"
NOT_KEPT = {"csrfmiddlewaretoken", "password", "password1", "password2", "oldpassword"}
# Longer than all text fields of the largest form; more isn't typed by hand.
CHARACTERS_MAX = 100_000
FORMS_MAX = 5
KEPT_S = 2 * 60 * 60
AN_HOUR = 60


@dataclass
class Unsent:
    """One form. at: when it was sent, in seconds since 1970. used: whether the page shows it."""

    path: str
    fields: list[list[str]]
    writer: str
    at: float
    has_photos: bool
    used: bool = False

    def initial(self) -> dict[str, Any]:
        """Initial values for the form of the page."""
        self.used = True
        return dict(self.fields)

    @property
    def texts(self) -> list[str]:
        return unsent_text.texts_of([(name, value) for name, value in self.fields])


def keep(request: HttpRequest) -> None:
    """Keeps the form, except for photos, unless one network keeps too much."""
    fields = [[name, value] for name, values in request.POST.lists() if name not in NOT_KEPT for value in values]
    if sum(len(value) for _name, value in fields) > CHARACTERS_MAX or not limits.allow(request, "unsent", AN_HOUR):
        return
    writer = str(request.POST.get(WRITER, ""))
    one = Unsent(request.path, fields, writer, timezone.now().timestamp(), has_photos=bool(request.FILES))
    others = [other for other in _all(request) if other.path != request.path]
    _save(request, [*others, one][-FORMS_MAX:])


def find(request: HttpRequest) -> Unsent | None:
    """What the signed-in user sent to this address, if they are the one who typed it."""
    return next((one for one in _all(request) if one.path == request.path and _is_theirs(request, one)), None)


def drop(request: HttpRequest) -> None:
    """Forgets it, once the form was sent again."""
    if SESSION_KEY in request.session:
        _save(request, [one for one in _all(request) if one.path != request.path])


def _is_theirs(request: HttpRequest, unsent: Unsent) -> bool:
    return unsent.writer == str(request.user.pk)


def _all(request: HttpRequest) -> list[Unsent]:
    now = timezone.now().timestamp()
    return [Unsent(**one) for one in request.session.get(SESSION_KEY, []) if now - one["at"] < KEPT_S]


def _save(request: HttpRequest, every: list[Unsent]) -> None:
    if every:
        request.session[SESSION_KEY] = [{**asdict(one), "used": False} for one in every]
    else:
        request.session.pop(SESSION_KEY, None)
