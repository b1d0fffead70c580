"""Questions by page: few required ones on each, and conditional questions after the page of their condition."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from requests_app.models import Draft, Jurisdiction, QuestionVersion, Service, ServiceVersion
from requests_app.rules.report.path import Path, offered, opening_in_place, paged
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


# --- What comes next --------------------------------------------------------------------------------------------------


def answered(**changed: Any) -> Path:
    """A path on which everything is answered, but for what is changed. typed: in place of the same of the draft."""
    version = SimpleNamespace(place_required=True)
    owner = SimpleNamespace(code="dot")
    typed = {"contact": {}, "place": {}, "owner": "dot", **changed.pop("typed", {})}
    given: dict[str, Any] = {
        "typed": {name: value for name, value in typed.items() if value is not None}, "text": "A hole.", "version": version,
        "begins_with_photos": False, "warnings": [], "referral": {}, "place": {"lat": 1}, "is_water_open": False,
        "is_asset_open": False, "is_outside": False, "owner": owner, "other_owner": owner, "candidates": [], "pages": [[]],
        "is_page_done": lambda _number: True, "other_service": None, "who_problems": {},
    }  # fmt: skip
    return cast(Path, SimpleNamespace(**{**given, **changed}))


NO_PLACE = SimpleNamespace(place_required=False)


@pytest.mark.parametrize(
    ("changed", "page"),
    [
        ({}, "check"),
        ({"typed": {"referred": "trash"}, "text": "", "version": None}, "referred"),
        ({"text": "", "version": None}, "problem"),
        ({"text": ""}, "check"),
        ({"text": "", "version": None, "begins_with_photos": True}, "service"),
        ({"warnings": ["phrase:gas"], "version": None}, "emergency"),
        ({"referral": {"article": "x"}, "version": None}, "check_referral"),
        ({"version": None}, "service"),
        ({"place": {}}, "location"),
        # One that needs no place is asked for it once.
        ({"place": {}, "version": NO_PLACE}, "check"),
        ({"place": {}, "version": NO_PLACE, "typed": {"place": None}}, "location"),
        ({"is_water_open": True, "is_asset_open": True}, "location"),
        ({"is_asset_open": True, "is_outside": True, "owner": None}, "choose_asset"),
        ({"is_outside": True, "owner": None, "other_owner": None}, "location"),
        ({"is_outside": True}, "check"),
        ({"typed": {"owner": "rail"}, "candidates": [1]}, "owner"),
        ({"other_owner": None, "typed": {"owner": "rail"}}, "check"),
        ({"candidates": [1], "is_page_done": lambda _number: False}, "duplicates"),
        ({"pages": [[], [], []], "is_page_done": lambda number: number < 3, "other_service": 1}, "details:3"),
        ({"other_service": 1, "who_problems": {"email": "x"}}, "other"),
        ({"typed": {"contact": None}}, "contact"),
        ({"who_problems": {"email": "Enter it."}}, "contact"),
    ],
)
def test_the_first_page_that_is_not_answered_comes_next(changed: dict[str, Any], page: str) -> None:
    assert Path.next_page(answered(**changed)) == page


def path(version: ServiceVersion | None = None, **typed: Any) -> Path:
    """Of a draft that isn't saved, in no city."""
    draft = Draft(jurisdiction=Jurisdiction(pk=0), typed=typed)
    if version is not None:
        draft.tested_version = version
    return Path(draft)


@pytest.mark.django_db
def test_without_a_service_or_a_point_nothing_is_asked_of_them() -> None:
    nowhere = path(place={"address": "12 Elm St"})
    assert (nowhere.point, nowhere.pin, nowhere.spot, nowhere.nearby_assets, nowhere.owner) == (None, "", "", [], None)
    assert nowhere.candidates == []
    assert (nowhere.is_asset_open, nowhere.is_asset_known, nowhere.is_outside) == (False, False, False)
    assert nowhere.who_problems == {}
    # With a place, and still no service.
    somewhere = path(place={"lat": 40.5, "long": -69})
    assert somewhere.pin == "40.500000,-69.000000"
    assert (somewhere.spot, somewhere.nearby_assets, somewhere.owner, somewhere.candidates) == ("", [], None, [])
    # With both, and a service that is about no kind of asset.
    assert path(ServiceVersion(), place={"lat": 40.5, "long": -69}).nearby_assets == []


def test_a_page_is_done_once_its_words_and_all_its_questions_were_shown_and_answered() -> None:
    def is_done(number: int, shown: list[str], problems: dict[str, str] | None = None) -> bool:
        one = path(shown=shown)
        vars(one)["pages"] = [[question("a"), question("b")], []]
        vars(one)["answers"] = SimpleNamespace(problems=problems or {})
        return one.is_page_done(number)

    assert is_done(1, ["words", "a", "b"])
    assert is_done(1, ["words", "a", "b", "c"])
    assert not is_done(1, ["a", "b"])
    assert not is_done(1, ["words", "a"])
    assert not is_done(1, ["words", "a", "b"], {"a": "Answer it."})
    assert is_done(1, ["words", "a", "b"], {"c": "Answer it."})
    assert is_done(2, [])


