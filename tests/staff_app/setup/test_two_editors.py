"""Two people with one page of setup open: what only one changed is kept, what both changed is asked, and nothing else."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from requests_app import branding
from requests_app.actions.routing import versions
from requests_app.core import sealed
from requests_app.models import EmergencyPhrase, Jurisdiction, Role, SignInProvider, Target, User
from tests import factories
from tests.factories import Rivermark
from tests.staff_app.setup.test_setup_rows import KINDS, Editor, Kind

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
SQUARE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="9" height="9"/></svg>'
CIRCLE = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="4"/></svg>'


@dataclass(frozen=True)
class Page:
    """path: of the page, once it has what it shows. alone: a field that only the first one changes, and what they type.

    both: a field that both change, and what each of them types.
    """

    name: str
    path: Callable[[Rivermark], str]
    alone: tuple[str, Any]
    both: tuple[str, Any, Any]
    editors: str = "administrator"
    opened: tuple[str, str] | None = None
    form: str = "form"

    def open(self, client: Client, town: Rivermark, path: str) -> Editor:
        return Editor(client, path, town.city.zone, path.replace(*self.opened) if self.opened else "", self.form)


def city_part(part: str, alone: tuple[str, Any], both: tuple[str, Any, Any]) -> Page:
    return Page(f"city {part}", lambda _town: reverse("staff_app:city_part", args=[part]), alone, both)


def service_part(part: str, alone: tuple[str, Any], both: tuple[str, Any, Any]) -> Page:
    return Page(f"service {part}", lambda _town: f"/staff/setup/services/pothole/{part}/", alone, both)


def columns(name: str, alone: tuple[str, Any], both: tuple[str, Any, Any], form: str = "form") -> Page:
    return Page(name, lambda _town: reverse(f"staff_app:{name}"), alone, both, form=form)


def article(town: Rivermark) -> str:
    return reverse("staff_app:edit_article", args=[factories.article(town.city, "leaves", "Leaves").pk])


def provider(town: Rivermark) -> str:
    SignInProvider.objects.create(
        jurisdiction=town.city,
        name="ID",
        server_url="https://id.example",
        client_id="311",
        client_secret=sealed.seal("old"),
    )
    return reverse("staff_app:sign_in_setup")


def outcomes(town: Rivermark) -> str:
    usual = {code: {"en": "Done", "es": "Hecho"} for code in ("fixed", "answered")}
    Jurisdiction.objects.filter(pk=town.city.pk).update(outcome_words=usual)
    return reverse("staff_app:outcomes")


def phrase(town: Rivermark) -> str:
    return reverse("staff_app:emergency_phrase", args=[EmergencyPhrase.objects.get(phrase="smell gas").pk])


def routing_rule(town: Rivermark) -> str:
    rule = {"name": "Trees: Parks", "when": {"services": ["tree"]}, "department": "PK"}
    versions.publish(town.city, [rule], actor=None)
    return reverse("staff_app:routing_rule", args=[1])


def page_of_kind(kind: Kind) -> Page:
    def path(town: Rivermark) -> str:
        return reverse(f"staff_app:{kind.page}", args=[kind.made(town.city, town.ada).pk])

    opened = ("/edit/", "/read/") if kind.opened else None
    return Page(kind.row.kind, path, kind.alone or ("", ""), kind.typed, kind.editors, opened)


PAGES = [
    *(page_of_kind(kind) for kind in KINDS if kind.alone),
    city_part("basics", ("time_zone", "America/Chicago"), ("name", "Rivermark Falls", "Rivermark Bay")),
    city_part("numbers", ("all_night_number", "555-0133"), ("desk_number", "312", "313")),
    city_part("look", ("seal_alt_en", "A lamp"), ("primary", "#14476b", "#0c2f49")),
    city_part("texts", ("welcome_en", "Hello."), ("privacy_en", "We keep little.", "We keep less.")),
    city_part("email", ("reply_address", "re@rivermark.example"), ("sender_name", "Rivermark", "311")),
    city_part("urgent", ("urgent_acknowledge_minutes", "7"), ("urgent_resolve_minutes", "300", "301")),
    Page("outcome words", outcomes, ("fixed_en", "Mended"), ("answered_en", "Told", "Said")),
    Page("article", article, ("body_en", "Rake them."), ("title_en", "Leaf pickup", "Fallen leaves")),
    Page("sign-in", provider, ("groups_claim", "roles"), ("name", "City ID", "Rivermark ID")),
    service_part("words", ("description_en", "A hole."), ("name_en", "Hole", "Crater")),
    service_part("handling", ("evidence", "photo"), ("priority", "1", "3")),
    service_part("privacy", ("must_confirm", "on"), ("visibility", "coarse", "private")),
    columns("watch", ("silent_days", "9"), ("checked_endings", "7", "8")),
    columns("on_call", ("alarm_minutes", "9"), ("desk_night_number", "555-0151", "555-0152"), "wait"),
    columns("overview_settings", ("on_time_goal", "91"), ("load_by_person_agreed", "Local 12", "Local 13")),
    Page("routing rule", routing_rule, ("words", "root"), ("priority", "1", "2")),
    Page("emergency words", phrase, ("unless", "smell gas lane"), ("kind", "utility", "hazard")),
]  # fmt: skip
each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)


# That each form of setup merges two editors, tests/staff_app/test_twin_city.py finds in each run.
@pytest.mark.sampled(2)
@each_page
def test_two_fields_are_both_kept_one_is_asked_and_an_old_page_puts_nothing_back(
    town: Rivermark, signed_in: SignIn, page: Page
) -> None:
    other = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    (alone, theirs), (name, earlier, mine) = page.alone, page.both
    una, sue = (signed_in(factories.staff(name, page.editors, town.city)) for name in ("Una", "Sue"))
    path = page.path(town)
    first, second, idle, last = (page.open(client, town, path) for client in (una, sue, sue, sue))

    def says(*names: str) -> dict[str, Any]:
        now = page.open(sue, town, path).sent
        return {name: now.get(name) for name in names}

    # Each changed another field: both are kept, nobody is asked, and who saves last reads it.
    assert first.save(**{alone: theirs}).status_code == 302
    saved = second.save(**{name: earlier})
    assert saved.status_code == 302
    assert "changed “" in second.told(saved)
    assert says(alone, name) == {alone: theirs, name: earlier}
    # A page from before that nobody touched changes nothing.
    assert idle.save().status_code == 302
    assert says(alone, name) == {alone: theirs, name: earlier}
    # Both changed one field: it alone is asked, and nothing is saved before that.
    asked = last.save(**{name: mine})
    assert asked.status_code == 409
    assert re.findall(r'name="keep-([\w-]+)" value="mine"', asked.content.decode()) == [name]
    assert says(name) == {name: earlier}
    last.read(asked)
    assert last.save(**{f"keep-{name}": "mine"}).status_code == 302
    assert says(alone, name) == {alone: theirs, name: mine}
    other.refresh_from_db()
    assert (other.name, other.outcome_words) == ("Elsewhere", {})


@pytest.fixture
def both(town: Rivermark, signed_in: SignIn) -> tuple[Client, Client]:
    una, sue = (signed_in(factories.staff(name, "administrator", town.city)) for name in ("Una", "Sue"))
    return una, sue


def seal_of(city: Jurisdiction) -> str:
    seal = branding.seal_of(Jurisdiction.objects.get(pk=city.pk))
    return seal.version if seal else ""


def test_of_two_new_pictures_one_is_chosen_and_sent_again(town: Rivermark, both: tuple[Client, Client]) -> None:
    page = reverse("staff_app:city_part", args=["look"])
    first, second, idle = (Editor(client, page, town.city.zone) for client in (*both, both[0]))

    def drawing(content: bytes, name: str) -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content, "image/svg+xml")

    assert first.save(seal=drawing(SQUARE, "square.svg")).status_code == 302
    square = seal_of(town.city)
    asked = second.save(seal=drawing(CIRCLE, "circle.svg"))
    assert asked.status_code == 409
    assert re.findall(r'name="keep-(\w+)" value="mine"', asked.content.decode()) == ["seal"]
    assert "circle.svg" in asked.content.decode()
    second.read(asked)
    # A browser sends a file once, so it's asked until the file is there, or theirs is kept.
    for choice in ({}, {"keep-seal": "mine"}):
        again = second.save(**choice)
        assert again.status_code == 409
        second.read(again)
    assert seal_of(town.city) == square
    assert second.save(**{"keep-seal": "mine", "seal": drawing(CIRCLE, "circle.svg")}).status_code == 302
    circle = seal_of(town.city)
    assert circle not in ("", square)
    # A page from before the two keeps the last one, and can keep it instead of its own.
    late = idle.save(accent="#cc0000", seal=drawing(SQUARE, "square.svg"))
    idle.read(late)
    assert idle.save(**{"keep-seal": "theirs"}).status_code == 302
    assert (seal_of(town.city), Jurisdiction.objects.get(pk=town.city.pk).colors["accent"]) == (circle, "#cc0000")


def test_a_secret_that_both_replaced_is_asked_and_never_shown(town: Rivermark, both: tuple[Client, Client]) -> None:
    page = provider(town)
    first, second, idle = (Editor(client, page, town.city.zone) for client in (*both, both[1]))
    assert first.save(client_secret="hers-1").status_code == 302
    asked = second.save(client_secret="mine-2")
    assert asked.status_code == 409
    html = asked.content.decode()
    assert re.findall(r'name="keep-(\w+)" value="mine"', html) == ["client_secret"]
    assert "hers-1" not in html
    assert "mine-2" not in html
    assert idle.save(name="City ID").status_code == 302
    row = SignInProvider.objects.get()
    assert (row.name, sealed.unseal(row.client_secret)) == ("City ID", "hers-1")


def test_permissions_are_merged_one_by_one(town: Rivermark, both: tuple[Client, Client]) -> None:
    role = factories.role(town.city, "crew")
    Role.objects.filter(pk=role.pk).update(permissions=["view", "accept", "comment", "make_safe"])
    page = reverse("staff_app:role", args=[role.pk])
    first, second = (Editor(client, page, town.city.zone) for client in both)
    group = next(name for name, value in first.sent.items() if "view" in value and name.startswith("group_"))
    theirs = [code for code in first.sent[group] if code != "accept"]
    assert first.save(**{group: [*theirs, "assign"]}).status_code == 302
    saved = second.save(**{group: [*second.sent[group], "resolve"]})
    assert saved.status_code == 302
    assert "changed “" in second.told(saved)
    role.refresh_from_db()
    assert set(role.permissions) == {"view", "comment", "make_safe", "assign", "resolve"}


def target(editor: Editor, value: str, **typed: str) -> Any:
    fields = {"value": value, "unit": "days", "agreed_by": "City Council", **typed}
    answer = editor.client.post(editor.page, {**editor.sent, **fields, "preview": "1"})
    editor.read(answer)
    if answer.status_code == 409:
        return answer
    return editor.client.post(editor.page, {**editor.sent, "save": "1"})


def test_two_targets_are_asked_about_only_if_they_are_for_the_same_reports(
    town: Rivermark, both: tuple[Client, Client]
) -> None:
    page = reverse("staff_app:new_target", args=[town.tree.service_id])
    first, second, third, fourth = (Editor(client, page, town.city.zone) for client in (*both, *both))
    targets = Target.objects.filter(service=town.tree.service)
    before = targets.count()
    assert target(first, "4").status_code == 302
    # Of another service, of another priority: nothing is asked.
    Target.objects.create(service=town.pothole.service, kind="resolve", value=9, unit="days")
    assert target(second, "2", priority="1").status_code == 302
    asked = target(third, "5")
    assert asked.status_code == 409
    html = asked.content.decode()
    assert re.findall(r'name="keep-(\w+)" value="mine"', html) == ["target"]
    assert "Saved by Una" in html
    assert "4 days" in html
    # Asked until somebody chose.
    again = third.client.post(page, {**third.sent, "save": "1"})
    assert again.status_code == 409
    third.read(again)
    assert targets.count() == before + 2
    assert third.client.post(page, {**third.sent, "save": "1", "keep-target": "mine"}).status_code == 302
    assert targets.latest("id").value == 5
    # Or theirs stays.
    assert target(fourth, "6").status_code == 409
    assert fourth.client.post(page, {**fourth.sent, "save": "1", "keep-target": "theirs"}).status_code == 302
    assert (targets.count(), targets.latest("id").value) == (before + 3, 5)


def test_two_who_give_a_person_roles_give_both(town: Rivermark, both: tuple[Client, Client]) -> None:
    page = reverse("staff_app:person", args=[town.dev.pk])
    had = {str(one.role) for one in town.dev.memberships.all()}
    roles = {code: Role.objects.get(jurisdiction=town.city, code=code).pk for code in ("triage", "supervisor")}
    for client in both:
        assert client.get(page).status_code == 200
    assert both[0].post(page, {"role": roles["triage"], "department": ""}).status_code == 302
    for _twice in range(2):
        assert both[1].post(page, {"role": roles["supervisor"], "department": town.parks.pk}).status_code == 302
    assert {str(one.role) for one in town.dev.memberships.all()} == had | {"triage", "supervisor"}
    assert town.dev.memberships.count() == len(had) + 2
