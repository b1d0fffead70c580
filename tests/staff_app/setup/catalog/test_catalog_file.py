"""The catalog as a file: nothing changes before its differences were seen, and nothing is half applied."""

from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client

from requests_app.actions.routing import versions
from requests_app.actions.setup import catalog_versions
from requests_app.actions.setup.article_rules import ARTICLE_RULES
from requests_app.imports.catalog import export_catalog
from requests_app.models import Article, Service, ServiceApproval, SetupChange, User
from requests_app.rules.setup import go_live
from requests_app.rules.shared.jurisdictions import forget_jurisdictions
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.3")]
SignIn = Callable[[User], Client]
PAGE, CHECK = "/staff/setup/catalog/", "/staff/setup/catalog/check/"
NEW_QUESTION = {
    "code": "depth",
    "kind": "text",
    "required": True,
    "text": {"en": "How deep?", "es": "¿Qué profundidad?"},
}


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


def upload(client: Client, content: bytes | str | dict[str, Any], name: str = "new.yaml", follow: bool = True) -> Any:
    text = yaml.safe_dump(content, allow_unicode=True) if isinstance(content, dict) else content
    body = text.encode() if isinstance(text, str) else text
    return client.post(PAGE, {"file": SimpleUploadedFile(name, body)}, follow=follow)


def with_a_new_question(town: Rivermark) -> dict[str, Any]:
    written = export_catalog(town.city)
    pothole = next(one for one in written["services"] if one["service_code"] == "pothole")
    pothole["questions"].append(NEW_QUESTION)
    return {"format": 1, "services": [pothole]}


def code_of(html: str) -> str:
    return html.split('name="code" value="')[1].split('"')[0]


def questions(town: Rivermark) -> list[str]:
    service = Service.objects.get(pk=town.pothole.service_id)
    assert service.current is not None
    return [one.code for one in service.current.questions.order_by("order")]


def test_a_file_says_what_it_would_change_and_changes_it_once_confirmed(town: Rivermark, ada: Client) -> None:
    before = export_catalog(town.city)
    html = upload(ada, with_a_new_question(town)).content.decode()
    assert "Service: Pothole" in html
    assert "A new required question, “How deep?”" in html
    assert export_catalog(town.city) == before
    assert not SetupChange.objects.exists()
    html = ada.post(CHECK, {"code": code_of(html)}, follow=True).content.decode()
    assert "1 change was saved." in html
    assert questions(town)[-1] == "depth"
    logged = SetupChange.objects.get()
    assert (logged.kind, logged.key, logged.user, logged.note) == ("service", "pothole", town.ada, "new.yaml")
    assert [one["code"] for one in logged.after["questions"]] == questions(town)  # type: ignore[index]
    assert ada.get(CHECK).status_code == 302


def test_it_names_the_routing_rules_that_lose_an_answer_or_a_service(town: Rivermark, ada: Client) -> None:
    """Next to a rule that stays, and one of the file itself, about what the file brings."""
    rules: list[dict[str, Any]] = [
        {"name": "Crosswalks", "when": {"answers": {"where": ["crosswalk"]}}, "department": "PW"},
        {"name": "Lanes", "when": {"answers": {"where": ["lane"]}}, "department": "PW"},
        {"name": "Trees", "when": {"services": ["tree"]}, "department": "PK"},
    ]
    versions.publish(town.city, rules, actor=None)
    written = export_catalog(town.city)
    by_code = {one["service_code"]: one for one in written["services"]}
    where = by_code["pothole"]["questions"][0]
    where["options"] = [option for option in where["options"] if option["value"] == "lane"]
    page = upload(ada, {"format": 1, "services": [by_code["pothole"], {**by_code["tree"], "active": False}]})
    assert {one.sentence.name: one.what for one in page.context["affected"]} == {
        "Crosswalks": "Never true: no service offers its answers.",
        "Trees": "Never reached: its services aren’t offered anymore.",
    }
    page = upload(ada, {"format": 1, "services": [by_code["pothole"]], "routing": rules[1:]})
    assert [one.sentence.name for one in page.context["affected"]] == ["Crosswalks"]


