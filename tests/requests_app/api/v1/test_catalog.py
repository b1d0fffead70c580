"""Reading the catalog, places, the city and its figures. Each answer is checked against the OpenAPI document."""

import datetime as dt
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from requests_app.api.v1.questions import answers_schema
from requests_app.models import QuestionVersion, ServiceVersion
from requests_app.rules.shared import intake
from tests import factories
from tests.requests_app.api.v1.conftest import V1

pytestmark = pytest.mark.shows("15.3")


def test_the_catalog_has_what_anyone_may_report(anyone: V1, cast: factories.Rivermark) -> None:
    assert "streets" in [one["code"] for one in anyone.get("categories/")["results"]]
    rows = {row["code"]: row for row in anyone.get("services/", lang="es")["results"]}
    assert set(rows) == {"pothole", "tree", "outreach", "unknown"}
    assert rows["outreach"]["name"] == "Persona que necesita ayuda en la calle"
    assert (rows["outreach"]["is_private"], rows["pothole"]["is_private"]) == (True, False)
    assert [one["code"] for one in anyone.get("services/", category="help")["results"]] == ["outreach", "unknown"]
    pothole = anyone.get("services/pothole/")
    assert (pothole["code"], pothole["name"], pothole["category"]["code"]) == ("pothole", "Pothole", "streets")
    assert pothole["questions"][0]["code"] == "where"
    assert pothole["answers_schema"]["properties"]["where"]["oneOf"][0]["const"] == "lane"
    assert anyone.get("services/outreach/")["emergency_question"] == "Is the person hurt? Call 911."
    for code in ("nothing", "%00", "a" * 500):
        anyone.get(f"services/{code}/", 404)


def test_articles_and_suggestions(anyone: V1, cast: factories.Rivermark) -> None:
    factories.article(cast.city, "potholes", "When are potholes filled?", "Within **five** days.", cast.pothole)
    factories.index_catalog(cast.city)
    assert [row["code"] for row in anyone.get("articles/")["results"]] == ["potholes"]
    article = anyone.get("articles/potholes/")
    assert (article["services"], "<strong>five</strong>" in article["body_html"]) == (["pothole"], True)
    anyone.get("articles/nothing/", 404)
    found = anyone.get("suggestions/", q="a pothole in my street")
    assert found["services"][0]["code"] == "pothole"
    assert anyone.get("suggestions/", 400)["errors"][0]["code"] == "missing"


def test_areas_have_their_polygons_on_demand(anyone: V1, cast: factories.Rivermark) -> None:
    factories.area(cast.city)
    (row,) = anyone.get("areas/", layer="ward")["results"]
    assert (row["layer"], row["code"], row["name"]) == ("ward", "5", "Ward 5")
    assert anyone.get("areas/ward/5/") == row
    feature = anyone.get("areas/ward/5/", format="geojson")
    assert (feature["geometry"]["type"], feature["properties"]) == ("MultiPolygon", row)
    longitude, latitude = factories.ELM_ST
    assert anyone.get("areas/", at=f"{latitude},{longitude}", format="geojson")["features"] == [feature]
    assert anyone.get("areas/", at="0,0")["results"] == []
    anyone.get("areas/", 400, format="geojson")
    anyone.get("areas/ward/99/", 404)


