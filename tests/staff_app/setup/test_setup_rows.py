"""What administrators edit in a row, kind by kind: two editors, the log, undoing, and another city's rows."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from requests_app import api_keys
from requests_app.actions.alarms.rosters import ON_CALL
from requests_app.actions.answers.notices import NOTICE
from requests_app.actions.people.memberships import ROLE
from requests_app.actions.programs.api_keys import KEY
from requests_app.actions.programs.sensors import SENSOR
from requests_app.actions.promises.suspensions import SUSPENSION
from requests_app.actions.setup.catalog_order import CATEGORY
from requests_app.actions.setup.contact_costs import COST
from requests_app.actions.setup.departments import CALENDAR, DEPARTMENT, TEAM
from requests_app.actions.setup.desk_lines import LINE
from requests_app.actions.setup.listed_reasons import REASON
from requests_app.actions.shared.setup_rows import CannotUndo, SetupRow
from requests_app.actions.work.answer_templates import TEMPLATE
from requests_app.actions.work.macros import MACRO
from requests_app.actions.work.safety_notes import NOTE
from requests_app.clock import app_now
from requests_app.models import (
    AnswerTemplate,
    ClockSuspension,
    ContactCost,
    DeskLine,
    Jurisdiction,
    ListedReason,
    Macro,
    Notice,
    OnCall,
    SafetyNote,
    SetupChange,
    Team,
    User,
)
from staff_app.setup.audit.wording import action_words
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]
BOTH = {"en": "Snow", "es": "Nieve"}


def next_day(hours: int) -> dt.datetime:
    return app_now().replace(second=0, microsecond=0) + dt.timedelta(hours=hours)


@dataclass(frozen=True)
class Kind:
    """made: a row in a city, by somebody who administers it. page: its name; opened: of the page that shows the form, by POST.

    typed: the field that both editors change, and what each of them types. alone: one that only the first one
    changes. more: what the form's own fields leave out.
    """

    row: SetupRow[Any]
    made: Callable[[Jurisdiction, User], Any]
    page: str
    typed: tuple[str, str, str]
    alone: tuple[str, str] | None
    opened: str = ""
    more: dict[str, str] = field(default_factory=dict)
    is_undone: bool = True
    editors: str = "administrator"


KINDS = [
    Kind(
        MACRO,
        lambda city, _ada: Macro.objects.create(jurisdiction=city, name="Ours", steps=[{"verb": "accept"}]),
        "edit_macro",
        ("name", "Ours now", "Ours too"),
        ("key", "3"),
    ),
    Kind(
        TEMPLATE,
        lambda city, _ada: AnswerTemplate.objects.create(jurisdiction=city, name="Thanks", words=BOTH),
        "edit_template",
        ("name", "Thank you", "Thanks a lot"),
        ("words_en", "Much snow"),
    ),
    Kind(
        NOTICE,
        lambda city, ada: Notice.objects.create(
            jurisdiction=city, words=BOTH, starts_at=next_day(1), ends_at=next_day(9), created_by=ada
        ),
        "edit_notice",
        ("words_en", "Snow today", "Snow tonight"),
        ("words_es", "Mucha nieve"),
    ),
    Kind(
        REASON,
        lambda city, _ada: ListedReason.objects.create(
            jurisdiction=city, kind="cannot_do", code="snow", words=BOTH, appeal=BOTH
        ),
        "edit_reason",
        ("words_en", "Too much snow", "Deep snow"),
        ("appeal_en", "Call the desk"),
    ),
    Kind(
        COST,
        lambda city, _ada: ContactCost.objects.create(jurisdiction=city, channel="phone", year=2026, amount="480000.00"),
        "desk_cost",
        ("amount", "490000.00", "500000.00"),
        ("month", "3"),
    ),
    Kind(
        CATEGORY,
        lambda city, _ada: factories.category(city, "snow"),
        "category",
        ("name_en", "Ice", "Slush"),
        ("name_es", "Hielo"),
    ),
    Kind(
        DEPARTMENT,
        lambda city, _ada: factories.department(city, "WA", "Water"),
        "department",
        ("phone", "555-0121", "555-0122"),
        ("email", "water@rivermark.example"),
    ),
    Kind(
        TEAM,
        lambda city, _ada: Team.objects.create(department=factories.department(city), code="crew", name=BOTH),
        "team",
        ("name_en", "Snow crew", "Ice crew"),
        ("name_es", "Los de la nieve"),
    ),
    Kind(
        LINE,
        lambda city, _ada: DeskLine.objects.create(jurisdiction=city, number="311", phone="311", name=BOTH),
        "desk_line",
        ("greeting_en", "Good day", "Good morning"),
        ("promise_es", "Contestamos en dos minutos"),
    ),
    Kind(
        CALENDAR,
        lambda city, _ada: factories.calendar(city, "crews", always=False, hours={"mon": [["08:00", "17:00"]]}),
        "calendar",
        ("mon", "09:00–17:00", "10:00–17:00"),
        ("tue", "08:00–12:00"),
        more={"days-TOTAL_FORMS": "0", "days-INITIAL_FORMS": "0"},
    ),
    Kind(
        ON_CALL,
        lambda city, _ada: OnCall.objects.create(
            jurisdiction=city, name="Rangers", phone="555-0190", weekdays=[5], starts_at=dt.time(18), ends_at=dt.time(7)
        ),
        "on_call_entry",
        ("phone", "555-0191", "555-0192"),
        ("name", "Guards"),
    ),
    Kind(
        ROLE,
        # Nobody has it, so that it can be removed.
        lambda city, _ada: factories.role(city, "contractor"),
        "role",
        ("name_en", "Crews", "A crew"),
        ("name_es", "Cuadrillas"),
    ),
    Kind(
        KEY,
        lambda city, ada: api_keys.create(city, "App", created_by=ada, contact="app@dev.example")[0],
        "edit_api_key",
        ("contact", "apps@dev.example", "dev@dev.example"),
        ("calls_a_minute", "77"),
        is_undone=False,
    ),
    Kind(
        SENSOR,
        factories.sensor,
        "edit_sensor",
        ("alarm_above", "2.5", "3.5"),
        ("unit", "m"),
    ),
    Kind(
        SUSPENSION,
        lambda city, ada: ClockSuspension.objects.create(
            jurisdiction=city, reason=BOTH, starts_at=next_day(1), ends_at=next_day(9), created_by=ada
        ),
        "suspension",
        ("ends_at", "2099-01-02T08:00", "2099-01-02T09:00"),
        None,
        is_undone=False,
    ),
    Kind(
        NOTE,
        lambda city, ada: SafetyNote.objects.create(
            jurisdiction=city, kind="dog", words="One dog.", address="12 Elm St", point=factories.at(*factories.ELM_ST),
            ends_at=next_day(24 * 20), confirmed_at=app_now(), created_by=ada,
        ),
        "edit_safety_note",
        ("words", "Two dogs.", "Three dogs."),
        ("until", f"{dt.datetime.now(dt.UTC) + dt.timedelta(days=40):%Y-%m-%d}"),
        opened="read_safety_note",
        is_undone=False,
        editors="supervisor",
    ),
]  # fmt: skip
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.row.kind)


def shown(bound: forms.BoundField) -> Any:
    """What a browser sends of a field that nobody touches."""
    value = bound.value()
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return "on" if value else ""
    text = bound.field.widget.format_value(value) or ""
    # One choice comes as a list, too.
    is_one = isinstance(text, list) and len(text) == 1 and not bound.field.widget.allow_multiple_selected
    return text[0] if is_one else text


class Editor:
    """Opens a page, and sends its form with one field changed.

    opened: what shows the form, by POST, if not the page itself. form: its name where there are several, and that of its button.
    """

    def __init__(self, client: Client, page: str, zone: dt.tzinfo, opened: str = "", form: str = "form") -> None:
        self.client, self.page, self.zone, self.form, self.preview = client, page, zone, form, ""
        self.read(client.post(opened) if opened else client.get(page))

    def read(self, answer: Any) -> None:
        """The form of a page, as it's sent if nobody touches it."""
        form = answer.context[self.form]
        days = getattr(form, "days", None)
        every = [form, *([days.management_form, *days] if days is not None else [])]
        with timezone.override(self.zone):
            self.sent = {
                one.html_name: value for form in every for one in form if (value := shown(one)) not in ("", None)
            }
        for name in ("seen", "shown"):
            value = re.search(rf'name="{name}" value="([^"]+)"', answer.content.decode())
            assert value
            self.sent[name] = value[1]
        if self.form != "form":
            self.sent[self.form] = "1"
        if rule := re.search(r'name="rule" value="([^"]+)"', answer.content.decode()):
            self.sent["rule"] = rule[1]

    def save(self, **typed: Any) -> Any:
        answer = self.client.post(self.page, {**self.sent, **typed})
        if answer.status_code == 200:
            # What it would mean is shown first.
            self.read(answer)
            self.preview = answer.content.decode()
            answer = self.client.post(self.page, {**self.sent, "save": "1"})
        return answer

    def told(self, answer: Any) -> str:
        """What it says before and after it's saved."""
        return self.preview + str(self.client.get(answer["Location"]).content.decode())


