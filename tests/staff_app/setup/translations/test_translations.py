"""What a city hasn't translated is one page, by kind; and it goes out to a translator as a file and comes back in."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import models
from django.test import Client
from django.utils.html import strip_tags

from requests_app.clock import app_now
from requests_app.core.localized import LocalizedField
from requests_app.models import (
    AnswerTemplate,
    Article,
    ArticleTopic,
    Calendar,
    Category,
    ClockSuspension,
    Department,
    DeskLine,
    Jurisdiction,
    ListedReason,
    Notice,
    QuestionVersion,
    Role,
    ServiceDraft,
    ServiceVersion,
    SetupChange,
    Team,
    User,
)
from requests_app.rules.shared.jurisdictions import forget_jurisdictions
from staff_app.setup.translations import translations
from staff_app.setup.translations.kinds import KINDS
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.13")]
PAGE, CHECK, FILE = "/staff/setup/translations/", "/staff/setup/translations/check/", "/staff/setup/translations/file/"
ENGLISH = {"en": "Snow"}

# The other JSON columns. Words from a city's own files, of the log, and of drafts (they are those of their row) aren't here.
WITHOUT = {
    "Answer.value", "Area.attributes", "Article.draft", "BasemapFeature.properties", "BulkJob.steps", "Calendar.hours",
    "Clock.target_words", "Draft.typed", "Event.data", "IdempotencyKey.answer", "Jurisdiction.address_card",
    "Jurisdiction.map_view", "Jurisdiction.place_aliases", "LayerImport.found", "LayerImport.mapping", "LayerImport.problems",
    "LayerImport.report", "LayerRow.properties", "Macro.steps", "Owner.takes", "Owner.words", "QuestionVersion.show_if",
    "Retirement.kept", "RoutingDraft.earlier", "RoutingDraft.rules", "RoutingRule.then", "RoutingRule.when",
    "RoutingSimulation.base_rules", "RoutingSimulation.by_department", "RoutingSimulation.by_rule",
    "RoutingSimulation.places", "RoutingSimulation.rules", "RoutingVersion.rules", "SavedView.query",
    "ServiceApproval.approved", "ServiceDraft.approval", "ServiceDraft.written", "ServiceVersion.offered",
    "SetupChange.after", "SetupChange.before", "StreetWork.done_by", "StreetWork.words", "UndoState.clocks", "User.desk_keys",
    "UndoState.columns", "UndoState.comments", "UndoState.events", "UndoState.participations", "UndoState.photos",
}  # fmt: skip


@pytest.fixture
def ada(town: Rivermark, signed_in: Callable[[User], Client]) -> Client:
    cache.clear()
    return signed_in(town.ada)


def page(client: Client, **query: str) -> str:
    return client.get(PAGE, query).content.decode()


def untranslated(client: Client, **query: str) -> dict[str, str]:
    """Where each listed text is, with the page it leads to."""
    rows = re.findall(r'<li><a href="([^"]*)">([^<]*)</a><p lang', page(client, **query))
    return {unescape(where): unescape(url) for url, where in rows}


def rows_of(client: Client, **query: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(client.get(FILE, query).content.decode("utf-8-sig"), newline="")))


def as_file(rows: list[list[str]], delimiter: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue().encode("utf-8-sig")


def upload(client: Client, content: bytes | list[list[str]], language: str = "es") -> str:
    body = content if isinstance(content, bytes) else as_file(content)
    file = SimpleUploadedFile("from Ana.csv", body)
    answer = client.post(f"{PAGE}?language={language}", {"file": file}, follow=True)
    return " ".join(unescape(strip_tags(answer.content.decode())).split()) + " CODE" + code_of(answer.content.decode())


def code_of(html: str) -> str:
    return html.split('name="code" value="')[1].split('"')[0] if 'name="code" value="' in html else ""


def save(client: Client, shown: str) -> str:
    answer = client.post(CHECK, {"code": shown.split(" CODE")[1]}, follow=True)
    return " ".join(unescape(strip_tags(answer.content.decode())).split())


def half_translated(city: Jurisdiction, ada: User) -> dict[str, str]:
    """Something of each kind that has no Spanish, by where it is, with the start of the page it is edited on."""
    now, day = app_now(), dt.timedelta(days=1)
    template = AnswerTemplate.objects.create(jurisdiction=city, name="Thanks", words={"en": "Thank you: {reference}"})
    reason = ListedReason.objects.create(jurisdiction=city, kind="cannot_do", code="snow", words=ENGLISH, appeal={})
    notice = Notice.objects.create(
        jurisdiction=city, words={"en": "Storm"}, starts_at=now, ends_at=now + day, created_by=ada
    )
    # One that is over and a reason that isn't used anymore are nobody's work.
    Notice.objects.create(jurisdiction=city, words={"en": "Over"}, starts_at=now - day, ends_at=now, created_by=ada)
    ListedReason.objects.create(jurisdiction=city, kind="hold", code="old", words={"en": "Old"}, active=False)
    stopped = ClockSuspension.objects.create(
        jurisdiction=city, reason={"en": "Blizzard"}, starts_at=now, ends_at=now + day, created_by=ada
    )
    article = factories.article(city, "leaves", "Leaves")
    ArticleTopic.objects.create(jurisdiction=city, code="seasons", name={"en": "Seasons"})
    category = Category.objects.create(jurisdiction=city, code="winter", name={"en": "Winter"})
    department = Department.objects.create(
        jurisdiction=city, code="SN", name={"en": "Snow plows"}, calendar=factories.calendar(city)
    )
    team = Team.objects.create(department=department, code="n", name={"en": "North"})
    role = Role.objects.create(jurisdiction=city, code="plow", name={"en": "Plow driver"})
    calendar = Calendar.objects.create(
        jurisdiction=city,
        code="winter",
        always=True,
        holidays={"extra": [{"date": "2031-01-02", "name": {"en": "Eve"}}]},
    )
    line = DeskLine.objects.create(jurisdiction=city, number="311", phone="311", name={"en": "Main line"})
    factories.service(city, "ice", name={"en": "Ice"}, questions=[
        factories.question("deep", "single", text={"en": "How deep?"}, options=[{"value": "a/b", "label": {"en": "Very"}}])
    ])  # fmt: skip
    Jurisdiction.objects.filter(pk=city.pk).update(
        branding={"welcome": {"en": "Hello"}, "seal_alt": {"en": "A river"}}, outcome_words={"fixed": {"en": "Done"}}
    )
    setup = "/staff/setup"
    return {
        "Ice, Name": f"{setup}/services/ice/words/#id_name_es",
        "Ice, “How deep?”, Question": f"{setup}/services/ice/questions/deep/#id_text_es",
        "Ice, “How deep?”, “Very”": f"{setup}/services/ice/questions/deep/",
        "Winter, Name": f"{setup}/categories/{category.pk}/#id_name_es",
        "Leaves, Title": f"{setup}/articles/{article.pk}/#id_title_es",
        "Leaves, Text": f"{setup}/articles/{article.pk}/#id_body_es",
        "Seasons, Name": f"{setup}/catalog/",
        "Main line, Name": f"{setup}/desk/lines/{line.pk}/#id_name_es",
        "Storm, Notice": f"{setup}/notices/{notice.pk}/#id_words_es",
        "Thanks, Words": f"{setup}/templates/{template.pk}/#id_words_es",
        "Rivermark, Outcome wording, Fixed": f"{setup}/outcomes/#id_fixed_es",
        "Snow, Words": f"{setup}/reasons/{reason.pk}/#id_words_es",
        "Blizzard, Reason": f"{setup}/suspensions/{stopped.pk}/",
        "Snow plows, Name": f"{setup}/departments/{department.pk}/#id_name_es",
        "North, Name": f"{setup}/teams/{team.pk}/#id_name_es",
        "Plow driver, Name": f"{setup}/roles/{role.pk}/#id_name_es",
        "winter, Holidays, “Eve”, Name": f"{setup}/calendars/{calendar.pk}/",
        "Rivermark, Welcome": f"{setup}/city/texts/#id_welcome_es",
        "Rivermark, Alt text for the seal": f"{setup}/city/look/#id_seal_alt_es",
    }


def test_each_column_of_words_is_declared_and_has_its_place_on_the_page() -> None:
    columns = [field for model in apps.get_app_config("requests_app").get_models() for field in model._meta.fields]
    translated = {field.model for field in columns if isinstance(field, LocalizedField)}
    assert translated == {model for kind in KINDS for model in kind.models}
    assert {Calendar, Jurisdiction, QuestionVersion} < translated
    # A new JSON column is a LocalizedField, or is named here.
    plain = {
        field for field in columns if isinstance(field, models.JSONField) and not isinstance(field, LocalizedField)
    }
    assert {f"{field.model.__name__}.{field.name}" for field in plain} == WITHOUT


def test_all_that_has_no_spanish_is_listed_by_kind_and_leads_to_where_it_is_edited(
    town: Rivermark, ada: Client, django_capture_on_commit_callbacks: Callable[..., Any]
) -> None:
    assert "Everything is in Spanish." in page(ada)
    assert "no Spanish yet" not in ada.get("/staff/setup/").content.decode()
    expected = half_translated(town.city, town.ada)
    half_translated(factories.lakeside().city, town.ada)
    # As setup does with every change.
    cache.clear()
    shown = untranslated(ada)
    assert shown.keys() == expected.keys()
    for where, url in expected.items():
        assert shown[where].startswith(url), where
        answer = ada.get(shown[where])
        assert answer.status_code == 200, where
        if url.endswith("_es"):
            assert f'id="{url.partition("#")[2]}"' in answer.content.decode(), where
    assert f'action="{PAGE}?language=es"' in page(ada)
    home = ada.get("/staff/setup/").content.decode()
    assert f'<a href="{PAGE}?language=es">{len(expected)} texts have no Spanish yet.</a>' in home
    assert (
        f'<a href="{PAGE}?language=es">What has no Spanish yet</a>'
        in ada.get("/staff/setup/?q=spanish").content.decode()
    )
    category = Category.objects.get(jurisdiction=town.city, code="winter")
    form = {"name_en": "Winter", "name_es": "Invierno", "icon": ""}
    with django_capture_on_commit_callbacks(execute=True):
        assert ada.post(f"/staff/setup/categories/{category.pk}/", form).status_code == 302
    assert "Winter, Name" not in untranslated(ada)
    assert f"{len(expected) - 1} texts have no Spanish yet." in ada.get("/staff/setup/").content.decode()


def test_a_city_with_one_language_has_nothing_to_translate_and_no_other_language_is_asked_for(
    town: Rivermark, ada: Client, signed_in: Callable[[User], Client]
) -> None:
    assert ada.get(PAGE, {"language": "fr"}).status_code == 404
    assert ada.get(FILE, {"language": "en"}).status_code == 404
    Jurisdiction.objects.filter(pk=town.city.pk).update(languages=["en"])
    forget_jurisdictions(["testserver"])
    assert "nothing to translate" in page(ada)
    assert ada.get(FILE).status_code == 404
    assert ada.post(f"{PAGE}?language=es", {}).status_code == 200
    assert signed_in(town.tom).get(PAGE).status_code == 403


def test_a_translators_file_comes_back_and_each_row_is_saved_as_its_own_page_saves_it(
    town: Rivermark, ada: Client
) -> None:
    expected = half_translated(town.city, town.ada)
    half_translated(factories.lakeside().city, town.ada)
    head, *rows = rows_of(ada)
    assert head == ["id", "Where it is", "English (en)", "Spanish (es)"]
    assert {row[1] for row in rows} == expected.keys()
    assert {row[3] for row in rows} == {""}
    shown = upload(ada, [head, *rows])
    assert "The file changes nothing." in shown
    assert f"{len(rows)} lines have no translation yet." in shown
    # A formula that a spreadsheet ran would be worse than a word with an apostrophe.
    filled = [[*row[:3], f"ES {row[2]}" if row[1] != "Winter, Name" else "'=Invierno"] for row in rows]
    shown = upload(ada, as_file([head, *filled], delimiter=";"))
    assert "Categories: Winter" in shown
    assert "Name (Spanish): added “=Invierno”" in shown
    assert "“Very” to “How deep?”: Answer (Spanish): added “ES Very”" in shown
    assert not SetupChange.objects.exists()
    answer = save(ada, shown)
    assert f"{len(rows)} texts were saved." in answer
    assert "Services and articles have them in drafts" in answer
    assert untranslated(ada) == {}
    # Residents read none of it before somebody publishes it.
    ice = ServiceVersion.objects.get(service__jurisdiction=town.city, service__service_code="ice")
    assert ice.name == {"en": "Ice"}
    draft = ServiceDraft.objects.get(service=ice.service)
    assert draft.written["name"] == {"en": "Ice", "es": "ES Ice"}
    assert draft.written["questions"][0]["options"][0]["label"] == {"en": "Very", "es": "ES Very"}
    article = Article.objects.get(jurisdiction=town.city, code="leaves")
    assert (article.title, article.draft["title"]) == ({"en": "Leaves"}, {"en": "Leaves", "es": "ES Leaves"})  # type: ignore[index]
    logged = SetupChange.objects.filter(jurisdiction=town.city, user=town.ada)
    assert set(logged.values_list("kind", flat=True)) >= {
        "service", "category", "topic", "notice", "template", "reason", "outcome", "suspension", "department", "team", "role",
        "calendar", "city",
    }  # fmt: skip
    assert not SetupChange.objects.exclude(jurisdiction=town.city).exists()
    town.city.refresh_from_db()
    assert town.city.branding["welcome"] == {"en": "Hello", "es": "ES Hello"}
    assert town.city.outcome_words == {"fixed": {"en": "Done", "es": "ES Done"}}
    winter = Category.objects.get(jurisdiction=town.city, code="winter")
    assert winter.name["es"] == "=Invierno"
    assert ["Winter, Name", "Winter", "'=Invierno"] in [row[1:] for row in rows_of(ada, all="1")]


def test_what_cannot_be_used_is_named_by_line_and_the_rest_is_saved(town: Rivermark, ada: Client) -> None:
    half_translated(town.city, town.ada)
    lakeside = factories.lakeside().city
    half_translated(lakeside, town.ada)
    head, *rows = rows_of(ada)
    by_place = {row[1]: row for row in rows}

    def line(place: str, text: str, code: str = "") -> list[str]:
        return [code or by_place[place][0], place, by_place[place][2], text]

    def elsewhere(old: str, new: str) -> str:
        return by_place["Snow, Words"][0].replace(old, new)

    Category.objects.filter(jurisdiction=town.city, code="winter").update(name={"en": "Winter work"})
    Team.objects.filter(department__jurisdiction=town.city, code="n").update(name={"en": "North", "es": "Norte"})
    shown = upload(
        ada,
        [
            head,
            line("Thanks, Words", "Gracias"),
            line("Winter, Name", "Invierno"),
            line("North, Name", "El norte"),
            line("Snow, Words", "Nieve", elsewhere("rivermark.example/", "lakeside.example/")),
            line("Snow, Words", "Nieve", elsewhere("/es/", "/fr/")),
            line("Snow, Words", "Nieve", elsewhere("/reason/", "/reason/9")),
            line("Snow, Words", "Nieve {number}"),
            line("Plow driver, Name", "x" * 81),
            line("Seasons, Name", "Estaciones"),
            line("Seasons, Name", "Temporadas"),
            line("Blizzard, Reason", "Vent{sca"),
            ["", "", "", ""],
            line("Snow plows, Name", "x" * 80),
        ],
    )
    for sentence in (
        "10 lines won’t be used",
        "Line 2, Thanks, Words: {reference} is missing. Keep it as it is, braces included.",
        "Line 3, Winter work, Name: The text in English has changed since: “Winter work”. Download the file again.",
        "Line 4, North, Name: Someone has translated it since: “Norte”. It stays.",
        "Line 5, Snow, Words: This line is from another city’s file.",
        "Line 6, Snow, Words: This line is for another language.",
        "Line 7, Snow, Words: The city has no such text. It may have been removed since.",
        "Line 8, Snow, Words: {number} isn’t in the original. Remove it.",
        "Line 9, Plow driver, Name: It has 81 characters. It may have 80.",
        "Line 11, Seasons, Name: This text is in the file twice. The first one counts.",
        "Line 12, Blizzard, Reason: { isn’t in the original. Remove it.",
    ):
        assert sentence in shown, sentence
    assert "2 texts were saved." in save(ada, shown)
    assert ArticleTopic.objects.get(jurisdiction=town.city).name["es"] == "Estaciones"
    assert ArticleTopic.objects.get(jurisdiction=lakeside).name == {"en": "Seasons"}


def test_what_changes_between_the_preview_and_saving_is_shown_anew(town: Rivermark, ada: Client) -> None:
    half_translated(town.city, town.ada)
    head, *rows = rows_of(ada)
    shown = upload(ada, [head, *([*row[:3], "Nieve"] for row in rows if row[1] in ("Snow, Words", "Seasons, Name"))])
    topic = ArticleTopic.objects.get(jurisdiction=town.city)
    ArticleTopic.objects.filter(pk=topic.pk).update(name={"en": "Times of year"})
    answer = ada.post(CHECK, {"code": shown.split(" CODE")[1]})
    assert answer.status_code == 409
    assert "Some texts have changed since you uploaded the file" in answer.content.decode()
    assert "“Times of year”" in answer.content.decode()
    assert not SetupChange.objects.exists()
    assert ada.post(CHECK, {"code": code_of(answer.content.decode())}).status_code == 302
    assert ListedReason.objects.get(jurisdiction=town.city, code="snow").words == {"en": "Snow", "es": "Nieve"}
    topic.refresh_from_db()
    assert topic.name == {"en": "Times of year"}
    assert ada.get(CHECK).status_code == 302
    upload(ada, [head, *rows])
    assert ada.post(CHECK, {"cancel": "1"}, follow=True).redirect_chain[-1][0] == f"{PAGE}?language=es"


def test_a_text_that_changes_in_the_last_moment_keeps_the_whole_file_waiting(
    town: Rivermark, ada: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    half_translated(town.city, town.ada)
    head, *rows = rows_of(ada)
    shown = upload(ada, [head, *([*row[:3], "Nieve"] for row in rows if row[1] in ("Snow, Words", "Ice, Name"))])
    save_all = translations.save_all

    def somebody_is_faster(changes: Any, actor: User) -> None:
        ListedReason.objects.filter(jurisdiction=town.city, code="snow").update(words={"en": "Snow", "es": "Nevada"})
        save_all(changes, actor)

    monkeypatch.setattr(translations, "save_all", somebody_is_faster)
    answer = ada.post(CHECK, {"code": shown.split(" CODE")[1]})
    assert answer.status_code == 409
    assert "Someone has translated it since: “Nevada”. It stays." in answer.content.decode()
    assert not ServiceDraft.objects.exists()


def test_a_file_that_is_too_large_is_refused(ada: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("staff_app.setup.catalog.forms.FILE_MAX_MB", 8 / 1024 / 1024)
    assert "larger than 20 MB" in upload(ada, b"id,a,b,c\n")
    assert "larger than 20 MB" not in upload(ada, b"id,a,b,")


def test_a_file_that_is_no_file_of_ours_says_what_to_do(ada: Client) -> None:
    assert "This file is empty." in upload(ada, b"")
    assert "This isn’t a file for a translator." in upload(ada, b"id,a,b\n")
    assert "The file changes nothing." in upload(ada, b"id,a,b,c\n")


def test_many_texts_are_shown_by_pages_and_ten_thousand_lines_are_read(town: Rivermark, ada: Client) -> None:
    factories.lakeside()
    ListedReason.objects.bulk_create(
        ListedReason(jurisdiction=town.city, kind="hold", code=f"r{number}", words={"en": f"Reason {number}"})
        for number in range(101)
    )
    assert len(untranslated(ada)) == 10
    assert '<a href="?language=es&amp;kind=reason">Show all 101' in page(ada)
    assert len(untranslated(ada, language="es", kind="reason")) == 100
    assert len(untranslated(ada, language="es", kind="reason", page="2")) == 1
    head, *rows = rows_of(ada)
    many = [[*row[:3], f"Motivo {row[2]}"] for row in rows]
    others = [[f"{row[0].rpartition('/')[0]}/{number}@0-0", "", "", "x"] for number in range(99) for row in rows]
    shown = upload(ada, [head, *many, *others])
    assert "9999 lines won’t be used" in shown.replace(",", "")
    assert "And 9799 more lines." in shown.replace(",", "")
    assert "101 texts were saved." in save(ada, shown)
