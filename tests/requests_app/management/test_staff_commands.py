"""create_staff, create_api_key, demo_sign_ins and outbox, as one types them."""

import io
import re
import sys
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from requests_app import api_keys
from requests_app.clock import app_now
from requests_app.demo.staff import PASSWORD, load_staff
from requests_app.models import ApiKey, Membership, OutboxRow, Role, User
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("9.4")]
GOOD = "an entirely fresh battery"


def run(*words: str, stdin: str = "", monkeypatch: pytest.MonkeyPatch | None = None) -> str:
    out = io.StringIO()
    if monkeypatch is not None:
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
    call_command(*words, stdout=out)
    return out.getvalue()


def test_somebody_new_can_sign_in_at_once(town: Rivermark, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    said = run(
        "create_staff", "Una@City.example", "--department", "PW", "--role", "supervisor", "--password-stdin",
        stdin=GOOD + "\n", monkeypatch=monkeypatch,
    )  # fmt: skip
    assert "una@city.example is supervisor in PW" in said
    answer = client.post("/accounts/login/", {"login": "una@city.example", "password": GOOD})
    assert answer["Location"] == "/staff/"
    assert client.get("/staff/").status_code == 200


def test_without_a_department_it_is_the_whole_city_and_without_a_password_none(town: Rivermark) -> None:
    run("create_staff", "una@city.example", "--role", "call_taker", "--name", "Una")
    user = User.objects.get(email="una@city.example")
    assert (user.name, user.has_usable_password()) == ("Una", False)
    assert user.memberships.get().department is None


def test_a_second_role_is_added_and_the_password_stays(town: Rivermark) -> None:
    run("create_staff", town.tom.email, "--department", "PK", "--role", "crew")
    run("create_staff", town.tom.email, "--department", "PK", "--role", "crew")
    town.tom.refresh_from_db()
    assert town.tom.check_password(factories.PASSWORD)
    assert town.tom.memberships.count() == 2


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["no-address", "--role", "crew"], "is not an email address"),
        (["una@city.example", "--role", "king"], "There is no role king"),
        (["una@city.example", "--role", "crew", "--department", "XX"], "has no department XX. Choose from: "),
        (["una@city.example", "--role", "crew", "--jurisdiction", "other"], "Available: rivermark.example"),
    ],
)
def test_what_cannot_be_is_told_in_a_sentence_and_leaves_nothing(
    town: Rivermark, words: list[str], sentence: str
) -> None:
    with pytest.raises(CommandError, match=sentence.replace(".", r"\.")):
        run("create_staff", *words)
    assert not User.objects.filter(email="una@city.example").exists()
    assert not Role.objects.filter(code="king").exists()


def test_a_weak_password_is_refused(town: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CommandError, match="too short"):
        run(
            "create_staff", "una@city.example", "--role", "crew", "--password-stdin", stdin="short\n",
            monkeypatch=monkeypatch,
        )  # fmt: skip
    assert not User.objects.filter(email="una@city.example").exists()


def test_where_there_are_two_cities_one_must_be_named(town: Rivermark) -> None:
    factories.jurisdiction("Eastport")
    with pytest.raises(CommandError, match="--jurisdiction"):
        run("create_staff", "una@city.example", "--role", "crew")
    run("create_staff", "una@city.example", "--role", "crew", "--jurisdiction", "eastport.example")
    assert Membership.objects.get(user__email="una@city.example").jurisdiction.name == "Eastport"


@pytest.mark.shows("7.5")
def test_an_api_key_is_printed_and_only_its_hash_kept(town: Rivermark) -> None:
    plain = run("create_api_key", "Street light app").strip()
    key = api_keys.find(plain)
    assert key is not None
    assert (key.name, key.is_test) == ("Street light app", False)
    assert plain not in str(ApiKey.objects.values().get())
    assert api_keys.find(run("create_api_key", "Tests", "--test").strip()).is_test  # type: ignore[union-attr]


@pytest.mark.parametrize("name", ["", "   ", "x" * 101])
def test_a_key_needs_a_name(town: Rivermark, name: str) -> None:
    with pytest.raises(CommandError, match="1 to 100"):
        run("create_api_key", name)


def test_two_keys_of_one_name_would_be_confused(town: Rivermark) -> None:
    run("create_api_key", "App")
    with pytest.raises(CommandError, match="already"):
        run("create_api_key", "App")


@pytest.mark.shows("1.1")
def test_the_demos_sign_ins_are_printed_in_the_demo_alone(town: Rivermark, settings: Any) -> None:
    assert PASSWORD not in run("demo_sign_ins")
    settings.DEMO = True
    load_staff(town.city)
    said = run("demo_sign_ins")
    for person in ("tom@", "pia@", "cal@", "ada@"):
        assert person in said
    assert said.count(PASSWORD) == 9


# --- The outbox -------------------------------------------------------------------------------------------------------


def give_up(**columns: Any) -> OutboxRow:
    row = OutboxRow.objects.filter(lane="outside").latest("id")
    OutboxRow.objects.filter(pk=row.pk).update(dead_at=app_now(), attempts=9, last_error="550", **columns)
    return row


@pytest.mark.shows("9.9")
def test_status_says_what_waits_and_what_was_given_up(town: Rivermark) -> None:
    assert "nothing waiting" in run("outbox", "status")
    one = factories.routed(town.pothole, answers={"where": "lane"})
    row = give_up()
    factories.report(town.pothole, answers={"where": "lane"})
    said = run("outbox", "status")
    assert re.search(r"database  \d+ waiting", said)
    assert "dead      1" in said
    assert f"{row.pk}  email_received  {one.display_reference}  9 attempts" in said
    assert "550" in said


@pytest.mark.shows("9.9")
def test_one_row_or_all_are_brought_back(town: Rivermark) -> None:
    factories.routed(town.pothole, answers={"where": "lane"})
    row = give_up()
    assert "will be retried" in run("outbox", "retry", str(row.pk))
    row.refresh_from_db()
    assert row.dead_at is None
    with pytest.raises(CommandError, match="neither dead nor paused"):
        run("outbox", "retry", str(row.pk))
    give_up()
    assert run("outbox", "retry", "--dead").strip() == "Rows that will be retried: 1"
    assert not OutboxRow.objects.exclude(dead_at=None).exists()


def test_retry_wants_to_know_which(town: Rivermark) -> None:
    with pytest.raises(CommandError, match="Name a row or all of them"):
        run("outbox", "retry")
