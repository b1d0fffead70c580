"""Writes what the Python client has from elsewhere: `python -m tests.clients.generate`.

- shapes.py: the bodies and answers of API v1, from the OpenAPI document.
- async_client.py: the methods of client.py and staff.py as coroutines.

Neither needs a database. test_generate.py fails if one of them is out of date.
"""

import ast
import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "docs/clients/python/src/lamplighter_client"
Schema = dict[str, Any]
Fields = dict[str, tuple[str, str]]
PLAIN = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "object": "dict[str, Any]",
    "null": "None",
}
# The parts of API v1 that have clients of their own.
OTHERS = re.compile(r"^(/open311/|/api/v1/ogc/)")
JSON = "application/json"
HEAD = '"""The bodies and answers of API v1, from the OpenAPI document by `python -m tests.clients.generate`.\n\n{words}\n"""\n'
WORDS = (
    "The city may answer with more fields and other codes than these: ignore what you don't know. So a code that you get is a "
    "string, and one that you send is one of the listed values."
)
ROWS = ("RequestRow", "StaffRequestRow", "ChangedRequest")
# What these return isn't awaited; and these methods ask nobody.
NOT_AWAITED = ("self._http.rows", "self._http.pages", "self._http.etag")
PLAIN_METHODS = ("__init__", "etag", "task_etag")
# Objects that have no name of their own in the document.
NAMES = {"NewReportPlace": "NewPlace", "NewReportContact": "NewContact"}


def document() -> Schema:
    """The OpenAPI document of this tree, without a database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SECRET_KEY", "only to write the document")
    import django

    django.setup()
    from requests_app.api import openapi

    made: Schema = json.loads(openapi.as_file("json")[0])
    return made


# --- The shapes -------------------------------------------------------------------------------------------------------


class Shapes:
    """Writes a TypedDict for each object that the JSON bodies and answers of API v1 lead to."""

    def __init__(self, document: Schema) -> None:
        self.schemas = {
            # A row has all fields, but with `fields`, which the clients never send.
            name: schema | ({"required": list(schema["properties"])} if name in ROWS else {})
            for name, schema in document["components"]["schemas"].items()
        }
        operations = [
            operation
            for path, methods in document["paths"].items()
            if not OTHERS.match(path)
            for operation in methods.values()
        ]
        bodies = [operation.get("requestBody", {}) for operation in operations]
        answers = [answer for operation in operations for answer in operation["responses"].values()]
        self.sent = self._reached(bodies)
        self.received = self._reached([*answers, *document.get("webhooks", {}).values(), *self._messages()])
        # Of each class its docstring, and of each field its type and docstring.
        self.classes: dict[str, tuple[str, Fields]] = {}

    def _messages(self) -> list[Schema]:
        return [{"$ref": f"#/components/schemas/{name}"} for name in ("WebhookMessage",) if name in self.schemas]

    def _reached(self, parts: list[Schema]) -> set[str]:
        """The names of the schemas that these parts refer to, and those refer to, and so on."""
        names: set[str] = set()
        waiting = [name for part in parts for name in references(part)]
        while waiting:
            name = waiting.pop()
            if name not in names:
                names.add(name)
                waiting += references(self.schemas[name])
        return names

    def written(self) -> str:
        for name in sorted(self.schemas):
            if name in self.sent | self.received and not is_form(self.schemas[name]):
                self._add(name, self.schemas[name])
        words = "\n".join(textwrap.wrap(WORDS, 116))
        imports = "from __future__ import annotations\n\nfrom typing import Any, Literal, NotRequired, TypedDict"
        done: dict[str, str] = {}
        for name in self.classes:
            self._write(name, done)
        return "\n\n".join([HEAD.format(words=words), imports, *done.values()])

    def _add(self, name: str, schema: Schema) -> str:
        """Returns the name of the class: another one's, if an object without a name of its own is the same."""
        required = schema.get("required", [])
        fields: Fields = {}
        for field, part in schema["properties"].items():
            kind = self.type_of(part, name + camel(field))
            fields[field] = (kind if field in required else f"NotRequired[{kind}]", docstring(described(part)))
            if not field.isidentifier():
                raise ValueError(f"{field} of {name} is no name in Python.")
        words = docstring(schema.get("description", ""))
        same = [other for other, made in self.classes.items() if made == (words, fields)]
        if same and name not in self.schemas:
            return same[0]
        self.classes[name] = (words, fields)
        return name

    def _write(self, name: str, done: dict[str, str]) -> None:
        """A class, after the one of which it has all the fields and more."""
        if name in done:
            return
        words, fields = self.classes[name]
        parts = [
            other
            for other, (_, others) in self.classes.items()
            if len(others) > 1 and others.items() < fields.items() and other in self.schemas
        ]
        base = max(parts, key=lambda other: len(self.classes[other][1]), default=None)
        if base:
            self._write(base, done)
        inherited = self.classes[base][1] if base else {}
        lines = [words]
        for field, (kind, about) in fields.items():
            if field not in inherited:
                lines += [f"{field}: {kind}", about]
        body = textwrap.indent("\n".join(line for line in lines if line), "    ")
        done[name] = f"class {name}({base or 'TypedDict'}):\n{body}\n"

    def type_of(self, schema: Schema, name: str) -> str:
        """The Python type. name: of the class, if it's an object that has none."""
        name = NAMES.get(name, name)
        if "$ref" in schema:
            return str(schema["$ref"].rpartition("/")[2])
        for several in ("anyOf", "oneOf", "allOf"):
            if several in schema:
                kinds = [self.type_of(part, name) for part in schema[several]]
                return joined(kinds)
        if "enum" in schema:
            values = ", ".join(repr(value) for value in schema["enum"] if value is not None)
            return joined([f"Literal[{values}]", *(["None"] if None in schema["enum"] else [])])
        kinds = schema.get("type", "string" if "enum" in schema or "const" in schema else "")
        return joined([self._one_type(kind, schema, name) for kind in ([kinds] if isinstance(kinds, str) else kinds)])

    def _one_type(self, kind: str, schema: Schema, name: str) -> str:
        if kind == "array":
            return f"list[{self.type_of(schema.get('items', {}), one_of(name))}]"
        if kind == "object" and schema.get("properties"):
            return self._add(name, schema)
        more = schema.get("additionalProperties")
        if kind == "object" and isinstance(more, dict) and more:
            return f"dict[str, {self.type_of(more, one_of(name))}]"
        return PLAIN.get(kind, "Any")


