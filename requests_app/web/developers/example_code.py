"""The same call in curl, Python and JavaScript. VARIABLES are read from the environment."""

import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

VARIABLES: dict[str, Promise] = {
    "KEY": gettext_lazy("your API key"),
    "TOKEN": gettext_lazy("a report’s private token"),
    "REFERENCE": gettext_lazy("a report’s number"),
    "ETAG": gettext_lazy("the tag that came with an answer"),
    "WEBHOOK": gettext_lazy("the id of one of your webhooks"),
    "LISTENER": gettext_lazy("the id of one of your listeners"),
    "DELIVERY": gettext_lazy("the id of a delivery"),
    "PHOTO": gettext_lazy("the id of a photo"),
    "TASK": gettext_lazy("the id of a task"),
    "EVENT": gettext_lazy("the event to undo, from the answer to an action"),
}
FROM_ENVIRONMENT = re.compile(rf"\$({'|'.join(VARIABLES)})\b")
# By code; the first is the usual one.
LANGUAGES = {"curl": "curl", "python": "Python", "javascript": "JavaScript"}
# A body of more characters has each field on a line of its own.
SHORT = 60
PHOTO_FILE, SAVED_FILE = "hole.jpg", "photo.jpg"


@dataclass(frozen=True)
class Call:
    """body: JSON. form: fields, sent as a multipart form if there are files."""

    method: str
    url: str
    query: dict[str, str] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    form: dict[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    # What comes back: "json", "photo", or nothing ("").
    answer: str = "json"

    @property
    def address(self) -> str:
        return self.url + (f"?{urlencode(self.query, safe=',:')}" if self.query else "")


def in_each_language(call: Call) -> list[tuple[str, str, str]]:
    """Code, name and program."""
    programs = {"curl": as_curl(call), "python": as_python(call), "javascript": as_javascript(call)}
    return [(code, name, programs[code]) for code, name in LANGUAGES.items()]


def _braces(fields: list[str], blanks: str, more: str = "  ") -> str:
    """On one line, or each field on its own. blanks: before the line that it is in; more: before each field besides."""
    whole = ", ".join(fields)
    if len(whole) <= SHORT:
        return f"{{{whole}}}"
    return "{\n" + ",\n".join(f"{blanks}{more}{field}" for field in fields) + f"\n{blanks}}}"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


# --- curl -------------------------------------------------------------------------------------------------------------


def as_curl(call: Call) -> str:
    parts = [f"curl --fail-with-body {_shell(call.address)}"]
    # What curl sends by itself.
    if call.method != ("POST" if call.body is not None or call.form or call.files else "GET"):
        parts[0] += f" -X {call.method}"
    parts += [f"-o {SAVED_FILE}"] if call.answer == "photo" else []
    parts += [f"-H {_shell(f'{name}: {value}')}" for name, value in call.headers.items()]
    if call.body is not None:
        fields = [f"{_json(name)}: {_json(value)}" for name, value in call.body.items()]
        parts += ["-H 'Content-Type: application/json'", f"-d {_shell(_braces(fields, '  '))}"]
    if call.files:
        parts += [f"-F {_shell(f'{name}={value}')}" for name, value in call.form.items()]
        parts += [f"-F {name}=@{PHOTO_FILE}" for name in call.files]
    else:
        parts += [f"--data-urlencode {_shell(f'{name}={value}')}" for name, value in call.form.items()]
    return " \\\n  ".join(parts)


def _shell(text: str) -> str:
    """Within single quotes, except for the variables."""
    parts = FROM_ENVIRONMENT.split(text)
    if len(parts) > 1 and not set(text) & set('"\\`!'):
        return f'"{text}"'
    quoted = [
        f'"${part}"' if number % 2 else "'" + part.replace("'", "'\\''") + "'" for number, part in enumerate(parts)
    ]
    return "".join(part for part in quoted if part != "''")


# --- Python -----------------------------------------------------------------------------------------------------------


def as_python(call: Call) -> str:
    arguments = [_python(call.url)]
    for name, value in [
        ("params", call.query),
        ("headers", call.headers),
        ("json", call.body),
        ("data", call.form),
    ]:
        if value:
            fields = [f"{_python(key)}: {_python(each)}" for key, each in value.items()]
            arguments.append(f"{name}={_braces(fields, '    ', '    ')}")
    if call.files:
        files = ", ".join(f'"{name}": open("{PHOTO_FILE}", "rb")' for name in call.files)
        arguments.append(f"files={{{files}}}")
    lines = ["import requests", ""]
    sent = "".join(f"    {argument},\n" for argument in arguments)
    lines += [f"answer = requests.{call.method.lower()}(\n{sent})", "answer.raise_for_status()"]
    lines += {
        "json": ["print(answer.json())"],
        "photo": [f'with open("{SAVED_FILE}", "wb") as file:', "    file.write(answer.content)"],
    }.get(call.answer, [])
    program = "\n".join(lines)
    return f"import os\n\n{program}" if "os.environ" in program else program


def _python(value: Any) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{_python(name)}: {_python(each)}" for name, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_python, value)) + "]"
        case str() if found := FROM_ENVIRONMENT.fullmatch(value):
            return f'os.environ["{found[1]}"]'
        case str() if FROM_ENVIRONMENT.search(value):
            escaped = json.dumps(value, ensure_ascii=False).replace("{", "{{").replace("}", "}}")
            return "f" + FROM_ENVIRONMENT.sub(lambda found: f"{{os.environ['{found[1]}']}}", escaped)
        case str():
            return json.dumps(value, ensure_ascii=False)
    return repr(value)


