"""What a report's page says of what comes next, and what becomes of words that were written while it changed."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app import links
from requests_app.actions.following import followers
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.promises import typical_times
from requests_app.actions.publication import moderation
from requests_app.actions.work import conversation, endings, holds, merges, progress, reopenings
from requests_app.clock import app_now
from requests_app.models import AccessLink, Comment, Person, PublicState, ServiceRequest, Target
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_local_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.12")]

LANE = {"where": "lane"}
# "Thursday, June 3" or "Thursday, June 4, 8 a.m."
A_DATE = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day, [A-Z][a-z]+ \d+"
WORDS = "It is by the red gate."


@pytest.fixture
def pothole(cast: Rivermark) -> ServiceRequest:
    set_local_time(cast.city.zone, dt.date(2027, 6, 1), 10)
    return factories.routed(cast.pothole, "A deep hole.", answers=LANE)


def holder(service_request: ServiceRequest, person: Person | None = None) -> Client:
    """A client that opened a private link to the request: its reporter's, or that of `person`."""
    found = AccessLink.objects.filter(service_request=service_request).order_by("id")
    link = found.get(person=person) if person else found[0]
    client = Client()
    client.get(f"/l/{links.token(link)}/")
    return client


def page(client: Client, service_request: ServiceRequest, status: int = 200) -> str:
    answer = client.get(f"/r/{service_request.reference}/")
    assert answer.status_code == status
    return answer.content.decode()


def top(html: str) -> str:
    """From the status to what one can do, as it is read, without the day on which the status began."""
    shown = html[html.index('class="status-head') : html.index('id="can-do"')]
    return re.sub(r"<[^>]+>", " ", re.sub(r"<time .*?</time>", "", shown, flags=re.S))


# --- What comes next --------------------------------------------------------------------------------------------------


def nothing(cast: Rivermark, made: ServiceRequest) -> None:
    pass


def accepted(cast: Rivermark, made: ServiceRequest) -> None:
    progress.accept(made.pk, actor=cast.tom)


def planned(cast: Rivermark, made: ServiceRequest) -> None:
    progress.schedule(made.pk, on=dt.date(2027, 6, 3), actor=cast.tom)


def planned_and_past(cast: Rivermark, made: ServiceRequest) -> None:
    planned(cast, made)
    set_local_time(cast.city.zone, dt.date(2027, 6, 4), 10)


def made_safe(cast: Rivermark, made: ServiceRequest) -> None:
    progress.make_safe(made.pk, actor=cast.tom)


def held(cast: Rivermark, made: ServiceRequest) -> None:
    holds.hold(made.pk, reason="parts", until=dt.date(2027, 6, 9), actor=cast.tom)


def asked(cast: Rivermark, made: ServiceRequest) -> None:
    conversation.ask(made.pk, question="Which gate?", actor=cast.tom)


def reopened(cast: Rivermark, made: ServiceRequest) -> None:
    endings.resolve(made.pk, disposition="fixed", text="Done.", actor=cast.tom)
    reopenings.reopen(made.pk, text="No.", actor=made.participations.get().person)


@pytest.mark.shows("5.11")
@pytest.mark.parametrize(
    ("act", "says"),
    [
        (nothing, "Streets will review it by"),
        (accepted, "Target: fixed by"),
        (planned, "Scheduled for Thursday, June 3"),
        (made_safe, "Target: fixed by"),
        (held, "until Wednesday, June 9"),
        (asked, "until"),
        (reopened, "Streets will review it by"),
    ],
)
@pytest.mark.parametrize("who", ["reporter", "stranger"])
def test_there_is_exactly_one_next_date_whatever_happened(
    cast: Rivermark, pothole: ServiceRequest, act: Callable[[Rivermark, ServiceRequest], None], says: str, who: str
) -> None:
    act(cast, pothole)
    read = top(page(holder(pothole) if who == "reporter" else Client(), pothole))
    assert says in read
    assert len(re.findall(A_DATE, read)) == 1, read


