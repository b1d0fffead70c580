"""import_catalog and export_catalog: what is written is what the city has, and a second time changes nothing."""

import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command

from requests_app.actions.work import saved_views
from requests_app.imports.catalog_file import problems, read_catalog
from requests_app.imports.map_files import ImportProblemError
from requests_app.models import (
    AnswerTemplate,
    Article,
    Clock,
    Department,
    EmergencyPhrase,
    Jurisdiction,
    ListedReason,
    Macro,
    OnCall,
    RoutingRule,
    SavedView,
    SearchDocument,
    Service,
    ServiceVersion,
    SetupChange,
    Target,
)
from requests_app.rules.work.saved_views import SharedWith
from tests import factories

pytestmark = pytest.mark.django_db

RIVERMARK = Path(__file__).resolve().parents[3] / "requests_app/demo/rivermark"
FILES = [RIVERMARK / path for path in yaml.safe_load((RIVERMARK / "city.yaml").read_text())["catalog"]]

# A whole catalog, as small as can be.
SMALL: dict[str, Any] = {
    "format": 1,
    "calendars": {
        "always": {"always": True},
        "office": {
            "hours": {"mon": ["08:00-12:00", "13:00-17:00"], "tue": ["08:00-17:00"]},
            "holidays": {
                "country": "US",
                "extra": [
                    {"date": "2027-06-14", "name": {"en": "Founders"}},
                    {"date": "2026-12-24", "every_year": True, "hours": "08:00-12:00"},
                ],
            },
        },
    },
    "departments": [
        {"code": "PW", "name": {"en": "Streets", "es": "Calles"}, "calendar": "office"},
        {"code": "PK", "name": {"en": "Parks", "es": "Parques"}, "calendar": "office"},
    ],
    "categories": [{"code": "streets", "name": {"en": "Streets", "es": "Calles"}}],
    "services": [
        {
            "service_code": "pothole",
            "category": "streets",
            "department": "PW",
            "name": {"en": "Pothole", "es": "Bache"},
            "emergency_screen": {"en": "Is someone hurt? Call 911.", "es": "¿Hay heridos? Llame al 911."},
            "targets": {"resolve": {"value": 3, "unit": "business_days"}},
            "questions": [
                {
                    "code": "size",
                    "text": {"en": "How big is it?", "es": "¿De qué tamaño es?"},
                    "kind": "single",
                    "required": True,
                    "options": [
                        {"value": "small", "label": {"en": "Small", "es": "Chico"}},
                        {
                            "value": "big",
                            "label": {"en": "Big", "es": "Grande"},
                            "effects": {"priority": 1, "resolve_target": {"value": 24, "unit": "hours"}},
                        },
                    ],
                }
            ],
        }
    ],
    "articles": [
        {
            "code": "claims",
            "title": {"en": "Claims", "es": "Reclamos"},
            "body": {"en": "Send us the bill.", "es": "Mande la factura."},
            "services": ["pothole"],
        }
    ],
    "routing": [
        {"name": "Roots: Parks", "when": {"words": ["roots"]}, "department": "PK"},
        {"name": "Small: nobody knows", "when": {"answers": {"size": ["small"]}}, "department": None},
    ],
    "reasons": {"hold": [{"code": "parts", "words": {"en": "parts", "es": "repuestos"}}]},
    "templates": [
        {"name": "Filled", "service": "pothole", "outcome": "fixed", "words": {"en": "Filled.", "es": "Rellenado."}},
        {"name": "Soon", "words": {"en": "{department} comes soon.", "es": "{department} va pronto."}},
    ],
    "macros": [
        {
            "name": "Mine, soon",
            "key": 1,
            "steps": [
                {"verb": "assign", "assignee": "me"},
                {"verb": "comment", "template": "Soon"},
            ],
        },
        {
            "name": "To Parks",
            "department": "PW",
            "steps": [{"verb": "transfer", "department": "PK", "reason": "A tree"}],
        },
    ],
    "emergency_words": {"red_flag": {"en": ["smell gas"], "es": ["huele a gas"]}},
}

Edit = Callable[[dict[str, Any]], object]


def small(*edits: Edit) -> dict[str, Any]:
    catalog = deepcopy(SMALL)
    for edit in edits:
        edit(catalog)
    return catalog


