"""Email is as accessible as pages: language, reading order, names for rows and links, in English, Spanish and right to left."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils.translation import override

from config import languages
from requests_app.actions.shared import verify_email
from requests_app.actions.work import conversation
from requests_app.clock import app_now
from requests_app.messages import email, notifications
from requests_app.models import (
    Area,
    Calendar,
    ContactPoint,
    DigestItem,
    Event,
    Jurisdiction,
    OneTimeLink,
    OutboxRow,
    Person,
    ServiceRequest,
    Subscription,
)
from requests_app.worker import tasks
from tests import factories
from tests.made_up_language import add_language
from tests.shifted_clock import set_time
from tests.test_accessibility import ACCESS, AXE, OF_LANGUAGE, OF_LOOKS, PHONE, axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser
    from playwright.sync_api import Page as Tab

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.shows("4.25")]

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def commented(browser: "Browser", db: None) -> Event:
    """A report with an address and a public comment, for email to be about."""
    cast = factories.rivermark()
    made = factories.routed(cast.pothole, answers={"where": "lane"}, reporter=factories.ANA)
    conversation.comment(made.pk, text="We look on Monday.", actor=cast.tom)
    return Event.objects.filter(service_request=made, data__has_key="comment_id").latest("pk")


def body(event: Event, kind: str, language: str) -> str:
    made = ServiceRequest.objects.get(events=event)
    contact_point = made.participations.get().person.contact_points.get(kind="email")
    with override(language):
        written = email.compose(made, contact_point, kind=kind, event=event)
    return str(written.alternatives[0][0])


@pytest.fixture(scope="module")
def tab(browser: "Browser") -> Iterator["Tab"]:
    """For one email after the other, which axe survives."""
    tab = browser.new_page(viewport=PHONE)
    yield tab
    tab.close()


def looked_at(tab: "Tab", language: str, html: str) -> list[str]:
    """Problems of an email on a phone: all of axe's rules in English, in other languages those that depend on the language."""
    tab.set_content(html)
    assert tab.locator("html").get_attribute("lang") == language
    assert (tab.locator("html").get_attribute("dir") == "rtl") == (language == "ar")
    assert tab.title(), "a mail has a name"
    if not tab.evaluate("'axe' in window"):
        tab.evaluate(AXE)
        tab.evaluate(ACCESS)
    # An email has no regions, and its subject is its heading.
    rules = None if language == "en" else OF_LOOKS + OF_LANGUAGE
    found = [
        one for one in axe(tab, rules) if not one.startswith(("region:", "page-has-heading-one:", "landmark-one-main:"))
    ]
    found += tab.evaluate("access.tooWide()")
    return found


@pytest.fixture(scope="module")
def arabic(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("locale")
    add_language(folder, "ar")
    return folder


@pytest.fixture
def from_the_right(arabic: Path, settings: Any) -> None:
    """Adds a right-to-left language to the site."""
    settings.LOCALE_PATHS = [str(arabic), *settings.LOCALE_PATHS]
    settings.LANGUAGES = languages.spoken(map(Path, settings.LOCALE_PATHS))
    settings.LANGUAGES_BIDI = languages.run_from_the_right(settings.LANGUAGES)


@pytest.mark.sampled(3)
@pytest.mark.usefixtures("from_the_right")
@pytest.mark.parametrize("kind", sorted(set(notifications.EMAILS.values())))
def test_axe_finds_nothing_in_a_mail_and_it_fits_a_phone(tab: "Tab", commented: Event, kind: str) -> None:
    for language in ("en", "es", "ar"):
        assert looked_at(tab, language, body(commented, kind, language)) == [], language


# "digest", or the purpose of a verification link.
@pytest.mark.sampled(3)
@pytest.mark.shows("5.19")
@pytest.mark.usefixtures("from_the_right")
@pytest.mark.parametrize("kind", ["digest", "digest of a subscription", "reminder", *OneTimeLink.Purpose.values])
def test_axe_finds_nothing_in_gathered_mail_and_in_mailed_links(tab: "Tab", commented: Event, kind: str) -> None:
    for language in ("en", "es", "ar"):
        Person.objects.update(language=language)
        mail.outbox.clear()
        send(commented, kind)
        (sent,) = mail.outbox
        html = str(sent.alternatives[0][0])  # type: ignore[attr-defined]
        assert looked_at(tab, language, html) == [], language


def send(event: Event, kind: str) -> None:
    made = event.service_request
    contact_point = made.participations.get().contact_point
    assert contact_point is not None
    ContactPoint.objects.update(verified_at=app_now())
    subscription = Subscription.objects.create(
        jurisdiction=made.jurisdiction,
        contact_point=contact_point,
        label="Elm St, 100 block",
        confirmed_at=app_now(),
        service=made.service,
        cadence="daily",
    )
    OutboxRow.objects.all().delete()
    DigestItem.objects.all().delete()
    if kind.startswith("digest"):
        of = subscription if "subscription" in kind else None
        DigestItem.objects.create(
            contact_point=contact_point, service_request=made, event=event, cadence="daily", subscription=of
        )
        DigestItem.objects.update(created_at=app_now() - dt.timedelta(days=2))
        for one in DigestItem.objects.all():
            with transaction.atomic():
                notifications._enqueue(one.contact_point_id, one.subscription_id, one.cadence, "today")
    elif kind == "reminder":
        remind(subscription)
    else:
        verify_email.send_link(
            contact_point,
            kind,
            service_request=made if kind == "confirm" else None,
            subscription=subscription if kind == "subscribe" else None,
        )
    while tasks.drain("outside"):
        pass


def remind(subscription: Subscription) -> None:
    """An email of a day that a holiday moved, and of what a holiday keeps away that day."""
    city, now = subscription.jurisdiction, app_now().astimezone(subscription.jurisdiction.zone)
    now = now.replace(hour=18)
    set_time(now)
    today, tomorrow = now.date(), now.date() + dt.timedelta(days=1)
    rule = {"kind": "weekday", "calendar": "trash", "holiday_rule": "only_that_day"}
    fields = [{"key": key, "label": {"en": key}, **rule} for key in ("trash", "paper")]
    Jurisdiction.objects.filter(pk=city.pk).update(
        address_card=[{"layer": "ward", "name": {"en": "Ward"}, "fields": fields}]
    )
    closed = [{"date": day.isoformat(), "name": {"en": "Flood"}} for day in (today, tomorrow)]
    Calendar.objects.update_or_create(
        jurisdiction=city, code="trash", defaults={"always": True, "holidays": {"extra": closed}}
    )
    area = Area.objects.first() or factories.area(city)
    Area.objects.filter(pk=area.pk).update(attributes={"trash": f"{today:%A}", "paper": f"{tomorrow:%A}"})
    Subscription.objects.filter(pk=subscription.pk).update(service=None, area=area, collection=True)
    factories.run_part("remind_of_collections")
