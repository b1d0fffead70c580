"""Rivermark's folder: it holds together, says what it means in two languages, and promises what can be kept."""

import csv
import gzip
import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from requests_app.danger.phrases import shipped_phrases
from requests_app.imports.catalog_file import problems, read_catalog
from requests_app.imports.layers import area_code
from requests_app.models import EmergencyPhrase
from requests_app.places import basemap
from requests_app.rules.alarms import screening
from tests.reading import WORD, ease, grade

pytestmark = pytest.mark.shows("8.1")

ROOT = Path(__file__).resolve().parents[3]
FOLDER = ROOT / "requests_app/demo/rivermark"


def load(name: str) -> Any:
    return yaml.safe_load((FOLDER / name).read_text())


CITY = load("city.yaml")
CATALOG = read_catalog([FOLDER / path for path in CITY["catalog"]])
SERVICES = {service["service_code"]: service for service in CATALOG["services"]}
DEPARTMENTS = {department["code"]: department for department in CATALOG["departments"]}
ARTICLES = {article["code"]: article for article in CATALOG["articles"]}
PHRASES = [EmergencyPhrase(phrase=one.phrase, unless=list(one.unless)) for one in shipped_phrases()]
QUESTIONS = [(code, question) for code, service in SERVICES.items() for question in service["questions"]]

each_service = pytest.mark.parametrize("code", SERVICES)


def options(question: dict[str, Any]) -> list[dict[str, Any]]:
    return question.get("options", [])


def texts(language: str) -> list[tuple[str, str]]:
    """Every sentence or two that a resident reads, with where it stands."""
    found = []
    for code, service in SERVICES.items():
        found.append((f"{code} description", service["description"][language]))
        if service["emergency_screen"]:
            found.append((f"{code} screen", service["emergency_screen"][language]))
        for question in service["questions"]:
            found.append((f"{code} {question['code']}", question["text"][language]))
            if "help" in question:
                found.append((f"{code} {question['code']} help", question["help"][language]))
    found += [(f"article {code}", article["body"][language]) for code, article in ARTICLES.items()]
    for row in CATALOG["reasons"]["cannot_do"]:
        found.append((f"reason {row['code']}", row["appeal"][language]))
    for owner in load("owners.yaml")["owners"]:
        found.append((f"owner {owner['code']}", owner["words"][language]))
    found += [(f"city {part}", CITY["branding"][part][language]) for part in ("welcome", "privacy", "accessibility")]
    return found


def long_texts(language: str) -> list[tuple[str, str]]:
    """Those that can be measured: in a question of a few words, one long word is the whole score."""
    return [(where, text) for where, text in texts(language) if len(WORD.findall(text)) >= 10]


@cache
def areas(layer: str) -> set[str]:
    """The codes of an area layer, as the import makes them."""
    for file, uses in load("layers.yml").items():
        for use in uses if isinstance(uses, list) else [uses]:
            if use["use"] == "areas" and use["layer"] == layer:
                features = json.loads(gzip.decompress((FOLDER / "layers" / file).read_bytes()))["features"]
                names = use["properties"].items()
                return {area_code({ours: one["properties"][theirs] for ours, theirs in names}) for one in features}
    raise LookupError(layer)


# --- It holds together ------------------------------------------------------------------------------------------------


def test_it_can_be_imported() -> None:
    assert problems(CATALOG, CITY["languages"]) == []


def test_it_has_the_city_s_services_and_i_dont_know() -> None:
    assert len(SERVICES) == 41
    assert Counter(service["category"] for service in SERVICES.values()).keys() == {
        category["code"] for category in CATALOG["categories"]
    }
    assert len(CATALOG["categories"]) == 10
    assert len(DEPARTMENTS) == 12
    assert SERVICES["unknown"]["department"] == "CA"
    assert SERVICES["unknown"]["emergency_screen"]