@pytest.fixture
def city() -> Jurisdiction:
    return factories.jurisdiction()


@pytest.fixture
def bring(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Imports a catalog, and answers what the command says."""

    def run(*catalogs: dict[str, Any], **options: Any) -> str:
        files = []
        for number, catalog in enumerate(catalogs):
            files.append(tmp_path / f"part{number}.yaml")
            files[-1].write_text(yaml.dump(catalog, Dumper=yaml.CSafeDumper, allow_unicode=True))
        call_command("import_catalog", *files, **options)
        return capsys.readouterr().out

    return run


def in_use() -> ServiceVersion:
    """As if somebody had gone live with the service."""
    service = Service.objects.select_related("current__service").get()
    assert service.current is not None
    service.current.service.active = True
    service.current.service.save()
    return service.current


def exported(capsys: pytest.CaptureFixture[str], **options: Any) -> dict[str, Any]:
    capsys.readouterr()
    call_command("export_catalog", **options)
    read: dict[str, Any] = yaml.load(capsys.readouterr().out, Loader=yaml.CSafeLoader)
    return read


def numbers(said: str) -> dict[str, int]:
    """What the command reported: {"services": 41}."""
    return {
        part: int(count.split()[0].replace(",", ""))
        for part, count in (line.split(": ") for line in said.split("\n") if line)
    }


# --- The whole of Rivermark -------------------------------------------------------------------------------------------


@pytest.mark.shows("9.4")
@pytest.mark.slow
def test_rivermark_comes_in_whole_and_a_second_time_changes_nothing(
    city: Jurisdiction, bring: Callable[..., str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = list(shortened(tmp_path))
    call_command("import_catalog", *files)
    first = numbers(capsys.readouterr().out)
    assert (first["services"], first["departments"], first["articles"]) == (41, 12, 140)
    assert {service.current.number for service in Service.objects.select_related("current") if service.current} == {1}
    assert Target.objects.count() == 82
    assert RoutingRule.objects.filter(active=True).count() == first["routing"] == 14

    call_command("import_catalog", *files)
    again = numbers(capsys.readouterr().out)
    assert set(again.values()) == {0}
    assert set(Service.objects.values_list("current__number", flat=True)) == {1}
    assert Target.objects.count() == 82

    written = exported(capsys)
    other = factories.jurisdiction("Marlbury")
    bring(written, jurisdiction=other.jurisdiction_id)
    there = exported(capsys, jurisdiction=other.jurisdiction_id)
    # Another city's 911 center has approved nothing, and nobody has tested them there.
    assert {one["active"] for one in there["services"]} == {False}
    assert there == {**written, "services": [{**one, "active": False} for one in written["services"]]}


def shortened(folder: Path) -> Iterator[Path]:
    """Rivermark's catalog, with three of the hundreds of phrases by which a service or an article is found."""
    for path in FILES:
        said = yaml.load(path.read_text(), Loader=yaml.CSafeLoader)
        for one in [*said.get("services", []), *said.get("articles", [])]:
            for phrases in one.get("asked", {}).values():
                del phrases[3:]
        short = folder / f"{path.parent.name}-{path.name}"
        short.write_text(yaml.dump(said, Dumper=yaml.CSafeDumper, allow_unicode=True))
        yield short


def test_what_is_exported_changes_nothing_when_it_is_imported(
    city: Jurisdiction, bring: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    bring(small())
    assert set(numbers(bring(exported(capsys))).values()) == {0}


def test_an_exported_article_can_be_edited_as_it_stands(
    city: Jurisdiction, bring: Callable[..., str], tmp_path: Path
) -> None:
    bring(small(lambda said: said["articles"][0]["body"].update(en="One line.\n\n- Another.\n")))
    call_command("export_catalog", output=tmp_path / "out.yaml")
    assert "    en: |\n      One line.\n\n      - Another.\n" in (tmp_path / "out.yaml").read_text()


@pytest.mark.shows("2.11")
def test_people_find_services_and_articles_in_both_languages(city: Jurisdiction, bring: Callable[..., str]) -> None:
    bring(small())
    in_use()
    bring(small(lambda said: said["services"][0].update(priority=2)))
    found = set(SearchDocument.objects.values_list("kind", "language", "title"))
    assert {("service", "es", "Bache"), ("service", "en", "Pothole"), ("article", "es", "Reclamos")} <= found


# --- What changes -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("2.5")
def test_a_changed_question_is_a_new_version_and_the_old_report_keeps_its_own(
    city: Jurisdiction, bring: Callable[..., str]
) -> None:
    bring(small())
    version = in_use()
    old = factories.report(version, answers={"size": "small"})
    changed = bring(small(lambda said: said["services"][0]["questions"][0]["text"].update(en="What size is it?")))
    assert numbers(changed)["services"] == 1
    service = Service.objects.get()
    assert service.current is not None
    assert service.current.number == 2
    assert service.current.questions.get().text["en"] == "What size is it?"
    old.refresh_from_db()
    assert old.service_version == version
    assert old.answers.get().question_text == "How big is it?"


def test_a_changed_promise_holds_for_what_comes_after_it(city: Jurisdiction, bring: Callable[..., str]) -> None:
    bring(small())
    version = in_use()
    old = factories.report(version, answers={"size": "small"})
    bring(small(lambda said: said["services"][0]["targets"]["resolve"].update(value=9)))
    new = factories.report(version, answers={"size": "small"})
    assert Service.objects.get().current == version, "the words are the same, so is the version"
    promised = {clock.service_request_id: clock.target_words["value"] for clock in Clock.objects.filter(kind="resolve")}
    assert promised == {old.pk: 3, new.pk: 9}


def test_an_answer_s_promise_in_hours_also_runs_at_night(city: Jurisdiction, bring: Callable[..., str]) -> None:
    # The office is open on Mondays and Tuesdays: 24 of its hours would take three weeks.
    bring(small())
    version = in_use()
    urgent = factories.report(version, answers={"size": "big"})
    clock = urgent.clocks.get(kind="resolve")
    assert (clock.due_at - clock.started_at).total_seconds() == 24 * 3600


def test_what_a_file_does_not_name_stays(city: Jurisdiction, bring: Callable[..., str]) -> None:
    bring(small())
    in_use()
    bring({"format": 1, "articles": small()["articles"]})
    assert Service.objects.get().active
    assert RoutingRule.objects.filter(active=True).count() == 2
    assert EmergencyPhrase.objects.count() == 2


def test_a_rule_that_is_no_longer_listed_is_out_of_use_and_the_others_keep_their_order(
    city: Jurisdiction, bring: Callable[..., str]
) -> None:
    bring(small())
    first = RoutingRule.objects.get(name="Roots: Parks")

    def edit(said: dict[str, Any]) -> None:
        said["routing"] = [
            {"name": "Trees: Parks", "when": {"words": ["tree"]}, "department": "PK"},
            said["routing"][1],
        ]

    bring(small(edit))
    active = RoutingRule.objects.filter(active=True).order_by("order")
    assert [rule.name for rule in active] == ["Trees: Parks", "Small: nobody knows"]
    first.refresh_from_db()
    assert not first.active, "it stays, since decisions name it as their reason"
    bring(small())
    assert RoutingRule.objects.get(name="Roots: Parks") == first
    assert [rule.name for rule in active.all()] == ["Roots: Parks", "Small: nobody knows"]


def test_words_and_reasons_that_are_no_longer_listed_are_out_of_use(
    city: Jurisdiction, bring: Callable[..., str]
) -> None:
    bring(small())

    def edit(said: dict[str, Any]) -> None:
        said["emergency_words"]["red_flag"]["en"] = ["gas leak"]
        said["reasons"]["hold"] = [{"code": "weather", "words": {"en": "weather", "es": "clima"}}]

    said = bring(small(edit))
    assert set(EmergencyPhrase.objects.values_list("phrase", flat=True)) == {"gas leak", "huele a gas"}
    assert dict(ListedReason.objects.values_list("code", "active")) == {"parts": False, "weather": True}
    assert (numbers(said)["emergency_words"], numbers(said)["reasons"]) == (2, 1)


def test_the_contacts_for_a_kind_of_danger_come_in_and_go_out(
    city: Jurisdiction, bring: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    advocate = {"name": "Advocate", "phone": "555-0170", "days": ["sat"], "hours": "18:00-07:00"}
    crisis = {"name": "Crisis team", "email": "crisis@city.example"}
    desk = {"name": "Operator", "phone": "555-0100"}

    def edit(said: dict[str, Any]) -> None:
        said["desk_on_call"] = [desk]
        said["danger_on_call"] = {"domestic_violence": [advocate], "self_harm": [crisis]}

    bring(small(edit))
    found = exported(capsys)
    assert found["desk_on_call"] == [desk]
    assert {kind: rows for kind, rows in found["danger_on_call"].items() if rows} == {
        "domestic_violence": [advocate], "self_harm": [crisis],
    }  # fmt: skip
    said = bring(small(lambda said: said.update(danger_on_call={"self_harm": []})))
    assert numbers(said)["on_call"] == 1
    assert {one.name: one.kind for one in OnCall.objects.all()} == {"Advocate": "domestic_violence", "Operator": ""}
    assert SetupChange.objects.filter(kind="on_call", key="self_harm").count() == 2


def test_the_city_s_targets_for_priority_1_come_in_and_go_out(
    city: Jurisdiction, bring: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    bring(small())
    assert exported(capsys)["urgent_minutes"] == {"acknowledge": 30, "resolve": 240}
    minutes = {"acknowledge": 10, "resolve": 90}
    assert numbers(bring(small(lambda said: said.update(urgent_minutes=minutes))))["urgent_minutes"] == 1
    assert exported(capsys)["urgent_minutes"] == minutes
    # What a file doesn't name stays.
    bring(small())
    city.refresh_from_db()
    assert (city.urgent_acknowledge_minutes, city.urgent_resolve_minutes) == (10, 90)
    assert SetupChange.objects.get(kind="city").key == "urgent"


def test_an_emergency_phrase_keeps_its_exceptions(
    city: Jurisdiction, bring: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    wire = {"phrase": "wire down", "unless": ["took the wire down", "tie the wire down"]}
    bring(small(words("smell gas", wire)))
    assert EmergencyPhrase.objects.get(phrase="wire down").unless == wire["unless"]
    assert exported(capsys)["emergency_words"]["red_flag"]["en"] == ["smell gas", wire]
    said = bring(small(words("smell gas", "wire down")))
    assert EmergencyPhrase.objects.get(phrase="wire down").unless == []
    assert numbers(said)["emergency_words"] == 1


def test_answers_and_macros_of_a_file_are_those_of_setup(
    city: Jurisdiction, bring: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    ben = factories.staff("Ben", "triage", city)
    bring(small(lambda said: said["macros"][0]["steps"][0].update(assignee=ben.email)))
    soon = AnswerTemplate.objects.get(name="Soon")
    assert Macro.objects.get(name="Mine, soon").steps == [
        {"verb": "assign", "assignee": ben.pk}, {"verb": "comment", "template": soon.pk},
    ]  # fmt: skip
    found = exported(capsys)
    assert found["macros"][0]["steps"] == [
        {"verb": "assign", "assignee": ben.email}, {"verb": "comment", "template": "Soon"},
    ]  # fmt: skip
    assert found["macros"][1] == small()["macros"][1]
    # What is made for oneself is in no file, and what names something that is gone would be refused.
    Macro.objects.create(jurisdiction=city, owner=ben, name="My own", steps=[{"verb": "accept"}])
    soon.delete()
    found = exported(capsys)
    assert [one["name"] for one in found["macros"]] == ["To Parks"]
    assert [one["name"] for one in found["templates"]] == ["Filled"]
    other = factories.jurisdiction("Marlbury")
    assert numbers(bring(found, jurisdiction=other.jurisdiction_id))["macros"] == 1
    assert Macro.objects.get(jurisdiction=other).department == Department.objects.get(jurisdiction=other, code="PW")
    assert AnswerTemplate.objects.get(jurisdiction=other).service == Service.objects.get(jurisdiction=other)


def test_a_view_of_a_file_is_everyone_s_and_its_importer_s(
    city: Jurisdiction, bring: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    view = {"name": "Late here", "query": {"tab": "late", "service": ["pothole"]}}
    assert numbers(bring(small(lambda said: said.update(views=[view])))).get("views", 0) == 0, "nobody can keep it"
    ada = factories.staff("Ada", "administrator", city)
    assert numbers(bring(small(lambda said: said.update(views=[view]))))["views"] == 1
    saved = SavedView.objects.get(owner=ada, audience="city")
    assert sorted(saved.query) == [["service", "pothole"], ["tab", "late"]]
    saved_views.save(city, name="Mine", query=[], shared_with=SharedWith(SavedView.Audience.ME), actor=ada)
    written = exported(capsys)["views"]
    assert written == [{"name": "Late here", "query": {"tab": ["late"], "service": ["pothole"]}}]
    said = bring(small(lambda said: said.update(views=[{**view, "query": {"tab": "new"}}])))
    assert numbers(said)["views"] == 1
    assert SavedView.objects.get(pk=saved.pk).query == [["tab", "new"]]


def test_a_macro_for_somebody_who_is_gone_changes_nothing(city: Jurisdiction, bring: Callable[..., str]) -> None:
    with pytest.raises(CommandError, match=r"macros, Mine, soon: what `assign` names isn’t there"):
        bring(small(lambda said: said["macros"][0]["steps"][0].update(assignee="gone@city.example")))
    assert not Service.objects.exists()


def test_a_service_is_retired_by_saying_so(
    city: Jurisdiction, bring: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    bring(small())
    in_use()
    bring(small(lambda said: said["services"][0].update(active=False)))
    assert not Service.objects.get().active
    assert not SearchDocument.objects.filter(kind="service").exists()
    assert exported(capsys)["services"][0]["active"] is False


def test_how_duplicates_are_treated_is_a_part_of_the_service(
    city: Jurisdiction, bring: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    bring(small())
    assert exported(capsys)["services"][0]["duplicates"] == {"policy": "join", "radius_m": 100, "window_days": 30}
    said = {"policy": "ask", "radius_m": 30, "window_days": 7, "family": "street-holes"}
    bring(small(lambda catalog: catalog["services"][0].update(duplicates=said)))
    assert exported(capsys)["services"][0]["duplicates"] == said
    version = Service.objects.get().current
    assert version is not None
    assert (version.number, version.duplicate_family) == (2, "street-holes")


def test_who_must_say_who_they_are_and_confirm_is_a_part_of_the_service(
    city: Jurisdiction, bring: Callable[..., str], capsys: pytest.CaptureFixture[str]
) -> None:
    why = {"en": "The law asks who tells us.", "es": "La ley pide saber quién avisa."}

    def asks(said: dict[str, Any]) -> None:
        said["services"][0] |= {"identity_words": why, "must_confirm": True, "emergency_screen": None, "questions": []}

    bring(small(asks))
    version = Service.objects.get(service_code="pothole").current
    assert version is not None
    assert (version.identity_words, version.must_confirm) == (why, True)
    capsys.readouterr()
    written = exported(capsys)["services"][0]
    assert (written["identity_words"], written["must_confirm"]) == (why, True)


def test_several_files_are_one_catalog(city: Jurisdiction, bring: Callable[..., str]) -> None:
    whole = small()
    services = whole.pop("services")
    bring(whole, {"format": 1, "services": services})
    assert Article.objects.get().services.get().service_code == "pothole"


# --- What cannot be taken ---------------------------------------------------------------------------------------------


def nowhere(said: dict[str, Any]) -> object:
    return said["services"][0].update(department="XX")


def words(*phrases: object) -> Edit:
    return lambda said: said["emergency_words"]["red_flag"].update(en=list(phrases))


def macro(*steps: dict[str, Any]) -> Edit:
    return lambda said: said["macros"][1].update(steps=list(steps))


def template(**changed: Any) -> Edit:
    return lambda said: said["templates"][1].update(changed)


BROKEN: list[tuple[str, Edit, str]] = [
    (
        "an answer with a word nobody fills in",
        template(words={"en": "At {place}.", "es": "En {place}."}),
        "`{place}` can’t be",
    ),
    (
        "an answer in one language",
        template(words={"en": "Soon."}),
        "templates, Soon, words: the text in `es` is missing",
    ),
    (
        "an answer to an outcome of nobody",
        template(outcome="withdrawn"),
        "`withdrawn` should be one of , fixed, action_taken",
    ),
    ("an answer without a name", template(name=" "), "it should be a name of at most 100 characters"),
    (
        "a step that follows a transfer",
        macro({"verb": "transfer", "department": "PK"}, {"verb": "accept"}),
        "look at `accept`",
    ),
    ("a step that says too much", macro({"verb": "accept", "days": 3}), "look at `accept`"),
    ("a step with an answer nobody has", macro({"verb": "comment", "template": "Later"}), "`Later` should be one of"),
    ("a macro without steps", macro(), "macros, To Parks, steps: it should not be empty"),
    ("an emergency phrase of signs", words("?!"), "emergency_words, red_flag, en: `?!` is not a phrase of at most 120"),
    ("an emergency phrase too long", words("gas " * 40), "is not a phrase of at most 120 characters"),
    ("an emergency phrase twice", words("can't breathe", "Cant breathe"), "en: `Cant breathe` is listed twice."),
    ("an exception of signs", words({"phrase": "gas", "unless": ["!"]}), "en, gas, unless: `!` is not a phrase"),
    ("an exception of nothing", words({"phrase": "gas leak", "unless": ["gas"]}), "`gas` has no effect"),
    ("an exception of the same", words({"phrase": "gas leak", "unless": ["Gas leak!"]}), "`Gas leak!` has no effect"),
    (
        "a phrase with an unknown key",
        words({"phrase": "gas", "except": []}),
        "gas: unknown key `except`. Known: off, phrase,",
    ),
    ("no department", nowhere, "services, pothole, department: `XX` should be one of PK, PW."),
    (
        "a missing text",
        lambda said: said["articles"][0]["title"].pop("es"),
        "articles, claims, title: the text in `es`",
    ),
    ("a code for no path", lambda said: said["services"][0].update(service_code="pot/hole"), "only letters, digits"),
    (
        "a code twice",
        lambda said: said["categories"].append(said["categories"][0]),
        "categories: `streets` is listed twice.",
    ),
    ("an unknown key", lambda said: said["services"][0].update(colour="red"), "unknown key `colour`"),
    (
        "no such priority",
        lambda said: said["services"][0].update(priority=5),
        "priority: it should be a whole number from 1 to 4.",
    ),
    (
        "kinds of assets that are no list",
        lambda said: said["services"][0].update(asset_kinds="light"),
        "services, pothole, asset_kinds: it should be a list.",
    ),
    (
        "a place list that is neither yes nor no",
        lambda said: said["services"][0].update(listed_by_place="never"),
        "services, pothole, listed_by_place: it should be true or false.",
    ),
    (
        "a confirmation that is neither yes nor no",
        lambda said: said["services"][0].update(must_confirm="always"),
        "services, pothole, must_confirm: it should be true or false.",
    ),
    (
        "what may be urgent and would wait for a mail",
        lambda said: said["services"][0].update(must_confirm=True),
        "services, pothole: it may be urgent, so it must not wait for an email",
    ),
    (
        "a reason to ask who reports in one language",
        lambda said: said["services"][0].update(identity_words={"en": "The law asks."}),
        "services, pothole, identity_words: the text in `es` is missing.",
    ),
    (
        "no such way with duplicates",
        lambda said: said["services"][0].update(duplicates={"policy": "maybe"}),
        "services, pothole, duplicates, policy: `maybe` should be one of join, ask, never.",
    ),
    (
        "a radius in another unit",
        lambda said: said["services"][0].update(duplicates={"radius": 50}),
        "duplicates: unknown key `radius`. Known: family, policy, radius_m, window_days.",
    ),
    (
        "a radius of miles",
        lambda said: said["services"][0].update(duplicates={"radius_m": 5_000}),
        "duplicates, radius_m: it should be a whole number from 0 to 1000.",
    ),
    (
        "a family of many words",
        lambda said: said["services"][0].update(duplicates={"family": "Holes in streets"}),
        "duplicates, family: it should be a short code such as street-holes.",
    ),
    ("no such unit", lambda said: said["services"][0]["targets"]["resolve"].update(unit="weeks"), "`weeks` should be"),
    ("yes without quotes", lambda said: said["services"][0]["questions"][0]["options"][0].update(value=True), "quotes"),
    (
        "an option twice",
        lambda said: said["services"][0]["questions"][0]["options"][0].update(value="big"),
        "questions, size, options: `big` is listed twice.",
    ),
    ("a list of nothing", lambda said: said["services"][0]["questions"][0].pop("options"), "a list needs them"),
    (
        "a condition on what was not asked",
        lambda said: said["services"][0]["questions"][0].update(show_if={"question": "who", "values": ["me"]}),
        "an earlier question",
    ),
    (
        "a stop without words",
        lambda said: (
            said["services"][0].pop("emergency_screen"),
            said["services"][0]["questions"][0]["options"][0].update(effects={"stop": True}),
        ),
        "needs an `emergency_screen`",
    ),
    (
        "an answer that leads nowhere",
        lambda said: said["services"][0]["questions"][0]["options"][0].update(effects={"service": "nothing"}),
        "`nothing` should be one of pothole",
    ),
    (
        "hours that run backward",
        lambda said: said["calendars"]["office"]["hours"].update(mon=["17:00-08:00"]),
        "07:00-",
    ),
    (
        "a half day over midnight",
        lambda said: said["calendars"]["office"]["holidays"]["extra"][1].update(hours="22:00-06:00"),
        "07:00-",
    ),
    (
        "a calendar without working hours",
        lambda said: said["calendars"]["office"].update(hours={"mon": []}),
        "it needs `always: true` or `hours`",
    ),
    (
        "a half day on a day that is closed",
        lambda said: said["calendars"]["office"].update(
            holidays={"extra": [{"date": "2027-01-02", "hours": "08:00-12:00"}]}
        ),
        "it has `hours` on 2027-01-02, but none on `sat`",
    ),
    (
        "a rule without a reason",
        lambda said: said["routing"][0].update(when={}),
        "routing, Roots: Parks, when: it should",
    ),
    (
        "a rule on an answer that nobody gives",
        lambda said: said["routing"][1].update(when={"services": ["pothole"], "answers": {"size": ["huge"]}}),
        "has the answer `huge`",
    ),
    ("a table for a list", lambda said: said.update(services={}), "services: it should be a list."),
    ("no format", lambda said: said.pop("format"), "format: 1"),
    (
        "words for a table",
        lambda said: said["services"][0].update(targets="soon"),
        "targets: it should be a table",
    ),
]


@pytest.mark.parametrize(("edit", "problem"), [one[1:] for one in BROKEN], ids=[one[0] for one in BROKEN])
def test_a_broken_catalog_is_told_and_nothing_of_it_is_stored(
    city: Jurisdiction, bring: Callable[..., str], edit: Edit, problem: str
) -> None:
    with pytest.raises(CommandError) as refused:
        bring(small(edit))
    assert problem in str(refused.value)
    assert not Department.objects.exists()


def test_everything_that_is_wrong_is_told_at_once(city: Jurisdiction, bring: Callable[..., str]) -> None:
    with pytest.raises(CommandError) as refused:
        bring(small(nowhere, lambda said: said["articles"][0]["title"].pop("es")))
    assert "services, pothole" in str(refused.value)
    assert "articles, claims" in str(refused.value)


def test_a_mistake_is_told_by_file_line_and_column(city: Jurisdiction, tmp_path: Path) -> None:
    """Also in a list that is joined from two files."""
    (tmp_path / "one.yaml").write_text(yaml.safe_dump(SMALL, sort_keys=False))
    second = [
        "format: 1",
        "categories:",
        "  - code: parks",
        "    name: {en: Parks}",
        "  - {code: more, name: {en: More, es: Más}, icon: 5}",
    ]
    (tmp_path / "two.yaml").write_text("\n".join(second))
    with pytest.raises(CommandError) as refused:
        call_command("import_catalog", tmp_path / "one.yaml", tmp_path / "two.yaml")
    assert str(refused.value).splitlines()[1:] == [
        "two.yaml, line 4, column 11: categories, parks, name: the text in `es` is missing.",
        "two.yaml, line 5, column 51: categories, more, icon: it should be text; put it in quotes.",
    ]


def every_path(said: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if path:
        yield path
    for key, value in said.items() if isinstance(said, dict) else enumerate(said) if isinstance(said, list) else ():
        yield from every_path(value, (*path, key))


RARER = [pytest.param(value, marks=pytest.mark.slow) for value in ("", True, [5], [None], [{}], {5: [5]})]


@pytest.mark.sampled(3)
@pytest.mark.parametrize("value", [None, "x", 5, [], {}, {"x": 5}, *RARER], ids=repr)
def test_whatever_stands_anywhere_the_answer_is_sentences(value: Any, tmp_path: Path) -> None:
    """And never an error of the program's own."""
    for path in every_path(SMALL):
        broken: Any = small()
        broken["routing"][1]["when"]["services"] = ["pothole"]
        inner = broken
        for step in path[:-1]:
            inner = inner[step]
        inner[path[-1]] = value
        (tmp_path / "broken.yaml").write_text(yaml.dump(broken, Dumper=yaml.CSafeDumper))
        try:
            found = problems(read_catalog([tmp_path / "broken.yaml"]), ["en", "es"])
        except ImportProblemError as error:
            found = [str(error)]
        assert all(re.fullmatch(r"(?s).+[.:]", sentence) for sentence in found), (path, found)


def test_a_file_that_is_no_yaml_is_told_by_its_name(city: Jurisdiction, tmp_path: Path) -> None:
    for name, content in (("torn.yaml", b"services: [{"), ("binary.yaml", b"\xff\xfe\x00"), ("list.yaml", b"- 1")):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(CommandError, match=name):
            call_command("import_catalog", tmp_path / name)
    with pytest.raises(CommandError, match=r"torn\.yaml cannot be read: line \d+, column \d+: "):
        call_command("import_catalog", tmp_path / "torn.yaml")
    with pytest.raises(CommandError, match="absent"):
        call_command("import_catalog", tmp_path / "absent.yaml")


def test_of_two_cities_one_is_named(city: Jurisdiction, bring: Callable[..., str]) -> None:
    other = factories.jurisdiction("Marlbury")
    with pytest.raises(CommandError, match=r"marlbury\.example, rivermark\.example"):
        bring(small())
    bring(small(), jurisdiction=other.jurisdiction_id)
    assert {service.jurisdiction for service in Service.objects.all()} == {other}


def test_an_answer_by_address_names_a_part_of_the_address_card(city: Jurisdiction, tmp_path: Path) -> None:
    words = "title: {en: Trash, es: Basura}, body: {en: By address., es: Por dirección.}"
    lines = ["format: 1", "articles:"]
    lines += [
        f"  - {{code: {code}, {words}, by_address: {key}}}"
        for code, key in (("day", "collection_day"), ("ward", "ward"), ("typo", "colection_day"))
    ]
    (tmp_path / "answers.yaml").write_text("\n".join(lines))
    # Without a card, nobody knows yet what it will have.
    assert problems(read_catalog([tmp_path / "answers.yaml"]), city.languages) == []
    fields = [{"key": "collection_day", "label": {"en": "Trash"}, "kind": "weekday"}]
    city.address_card = [{"layer": "ward", "name": {"en": "Your ward"}, "fields": fields}]
    city.save()
    with pytest.raises(CommandError) as refused:
        call_command("import_catalog", tmp_path / "answers.yaml")
    column = lines[-1].index("colection_day") + 1
    assert str(refused.value).splitlines()[1:] == [
        f"answers.yaml, line 5, column {column}: articles, typo, by_address: `colection_day` should be a layer or a field of the"
        " address card: collection_day, ward."
    ]
    (tmp_path / "answers.yaml").write_text("\n".join(lines[:-1]))
    call_command("import_catalog", tmp_path / "answers.yaml")
    assert Article.objects.get(code="day").by_address == "collection_day"


@pytest.mark.parametrize(("contact", "why"), [({"email": "a@b.example"}, ""), ({}, "`takes_reports` needs an `email`")])
def test_who_takes_reports_has_an_email(bring: Callable[..., str], city: Jurisdiction, contact: Any, why: str) -> None:
    said = small(
        lambda said: said["articles"][0].update(
            contact={"name": {"en": "Carts", "es": "Carritos"}, "takes_reports": True, **contact}
        )
    )
    if why:
        with pytest.raises(CommandError, match=why):
            bring(said)
    else:
        bring(said)
    assert Article.objects.filter(contact__takes_reports=True).count() == (0 if why else 1)
