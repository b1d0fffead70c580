"""What happens to every request: its id, its city, its language, its limits, and whom it believes."""

import gzip
import re

import pytest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django.fixtures import Settings

from requests_app import middleware
from requests_app.core import limits
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/privacy/"


@pytest.fixture
def city() -> None:
    factories.jurisdiction()


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("offered", ["", "short", "a b c d e f g h", "x" * 41, "abcdefgh\tset-cookie"])
def test_a_request_gets_an_id_of_its_own(client: Client, offered: str) -> None:
    given = client.get(PAGE, headers={"x-request-id": offered})["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{32}", given)


@pytest.mark.usefixtures("city")
def test_a_proxys_id_is_kept(client: Client) -> None:
    assert client.get(PAGE, headers={"x-request-id": "0123-4567-89ab"})["X-Request-Id"] == "0123-4567-89ab"


@pytest.mark.usefixtures("city")
def test_the_path_says_the_language_and_nothing_else_does(client: Client) -> None:
    client.cookies["django_language"] = "es"
    english = client.get(PAGE, headers={"accept-language": "es"})
    assert english["Content-Language"] == "en"
    spanish = client.get(f"/es{PAGE}", headers={"accept-language": "en"})
    assert spanish["Content-Language"] == "es"


def test_a_language_that_the_city_does_not_speak_is_not_there(client: Client) -> None:
    factories.jurisdiction(languages=["en"])
    assert client.get(PAGE).status_code == 200
    assert client.get(f"/es{PAGE}").status_code == 404


def test_a_language_that_this_site_cannot_speak_yet_breaks_no_page(client: Client) -> None:
    factories.jurisdiction(languages=["en", "ht"])
    assert client.get(PAGE).status_code == 200


def test_without_a_city_it_says_how_to_set_one_up(client: Client) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 503
    assert b"load_city" in answer.content


@pytest.mark.usefixtures("city")
def test_a_body_that_is_too_large_is_refused_in_words_before_it_is_read(client: Client, settings: Settings) -> None:
    class Body:
        def read(self, *args: object) -> bytes:
            raise AssertionError("it was read")

        readline = read

    assert settings.BODY_MAX_BYTES == 64 * 1024 * 1024
    answer = client.generic(
        "POST",
        PAGE,
        content_type="multipart/form-data; boundary=x",
        **{"CONTENT_LENGTH": str(64 * 1024 * 1024 + 1), "wsgi.input": Body()},
    )
    assert answer.status_code == 413
    assert "That was too large" in answer.content.decode()
    assert "demasiado grande" in answer.content.decode()
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.usefixtures("city")
def test_the_size_of_a_compressed_page_does_not_tell_what_is_on_it(client: Client) -> None:
    """The same page differs in length by chance (BREACH)."""
    sent = [client.get(PAGE, headers={"accept-encoding": "gzip"}).content for _answer in range(10)]
    assert len({gzip.decompress(content) for content in sent}) == 1
    assert len({len(content) for content in sent}) > 1


@pytest.mark.shows("3.7")
@pytest.mark.usefixtures("city")
@pytest.mark.parametrize(
    "lost_by", ["requests_app.middleware.find_jurisdiction", "requests_app.web.report.start.limits.allow"]
)
@pytest.mark.parametrize("token", ["ours", "another site's"])
def test_a_lost_database_is_503_wherever_it_is_lost_and_gives_back_what_was_typed(
    monkeypatch: pytest.MonkeyPatch, lost_by: str, token: str
) -> None:
    def lost(*args: object, **kwargs: object) -> None:
        raise OperationalError("the connection is closed")

    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    secret = "a" * 32
    client.cookies["csrftoken"] = secret
    monkeypatch.setattr(lost_by, lost)
    sent = {"text": "A <hole>", "csrfmiddlewaretoken": secret if token == "ours" else "b" * 32}
    answer = client.post("/report/?x=1", sent)
    page = answer.content.decode()
    if "report" in lost_by and token != "ours":
        assert answer.status_code == 403
        return
    assert (answer.status_code, answer["Retry-After"], answer["Cache-Control"]) == (503, "10", "no-store")
    assert ("A &lt;hole&gt;" in page) == (token == "ours")
    if token == "ours":
        # The form that is sent again is taken.
        monkeypatch.undo()
        again = re.findall(r'name="(\w+)" value="([^"]*)"', page)
        assert client.post("/report/", dict(again)).status_code != 403


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "address"),
    [
        ("192.0.2.7", "", [], "192.0.2.7"),
        # Anybody may write this header.
        ("192.0.2.7", "203.0.113.1", [], "192.0.2.7"),
        ("192.0.2.7", "203.0.113.1", ["10.0.0.0/8"], "192.0.2.7"),
        ("10.0.0.1", "203.0.113.1", ["10.0.0.0/8"], "203.0.113.1"),
        # The client's own entry comes first, and our proxy's last.
        ("10.0.0.1", "127.0.0.1, 203.0.113.1", ["10.0.0.0/8"], "203.0.113.1"),
        ("10.0.0.1", "127.0.0.1, 203.0.113.1, 10.0.0.2", ["10.0.0.1", "10.0.0.2"], "203.0.113.1"),
        ("10.0.0.1", "", ["10.0.0.1"], "10.0.0.1"),
        ("", "203.0.113.1", ["10.0.0.1"], "203.0.113.1"),
        ("", "203.0.113.1", [], ""),
    ],
)
def test_a_client_is_where_the_last_trusted_proxy_saw_it(
    settings: Settings, peer: str, forwarded: str, trusted: list[str], address: str
) -> None:
    settings.TRUSTED_PROXIES = trusted
    headers = {"x-forwarded-for": forwarded} if forwarded else {}
    assert limits.client_address(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers)) == address


@pytest.mark.parametrize(("peer", "is_secure"), [("10.0.0.1", True), ("192.0.2.7", False)])
def test_only_a_trusted_proxy_may_say_that_it_came_by_https(settings: Settings, peer: str, is_secure: bool) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.1"]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    seen: list[bool] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.is_secure())
        return HttpResponse()

    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"x-forwarded-proto": "https"})
    middleware.trusted_proxy(view)(request)
    assert seen == [is_secure]


@pytest.mark.usefixtures("city")
@pytest.mark.parametrize("header", ["x-forwarded-host", "x-original-url", "x-rewrite-url", "x-host"])
def test_no_other_header_moves_or_names_the_page(client: Client, header: str) -> None:
    plain, told = client.get(PAGE), client.get(PAGE, headers={header: "evil.example"})
    assert told.status_code == plain.status_code == 200
    assert b"evil.example" not in told.content


@pytest.mark.usefixtures("city")
def test_nobody_signs_in_by_a_header(client: Client) -> None:
    answer = client.get("/staff/", headers={"x-remote-user": "ada@rivermark.example", "remote-user": "ada"})
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


@pytest.mark.usefixtures("city")
def test_an_address_that_only_takes_a_form_says_so(client: Client) -> None:
    answer = client.get("/my/sign-out/")
    assert answer.status_code == 405
    assert "POST" in answer["Allow"]
    assert "This address only accepts a form" in answer.content.decode()
