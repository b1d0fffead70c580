"""Runs the code blocks of a document in order, as a reader would who copies them. docs/testing.md says what each block means."""

import contextlib
import io
import json
import os
import re
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.core.management import CommandError, call_command

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = {"sh", "python", "javascript"}
ANSWERS = {"json", "xml", "text"}
# The addresses that stand for the city's own and for the reader's, and the end of a value that only the reader has.
CITY, HOOK, OPEN_END = "https://311.example.org", "https://example.org/hook", "…"
PYTHON = """\
import contextlib, io, json, os, sys, traceback
names = {"__name__": "__main__"}
for line in sys.stdin:
    block = json.loads(line)
    os.environ.update(block["environment"])
    out, error = io.StringIO(), ""
    with contextlib.redirect_stdout(out):
        try:
            exec(compile(chr(10) * block["line"] + block["code"], block["file"], "exec"), names)
        except BaseException:
            error = traceback.format_exc()
    print(json.dumps([out.getvalue(), error]), flush=True)
"""
# `curl` says which status was answered, `bin/manage` runs in the process of the test, which has the site's database and
# needs no start; `pip install FOLDER` puts the folder's commands in the path.
SHELL = r"""
curl() { command curl -sS -w '%{stderr}\nHTTP %{http_code} %{url_effective}\n' "$@"; }
bin/manage() { printf '%s\x1f' "$@" >&7; echo >&7; local code; read -r code <&8; cat manage; return "$code"; }
pip() { shift; "$PYTHON" -c "$INSTALL" "$PATHS" "$@"; }
trap 'failed="${failed:-$LINENO}"' ERR
"""
# Without a build: the commands of a folder's pyproject.toml, whose packages are in PYTHONPATH.
INSTALL = """\
import sys, tomllib
from pathlib import Path
for folder in sys.argv[2:]:
    for name, place in tomllib.loads((Path(folder) / "pyproject.toml").read_text())["project"]["scripts"].items():
        module, function = place.split(":")
        command = Path(sys.argv[1]) / name
        command.write_text(f"#!{sys.executable}\\nimport sys\\nfrom {module} import {function}\\nsys.exit({function}())\\n")
        command.chmod(0o755)
"""
AFTER_EACH = 'failed=; . ./block.sh >out 2>err </dev/null; { env -0 >env; printf "done %s\\n" "$failed" >&7; }\n'

MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
# What differs from answer to answer, and in which shape it comes again.
REFERENCE = r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b"
VARYING = (
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:[+-]\d\d:\d\d|Z)?",
    r"\d{4}-\d\d-\d\d",
    # By when, in a sentence: "Monday, November 30, 7 a.m.", "tomorrow at 3:30 p.m."
    rf"(?:today|tomorrow|(?:[A-Z][a-z]+day)(?:, {MONTH} \d+(?:, \d{{4}})?)?)(?:, | at )\d+(?::\d\d)? [ap]\.m\.",
    REFERENCE,
    # The same in an address.
    r"(?<=/)[0-9A-HJKMNP-TV-Z]{8}(?=/|\b)",
    r"whsec_[A-Za-z0-9+/=]+",
    r"\blk_\w+",
    r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b",
    r"\b(?:msg_)?[0-9a-f]{16,}\b",
    # What a header says is left.
    r"(?<=[rt]=)\d+",
)
# By what is printed, the shape of what is answered: what varies has the same; a token begins with a row's id; ids are of any
# length; and what was left out.
SHAPES = {shape: shape for shape in VARYING} | {
    rf"\b\d+-{OPEN_END}": r"\d+-[\w-]+",
    r"(?<![\d.])\d{4,}(?![\d.])": r"\d+",
    OPEN_END: ".*?",
}
TOKEN = re.compile("|".join(f"({shape})" for shape in SHAPES))
# Of JSON, what holds a row's id.
ID_FIELDS = re.compile(r"(.*_)?(id|event)")
# A block may take so many seconds, on a busy machine.
BLOCK_S = 120
# Characters of a text that are shown where it differs.
SHORT = 300


class Mismatch(Exception):
    """What was answered isn't what is printed."""


@dataclass(frozen=True)
class Block:
    """line: of its first line of code, from 1. is_answer: nothing but blank lines between it and the block before."""

    file: str
    line: int
    language: str
    code: str
    is_answer: bool


