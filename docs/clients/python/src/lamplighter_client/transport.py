"""HTTP with the standard library: the key, retries, pages, and errors as exceptions."""

import asyncio
import http.client
import json
import mimetypes
import os
import secrets
import time
import urllib.error
import urllib.request
import uuid
from collections import OrderedDict
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from lamplighter_client.problems import PreconditionFailed, Problem, Unreachable

VERSION = "0.2.0"
PAGE_MAX = 200
# So many were read last; the ETags of others are forgotten.
ETAGS_MOST = 1000
# Too many requests, and an outage. The city says when to try again.
WORTH_A_RETRY = (429, 503)
# From a proxy, which can't know whether the call took effect.
AS_IF_UNANSWERED = (502, 503, 504)


@dataclass(frozen=True)
class Retries:
    """times: how often a call is sent again. longest_s: a longer wait is not waited for, but raised.

    sleep: only for calls that block. Coroutines wait with asyncio.
    """

    times: int = 3
    longest_s: float = 60
    sleep: Callable[[float], None] = time.sleep


class NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key goes to the city's own address and nowhere else."""

    def redirect_request(self, *_parts: Any) -> None:
        return None


class Calls:
    """What calls that block and coroutines share. `send` returns the JSON of the answer, or a coroutine that does."""

    def __init__(self, site: str, key: str, language: str, retries: Retries, timeout_s: float) -> None:
        if not site:
            # Together: a key goes to no other city than its own.
            site, key = os.environ.get("LAMPLIGHTER_SITE", ""), key or os.environ.get("LAMPLIGHTER_KEY", "")
        parts = urlsplit(site if "://" in site else f"https://{site}")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"The address of a city looks like https://311.example.org, not {site!r}.")
        self.site = f"{parts.scheme}://{parts.netloc}"
        self.retries, self.timeout_s = retries, timeout_s
        self._opener = urllib.request.build_opener(NoRedirects)
        self._headers = {"Accept": "application/json", "User-Agent": f"lamplighter-client/{VERSION}"}
        if key:
            self._headers["Authorization"] = f"Bearer {key}"
        if language:
            self._headers["Accept-Language"] = language
        self._etags: OrderedDict[str, str] = OrderedDict()

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        may_repeat: bool,
        etag_of: str = "",
    ) -> Any:
        raise NotImplementedError

    def etag(self, path: str) -> str:
        """Of what was last read or changed there; "" if nothing was."""
        return self._etags.get(_number_alone(path), "")

    def get(self, path: str, query: Mapping[str, object] | None = None, *, etag_of: str = "") -> Any:
        """etag_of: the address of what the answer's ETag is for, to be remembered."""
        chosen = {name: value for name, value in (query or {}).items() if value not in (None, "")}
        address = f"{path}?{urlencode(chosen)}" if chosen else path
        return self.send("GET", address, None, {}, may_repeat=True, etag_of=etag_of)

    def post(
        self,
        path: str,
        body: Mapping[str, object],
        idempotency_key: str = "",
        *,
        may_repeat: bool = True,
        etag: str = "",
        etag_of: str = "",
    ) -> Any:
        """etag: for If-Match."""
        headers = {"Content-Type": "application/json", **_idempotent(idempotency_key), **_if_match(etag)}
        return self.send("POST", path, json.dumps(body).encode(), headers, may_repeat=may_repeat, etag_of=etag_of)

    def upload(
        self,
        path: str,
        fields: Mapping[str, str],
        files: Mapping[str, Sequence[Path]],
        idempotency_key: str = "",
        *,
        etag: str = "",
        etag_of: str = "",
    ) -> Any:
        content_type, body = _form(fields, files)
        headers = {"Content-Type": content_type, **_idempotent(idempotency_key), **_if_match(etag)}
        return self.send("POST", path, body, headers, may_repeat=True, etag_of=etag_of)

    def patch(
        self,
        path: str,
        body: Mapping[str, object],
        idempotency_key: str | None = None,
        *,
        etag: str = "",
        etag_of: str = "",
    ) -> Any:
        """idempotency_key: None where the city takes none."""
        keyed = {} if idempotency_key is None else _idempotent(idempotency_key)
        headers = {"Content-Type": "application/json", **keyed, **_if_match(etag)}
        # A second time, the ETag would be that of before the first.
        may_repeat = not etag or idempotency_key is not None
        return self.send("PATCH", path, json.dumps(body).encode(), headers, may_repeat=may_repeat, etag_of=etag_of)

    def delete(self, path: str) -> Any:
        # A second time, it would not be there.
        return self.send("DELETE", path, None, {}, may_repeat=False)

    def _request(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> urllib.request.Request:
        return urllib.request.Request(  # noqa: S310 - http or https: see __init__
            self.site + path, data=body, headers={**self._headers, **headers}, method=method
        )

    def _try(self, request: urllib.request.Request) -> tuple[bytes, str]:
        """The body and its ETag. Raises Problem or Unreachable."""
        try:
            with self._opener.open(request, timeout=self.timeout_s) as response:
                return response.read(), response.headers.get("ETag", "")
        except urllib.error.HTTPError as error:
            raise _problem(error) from None
        except (OSError, http.client.HTTPException) as error:
            raise Unreachable(f"{self.site} gave no answer: {error}") from error

    def _remember(self, path: str, etag: str) -> None:
        """etag: "" after a change whose answer doesn't say the new one."""
        if not path:
            return
        self._etags.pop(_number_alone(path), None)
        if etag:
            self._etags[_number_alone(path)] = etag
            while len(self._etags) > ETAGS_MOST:
                self._etags.popitem(last=False)

    def _wait_s(self, error: Problem | Unreachable, attempt: int, *, may_repeat: bool) -> float:
        """The seconds to wait before the next attempt. Raises the error if there should be none."""
        status = error.status if isinstance(error, Problem) else None
        wait = error.retry_after if isinstance(error, Problem) and status in WORTH_A_RETRY else None
        if wait is None and may_repeat and (status is None or status in AS_IF_UNANSWERED):
            wait = float(2**attempt)
        if wait is None or wait > self.retries.longest_s or attempt >= self.retries.times:
            raise error
        return wait


class Transport(Calls):
    """Calls that block."""

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        may_repeat: bool,
        etag_of: str = "",
    ) -> Any:
        """may_repeat: a second time does no harm, so it is sent again if the connection fails.

        Raises Problem or Unreachable.
        """
        request, attempt = self._request(method, path, body, headers), 0
        while True:
            try:
                content, etag = self._try(request)
                break
            except (Problem, Unreachable) as error:
                wait = self._wait_s(error, attempt, may_repeat=may_repeat)
            attempt += 1
            self.retries.sleep(wait)
        self._remember(etag_of, etag)
        return _json(content)

    def pages(self, path: str, query: Mapping[str, object]) -> Iterator[Any]:
        """All pages, which are fetched as they are needed."""
        page = self.get(path, query)
        yield page
        while page["next"]:
            page = self.get(_own_address(page["next"]))
            yield page

    def rows(self, path: str, query: Mapping[str, object]) -> Iterator[Any]:
        for page in self.pages(path, query):
            yield from page["results"]


