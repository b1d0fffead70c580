"""The tracking page: what everybody reads, what only a private link opens, and what one can do with it."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client

from requests_app import links, photos, references
from requests_app.actions.contacts import contacts
from requests_app.actions.following import followers
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.promises import typical_times
from requests_app.actions.publication import moderation, publication
from requests_app.actions.report import submission
from requests_app.actions.work import conversation, endings, merges, progress, reopenings
from requests_app.actions.work.assignment import change_service
from requests_app.clock import app_now
from requests_app.models import AccessLink, Comment, ListedReason, Participation, Photo, ServiceRequest
from requests_app.rules.publication.publication import Words
from requests_app.web.request.track import masked
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db

LANE = {"where": "lane", "damage": "a bent rim"}
NOTED = submission.Place(factories.at(), "12 Elm St", "by the bus stop", "address", 1.0)


@pytest.fixture
def pothole(cast: Rivermark) -> ServiceRequest:
    return factories.routed(cast.pothole, "A deep hole.", answers=LANE, place=NOTED)


def page(client: Client, service_request: ServiceRequest, status: int = 200, prefix: str = "") -> str:
    answer = client.get(f"{prefix}/r/{service_request.reference}/")
    assert answer.status_code == status
    return answer.content.decode()


def link_of(service_request: ServiceRequest) -> AccessLink:
    return AccessLink.objects.filter(service_request=service_request).order_by("id")[0]


@pytest.fixture
def ana(client: Client, pothole: ServiceRequest) -> Client:
    """Ana's browser after she pressed her private link."""
    client.get(f"/l/{links.token(link_of(pothole))}/")
    return client


def do(client: Client, service_request: ServiceRequest, act: str, **data: Any) -> str:
    answer = client.post(f"/r/{service_request.reference}/{act}/", data, follow=True)
    return str(answer.content.decode())


# --- Who may read it --------------------------------------------------------------------------------------------------


def test_everybody_reads_a_public_request_and_nothing_private_of_it(client: Client, pothole: ServiceRequest) -> None:
    conversation.note(pothole.pk, text="internal words", actor=factories.User.objects.get(name="Tom"))
    html = page(client, pothole)
    for shown in ("A deep hole.", "12 Elm St", "Lane", "Sent to Streets", pothole.display_reference):
        assert shown in html
    for kept in ("a bent rim", "by the bus stop", "Ana Ortiz", "example.org", "internal words", "Tom", "/answer/"):
        assert kept not in html


@pytest.mark.parametrize("kind", ["private", "hidden", "unknown", "no reference", "erased"])
def test_a_stranger_gets_one_page_for_all_that_is_not_theirs(cast: Rivermark, client: Client, kind: str) -> None:
    made = factories.report(cast.outreach if kind == "private" else cast.tree, "secret words")
    if kind == "hidden":
        moderation.hide(made.pk, reason="abuse", actor=cast.pia)
    if kind == "erased":
        ServiceRequest.objects.update(public_state="erased")
    reference = {"unknown": "00000000", "no reference": "nothing"}.get(kind, made.reference)
    answer = client.get(f"/r/{reference}/")
    assert answer.status_code == 404
    html = answer.content.decode()
    assert "We couldn’t find this report" in html
    assert "secret words" not in html
    assert f'value="{reference}"' in html, "what was typed is kept"
    for act in ("answer", "add", "not-fixed", "withdraw", "unsubscribe"):
        assert client.post(f"/r/{reference}/{act}/", {"sure": "1"}).status_code == 404


def test_only_the_reporter_of_a_coarse_report_reads_which_thing_of_the_city_it_is(
    cast: Rivermark, client: Client
) -> None:
    """Its number is as good as the exact place."""
    made = factories.routed(factories.service(cast.city, "rodent", visibility="coarse"), "Rats.")
    ServiceRequest.objects.filter(pk=made.pk).update(asset=factories.asset(cast.city, "L00417"))
    html = page(client, made)
    assert "Rats." in html
    assert "L00417" not in html
    client.get(f"/l/{links.token(link_of(made))}/")
    assert "Street light L00417" in page(client, made)


