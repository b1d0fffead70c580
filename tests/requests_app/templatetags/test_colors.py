"""A city may choose any color; letters stay readable, and nothing but a color gets into the style sheet."""

import pytest
from django.template.loader import render_to_string

from requests_app.drawing.colors import DARK_BACKGROUND, WHITE, contrast, parse
from requests_app.templatetags import colors

CHOICES = ["#005ea2", "#ffff00", "#ffffff", "#000000", "#f4c430", "#abc", "#808080", "#FF0000"]


@pytest.mark.parametrize("chosen", CHOICES)
def test_white_letters_can_be_read_on_it_and_dark_letters_at_night(chosen: str) -> None:
    day = parse(colors.under_white(chosen, "#005ea2"), "")
    night = parse(colors.on_dark(chosen, "#73b3e7"), "")
    assert contrast(day, WHITE) >= 4.5
    assert contrast(night, DARK_BACKGROUND) >= 4.5


def test_a_color_that_can_be_read_is_left_as_it_is() -> None:
    assert colors.under_white("#005ea2", "#000000") == "#005ea2"
    assert colors.on_dark("#73b3e7", "#000000") == "#73b3e7"


@pytest.mark.parametrize("broken", [None, "", "red", "#12", "#12345", "#005ea2;} body{display:none", 7, "#005ea2\n"])
def test_what_is_no_color_becomes_the_usual_one(broken: str | None) -> None:
    assert colors.under_white(broken, "#005ea2") == "#005ea2"


def test_the_style_sheet_holds_only_colors() -> None:
    class City:
        colors = {"primary": "#f00;} body{display:none", "header": "#123456"}

    sheet = render_to_string("requests_app/site/theme.css", {"city": City})
    assert "display" not in sheet
    assert "--city-header: #123456;" in sheet
    assert "--city-primary: #005ea2;" in sheet


def test_a_city_without_colors_has_the_usual_ones() -> None:
    class City:
        colors: dict[str, str] = {}

    assert "--city-primary: #005ea2;" in render_to_string("requests_app/site/theme.css", {"city": City})


def test_contrast_is_the_guidelines() -> None:
    assert round(contrast((255, 255, 255), (0, 0, 0)), 1) == 21.0
    assert round(contrast((255, 255, 255), (118, 118, 118)), 2) == 4.54
