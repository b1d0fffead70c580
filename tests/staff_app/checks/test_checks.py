"""Endings are drawn each week, and someone on another team looks, before they read how it ended."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from requests_app.actions.truth import ending_checks
from requests_app.actions.work import assignment, endings, merges, reopenings
from requests_app.clock import app_now
from requests_app.models import EndingCheck, EndingSample, Photo, ServiceRequest, Team, User
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.6")]
SignIn = Callable[[User], Client]


@pytest.fixture
def monday(town: Rivermark) -> dt.date:
    """The week whose endings are drawn, which the test is in."""
    set_time(dt.datetime(2027, 3, 3, 15, tzinfo=dt.UTC))
    return dt.date(2027, 3, 1)


def ended(town: Rivermark, disposition: str = "fixed", by: User | None = None) -> ServiceRequest:
    made = factories.routed(town.pothole, answers={"where": "lane"})
    endings.resolve(made.pk, disposition=disposition, text="Filled.", visited=True, actor=by or town.dev)
    made.refresh_from_db()
    return made


def draw(town: Rivermark) -> EndingSample:
    set_time(app_now() + dt.timedelta(days=7))
    ending_checks.draw_due(town.city)
    return EndingSample.objects.get(department=town.streets)


def photo() -> SimpleUploadedFile:
    return SimpleUploadedFile("place.jpg", factories.jpeg(), content_type="image/jpeg")


def test_a_week_is_drawn_once_with_its_seed_and_can_be_drawn_again(town: Rivermark, monday: dt.date) -> None:
    town.city.checked_endings = 2
    town.city.save()
    made = [ended(town) for _ in range(5)]
    ended(town, "answered")
    sample = draw(town)
    assert ending_checks.draw_due(town.city) == 0
    assert (sample.week, sample.wanted, sample.endings, sample.other_endings) == (monday, 2, 5, 1)
    drawn = set(sample.checks.values_list("service_request_id", flat=True))
    assert len(drawn) == 2
    # Nobody could have chosen them: the same seed draws the same ones.
    sample.delete()
    again = ending_checks.draw(town.streets, week=monday, seed=sample.seed)
    assert set(again.checks.values_list("service_request_id", flat=True)) == drawn <= {one.pk for one in made}


def test_an_old_drawing_can_be_repeated_from_its_own_outcomes(town: Rivermark, monday: dt.date) -> None:
    made = [ended(town) for _ in range(3)]
    acted = ended(town, "action_taken")
    sample = draw(town)
    assert set(sample.outcomes) == {"fixed", "not_found", "action_taken", "duplicate"}
    assert sample.endings == 4
    sample.delete()
    before = ending_checks.draw(town.streets, week=monday, seed=sample.seed, outcomes=["fixed", "not_found"])
    assert before.endings == 3
    assert acted.pk not in before.checks.values_list("service_request_id", flat=True)
    assert {one.pk for one in made} == set(before.checks.values_list("service_request_id", flat=True))


def test_what_was_merged_is_drawn_once_the_other_one_was_fixed(town: Rivermark, monday: dt.date) -> None:
    parent, child, open_parent, waiting = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(4))
    merges.merge(child.pk, parent=parent, actor=town.tom)
    merges.merge(waiting.pk, parent=open_parent, actor=town.tom)
    endings.resolve(parent.pk, disposition="fixed", text="Filled.", visited=True, actor=town.dev)
    sample = draw(town)
    assert set(sample.checks.values_list("service_request_id", flat=True)) == {parent.pk, child.pk}
    assert sample.endings == 2
    # It was another problem.
    merges.unmerge(child.pk, actor=town.tom)
    assert ending_checks.note_reopened() == 1
    assert sample.checks.get(service_request=child).reopened_at


def test_what_was_merged_is_not_true_once_the_other_one_is_reopened(town: Rivermark, monday: dt.date) -> None:
    parent, child = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    merges.merge(child.pk, parent=parent, actor=town.tom)
    endings.resolve(parent.pk, disposition="fixed", text="Filled.", visited=True, actor=town.dev)
    draw(town)
    reopenings.reopen(parent.pk, text="It’s back.", actor=town.tom)
    assert ending_checks.note_reopened() == 2


def test_someone_on_another_team_gets_it_and_never_who_did_the_work(town: Rivermark, monday: dt.date) -> None:
    crews = [Team.objects.create(department=town.streets, code=code, name={"en": code}) for code in ("north", "south")]
    crews[0].members.add(town.dev)
    mate, other = (factories.staff(name, "crew", town.city, town.streets) for name in ("Mel", "Oda"))
    crews[0].members.add(mate)
    crews[1].members.add(other)
    for _ in range(4):
        ended(town)
    checkers = set(draw(town).checks.values_list("checker__name", flat=True))
    # Dev did it, Mel is on Dev's crew, and Tom may not check.
    assert checkers == {"Oda", "Pia"}


def test_the_outcome_shows_only_after_one_has_said_what_one_sees(
    town: Rivermark, monday: dt.date, pia: Client, tom: Client, signed_in: SignIn
) -> None:
    ended(town)
    check = draw(town).checks.get()
    path = f"/staff/checks/{check.pk}/"
    assert path in pia.get("/staff/checks/").content.decode()
    before = pia.get(path).content.decode()
    assert "What do you see?" in before
    assert "What was said" not in before
    assert "Filled." not in before
    # A photo belongs to what one sees.
    assert pia.post(path, {"seen": "not_fixed"}).status_code == 422
    assert tom.get(path).status_code == 403
    assert signed_in(factories.staff("Oda", "crew", town.city, town.parks)).get(path).status_code == 404
    assert pia.post(path, {"seen": "not_fixed", "photos": photo()}).status_code == 302
    check.refresh_from_db()
    assert (check.seen, check.was_blind) == ("not_fixed", True)
    after = pia.get(path).content.decode()
    assert "What was said" in after
    assert "What do you see?" not in after
    # It stays, and the photo isn't public.
    pia.post(path, {"seen": "fixed", "photos": photo()})
    check.refresh_from_db()
    assert check.seen == "not_fixed"
    assert Photo.objects.get(kind="check").is_private
    assert Client().get(f"/photos/{Photo.objects.get(kind='check').name}.jpg").status_code == 404


def test_a_check_shows_the_photos_that_everybody_sees(town: Rivermark, monday: dt.date, pia: Client) -> None:
    made = ended(town)
    for name, columns in {
        "shown": {},
        "hidden": {"hidden_at": app_now()},
        "private": {"is_private": True},
        "work": {"kind": "work"},
    }.items():
        Photo.objects.create(
            jurisdiction=town.city,
            service_request=made,
            **{"kind": "report", "name": name, "width": 4, "height": 3, **columns},
        )
    page = pia.get(f"/staff/checks/{draw(town).checks.get().pk}/")
    assert [one.name for one in page.context["photos"]] == ["shown"]


def test_who_cant_tell_reads_the_outcome_and_may_say_it_once_more(
    town: Rivermark, monday: dt.date, pia: Client
) -> None:
    ended(town)
    check = draw(town).checks.get()
    path = f"/staff/checks/{check.pk}/"
    assert pia.post(path, {"seen": "cant_tell"}).status_code == 302
    assert "Knowing this, can you tell now?" in pia.get(path).content.decode()
    pia.post(path, {"seen": "fixed", "photos": photo()})
    check.refresh_from_db()
    assert (check.seen, check.was_blind) == ("fixed", False)


def test_an_action_counts_if_it_left_a_sign(town: Rivermark, monday: dt.date, pia: Client) -> None:
    ended(town, "action_taken")
    check = draw(town).checks.get()
    path = f"/staff/checks/{check.pk}/"
    assert "something was done" not in pia.get(path).content.decode()
    # Before the outcome is shown, nobody can claim to have seen its sign.
    assert pia.post(path, {"seen": "acted", "photos": photo()}).status_code == 422
    pia.post(path, {"seen": "not_fixed", "photos": photo()})
    assert "do you see that something was done?" in pia.get(path).content.decode()
    assert pia.post(path, {"seen": "acted"}).status_code == 302
    check.refresh_from_db()
    assert (check.seen, check.was_blind, check.photo is not None) == ("acted", False, True)
    lines = pia.get("/staff/checks/truth-rate.csv?by=outcome").content.decode().splitlines()
    assert lines[1].startswith("We took action,1,1,0,")


def test_the_truth_rate_counts_reopened_and_not_looked_at_against_it(
    town: Rivermark, monday: dt.date, pia: Client, tom: Client
) -> None:
    made = [ended(town) for _ in range(4)]
    sample = draw(town)
    for number, seen in enumerate(["fixed", "fixed", "not_fixed"]):
        sample.checks.filter(service_request=made[number]).update(seen=seen, seen_at=app_now())
    reopenings.reopen(made[1].pk, text="It’s back.", actor=town.tom)
    assert ending_checks.note_reopened() == 1
    assert "33%" in pia.get("/staff/checks/truth-rate/").content.decode()
    # After two weeks the fourth counts as not looked at.
    EndingSample.objects.update(drawn_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    page = pia.get("/staff/checks/truth-rate/?by=month")
    assert "25%" in page.content.decode()
    assert "5–70%" in page.content.decode() or "4–70%" in page.content.decode()
    lines = pia.get("/staff/checks/truth-rate.csv?by=service").content.decode().splitlines()
    assert lines[1].startswith("Pothole,4,1,2,1,0,1,0.2500,")
    assert tom.get("/staff/checks/truth-rate/").status_code == 403


def test_a_reopening_after_30_days_or_taken_back_does_not_count(town: Rivermark, monday: dt.date) -> None:
    first, second = ended(town), ended(town)
    draw(town)
    person = first.participations.get(role="reporter").person
    reopenings.reopen(first.pk, text="", actor=person)
    reopenings.undo_reopening(first.pk, actor=person)
    set_time(app_now() + dt.timedelta(days=24))
    reopenings.reopen(second.pk, text="It’s back.", actor=town.tom)
    assert ending_checks.note_reopened() == 0
    assert not EndingCheck.objects.exclude(reopened_at=None).exists()


def clocks_of(made: ServiceRequest) -> list[Any]:
    return list(made.clocks.filter(met_at=None).values_list("kind", "started_at").order_by("kind"))


def test_neither_a_merge_nor_a_transfer_sets_a_clock_back(town: Rivermark) -> None:
    parent, child = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    before, due = clocks_of(parent), parent.due_at
    merges.merge(child.pk, parent=parent, actor=town.tom)
    parent.refresh_from_db()
    assert (clocks_of(parent), parent.due_at) == (before, due)
    set_time(app_now() + dt.timedelta(hours=5))
    assignment.transfer(parent.pk, department=town.parks, reason="Theirs.", actor=town.tom)
    parent.refresh_from_db()
    assert (clocks_of(parent), parent.due_at) == (before, due)