def test_the_private_link_opens_a_private_request_by_a_cookie_bound_to_its_page(
    cast: Rivermark, client: Client
) -> None:
    made = factories.report(cast.outreach, "Someone sleeps outside", place=NOTED)
    answer = client.get(f"/l/{links.token(link_of(made))}/")
    assert (answer.status_code, answer["Location"]) == (302, f"/r/{made.reference}/")
    assert "no-store" in answer["Cache-Control"]
    cookies = [one for one in answer.cookies.values() if one.key == links.COOKIE]
    assert {one["path"] for one in cookies} == {f"/r/{made.reference}/", f"/es/r/{made.reference}/"}
    assert all(one["httponly"] and one["samesite"] == "Lax" for one in cookies)
    answer = client.get(f"/r/{made.reference}/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    html = answer.content.decode()
    for shown in ("Someone sleeps outside", "12 Elm St", "by the bus stop", "Only you and the city can see this."):
        assert shown in html
    assert "ana@example.org" not in html
    assert "a…@example.org" in html


@pytest.mark.shows("A8", "11.7")
@pytest.mark.parametrize("token", ["1-aaaaaaaaaaaaaaaaaaaaaaaaaa", "nonsense", "999999999999999999999-x", "١-a", "-"])
def test_a_wrong_link_is_the_same_404_as_an_unknown_reference(
    client: Client, pothole: ServiceRequest, token: str
) -> None:
    for path, words in (("", "We couldn’t find this report"), ("stop/", "This link doesn’t work anymore")):
        answer = client.get(f"/l/{token}/{path}")
        assert answer.status_code == 404
        assert words in answer.content.decode()
    assert client.post(f"/l/{token}/stop/").status_code == 404


def test_a_withdrawn_or_expired_link_opens_nothing(client: Client, pothole: ServiceRequest) -> None:
    link = link_of(pothole)
    token = links.token(link)
    AccessLink.objects.update(generation=2)
    assert client.get(f"/l/{token}/").status_code == 404
    AccessLink.objects.update(generation=1, expires_at=app_now() - dt.timedelta(hours=1))
    assert client.get(f"/l/{token}/").status_code == 404


def test_the_link_of_a_report_that_waits_for_its_email_opens_nothing(cast: Rivermark, client: Client) -> None:
    waiting = factories.submitted(factories.service(cast.city, "swings", must_confirm=True)).link
    assert waiting is not None
    for path in ("", "stop/"):
        assert client.get(f"/l/{links.token(waiting)}/{path}").status_code == 404
    assert links.COOKIE not in client.cookies


def test_one_requests_cookie_opens_no_other(cast: Rivermark, ana: Client) -> None:
    private = factories.report(cast.outreach, "Someone")
    page(ana, private, 404)


def test_another_citys_link_opens_nothing_here(cast: Rivermark, client: Client) -> None:
    elsewhere = factories.jurisdiction("Elsewhere", hosts=["elsewhere.example"])
    type(cast.city).objects.filter(pk=cast.city.pk).update(hosts=["testserver"])
    made = factories.report(factories.service(elsewhere, "pothole"))
    assert client.get(f"/l/{links.token(link_of(made))}/").status_code == 404
    page(client, made, 404)


def test_who_only_joined_reads_what_everybody_reads_and_nothing_once_it_is_private(
    cast: Rivermark, client: Client, pothole: ServiceRequest
) -> None:
    _person, link = followers.join(pothole.pk, reporter=Reporter(email="tia@example.org"), language="en")
    conversation.ask(pothole.pk, question="Which gate?", actor=cast.tom)
    client.get(f"/l/{links.token(link)}/")
    html = page(client, pothole)
    for kept in ("a bent rim", "by the bus stop", "Which gate?"):
        assert kept not in html
    change_service(pothole.pk, version=cast.outreach, actor=cast.tom)
    page(client, pothole, 404)


def test_staff_who_may_see_it_are_led_to_where_they_work(cast: Rivermark, client: Client) -> None:
    private = factories.routed(cast.outreach, "Someone")
    client.force_login(cast.tom)
    assert client.get(f"/r/{private.reference}/")["Location"] == f"/staff/r/{private.reference}/"
    client.force_login(cast.pia)
    page(client, private, 404)


@pytest.mark.shows("11.7")
def test_any_spelling_of_the_reference_leads_to_one_address(client: Client, pothole: ServiceRequest) -> None:
    spoken = pothole.display_reference.lower()
    assert client.get(f"/r/{spoken}/")["Location"] == f"/r/{pothole.reference}/"


# --- What it says -----------------------------------------------------------------------------------------------------


@pytest.mark.shows("3.5")
def test_it_says_who_acts_next_and_by_when(client: Client, cast: Rivermark, pothole: ServiceRequest) -> None:
    assert "Streets will review it by" in page(client, pothole)
    progress.accept(pothole.pk, actor=cast.tom)
    html = page(client, pothole)
    assert "In progress" in html
    assert "Target: fixed by" in html
    assert "Streets will review it" not in html, "one next date only"


@pytest.mark.shows("3.5")
def test_the_order_of_the_page(ana: Client, cast: Rivermark, pothole: ServiceRequest) -> None:
    html = page(ana, pothole)
    marks = [
        "status-head",
        "next-step",
        "Our target for this kind",
        "What you can do",
        "What’s happened so far",
        "Your report",
    ]
    marks.append("How to get help")
    positions = [html.index(mark) for mark in marks]
    assert positions == sorted(positions)


@pytest.mark.shows("A23")
def test_the_timeline_is_newest_first_in_departments_words(
    client: Client, cast: Rivermark, pothole: ServiceRequest
) -> None:
    progress.accept(pothole.pk, actor=cast.tom)
    progress.schedule(pothole.pk, on=dt.date(2027, 6, 3), actor=cast.tom)
    conversation.comment(pothole.pk, text="We come on Thursday.", actor=cast.tom)
    endings.resolve(pothole.pk, disposition="fixed", text="Filled with hot mix.", actor=cast.tom, visited=True)
    html = page(client, pothole)
    timeline = html[html.index("What’s happened so far") :]
    told = [
        "Filled with hot mix.",
        "We come on Thursday.",
        "Scheduled for Thursday, June 3",
        "Work has started",
        "Sent to Streets",
        "We got the report",
    ]
    positions = [timeline.index(words) for words in told]
    assert positions == sorted(positions)
    assert "Tom" not in html
    assert re.search(r"<h1>Fixed</h1>", html)
    assert "Visited" in html


def test_a_remote_ending_says_that_it_was_done_from_the_office(
    client: Client, cast: Rivermark, pothole: ServiceRequest
) -> None:
    endings.resolve(pothole.pk, disposition="answered", text="See page 2.", actor=cast.tom, visited=False)
    assert "Handled from the office" in page(client, pothole)


def test_who_did_not_say_whether_they_went_is_not_told_to_have_stayed(
    client: Client, cast: Rivermark, pothole: ServiceRequest
) -> None:
    endings.resolve(pothole.pk, disposition="fixed", text="Done.", actor=cast.tom)
    html = page(client, pothole)
    assert "Handled from the office" not in html
    assert "Visited" not in html


def test_what_we_cannot_do_says_where_to_appeal(client: Client, cast: Rivermark, pothole: ServiceRequest) -> None:
    ListedReason.objects.create(
        jurisdiction=cast.city,
        kind="cannot_do",
        code="private",
        words={"en": "the ground is private."},
        appeal={"en": "Write to the clerk within 30 days."},
    )
    endings.resolve(pothole.pk, disposition="cannot_do", reason="private", text="", actor=cast.tom)
    html = page(client, pothole)
    assert "We can’t do this because the ground is private." in html
    assert "Write to the clerk within 30 days." in html


def test_what_is_usual_comes_from_enough_reports(client: Client, cast: Rivermark, pothole: ServiceRequest) -> None:
    now = app_now()
    for number in range(20):
        made = factories.report(cast.pothole, "old", answers=LANE, reporter=factories.NOBODY)
        taken = dt.timedelta(days=2 if number < 10 else 5)
        ServiceRequest.objects.filter(pk=made.pk).update(
            status="resolved", disposition="fixed", submitted_at=now - taken, resolved_at=now
        )
    typical_times.record(cast.city)
    html = page(client, pothole)
    assert "5 days or less for most reports (8 in 10), and 2 days or less for half." in html
    assert "Based on 21 reports in the last 90 days, finished or still open." in html


def test_user_text_carries_the_language_it_was_written_in(client: Client, cast: Rivermark) -> None:
    made = factories.routed(cast.pothole, "Un hoyo hondo.", answers=LANE, language="es")
    conversation.comment(made.pk, text="We come soon.", actor=cast.tom)
    html = page(client, made)
    assert 'lang="es" dir="auto">Un hoyo hondo.' in html
    html = page(client, made, prefix="/es")
    assert 'lang="en" dir="auto">We come soon.' in html
    assert "Bache" in html


def test_a_joined_report_shows_the_status_of_the_earlier_one(
    cast: Rivermark, client: Client, pothole: ServiceRequest
) -> None:
    mine = factories.routed(cast.pothole, "The same hole.", answers=LANE)
    merges.merge(mine.pk, parent=pothole, actor=cast.tom)
    progress.accept(pothole.pk, actor=cast.tom)
    html = page(client, mine)
    assert "<h1>In progress</h1>" in html
    assert pothole.display_reference in html
    assert "2 people are affected." in html
    assert "The same hole." in html
    assert "A deep hole." not in html
    assert html.count("Sent to Streets") == 1, "what was before the reader's own report is not their story"


def test_a_joined_report_tells_nothing_of_one_that_is_hidden(
    cast: Rivermark, client: Client, pothole: ServiceRequest
) -> None:
    mine = factories.routed(cast.pothole, "The same hole.", answers=LANE)
    merges.merge(mine.pk, parent=pothole, actor=cast.tom)
    progress.schedule(pothole.pk, on=dt.date(2027, 6, 3), actor=cast.tom)
    moderation.hide(pothole.pk, reason="abuse", actor=cast.pia)
    html = page(client, mine)
    assert "Combined with an earlier report" in html
    assert "June 3" not in html
    assert pothole.display_reference not in html


def test_you_is_only_said_to_the_reporter(cast: Rivermark, ana: Client, pothole: ServiceRequest) -> None:
    stranger = Client()
    conversation.ask(pothole.pk, question="Which gate?", actor=cast.tom)
    assert "your answer" in page(ana, pothole)
    assert "your answer" not in page(stranger, pothole)
    endings.withdraw(pothole.pk, actor=link_of(pothole).person)
    assert "You withdrew this report" in page(ana, pothole)
    assert "You withdrew this report" not in page(stranger, pothole)


def test_photos_that_are_private_are_the_reporters_alone(cast: Rivermark, client: Client) -> None:
    import io

    made = factories.report(cast.outreach, "Someone")
    content = factories.jpeg()
    taken = photos.store_upload(
        io.BytesIO(content), size=len(content), jurisdiction=cast.city, service_request=made, alt="A tent"
    )
    own = f"/r/{made.reference}/photos/{taken.name}-small.jpg"
    assert client.get(own).status_code == 404
    client.get(f"/l/{links.token(link_of(made))}/")
    assert own in page(client, made)
    assert 'alt="A tent"' in page(client, made)
    assert client.get(own).status_code == 200
    Photo.objects.update(hidden_at=app_now())
    assert client.get(own).status_code == 404


# --- What one can do --------------------------------------------------------------------------------------------------


def test_only_a_post_with_the_link_acts(ana: Client, pothole: ServiceRequest) -> None:
    for act in ("answer", "add", "not-fixed", "withdraw", "unsubscribe"):
        # The form, or a page that says why there is none.
        assert ana.get(f"/r/{pothole.reference}/{act}/", follow=True).status_code == 200, act
        assert Client().get(f"/r/{pothole.reference}/{act}/").status_code == 403, act
        answer = Client().post(f"/r/{pothole.reference}/{act}/", {"sure": "1", "add-words": "x"})
        assert answer.status_code == 403
    assert not Comment.objects.exists()
    pothole.refresh_from_db()
    assert pothole.status == "routed"


def test_a_forged_act_is_refused(ana: Client, pothole: ServiceRequest) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ana.cookies
    assert strict.post(f"/r/{pothole.reference}/withdraw/", {"sure": "1"}).status_code == 403


def test_the_reporter_adds_something_that_staff_read_and_the_public_does_not(
    ana: Client, pothole: ServiceRequest
) -> None:
    html = do(ana, pothole, "add", **{"add-words": "It grew."})
    assert "The team working on it will read your message." in html
    assert "It grew." in html
    assert "It grew." not in page(Client(), pothole)
    pothole.refresh_from_db()
    assert pothole.has_new_answer


@pytest.mark.shows("5.14")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("Now I smell gas here.", "If anyone is in danger now, call 911."),
        ("Ahora huele a gas.", "If anyone is in danger now, call 911."),
        ("It grew.", ""),
    ],
)
def test_words_of_danger_that_are_added_are_sent_and_say_whom_to_call(
    ana: Client, pothole: ServiceRequest, words: str, said: str
) -> None:
    html = do(ana, pothole, "add", **{"add-words": words})
    assert words in html
    assert ("usa-alert--error" in html) == bool(said)
    assert said in html


