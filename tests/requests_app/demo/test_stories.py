"""The demo city's invented requests: varied, near the figures, in legal order, and the same again for the same seed."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from requests_app.demo import phrases
from requests_app.demo.progress import status_after
from requests_app.demo.stories import FIGURES, City, Story, read_city, stories
from requests_app.models.states import OPEN, Channel
from requests_app.rules.shared.lifecycle import IllegalTransition

pytestmark = pytest.mark.shows("8.2")

RIVERMARK = Path(phrases.__file__).parent / "rivermark"
NOW = dt.datetime(2026, 6, 9, 18, 30, tzinfo=dt.UTC)
COUNT = 8_000
WET = ("treehazard", "drain", "signalout", "debris", "streetlight")


@pytest.fixture(scope="module")
def told() -> list[Story]:
    return list(stories(RIVERMARK, now=NOW, count=COUNT))


@pytest.fixture(scope="module")
def all_told() -> list[Story]:
    """As many as the demo city has, for shares that fewer don't reach."""
    return list(stories(RIVERMARK, now=NOW, count=20_000))


@pytest.fixture(scope="module")
def figures() -> dict:
    return yaml.safe_load(FIGURES.read_text())


@pytest.fixture(scope="module")
def city() -> City:
    return read_city(RIVERMARK)


def share(told: Sequence[Story], holds) -> float:
    return sum(1 for story in told if holds(story)) / len(told)


def has(story: Story, kind: str) -> bool:
    return any(one.kind == kind for one in story.events)


# --- The stream -------------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_it_tells_exactly_as_many_as_asked_in_the_order_of_time(told):
    assert [story.number for story in told] == list(range(COUNT))
    times = [story.opened_at for story in told]
    assert times == sorted(times)
    assert NOW - times[0] < dt.timedelta(days=731)


def test_the_same_seed_and_time_tell_the_same_and_another_seed_does_not():
    first = list(stories(RIVERMARK, now=NOW, count=150))
    assert first == list(stories(RIVERMARK, now=NOW, count=150))
    assert first != list(stories(RIVERMARK, now=NOW, count=150, seed=312))


def test_it_is_a_stream_that_can_be_left_early():
    stream = stories(RIVERMARK, now=NOW, count=500)
    assert next(stream).number == 0
    assert next(stream).number == 1
    stream.close()


def test_nothing_happens_after_now(told):
    assert all(one.at <= NOW for story in told for one in story.events)


@pytest.mark.parametrize("now", ["2026-03-08T07:30:00+00:00", "2026-11-01T05:59:00+00:00", "2026-01-01T05:00:30+00:00"])
def test_it_holds_at_the_hours_when_clocks_change_and_a_day_begins(now):
    at = dt.datetime.fromisoformat(now)
    few = list(stories(RIVERMARK, now=at, count=400))
    assert len(few) == 400
    assert all(story.opened_at <= at for story in few)


# --- Words ------------------------------------------------------------------------------------------------------------


@pytest.mark.shows("8.3")
def test_descriptions_open_in_at_least_1500_ways_none_over_half_a_percent(told):
    openings = Counter(" ".join(story.text.lower().split()[:6]) for story in told)
    assert len(openings) >= 1500
    assert openings.most_common(1)[0][1] <= COUNT * 0.005
    assert Counter(story.text for story in told).most_common(1)[0][1] <= COUNT * 0.005


def test_every_service_has_its_own_variety_of_texts(told):
    for code in {story.service_code for story in told}:
        texts = [story.text for story in told if story.service_code == code]
        assert len(set(texts)) > len(texts) * 0.6, code


def test_closing_words_and_comments_are_varied(told):
    words = Counter(one.data["words"] for story in told for one in story.events if one.kind == "resolved")
    assert len(words) >= 900
    assert words.most_common(1)[0][1] <= sum(words.values()) * 0.015


def test_no_text_shows_the_seams_of_the_phrase_banks(told):
    for story in told:
        said = [story.text, *(one.data.get("words", "x") for one in story.events)]
        for text in said:
            assert text.strip(), (story.service_code, story.channel)
            assert not re.search(r"[\[\]<>|{}]|=>|  | [,.;]|,\.|\bNone\b", text), text