def test_it_reads_what_comes_with_the_file_by_its_names(town: Rivermark, ada: Client) -> None:
    """A new department, a question of its new service, and a rule about both; another city has other names for the codes."""
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    factories.department(there, "LEAF", "Lifeguards")
    department = {"code": "LEAF", "name": {"en": "Leaf crew", "es": "Hojas"}, "calendar": "always"}
    pothole, tree = (service_in(town, code) for code in ("pothole", "tree"))
    where = {**pothole["questions"][0], "text": {"en": "Where is it dirty?", "es": "¿Dónde está sucio?"}}
    leaves = {**tree, "service_code": "leaf_pile", "name": {"en": "Leaf pile", "es": "Hojas"}, "questions": [where]}
    rule = {
        "name": "Leaves", "when": {"services": ["leaf_pile"], "answers": {"where": ["lane"]}}, "department": "LEAF",
    }  # fmt: skip
    tree["department"], tree["duplicates"]["radius_m"] = "LEAF", 61
    file = {"format": 1, "departments": [department], "services": [tree, leaves], "routing": [rule]}
    page = unescape(upload(ada, file).content.decode())
    assert "Department: Leaf crew instead of Parks" in page
    assert "How near a similar report is: 200 feet instead of" in page
    sentence = "A new rule, “Leaves”: if the service is Leaf pile and “Where is it dirty?” is “Lane”, then to Leaf crew"
    assert sentence in page
    assert "leaf_pile" not in page
    # The file was kept in one language, and is read in the other.
    spanish = unescape(ada.get(f"/es{CHECK}").content.decode())
    assert "Servicio: Hojas" in spanish
    assert "Departamento: Hojas en lugar de Parks" in spanish


def test_if_the_catalog_changed_meanwhile_the_new_differences_are_shown_and_the_file_is_kept(
    town: Rivermark, ada: Client
) -> None:
    html = upload(ada, with_a_new_question(town)).content.decode()
    town.streets.phone = "555-0199"
    town.streets.save()
    answer = ada.post(CHECK, {"code": code_of(html)})
    assert answer.status_code == 409
    html = answer.content.decode()
    assert "The catalog has changed since you uploaded the file" in html
    assert "depth" not in questions(town)
    ada.post(CHECK, {"code": code_of(html)})
    assert questions(town)[-1] == "depth"


def test_differences_that_nobody_saw_are_not_saved(town: Rivermark, ada: Client) -> None:
    """In another tab somebody uploaded another file."""
    first = upload(ada, {"format": 1, "calendars": {"always": {"hours": {"mon": ["08:00-12:00"]}}}}).content.decode()
    upload(ada, with_a_new_question(town))
    assert ada.post(CHECK, {"code": code_of(first)}).status_code == 409
    assert "depth" not in questions(town)
    ada.post(CHECK, {"cancel": "1"})
    assert ada.get(CHECK).status_code == 302


def test_an_upload_is_its_user_s_alone(town: Rivermark, ada: Client, signed_in: SignIn) -> None:
    upload(ada, with_a_new_question(town))
    other = factories.staff("Zoe", "administrator", town.city)
    assert signed_in(other).get(CHECK).status_code == 302


def bomb() -> str:
    lines = ["format: 1", "x0: &x0 [a, a, a, a, a, a, a, a, a, a]"]
    for number in range(1, 12):
        lines.append(f"x{number}: &x{number} [{', '.join([f'*x{number - 1}'] * 10)}]")
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (
            "format: 1\nservises: []\n",
            "new.yaml, line 2, column 11: unknown key `servises`. Known: articles,",
        ),
        (
            "format: 1\ncategories:\n- {code: a, name: {en: A, es: A}}\n- {code: a, name: {en: A, es: A}}\n",
            "`a` is listed twice.",
        ),
        (
            "format: 1\nrouting:\n- {name: To nobody, when: {words: [x]}, department: GONE}\n",
            "new.yaml, line 3, column 53: routing, To nobody, department: `GONE` should be one of 311, PK, PW.",
        ),
        ("format: 1\ndepartments: [{", "new.yaml cannot be read: line 3, column"),
        ("format: 1\nservices: []\n".encode("utf-16"), "it is saved as UTF-16. Save it as UTF-8 and try again."),
        (b"format: 1\nservices:\n- caf\xe9\n", "line 3 has letters that are not UTF-8."),
        (bomb(), "it repeats too much."),
        ("format: 1\nx: &x [*x]\n", "it repeats too much."),
        ("", "This file is empty. Choose another one."),
        ("#" * (20 * 1024 * 1024 + 1), "This file is larger than 20 MB."),
    ],
    ids=["key", "twice", "rule", "torn", "utf-16", "latin-1", "bomb", "ring", "empty", "large"],
)
def test_what_is_wrong_is_told_by_line_and_column_and_nothing_is_half_applied(
    town: Rivermark, ada: Client, content: bytes | str, words: str
) -> None:
    before = export_catalog(town.city)
    answer = upload(ada, content)
    assert answer.status_code == 422
    assert words in answer.content.decode().replace("&#x27;", "'")
    assert ada.get(CHECK).status_code == 302
    assert export_catalog(town.city) == before