def test_each_category_s_icon_is_in_the_vendored_sprite() -> None:
    sprite = (ROOT / "static/vendor/uswds/icons.svg").read_text()
    for category in CATALOG["categories"]:
        assert f'id="{category["icon"]}"' in sprite, category["code"]


@each_service
def test_both_languages_have_as_many_key_words_as_people_need(code: str) -> None:
    for language in ("en", "es"):
        words = SERVICES[code]["keywords"][language]
        assert all(isinstance(word, str) for word in words)
        assert len(words) == len({word.lower() for word in words}) >= 8


def test_each_kind_of_asset_has_a_name_and_a_service() -> None:
    with gzip.open(FOLDER / CITY["assets"]["file"], "rt") as file:
        kinds = {row["kind"] for row in csv.DictReader(file)}
    assert {kind for service in SERVICES.values() for kind in service.get("asset_kinds", [])} == kinds
    names = CITY["branding"]["asset_kinds"]
    assert names.keys() == kinds
    assert all(set(by_language) == set(CITY["languages"]) for by_language in names.values())


def test_names_are_told_apart() -> None:
    for language in ("en", "es"):
        names = [service["name"][language] for service in SERVICES.values()]
        assert len(names) == len(set(names))
        titles = [article["title"][language] for article in ARTICLES.values()]
        assert len(titles) == len(set(titles))


def test_at_most_three_questions_are_required_at_once() -> None:
    for code, service in SERVICES.items():
        assert sum(question["required"] for question in service["questions"]) <= 3, code


def test_every_article_has_a_topic_many_ways_to_ask_and_4_to_22_sentences() -> None:
    topics = {topic["code"] for topic in CATALOG["topics"]}
    for code, article in ARTICLES.items():
        assert article["topic"] in topics, code
        assert all(len(article["asked"][language]) >= 30 for language in ("en", "es")), code
        for language in ("en", "es"):
            sentences = re.findall(r"[.?!](?:\s|$)|^- .*[^.]$", article["body"][language], re.MULTILINE)
            assert 4 <= len(sentences) <= 22, (code, language, len(sentences))


def test_routing_names_areas_that_exist() -> None:
    rules = [rule for rule in CATALOG["routing"] if "areas" in rule["when"]]
    assert rules
    for rule in rules:
        place = rule["when"]["areas"]
        assert set(place["codes"]) <= areas(place["layer"]), rule["name"]


def test_a_park_that_is_not_the_city_s_is_not_sent_to_parks() -> None:
    for rule in CATALOG["routing"]:
        named = set(rule["when"].get("areas", {}).get("codes", []))
        assert not named & {"gull-point-state-park", "aldworth-university"}


def test_the_first_rule_puts_i_dont_know_into_triage() -> None:
    first = CATALOG["routing"][0]
    assert (first["when"], first["department"]) == ({"services": ["unknown"]}, None)


# --- It promises what can be kept -------------------------------------------------------------------------------------


def around_the_clock(service: dict[str, Any]) -> bool:
    """Whether the service, or an answer of it, promises hours or minutes that also run at night."""
    targets = [target for target in service["targets"].values() if target["calendar"] == "always"]
    effects = [option.get("effects", {}) for question in service["questions"] for option in options(question)]
    targets += [effect["resolve_target"] for effect in effects if "resolve_target" in effect]
    return any(target["unit"] in ("minutes", "hours") for target in targets)


@each_service
def test_a_promise_in_clock_hours_has_somebody_on_call(code: str) -> None:
    service = SERVICES[code]
    if not around_the_clock(service):
        return
    takers = {service["department"]}
    for rule in CATALOG["routing"]:
        if code in rule["when"].get("services", []):
            takers.add(rule["department"])
    for taker in takers - {None}:
        assert DEPARTMENTS[taker]["on_call"] or DEPARTMENTS[taker]["calendar"] == "always", (code, taker)


def test_business_days_are_the_department_s() -> None:
    targets = [target for service in SERVICES.values() for target in service["targets"].values()]
    assert {one["calendar"] for one in targets if one["unit"] == "business_days"} == {"department"}


