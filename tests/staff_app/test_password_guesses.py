"""A hundred wrong passwords a day for an account, from wherever; its owner gets an email about it and can always sign in."""

import math
import re
import time
from collections.abc import Iterator

import pytest
from django.core import mail
from django.test import Client
from django.test.utils import override_settings

from requests_app.core.cache import breaker
from requests_app.core.limits import DAY
from requests_app.models import OutboxRow, User
from staff_app import sign_in as sign_in_rules
from staff_app.sign_in import BY_KNOWN_DEVICE_A_DAY, BY_NETWORK_A_MINUTE
from tests import mail_server
from tests.factories import PASSWORD, Rivermark
from tests.mail_server import plain

pytestmark = [pytest.mark.django_db, pytest.mark.shows("6.1")]
TODAY_OVER = "Too many wrong passwords for this account today"


class Clock:
    def __init__(self) -> None:
        # Early in the first minute of a day.
        self.now = 20_000.0 * DAY + 1

    def __call__(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(time, "time", made)
    return made


@pytest.fixture(autouse=True)
def _plain_passwords() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=["tests.hashers.QuickHasher"]):
        yield


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three instead of a hundred, which take ten seconds."""
    monkeypatch.setattr(sign_in_rules, "BY_ACCOUNT_A_DAY", 3)


_networks = iter(range(1, 1_000_000))


def new_address() -> str:
    number = next(_networks)
    return f"198.{18 + number // 65536}.{number // 256 % 256}.{number % 256}"


def sign_in(email: str, password: str = PASSWORD, client: Client | None = None, address: str = "") -> str:
    """ "" if they are in, otherwise what the page says."""
    client = client or Client()
    sent = {"login": email, "password": password}
    answer = client.post("/accounts/login/", sent, REMOTE_ADDR=address or new_address())
    return "" if "_auth_user_id" in client.session else answer.content.decode()


def guess(clock: Clock, email: str, times: int) -> str:
    """Each from an address of its own, ten a minute. Returns the last page."""
    page = ""
    for number in range(times):
        if number % 10 == 0:
            clock.now += 60
        page = sign_in(email, "wrong")
        assert page
    return page


# --- The bound --------------------------------------------------------------------------------------------------------


def test_it_is_a_hundred() -> None:
    assert sign_in_rules.BY_ACCOUNT_A_DAY == 100


@pytest.mark.parametrize("most", [3, pytest.param(100, marks=pytest.mark.slow)])
def test_after_so_many_wrong_ones_from_anywhere_the_right_one_waits_until_tomorrow(
    town: Rivermark, clock: Clock, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sign_in_rules, "BY_ACCOUNT_A_DAY", most)
    assert TODAY_OVER not in guess(clock, town.tom.email, most - 1)
    clock.now += 60
    assert sign_in(town.tom.email) == "", "the last try, and a right one isn't counted"
    assert TODAY_OVER not in guess(clock, town.tom.email.upper(), 1)
    clock.now += 60
    assert TODAY_OVER in sign_in(town.tom.email)
    assert sign_in(town.pia.email) == "", "nobody else waits"
    clock.now += DAY
    assert sign_in(town.tom.email) == ""


@pytest.mark.usefixtures("few")
def test_an_address_that_nobody_has_says_the_same(town: Rivermark, clock: Clock) -> None:
    guess(clock, "nobody@rivermark.example", 3)
    clock.now += 60
    assert TODAY_OVER in sign_in("nobody@rivermark.example")
    assert not OutboxRow.objects.filter(kind="mail_password_guesses").exists()


@pytest.mark.usefixtures("few")
def test_it_holds_while_redis_is_down_and_after_it_forgot(
    town: Rivermark, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    guess(clock, town.tom.email, 2)
    monkeypatch.setattr(breaker, "open_until", math.inf)
    guess(clock, town.tom.email, 1)
    clock.now += 60
    assert TODAY_OVER in sign_in(town.tom.email)


# --- The owner --------------------------------------------------------------------------------------------------------


def locked(clock: Clock, user: User) -> None:
    guess(clock, user.email, 3)
    clock.now += 60
    assert TODAY_OVER in sign_in(user.email)


@pytest.mark.usefixtures("few")
def test_the_owner_gets_one_email_that_says_how_to_get_in(town: Rivermark, clock: Clock, settings: object) -> None:
    guess(clock, town.tom.email, 3)
    assert not OutboxRow.objects.filter(kind="mail_password_guesses").exists()
    guess(clock, town.tom.email, 3)
    with mail_server.serving(settings) as mailbox:
        mail_server.deliver()
        guess(clock, town.tom.email, 2)
        mail_server.deliver()
        (sent,) = mailbox.to(town.tom.email)
    text = plain(sent)
    assert sent["Subject"] == "Someone tried to guess your password"
    assert "100 wrong passwords" in text
    assert "/accounts/password/reset/" in text
    assert PASSWORD not in text


@pytest.mark.usefixtures("few")
def test_a_device_where_they_signed_in_before_is_not_locked(town: Rivermark, clock: Clock) -> None:
    home = Client()
    assert sign_in(town.tom.email, client=home) == ""
    home.post("/accounts/logout/")
    locked(clock, town.tom)
    # Also while the guesser goes on, and from the guesser's own network.
    address = new_address()
    for _ in range(BY_NETWORK_A_MINUTE):
        sign_in(town.tom.email, "wrong", address=address)
    assert sign_in(town.tom.email, client=home, address=address) == ""
    # On it, too, somebody can only guess so often.
    home.post("/accounts/logout/")
    for number in range(BY_KNOWN_DEVICE_A_DAY):
        clock.now += 60 * (number % 10 == 0)
        assert TODAY_OVER not in sign_in(town.tom.email, "wrong", client=home)
    clock.now += 60
    assert TODAY_OVER in sign_in(town.tom.email, client=home)


@pytest.mark.usefixtures("few")
def test_no_other_devices_cookie_helps_nor_one_that_somebody_wrote(town: Rivermark, clock: Clock) -> None:
    pias = Client()
    assert sign_in(town.pia.email, client=pias) == ""
    pias.post("/accounts/logout/")
    locked(clock, town.tom)
    assert TODAY_OVER in sign_in(town.tom.email, client=pias)
    forged = Client()
    forged.cookies["device"] = pias.cookies["device"].value[:-3] + "abc"
    assert TODAY_OVER in sign_in(town.tom.email, client=forged)
    # On a shared computer each of them is known.
    clock.now += DAY
    assert sign_in(town.tom.email, client=pias) == ""
    pias.post("/accounts/logout/")
    locked(clock, town.tom)
    assert sign_in(town.tom.email, client=pias) == ""
    cookie = pias.cookies["device"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.usefixtures("few")
def test_the_emailed_link_signs_in_on_a_new_device_which_is_known_from_then_on(town: Rivermark, clock: Clock) -> None:
    locked(clock, town.tom)
    phone, new = Client(), "an entirely other battery"
    phone.post("/accounts/password/reset/", {"email": town.tom.email}, REMOTE_ADDR=new_address())
    link = re.search(r"http://testserver(/\S+)", str(mail.outbox[-1].body))
    assert link
    form = phone.get(link.group(1), follow=True).redirect_chain[-1][0]
    answer = phone.post(form, {"password1": new, "password2": new})
    assert (answer.status_code, answer["Location"]) == (302, "/staff/")
    assert phone.get("/staff/").status_code == 200
    phone.post("/accounts/logout/")
    assert TODAY_OVER in sign_in(town.tom.email, new)
    assert sign_in(town.tom.email, new, client=phone) == ""


@pytest.mark.usefixtures("few")
def test_entering_the_password_again_is_not_locked_by_strangers(town: Rivermark, clock: Clock) -> None:
    here = Client()
    assert sign_in(town.tom.email, client=here) == ""
    del here.cookies["device"]
    locked(clock, town.tom)
    clock.now += 3600
    answer = here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert answer.status_code == 302


# --- An office --------------------------------------------------------------------------------------------------------


def test_an_office_of_a_hundred_behind_one_address_signs_in_within_a_minute(town: Rivermark, clock: Clock) -> None:
    office = new_address()
    people = [User(email=f"clerk{number}@rivermark.example", password=town.tom.password) for number in range(100)]
    for person in User.objects.bulk_create(people):
        assert sign_in(person.email, address=office) == ""
    for number in range(BY_NETWORK_A_MINUTE):
        assert sign_in(people[number].email, "wrong", address=office)
    assert sign_in(people[99].email, address=office), "but not after ten wrong ones"
    assert sign_in(people[99].email, address=new_address()) == ""
    clock.now += 60
    assert sign_in(people[99].email, address=office) == ""
