"""What all tools have in common: the city in a language, its problems in its own words, and what a tool does."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Annotated

from lamplighter_client import Lamplighter, Problem, Retries, Unreachable, shapes
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations
from pydantic import Field

ROWS_MAX = 50
READS = ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
WRITES = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True, open_world_hint=True)
Language = Annotated[
    str,
    Field(
        description="Of the answer: the person's own, as a code like es or zh-hans. It must be one of the city's.",
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$",
        max_length=20,
    ),
]


@contextmanager
def problems_said() -> Iterator[None]:
    """The city's own words about what is wrong, for the assistant."""
    try:
        yield
    except Problem as problem:
        raise ToolError(
            "\n".join([problem.detail, *(f"{one.field}: {one.message}" for one in problem.errors)])
        ) from None
    except Unreachable as error:
        raise ToolError(str(error)) from None


class Cities:
    """The city in each of its languages."""

    def __init__(self, site: str, key: str) -> None:
        self.site, self.key = site, key

    @lru_cache(maxsize=1)  # noqa: B019 - there is one in a process
    def about(self) -> shapes.City:
        return self._in("en").city()

    def _in(self, language: str) -> Lamplighter:
        return Lamplighter(self.site, self.key, language=language, retries=Retries(times=2, longest_s=10))

    def __call__(self, language: str) -> Lamplighter:
        """Raises ToolError for a language that the city doesn't have."""
        languages = self.about()["languages"]
        if language.lower() not in {code.lower() for code in languages}:
            raise ToolError(f"The city doesn't have this language. Choose one of: {', '.join(languages)}.")
        return self._in(language)