@pytest.mark.parametrize(
    ("code", "acknowledge", "resolve"),
    [
        ("sharps", (15, "minutes", "always"), (2, "hours", "always")),
        ("treehazard", (30, "minutes", "always"), (24, "hours", "always")),
        ("heat", (2, "hours", "always"), (24, "hours", "always")),
        ("outreach", (30, "minutes", "always"), (2, "hours", "always")),
        # The 311 Center sleeps: noise right now is the police line's.
        ("noise", (1, "business_days", "department"), (3, "business_days", "department")),
        # Counted while the officers work.
        ("illegalpark", (30, "minutes", "department"), (2, "hours", "department")),
        ("parkmaint", (1, "business_days", "department"), (10, "business_days", "department")),
        ("airwater", (2, "hours", "always"), (1, "business_days", "department")),
        ("internal-fac", (4, "hours", "department"), (3, "business_days", "department")),
        ("pothole", (1, "business_days", "department"), (3, "business_days", "department")),
        ("streetlight", (1, "business_days", "department"), (10, "business_days", "department")),
    ],
)
def test_the_promises(code: str, acknowledge: tuple[Any, ...], resolve: tuple[Any, ...]) -> None:
    for kind, wanted in (("acknowledge", acknowledge), ("resolve", resolve)):
        target = SERVICES[code]["targets"][kind]
        assert (target["value"], target["unit"], target["calendar"]) == wanted


# --- Nobody is given away ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "question"),
    [
        ("dumping", "who"),
        ("waterbill", "account"),
        ("abandveh", "plate"),
        ("illegalpark", "plate"),
        ("barking", "animal_address"),
        ("noise", "source"),
        ("heat", "vulnerable"),
        ("outreach", "language"),
        ("snowice", "needs_help"),
    ],
)
def test_a_private_answer_is_the_department_s_alone(code: str, question: str) -> None:
    asked = {one["code"]: one for one in SERVICES[code]["questions"]}
    assert asked[question]["visibility"] == "department"


def test_what_is_typed_freely_is_public_only_where_no_person_can_be_in_it() -> None:
    public = {(code, one["code"]) for code, one in QUESTIONS if one["kind"] == "text" and one["visibility"] == "public"}
    assert public == {("signalout", "direction"), ("sign", "wording")}


@pytest.mark.parametrize(
    ("visibility", "codes"),
    [
        ("coarse", {"missedtrash", "bulky", "cart", "sewer"}),
        ("private", {"waterbill", "heat", "barking", "noise", "outreach", "feedback", "unknown"}),
        ("reporter_to_named_staff", {"overgrown", "blight", "construct", "airwater"}),
        ("staff", {"internal-fac"}),
    ],
)
def test_who_may_see_a_report(visibility: str, codes: set[str]) -> None:
    assert {code for code, service in SERVICES.items() if service["visibility"] == visibility} == codes


def test_a_hidden_report_is_never_offered_as_a_duplicate() -> None:
    hidden = {code: one for code, one in SERVICES.items() if one["visibility"] in ("private", "staff")}
    assert {code: one["duplicates"]["policy"] for code, one in hidden.items()} == dict.fromkeys(hidden, "never")
    assert hidden


def test_only_what_a_whole_block_can_have_is_asked_about_as_such() -> None:
    asked = {code for code, service in SERVICES.items() if service["duplicates"]["policy"] == "ask"}
    assert asked == {"airwater", "sewer", "snowice"}


def test_a_family_of_duplicates_has_more_than_one_member_and_none_that_is_never_joined() -> None:
    families: dict[str, list[str]] = {}
    for code, service in SERVICES.items():
        if family := service["duplicates"].get("family"):
            families.setdefault(family, []).append(code)
            assert service["duplicates"]["policy"] != "never", code
    assert families["vehicles"] == ["illegalpark", "abandveh"]
    assert all(len(codes) > 1 for codes in families.values())