def test_a_plan_whose_day_has_passed_is_followed_by_the_goal(cast: Rivermark, pothole: ServiceRequest) -> None:
    planned_and_past(cast, pothole)
    assert "Target: fixed by" in top(page(Client(), pothole))


@pytest.mark.parametrize("disposition", ["fixed", "not_found", "cannot_do", "answered"])
def test_what_has_ended_promises_and_forecasts_nothing(
    cast: Rivermark, pothole: ServiceRequest, disposition: str
) -> None:
    endings.resolve(pothole.pk, disposition=disposition, text="Done.", actor=cast.tom)
    read = top(page(Client(), pothole))
    assert not re.findall(A_DATE, read)
    assert "How long it usually takes" not in read
    assert "Our target" not in read


def ended(cast: Rivermark, count: int, *, days: int = 4, ago: int = 1) -> None:
    """So many ended so long ago, after so many days."""
    now = app_now()
    for _number in range(count):
        made = factories.report(cast.pothole, "old", answers=LANE, reporter=factories.NOBODY)
        done = now - dt.timedelta(days=ago)
        ServiceRequest.objects.filter(pk=made.pk).update(
            status="resolved", disposition="fixed", submitted_at=done - dt.timedelta(days=days), resolved_at=done
        )
    typical_times.record(cast.city)
    cache.clear()


@pytest.mark.shows("5.11")
def test_the_forecast_is_history_from_twenty_reports_of_ninety_days(cast: Rivermark, pothole: ServiceRequest) -> None:
    ended(cast, 17, days=4)
    ended(cast, 3, days=30)
    read = " ".join(top(page(Client(), pothole)).split())
    assert "How long it usually takes: 4 days or less for most reports (8 in 10), and 4 days or less for half." in read
    assert "Based on 21 reports in the last 90 days, finished or still open." in read
    assert "Our target" not in read


@pytest.mark.shows("5.11")
@pytest.mark.parametrize(("count", "ago"), [(19, 1), (40, 91)])
def test_with_too_few_or_too_old_ones_it_is_the_goal_and_called_one(
    cast: Rivermark, pothole: ServiceRequest, count: int, ago: int
) -> None:
    ended(cast, count, ago=ago)
    read = top(page(Client(), pothole))
    assert "Our target for this kind of report:" in read
    assert "This is a target, not a promise." in read
    assert "How long it usually takes" not in read


@pytest.mark.shows("5.11")
def test_reports_that_are_still_open_count(cast: Rivermark, pothole: ServiceRequest) -> None:
    """Of what was finished, 8 in 10 took 4 days; but as many again have been open for a month."""
    ended(cast, 30, days=4)
    for made in [
        factories.report(cast.pothole, "old", answers=LANE, reporter=factories.NOBODY) for _number in range(30)
    ]:
        ServiceRequest.objects.filter(pk=made.pk).update(submitted_at=app_now() - dt.timedelta(days=30))
    typical_times.record(cast.city)
    cache.clear()
    read = top(page(Client(), pothole))
    assert "8 in 10" not in read
    assert "Too many are still open to say how long most take." in read


@pytest.mark.parametrize(("days", "beside"), [(1, ""), (40, "Half are fixed within 40 days.")])
def test_what_is_usual_is_beside_a_target_that_most_miss(
    cast: Rivermark, pothole: ServiceRequest, days: int, beside: str
) -> None:
    progress.accept(pothole.pk, actor=cast.tom)
    ended(cast, 30, days=days)
    read = top(page(Client(), pothole))
    assert ("Target: fixed by" in read) is not beside
    assert beside in read


def test_with_neither_history_nor_goal_nothing_is_said(cast: Rivermark, pothole: ServiceRequest) -> None:
    Target.objects.update(valid_from=dt.datetime(2030, 1, 1, tzinfo=dt.UTC))
    read = top(page(Client(), pothole))
    assert "How long it usually takes" not in read
    assert "Our target" not in read


# --- Words that were written while the report changed -------------------------------------------------------------------