def test_an_answer_stops_the_form_until_its_warning_was_dismissed() -> None:
    stopped_by = question("gas")
    for warnings, stopping in ((["answer:gas:yes"], stopped_by), (["answer:gasoline:yes"], None), ([], None)):
        one = path()
        vars(one).update(answers=SimpleNamespace(stopped_by=stopped_by), warnings=warnings)
        assert one.stopping_question is stopping
    nothing = path()
    vars(nothing).update(answers=SimpleNamespace(stopped_by=None), warnings=["answer:gas:yes"])
    assert nothing.stopping_question is None


@pytest.mark.django_db
def test_an_answer_leads_to_another_service_unless_the_reporter_stayed(town: Rivermark) -> None:
    def other(code: str, **typed: Any) -> ServiceVersion | None:
        one = Path(Draft(jurisdiction=town.city, typed={"service": "pothole", **typed}))
        vars(one)["answers"] = SimpleNamespace(leads_to_service=code)
        return one.other_service

    assert other("tree") == town.tree
    assert other("") is other("pothole") is other("gone") is other("tree", stayed=["tree"]) is None


@pytest.mark.django_db
def test_what_was_begun_with_stays_unless_others_may_read_it_now(town: Rivermark) -> None:
    old = town.pothole
    new = ServiceVersion.objects.create(
        service=old.service, number=2, name=old.name, category=old.category, department=old.department
    )
    Service.objects.filter(pk=old.service_id).update(current=new)

    def version(begun: int | None) -> ServiceVersion | None:
        return Path(Draft(jurisdiction=town.city, typed={"service": "pothole", "version": begun})).version

    assert version(old.pk) == old
    assert version(None) == version(new.pk) == version(town.tree.pk) == version(0) == new
    private = ServiceVersion.objects.create(
        service=old.service, number=3, name=old.name, category=old.category, department=old.department,
        visibility="private",
    )  # fmt: skip
    Service.objects.filter(pk=old.service_id).update(current=private)
    assert version(old.pk) == version(new.pk) == private
    inside = factories.service(town.city, "inside", visibility="staff")
    assert offered(town.city, "inside") is offered(town.city, "") is None
    Service.objects.create(jurisdiction=town.city, service_code="new")
    assert offered(town.city, "new") is None
    assert inside.service.active


@pytest.mark.django_db
def test_a_test_and_what_the_reporter_said_is_different_join_nothing(town: Rivermark) -> None:
    earlier = factories.routed(town.pothole, answers={"where": "lane"})

    def offers(**typed: Any) -> list[str]:
        place = {"lat": factories.ELM_ST[1], "long": factories.ELM_ST[0]}
        draft = Draft(jurisdiction=town.city, typed={"service": "pothole", "place": place, **typed})
        if typed.pop("is_test", False):
            draft.tester = town.ada
        return [one.service_request.reference for one in Path(draft).candidates]

    assert offers() == offers(different="pothole@1,1") == offers(warned=["help"]) == [earlier.reference]
    assert offers(is_test=True) == offers(not_same=[earlier.reference]) == []
    assert offers(different="pothole@40.500000,-69.000000") == offers(warned=["phrase:gas"]) == []


@pytest.mark.django_db
def test_what_lies_beyond_the_city_is_its_neighbors(town: Rivermark) -> None:
    neighbor = factories.owner(town.city, factories.square(-68.95, 40.45, -68.9, 40.55), kind="town", code="next")

    def at(longitude: float) -> Path:
        typed = {"service": "pothole", "place": {"lat": 40.5, "long": longitude}}
        return Path(Draft(jurisdiction=town.city, typed=typed))

    assert (at(-69.0).is_outside, at(-69.0).owner) == (False, None)
    assert (at(-68.93).is_outside, at(-68.93).owner) == (True, neighbor)


def choice(code: str, *, required: bool = False, after: str = "", kind: str = "single") -> QuestionVersion:
    show_if = {"question": after, "values": ["yes"]} if after else {}
    options = [{"value": "yes", "label": {"en": "Yes"}}] if kind == "single" else []
    return QuestionVersion(code=code, kind=kind, required=required, show_if=show_if, options=options)


@pytest.mark.parametrize(
    ("required", "others", "opens"),
    [
        (2, [], True),
        (3, [], False),
        (2, [choice("c", after="a0", kind="text")], False),
        (2, [choice("c", after="b", kind="text")], False),
        (2, [choice("c", after="x", kind="text")], True),
    ],
)
def test_one_question_opens_in_place_on_a_page_that_stays_easy(
    required: int, others: list[QuestionVersion], opens: bool
) -> None:
    page = [choice(f"a{number}", required=True) for number in range(required)]
    dependent = choice("b", required=True, after="a0", kind="text")
    assert opening_in_place(page, [*page, dependent, *others]) is (dependent if opens else None)
    assert opening_in_place(page, page) is None