def test_a_hateful_wall_is_never_shown() -> None:
    (question,) = [one for one in SERVICES["graffiti"]["questions"] if one["code"] == "hateful"]
    (yes,) = [one for one in options(question) if one["value"] == "yes"]
    assert yes["effects"] == {
        "priority": 2,
        "resolve_target": {"value": 24, "unit": "hours"},
        "private_photos": True,
    }


# --- It reads well ----------------------------------------------------------------------------------------------------


def test_english_is_at_most_grade_8() -> None:
    assert [(where, grade(text)) for where, text in long_texts("en") if grade(text) > 8] == []


def test_spanish_reads_with_an_ease_of_at_least_65() -> None:
    assert [(where, ease(text)) for where, text in long_texts("es") if ease(text) < 65] == []


@each_service
def test_a_service_as_a_whole_is_as_easy(code: str) -> None:
    service = SERVICES[code]
    for language, easy in (("en", lambda text: grade(text) <= 8), ("es", lambda text: ease(text) >= 65)):
        lines = [service["name"][language], service["description"][language]]
        for question in service["questions"]:
            lines += [question["text"][language], *(option["label"][language] for option in options(question))]
        assert easy("\n".join(lines)), (code, language)


def test_the_measure_knows_hard_from_easy() -> None:
    hard = "Notwithstanding municipal regulations, applicants must additionally substantiate their eligibility."
    assert grade(hard) > 16
    assert grade("We fix the hole. You can tell us where it is.") < 3
    hard = "Independientemente de las disposiciones correspondientes, la administración determinará la procedencia."
    assert ease(hard) < 20
    assert ease("Tapamos el hoyo. Usted nos dice dónde está.") > 80


def test_spelling_and_measures_are_american() -> None:
    british = re.compile(
        r"\b(colour|centre|neighbour|grey|tyre|kerb|plough|organis|recognis|metres?|centimet|favour|licence|cheque)\w*",
        re.IGNORECASE,
    )
    for where, text in texts("en"):
        assert not british.search(text), (where, text)
    for code, service in SERVICES.items():
        assert not british.search(service["name"]["en"]), code


def test_spanish_has_its_own_signs_and_no_english_left() -> None:
    english = re.compile(r"\b(the|and|with|please|street|call|report|your)\b", re.IGNORECASE)
    for where, text in texts("es"):
        assert text.count("?") == text.count("¿"), (where, text)
        words = re.sub(r"\S+\.example\S*|\b[A-Z][\w&]+(?: [A-Z&][\w&]*)+\b", "", text)
        assert not english.search(words), (where, text)


# --- Emergencies ------------------------------------------------------------------------------------------------------


def test_no_name_or_key_word_of_a_service_is_an_emergency() -> None:
    for code, service in SERVICES.items():
        for language in ("en", "es"):
            for text in [service["name"][language], *service["keywords"][language]]:
                assert not [one for one in screening.heard(PHRASES, text) if not one.excused_by], (code, text)


# --- The rest of the folder -------------------------------------------------------------------------------------------


def test_every_file_that_the_city_names_is_there() -> None:
    named = [CITY["boundary"], CITY["layers"]["mapping"], CITY["area_attributes"], CITY["owners"], CITY["population"]]
    named += [CITY["gazetteer"]["file"], CITY["assets"]["file"], CITY["branding"]["seal"], *CITY["catalog"]]
    for path in named:
        assert (FOLDER / path).is_file(), path
    assert {path.name for path in (FOLDER / "layers").iterdir()} == set(load("layers.yml"))


def test_every_layer_of_the_map_is_filled() -> None:
    uses = [use for said in load("layers.yml").values() for use in (said if isinstance(said, list) else [said])]
    assert {use["layer"] for use in uses if use["use"] == "basemap"} == set(basemap.LAYERS)