def write(client: Client, service_request: ServiceRequest, act: str, words: str = WORDS, status: int = 409) -> str:
    """Posts a form that was opened before the request changed."""
    path = f"/r/{service_request.reference}/{act}/"
    answer = client.post(path, {f"{act.replace('-', '_')}-words": words})
    assert answer.status_code == status, answer.content.decode()
    return answer.content.decode()


@pytest.mark.shows("A26")
def test_words_for_what_ended_meanwhile_stand_ready_to_open_it_again(cast: Rivermark, pothole: ServiceRequest) -> None:
    ana = holder(pothole)
    endings.resolve(pothole.pk, disposition="fixed", text="Done.", actor=cast.tom)
    html = write(ana, pothole, "add")
    assert "The report changed while you were typing." in html
    form = html[html.index("/not-fixed/") :]
    assert WORDS in form[: form.index("</form>")]
    assert not Comment.objects.filter(text=WORDS).exists()
    pothole.refresh_from_db()
    assert pothole.status == "resolved", "nobody asked for that"


def test_an_answer_to_a_wait_that_is_over_stands_ready_to_be_added(cast: Rivermark, pothole: ServiceRequest) -> None:
    ana = holder(pothole)
    conversation.ask(pothole.pk, question="Which gate?", actor=cast.tom)
    holds.resume(pothole.pk, actor=cast.tom)
    html = write(ana, pothole, "answer")
    form = html[html.index("/add/") :]
    assert WORDS in form[: form.index("</form>")]


def test_still_broken_of_what_another_opened_again_stands_ready_to_be_added(
    cast: Rivermark, pothole: ServiceRequest
) -> None:
    ben, _link = followers.join(pothole.pk, reporter=Reporter(), language="en")
    ana = holder(pothole)
    endings.resolve(pothole.pk, disposition="fixed", text="Done.", actor=cast.tom)
    reopenings.reopen(pothole.pk, text="Still there.", actor=ben)
    assert WORDS in write(ana, pothole, "not-fixed")
    pothole.refresh_from_db()
    assert pothole.reopened_count == 1


@pytest.mark.shows("5.15", "A25")
def test_on_day_31_the_words_are_given_back_with_the_way_to_report_anew(
    cast: Rivermark, pothole: ServiceRequest
) -> None:
    ana = holder(pothole)
    endings.resolve(pothole.pk, disposition="fixed", text="Done.", actor=cast.tom)
    ServiceRequest.objects.filter(pk=pothole.pk).update(resolved_at=app_now() - dt.timedelta(days=31))
    html = write(ana, pothole, "not-fixed")
    assert "Your message wasn’t sent" in html
    assert WORDS in html
    assert f"/r/{pothole.reference}/report-again/" in html
    pothole.refresh_from_db()
    assert pothole.status == "resolved"


def test_words_for_what_was_joined_meanwhile_go_to_the_report_that_is_worked_on(
    cast: Rivermark, pothole: ServiceRequest
) -> None:
    mine = factories.routed(cast.pothole, "The same hole.", answers=LANE)
    ana = holder(mine)
    merges.merge(mine.pk, parent=pothole, actor=cast.tom)
    answer = ana.post(f"/r/{mine.reference}/add/", {"add-words": WORDS}, follow=True)
    assert answer.status_code == 200
    assert Comment.objects.get(text=WORDS).service_request_id == pothole.pk
    html = answer.content.decode()
    assert WORDS in html[html.index("What’s happened so far") :], "and they read it on their own page"
    assert WORDS not in page(holder(pothole), pothole), "which is not the other reporter's to read"
    assert WORDS not in page(Client(), mine)


