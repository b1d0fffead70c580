"""Whether a text is in none of the city's languages: by its letters, and by two small words that only another language has."""

import pytest

from requests_app.rules.report.other_language import is_other


@pytest.mark.parametrize(
    ("text", "languages", "expected"),
    [
        ("There is a hole in the street", ["en", "es"], False),
        ("Hay un hoyo en la calle", ["en", "es"], False),
        ("Hay un hoyo en la calle", ["en"], True),
        ("На улице большая яма", ["en", "es"], True),
        ("На улице большая яма", ["en", "ru"], False),
        # Half of the letters may be of a sign.
        ("ямаям holes", ["en"], False),
        ("ямаяма holes", ["en"], True),
        # One small word may be a name; two tell.
        ("hole auf Elm", ["en"], False),
        ("hole auf der Elm", ["en"], True),
        # As many of the city's own: it's theirs.
        ("there my auf der", ["en"], False),
        ("there auf der", ["en"], True),
        ("", ["en"], False),
        ("12345", ["en"], False),
    ],
)
def test_it_is_in_another_language(text: str, languages: list[str], expected: bool) -> None:
    assert is_other(text, languages) is expected