def test_a_layer_packed_again_has_the_same_bytes() -> None:
    for path in (FOLDER / "layers").iterdir():
        assert path.read_bytes()[4:8] == b"\0\0\0\0", f"{path.name} holds the time at which it was packed"


def test_owners_are_those_of_the_layers() -> None:
    names = {owner["name"] for owner in load("owners.yaml")["owners"]}
    on_the_map = set()
    for file, name in (("not_ours", "owner"), ("segments", "owner"), ("towns", "name")):
        features = json.loads(gzip.decompress((FOLDER / f"layers/{file}.geojson.gz").read_bytes()))["features"]
        on_the_map |= {feature["properties"][name] for feature in features}
    assert names == on_the_map - {"City"}


def test_a_service_and_the_owners_agree_on_what_is_not_ours() -> None:
    owners = [owner for owner in load("owners.yaml")["owners"] if owner["kind"] != "town"]
    for code, service in SERVICES.items():
        assert {owner["kind"] for owner in owners if code in owner["takes"]} == set(service["owner_kinds"]), code
        assert (service["place_rule"] == "none") == (not service["owner_kinds"]), code
        if service["place_rule"] == "segment":
            # Segments are the State's or ours: a pothole under the power lines is ours.
            assert service["owner_kinds"] == ["state_road"], code
    for owner in owners:
        assert set(owner["takes"]) <= set(SERVICES), owner["code"]


def test_every_ward_has_a_collection_day_and_a_council_member_and_every_district_a_yard() -> None:
    attributes = load("area_attributes.yaml")["areas"]
    assert set(attributes["ward"]) == areas("ward")
    assert set(attributes["works_district"]) == areas("works_district")
    for ward in attributes["ward"].values():
        assert {"collection_day", "council_member", "council_phone", "council_email"} <= set(ward)
    for district in attributes["works_district"].values():
        assert {"yard", "yard_phone", "sweeping_days"} <= set(district)


def test_the_article_on_collection_days_says_what_the_wards_say() -> None:
    for language, line in (("en", r"\*\*(\w+)\*\*: Wards? (.+)"), ("es", r"\*\*(\w+)\*\*: distritos? (.+)")):
        told = {}
        for day, wards in re.findall(line, ARTICLES["collection-days"]["body"][language]):
            told |= {ward: day.lower() for ward in re.findall(r"\d", wards)}
        wards = load("area_attributes.yaml")["areas"]["ward"]
        assert told == {code: ward["collection_day"][language].lower() for code, ward in wards.items()}


def test_phones_and_addresses_can_reach_nobody_real() -> None:
    for path in FOLDER.rglob("*.y*ml"):
        text = path.read_text()
        for number in re.findall(r"\b\d{3}-\d{4}\b", text):
            assert re.fullmatch(r"555-01\d\d", number), (path.name, number)
        for host in re.findall(r"[\w.+-]+@([\w.-]+\w)", text) + re.findall(r"https?://([\w.-]+)", text):
            assert host.endswith(".example"), (path.name, host)


def test_no_phone_number_has_two_owners() -> None:
    numbers = [department["phone"] for department in DEPARTMENTS.values()]
    numbers += [contact["phone"] for one in DEPARTMENTS.values() for contact in one["on_call"] if one["code"] != "CA"]
    numbers += [owner["phone"] for owner in load("owners.yaml")["owners"]]
    attributes = load("area_attributes.yaml")["areas"]
    numbers += [ward["council_phone"] for ward in attributes["ward"].values()]
    numbers += [district["yard_phone"] for district in attributes["works_district"].values()]
    numbers.append(CITY["numbers"]["non_emergency"])
    assert [number for number, count in Counter(numbers).items() if count > 1] == []


def test_the_neighborhoods_are_counted() -> None:
    with (FOLDER / CITY["population"]).open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["population"]) for row in rows) == 120_000
    assert {area_code({"name": row["name"]}) for row in rows} == areas("neighborhood")
