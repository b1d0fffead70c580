"""Plus Codes, by the examples of the Open Location Code specification."""

import pytest
from openlocationcode import openlocationcode

from requests_app.places import plus_codes

# A full code, and the middle of its cell: longitude, latitude (from the specification's own test data).
KNOWN = [
    ("7FG49Q00+", None),
    ("7FG49QCJ+2V", (2.7821875, 20.3700625)),
    ("7FG49QCJ+2VX", (2.782234375, 20.3701125)),
    ("8FVC2222+22", (8.0000625, 47.0000625)),
    ("4VCPPQGP+Q9", (174.7859375, -41.2730625)),
    ("62G20000+", None),
]


@pytest.mark.parametrize(("code", "middle"), [known for known in KNOWN if known[1]])
def test_a_code_is_the_middle_of_its_cell(code: str, middle: tuple[float, float]) -> None:
    assert plus_codes.find(f"near {code.lower()}, please", None) == pytest.approx(middle, abs=1e-7)


@pytest.mark.parametrize(
    "text", [code for code, middle in KNOWN if middle is None] + ["12 Elm St", "C++", "+", "2+2", "XXXX2222+22"]
)
def test_what_is_no_ten_symbol_code_is_none(text: str) -> None:
    assert plus_codes.find(text, None) is None


@pytest.mark.parametrize("short", ["9QCJ+2V", "CJ+2V"])
def test_a_short_code_is_the_one_near_the_city(short: str) -> None:
    city = (2.79, 20.37)
    assert plus_codes.find(short, city) == pytest.approx((2.7821875, 20.3700625), abs=1e-7)
    assert plus_codes.find(short, None) is None


def test_a_short_code_may_lie_across_the_edge_of_the_city_s_own_cell() -> None:
    # The city's middle is just south of 41 degrees, the place just north of it.
    longitude, latitude = -69.02, 41.003
    code = openlocationcode.encode(latitude, longitude)
    found = plus_codes.find(code[4:], (-69.02, 40.99))
    assert found == pytest.approx((longitude, latitude), abs=0.0002)
