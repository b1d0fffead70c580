"""HTTP with the standard library: the key, retries, and errors as exceptions."""

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from lamplighter_client.problems import Problem, Unreachable

# Too many requests, and an outage. Both say when to try again.
WORTH_A_RETRY = (429, 503)


@dataclass(frozen=True)
class Retries:
    """times: how often a call is sent again. longest_s: a longer Retry-After is not waited for, but raised."""

    times: int = 3
    longest_s: float = 60
    sleep: Callable[[float], None] = time.sleep


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key goes to the city's own address and nowhere else."""

    def redirect_request(self, *_parts: Any) -> None:
        return None


class Transport:
    def __init__(self, site: str, key: str, language: str, retries: Retries, timeout_s: float) -> None:
        parts = urlsplit(site if "://" in site else f"https://{site}")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"The address of a city looks like https://311.example.org, not {site!r}.")
        self.site = f"{parts.scheme}://{parts.netloc}"
        self.retries, self.timeout_s = retries, timeout_s
        self._opener = urllib.request.build_opener(NoRedirects)
        self._headers = {"Accept": "application/json", "User-Agent": "lamplighter-client/0.1"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        if language:
            self._headers["Accept-Language"] = language

    def get(self, path: str, query: Mapping[str, object] | None = None) -> Any:
        chosen = {name: value for name, value in (query or {}).items() if value not in (None, "")}
        return self.send("GET", f"{path}?{urlencode(chosen)}" if chosen else path, may_repeat=True)

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        may_repeat: bool,
    ) -> Any:
        """may_repeat: a second time does no harm, so it is sent again if the connection fails.

        Raises Problem or Unreachable.
        """
        request = urllib.request.Request(  # noqa: S310 - http or https: see __init__
            self.site + path, data=body, headers={**self._headers, **(headers or {})}, method=method
        )
        for again in range(self.retries.times, -1, -1):
            try:
                with self._opener.open(request, timeout=self.timeout_s) as response:
                    return _json(response.read())
            except urllib.error.HTTPError as error:
                problem = _problem(error)
                wait = problem.retry_after
                if error.code not in WORTH_A_RETRY or not again or wait is None or wait > self.retries.longest_s:
                    raise problem from None
            except (OSError, http.client.HTTPException) as error:
                wait = float(2 ** (self.retries.times - again))
                if not may_repeat or not again or wait > self.retries.longest_s:
                    raise Unreachable(f"{self.site} gave no answer: {error}") from error
            self.retries.sleep(wait)
        raise AssertionError("the last attempt answers or raises")


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        raise Unreachable("The answer is not JSON. Is this the address of the city’s website?") from None


def _problem(error: urllib.error.HTTPError) -> Problem:
    with error:
        content = error.read()
    try:
        body = json.loads(content)
    except ValueError:
        body = {}
    seconds = error.headers.get("Retry-After", "")
    # The city always sends seconds, never a date.
    wait = float(seconds) if seconds.isascii() and seconds.isdigit() else None
    return Problem(error.code, body if isinstance(body, dict) else {}, retry_after=wait)
