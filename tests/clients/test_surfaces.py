"""Each operation of API v1 has a method in the Python client and in the TypeScript one, by the same name."""

import copy
import inspect
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lamplighter_client import Lamplighter
from lamplighter_client.staff import Staff
from lamplighter_client.transport import Retries, Transport

from tests.clients import generate

pytestmark = pytest.mark.shows("15.8")
TYPESCRIPT = generate.ROOT / "docs/clients/typescript/src"
PHOTO = "a JPEG, which any HTTP library reads at the photo's `url` with the key"
LEFT_OUT = {"getTestPhoto": PHOTO, "getStaffPhoto": PHOTO}
# An action that has a method of its own.
NOTE = ("POST", "/api/v1/staff/requests/~/actions/note/")
# In an address, what a caller puts in.
VALUE = "~"
# By the method of the transport.
VERBS = {
    "get": "GET",
    "rows": "GET",
    "pages": "GET",
    "post": "POST",
    "upload": "POST",
    "patch": "PATCH",
    "delete": "DELETE",
}
# By the header of an operation: the parameter of a method, in Python and in TypeScript.
HEADERS = {
    "If-Match": ("etag", r"\betag\b|\bIfMatch\b"),
    "Idempotency-Key": ("idempotency_key", r"\bidempotencyKey\b|\bAgain\b"),
}
# By the call: each method that makes it, with its text.
Methods = dict[tuple[str, str], dict[str, str]]


class Recorder(Transport):
    """Asks nobody. calls: method and path of each."""

    def __init__(self) -> None:
        super().__init__("city.example", "", "", Retries(), 1)
        self.calls: list[tuple[str, str]] = []

    def send(self, method: str, path: str, *_arguments: Any, **_options: Any) -> Any:
        self.calls.append((method, path.partition("?")[0]))
        return defaultdict(list)


def python_methods(photo: Path) -> tuple[Methods, set[str]]:
    """And the names of all."""
    methods: Methods = defaultdict(dict)
    names = set()
    recorder = Recorder()
    city = Lamplighter("city.example")
    city._http = recorder
    for prefix, holder in (("", city), ("staff.", Staff(recorder))):
        for name, method in inspect.getmembers(holder, inspect.ismethod):
            if name.startswith("_"):
                continue
            names.add(prefix + name)
            needed = {
                parameter.name: made_up(parameter.annotation, photo)
                for parameter in inspect.signature(method).parameters.values()
                if parameter.default is parameter.empty and parameter.kind != parameter.VAR_KEYWORD
            }
            recorder.calls.clear()
            answer = method(**needed)
            # A list begins with the first row.
            list(answer if inspect.isgenerator(answer) else ())
            for call in recorder.calls:
                methods[call][prefix + name] = str(inspect.signature(method))
    return methods, names


def made_up(annotation: Any, photo: Path) -> Any:
    if annotation is str:
        return VALUE
    return photo if annotation is Path else [] if "Sequence" in str(annotation) else {}


def typescript_methods() -> tuple[Methods, set[str]]:
    """And the names of all."""
    methods: Methods = defaultdict(dict)
    names = set()
    for prefix, file in (("", "client.ts"), ("staff.", "staff.ts")):
        source = (TYPESCRIPT / file).read_text()
        paths = {"BASE": re.findall(r'^const BASE = "(.*)";$', source, re.M)[0]}
        helpers = re.findall(r"^function (\w+)\(.*\n  return `(.*)`;$", source, re.M)
        for name, text in re.findall(r"^  (?:async )?(\w+)\((.*?)^  \}$", source, re.M | re.S):
            if name == "constructor":
                continue
            names.add(prefix + name)
            called = re.search(r"this\.#http\.(\w+)(?:<.*?>)?\(\s*(`[^`]*`|\w+(?:\(\w+\))?)", text)
            if called and called[1] in VERBS:
                local = dict(re.findall(r"const (path) = (.*);", text))
                path = expanded(local.get(called[2], called[2]), paths | dict(helpers))
                methods[VERBS[called[1]], path][prefix + name] = text
    return methods, names


def expanded(expression: str, paths: dict[str, str]) -> str:
    """A template with `${…}`, or the call of a helper, as an address."""
    if not expression.startswith("`"):
        expression = f"`${{{expression}}}`"

    def filled(match: re.Match[str]) -> str:
        name = match[1].partition("(")[0]
        return VALUE if name == "encodeURIComponent" else expanded(f"`{paths[name]}`", paths)

    return re.sub(r"\$\{(.*?)\}", filled, expression.strip("`"))


def operations(document: dict[str, Any]) -> Iterator[tuple[str, tuple[str, str], set[str]]]:
    """Of v1, without OGC's, which map programs call: id, method and path, and names of headers."""
    for path, methods in document["paths"].items():
        if path.startswith("/api/v1/") and not generate.OTHERS.match(path):
            for method, operation in methods.items():
                headers = {one["name"] for one in operation["parameters"] if one["in"] == "header"}
                yield operation["operationId"], (method.upper(), re.sub(r"\{\w+\}", VALUE, path)), headers


def missing(document: dict[str, Any], methods: Methods, pattern: int) -> list[str]:
    """Each operation without a method, and each header that the method can't send. pattern: of HEADERS."""
    problems = []
    for operation, call, headers in operations(document):
        texts = methods.get(call, {}).values()
        if not texts and operation not in LEFT_OUT:
            problems.append(operation)
        for header in sorted(headers & HEADERS.keys()) if texts else ():
            if not any(re.search(HEADERS[header][pattern], text) for text in texts):
                problems.append(f"{operation}: {header}")
    return problems


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return generate.document()


def test_both_clients_call_all_of_v1_by_the_same_names(document: dict[str, Any], tmp_path: Path) -> None:
    photo = tmp_path / "hole.jpg"
    photo.write_bytes(b"x")
    (python, names), (typescript, theirs) = python_methods(photo), typescript_methods()
    assert missing(document, python, 0) == []
    assert missing(document, typescript, 1) == []
    assert {camel(name) for name in names} == theirs
    # And neither calls what there isn't.
    calls = {call for _operation, call, _headers in operations(document)}
    assert python.keys() - {NOTE} <= calls
    assert typescript.keys() <= calls
    assert LEFT_OUT.keys() <= {operation for operation, _call, _headers in operations(document)}

    later = copy.deepcopy(document)
    later["paths"]["/api/v1/tides/"] = {"get": {"operationId": "listTides", "parameters": []}}
    follows = later["paths"]["/api/v1/follows/"]["post"]
    follows["parameters"] = [*follows["parameters"], {"name": "Idempotency-Key", "in": "header"}]
    for methods, pattern in ((python, 0), (typescript, 1)):
        assert missing(later, methods, pattern) == ["follow: Idempotency-Key", "listTides"]