def references(part: Any) -> Iterator[str]:
    """The names of the schemas of JSON in this part of the document."""
    if isinstance(part, dict):
        if str(part.get("$ref")).startswith("#/components/schemas/"):
            yield part["$ref"].rpartition("/")[2]
        for name, value in part.items():
            # GeoJSON has types elsewhere, and forms are made by the client.
            if not (name.endswith(("+json", "form-data")) and name != "application/problem+json"):
                yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def is_form(schema: Schema) -> bool:
    return '"binary"' in str(schema).replace("'", '"') or "properties" not in schema


def described(schema: Schema) -> str:
    """Its description, with the codes that it knows."""
    codes = [str(code) for code in schema.get("enum", []) if code is not None]
    return " ".join([schema.get("description", ""), f"One of {', '.join(codes)}." if codes else ""]).strip()


def docstring(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"""', "'''")
    lines = textwrap.wrap(text, 106)
    return f'"""{lines[0]}"""' if len(lines) == 1 else "\n".join(['"""' + lines[0], *lines[1:], '"""']) if lines else ""


def joined(kinds: list[str]) -> str:
    """One type of several, without doubles."""
    return " | ".join(dict.fromkeys(part for kind in kinds for part in kind.split(" | ")))


def camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def one_of(name: str) -> str:
    """The name of one of several: Months, Month."""
    return name.removesuffix("s")


# --- The coroutines ---------------------------------------------------------------------------------------------------


class ToCoroutines(ast.NodeTransformer):
    """Each method becomes a coroutine, each generator an asynchronous one, and what asks the city is awaited."""

    RENAMED = {
        "Lamplighter": "AsyncLamplighter",
        "Staff": "AsyncStaff",
        "Transport": "AsyncTransport",
        "Iterator": "AsyncIterator",
    }

    def visit_Name(self, node: ast.Name) -> ast.Name:
        node.id = self.RENAMED.get(node.id, node.id)
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.ClassDef:
        node.name = self.RENAMED[node.name]
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef | ast.AsyncFunctionDef:
        self.generic_visit(node)
        if node.name in PLAIN_METHODS:
            return node
        return ast.AsyncFunctionDef(**dict(ast.iter_fields(node)))

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        """`yield from` a generator of the transport becomes a loop, which a coroutine has instead."""
        self.generic_visit(node)
        if not isinstance(node.value, ast.YieldFrom):
            return node
        row = ast.Expr(ast.Yield(ast.Name("row")))
        return ast.AsyncFor(ast.Name("row"), node.value.value, [row], [])

    def visit_Call(self, node: ast.Call) -> ast.Call | ast.Await:
        self.generic_visit(node)
        called = ast.unparse(node.func)
        if called.startswith("self._http.") and called not in NOT_AWAITED:
            return ast.Await(value=node)
        return node


def coroutines() -> str:
    """client.py and staff.py as one module of coroutines. Their functions outside of classes are imported."""
    classes: list[ast.stmt] = []
    imports: dict[str, ast.stmt] = {}
    for module in ("staff", "client"):
        for node in ast.parse((PACKAGE / f"{module}.py").read_text()).body:
            if isinstance(node, ast.Import | ast.ImportFrom):
                imports[ast.unparse(node)] = node
            elif isinstance(node, ast.ClassDef):
                classes.append(node)
    body = [ToCoroutines().visit(node) for node in classes]
    module = ast.Module(body=[*imports.values(), *body], type_ignores=[])
    head = '"""client.py and staff.py as coroutines, written by `python -m tests.clients.generate`."""\n\n'
    text = ast.unparse(ast.fix_missing_locations(module))
    text = text.replace("from lamplighter_client.staff import Staff\n", "")
    text = re.sub(r"(from lamplighter_client\.transport import .*)\bTransport\b", r"\1AsyncTransport", text)
    text = text.replace("import Iterator", "import AsyncIterator")
    return head + text


# --- The files --------------------------------------------------------------------------------------------------------


def formatted(text: str, name: str) -> str:
    """As ruff leaves it, without imports that nothing needs."""
    ruff = [Path(sys.executable).with_name("ruff")]
    checked = subprocess.run(
        [*ruff, "check", "--fix", "--quiet", "--exit-zero", "--select=F401,I", "--stdin-filename", PACKAGE / name, "-"],
        input=text,
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    command = [*ruff, "format", "--quiet", "--stdin-filename", PACKAGE / name, "-"]
    return subprocess.run(command, input=checked, capture_output=True, text=True, check=True, cwd=ROOT).stdout


def files(document: Schema) -> dict[Path, str]:
    """What each file should say."""
    made = {"shapes.py": Shapes(document).written(), "async_client.py": coroutines()}
    return {PACKAGE / name: formatted(text, name) for name, text in made.items()}


if __name__ == "__main__":
    for path, text in files(document()).items():
        path.write_text(text)
        print(path.relative_to(ROOT))
