"""The addresses of API v1, and numbers as they stand in one."""

from collections.abc import Sequence
from urllib.parse import quote

BASE = "/api/v1/"


def part(value: str) -> str:
    return quote(value, safe="")


def of_request(reference: str) -> str:
    return f"{BASE}requests/{part(reference)}/"


def of_staff_request(reference: str) -> str:
    return f"{BASE}staff/requests/{part(reference)}/"


def of_task(task_id: str) -> str:
    return f"{BASE}staff/tasks/{part(task_id)}/"


def of_webhook(webhook_id: str) -> str:
    return f"{BASE}webhooks/{part(webhook_id)}/"


def numbers(values: Sequence[float] | None) -> str:
    """Without an exponent, which the city doesn't read."""
    return ",".join(f"{value:.6f}".rstrip("0").rstrip(".") for value in values) if values else ""


def several(codes: str | Sequence[str]) -> str:
    return codes if isinstance(codes, str) else ",".join(codes)
