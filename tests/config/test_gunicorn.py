"""What gunicorn refuses by itself, asked of a real one: never HTML, and the longest list of numbers that it lets through."""

import http.client
import re
import socket
from collections.abc import Sequence
from pathlib import Path

import pytest

from requests_app import api_keys
from tests import factories
from tests.live import Site, wait_for

ROOT = Path(__file__).resolve().parents[2]
LINE_MAX = 8190
LIST = "/open311/v2/requests.json?service_request_id="


def said(site: Site, sent: bytes) -> tuple[int, str, str]:
    """(status, content type, body)."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=20) as client:
        client.sendall(sent)
        response = http.client.HTTPResponse(client)
        response.begin()
        return response.status, response.headers.get("Content-Type", ""), response.read().decode()


def line(path: str) -> bytes:
    return f"GET {path} HTTP/1.1".encode()


def get(site: Site, path: str, *headers: str) -> tuple[int, str, str]:
    host = [f"Host: 127.0.0.1:{site.port}", "Connection: close", *headers]
    return said(site, b"\r\n".join([line(path), *(header.encode() for header in host), b"", b""]))


def of_length(length: int) -> str:
    return LIST + "x" * (length - len(line(LIST)))


@pytest.mark.django_db(transaction=True)
def test_a_line_of_8190_bytes_is_answered_and_a_longer_one_is_a_plain_414(live_site: Site) -> None:
    factories.rivermark()
    assert get(live_site, of_length(LINE_MAX)) == (200, "application/json; charset=utf-8", "[]")
    status, content_type, body = get(live_site, of_length(LINE_MAX + 1))
    assert (status, content_type) == (414, "text/plain; charset=utf-8")
    assert body.startswith("414 URI Too Long.")


@pytest.mark.django_db(transaction=True)
def test_as_many_numbers_as_the_documentation_says_are_answered_and_one_more_is_not(live_site: Site) -> None:
    factories.rivermark()
    words = (ROOT / "docs/open311.md").read_text()
    found = re.search(r"(\d+) numbers fit if written\s+like `FPMW-APC6`, (\d+) if written like `FPMWAPC6`", words)
    assert found
    for number, most in (("FPMW-APC6", int(found[1])), ("FPMWAPC6", int(found[2]))):
        assert get(live_site, LIST + ",".join([number] * most))[0] == 200
        assert get(live_site, LIST + ",".join([number] * (most + 1)))[0] == 414


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET /open311/v2/services.json HTTP/9\r\n\r\n", 400),
        (b"G\x00T /open311/v2/services.json HTTP/1.1\r\n\r\n", 400),
        (b"GET /open311/v2/services.json HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 9000 + b"\r\n\r\n", 431),
        (b"GET /open311/v2/services.json HTTP/1.1\r\nHost: a\r\n" + b"X: x\r\n" * 200 + b"\r\n", 431),
        (b"POST /open311/v2/requests.xml HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: <b>\r\n\r\n", 501),
        (b"GET /<script> HTTP/1.1\r\nHost: a\r\nX<b>: 1\r\n\r\n", 400),
    ],
    ids=["no HTTP", "version", "method", "header", "headers", "coding", "name"],
)
@pytest.mark.django_db(transaction=True)
def test_what_is_no_request_is_refused_in_plain_text(live_site: Site, sent: bytes, status: int) -> None:
    answered, content_type, body = said(live_site, sent)
    assert (answered, content_type) == (status, "text/plain; charset=utf-8")
    assert body.startswith(f"{status} ")
    assert "<html" not in body


@pytest.mark.parametrize("charset", ["base64", "bz2_codec"])
@pytest.mark.django_db(transaction=True)
def test_a_charset_that_is_no_text_is_answered_in_the_asked_format(live_site: Site, charset: str) -> None:
    factories.rivermark()
    status, content_type, _body = get(live_site, LIST + "x", f"Content-Type: application/json; charset={charset}")
    assert (status, content_type) == (200, "application/json; charset=utf-8")


@pytest.mark.django_db(transaction=True)
def test_a_host_that_is_none_is_a_400_in_the_asked_format(live_site: Site) -> None:
    sent = b"GET /open311/v2/services.json HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n"
    status, content_type, _body = said(live_site, sent)
    assert (status, content_type) == (400, "application/json; charset=utf-8")


@pytest.mark.shows("15.5")
@pytest.mark.django_db(transaction=True)
def test_a_key_in_an_address_reaches_no_log(transactional_db: None, cast: factories.Rivermark) -> None:
    class Logging(Site):
        def commands(self) -> dict[str, Sequence[str]]:
            return {"web": [*super().commands()["web"], "--access-logfile=-", "--log-level=debug"]}

    _key, plain = api_keys.create(cast.city, "App")
    site = Logging(demo=False)
    log = site.log / "web.log"
    log.unlink(missing_ok=True)
    site.start("web")
    try:
        assert get(site, f"{LIST}x&api_key={plain}")[0] == 200
        assert (
            get(site, f"/{plain}?api_key={plain}", f"Authorization: Bearer {plain}", f"Referer: /?k={plain}")[0] == 404
        )
        wait_for(lambda: log.read_text().count("api_key=…") >= 2, seconds=20)
    finally:
        site.stop()
    assert plain[3:] not in log.read_text()
    assert "GET /open311/v2/requests.json?service_request_id=x&api_key=…" in log.read_text()