def editor_of(client: Client, kind: Kind, row: Any) -> Editor:
    opened = reverse(f"staff_app:{kind.opened}", args=[row.pk]) if kind.opened else ""
    return Editor(client, reverse(f"staff_app:{kind.page}", args=[row.pk]), kind.row.city(row).zone, opened)


@pytest.fixture(autouse=True)
def in_2098(monkeypatch: pytest.MonkeyPatch) -> None:
    """A suspension of clocks may be as long as these tests like."""
    monkeypatch.setattr("staff_app.setup.suspensions.forms.DAYS_MAX", 365 * 100)


@each_kind
def test_two_editors_are_merged_and_asked_only_what_both_changed(
    town: Rivermark, signed_in: SignIn, kind: Kind
) -> None:
    row = kind.made(town.city, town.ada)
    una, sue = (factories.staff(name, kind.editors, town.city) for name in ("Una", "Sue"))
    client = signed_in(sue)
    first, second, third = (
        editor_of(signed_in(una), kind, row),
        editor_of(client, kind, row),
        editor_of(client, kind, row),
    )
    name, theirs, mine = kind.typed
    alone = dict([kind.alone] if kind.alone else [])
    assert first.save(**{name: theirs, **alone}).status_code == 302
    change = SetupChange.objects.get(jurisdiction=town.city, kind=kind.row.kind)
    assert (change.key, change.user, change.action) == (str(kind.row.key(row)), una, "changed")
    assert action_words(change).startswith(f"{kind.row.label} changed")
    assert not set(kind.row.unlogged) & {*(change.before or {}), *(change.after or {})}, (
        "an email address is never logged"
    )
    who = "Someone else" if kind.row.unlogged else "Una"
    # Only the field that both changed is asked; nothing is saved until somebody chose.
    for _time in range(2):
        answer = second.save(**{name: mine})
        assert answer.status_code == 409
        html = answer.content.decode()
        assert "Someone else changed this while you had it open" in html
        assert re.findall(r'name="keep-(\w+)" value="(\w+)"', html) == [(name, "theirs"), (name, "mine")]
        assert theirs.replace("T", " ") in html.replace("T", " ")
        second.read(answer)
        assert second.sent[name] == mine
        assert {one: second.sent.get(one) for one in alone} == alone
    # A page that nobody touched puts nothing back.
    assert f"{who} changed “" in third.told(third.save())
    assert editor_of(client, kind, row).sent[name] == theirs
    # What was chosen is saved, and so is what only the other one changed.
    assert second.save(**{f"keep-{name}": "mine"}).status_code == 302
    saved = editor_of(client, kind, row).sent
    assert {one: saved.get(one) for one in (name, *alone)} == {name: mine, **alone}


