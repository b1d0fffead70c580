"""Questions by page: few required ones on each, and conditional questions after the page of their condition."""

import pytest

from requests_app.models import QuestionVersion, Service
from requests_app.rules.report.path import offered, paged
from tests import factories
from tests.factories import Rivermark


def question(code: str, *, required: bool = False, after: str = "") -> QuestionVersion:
    show_if = {"question": after, "values": ["yes"]} if after else {}
    return QuestionVersion(code=code, kind="text", required=required, show_if=show_if)


def codes(*questions: QuestionVersion) -> list[list[str]]:
    return [[one.code for one in page] for page in paged(questions)]


def test_a_service_without_questions_has_one_page() -> None:
    assert codes() == [[]]


def test_three_required_questions_fill_a_page_and_optional_ones_come_along() -> None:
    required = [question(code, required=True) for code in "abcd"]
    assert codes(*required, question("e")) == [["a", "b", "c", "e"], ["d"]]


def test_a_conditional_question_waits_for_the_page_of_its_condition() -> None:
    assert codes(question("a", required=True), question("b", after="a"), question("c")) == [["a", "c"], ["b"]]


def test_a_condition_on_a_conditional_question_is_one_page_later_still() -> None:
    assert codes(question("a"), question("b", after="a"), question("c", after="b")) == [["a"], ["b"], ["c"]]


@pytest.mark.django_db
def test_a_code_means_the_citys_own_service_while_residents_can_use_it(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    assert (offered(town.city, "pothole"), offered(lakeside.city, "pothole")) == (town.pothole, lakeside.pothole)
    assert offered(lakeside.city, "tree") is None
    Service.objects.filter(pk=town.pothole.service_id).update(active=False)
    assert (offered(town.city, "pothole"), offered(lakeside.city, "pothole")) == (None, lakeside.pothole)
