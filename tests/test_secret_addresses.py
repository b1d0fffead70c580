"""Addresses that carry a secret: each is marked, its page sends no referrer, and no log holds it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from requests_app.core import secret_addresses
from requests_app.core.logs import mask
from requests_app.core.secret_addresses import secret
from requests_app.imports import first_run
from requests_app.models import Alarm, OneTimeLink
from tests.pages import PAGES, addresses, resolved
from tests.planted import Planted, kept_for_a_module

pytestmark = pytest.mark.shows("5.44")

ROOT = Path(__file__).resolve().parents[1]
# What an argument is called whose value lets its holder in.
SECRETS = {"token", "key", "secret", "password", "signature"}
# Not secrets: the signature shows that we made the address of a picture that everybody may see.
PUBLIC = {"map_picture"}


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


@pytest.fixture(autouse=True)
def _no_limits(settings: Any, db: None) -> None:
    settings.RATE_LIMITS = False


def patterns(resolver: URLResolver) -> Iterator[URLPattern]:
    for part in resolver.url_patterns:
        if isinstance(part, URLResolver):
            yield from patterns(part)
        else:
            yield part


def marked() -> list[str]:
    """The marked addresses, by their whole names."""
    assert get_resolver().url_patterns
    return sorted(name for name in PAGES if name.rpartition(":")[2] in secret_addresses.names())


def test_every_address_with_a_token_is_marked() -> None:
    found = list(patterns(get_resolver()))
    with_token = {part.name for part in found if SECRETS & {*part.pattern.regex.groupindex}}
    assert with_token - PUBLIC == secret_addresses.names()
    assert len(marked()) == len(secret_addresses.names()), "no two addresses share a marked name"


def test_an_argument_that_is_not_there_cannot_be_marked() -> None:
    pattern = next(part.pattern for part in patterns(get_resolver()) if part.name == "home")
    with pytest.raises(ValueError, match="no argument token"):
        secret(URLPattern(pattern, lambda request: None, name="home"))  # type: ignore[arg-type,return-value]


def paths(name: str, planted: Planted) -> list[str]:
    found = addresses(name, planted)[:2]
    if name == "staff_app:first_run":
        found = [reverse(name, args=[first_run.token()])]
    if name == "account_confirm_email":
        found = [reverse(name, args=["0123456789abcdef0123456789abcdef0123456789abcdef"])]
    if name == "account_reset_password_from_key":
        found = [reverse(name, kwargs={"uidb36": "1f", "key": "cxyz12-0123456789abcdef0123456789abcdef"})]
    is_translated = name in {one.name for one in resolved(get_resolver()) if one.is_translated}
    return [*found, *(f"/es{path}" for path in found if is_translated)]


def tail(path: str) -> str:
    """The end of the secret in the address."""
    words = max(re.split(r"[/?]", re.sub(r"\.(json|xml)$", "", path)), key=len)
    return words[-12:]


@pytest.mark.parametrize("name", marked())
def test_no_log_holds_the_secret_wherever_the_address_stands(planted: Planted, name: str) -> None:
    for path in paths(name, planted):
        for logged in (
            f"GET {path} 200",
            f"Internal Server Error: {path}",
            f"http://testserver{path}?from=mail",
            f"/accounts/login/?next={quote(path, safe='')}&x=1",
        ):
            masked = mask(logged)
            assert tail(path) not in masked, masked
            assert "…" in masked
            assert masked.split(" ")[0] == logged.split(" ")[0] or "://" in logged or "next=" in logged


def test_other_addresses_are_logged_whole() -> None:
    for path in ("/r/7K3M9QWT/", "/staff/setup/people/invitations/", "/report/", "/staff/r/7K3M9QWT/resolve/", "/l/"):
        assert mask(f"GET {path} 200") == f"GET {path} 200"


@pytest.mark.parametrize("name", marked())
def test_its_page_sends_no_referrer_also_in_an_outage(
    planted: Planted, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = Client(raise_request_exception=False)
    for path in paths(name, planted):
        assert client.get(path)["Referrer-Policy"] == "no-referrer", path
    assert client.get("/")["Referrer-Policy"] == "same-origin"

    def broken(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("the database is down")

    monkeypatch.setattr("requests_app.middleware.find_jurisdiction", broken)
    for path in paths(name, planted):
        answer = client.get(path)
        assert answer["Referrer-Policy"] == "no-referrer", path
        # 405: programs alone send something there.
        assert answer.status_code in (503, 404, 405, 200)


# --- Forms on such pages: browsers send "Origin: null" with them --------------------------------------------------------


def post(path: str, **headers: str) -> int:
    client = Client(enforce_csrf_checks=True)
    page = client.get(path).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token
    return client.post(path, {"csrfmiddlewaretoken": token[1]}, headers=headers).status_code


def test_a_form_on_such_a_page_is_accepted_from_itself_alone(planted: Planted) -> None:
    path = addresses("requests_app:alarm", planted)[0]
    null = {"Origin": "null"}
    assert post(path, **null, **{"Sec-Fetch-Site": "cross-site"}) == 403
    assert post(path, Origin="https://evil.example", **{"Sec-Fetch-Site": "same-origin"}) == 403
    assert Alarm.objects.get(pk=planted.alarm_call.alarm_id).state == "ringing"
    assert post(path, **null, **{"Sec-Fetch-Site": "same-origin"}) == 200
    assert Alarm.objects.get(pk=planted.alarm_call.alarm_id).state == "accepted"
    # A browser that knows no Sec-Fetch-Site.
    Alarm.objects.filter(pk=planted.alarm_call.alarm_id).update(state="ringing", accepted_at=None, accepted_call=None)
    assert post(path, **null) == 200


def test_elsewhere_a_form_without_an_origin_is_refused_unless_its_browser_vouches_for_it(planted: Planted) -> None:
    path = reverse("requests_app:my")
    assert post(path, Origin="null") == 403
    assert post(path, Origin="null", **{"Sec-Fetch-Site": "same-site"}) == 403
    assert post(path, Origin="null", **{"Sec-Fetch-Site": "same-origin"}) != 403


def test_the_forms_token_is_checked_all_the_same(planted: Planted) -> None:
    link = OneTimeLink.objects.order_by("id")[0]
    path = next(one for one in addresses("requests_app:verify", planted) if f"/c/{link.pk}-" in one)
    headers = {"Origin": "null", "Sec-Fetch-Site": "same-origin"}
    assert Client(enforce_csrf_checks=True).post(path, headers=headers).status_code == 403


# --- The example of nginx's configuration -------------------------------------------------------------------------------


def nginx_logs(path: str) -> str:
    """What the example's map makes of a path."""
    text = (ROOT / "deploy/nginx/lamplighter.conf").read_text()
    block = text.partition("map $uri $lamplighter_path {")[2].partition("}\n")[0]
    for pattern, value in re.findall(r'^    "~([^"]+)" "([^"]+)";', block, re.MULTILINE):
        if match := re.search(pattern.replace("(?<", "(?P<"), path):
            return re.sub(r"\$(\w+)", lambda name: match[name[1]], value)
    return path


@pytest.mark.parametrize("name", marked())
def test_the_example_for_nginx_masks_it_too(planted: Planted, name: str) -> None:
    for path in paths(name, planted):
        assert tail(path) not in nginx_logs(path), path
    assert nginx_logs("/es/staff/r/7K3M9QWT/") == "/es/staff/r/7K3M9QWT/"