def test_a_file_begins_with_the_mark_that_some_editors_write(town: Rivermark, ada: Client) -> None:
    html = upload(ada, b"\xef\xbb\xbfformat: 1\n").content.decode()
    assert "The file already matches the catalog." in html


def test_the_download_can_be_uploaded_and_changes_nothing(town: Rivermark, ada: Client) -> None:
    answer = ada.get("/staff/setup/catalog/download/")
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert "The file already matches the catalog." in upload(ada, answer.content).content.decode()


def test_a_city_without_services_is_offered_the_starter_catalog(signed_in: SignIn) -> None:
    city = factories.jurisdiction()
    ada = signed_in(factories.staff("Ada", "administrator", city))
    assert "Add the 12 services" in ada.get(PAGE).content.decode()
    html = ada.post(f"{PAGE}starter/", follow=True).content.decode()
    assert "12 services were added." in html
    assert "Add the 12 services" not in html
    assert "has services already" in ada.post(f"{PAGE}starter/", follow=True).content.decode()


def test_the_command_says_the_same_in_a_dry_run_and_changes_nothing(
    town: Rivermark, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(yaml.safe_dump(with_a_new_question(town), allow_unicode=True))
    call_command("import_catalog", file, "--dry-run")
    assert capsys.readouterr().out.splitlines() == [
        "Service: Pothole",
        "  A new required question, “How deep?”",
        "  Residents will see: “How deep?”",
        "  Residents will see: “¿Qué profundidad?”",
        "Nothing was saved.",
    ]
    assert "depth" not in questions(town)
    with pytest.raises(CommandError, match="Name the files to import, or --starter"):
        call_command("import_catalog")


# --- The gate to residents --------------------------------------------------------------------------------------------


def service_in(town: Rivermark, code: str) -> dict[str, Any]:
    return next(one for one in export_catalog(town.city)["services"] if one["service_code"] == code)


def test_the_differences_say_what_residents_will_see_in_those_words(town: Rivermark, ada: Client) -> None:
    pothole = service_in(town, "pothole")
    pothole["description"] = {"en": "A deep hole in the street.", "es": pothole["description"]["es"]}
    page = unescape(upload(ada, {"format": 1, "services": [pothole]}).content.decode())
    assert "Residents will see: “A deep hole in the street.”" in page
    assert f"Residents will see: “{pothole['description']['es']}”" not in page
    pothole["active"] = False
    page = unescape(upload(ada, {"format": 1, "services": [pothole]}).content.decode())
    assert "Residents won’t see it anymore." in page


def test_a_new_service_arrives_not_offered_and_the_page_says_what_is_missing(town: Rivermark, ada: Client) -> None:
    new = {**service_in(town, "tree"), "service_code": "stump", "active": True}
    page = unescape(upload(ada, {"format": 1, "services": [new]}).content.decode())
    assert "Residents won’t see it yet. Missing: Email · Targets · Outcome wording" in page.replace("Languages · ", "")
    ada.post(CHECK, {"code": code_of(page)})
    assert not Service.objects.get(service_code="stump").active
    del new["active"]
    upload(ada, {"format": 1, "services": [{**new, "service_code": "root"}]})
    ada.post(CHECK, {"code": code_of(ada.get(CHECK).content.decode())})
    assert not Service.objects.get(service_code="root").active


def test_a_file_that_swaps_the_emergency_words_of_two_services_is_refused_for_both(
    town: Rivermark, ada: Client
) -> None:
    other = {"en": "Is the tree on a wire? Call 911.", "es": "¿El árbol toca un cable? Llame al 911."}
    Service.objects.update(active=False)
    tree, outreach = service_in(town, "tree"), service_in(town, "outreach")
    catalog_versions.publish(Service.objects.get(service_code="tree"), {**tree, "emergency_screen": other})
    Service.objects.update(active=True)
    tree, outreach = service_in(town, "tree"), service_in(town, "outreach")
    tree["emergency_screen"], outreach["emergency_screen"] = outreach["emergency_screen"], tree["emergency_screen"]
    harmless = {**service_in(town, "pothole"), "priority": 4}
    before = export_catalog(town.city)
    answer = upload(ada, {"format": 1, "services": [harmless, tree, outreach]})
    assert answer.status_code == 422
    page = unescape(answer.content.decode())
    for one in (tree, outreach):
        code = go_live.fingerprint(go_live.emergency_words(one, town.city))
        said = f"services, {one['service_code']}: residents use this service, and the file changes its emergency check."
        assert said in page
        assert f"code: {code}}}" in page
        one["emergency_check"] = {"approved_by": "Lt. Ruiz", "days": 30, "code": code}
    assert export_catalog(town.city) == before
    page = upload(ada, {"format": 1, "services": [harmless, tree, outreach]}).content.decode()
    ada.post(CHECK, {"code": code_of(page)})
    assert service_in(town, "tree")["emergency_screen"] == tree["emergency_screen"]
    assert set(ServiceApproval.objects.values_list("service__service_code", "approver")) == {
        ("tree", "Lt. Ruiz"),
        ("outreach", "Lt. Ruiz"),
    }


def test_the_code_in_a_file_stands_for_the_words_beside_it(town: Rivermark, ada: Client) -> None:
    outreach = service_in(town, "outreach")
    code = go_live.fingerprint(go_live.emergency_words(outreach, town.city))
    outreach["emergency_check"] = {"approved_by": "Lt. Ruiz", "until": "2027-01-31", "code": code}
    outreach["emergency_screen"] = {"en": "Call 911 if they are cold.", "es": "Llame al 911 si tiene frío."}
    answer = upload(ada, {"format": 1, "services": [outreach]})
    assert answer.status_code == 422
    assert "is of other words." in answer.content.decode()


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"approved_by": "", "days": 9, "code": "w3f9a2c1b07"}, "should say who at the 911 center approved it"),
        ({"approved_by": "R", "code": "w3f9a2c1b07"}, "needs either `until` or `days`"),
        ({"approved_by": "R", "days": 9, "until": "2027-01-31", "code": "w3f9a2c1b07"}, "needs either"),
        ({"approved_by": "R", "days": 1099, "code": "w3f9a2c1b07"}, "a whole number from 1 to 1098"),
        ({"approved_by": "R", "days": 9, "code": "yes"}, "should be a code like"),
    ],
)
def test_an_approval_in_a_file_says_who_until_when_and_of_which_words(
    town: Rivermark, ada: Client, said: dict[str, Any], problem: str
) -> None:
    answer = upload(ada, {"format": 1, "services": [{**service_in(town, "outreach"), "emergency_check": said}]})
    assert answer.status_code == 422
    assert problem in unescape(answer.content.decode())


