"""A translator's file is read as spreadsheets save it, or says what to do; its pages are tested where the views are."""

import pytest

from requests_app.exports.translator_file import lines
from requests_app.imports.translator_file import LeftOut, NotReadable, plan
from requests_app.models import Category
from staff_app.setup.translations.kinds import passages
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.13")]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            "id;Ort;Gr\xfc\xdfe".encode("latin-1"),
            "This file isn’t in UTF-8. In your spreadsheet, save it as “CSV UTF-8.”",
        ),
        (b"name,text\nsnow,nieve\n", "This isn’t a file for a translator. Its first line should begin with “id.”"),
        (b"id,a,b\n", "This isn’t a file for a translator. Its first line should begin with “id.”"),
        (b'id,a,b,c\nx,y,z,"' + b"w" * 140_000, "We can’t read line 2. Is a quotation mark missing?"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(cast: Rivermark, content: bytes, sentence: str) -> None:
    with pytest.raises(NotReadable) as refused:
        plan(cast.city, "es", [], content)
    assert refused.value.sentence == sentence


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_file_with_any_delimiter_is_matched_with_the_texts_as_they_are_now(cast: Rivermark, delimiter: str) -> None:
    category = Category.objects.create(jurisdiction=cast.city, code="winter", name={"en": "Winter"})
    rows = [passage for passage in passages(cast.city) if passage.row == category]
    _head, line = lines(cast.city, "es", rows)
    code = line.partition(",")[0]
    cells = [["id", "", "", ""], [code, "", "", "Invierno"], ["", " ", "", ""], ["gone", "There", "", "x"]]
    content = "\n".join(delimiter.join(row) for row in cells).encode()
    made = plan(cast.city, "es", rows, content)
    [(save, row, document)] = made.to_save
    assert (row, document, made.count) == (category, {"name": {"en": "Winter", "es": "Invierno"}}, 1)
    # By its number in a spreadsheet, empty lines included.
    assert made.left_out == [LeftOut(4, "There", "The city has no such text. It may have been removed since.")]
    save(row, document, cast.ada)
    category.refresh_from_db()
    assert category.name["es"] == "Invierno"