def test_after_words_of_distress_the_page_says_once_who_helps_and_who_reads_it(
    ana: Client, pothole: ServiceRequest
) -> None:
    html = do(ana, pothole, "add", **{"add-words": "I want to die."})
    for words in ("Call or text 988", "Only the city can read this.", "We may not read your message right away."):
        assert html.count(words) == 1, words


def test_after_distress_in_a_photo_the_page_says_who_helps(ana: Client, pothole: ServiceRequest) -> None:
    words = "My bruises after my boyfriend hit me again"
    Photo.objects.create(
        jurisdiction=pothole.jurisdiction, service_request=pothole, name="shown", alt=words, width=4, height=3
    )
    publication.screen_later_words(pothole, Words(told=words))
    html = page(ana, pothole)
    assert "1-800-799-7233" in html
    assert "data-quick-exit" in html


def test_an_empty_or_endless_addition_is_told_and_kept(ana: Client, pothole: ServiceRequest) -> None:
    answer = ana.post(f"/r/{pothole.reference}/add/", {"add-words": "  "})
    assert answer.status_code == 422
    assert "Write something first." in answer.content.decode()
    answer = ana.post(f"/r/{pothole.reference}/add/", {"add-words": "y" * 3000})
    assert answer.status_code == 422
    assert "Use 2000 characters or fewer. You have 3000." in answer.content.decode()
    assert "y" * 3000 in answer.content.decode()
    assert not Comment.objects.exists()


