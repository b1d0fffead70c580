"""Response headers: no foreign scripts, frames, type sniffing or secrets in referrers, and what caches may store."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from requests_app.core import secret_addresses
from tests.pages import (
    ARTICLE_KEEPER,
    DEMO_PAGES,
    DRAFT,
    LINK,
    PAGES,
    RESIDENT,
    SIGNED_IN,
    SIGNING_IN,
    Page,
    address,
    addresses,
    is_translated,
    link_to,
    staff,
)
from tests.planted import VISITOR, Planted, kept_for_a_module, token_of

pytestmark = pytest.mark.shows("10.7")

STRANGER = "203.0.113.9"
# How long a shared cache may store public pages, and so how long hidden content can remain visible.
SHARED_S = 30
# Longer, because they are not about requests: the basemap, addresses, the catalog and files for crawlers.
MAY_BE_OLDER = {
    "basemap_tile": 60, "map_style": 60, "place_search": 300, "place_nearest": 300,
    "open311_discovery": 300, "open311_services": 300, "open311_service": 300,
    "api_document": 300, "v1_categories": 300, "v1_services": 300, "v1_service": 300, "v1_areas": 300, "v1_area": 300,
    "v1_places": 300, "v1_assets": 300, "v1_asset": 300, "v1_city": 300, "v1_webhook_events": 300,
    "v1_ogc": 300, "v1_ogc_conformance": 300, "v1_ogc_definition": 300, "v1_ogc_collections": 300, "v1_ogc_collection": 300,
    "v1_ogc_areas": 300, "v1_ogc_area": 300, "v1_ogc_assets": 300, "v1_ogc_asset": 300,
    "robots": 3600, "sitemap": 3600, "requests_app:area_calendar": 3600,
    # Of areas and the city; those of reports are kept for 30 seconds (tests/requests_app/places/test_map_pictures.py).
    "map_picture": 86_400,
    # Its URL contains a hash of its content.
    "seal": 365 * 86_400, "city_image": 365 * 86_400,
}  # fmt: skip
PRIVATE = {"private", "no-store"}
# The preview of a service's form is a frame in the page of its editor.
FRAMED = {"staff_app:service_preview"}
# People can speak into the first box.
SPEAKS = {"requests_app:home", "requests_app:report", "requests_app:problem"}


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


@pytest.fixture(autouse=True)
def _no_limits(settings: Any, db: None) -> None:
    settings.RATE_LIMITS = False


# Who reads what a supervisor may not.
READERS = {
    **{staff(one): "ada" for one in ("manage_api_keys", "administer", "administer or records", "write_articles")},
    staff("submit_for_others or administer"): "ada",
    ARTICLE_KEEPER: "ada",
    staff("submit_for_others"): "cal",
}


def reader(planted: Planted, page: Page) -> Client:
    """The client of someone who may read the page."""
    client = Client(REMOTE_ADDR="127.0.0.1", raise_request_exception=False)
    if page.who.startswith("staff") or page.who == SIGNED_IN:
        client.force_login(planted.staff[READERS.get(page.who, "sue")])
    elif page.who == DRAFT:
        client.cookies["visitor"] = VISITOR
    elif page.who == RESIDENT:
        client.cookies["resident"] = planted.resident
    elif page.who == LINK:
        client.get(reverse("requests_app:private_link", args=[token_of(link_to(planted, page))]))
    return client


def get(client: Client, path: str, **headers: str) -> Any:
    response = client.get(path, headers=headers)
    if response.streaming:
        b"".join(response.streaming_content)
    return response


def cached(response: Any) -> dict[str, str]:
    """Cache-Control, by directive."""
    parts = [part.strip().partition("=") for part in response.get("Cache-Control", "").split(",") if part.strip()]
    return {name.lower(): value for name, _, value in parts}


def varies(response: Any) -> set[str]:
    return {name.strip().lower() for name in response.get("Vary", "").split(",") if name.strip()}


def is_guarded(response: Any, *, framed: bool = False, speaks: bool = False, secret: bool = False) -> list[str]:
    """What is wrong with the headers of any of our responses.

    framed: our own pages may show it in a frame. speaks: people can speak instead of typing.
    secret: its address carries a secret.
    """
    frames, ancestors = ("SAMEORIGIN", ["'self'"]) if framed else ("DENY", ["'none'"])
    policy = {
        part.split()[0]: part.split()[1:]
        for part in response.get("Content-Security-Policy", "").split(";")
        if part.strip()
    }
    wrong = []
    if policy.get("default-src") != ["'none'"] or policy.get("frame-ancestors") != ancestors:
        wrong.append("policy")
    if policy.get("base-uri") != ["'none'"] or policy.get("form-action") != ["'self'"]:
        wrong.append("policy for forms")
    loose = {"'unsafe-inline'", "'unsafe-eval'", "*", "data:", "https:", "http:", "blob:"}
    if any(loose & set(policy.get(name, ["*"])) for name in ("script-src", "style-src", "worker-src")):
        wrong.append("scripts and styles")
    if response.get("X-Content-Type-Options") != "nosniff":
        wrong.append("nosniff")
    if response.get("Referrer-Policy") != ("no-referrer" if secret else "same-origin"):
        wrong.append("referrer")
    if response.get("X-Frame-Options") != frames:
        wrong.append("frames")
    if response.get("Cross-Origin-Opener-Policy") != "same-origin":
        wrong.append("opener")
    if f"microphone={'(self)' if speaks else '()'}," not in response.get("Permissions-Policy", ""):
        wrong.append("microphone")
    return wrong


READ = {name: page for name, page in PAGES.items() if "GET" in page.methods}


KEPT_BY_NOBODY = [
    name
    for name, page in READ.items()
    if page.who.startswith("staff")
    or page.who in (DRAFT, LINK, RESIDENT, SIGNED_IN, SIGNING_IN)
    or name.startswith("account_")
]
PUBLIC = [name for name, page in READ.items() if page.is_public and not name.startswith("account_")]


@pytest.mark.shows("5.42")
@pytest.mark.parametrize("name", READ)
@pytest.mark.sampled(3)
def test_every_page_is_guarded_and_kept_only_by_caches_that_may(planted: Planted, name: str) -> None:
    some = [address(name, planted), addresses(name, planted)[-1]]
    # Requests of some kinds, of which half are not there for a stranger.
    several = addresses(name, planted)[::4]
    if is_translated(name):
        several = [*several, f"/es{some[0]}", f"/es{some[-1]}"]
    for client, paths in (
        (reader(planted, PAGES[name]), some),
        (Client(REMOTE_ADDR=STRANGER), several if name in PUBLIC else some),
    ):
        for path in dict.fromkeys(paths):
            response = get(client, path)
            assert response.status_code < 500
            speaks = name in SPEAKS and response.status_code == 200
            secret = name.rpartition(":")[2] in secret_addresses.names()
            wrong = is_guarded(response, framed=name in FRAMED, speaks=speaks, secret=secret)
            assert not wrong, (path, response.status_code, wrong)
            if name in KEPT_BY_NOBODY:
                wrong = what_might_keep(response)
                assert not wrong, (path, response.status_code, wrong)
            elif name in PUBLIC and paths is several:
                wrong = what_keeps_too_long(response, MAY_BE_OLDER.get(name, SHARED_S))
                assert not wrong, (path, response.status_code, wrong)


def what_might_keep(response: Any) -> str:
    """Why a cache might store a private page. A redirect to the sign-in page contains nothing."""
    kept = cached(response)
    is_private = response.status_code == 302 or kept.keys() >= PRIVATE
    return (
        "" if is_private and not kept.keys() & {"public", "s-maxage"} else response.get("Cache-Control", "nothing said")
    )


def what_keeps_too_long(response: Any, seconds: int) -> str:
    """Each response says how long it may be cached, even a 404; otherwise a cache would guess, and serve hidden content."""
    kept = cached(response)
    if kept.keys() & PRIVATE:
        return ""
    age = max((int(kept[word]) for word in ("max-age", "s-maxage") if word in kept), default=None)
    if age is None or age > seconds:
        return response.get("Cache-Control", "nothing said")
    return "cookies" if response.cookies else ""


@pytest.mark.parametrize("name", [name for name, page in DEMO_PAGES.items() if page.methods != "POST"])
def test_every_page_of_a_demo_is_guarded(planted: Planted, name: str, settings: Any) -> None:
    settings.DEMO, settings.ROOT_URLCONF = True, "tests.demo_urls"
    client = Client(REMOTE_ADDR=STRANGER)
    client.force_login(planted.staff["sue"])
    response = get(client, reverse(name, kwargs=DEMO_PAGES[name].arguments(planted)[0]))
    assert not is_guarded(response)


# --- Error responses ----------------------------------------------------------------------------------------------------


def fail(*args: Any, **kwargs: Any) -> None:
    raise RuntimeError("the insides of the server")


def lose(*args: Any, **kwargs: Any) -> None:
    raise OperationalError("the password of the database")


def test_every_refusal_is_guarded_and_tells_nothing(planted: Planted, monkeypatch: Any, settings: Any) -> None:
    stranger = Client(REMOTE_ADDR=STRANGER, raise_request_exception=False)
    strict = Client(REMOTE_ADDR=STRANGER, enforce_csrf_checks=True)
    elsewhere = Client(REMOTE_ADDR=STRANGER)
    elsewhere.force_login(planted.staff["eve"])
    answers = [
        (404, get(stranger, "/nothing/here/")),
        (404, get(stranger, "/es/nada/")),
        (404, get(stranger, "/.git/config")),
        (404, get(stranger, "/.env")),
        (404, get(stranger, reverse("requests_app:track", args=["00000000"]))),
        (403, get(elsewhere, reverse("staff_app:queue"))),
        (403, strict.post(reverse("requests_app:report"), {"text": "x"})),
        (405, stranger.post(reverse("requests_app:map"))),
        (404, stranger.get("/", headers={"Host": "nobody.example"})),
    ]
    settings.ALLOWED_HOSTS = ["testserver"]
    answers.append((400, stranger.get("/", headers={"Host": "forged.example"})))
    with monkeypatch.context() as patch:
        patch.setattr("requests_app.web.explore.filters.context", fail)
        answers.append((500, get(stranger, reverse("requests_app:map"))))
        patch.setattr("requests_app.web.explore.filters.context", lose)
        answers.append((503, get(stranger, reverse("requests_app:map"))))
    with monkeypatch.context() as patch:
        patch.setattr("requests_app.middleware.find_jurisdiction", lose)
        answers.append((503, get(stranger, reverse("requests_app:map"))))
    for status, response in answers:
        path = response.request["PATH_INFO"]
        assert response.status_code == status, path
        assert not is_guarded(response), (path, status, is_guarded(response))
        assert "public" not in cached(response), path
        for word in (b"Traceback", b"the insides", b"the password", b"RuntimeError", b"OperationalError"):
            assert word not in response.content, path


def test_a_lost_database_says_when_to_try_again(planted: Planted, monkeypatch: Any) -> None:
    monkeypatch.setattr("requests_app.web.explore.filters.context", lose)
    response = get(Client(raise_request_exception=False), reverse("requests_app:map"))
    assert int(response["Retry-After"]) > 0
    assert "no-store" in cached(response)


def test_a_static_file_is_not_guessed_at(planted: Planted) -> None:
    response = get(Client(), "/static/img/icon.svg")
    assert response.status_code == 200
    assert response["X-Content-Type-Options"] == "nosniff"


# --- Caching --------------------------------------------------------------------------------------------------------------


def test_a_request_opened_by_its_link_is_kept_by_nobody(planted: Planted) -> None:
    for kind in ("public", "private"):
        client = Client(REMOTE_ADDR=STRANGER)
        opened = client.get(reverse("requests_app:private_link", args=[token_of(planted.links[kind])]))
        assert cached(opened).keys() >= PRIVATE
        assert cached(client.get(opened["Location"])).keys() >= PRIVATE
        photo = planted.photos["private photo" if kind == "public" else kind]
        own = reverse("requests_app:own_photo", args=[planted.requests[kind].reference, photo.name])
        response = get(client, own)
        assert response.status_code == 200
        assert cached(response).keys() >= PRIVATE


def test_a_tile_of_the_ground_may_be_kept_only_under_its_version(planted: Planted) -> None:
    path, now = address("basemap_tile", planted), planted.cast.city.basemap_version
    assert cached(get(Client(), f"{path}?v={now}")).keys() >= {"public", "immutable"}
    assert "immutable" not in cached(get(Client(), f"{path}?v={now + 1}"))


@pytest.mark.sampled(2)
@pytest.mark.shows("5.42")
@pytest.mark.parametrize("name", PUBLIC)
def test_what_a_cookie_changes_is_not_shared(planted: Planted, name: str) -> None:
    """A visitor with a draft, a message and a session must not leave their page in a cache for the next visitor."""
    known = Client(REMOTE_ADDR=STRANGER)
    known.force_login(planted.staff["sue"])
    known.cookies["visitor"] = VISITOR
    # After a change the next page shows a message.
    known.post(reverse("staff_app:profile"), {"name": "Sue", "language": "en"})
    path = address(name, planted)
    mine, anybodys = get(known, path), get(Client(REMOTE_ADDR=STRANGER), path)
    for response in (mine, anybodys):
        if response.cookies:
            assert "public" not in cached(response), response.cookies
    if not mine.streaming and without_tokens(mine) != without_tokens(anybodys):
        assert "public" not in cached(mine)
        assert "cookie" in varies(mine) or "private" in cached(mine)


def without_tokens(response: Any) -> str:
    """Without what differs on each request: the CSRF token, the time at which the form was opened, and an API error's own id."""
    tokens = r'name="csrfmiddlewaretoken" value="\w+"|"token": "\w+"|name="opened" value="[^"]*"|"request_id": ?"\w+"'
    return re.sub(tokens, "", response.content.decode(errors="replace"))