@pytest.mark.shows("A26")
@pytest.mark.parametrize("became", ["hidden", "erased", "gone"])
def test_words_for_what_nobody_may_read_any_more_are_given_back(
    cast: Rivermark, pothole: ServiceRequest, became: str
) -> None:
    ben, _link = followers.join(pothole.pk, reporter=Reporter(), language="en")
    bens = holder(pothole, ben)
    reference = pothole.reference
    if became == "hidden":
        moderation.hide(pothole.pk, reason="abuse", actor=cast.pia)
    elif became == "erased":
        ServiceRequest.objects.filter(pk=pothole.pk).update(public_state=PublicState.ERASED)
    else:
        # Never there: a stranger learns nothing from the page, which is the same.
        reference = "7K3M-9QWT"
    answer = bens.post(f"/r/{reference}/add/", {"add-words": WORDS})
    assert answer.status_code == 404
    html = answer.content.decode()
    assert WORDS in html
    assert "Your message wasn’t sent." in html
    assert "Call us:" in html
    assert not Comment.objects.filter(text=WORDS).exists()


def test_what_is_hidden_stays_open_to_its_reporter_who_can_add_to_it(cast: Rivermark, pothole: ServiceRequest) -> None:
    ana = holder(pothole)
    moderation.hide(pothole.pk, reason="personal_data", actor=cast.pia)
    answer = ana.post(f"/r/{pothole.reference}/add/", {"add-words": WORDS}, follow=True)
    assert WORDS in answer.content.decode()
    assert Comment.objects.filter(text=WORDS, service_request=pothole).exists()


def test_words_of_whoever_lost_their_link_are_given_back(pothole: ServiceRequest) -> None:
    html = write(Client(), pothole, "add", status=403)
    assert WORDS in html
    assert "open the private link in our email" in html


def test_markup_and_nonsense_in_words_that_come_back_are_only_words(cast: Rivermark, pothole: ServiceRequest) -> None:
    ana = holder(pothole)
    endings.resolve(pothole.pk, disposition="fixed", text="Done.", actor=cast.tom)
    html = write(ana, pothole, "add", words="</textarea><script>alert(1)</script> \x00 \u202e")
    assert "<script>alert" not in html
    assert "\u202e" not in html


# --- Said both ways ---------------------------------------------------------------------------------------------------


def test_words_go_both_ways_and_each_reads_what_is_theirs(cast: Rivermark, pothole: ServiceRequest) -> None:
    ben, _link = followers.join(pothole.pk, reporter=Reporter(), language="en")
    ana, bens, anybody = holder(pothole), holder(pothole, ben), Client()
    conversation.comment(pothole.pk, text="We look on Friday.", actor=cast.tom)
    ana.post(f"/r/{pothole.reference}/add/", {"add-words": "Words of Ana."})
    bens.post(f"/r/{pothole.reference}/add/", {"add-words": "Words of Ben."})
    for client, own, other in ((ana, "Words of Ana.", "Words of Ben."), (bens, "Words of Ben.", "Words of Ana.")):
        html = page(client, pothole)
        assert "We look on Friday." in html
        assert own in html
        assert other not in html
        assert html.count("You sent us a message") == 1
        assert html.count("A resident sent us a message") == 1
    html = page(anybody, pothole)
    assert "We look on Friday." in html
    assert "Words of" not in html
    assert html.count("A resident sent us a message") == 2


# --- Unsubscribing ----------------------------------------------------------------------------------------------------


def test_a_follower_of_what_turned_private_can_still_stop_its_mails(cast: Rivermark, pothole: ServiceRequest) -> None:
    ben, link = followers.join(pothole.pk, reporter=Reporter(email="ben@example.org"), language="en")
    moderation.hide(pothole.pk, reason="abuse", actor=cast.pia)
    path = f"/l/{links.token(link)}/stop/"
    assert Client(enforce_csrf_checks=True).post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert ben.participations.get().unsubscribed_at is not None


def test_the_way_out_of_a_report_that_is_erased_says_that_it_is_over(cast: Rivermark, pothole: ServiceRequest) -> None:
    path = f"/l/{links.token(AccessLink.objects.get(service_request=pothole))}/stop/"
    ServiceRequest.objects.filter(pk=pothole.pk).update(public_state=PublicState.ERASED)
    for answer in (Client().get(path), Client().post(path), Client().post("/l/1-nonsense/stop/")):
        assert answer.status_code == 404
        html = answer.content.decode()
        assert "This link doesn’t work anymore" in html
        assert "call us" in html
        assert pothole.display_reference not in html
