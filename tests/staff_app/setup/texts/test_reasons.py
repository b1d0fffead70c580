"""Listed reasons: added, worded, ordered and switched off; what requests name can't vanish."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from requests_app.actions.work import endings
from requests_app.models import ListedReason, SetupChange
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.8")]
Read = Callable[[Any], str]
PATH = "/staff/setup/reasons/"
BUDGET = {"words_en": "The budget is spent", "words_es": "Se acabó el presupuesto", "appeal_en": "Ask the council."}


@pytest.fixture
def budget(ada: Client) -> ListedReason:
    ada.post(f"{PATH}new/?kind=cannot_do", BUDGET)
    return ListedReason.objects.get()


def seen(client: Client, reason: ListedReason) -> str:
    page = client.get(f"{PATH}{reason.pk}/").content.decode()
    return page.split('name="seen" value="')[1].split('"')[0]


def test_a_reason_has_words_in_every_language(ada: Client, text_of: Read) -> None:
    answer = ada.post(f"{PATH}new/?kind=cannot_do", {**BUDGET, "words_es": ""})
    assert answer.status_code == 422
    assert "Enter the reason in this language." in text_of(answer)
    assert "The budget is spent" in answer.content.decode()
    ada.post(f"{PATH}new/?kind=cannot_do", BUDGET)
    made = ListedReason.objects.get()
    assert (made.code, made.appeal) == ("the-budget-is-spent", {"en": "Ask the council."})
    assert SetupChange.objects.get().name == "The budget is spent"


def test_one_that_a_request_names_is_only_switched_off(
    town: Rivermark, ada: Client, budget: ListedReason, text_of: Read
) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    endings.resolve(one.pk, disposition="cannot_do", reason=budget.code, text="Next year.", actor=town.tom)
    answer = ada.post(f"{PATH}{budget.pk}/remove/", follow=True)
    assert "Switch it off instead." in text_of(answer)
    ada.post(f"{PATH}{budget.pk}/", {**BUDGET, "seen": seen(ada, budget)})
    budget.refresh_from_db()
    assert not budget.active
    assert SetupChange.objects.order_by("-id")[0].action == "switched_off"
    ada.post(f"{PATH}{budget.pk}/", {**BUDGET, "words_en": "No money left", "seen": seen(ada, budget)})
    assert SetupChange.objects.order_by("-id")[0].action == "changed"


def test_a_new_one_that_nothing_names_can_go_and_an_old_one_cannot(
    town: Rivermark, ada: Client, budget: ListedReason
) -> None:
    old = ListedReason.objects.create(jurisdiction=town.city, kind="cannot_do", code="old", words={"en": "Old"})
    # That another city has just added one of the same code makes it no newer.
    there = factories.lakeside().city
    SetupChange.objects.create(jurisdiction=there, kind="reason", key="old", name="Old", action="added")
    for reason in (budget, old):
        ada.post(f"{PATH}{reason.pk}/remove/")
    assert list(ListedReason.objects.all()) == [old]


def test_they_are_moved_up_and_down_their_own_list(ada: Client, budget: ListedReason, text_of: Read) -> None:
    ada.post(f"{PATH}new/?kind=cannot_do", {"words_en": "State law", "words_es": "Ley estatal"})
    ada.post(f"{PATH}new/?kind=hold", {"words_en": "Frost", "words_es": "Helada"})
    law = ListedReason.objects.get(code="state-law")
    ada.post(f"{PATH}{law.pk}/move/", {"up": "1"})
    ada.post(f"{PATH}{law.pk}/move/", {"up": "1"})
    page = text_of(ada.get(PATH, {"kind": "cannot_do"}))
    assert page.index("State law") < page.index("The budget is spent")
    assert "Frost" not in page


def test_the_second_of_two_editors_sees_what_changed(ada: Client, budget: ListedReason, text_of: Read) -> None:
    opened = seen(ada, budget)
    ada.post(f"{PATH}{budget.pk}/", {**BUDGET, "words_en": "No money left", "active": "on", "seen": opened})
    answer = ada.post(f"{PATH}{budget.pk}/", {**BUDGET, "words_en": "No funds", "active": "on", "seen": opened})
    assert answer.status_code == 409
    assert 'name="keep-words_en" value="theirs"' in answer.content.decode()
    budget.refresh_from_db()
    assert budget.words["en"] == "No money left"