def test_their_answer_can_be_kept_and_no_form_says_what_it_showed(town: Rivermark, signed_in: SignIn) -> None:
    kind = next(kind for kind in KINDS if kind.row is TEMPLATE)
    row = kind.made(town.city, town.ada)
    client = signed_in(town.ada)
    first, second, forged = (editor_of(client, kind, row) for _each in range(3))
    assert first.save(name="Thank you", words_en="Much snow").status_code == 302
    second.read(second.save(name="Thanks a lot", words_es="Hielo"))
    # They changed it again: what was chosen was the answer before, so it's asked again.
    editor_of(client, kind, row).save(name="Many thanks")
    again = second.save(**{"keep-name": "mine"})
    assert again.status_code == 409
    assert "Many thanks" in again.content.decode()
    second.read(again)
    assert second.save(**{"keep-name": "theirs"}).status_code == 302
    row.refresh_from_db()
    assert (row.name, row.words) == ("Many thanks", {"en": "Much snow", "es": "Hielo"})
    # Without a valid signature, each field that differs is asked.
    forged.sent["shown"] = forged.sent["shown"][:-1] + ("a" if forged.sent["shown"][-1] != "a" else "b")
    answer = forged.save()
    assert answer.status_code == 409
    assert set(re.findall(r'name="keep-(\w+)" value="mine"', answer.content.decode())) == {
        "name",
        "words_en",
        "words_es",
    }


