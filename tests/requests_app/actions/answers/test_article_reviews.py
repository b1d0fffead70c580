"""Who keeps an article gets an email two weeks before its review, once for each date."""

import datetime as dt

import pytest
from django.core import mail

from requests_app.actions.answers import articles
from requests_app.clock import app_now
from requests_app.models import Article, Membership, User
from requests_app.rules.people.leaves import today
from requests_app.worker import tasks
from tests import factories
from tests.factories import Rivermark
from tests.shifted_clock import set_time

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.2")]


@pytest.fixture
def article(cast: Rivermark) -> Article:
    return factories.article(cast.city, "bait", "Rodent bait boxes", owner=cast.pia)


def keep(article: Article, owner: User | None, days: int) -> None:
    article.refresh_from_db()
    review_on = today(article.jurisdiction) + dt.timedelta(days=days)
    articles.save_draft(
        article.pk, articles.draft_of(article), owner=owner, review_on=review_on, seen=None, actor=User.objects.first()
    )


def night() -> list[list[str]]:
    mail.outbox.clear()
    factories.run_part("remind_of_reviews")
    tasks.drain("outside")
    return [email.to for email in mail.outbox]


def test_it_goes_two_weeks_before_and_once(cast: Rivermark, article: Article) -> None:
    keep(article, cast.pia, 15)
    assert night() == []
    keep(article, cast.pia, 14)
    assert night() == [[cast.pia.email]]
    assert "Rodent bait boxes" in mail.outbox[0].body
    assert night() == []
    # Another date or another owner, on another day.
    set_time(app_now() + dt.timedelta(days=1))
    assert night() == []
    keep(article, cast.pia, 10)
    assert night() == [[cast.pia.email]]
    keep(article, cast.tom, 10)
    assert night() == [[cast.tom.email]]


def test_two_articles_of_one_owner_are_one_email(cast: Rivermark, article: Article) -> None:
    factories.article(cast.city, "traps", "Where to get traps", owner=cast.pia, review_on=today(cast.city))
    lakeside = factories.lakeside()
    elsewhere, theirs = lakeside.sid, lakeside.city
    factories.article(theirs, "traps", "Traps", owner=elsewhere, review_on=today(theirs))
    keep(article, cast.pia, 3)
    # Of each city, what is of that city.
    assert sorted(night()) == [[cast.pia.email], [elsewhere.email]]
    bodies = {email.to[0]: email.body for email in mail.outbox}
    assert all(title in bodies[cast.pia.email] for title in ("Where to get traps", "Rodent bait boxes"))
    assert "Where to get traps" not in bodies[elsewhere.email]


def test_nobody_gets_it_who_keeps_it_no_longer_or_has_left(cast: Rivermark, article: Article) -> None:
    keep(article, cast.pia, 3)
    factories.run_part("remind_of_reviews")
    Article.objects.update(owner=cast.tom)
    tasks.drain("outside")
    assert mail.outbox == []
    cast.tom.is_active = False
    cast.tom.save()
    keep(article, cast.tom, 2)
    assert night() == []


def test_who_works_in_two_cities_hears_of_each_citys_articles_from_it(cast: Rivermark, article: Article) -> None:
    theirs = factories.lakeside()
    role = factories.role(theirs.city, "supervisor")
    Membership.objects.create(user=cast.pia, jurisdiction=theirs.city, department=theirs.streets, role=role)
    factories.article(theirs.city, "pier", "Pier", owner=cast.pia, review_on=today(theirs.city))
    keep(article, cast.pia, 3)
    assert night() == [[cast.pia.email]] * 2
    assert sorted(("Pier" in email.body, "Rodent" in email.body) for email in mail.outbox) == [
        (False, True),
        (True, False),
    ]


def test_who_comes_back_hears_of_it_then(cast: Rivermark, article: Article) -> None:
    keep(article, cast.pia, 3)
    for is_active, sent in ((False, []), (True, [[cast.pia.email]])):
        User.objects.filter(pk=cast.pia.pk).update(is_active=is_active)
        assert night() == sent
