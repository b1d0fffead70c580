"""Reads a YAML file that people write, checks it against a model, and says what is wrong with it by line and column."""

import codecs
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any, get_args
from zoneinfo import ZoneInfo

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainValidator, ValidationError, ValidationInfo
from pydantic_core import ErrorDetails, PydanticCustomError

from requests_app.imports.map_files import ImportProblemError, first_line

# libyaml's loader, where PyYAML has it: six times faster.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# What a row of a list is called by, the first that it has.
NAMES = ("code", "service_code", "value", "phrase", "key", "layer", "name", "match")
# A longer file may have as many as it has bytes, which each value takes at least when it is written out.
VALUES_MAX = 500_000
Loc = Sequence[int | str]


class Section(BaseModel):
    """A table of `name: value` lines. What it doesn't know is refused, and no value is converted to another type."""

    model_config = ConfigDict(extra="forbid", strict=True, arbitrary_types_allowed=True)


# Text, though YAML reads a number: `desk: 311`.
LooseText = Annotated[str, Field(strict=False, coerce_numbers_to_str=True)]


def wrong(sentence: str, kind: str = "wrong", **details: Any) -> PydanticCustomError:
    """For a validator to raise: the sentence that people read. Pages put a kind with its details in the reader's language."""
    return PydanticCustomError(kind, "{sentence}", {"sentence": sentence, **details})


def context_of(info: ValidationInfo) -> dict[str, Any]:
    """Returns the context passed to Pydantic's validation, empty if there is none."""
    return info.context or {}


def one_of(choices: Collection[str]) -> Any:
    def check(value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise wrong(f"`{value}` should be one of {', '.join(choices)}.")
        return value

    return PlainValidator(check)


def refers_to(part: str, *besides: str) -> Any:
    """A code that the check's context knows: info.context is a table of sets of codes."""

    def check(value: Any, info: ValidationInfo) -> str:
        known = [*besides, *sorted(context_of(info)[part])]
        if not isinstance(value, str) or value not in known:
            raise wrong(f"`{value}` should be one of {', '.join(known)}.", "unknown", value=str(value))
        return value

    return PlainValidator(check)


def of_type(types: tuple[type, ...], sentence: str) -> Any:
    def check(value: Any) -> Any:
        if not isinstance(value, types):
            raise wrong(sentence)
        return value

    return PlainValidator(check)


def matching(pattern: str, sentence: str) -> Any:
    """Text of this pattern; the sentence says what it should be."""

    def check(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value):
            raise wrong(sentence)
        return value

    return PlainValidator(check)


def in_range(value: Any, low: int, high: int) -> int:
    if type(value) is not int or not low <= value <= high:
        raise wrong(f"it should be a whole number from {low} to {high}.", "whole_number", low=low, high=high)
    return value


def whole_number(low: int, high: int) -> Any:
    return PlainValidator(partial(in_range, low=low, high=high))


def distinct(key: Callable[[Any], Any] = str, name: Callable[[Any], Any] | None = None) -> Any:
    """A list in which no two rows have the same key. name: what the sentence calls such a row, if not by its key."""

    def check(rows: list[Any]) -> list[Any]:
        seen = set()
        for row in rows:
            if key(row) in seen:
                raise wrong(f"`{(name or key)(row)}` is listed twice.", "twice", value=str((name or key)(row)))
            seen.add(key(row))
        return rows

    return AfterValidator(check)


def tables(rows: Any) -> list[dict[str, Any]]:
    """The tables in a list that nobody has checked yet."""
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _time_zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):
        raise wrong(f"there is no time zone `{value}`.") from None
    return value


TimeZone = Annotated[str, AfterValidator(_time_zone)]


@dataclass(frozen=True)
class YamlFile:
    name: str
    data: Any
    node: yaml.Node | None

    def place(self, loc: Loc) -> str:
        """ "city.yaml, line 3, column 7", of the value at this path, or of the last part of the path that is there."""
        return _place(self.name, self.node, loc)

    def check(self, model: type[BaseModel]) -> Any:
        """The file as the model. Raises ImportProblemError, a line for everything that is wrong."""
        try:
            return model.model_validate(self.data)
        except ValidationError as error:
            sentences = [f"{self.place(loc)}: {said}" for loc, said in sentences_of(error, model, self.data)]
            raise ImportProblemError("\n".join(sentences)) from error


