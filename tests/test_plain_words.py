"""Every sentence that a resident may read on a page or in a mail is easy: grade 8 in English, an ease of 65 in Spanish.

tests/requests_app/demo/test_rivermark_catalogue.py measures the catalogue's words in the same way.
"""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reading import WORD, ease, grade

pytestmark = pytest.mark.shows("4.25")

PO = Path(__file__).resolve().parent.parent / "locale/es/LC_MESSAGES/django.po"
RESIDENTS = re.compile(
    r"(^|\s)(templates/(requests_app|emails|4|5|base)|requests_app/(?!api|checks|management|imports))"
)
# Names and numbers that go in, markup, and the name of a rule book: a short word each to a reader.
NOT_COUNTED = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}|<[^>]+>|WCAG [\d.]+|JavaScript|https?://\S+")
# In a line of a few words, one long word is the whole score.
MOST_OF_A_LINE = 10


def sentences() -> Iterator[tuple[str, str]]:
    """English and Spanish of what residents read."""
    catalogue = subprocess.run(["msgcat", "--no-wrap", str(PO)], capture_output=True, text=True, check=True).stdout
    for entry in catalogue.split("\n\n"):
        places = " ".join(re.findall(r"^#: (.*)$", entry, re.MULTILINE))
        said = re.findall(r'^(?:msgid|msgid_plural|msgstr(?:\[\d\])?) "(.+)"$', entry, re.MULTILINE)
        if RESIDENTS.search(places) and said and "#~" not in entry:
            half = len(said) // 2
            yield from zip(said[:half], said[half:], strict=False)


def words_alone(sentence: str) -> str:
    return NOT_COUNTED.sub("it", sentence).replace("\\n", "\n").replace('\\"', '"')


def is_long(sentence: str) -> bool:
    return len(WORD.findall(sentence)) >= MOST_OF_A_LINE


def test_there_is_something_to_read() -> None:
    assert sum(is_long(words_alone(english)) for english, _ in sentences()) > 100


def test_english_is_at_most_grade_8() -> None:
    read = [words_alone(english) for english, _ in sentences()]
    hard = sorted(((round(grade(one), 1), one) for one in read if is_long(one) and grade(one) > 8), reverse=True)
    assert not hard, "\n".join(f"{score}: {one}" for score, one in hard)


def test_spanish_reads_with_an_ease_of_at_least_65() -> None:
    read = [words_alone(spanish) for _, spanish in sentences()]
    hard = sorted((round(ease(one), 1), one) for one in read if is_long(one) and ease(one) < 65)
    assert not hard, "\n".join(f"{score}: {one}" for score, one in hard)