@pytest.mark.shows("8.3")
def test_a_fifth_is_in_spanish_and_more_where_more_people_speak_it(told, city):
    assert share(told, lambda story: story.language == "es") == pytest.approx(0.20, abs=0.015)
    placed = [story for story in told if story.place]
    much = [story for story in placed if city.map.spanish_share[story.place.neighborhood] > 0.35]
    little = [story for story in placed if city.map.spanish_share[story.place.neighborhood] < 0.10]
    assert share(much, lambda story: story.language == "es") > 3 * share(little, lambda story: story.language == "es")


def test_lengths_reach_from_a_few_words_to_a_letter(told):
    lengths = sorted(len(story.text) for story in told)
    assert lengths[COUNT // 10] < 60
    assert 70 < lengths[COUNT // 2] < 110
    assert lengths[-COUNT // 100] > 260


def test_public_texts_hold_no_phone_number_or_mail_address(told, city):
    for story in told:
        if city.services[story.service_code]["visibility"] in ("public", "coarse", "reporter_to_named_staff"):
            assert not re.search(r"555-\d{4}|@", story.text), story.text


def test_texts_of_services_that_hide_the_address_do_not_tell_it(told, city):
    hidden = [
        story
        for story in told
        if city.services[story.service_code]["visibility"] in ("coarse", "private") and story.place
    ]
    assert len(hidden) > 1000
    assert not [story.text for story in hidden if story.place.number and story.place.address in story.text]


def test_people_have_only_invented_addresses_and_numbers(told):
    reporters = [story.reporter for story in told if story.reporter]
    assert len(reporters) > COUNT / 3
    assert all(one.email is None or re.fullmatch(r"[a-z'.]+\d*@mail\.example", one.email) for one in reporters)
    assert all(one.phone is None or re.fullmatch(r"555-01\d\d", one.phone) for one in reporters)
    assert all(one.email or one.phone for one in reporters)


# --- Figures ----------------------------------------------------------------------------------------------------------


def test_every_service_of_the_catalog_appears(told, city):
    assert {story.service_code for story in told} == set(city.services)


def test_the_mix_of_services_follows_the_figures(told, figures):
    counted = Counter(story.service_code for story in told)
    total = sum(one["share"] for one in figures["services"].values())
    all_year = {code: one["share"] / total for code, one in figures["services"].items() if "months" not in one}
    assert len(all_year) > 10
    for code, share in all_year.items():
        assert counted[code] / COUNT == pytest.approx(share, rel=0.3, abs=0.003), code


def test_channels_and_weekdays_follow_the_figures(told, figures, city):
    channels = Counter(story.channel for story in told)
    assert set(channels) <= set(Channel.values)
    for channel, wanted in figures["channel"].items():
        assert channels[channel] / COUNT == pytest.approx(wanted, abs=0.03), channel
    weekdays = Counter(story.opened_at.astimezone(city.zone).weekday() for story in told)
    for weekday, wanted in enumerate(figures["weekday"]):
        assert weekdays[weekday] / COUNT == pytest.approx(wanted, abs=0.015)


def test_about_a_fifth_repeat_an_earlier_report_at_the_same_address_within_30_days(told, figures):
    last: dict[tuple[str, str], dt.datetime] = {}
    repeats = 0
    for story in told:
        if story.place:
            key = (story.service_code, story.place.address)
            repeats += key in last and (story.opened_at - last[key]).days < 30
            last[key] = story.opened_at
    assert repeats / COUNT == pytest.approx(figures["repeats"]["within_30d"], abs=0.03)


@pytest.mark.slow
def test_open_late_duplicate_and_reopened_shares_are_near_the_figures(all_told, figures, city):
    assert share(all_told, lambda story: story.status in OPEN) == pytest.approx(figures["chosen"]["open"], abs=0.006)
    assert share(all_told, lambda story: story.duplicate_of is not None) == pytest.approx(
        figures["duplicate"], abs=0.02
    )
    assert share(all_told, lambda story: has(story, "reopened")) == pytest.approx(
        figures["chosen"]["reopened"], abs=0.01
    )
    assert share(all_told, lambda story: has(story, "put_on_hold")) == pytest.approx(
        figures["chosen"]["on_hold"], abs=0.02
    )
    assert share(all_told, lambda story: is_late(story, city)) == pytest.approx(figures["late"], abs=0.06)


def is_late(story: Story, city: City) -> bool:
    """Ended first, or still open, after the goal; time on hold does not count."""
    due = city.targets(story.service_code, city.services[story.service_code]["department"]).resolve_by(story.opened_at)
    paused, since = dt.timedelta(), None
    for one in story.events:
        if one.kind in ("put_on_hold", "asked"):
            since = one.at
        elif one.kind in ("resumed", "answered") and since:
            paused, since = paused + (one.at - since), None
        elif one.kind in ("resolved", "handed_over", "merged", "withdrawn"):
            return one.at - paused > due
    return NOW - paused - (NOW - since if since else dt.timedelta()) > due


def test_times_to_close_have_a_heavy_tail(told):
    hours = sorted(
        (one.at - story.opened_at).total_seconds() / 3600
        for story in told
        for one in story.events
        if one.kind == "resolved"
    )
    assert hours[len(hours) * 9 // 10] > 8 * hours[len(hours) // 2]


@pytest.mark.slow
def test_of_what_is_open_a_tenth_to_a_seventh_is_late_by_days_and_the_oldest_are_on_hold(all_told, city):
    """A city that works: what waits for long says why. (Work on hold is not late: its clock is paused.)"""
    still_open = [story for story in all_told if story.status in OPEN]
    late = [story for story in still_open if story.status != "on_hold" and is_late(story, city)]
    assert 0.10 <= len(late) / len(still_open) <= 0.15
    days = [overdue(story, city) / dt.timedelta(days=1) for story in late]
    assert sorted(days)[len(days) * 9 // 10] <= 14
    assert max(days) <= 60
    oldest = still_open[: len(still_open) // 20]
    assert all(story.status == "on_hold" or not is_late(story, city) for story in oldest)
    assert sum(story.status == "on_hold" for story in oldest) / len(oldest) >= 0.75
    for story in still_open:
        if story.status == "on_hold":
            last = next(one for one in reversed(story.events) if one.kind in ("put_on_hold", "asked"))
            assert last.data["words"]
            assert last.kind == "asked" or last.data["until"] >= NOW.astimezone(city.zone).date()


def overdue(story: Story, city: City) -> dt.timedelta:
    return NOW - city.targets(story.service_code, city.services[story.service_code]["department"]).resolve_by(
        story.opened_at
    )


def test_some_were_silent_until_a_review_closed_them(told):
    silent = [
        story
        for story in told
        if story.disposition == "not_worked"
        and not {one.kind for one in story.events} & {"assigned", "visited", "commented", "scheduled"}
    ]
    assert len(silent) > COUNT * 0.01
    waiting = [
        story
        for story in told
        if story.status in OPEN and {one.kind for one in story.events} <= {"submitted", "routed"}
    ]
    assert waiting
    assert all(NOW - story.opened_at < dt.timedelta(days=90) for story in waiting)


@pytest.mark.slow
def test_the_queue_is_alive_with_what_is_late_and_what_is_due_soon(all_told, city):
    due = Counter()
    for story in all_told:
        if story.status in OPEN:
            promise = city.targets(story.service_code, city.services[story.service_code]["department"])
            days = (promise.resolve_by(story.opened_at) - NOW) / dt.timedelta(days=1)
            due["late" if days < 0 else "today" if days < 1 else "tomorrow" if days < 2 else "later"] += 1
    assert min(due[when] for when in ("late", "today", "tomorrow", "later")) >= 8, due


def test_the_storm_brings_three_times_the_usual_and_other_services(told, figures, city):
    days = Counter(story.opened_at.astimezone(city.zone).date() for story in told)
    usual = sorted(days.values())[len(days) // 2]
    for ago in figures["storms"]["days_ago"]:
        day = NOW.astimezone(city.zone).date() - dt.timedelta(days=ago)
        assert days[day] >= 2.5 * usual
        stormy = [story for story in told if story.opened_at.astimezone(city.zone).date() == day]
        assert share(stormy, lambda story: story.service_code in WET) > 0.4


def test_seasons_show(told, city):
    months = {
        code: Counter(story.opened_at.astimezone(city.zone).month for story in told if story.service_code == code)
        for code in ("snowice", "pothole", "overgrown", "heat")
    }
    assert sum(months["snowice"][month] for month in range(5, 11)) == 0
    assert months["snowice"][1] > 60
    assert months["pothole"][3] > 2 * months["pothole"][8]
    assert months["overgrown"][7] > 5 * months["overgrown"][1]
    assert months["heat"][1] > 5 * months["heat"][7]


# --- What happens -----------------------------------------------------------------------------------------------------


def test_everything_that_happens_is_legal_in_its_order(told):
    for story in told:
        times = [one.at for one in story.events]
        assert times == sorted(times)
        assert story.events[0].kind == "submitted"
        assert story.events[0].at == story.opened_at
        try:
            assert status_after(story.events) == (story.status, story.disposition)
        except IllegalTransition as error:
            pytest.fail(f"{story.number} {story.service_code}: {error}")


def test_every_kind_of_happening_and_every_outcome_occurs(told):
    kinds = {one.kind for story in told for one in story.events}
    assert kinds >= {
        "submitted", "routed", "triaged", "transferred", "assigned", "accepted", "scheduled", "visited", "made_safe",
        "put_on_hold", "resumed", "asked", "answered", "commented", "note_added", "resolved", "handed_over", "merged",
        "duplicate_merged", "withdrawn", "reopened", "closed", "joined", "hidden",
    }  # fmt: skip
    assert {story.disposition for story in told} == {
        "", "fixed", "action_taken", "answered", "handed_over", "duplicate", "not_found", "cannot_do", "no_reply",
        "withdrawn", "not_worked", "removed",
    }  # fmt: skip
    assert any(story.after_warning for story in told)


def test_a_duplicate_names_an_earlier_report_of_the_same_service_which_knows_of_it(told):
    duplicates = [story for story in told if story.duplicate_of is not None]
    assert duplicates
    for story in duplicates:
        parent = told[story.duplicate_of]
        assert parent.number < story.number
        assert parent.service_code == story.service_code
        assert parent.duplicate_of is None
        assert story.number in [one.data["child"] for one in parent.events if one.kind == "duplicate_merged"]


def test_what_is_not_ours_is_handed_to_its_owner(told):
    owners = Counter(story.place.owner for story in told if story.place and story.place.owner)
    assert set(owners) == {"state-dot", "rwrr", "clp", "state-parks"}
    for story in told:
        if story.place and story.place.owner and story.disposition:
            assert story.disposition in ("handed_over", "duplicate", "not_worked", "fixed"), story


def test_reasons_are_the_catalogs_own(told):
    loaded = yaml.safe_load((RIVERMARK / "catalog.yaml").read_text())["reasons"]
    cannot = {one["code"] for one in loaded["cannot_do"]}
    hold = {one["code"] for one in loaded["hold"]}
    happened = [one for story in told for one in story.events]
    held = {one.data["reason"] for one in happened if one.kind == "put_on_hold"}
    refused = {one.data["reason"] for one in happened if one.data.get("disposition") == "cannot_do"}
    assert held
    assert held <= hold
    assert refused
    assert refused <= cannot


# --- Answers ----------------------------------------------------------------------------------------------------------


def test_required_questions_are_answered_with_options_that_exist(told, city):
    for story in told:
        questions = {one["code"]: one for one in city.services[story.service_code].get("questions") or []}
        assert set(story.answers) <= set(questions)
        for code, question in questions.items():
            condition = question.get("show_if") or {}
            asked = not condition or story.answers.get(condition["question"]) in condition["values"]
            if question.get("required") and asked:
                assert story.answers.get(code), (story.service_code, code)
            if code in story.answers and question["kind"] in ("single", "multi"):
                given = story.answers[code]
                options = {str(one["value"]) for one in question["options"]}
                assert set(given if isinstance(given, list) else [given]) <= options, (story.service_code, code, given)


def test_the_phrase_banks_answer_only_questions_that_the_catalog_asks(city):
    for code, service in city.services.items():
        questions = {one["code"]: one for one in service.get("questions") or []}
        bank = phrases.bank(code)
        for situation in bank["situations"]:
            given = dict(situation.get("answers") or {})
            for language in ("en", "es"):
                given |= (bank.get(language) or {}).get("answers") or {}
                given |= (situation.get(language) or {}).get("answers") or {}
            assert set(given) <= set(questions), (code, situation["name"])


def test_every_line_of_the_phrase_banks_can_be_said():
    for path in sorted(phrases.TEXTS.glob("*.yaml")):
        if path.stem == "_people":
            continue
        bank = phrases.bank(path.stem)
        parts = [bank.get("en"), bank.get("es")]
        parts += [one.get(language) for one in bank.get("situations", []) for language in ("en", "es")]
        for part in filter(None, parts):
            for block in part.values():
                if isinstance(block, str):
                    assert phrases.lines(block), path
