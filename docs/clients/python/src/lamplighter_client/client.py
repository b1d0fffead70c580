"""API v1 of one city."""

import json
import mimetypes
import secrets
import uuid
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import quote, urlsplit

from lamplighter_client import shapes
from lamplighter_client.transport import Retries, Transport

BASE = "/api/v1/"
PAGE_MAX = 200


class Lamplighter:
    """site: the address of the city's website. key: only for sending reports and photos, and for joining one.

    Each method raises Problem if the city refuses, and Unreachable if there is no answer.
    """

    def __init__(
        self, site: str, key: str = "", *, language: str = "", retries: Retries | None = None, timeout_s: float = 30
    ) -> None:
        self._http = Transport(site, key, language, retries or Retries(), timeout_s)
        self.site = self._http.site

    # --- Reading ------------------------------------------------------------------------------------------------------

    def city(self) -> shapes.City:
        return cast(shapes.City, self._http.get(f"{BASE}city/"))

    def categories(self) -> list[shapes.Category]:
        return cast(list[shapes.Category], self._http.get(f"{BASE}categories/")["results"])

    def services(self, category: str = "") -> list[shapes.ServiceRow]:
        return cast(list[shapes.ServiceRow], self._http.get(f"{BASE}services/", {"category": category})["results"])

    def service(self, code: str) -> shapes.Service:
        """With its questions."""
        return cast(shapes.Service, self._http.get(f"{BASE}services/{_part(code)}/"))

    def suggestions(self, words: str) -> shapes.Suggestions:
        """The services and articles that fit the words, best first."""
        return cast(shapes.Suggestions, self._http.get(f"{BASE}suggestions/", {"q": words}))

    def areas(self, layer: str = "", *, at: tuple[float, float] | None = None) -> list[shapes.Area]:
        """at: latitude and longitude."""
        query = {"layer": layer, "at": _numbers(at)}
        return cast(list[shapes.Area], self._http.get(f"{BASE}areas/", query)["results"])

    def places(self, words: str) -> list[shapes.Place]:
        """What the city's address search finds, best first."""
        return cast(list[shapes.Place], self._http.get(f"{BASE}places/", {"q": words})["results"])

    def statistics(self, since: str = "", until: str = "") -> shapes.Statistics:
        """since, until: months like 2026-06; without them, the last six."""
        return cast(shapes.Statistics, self._http.get(f"{BASE}statistics/", {"since": since, "until": until}))

    def requests(
        self,
        *,
        q: str = "",
        category: str = "",
        service: str = "",
        status: Literal["", "open", "ended"] = "",
        area: str = "",
        near: tuple[float, float, float] | None = None,
        asset: str = "",
        older: bool = False,
        by_change: bool = False,
        page_size: int = 50,
    ) -> Iterator[shapes.RequestRow]:
        """All that fit, newest first; pages are fetched as they are needed.

        area: layer:code. near: latitude, longitude, meters. older: also what ended more than three months ago.
        by_change: the most recently updated first.
        """
        query = {
            "q": q,
            "category": category,
            "service": service,
            "status": status,
            "area": area,
            "near": _numbers(near),
            "asset": asset,
            "older": "1" if older else "",
            "sort": "changed" if by_change else "",
            "limit": min(page_size, PAGE_MAX),
        }
        page = self._http.get(f"{BASE}requests/", query)
        while True:
            yield from cast(list[shapes.RequestRow], page["results"])
            if not page["next"]:
                return
            address = urlsplit(page["next"])
            # From our own address of the city: the key goes nowhere else.
            page = self._http.get(f"{address.path}?{address.query}")

    def request(self, reference: str) -> shapes.Request:
        """One request with its timeline."""
        return cast(shapes.Request, self._http.get(f"{_request(reference)}"))

    # --- Writing ------------------------------------------------------------------------------------------------------

    def report(
        self,
        service: str,
        description: str = "",
        *,
        place: shapes.NewPlace | None = None,
        answers: Mapping[str, str | Sequence[str]] | None = None,
        contact: shapes.Contact | None = None,
        photos: Sequence[Path] = (),
        idempotency_key: str = "",
        emergency_confirmed: bool = False,
    ) -> shapes.Receipt:
        """Sends a report. Give an idempotency_key of your own if another process may send the same report again.

        emergency_confirmed: after the problem "emergency", once a person has read whom to call, and said that no one is in danger.
        """
        body: dict[str, Any] = {"service": service, "description": description}
        body |= {"place": place} if place else {}
        body |= {"answers": answers} if answers else {}
        body |= {"contact": contact} if contact else {}
        body |= {"emergency_confirmed": True} if emergency_confirmed else {}
        if not photos:
            return cast(shapes.Receipt, self._post(f"{BASE}requests/", body, idempotency_key))
        fields = {"report": json.dumps(body)}
        return cast(shapes.Receipt, self._upload(f"{BASE}requests/", fields, "photos", photos, idempotency_key))

    def comment(
        self, reference: str, text: str, *, private_token: str, idempotency_key: str = ""
    ) -> shapes.CommentReceipt:
        """A message from the reporter to those who work on it."""
        body = {"private_token": private_token, "text": text}
        return cast(shapes.CommentReceipt, self._post(f"{_request(reference)}comments/", body, idempotency_key))

    def add_photo(
        self, reference: str, photo: Path, *, private_token: str, idempotency_key: str = ""
    ) -> shapes.PhotoReceipt:
        fields, address = {"private_token": private_token}, f"{_request(reference)}photos/"
        return cast(shapes.PhotoReceipt, self._upload(address, fields, "photo", [photo], idempotency_key))

    def join(self, reference: str, email: str, *, name: str = "") -> shapes.FollowerReceipt:
        """Somebody whom a public request affects, too."""
        body = {"email": email, **({"name": name} if name else {})}
        return cast(shapes.FollowerReceipt, self._post(f"{_request(reference)}followers/", body))

    def follow(
        self,
        email: str,
        *,
        area: str = "",
        service: str = "",
        asset: str = "",
        near: tuple[float, float, float] | None = None,
        cadence: str = "daily",
    ) -> shapes.FollowReceipt:
        """Updates by email start once the link in an email is selected. A service can be followed within one of the others."""
        chosen = {"area": area, "service": service, "asset": asset, "near": _numbers(near)}
        body = {"email": email, "cadence": cadence, **{name: value for name, value in chosen.items() if value}}
        # A second one would send a second email.
        return cast(shapes.FollowReceipt, self._post(f"{BASE}follows/", body, may_repeat=False))

    def _post(
        self, path: str, body: Mapping[str, object], idempotency_key: str = "", *, may_repeat: bool = True
    ) -> Any:
        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return self._http.send("POST", path, json.dumps(body).encode(), headers, may_repeat=may_repeat)

    def _upload(
        self, path: str, fields: Mapping[str, str], name: str, files: Sequence[Path], idempotency_key: str
    ) -> Any:
        content_type, body = _form(fields, name, files)
        headers = {"Content-Type": content_type, "Idempotency-Key": idempotency_key or str(uuid.uuid4())}
        return self._http.send("POST", path, body, headers, may_repeat=True)


def _part(value: str) -> str:
    return quote(value, safe="")


def _request(reference: str) -> str:
    return f"{BASE}requests/{_part(reference)}/"


def _numbers(values: Sequence[float] | None) -> str:
    """Without an exponent, which the city doesn't read."""
    return ",".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in values) if values else ""


def _form(fields: Mapping[str, str], name: str, files: Sequence[Path]) -> tuple[str, bytes]:
    """multipart/form-data. A file's name stays here: it may say whose it is."""
    boundary = secrets.token_hex(16)
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    for number, file in enumerate(files, 1):
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        head = f'form-data; name="{name}"; filename="photo-{number}{file.suffix if file.suffix.isascii() else ""}"'
        parts.append(f"--{boundary}\r\nContent-Disposition: {head}\r\nContent-Type: {kind}\r\n\r\n".encode())
        parts += [file.read_bytes(), b"\r\n"]
    return f"multipart/form-data; boundary={boundary}", b"".join([*parts, f"--{boundary}--\r\n".encode()])
