"""Plain language: grade 8 in English, an ease of 65 in Spanish, and none of the turns listed in tests/plain_words.py.

tests/requests_app/demo/test_rivermark_catalog.py measures the catalog's text in the same way.
"""

import ast
import re
import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.plain_words import EVERYWHERE, IN_CODE, IN_SPANISH, ON_PAGES, Turn
from tests.reading import WORD, ease, grade

pytestmark = pytest.mark.shows("4.25")

ROOT = Path(__file__).resolve().parent.parent
PO = ROOT / "locale/es/LC_MESSAGES/django.po"
RESIDENTS = re.compile(
    r"(^|\s)(templates/(requests_app|emails|4|5|base)|requests_app/(?!api|checks|management|imports))"
)
# Placeholders, markup, proper names and what a program reads count as one short word.
NOT_COUNTED = re.compile(r"<code>[^<]*</code>|%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>|WCAG [\d.]+|JavaScript|https?://\S+")
# In shorter sentences a single long word decides the score.
MOST_OF_A_LINE = 10

# A string of so many words is a sentence, not a code.
A_SENTENCE = 4

TEMPLATES = sorted(path for path in ROOT.glob("templates/**/*") if path.suffix in (".html", ".txt"))
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("deploy/**/*.md"), *ROOT.glob("tests/**/*.md")]
)
PYTHON = sorted(
    path for folder in ("requests_app", "staff_app", "config", "tests") for path in ROOT.glob(f"{folder}/**/*.py")
)
# This file's table quotes the turns.
PYTHON.remove(ROOT / "tests/plain_words.py")

# In a template: what is not English text. A `translate` tag's string is.
TRANSLATE = re.compile(r"""{%\s*translate\s+(?:"([^"]*)"|'([^']*)').*?%}""", re.DOTALL)
NOT_TEXT = re.compile(r"{%.*?%}|{{.*?}}|<!--.*?-->|<(?:script|style)\b.*?</(?:script|style)>|<[^>]*>", re.DOTALL)
COMMENT = re.compile(r"{#.*?#}|{%\s*comment\b.*?{%\s*endcomment\s*%}", re.DOTALL)
STRING_OR_COMMENT = re.compile(
    r'''"""(?:[^\\]|\\.)*?"""|\'{3}(?:[^\\]|\\.)*?\'{3}|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|#[^\n]*''', re.DOTALL
)
# In a document: code and addresses.
NOT_PROSE = re.compile(r"^```.*?^```|`[^`\n]*`|\]\([^)]*\)|https?://\S+", re.DOTALL | re.MULTILINE)


@cache
def entries() -> list[tuple[str, list[str], list[str]]]:
    """Each entry of the Spanish catalog: its places, and its English and Spanish strings (several for plurals)."""
    catalog = subprocess.run(["msgcat", "--no-wrap", str(PO)], capture_output=True, text=True, check=True).stdout
    found = []
    for entry in catalog.split("\n\n"):
        places = " ".join(re.findall(r"^#: (.*)$", entry, re.MULTILINE))
        strings = re.findall(r'^(?:msgid|msgid_plural|msgstr(?:\[\d\])?) "(.+)"$', entry, re.MULTILINE)
        if places and strings and "#~" not in entry:
            half = len(strings) // 2
            found.append((places, strings[:half], strings[half:]))
    return found


def sentences() -> Iterator[tuple[str, str]]:
    """English and Spanish of what residents read."""
    for places, english, spanish in entries():
        if RESIDENTS.search(places):
            yield from zip(english, spanish, strict=False)


def words_alone(sentence: str) -> str:
    return NOT_COUNTED.sub("it", sentence).replace("\\n", "\n").replace('\\"', '"')


def is_long(sentence: str) -> bool:
    return len(WORD.findall(sentence)) >= MOST_OF_A_LINE


def test_there_is_something_to_read() -> None:
    assert sum(is_long(words_alone(english)) for english, _ in sentences()) > 100


def test_english_is_at_most_grade_8() -> None:
    read = [words_alone(english) for english, _ in sentences()]
    hard = sorted(((round(grade(text), 1), text) for text in read if is_long(text) and grade(text) > 8), reverse=True)
    assert not hard, "\n".join(f"{score}: {text}" for score, text in hard)


def test_spanish_reads_with_an_ease_of_at_least_65() -> None:
    read = [words_alone(spanish) for _, spanish in sentences()]
    hard = sorted((round(ease(text), 1), text) for text in read if is_long(text) and ease(text) < 65)
    assert not hard, "\n".join(f"{score}: {text}" for score, text in hard)


# --- Turns of phrase --------------------------------------------------------------------------------------------------


def blank(pattern: re.Pattern[str], text: str) -> str:
    """Replaces matches by an ellipsis, keeping line breaks so that line numbers stay right."""
    return pattern.sub(lambda match: "…" + "\n" * match[0].count("\n"), text)


def in_text(text: str, turns: Iterable[Turn], where: str, first_line: int | None = None) -> Iterator[str]:
    """A line for each turn found, with its reason. first_line: of `text` in its file, to tell the line."""
    flat = re.sub(r"\s", " ", text)
    for turn in turns:
        for match in turn.found_in(flat):
            line = "" if first_line is None else f":{first_line + text[: match.start()].count(chr(10))}"
            excerpt = flat[max(0, match.start() - 40) : match.end() + 40].strip()
            yield f"{where}{line}: “{match[0].strip()}” → {turn.reason}    … {excerpt} …"


def in_texts(texts: list[tuple[int, str]], turns: Iterable[Turn], path: Path) -> Iterator[str]:
    """Turns in the texts of a file, with their lines. Each is looked for in all of them at once first, as there are thousands."""
    together = re.sub(r"\s", " ", ". ".join(text for _, text in texts))
    if here := [turn for turn in turns if turn.pattern.search(together)]:
        for line, text in texts:
            yield from in_text(text, here, str(path.relative_to(ROOT)), line)