def blocks_of(text: str, file: str) -> list[Block]:
    made: list[Block] = []
    end = 0
    for fence in re.finditer(r"^( *)```(\w*)\n(.*?)^\1```$", text, re.DOTALL | re.MULTILINE):
        indent, language, code = fence.groups()
        code = re.sub(rf"^{indent}", "", code, flags=re.MULTILINE)
        follows = bool(made) and not text[end : fence.start()].strip()
        made.append(Block(file, text.count("\n", 0, fence.start()) + 2, language, code, follows))
        end = fence.end()
    return made


@dataclass
class Session:
    """One reader with one shell, one Python and the values that the city gave them.

    own: what the reader puts in for NAME=lk_…, by name. hook: their program's address. folder: where they work; `docs/` is in
    it. meanwhile: called after each block, for what the city does by itself.
    """

    site: str
    hook: str
    folder: Path
    own: dict[str, str]
    meanwhile: Callable[[], None]
    # Its path; empty: JavaScript isn't run.
    node: str
    # Has what a document's programs import.
    python: Path = Path(sys.executable)
    # What a document prints, and what this city answered instead.
    answered: dict[str, str] = field(default_factory=dict)

    def run(self, blocks: list[Block]) -> None:
        """Raises AssertionError with all that went wrong, each with its place."""
        problems = []
        with self._started():
            for place, block in enumerate(blocks):
                after = blocks[place + 1] if place + 1 < len(blocks) else None
                answer = after if after and after.is_answer and after.language in ANSWERS else None
                try:
                    if block.language in PROGRAMS:
                        self._run(block, answer)
                    elif not block.is_answer:
                        _check_alone(block)
                except AssertionError as error:
                    problems.append(str(error))
                self.meanwhile()
        if problems:
            raise AssertionError("\n\n".join(problems))

    @contextlib.contextmanager
    def _started(self) -> Iterator[None]:
        paths = self.folder / "paths"
        paths.mkdir(exist_ok=True)
        if not (self.folder / "docs").exists():
            (self.folder / "docs").symlink_to(ROOT / "docs")
        clients = os.pathsep.join(str(path) for path in sorted((ROOT / "docs/clients").glob("*/src")))
        environment = {
            "PATH": f"{paths}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PATHS": str(paths),
            "PYTHON": str(self.python),
            "INSTALL": INSTALL,
            "PYTHONPATH": clients,
            "LANG": "C.UTF-8",
        }
        said_read, said_write = os.pipe()
        told_read, told_write = os.pipe()
        start = f"exec 7>&{said_write} 8<&{told_read}\n{SHELL}"
        with (
            subprocess.Popen(
                ["bash", "--norc", "-s"],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(said_write, told_read),
                text=True,
            ) as self._shell,
            subprocess.Popen(
                [self.python, "-c", PYTHON],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            ) as self._python,
            os.fdopen(said_read) as self._said,
            os.fdopen(told_write, "w") as self._told,
        ):
            os.close(said_write)
            os.close(told_read)
            _send(self._shell.stdin, start)
            try:
                yield
            finally:
                self._shell.kill()
                self._python.kill()

    def _run(self, block: Block, answer: Block | None) -> None:
        code = self._filled(block.code)
        if block.language == "sh":
            out, wrong = self._in_shell(code, answer)
        elif block.language == "python":
            out, wrong = self._in_python(block, code)
        elif not self.node:
            return
        else:
            out, wrong = self._in_node(code)
        if wrong:
            raise AssertionError(f"{block.file}:{block.line}: {wrong}\n\n{code}\n{out[-3000:]}")
        if answer:
            try:
                self._compare(answer, out)
            except Mismatch as mismatch:
                message = f"{answer.file}:{answer.line}: {mismatch}\n\nAnswered to\n\n{code}\n{out[-5000:]}"
                raise AssertionError(message) from None

    def _filled(self, code: str) -> str:
        """With the reader's own values, and those that the city answered in place of what is printed."""
        for printed in sorted(self.answered, key=len, reverse=True):
            code = code.replace(printed, self.answered[printed])
        code = self._at_home(code)
        return re.sub(
            rf'\b(\w+)=("?)\w+{OPEN_END}',
            lambda match: f"{match[1]}={match[2]}{self.own[match[1]]}" if match[1] in self.own else match[0],
            code,
        )

    def _at_home(self, text: str) -> str:
        return text.replace(CITY, self.site).replace(HOOK, self.hook)

    def _in_shell(self, code: str, answer: Block | None) -> tuple[str, str]:
        (self.folder / "block.sh").write_text(code)
        _send(self._shell.stdin, AFTER_EACH)
        while (line := _line_of(self._said)) and not line.startswith("done "):
            (self.folder / "manage").write_text(_managed(line.rstrip("\n").split("\x1f")[:-1], self._told))
            self._told.flush()
        out, err = ((self.folder / name).read_text(errors="replace") for name in ("out", "err"))
        if not line:
            return out, f"the shell has ended, or waits for something\n{err}"
        refused = [
            answered
            for answered in re.findall(r"^HTTP (?:000|[45]\d\d) .*", err, re.MULTILINE)
            if not (answer and re.search(rf"\b{answered.split()[1]}\b", answer.code))
        ]
        failed = line.removeprefix("done ").strip()
        wrong = [f"line {failed} of the block failed"] if failed else []
        return out, "\n".join([*wrong, *refused, *([err] if wrong or refused else [])])

    def _environment(self) -> dict[str, str]:
        pairs = (self.folder / "env").read_text().split("\0") if (self.folder / "env").exists() else []
        return dict(pair.split("=", 1) for pair in pairs if pair)

    def _in_python(self, block: Block, code: str) -> tuple[str, str]:
        sent = {"code": code, "line": block.line - 1, "file": block.file, "environment": self._environment()}
        _send(self._python.stdin, json.dumps(sent) + "\n")
        answer = _line_of(self._python.stdout)
        out, error = json.loads(answer) if answer else ("", "the program has ended, or waits for something")
        return out, error

    def _in_node(self, code: str) -> tuple[str, str]:
        done = subprocess.run(
            [self.node, "--input-type=module", "-"],
            input=code,
            cwd=self.folder,
            env=self._environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.stdout, done.stderr if done.returncode else ""

    def _compare(self, answer: Block, out: str) -> None:
        printed = self._at_home(answer.code)
        if answer.language == "json":
            try:
                actual = json.loads(out)
            except ValueError:
                raise Mismatch("printed as JSON, but the answer isn't") from None
            compare(read_json(printed), actual, self.answered)
            return
        lines = [_lines(text) for text in (printed, out)]
        if answer.language == "xml":
            lines = [re.sub(rf"(?<=[>{OPEN_END}])\s+(?=[<{OPEN_END}])", "", text) for text in lines]
        compare_text(lines[0], lines[1], self.answered)


def _lines(text: str) -> str:
    return "\n".join(map(str.rstrip, text.strip().splitlines()))


def _check_alone(block: Block) -> None:
    """What a reader writes somewhere: only JSON, which has to be JSON."""
    if block.language != "json":
        known = ", ".join(sorted(PROGRAMS))
        kind = block.language or "no language"
        raise AssertionError(f"{block.file}:{block.line}: a block of {kind} after no program. Programs are: {known}.")
    try:
        read_json(block.code)
    except ValueError as error:
        raise AssertionError(f"{block.file}:{block.line}: not JSON: {error}") from None


def _line_of(pipe: IO[str] | None) -> str:
    """Empty at the end, or if there is none for too long."""
    assert pipe is not None
    return pipe.readline() if select.select([pipe], [], [], BLOCK_S)[0] else ""


def _send(pipe: IO[str] | None, text: str) -> None:
    assert pipe is not None
    pipe.write(text)
    pipe.flush()


def _managed(arguments: list[str], told: IO[str]) -> str:
    """What `bin/manage` prints. told: gets its exit code."""
    out = io.StringIO()
    try:
        call_command(*arguments, stdout=out)
    except (CommandError, SystemExit) as error:
        told.write("1\n")
        return f"{out.getvalue()}{error}\n"
    told.write("0\n")
    return out.getvalue()


# --- What is printed, and what was answered ---------------------------------------------------------------------------


def read_json(text: str) -> Any:
    """JSON in which "…" stands for more fields, more rows or the rest of a text."""
    parts, within = [], []
    for part in re.findall(rf'"(?:\\.|[^"\\])*"|[\[\]{{}}]|{OPEN_END}|[^"\[\]{{}}{OPEN_END}]+', text):
        if part in "[{":
            within.append(part)
        elif part in "]}" and within:
            within.pop()
        elif part == OPEN_END:
            parts.append(f'"{OPEN_END}": true' if within and within[-1] == "{" else f'"{OPEN_END}"')
            continue
        parts.append(part)
    return json.loads("".join(parts))


def compare(printed: Any, actual: Any, answered: dict[str, str], path: str = "") -> None:
    """Raises Mismatch. answered: gets what varies, by what is printed."""
    match printed, actual:
        case dict(), dict():
            is_part = printed.get(OPEN_END) is True
            wanted = {name: value for name, value in printed.items() if name != OPEN_END}
            if missing := sorted(set(wanted) - set(actual)):
                raise Mismatch(f"{path or 'the answer'} has no {', '.join(missing)}")
            if not is_part and (more := sorted(set(actual) - set(wanted))):
                raise Mismatch(f"{path or 'the answer'} also has {', '.join(more)}")
            for name, value in wanted.items():
                inner = f"{path}.{name}".lstrip(".")
                if ID_FIELDS.fullmatch(name) and str(value).isdigit() and str(actual[name]).isdigit():
                    answered.setdefault(str(value), str(actual[name]))
                else:
                    compare(value, actual[name], answered, inner)
        case list(), list():
            _compare_lists(printed, actual, answered, path)
        case str(), str():
            compare_text(printed, actual, answered, path)
        case _ if printed == OPEN_END:
            pass
        case _ if printed != actual or type(printed) is not type(actual):
            raise Mismatch(f"{path or 'the answer'} is {json.dumps(actual)[:300]}, printed {json.dumps(printed)[:300]}")


def _compare_lists(printed: list[Any], actual: list[Any], answered: dict[str, str], path: str) -> None:
    wanted = [value for value in printed if value != OPEN_END]
    is_part = len(wanted) < len(printed)
    if len(wanted) > len(actual) or (not is_part and len(wanted) < len(actual)):
        raise Mismatch(f"{path or 'the answer'} has {len(actual)} values, printed {len(wanted)}")
    rest = list(enumerate(actual))
    for value in wanted:
        first: Mismatch | None = None
        while rest:
            place, one = rest.pop(0)
            try:
                compare(value, one, answered, f"{path}[{place}]")
                break
            except Mismatch as mismatch:
                first = first or mismatch
                if not is_part:
                    raise
        else:
            raise first or Mismatch(f"{path or 'the answer'} has no {json.dumps(value)[:300]}")


def compare_text(printed: str, actual: str, answered: dict[str, str], path: str = "") -> None:
    pattern, tokens, end = "", [], 0
    for token in TOKEN.finditer(printed):
        shape = list(SHAPES.values())[(token.lastindex or 0) - 1]
        pattern += f"{re.escape(printed[end : token.start()])}({shape})"
        tokens.append(token[0])
        end = token.end()
    match = re.fullmatch(pattern + re.escape(printed[end:]), actual, re.DOTALL)
    if match is None:
        raise Mismatch(f"{path or 'the answer'} is {_from_where_they_differ(actual, printed)}")
    for token_text, value in zip(tokens, match.groups(), strict=True):
        if token_text not in (OPEN_END, value):
            before = answered.setdefault(token_text, value)
            if before != value and re.fullmatch(REFERENCE, token_text):
                raise Mismatch(
                    f"{path or 'the answer'} has {value}; what is printed as {token_text} was {before} before"
                )
    # "417-…" as a whole, if it stands for one thing.
    if OPEN_END in printed and not re.search(r"\s", actual) and len(printed) > 1:
        answered.setdefault(printed, actual)


def _from_where_they_differ(actual: str, printed: str) -> str:
    if len(actual) + len(printed) < SHORT or OPEN_END in printed:
        return f"{actual[:SHORT]!r}, printed {printed[:SHORT]!r}"
    place = next((place for place, (one, other) in enumerate(zip(actual, printed, strict=False)) if one != other), 0)
    return f"…{actual[place : place + SHORT]!r}, printed …{printed[place : place + SHORT]!r}"