def test_the_reporter_reads_neither_notes_nor_what_others_who_joined_said(
    ana: Client, cast: Rivermark, pothole: ServiceRequest
) -> None:
    person, _link = followers.join(pothole.pk, reporter=Reporter(), language="en")
    conversation.note(pothole.pk, text="internal words", actor=cast.tom)
    endings.resolve(pothole.pk, disposition="fixed", text="Done.", actor=cast.tom)
    reopenings.reopen(pothole.pk, text="words of a neighbor", actor=person)
    html = page(ana, pothole)
    assert "Reopened" in html
    assert "internal words" not in html
    assert "words of a neighbor" not in html


def test_an_answer_goes_on_with_the_work(ana: Client, cast: Rivermark, pothole: ServiceRequest) -> None:
    conversation.ask(pothole.pk, question="Which gate?", actor=cast.tom)
    html = page(ana, pothole)
    assert "Which gate?" in html
    assert "Which gate?" not in page(Client(), pothole)
    do(ana, pothole, "answer", **{"answer-words": "The north one"})
    pothole.refresh_from_db()
    assert pothole.status == "routed"
    assert Comment.objects.get(kind="answer").text == "The north one"
    assert "/answer/" not in page(ana, pothole)


def test_still_broken_opens_it_again_under_the_same_number(
    ana: Client, cast: Rivermark, pothole: ServiceRequest
) -> None:
    endings.resolve(pothole.pk, disposition="fixed", text="Done.", actor=cast.tom)
    assert "It’s not fixed" in page(ana, pothole)
    html = do(ana, pothole, "not-fixed", **{"not_fixed-words": ""})
    assert "Your report is open again." in html
    pothole.refresh_from_db()
    assert (pothole.status, pothole.reopened_count) == ("routed", 1)


