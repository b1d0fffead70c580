"""How often articles answered questions, as administrators read it."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.test import Client

from requests_app.clock import app_now
from requests_app.models import AnsweredCount, ReferralCount, User
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("6.70")]
SignIn = Callable[[User], Client]
PAGE = "/staff/answered-counts/"


@pytest.fixture
def ada(town: Rivermark, signed_in: SignIn) -> Client:
    return signed_in(town.ada)


def rows_of(client: Client) -> list[list[str]]:
    """The cells of each row, without its heading."""
    page = client.get(PAGE).content.decode()
    return [re.findall(r"<td[^>]*>([^<]*)</td>", row) for row in re.findall(r"(?s)<tr>.*?</tr>", page)]


def test_without_any_it_says_so(ada: Client) -> None:
    assert "No article has answered a question yet." in ada.get(PAGE).content.decode()


def test_counts_stand_by_month_article_and_service(town: Rivermark, ada: Client) -> None:
    factories.article(town.city, "holes", "How we fill a hole")
    today = app_now().astimezone(town.city.zone).date()
    other = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    town.city.hosts = ["testserver"]
    town.city.save()
    for city, day, article, service, value in (
        (town.city, today, "holes", "pothole", 2),
        (town.city, today.replace(day=1), "holes", "pothole", 3 if today.day > 1 else 0),
        (town.city, today, "gone", "", 7),
        (town.city, today - dt.timedelta(days=500), "holes", "tree", 90),
        (other, today, "holes", "pothole", 80),
    ):
        counted, _ = AnsweredCount.objects.get_or_create(
            jurisdiction=city, day=day, article_code=article, service_code=service
        )
        counted.value += value
        counted.save()
    rows = rows_of(ada)
    total = 5 if today.day > 1 else 2
    assert ["How we fill a hole", "Pothole", str(total)] in rows
    assert ["gone", "–", "7"] in rows
    assert not {"90", "80"} & {cell for row in rows for cell in row}


def test_what_was_sent_to_others_is_counted_by_receiver(town: Rivermark, ada: Client) -> None:
    contact = {"name": {"en": "Cart Roundup"}, "email": "Pickup@cartroundup.example", "takes_reports": True}
    factories.article(town.city, "carts", "Shopping carts", contact=contact)
    today = app_now().astimezone(town.city.zone).date()
    for days, receiver, value in (
        (0, "pickup@cartroundup.example", 2),
        (1, "pickup@cartroundup.example", 3),
        (0, "old@x.example", 9),
    ):
        ReferralCount.objects.create(
            jurisdiction=town.city, day=today - dt.timedelta(days=days), receiver=receiver, value=value
        )
    rows = rows_of(ada)
    assert ["pickup@cartroundup.example", "5"] in rows
    assert "Cart Roundup" in ada.get(PAGE).content.decode()
    assert ["old@x.example", "9"] in rows


def test_only_administrators_read_them(town: Rivermark, signed_in: SignIn) -> None:
    assert signed_in(town.tom).get(PAGE).status_code == 403