def in_template(path: Path) -> Iterator[str]:
    text = TRANSLATE.sub(lambda match: (match[1] or match[2] or "") + "\n" * match[0].count("\n"), path.read_text())
    where = str(path.relative_to(ROOT))
    yield from in_text(blank(NOT_TEXT, blank(COMMENT, text)), [*EVERYWHERE, *ON_PAGES], where, 1)
    for comment in COMMENT.finditer(text):
        line = text[: comment.start()].count("\n") + 1
        yield from in_text(blank(NOT_PROSE, comment[0]), [*EVERYWHERE, *IN_CODE], where, line)


def in_document(path: Path) -> Iterator[str]:
    text = blank(NOT_PROSE, path.read_text())
    yield from in_text(text, [*EVERYWHERE, *IN_CODE], str(path.relative_to(ROOT)), 1)


@cache
def strings(path: Path) -> tuple[dict[int, str], list[tuple[int, str]]]:
    """The docstrings of a file and its other strings, by line. ast.walk() would take three times as long."""
    docstrings: dict[int, str] = {}
    others: list[tuple[int, str]] = []
    waiting: list[Any] = [ast.parse(path.read_text())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                others.append((node.lineno, node.value))
        elif isinstance(node, ast.AST) and not isinstance(node, ast.Name | ast.expr_context):
            waiting += vars(node).values()
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and node.body:
                first = node.body[0]
                if (
                    isinstance(first, ast.Expr)
                    and isinstance(first.value, ast.Constant)
                    and isinstance(first.value.value, str)
                ):
                    docstrings[first.lineno] = first.value.value
    return docstrings, [(line, text) for line, text in others if line not in docstrings]


def comments(source: str) -> Iterator[tuple[int, str]]:
    """Comments, those on consecutive lines as one. The module tokenize would take ten times as long."""
    block: list[str] = []
    last, line, counted = 0, 1, 0
    for found in STRING_OR_COMMENT.finditer(source):
        if not found[0].startswith("#"):
            continue
        line += source.count("\n", counted, found.start())
        counted = found.start()
        if block and line != last + 1:
            yield last - len(block) + 1, "\n".join(block)
            block = []
        block.append(found[0].lstrip("# "))
        last = line
    if block:
        yield last - len(block) + 1, "\n".join(block)


def in_python(path: Path) -> Iterator[str]:
    docstrings, _ = strings(path)
    texts = [(line, blank(NOT_PROSE, text)) for line, text in [*docstrings.items(), *comments(path.read_text())]]
    yield from in_texts(texts, [*EVERYWHERE, *IN_CODE], path)


def messages(path: Path) -> Iterator[str]:
    """Sentences in code that are not docstrings: output of commands, errors, labels."""
    _, others = strings(path)
    yield from in_texts([(line, text) for line, text in others if len(text.split()) >= A_SENTENCE], EVERYWHERE, path)


def listed(hits: Iterable[str]) -> str:
    lines = list(hits)
    return "\n".join([f"{len(lines)} turns to rewrite:", *lines]) if lines else ""


@pytest.mark.parametrize(
    ("turns", "text"),
    [
        (EVERYWHERE, "Whoever has the link may open it."),
        (EVERYWHERE, "No news comes before you\nconfirm."),
        (EVERYWHERE, "The report, as it stands, is public."),
        (ON_PAGES, "Press the button."),
        (IN_CODE, "Nothing leaves by this door."),
        (IN_SPANISH, "Oprima el botón."),
    ],
)
def test_a_turn_is_found(turns: list[Turn], text: str) -> None:
    assert listed(in_text(text, turns, "here", 1))


@pytest.mark.parametrize(
    "text",
    [
        "Press Enter to search.",
        "Anyone with this link can read your report and reply as you.",
        "311 stands for city services.",
        "See where your report stands.",
        "We need your mailing address.",
        "Updates start after you confirm.",
    ],
)
def test_plain_english_is_not(text: str) -> None:
    assert listed(in_text(text, [*EVERYWHERE, *ON_PAGES, *IN_CODE], "here")) == ""


def test_english_strings_have_none_of_the_turns() -> None:
    hits = [
        hit
        for places, english, _ in entries()
        for text in english
        for hit in in_text(NOT_COUNTED.sub("…", text), [*EVERYWHERE, *ON_PAGES], places)
    ]
    assert not hits, listed(hits)


def test_spanish_strings_have_none_of_the_turns() -> None:
    hits = [
        hit
        for places, _, spanish in entries()
        for text in spanish
        for hit in in_text(NOT_COUNTED.sub("…", text), IN_SPANISH, places)
    ]
    assert not hits, listed(hits)


def test_templates_have_none_of_the_turns() -> None:
    assert len(TEMPLATES) > 100
    hits = [hit for path in TEMPLATES for hit in in_template(path)]
    assert not hits, listed(hits)


def test_documents_have_none_of_the_turns() -> None:
    assert len(DOCUMENTS) > 10
    hits = [hit for path in DOCUMENTS for hit in in_document(path)]
    assert not hits, listed(hits)


def test_docstrings_and_comments_have_none_of_the_turns() -> None:
    assert len(PYTHON) > 300
    hits = [hit for path in PYTHON for hit in in_python(path)]
    assert not hits, listed(hits)


def test_messages_of_the_code_have_none_of_the_turns() -> None:
    # The demo's strings are residents' own words.
    paths = [path for path in PYTHON if not {"tests", "migrations", "demo"} & set(path.relative_to(ROOT).parts)]
    hits = [hit for path in paths for hit in messages(path)]
    assert not hits, listed(hits)
