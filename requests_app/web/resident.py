"""Residents' sign-in: a session separate from the staff's, which holds the id of a contact point."""

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
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.views.decorators.cache import never_cache

from requests_app.city_request import CityRequest
from requests_app.clock import app_now
from requests_app.models import ContactPoint
from requests_app.web.link_cookie import delete_link_cookie

COOKIE = KEY = "resident"
SINCE = "since"
# Hash of the verified address: the row may have changed since, to an address this sign-in didn't verify.
PROVED = "proved"
# Reports opened from the list; signing out closes them too.
OPENED = "opened"
# Each needs two cookies, and browsers keep about a hundred. Opening one more closes the oldest.
OPENED_MOST = 30
KEPT = dt.timedelta(days=30)
# Maximum age of a sign-in for what can't be undone: a copy of all data, erasing it, a new address.
FRESH = dt.timedelta(minutes=30)


@dataclass(frozen=True)
class Resident:
    """contact_point: the address the sign-in link verified; one of possibly many rows with this address."""

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
    # Erased in the meantime, or of another city: not signed in here.
    found = ContactPoint.objects.select_related("person").filter(
        pk=contact_point_id, person__jurisdiction=request.jurisdiction
    )
    contact_point = found.first()
    if contact_point is None or session.get(PROVED) != _hash_of(contact_point):
        return None
    # Reuse the jurisdiction from the middleware instead of a query.
    contact_point.person.jurisdiction = request.jurisdiction
    return Resident(contact_point, is_fresh=age < FRESH)


def _hash_of(contact_point: ContactPoint) -> str:
    return salted_hmac("requests_app.resident", contact_point.normalized, algorithm="sha256").hexdigest()


def sign_in(request: HttpRequest, response: HttpResponse, contact_point: ContactPoint) -> HttpResponse:
    """Starts a session under a new key, never one that was already in the browser (session fixation)."""
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
    """Deletes the session on the server too, so that a copied cookie opens nothing."""
    if key := request.COOKIES.get(COOKIE, ""):
        session = SessionStore(session_key=key)
        # Never touch a staff session, even if its key is in our cookie.
        if KEY in session:
            for reference in session.get(OPENED, []):
                delete_link_cookie(response, reference)
            session.delete()


@transaction.atomic
def remember_opened(request: HttpRequest, response: HttpResponse, reference: str) -> HttpResponse:
    """Remembers an opened report, so that signing out on a shared computer closes it."""
    # Lock first: several may be opened at once in different tabs.
    kept = Session.objects.select_for_update().filter(session_key=request.COOKIES.get(COOKIE, "")).first()
    if kept is not None:
        knows = kept.get_decoded()
        opened = [*(other for other in knows.get(OPENED, []) if other != reference), reference]
        for oldest in opened[:-OPENED_MOST]:
            delete_link_cookie(response, oldest)
        kept.session_data = Session.objects.encode({**knows, OPENED: opened[-OPENED_MOST:]})
        kept.save(update_fields=["session_data"])
    return response


P = ParamSpec("P")
Own = Callable[Concatenate[CityRequest, Resident, P], HttpResponseBase]


def own_page(
    *, fresh: bool = False, home: str = "my"
) -> Callable[[Own[P]], Callable[Concatenate[CityRequest, P], HttpResponseBase]]:
    """Requires a resident's sign-in, or redirects to it. fresh: at most half an hour old, else asks for a new link.

    home: the name of the page that signs in.
    """

    def decorate(view: Own[P]) -> Callable[Concatenate[CityRequest, P], HttpResponseBase]:
        @never_cache
        @wraps(view)
        def guarded(request: CityRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            resident = resident_of(request)
            if resident is None:
                return redirect(f"requests_app:{home}")
            if fresh and not resident.is_fresh:
                context = {"resident": resident, "home": reverse(f"requests_app:{home}")}
                return render(request, "requests_app/account/my_sign_in_again.html", context, status=403)
            return view(request, resident, *args, **kwargs)

        return guarded

    return decorate