def move_back(service_request: ServiceRequest, **ago: int) -> None:
    ServiceRequest.objects.filter(pk=service_request.pk).update(resolved_at=app_now() - dt.timedelta(**ago))


@pytest.mark.shows("A25")
@pytest.mark.parametrize(
    ("disposition", "days", "may"),
    [("fixed", 29, True), ("fixed", 31, False), ("not_found", 13, True), ("not_found", 15, False)],
)
def test_for_how_long_it_can_be_opened_again(
    ana: Client, cast: Rivermark, pothole: ServiceRequest, disposition: str, days: int, may: bool
) -> None:
    endings.resolve(pothole.pk, disposition=disposition, text="Done.", actor=cast.tom)
    move_back(pothole, days=days)
    assert ("It’s not fixed" in page(ana, pothole)) == may
    do(ana, pothole, "not-fixed", **{"not_fixed-words": "look again"})
    pothole.refresh_from_db()
    assert (pothole.status == "routed") == may


@pytest.mark.shows("A25")
def test_who_joined_says_still_broken_of_the_earlier_report(
    cast: Rivermark, client: Client, pothole: ServiceRequest
) -> None:
    mine = factories.routed(cast.pothole, "The same hole.", answers=LANE)
    merges.merge(mine.pk, parent=pothole, actor=cast.tom)
    endings.resolve(pothole.pk, disposition="fixed", text="Done.", actor=cast.tom)
    client.get(f"/l/{links.token(link_of(mine))}/")
    do(client, mine, "not-fixed", **{"not_fixed-words": "Not filled."})
    pothole.refresh_from_db()
    mine.refresh_from_db()
    assert pothole.status == "routed"
    assert mine.duplicate_of_id == pothole.pk


