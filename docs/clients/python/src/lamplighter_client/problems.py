"""What can go wrong, as exceptions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lamplighter_client import shapes


@dataclass(frozen=True)
class FieldError:
    """One mistake. field: a parameter, or the path of a field of the body, like place.lat."""

    field: str
    code: str
    message: str


class Problem(Exception):
    """The city answered with an error (RFC 9457). str() is for people, `code` for programs.

    code: the last part of the problem's type, such as "not-found" or "emergency"; "" where the answer had none.
    retry_after: the seconds to wait, where the city said so. emergency: whom to call (shapes.Emergency), on the code "emergency".
    """

    def __init__(self, status: int, body: Mapping[str, Any], *, retry_after: float | None = None) -> None:
        self.status = status
        self.type = str(body.get("type", ""))
        self.code = self.type.rstrip("/").rpartition("/")[2]
        self.title = str(body.get("title", "")) or f"The city answered {status}."
        self.detail = str(body.get("detail", "")) or self.title
        self.request_id = str(body.get("request_id", ""))
        self.retry_after = retry_after
        self.emergency: shapes.Emergency | None = body.get("emergency")
        self.errors = [
            FieldError(str(one.get("field", "")), str(one.get("code", "")), str(one.get("message", "")))
            for one in body.get("errors") or []
        ]
        super().__init__(self.detail)


class PreconditionFailed(Problem):
    """What you change has changed since you read it (412): nothing was done. Read it again.

    changes: what happened since, oldest first; [] if the ETag is of something else.
    """

    def __init__(self, status: int, body: Mapping[str, Any], *, retry_after: float | None = None) -> None:
        super().__init__(status, body, retry_after=retry_after)
        self.changes: list[shapes.ProblemChange] = list(body.get("changes") or [])


class Unreachable(Exception):
    """There was no answer, or one that can't be read."""