def test_days_off_are_merged_as_one_list(town: Rivermark, signed_in: SignIn) -> None:
    kind = next(kind for kind in KINDS if kind.row is CALENDAR)
    row = kind.made(town.city, town.ada)
    client = signed_in(town.ada)
    first, second, third = (editor_of(client, kind, row) for _each in range(3))
    day = {"days-TOTAL_FORMS": "1", "days-0-name_en": "Fair"}
    assert first.save(**{**day, "days-0-date": "2099-07-01"}).status_code == 302
    assert "/calendars/" in third.save(tue="08:00–12:00")["Location"]
    row.refresh_from_db()
    assert row.holidays["extra"] == [{"date": "2099-07-01", "name": {"en": "Fair"}}]
    assert row.hours["tue"] == [["08:00", "12:00"]]
    answer = second.save(**{**day, "days-0-date": "2099-07-02"})
    assert answer.status_code == 409
    assert re.findall(r'name="keep-([\w-]+)" value="mine"', answer.content.decode()) == ["days"]


@each_kind
def test_a_change_is_undone_once_and_only_the_last_one(town: Rivermark, signed_in: SignIn, kind: Kind) -> None:
    row = kind.made(town.city, town.ada)
    before = kind.row.state(kind.row.locked(row.pk))
    editor = editor_of(signed_in(factories.staff("Una", kind.editors, town.city)), kind, row)
    if kind.row.unlogged:
        kind.row.change(row.pk, actor=town.ada, name="Other")
    else:
        assert editor.save(**{kind.typed[0]: kind.typed[1]}).status_code == 302
    change = SetupChange.objects.get(jurisdiction=town.city, kind=kind.row.kind)
    assert kind.row.may_undo(change) == kind.is_undone
    if not kind.is_undone:
        with pytest.raises(CannotUndo):
            kind.row.undo(change, actor=town.ada)
        return
    kind.row.undo(change, actor=town.ada)
    assert kind.row.state(kind.row.locked(row.pk)) == before
    undone = SetupChange.objects.filter(kind=kind.row.kind).latest("id")
    assert (undone.action, undone.before, undone.after) == ("undone", change.after, change.before)
    with pytest.raises(CannotUndo):
        kind.row.undo(change, actor=town.ada)
    assert SetupChange.objects.filter(kind=kind.row.kind).count() == 2


@each_kind
def test_another_citys_row_is_not_there(town: Rivermark, signed_in: SignIn, kind: Kind) -> None:
    there = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    Jurisdiction.objects.filter(pk=town.city.pk).update(hosts=["testserver"])
    row = kind.made(there, factories.staff("Eve", "administrator", there))
    page = reverse(f"staff_app:{kind.page}", args=[row.pk])
    name, one, _other = kind.typed
    una = factories.staff("Una", kind.editors, town.city)
    assert signed_in(una).post(page, {name: one, **kind.more}).status_code == 404
    assert not SetupChange.objects.filter(kind=kind.row.kind).exists()


def test_two_kinds_of_one_name_stop_the_start() -> None:
    with pytest.raises(ImproperlyConfigured, match="macro"):
        SetupRow("macro", "Another", Macro, lambda _macro: {})


# A role comes back under its code, with another id (people/test_ways_back.py).
REMOVED = [kind for kind in KINDS if kind.is_undone and not kind.row.stays and kind.row is not ROLE]


@pytest.mark.parametrize("kind", REMOVED, ids=lambda kind: kind.row.kind)
def test_what_was_removed_comes_back_with_its_history(town: Rivermark, kind: Kind) -> None:
    row = kind.made(town.city, town.ada)
    before = kind.row.state(row)
    kind.row.remove(row.pk, actor=town.ada)
    kind.row.remove(row.pk, actor=town.ada)
    change = SetupChange.objects.get(kind=kind.row.kind)
    assert (change.action, change.before, change.key) == ("removed", before, str(row.pk))
    kind.row.undo(change, actor=town.ada)
    assert kind.row.state(kind.row.locked(row.pk)) == before
    # And what was added goes again.
    kind.row.undo(SetupChange.objects.filter(kind=kind.row.kind).latest("id"), actor=town.ada)
    assert not kind.row.model.objects.filter(pk=row.pk).exists()
