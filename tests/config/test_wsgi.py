"""What reaches Django."""

import io
from typing import Any

import pytest

from config.wsgi import application

pytestmark = pytest.mark.django_db


@pytest.mark.shows("11.10")
@pytest.mark.parametrize("charset", ["base64", "rot13", "nonsense", "utf-8", "\x00", "undefined"])
def test_no_charset_brings_it_down(charset: str) -> None:
    told: list[str] = []
    environ: dict[str, Any] = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/healthz",
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "CONTENT_TYPE": f"application/x-www-form-urlencoded; charset={charset}",
        "CONTENT_LENGTH": "3",
        "wsgi.input": io.BytesIO(b"a=b"),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }
    answer = application(environ, lambda status, headers, *rest: told.append(status))
    assert told == ["200 OK"]
    assert b"".join(answer) == b"ok\n"