class AsyncTransport(Calls):
    """Coroutines. Each call runs in a thread; one that is cancelled ends by itself, and its answer is dropped."""

    async def send(
        self,
        method: str,
        path: str,
        body: bytes | None,
        headers: Mapping[str, str],
        *,
        may_repeat: bool,
        etag_of: str = "",
    ) -> Any:
        """See Transport.send."""
        request, attempt = self._request(method, path, body, headers), 0
        while True:
            try:
                content, etag = await asyncio.to_thread(self._try, request)
                break
            except (Problem, Unreachable) as error:
                wait = self._wait_s(error, attempt, may_repeat=may_repeat)
            attempt += 1
            await asyncio.sleep(wait)
        self._remember(etag_of, etag)
        return _json(content)

    async def pages(self, path: str, query: Mapping[str, object]) -> AsyncIterator[Any]:
        """See Transport.pages."""
        page = await self.get(path, query)
        yield page
        while page["next"]:
            page = await self.get(_own_address(page["next"]))
            yield page

    async def rows(self, path: str, query: Mapping[str, object]) -> AsyncIterator[Any]:
        async for page in self.pages(path, query):
            for row in page["results"]:
                yield row


def _idempotent(key: str) -> dict[str, str]:
    """The same at each attempt, so that a report that arrived twice is one."""
    return {"Idempotency-Key": key or str(uuid.uuid4())}


def _if_match(etag: str) -> dict[str, str]:
    return {"If-Match": etag} if etag else {}


def _number_alone(path: str) -> str:
    """The same for 7K3M-9QWT and 7k3m9qwt."""
    return path.replace("-", "").upper()


def _own_address(url: str) -> str:
    """From our own address of the city: the key goes nowhere else."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def _json(content: bytes) -> Any:
    if not content:
        return None
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
    kind = PreconditionFailed if error.code == http.client.PRECONDITION_FAILED else Problem
    return kind(error.code, body if isinstance(body, dict) else {}, retry_after=wait)


def _form(fields: Mapping[str, str], files: Mapping[str, Sequence[Path]]) -> tuple[str, bytes]:
    """multipart/form-data. A file's name stays here: it may say whose it is."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    for name, paths in files.items():
        for number, file in enumerate(paths, 1):
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            suffix = file.suffix if file.suffix.isascii() else ""
            head = f'form-data; name="{name}"; filename="photo-{number}{suffix}"'
            parts.append(f"--{boundary}\r\nContent-Disposition: {head}\r\nContent-Type: {kind}\r\n\r\n".encode())
            parts += [file.read_bytes(), b"\r\n"]
    return f"multipart/form-data; boundary={boundary}", b"".join([*parts, f"--{boundary}--\r\n".encode()])
