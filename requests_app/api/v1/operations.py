"""What an operation takes and answers, said once: the view checks by it, and the OpenAPI document is made from it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from requests_app.api.framework.parameters import Names, Parameter

Handler = TypeVar("Handler", bound=Callable[..., Any])
Schema = dict[str, Any]

JSON = "application/json"
GEOJSON = "application/geo+json"
JPEG = "image/jpeg"
PHOTO: Schema = {"type": "string", "format": "binary"}

# In the query of each operation. The header Accept-Language is the other way to ask.
LANG = Parameter(
    "lang",
    "The language of names and sentences: one of the city’s (see `/api/v1/city/`). Defaults to Accept-Language.",
    example="es",
    most=12,
)


@dataclass(frozen=True)
class Answer:
    """schema: a component's name or a schema. also: other media types, with the names of their components."""

    schema: str | Schema | None
    description: str
    example: Any = None
    media: str = JSON
    also: Mapping[str, str] = field(default_factory=dict)
    headers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Body:
    """What a POST or PATCH takes: a component's name by media type, and an example of the first."""

    content: Mapping[str, str]
    example: Any


@dataclass(frozen=True)
class Operation:
    """scope: of the API key it needs, or several with blanks between them; empty: none. headers: that it reads, with "?" after
    those that it doesn't need. problems: codes it may answer besides those that any may."""

    id: str
    tag: str
    summary: str
    description: str
    answer: Answer
    status: int = 200
    query: Sequence[Parameter] = ()
    body: Body | None = None
    problems: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    scope: str = ""

    @property
    def parameters(self) -> list[Parameter]:
        return [*self.query, LANG]


def operation(described: Operation) -> Callable[[Handler], Handler]:
    """Describes the method of a view."""

    def describe(handler: Handler) -> Handler:
        handler.operation = described  # type: ignore[attr-defined]
        return handler

    return describe


def fields_of(names: Sequence[str]) -> Names:
    return Names("fields", "Only these fields, comma-separated.", example=",".join(names[:2]), values=tuple(names))