def test_taking_it_back_asks_once_more_and_ends_it(ana: Client, pothole: ServiceRequest) -> None:
    assert "Do you want to withdraw your report?" in do(ana, pothole, "withdraw")
    pothole.refresh_from_db()
    assert pothole.status == "routed"
    said = do(ana, pothole, "withdraw", sure="1")
    pothole.refresh_from_db()
    assert pothole.disposition == "withdrawn"
    # Nobody said that it was fixed.
    assert "<summary>Reopen</summary>" in said
    assert "Why are you reopening it?" in said
    assert "not fixed" not in said
    assert "still wrong" not in said


def test_a_block_and_an_area_are_named_in_the_readers_language(cast: Rivermark) -> None:
    factories.area(cast.city)
    rats = factories.routed(factories.service(cast.city, "rodent", visibility="coarse"), "Rats.", address="112 Elm St")
    own = f"/es/r/{rats.reference}/"
    for path in ("/es/requests/", "/es/map/list/", own, f"{own}me-too/", "/es/requests/feed/"):
        page = Client().get(path).content.decode()
        assert "cuadra 100 de elm st" in page.lower(), path
        assert "block of" not in page, path
    assert "Distrito 5" in Client().get(f"/es/r/{rats.reference}/").content.decode()
    assert "100 block of Elm St" in Client().get(f"/r/{rats.reference}/").content.decode()


def test_what_was_taken_back_is_opened_again_by_its_reporter_alone(
    ana: Client, cast: Rivermark, pothole: ServiceRequest
) -> None:
    _person, link = followers.join(pothole.pk, reporter=Reporter(), language="en")
    bens = Client()
    bens.get(f"/l/{links.token(link)}/")
    do(ana, pothole, "withdraw", sure="1")
    assert "It’s not fixed" not in page(bens, pothole)
    for client, status in ((bens, "resolved"), (ana, "routed")):
        do(client, pothole, "not-fixed", **{"not_fixed-words": "It is still there."})
        pothole.refresh_from_db()
        assert pothole.status == status


def test_who_joined_cannot_take_it_back(client: Client, pothole: ServiceRequest) -> None:
    _person, link = followers.join(pothole.pk, reporter=Reporter(), language="en")
    client.get(f"/l/{links.token(link)}/")
    assert "Withdraw report" not in page(client, pothole)
    assert "You can’t do this anymore." in do(client, pothole, "withdraw", sure="1")
    pothole.refresh_from_db()
    assert pothole.status == "routed"


def test_mails_stop_from_the_page(ana: Client, pothole: ServiceRequest) -> None:
    assert "Unsubscribe" in page(ana, pothole)
    do(ana, pothole, "unsubscribe")
    assert Participation.objects.get().unsubscribed_at is not None
    assert "Unsubscribe" not in page(ana, pothole)


