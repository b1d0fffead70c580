"""Reads, reports and follows through the API v1 of a Lamplighter city."""

from lamplighter_client.async_client import AsyncLamplighter
from lamplighter_client.client import Lamplighter
from lamplighter_client.problems import FieldError, PreconditionFailed, Problem, Unreachable
from lamplighter_client.transport import Retries

__all__ = ["AsyncLamplighter", "FieldError", "Lamplighter", "PreconditionFailed", "Problem", "Retries", "Unreachable"]
