"""Names by the words around them, in English, in Spanish and in both at once (names_in_text.yaml)."""

import pytest

from requests_app.rules.publication import names_in_text


def names(text: str) -> set[str]:
    return {text[start:end] for start, end in names_in_text.spans(text)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Please ask for Dwayne at the desk.", "Dwayne"),
        ("Favor de preguntar por Dwayne en la oficina.", "Dwayne"),
        ("My vecina Xiomara knows about it.", "Xiomara"),
        ("Mi neighbor, Xiomara, lo vio.", "Xiomara"),
        ("Dueño is Quimby, not me.", "Quimby"),
        ("It belongs to the owner’s name: Quimby.", "Quimby"),
        ("The owner's name: Quimby.", "Quimby"),
        ("Me llamo ana ruiz y vivo cerca.", "ana ruiz"),
        ("Señora Quimby called about the hole.", "Señora Quimby"),
        ("Mr. and Mrs. Quimby called.", "Mr. and Mrs. Quimby"),
        ("Sr. y Sra. Quimby llamaron.", "Sr. y Sra. Quimby"),
        ("The Quimby family moved out.", "Quimby"),
        ("La familia Quimby se mudó.", "Quimby"),
    ],
)
def test_a_name_is_found_by_what_comes_before_it(text: str, name: str) -> None:
    assert name in names(text)


@pytest.mark.parametrize(
    "text",
    [
        "The broken bench is on Maria Lopez.",
        "El banco roto está en parque Maria Lopez.",
        "The light at Maria Lopez y Elm is out.",
        "The light at Maria Lopez and Elm is out.",
        "The Quimby bench is broken.",
    ],
)
def test_a_place_that_is_named_after_somebody_is_no_name(text: str) -> None:
    assert names(text) == set()