@pytest.mark.sampled(2)
@pytest.mark.parametrize("name", PUBLIC)
def test_what_a_header_changes_is_told_to_caches(planted: Planted, name: str) -> None:
    """An htmx header, a language, a host behind a proxy: either it changes nothing, or Vary names it."""
    path = address(name, planted)
    plain = get(Client(REMOTE_ADDR=STRANGER), path)
    headers = {
        "HX-Request": "true",
        "HX-Target": "queue",
        "Accept-Language": "es",
        "Accept": "application/json",
        "User-Agent": "Mozilla/5.0 (iPhone)",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-For": "198.51.100.7",
        "X-Original-URL": "/staff/",
        "X-HTTP-Method-Override": "DELETE",
        "Origin": "https://evil.example",
    }
    # All at once first: most pages don't change, whatever is sent.
    for sent in (headers, *({header: value} for header, value in headers.items())):
        response = get(Client(REMOTE_ADDR=STRANGER), path, **sent)
        assert response.status_code == plain.status_code, sent
        assert "evil.example" not in str(response.headers) + (
            "" if response.streaming else response.content.decode(errors="replace")
        )
        is_changed = not plain.streaming and without_tokens(response) != without_tokens(plain)
        if sent is headers and not is_changed:
            break
        if len(sent) == 1 and is_changed:
            assert {header.lower() for header in sent} <= varies(response) & varies(plain), sent


def test_a_photo_asks_permission_on_every_call(planted: Planted) -> None:
    path = reverse("requests_app:photo", args=[planted.photos["public"].name])
    response = get(Client(REMOTE_ADDR=STRANGER), path)
    # Open311 apps embed it in their own pages.
    assert (response["Content-Type"], response["Cross-Origin-Resource-Policy"]) == ("image/jpeg", "cross-origin")
    assert cached(response) == {"public": "", "max-age": "30"}
    photo = planted.photos["public"]
    type(photo).objects.filter(pk=photo.pk).update(is_private=True)
    assert get(Client(REMOTE_ADDR=STRANGER), path).status_code == 404
    client = Client(REMOTE_ADDR=STRANGER)
    client.force_login(planted.staff["sue"])
    response = get(client, path)
    assert cached(response).keys() >= PRIVATE
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    type(photo).objects.filter(pk=photo.pk).update(is_private=False)