def ask_for_a_second_person(town: Rivermark, asks: bool) -> None:
    ARTICLE_RULES.change(town.city.pk, actor=town.ada, host="testserver", second_person_publishes=asks)
    # As after the commit.
    forget_jurisdictions(["testserver"])


def test_where_a_second_person_publishes_a_file_publishes_no_article(town: Rivermark, ada: Client) -> None:
    for code in ("hours", "bins"):
        factories.article(town.city, code, code.title())
    words = {"en": "Nine to five.", "es": "De nueve a cinco."}
    Article.objects.filter(jurisdiction=town.city).update(title=words, body=words)
    catalog = export_catalog(town.city)
    catalog["articles"][0]["body"] = {"en": "Open all night.", "es": "Abierto toda la noche."}
    ask_for_a_second_person(town, True)
    refused = upload(ada, catalog)
    assert refused.status_code == 422
    code = catalog["articles"][0]["code"]
    listed = refused.content.decode().split("catalog-problems")[1].split("</ul>")[0]
    assert f"Article {code}: a second person publishes articles here." in listed
    # What is without them goes on; and what was checked before the city asked for it is refused, too.
    catalog["articles"][0] = export_catalog(town.city)["articles"][0]
    assert upload(ada, catalog).status_code == 200
    ask_for_a_second_person(town, False)
    catalog["articles"][0]["body"] = {"en": "Open all night.", "es": "Abierto toda la noche."}
    page = upload(ada, catalog).content.decode()
    ask_for_a_second_person(town, True)
    answer = ada.post("/staff/setup/catalog/check/", {"code": code_of(page)})
    assert answer.status_code == 422
    assert not Article.objects.filter(body__en="Open all night.").exists()