def test_places_and_assets_are_found(anyone: V1, cast: factories.Rivermark) -> None:
    for number in range(3):
        factories.asset(cast.city, f"L0041{number}")
    longitude, latitude = factories.ELM_ST
    assert anyone.get("places/", q="12 elm street")["results"][0]["label"] == "12 Elm St"
    assert anyone.get("places/", at=f"{latitude},{longitude}")["results"][0]["label"] == "12 Elm St"
    factories.owner(cast.city, factories.square(-69.2, 40.4, factories.WEST, 40.6), kind="town", name="Marlbury")
    factories.address(cast.city, "659 Western Ave", longitude=factories.WEST + 0.0001)
    beyond = anyone.get("places/", at=f"{latitude},{factories.WEST - 0.0002:.4f}")["results"]
    assert [(one["label"], one["kind"]) for one in beyond] == [("Marlbury", "town")]
    typed = anyone.get("places/", q=f"{latitude}, {factories.WEST - 0.0002:.4f}")["results"]
    assert [one["label"] for one in typed] == ["40.50000, -69.05020"]
    within = anyone.get("places/", at=f"{latitude},{factories.WEST + 0.0002:.4f}")["results"]
    assert [one["label"] for one in within] == ["659 Western Ave"]
    factories.address(cast.city, "16 Elm St", *factories.ELM_ST)
    between = anyone.get("places/", q="14 elm street")["results"][0]
    assert (between["label"], between["kind"]) == ("14 Elm St", "about")
    anyone.get("places/", 400)
    anyone.get("places/", 400, q="x", at="1,1")
    first = anyone.get("assets/", limit=2)
    second = anyone.get(first["next"])
    assert [one["number"] for one in first["results"] + second["results"]] == ["L00410", "L00411", "L00412"]
    assert anyone.get(second["previous"])["results"] == first["results"]
    assert len(anyone.get("assets/", near=f"{latitude},{longitude},100")["results"]) == 3
    assert anyone.get("assets/l00411/")["number"] == "L00411"
    anyone.get("assets/nothing/", 404)
    anyone.get("assets/", 400, cursor="x")


def test_the_city_and_its_figures(anyone: V1, cast: factories.Rivermark, now: dt.datetime) -> None:
    city = anyone.get("city/")
    assert (city["name"], city["languages"]) == ("Rivermark", cast.city.languages)
    figures = anyone.get("statistics/")
    assert figures["until"] == f"{now.astimezone(cast.city.zone):%Y-%m}"
    assert anyone.get("statistics/", since="2026-01", until="2026-03")["months"] == []
    for since, until in (("2026-03", "2026-01"), ("2020-01", "2026-01"), ("2026-13", "2026-01"), ("1", "2026-01")):
        anyone.get("statistics/", 400, since=since, until=until)


# --- Questions as JSON Schema -----------------------------------------------------------------------------------------


def question(code: str, kind: str, **columns: Any) -> QuestionVersion:
    options = [{"value": value, "label": {"en": value}} for value in columns.pop("options", [])]
    return QuestionVersion(code=code, kind=kind, text={"en": f"{code}?"}, options=options, **columns)


QUESTIONS = [
    question("note", "display"),
    question("size", "single", options=["small", "big"], required=True),
    question(
        "parts", "multi", options=["road", "curb"], show_if={"question": "size", "values": ["big"]}, required=True
    ),
    question("depth", "number", show_if={"question": "parts", "values": ["road"]}, required=True),
    question("since", "datetime"),
    question("words", "text", show_if={"question": "depth", "values": ["3"]}, required=True),
]
one_value = st.sampled_from(["", "small", "big", "road", "curb", "3", "2.5", "1e30", "-", "2026-06-03"])
bodies = st.fixed_dictionaries(
    {},
    optional={
        "size": one_value,
        "parts": st.lists(one_value, max_size=3),
        "depth": one_value,
        "words": one_value,
    },
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(answers=bodies)
def test_the_schema_of_questions_accepts_what_the_form_accepts(answers: dict[str, Any]) -> None:
    """Except that the form takes anything for what it does not ask, and no answer as an empty one."""
    schema = answers_schema(QUESTIONS, ServiceVersion())
    Draft202012Validator.check_schema(schema)
    fits = Draft202012Validator(schema).is_valid(answers)
    takes = not intake.read_answers(QUESTIONS, answers).problems
    if fits:
        assert takes, answers
    asked = {one.code for one in QUESTIONS if intake.is_asked(one, answers)}
    clean = {code: value for code, value in answers.items() if code in asked and value not in ("", [], [""])}
    if takes and clean == answers and "" not in answers.get("parts", []):
        assert fits, json.dumps(answers)
