"""Articles as staff find and read them, and saying that one is wrong until it's mended."""

import datetime as dt
import html
from collections.abc import Callable
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from requests_app.actions.answers import articles
from requests_app.actions.shared.search_index import index_catalog
from requests_app.clock import app_now
from requests_app.models import Article, ArticleProblem, StaffNotice, UnansweredSearch
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.2")]
Read = Callable[[Any], str]
PATH = "/staff/articles/"


@pytest.fixture
def text_of() -> Read:
    """What a person reads of a response."""
    return lambda response: " ".join(html.unescape(strip_tags(response.content.decode())).split())


@pytest.fixture
def article(cast: Rivermark) -> Article:
    article = factories.article(
        cast.city, "bait", "Rodent bait boxes", "Call the yard.\n\nBefore 3.", cast.pothole, owner=cast.pia,
        script={"en": "I can send a crew."}, note={"en": "Ask for Lou."},
    )  # fmt: skip
    article.title["es"] = article.body["es"] = "Cebo para roedores"
    article.save()
    inside = factories.article(cast.city, "inside", "Keys of the shed", audience="departments")
    inside.departments.add(cast.parks)
    index_catalog(cast.city)
    return article


def client_of(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_somebody_who_answers_finds_what_to_say(cast: Rivermark, article: Article, text_of: Read) -> None:
    cal = client_of(cast.cal)
    for query in ({"q": "rodent bait"}, {"service": "pothole"}):
        text = text_of(cal.get(PATH, query))
        for part in ("Call the yard.", "Say this I can send a crew.", "Only for staff Ask for Lou.", "Streets"):
            assert part in text
        assert "Before 3." not in text
    text = text_of(cal.get(f"{PATH}bait/"))
    assert "Before 3." in text
    assert "Version 1" in text
    assert "No article answers this yet." in text_of(cal.get(PATH, {"q": "hovercraft eels"}))
    assert UnansweredSearch.objects.get().words == "hovercraft eels"


def test_an_article_of_a_department_is_found_by_its_people_and_by_who_writes(cast: Rivermark, article: Article) -> None:
    for user, status in ((cast.pia, 200), (cast.ada, 200), (cast.cal, 404), (cast.tom, 404)):
        assert client_of(user).get(f"{PATH}inside/").status_code == status, user
        assert client_of(user).post(f"{PATH}inside/wrong/").status_code == (302 if status == 200 else 404)


def test_who_says_that_it_is_wrong_tells_its_owner_once_and_marks_it_until_it_is_mended(
    cast: Rivermark, article: Article, text_of: Read
) -> None:
    cal = client_of(cast.cal)
    other = factories.article(cast.city, "other", "Other bait", "No.")
    index_catalog(cast.city)
    for text in ("It is before 2.", ""):
        cal.post(f"{PATH}bait/wrong/", {"text": text})
    tasks.drain("outside")
    [email] = mail.outbox
    assert email.to == [cast.pia.email]
    assert "“It is before 2.”" in email.body
    assert f"{cast.cal.name} says that version 1" in " ".join(email.body.split())
    # No permission to edit: its page as staff read it.
    assert "/staff/articles/bait/" in email.body
    assert StaffNotice.objects.get().user == cast.pia
    assert "wrong" in text_of(client_of(cast.pia).get("/staff/notices/"))
    assert "Said to be wrong" in text_of(cal.get(PATH, {"q": "rodent bait"}))
    assert "Said to be wrong" not in text_of(cal.get(f"{PATH}{other.code}/"))
    assert "It is before 2." in text_of(client_of(cast.pia).get(f"{PATH}bait/"))
    assert StaffNotice.objects.get().read_at is not None
    articles.save_draft(
        article.pk,
        {**articles.draft_of(article), "note": {}},
        owner=cast.pia,
        review_on=None,
        seen=None,
        actor=cast.ada,
    )
    articles.publish(article.pk, actor=cast.ada)
    assert "Said to be wrong" not in text_of(cal.get(PATH, {"q": "rodent bait"}))
    assert ArticleProblem.objects.get().version == 1


def test_only_who_keeps_or_writes_it_says_that_it_is_right(cast: Rivermark, article: Article) -> None:
    for user, is_mended in ((cast.cal, False), (cast.pia, True), (cast.ada, True)):
        client_of(cast.tom).post(f"{PATH}bait/wrong/")
        client_of(user).post(f"{PATH}bait/right/")
        assert ArticleProblem.objects.filter(mended_at=None).exists() is not is_mended, user


def test_an_expired_article_opens_for_who_keeps_it_and_for_who_can_renew_it(
    cast: Rivermark, article: Article, text_of: Read
) -> None:
    other = factories.article(cast.city, "seen", "Seen by all", owner=cast.pia)
    ended = app_now() + dt.timedelta(minutes=5)
    Article.objects.filter(pk=article.pk).update(valid_until=ended)
    set_time(ended - dt.timedelta(seconds=1))
    for user in (cast.pia, cast.cal):
        assert "has expired" not in text_of(client_of(user).get(f"{PATH}bait/"))
    set_time(ended)
    assert "This article has expired, so nobody but you is shown it." in text_of(
        client_of(cast.pia).get(f"{PATH}bait/")
    )
    assert client_of(cast.cal).get(f"{PATH}bait/").status_code == 404
    assert client_of(cast.pia).post(f"{PATH}bait/wrong/").status_code == 404
    editor = client_of(cast.ada).get(f"{PATH}bait/", follow=True)
    assert editor.redirect_chain[-1][0] == reverse("staff_app:edit_article", args=[article.pk])
    assert "Give it a later end and publish it." in text_of(editor)
    assert "has expired" not in text_of(client_of(cast.ada).get(f"{PATH}{other.code}/"))


def test_without_an_owner_who_works_here_those_who_write_articles_are_told(cast: Rivermark, article: Article) -> None:
    cast.pia.is_active = False
    cast.pia.save()
    client_of(cast.cal).post(f"{PATH}bait/wrong/")
    tasks.drain("outside")
    assert [email.to for email in mail.outbox] == [[cast.ada.email]]
    assert f"/staff/setup/articles/{article.pk}/" in mail.outbox[0].body


def test_nobody_is_told_once_it_is_mended(cast: Rivermark, article: Article) -> None:
    client_of(cast.cal).post(f"{PATH}bait/wrong/")
    ArticleProblem.objects.update(mended_at="2026-01-01T00:00Z")
    tasks.drain("outside")
    assert mail.outbox == []


def test_where_a_second_person_publishes_nobody_publishes_their_own_draft(
    cast: Rivermark, article: Article, text_of: Read
) -> None:
    ada, bob = client_of(cast.ada), client_of(factories.staff("Bob", "administrator", cast.city))
    ada.post("/staff/setup/articles/rules/", {"second_person_publishes": "on"})
    cast.city.refresh_from_db()
    assert cast.city.second_person_publishes
    article.refresh_from_db()
    draft = {**articles.draft_of(article), "body": {"en": "Call the depot.", "es": "Llame al depósito."}}
    articles.save_draft(article.pk, draft, owner=None, review_on=None, seen=None, actor=cast.ada)
    page = f"/staff/setup/articles/{article.pk}/"
    for client, is_published in ((ada, False), (bob, True)):
        article.refresh_from_db()
        text = text_of(client.post(f"{page}publish/", {"seen": articles.seen_of(article)}, follow=True))
        assert ("a second person publishes" in text) is not is_published
        article.refresh_from_db()
        assert (article.body["en"] == "Call the depot.") is is_published
    assert article.version == 2
    assert article.draft_by is None
