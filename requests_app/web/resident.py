"""Who is signed in as a resident: a session of their own, apart from the staff's, that knows an address by its row alone."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache

from requests_app.clock import app_now
from requests_app.models import ContactPoint
from requests_app.web.city_request import CityRequest
from requests_app.web.link_cookie import delete_link_cookie

COOKIE = KEY = "resident"
SINCE = "since"
# Of the address that was proved (a hash): the row may hold another one since, which this sign-in did not prove.
PROVED = "proved"
# The reports that were opened from the list; signing out closes them too.
OPENED = "opened"
# Each is two cookies, of which a browser keeps some hundred. Opening one more closes the oldest.
OPENED_MOST = 30
KEPT = dt.timedelta(days=30)
# What cannot be taken back (a copy of all data, erasing it, another address) needs a sign-in that is not older.
FRESH = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Resident:
    """contact_point: the address that the mailed link proved; one of perhaps many rows with this address."""

    contact_point: ContactPoint
    is_fresh: bool

    @property
    def address(self) -> str:
        return self.contact_point.value


def resident_of(request: CityRequest) -> Resident | None:
    key = request.COOKIES.get(COOKIE, "")
    if not key:
        return None
    session = SessionStore(session_key=key)
    contact_point_id, since = session.get(KEY), session.get(SINCE)
    if contact_point_id is None or since is None:
        return None
    age = app_now() - dt.datetime.fromisoformat(since)
    if age >= KEPT:
        return None
    # Erased meanwhile, or another city's: then nobody is signed in here.
    found = ContactPoint.objects.select_related("person").filter(
        pk=contact_point_id, person__jurisdiction=request.jurisdiction
    )
    contact_point = found.first()
    if contact_point is None or session.get(PROVED) != _hash_of(contact_point):
        return None
    # The one that the middleware found; not a second query.
    contact_point.person.jurisdiction = request.jurisdiction
    return Resident(contact_point, is_fresh=age < FRESH)


def _hash_of(contact_point: ContactPoint) -> str:
    return salted_hmac("requests_app.resident", contact_point.normalized, algorithm="sha256").hexdigest()


def sign_in(request: HttpRequest, response: HttpResponse, contact_point: ContactPoint) -> HttpResponse:
    """Under a key that is made here: one that somebody else put into this browser before is never taken over."""
    _forget(request, response)
    session = SessionStore()
    session[KEY] = contact_point.pk
    session[SINCE] = app_now().isoformat()
    session[PROVED] = _hash_of(contact_point)
    session.set_expiry(KEPT)
    session.create()
    response.set_cookie(
        COOKIE,
        str(session.session_key),
        max_age=int(KEPT.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    return response


def sign_out(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    _forget(request, response)
    response.delete_cookie(COOKIE)
    return response


def _forget(request: HttpRequest, response: HttpResponse) -> None:
    """The session goes here too, so that a copy of its cookie opens nothing."""
    if key := request.COOKIES.get(COOKIE, ""):
        session = SessionStore(session_key=key)
        # A member of staff's session is none of ours, whoever put its key here.
        if KEY in session:
            for reference in session.get(OPENED, []):
                delete_link_cookie(response, reference)
            session.delete()


@transaction.atomic
def remember_opened(request: HttpRequest, response: HttpResponse, reference: str) -> HttpResponse:
    """Whoever sits at this computer next must not find the report open."""
    # Lock first: several may be opened at once, each in a tab of its own.
    kept = Session.objects.select_for_update().filter(session_key=request.COOKIES.get(COOKIE, "")).first()
    if kept is not None:
        knows = kept.get_decoded()
        opened = [*(one for one in knows.get(OPENED, []) if one != reference), reference]
        for oldest in opened[:-OPENED_MOST]:
            delete_link_cookie(response, oldest)
        kept.session_data = Session.objects.encode({**knows, OPENED: opened[-OPENED_MOST:]})
        kept.save(update_fields=["session_data"])
    return response


P = ParamSpec("P")
Own = Callable[Concatenate[CityRequest, Resident, P], HttpResponseBase]


def own_page(*, fresh: bool = False) -> Callable[[Own[P]], Callable[Concatenate[CityRequest, P], HttpResponseBase]]:
    """For whoever is signed in; others are led to the sign-in. fresh: since half an hour at most, else by a new link."""

    def decorate(view: Own[P]) -> Callable[Concatenate[CityRequest, P], HttpResponseBase]:
        @never_cache
        @wraps(view)
        def guarded(request: CityRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            resident = resident_of(request)
            if resident is None:
                return redirect("requests_app:my")
            if fresh and not resident.is_fresh:
                return render(request, "requests_app/account/my_sign_in_again.html", {"resident": resident}, status=403)
            return view(request, resident, *args, **kwargs)

        return guarded

    return decorate
