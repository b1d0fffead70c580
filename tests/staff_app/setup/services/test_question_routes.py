"""The picture of where a service's questions lead, and the list that says the same."""

import html
import re
from typing import Any

import pytest
from django.test import Client

from tests import factories
from tests.factories import Rivermark, question

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.1")]


def option(value: str, **effects: Any) -> dict[str, Any]:
    return {"value": value, "label": {"en": value.capitalize(), "es": f"{value} (es)"}, "effects": effects}


def if_it_is(code: str, *values: str) -> dict[str, Any]:
    return {"question": code, "values": list(values)}


def picture(client: Client, code: str, page: str = "questions/") -> tuple[str, list[str], dict[str, list[str]]]:
    """The whole page, the texts of the picture's boxes, and its arrows by kind."""
    text = html.unescape(client.get(f"/staff/setup/services/{code}/{page}").content.decode())
    figure = text.partition('<figure class="routes-picture"')[2].partition("</figure>")[0]
    arrows = {"next": re.findall(r'__arrow" d="(.+?)"', figure), "asks": re.findall(r'--asks" d="(.+?)"', figure)}
    return text, re.findall(r"<title>(.+?)</title>", figure), arrows


def test_answers_lead_to_stops_questions_and_effects_and_the_list_says_the_same(cast: Rivermark, ada: Client) -> None:
    cast.city.emergency_number = "112"
    cast.city.save()
    asked = [
        question(
            "burning", "single", options=[option("yes", stop=True, priority=1), option("smoke"), "no"],
            text="Is it burning?",
        ),
        question("size", "single", options=[option("big", service="tree")], show_if=if_it_is("burning", "smoke", "no")),
        question("color", text="What color?", show_if=if_it_is("size", "big")),
        question("where"),
    ]  # fmt: skip
    factories.service(cast.city, "leaf-pile", questions=asked)
    text, boxes, arrows = picture(ada, "leaf-pile")
    assert boxes == [
        "1. Is it burning?", "Yes", "stop with 112 and make it priority 1: danger to people", "Smoke", "No",
        "2. Tell us the size.", "Big", "suggest the service “Tree to prune”", "3. What color?", "4. Tell us the where.",
        "Contact details, and send",
    ]  # fmt: skip
    # Always asked: 1, 4 and the end. Next to an answer: what it does. Two answers ask 2, one asks 3.
    assert (len(arrows["next"]), len(arrows["asks"])) == (4, 3)
    for sentence in (
        "→ then stop with 112 and make it priority 1: danger to people",
        "→ then ask “Tell us the size.”",
        "→ then ask “What color?” and suggest the service “Tree to prune”",
        "Asked only if “Is it burning?” is “Smoke” or “No”",
    ):
        assert sentence in text
        assert sentence in picture(ada, "leaf-pile", page="")[0]
    assert picture(ada, "leaf-pile", page="")[1] == boxes


@pytest.mark.parametrize("count", [0, 1, 20])
def test_a_picture_of_any_number_of_questions_stays_in_its_frame(cast: Rivermark, ada: Client, count: int) -> None:
    long = (
        "Which of the many, many kinds of trouble that a tree can be in is it, as far as you can see from the street?"
    )
    codes = [f"q{number}" for number in range(count)]
    asked = [
        question(
            code,
            "single",
            options=["yes", "no"],
            text=long,
            **({"show_if": if_it_is(codes[number - 1], "yes")} if number % 7 else {}),
        )
        for number, code in enumerate(codes)
    ]
    factories.service(cast.city, "leaf-pile", questions=asked)
    text, boxes, arrows = picture(ada, "leaf-pile")
    assert sum(box.endswith(long) for box in boxes) == count
    assert len(arrows["asks"]) == count - (count + 6) // 7
    if not count:
        assert "<svg viewBox" not in text
        assert "No questions yet." in text
        return
    height = float(re.findall(r'viewBox="0 0 640 (\d+)"', text)[0])
    for x, y, wide, high in re.findall(r'<rect x="(.+?)" y="(.+?)" width="(.+?)" height="(.+?)"', text):
        assert 0 <= float(x) < float(x) + float(wide) <= 640
        assert 0 <= float(y) < float(y) + float(high) <= height
    assert max(len(line) for line in re.findall(r'<text x=".+?" y=".+?">(.+?)</text>', text)) < 50