# --- JavaScript -------------------------------------------------------------------------------------------------------


def as_javascript(call: Call) -> str:
    """For Node 20 or later. In a browser, it is the same without process.env and openAsBlob."""
    lines, options = [], []
    headers = dict(call.headers)
    if call.method != "GET":
        options.append(f"method: {_javascript(call.method)}")
    if call.body is not None:
        headers["Content-Type"] = "application/json"
    if headers:
        options.append(f"headers: {_javascript(headers)}")
    if call.answer == "photo":
        lines += ['import { writeFile } from "node:fs/promises";', ""]
    if call.files:
        lines += ['import { openAsBlob } from "node:fs";', "", "const body = new FormData();"]
        lines += [f"body.set({_javascript(name)}, {_javascript(value)});" for name, value in call.form.items()]
        file = _javascript(PHOTO_FILE)
        lines += [f"body.set({_javascript(name)}, await openAsBlob({file}), {file});" for name in call.files]
        options.append("body")
    elif call.form:
        options.append(f"body: new URLSearchParams({_javascript(call.form)})")
    elif call.body is not None:
        fields = [f"{_name(name)}: {_javascript(value)}" for name, value in call.body.items()]
        options.append(f"body: JSON.stringify({_braces(fields, '  ')})")
    sent = "".join(f"  {option},\n" for option in options)
    sent = f", {{\n{sent}}}" if sent else ""
    lines += [
        f"const answer = await fetch({_javascript(call.address)}{sent});",
        "if (!answer.ok) throw new Error(await answer.text());",
        *{
            "json": ["console.log(await answer.json());"],
            "photo": [f'await writeFile("{SAVED_FILE}", Buffer.from(await answer.arrayBuffer()));'],
        }.get(call.answer, []),
    ]
    return "\n".join(lines)


def _javascript(value: Any) -> str:
    match value:
        case dict():
            return "{ " + ", ".join(f"{_name(name)}: {_javascript(each)}" for name, each in value.items()) + " }"
        case list():
            return "[" + ", ".join(map(_javascript, value)) + "]"
        case str() if found := FROM_ENVIRONMENT.fullmatch(value):
            return f"process.env.{found[1]}"
        case str() if FROM_ENVIRONMENT.search(value):
            escaped = json.dumps(value, ensure_ascii=False)[1:-1].replace("`", "\\`")
            return "`" + FROM_ENVIRONMENT.sub(r"${process.env.\1}", escaped.replace('\\"', '"')) + "`"
    return json.dumps(value, ensure_ascii=False)


def _name(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_]\w*", name, re.ASCII) else json.dumps(name)