def test_mails_stop_by_the_mail_programs_one_click_and_not_by_looking(pothole: ServiceRequest) -> None:
    strict = Client(enforce_csrf_checks=True)
    path = f"/l/{links.token(link_of(pothole))}/stop/"
    assert "Unsubscribe" in strict.get(path).content.decode()
    assert Participation.objects.get().unsubscribed_at is None
    assert strict.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Participation.objects.get().unsubscribed_at is not None


def test_what_cannot_be_done_any_more_is_said(ana: Client, cast: Rivermark, pothole: ServiceRequest) -> None:
    endings.resolve(pothole.pk, disposition="fixed", text="Done.", actor=cast.tom)
    assert "You can’t do this anymore." in do(ana, pothole, "withdraw", sure="1")
    assert "Your message hasn’t been sent yet" in do(ana, pothole, "add", **{"add-words": "more"})
    assert not Comment.objects.filter(kind="answer").exists()


@pytest.mark.parametrize(("value", "shown"), [("ana@example.org", "a…@example.org"), ("(555) 010-0199 ext. 4", "…94")])
def test_contacts_are_never_shown_in_full(value: str, shown: str) -> None:
    assert masked(value) == shown


# --- Looking a report up ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change", [str.lower, lambda text: text.replace("0", "O"), lambda text: f" {text[:4]} {text[5:]} "]
)
def test_a_reference_is_found_however_it_is_typed(client: Client, pothole: ServiceRequest, change: Any) -> None:
    answer = client.get("/find/", {"reference": change(pothole.display_reference)}, follow=True)
    assert answer.request["PATH_INFO"] == f"/r/{pothole.reference}/"
    assert answer.status_code == 200


def test_a_contacts_number_shows_what_is_public_of_it_and_says_nothing_else(
    client: Client, cast: Rivermark, pothole: ServiceRequest
) -> None:
    beside = factories.lakeside()
    with_public, private, other_city = (
        contacts.start(city, taker=cast.cal, caller_number="617-555-0142")
        for city in (cast.city, cast.city, beside.city)
    )
    secret = factories.report(cast.outreach, "SECRET-WORDS")
    theirs = factories.report(beside.pothole)
    for contact, about in ((with_public, pothole), (with_public, secret), (private, secret), (other_city, theirs)):
        contacts.change(contact, note="SECRET-NOTE")
        contacts.link(contact, about)

    def page(number: str) -> str:
        answer = client.get("/find/", {"reference": number})
        assert (answer.status_code, answer["Cache-Control"]) == (200, "private, no-store")
        assert not any(
            one in answer.content.decode() for one in ("SECRET", "617-555", secret.reference, theirs.reference)
        )
        return re.sub(r"C-?\d{4}-?\d{4}|[?&]reference=[^\"]*", "", answer.content.decode())

    shown = references.display_contact(with_public.number)
    assert f"/r/{pothole.reference}/" in page(f" {shown.lower()} ")
    # Nothing says whether there is such a contact.
    unknown = page("C-0000-0000")
    assert "Call us and give us the number" in unknown
    assert page(private.number) == page(other_city.number) == unknown
    assert 'content="noindex"' in unknown


@pytest.mark.parametrize("typed", ["7K3M-9QW", "hello there", "7K3M-9QWTT", "x" * 5000, ""])
def test_a_typo_is_told_and_kept(client: Client, cast: Rivermark, typed: str) -> None:
    answer = client.get("/find/", {"reference": typed})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert typed in html
    assert "report number" in html


def test_looking_up_too_often_waits(client: Client, pothole: ServiceRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    from requests_app.web.request import track

    monkeypatch.setattr(track, "LOOKUPS_AN_HOUR", 2)
    page(client, pothole)
    page(client, pothole)
    page(client, pothole, 429)


def test_a_whole_library_may_look_up_reports_but_not_guess_numbers(
    client: Client, pothole: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    from requests_app.web.request import track

    assert track.LOOKUPS_AN_HOUR >= 3000
    monkeypatch.setattr(track, "WRONG_NUMBERS_AN_HOUR", 2)
    statuses = [client.get(f"/r/7K3M9QW{letter}/").status_code for letter in "ACDE"]
    assert statuses == [404, 404, 429, 429]
    page(client, pothole)
