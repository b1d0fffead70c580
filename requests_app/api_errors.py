"""The last errors that each API key got, as they were answered. Never what was sent: where an answer repeats it, it says “…”.

They are in Redis, which may forget them.
"""

import datetime as dt
import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from rest_framework.request import Request

from requests_app.api_usage import path_template
from requests_app.core import cache
from requests_app.models import ApiKey

ERRORS = "api-errors:{}"
KEPT_S = 30 * 24 * 3600
KEPT_MOST = 20
# Sent texts that are looked for in an answer. Of a larger body, only the kind of error is kept.
SENT_MOST = 1000
LEFT_OUT = "…"
# Shorter values are no secret, and would make holes in most sentences.
VALUE_MIN = 3
# Of a problem document: what never depends on what was sent.
FIXED = ("type", "title", "status", "request_id")
QUOTED = re.compile("[“«]([^”»]*)[”»]")
# A name of a field or parameter, rather than somebody's words in its place.
NAME = re.compile(r"[A-Za-z_][\w.\[\]-]{0,59}")


def note(key: ApiKey, request: Request, status: int, answer: Any) -> None:
    """Keeps the body of an error. Call it before the body is rendered."""
    keep(key, str(request.method), path_template(request._request), status, _without_sent(answer, request))


def keep(key: ApiKey, method: str, path: str, status: int, answer: Any) -> None:
    """path: with names for what varies. answer: without what was sent."""
    error = {"at": time.time(), "method": method, "path": path, "status": status, "answer": answer}
    name = ERRORS.format(key.pk)

    def commands(redis: Any) -> None:
        redis.lpush(name, json.dumps(error, default=str))
        redis.ltrim(name, 0, KEPT_MOST - 1)
        redis.expire(name, KEPT_S)

    cache.run(commands)


def last(key: ApiKey, most: int = KEPT_MOST) -> list[dict[str, Any]]:
    """at, method, path, status, answer and detail (the answer in one sentence), the newest first."""
    stored = cache.run(lambda redis: redis.lrange(ERRORS.format(key.pk), 0, most - 1))
    return [_read(line) for line in (stored[0] if stored else [])]


def last_of(keys: Sequence[ApiKey]) -> dict[int, dict[str, Any]]:
    """The last error of each key that has one, by the key's id."""

    def commands(redis: Any) -> None:
        for key in keys:
            redis.lindex(ERRORS.format(key.pk), 0)

    stored = cache.run(commands) if keys else []
    return {key.pk: _read(line) for key, line in zip(keys, stored or [], strict=False) if line}


def _read(line: bytes) -> dict[str, Any]:
    error: dict[str, Any] = json.loads(line)
    at = dt.datetime.fromtimestamp(error["at"], dt.UTC)
    return {**error, "at": at, "detail": _detail(error["answer"])}


def _detail(answer: Any) -> str:
    """What the answer says in one sentence."""
    if isinstance(answer, list) and answer:
        return str(answer[0].get("description", ""))
    return str(answer.get("detail") or answer.get("title") or "") if isinstance(answer, dict) else ""


def _without_sent(answer: Any, request: Request) -> Any:
    sent = list(islice(_sent(request), SENT_MOST + 1))
    if len(sent) > SENT_MOST:
        return {name: answer[name] for name in FIXED if name in answer} if isinstance(answer, dict) else []
    answered = "\n".join(_texts(answer)).casefold()
    everything = "\n".join(sent).casefold()
    values = {text.strip() for text in sent if len(text.strip()) >= VALUE_MIN and text.strip().casefold() in answered}
    longest_first = sorted(values, key=len, reverse=True)
    repeated = re.compile("|".join(rf"(?<!\w){re.escape(value)}(?!\w)" for value in longest_first) or "(?!)", re.I)

    def quoted(match: re.Match[str]) -> str:
        return f"“{LEFT_OUT}”" if match[1].strip(" .,…").casefold() in everything else match[0]

    def clean(value: Any) -> Any:
        if isinstance(value, dict):
            return {name: value[name] if name in FIXED else clean(value[name]) for name in value}
        if isinstance(value, list):
            return [clean(item) for item in value]
        return repeated.sub(LEFT_OUT, QUOTED.sub(quoted, value)) if isinstance(value, str) else value

    cleaned = clean(answer)
    if isinstance(cleaned, dict) and "instance" in cleaned:
        cleaned["instance"] = path_template(request._request)
    return cleaned


def _sent(request: Request) -> Iterator[str]:
    """Each text in the query and the body, as far as that was read: nothing of the rest can be in the answer."""
    yield from _texts(request.query_params)
    yield from _texts(getattr(request, "_full_data", None))


def _texts(value: Any) -> Iterator[str]:
    """Without recursion, since a body may be deep. Of the names of fields, those that are somebody's words."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from (str(name) for name in value if not NAME.fullmatch(str(name)))
            # A form and a query have several values of one name.
            waiting += list(dict(value).values())
        elif isinstance(value, list):
            waiting += value