def read_yaml(path: Path) -> YamlFile:
    """A file whose content is a table. Raises ImportProblemError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ImportProblemError(f"{path.name} cannot be read: {first_line(error)}") from error
    return parse_yaml(path.name, content)


def parse_yaml(name: str, content: bytes) -> YamlFile:
    """Content, in UTF-8, that is a table. Raises ImportProblemError."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise ImportProblemError(f"{name} cannot be read: it is saved as UTF-16. Save it as UTF-8 and try again.")
    try:
        loader = _Loader(content.decode("utf-8-sig"))
        try:
            node = loader.get_single_node()
            values_max = max(VALUES_MAX, len(content))
            if node is not None and _values_in(node, values_max) > values_max:
                raise ImportProblemError(
                    f"{name} cannot be read: it repeats too much. Write out what its aliases stand for."
                )
            data = loader.construct_document(node) if node else None
        finally:
            loader.dispose()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ImportProblemError(
            f"{name} cannot be read: line {line} has letters that are not UTF-8. Save it as UTF-8 and try again."
        ) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise ImportProblemError(f"{name} cannot be read: {where}{error.problem}.") from error
    except (ValueError, TypeError, yaml.YAMLError, RecursionError) as error:
        raise ImportProblemError(f"{name} cannot be read: {first_line(error)}") from error
    if not isinstance(data, dict):
        raise ImportProblemError(f"{name} must be a list of `name: value` lines.")
    return YamlFile(name, data, node)


def _values_in(node: yaml.Node, most: int, counted: dict[int, int] | None = None) -> int:
    """How many values there are with every alias written out. A few short lines can stand for billions."""
    counted = {} if counted is None else counted
    if id(node) not in counted:
        # A value that holds itself has no end.
        counted[id(node)] = most + 1
        inner = node.value if isinstance(node, yaml.CollectionNode) else []
        parts = [part for one in inner for part in (one if isinstance(one, tuple) else (one,))]
        counted[id(node)] = 1 + sum(_values_in(part, most, counted) for part in parts)
    return counted[id(node)]


def _place(name: str, node: yaml.Node | None, loc: Loc) -> str:
    for step in loc:
        inner = child(node, step)
        if inner is None:
            break
        node = inner
    return f"{name}, line {node.start_mark.line + 1}, column {node.start_mark.column + 1}" if node else name


def child(node: yaml.Node | None, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.MappingNode):
        return next((value for key, value in node.value if key.value == str(step)), None)
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        found: yaml.Node = node.value[step]
        return found
    return None


# --- What pydantic says, as sentences ---------------------------------------------------------------------------------

_SENTENCES = {
    "bool_type": "it should be true or false.",
    "int_type": "it should be a whole number.",
    "string_type": "it should be text; put it in quotes.",
    "list_type": "it should be a list.",
    "invalid_key": "the name before the colon should be text; put it in quotes.",
    "too_short": "it should not be empty.",
    "dict_type": "it should be a table of `name: value` lines.",
    "model_type": "it should be a table of `name: value` lines.",
}


def sentences_of(error: ValidationError, model: type[BaseModel], data: Any) -> Iterator[tuple[Loc, str]]:
    """Where each problem is, and a sentence about it that names the rows on the way: "services, pothole: …"."""
    for one in error.errors(include_url=False):
        loc, said = one["loc"], _sentence(one, model)
        is_about_the_key = one["type"] == "extra_forbidden" or _is_missing(one)
        where = _names(data, loc[:-1] if is_about_the_key else loc)
        yield loc, ": ".join(filter(None, [where, said]))


def _sentence(error: ErrorDetails, model: type[BaseModel]) -> str:
    if error["type"] == "missing":
        return f"`{error['loc'][-1]}` is missing."
    if _is_missing(error):
        return f"`{error['loc'][-1]}` is missing: write a value, or leave the line out."
    if error["type"] == "extra_forbidden":
        fields = _model_at(model, error["loc"][:-1]).model_fields
        known = ", ".join(sorted(field.alias or name for name, field in fields.items()))
        return f"unknown key `{error['loc'][-1]}`. Known: {known}."
    return _SENTENCES.get(error["type"], error["msg"])


def _is_missing(error: ErrorDetails) -> bool:
    """`name:` with nothing behind it says as little as no line at all."""
    return error["type"] == "missing" or (error["input"] is None and error["type"] in _SENTENCES)


def _names(data: Any, loc: Loc) -> str:
    names: list[str] = []
    for step in loc:
        if isinstance(data, dict) and step in data:
            data = data[step]
            names.append(str(step))
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
            if isinstance(data, dict):
                names.append(
                    next((data[name] for name in NAMES if isinstance(data.get(name), str)), f"number {step + 1}")
                )
        else:
            break
    return ", ".join(names)


def _model_at(model: type[BaseModel], loc: Loc) -> type[BaseModel]:
    for step in loc:
        if step in model.model_fields:
            model = _model_in(model.model_fields[str(step)].annotation) or model
    return model


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
