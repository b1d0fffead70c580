"""Mails are read as pages are: a language, a way to read, names for rows and links, in English, Spanish and from the right."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.utils.translation import override

from config import languages
from requests_app.actions import conversation
from requests_app.messages import email
from requests_app.models import Event, ServiceRequest
from tests import factories
from tests.made_up_language import add_language
from tests.test_accessibility import ACCESS, AXE, PHONE, axe

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def commented(browser: "Browser", db: None) -> Event:
    """What a mail may be about: a report with an address and a public word of the city."""
    cast = factories.rivermark()
    made = factories.routed(cast.pothole, answers={"where": "lane"}, reporter=factories.ANA)
    conversation.comment(made.pk, text="We look on Monday.", actor=cast.tom)
    return Event.objects.filter(service_request=made, data__has_key="comment_id").latest("pk")


def body(event: Event, kind: str, language: str) -> str:
    made = ServiceRequest.objects.get(events=event)
    contact_point = made.participations.get().person.contact_points.get(kind="email")
    with override(language):
        mail = email.compose(made, contact_point, kind=kind, event=event)
    return str(mail.alternatives[0][0])


@pytest.mark.parametrize("kind", sorted(set(email.KINDS.values())))
def test_axe_finds_nothing_in_a_mail_and_it_fits_a_phone(
    browser: "Browser", commented: Event, kind: str, tmp_path: Path, settings: Any
) -> None:
    add_language(tmp_path, "ar")
    settings.LOCALE_PATHS = [str(tmp_path), *settings.LOCALE_PATHS]
    settings.LANGUAGES = languages.spoken(map(Path, settings.LOCALE_PATHS))
    settings.LANGUAGES_BIDI = languages.run_from_the_right(settings.LANGUAGES)
    tab = browser.new_page(viewport=PHONE)
    for language in ("en", "es", "ar"):
        tab.set_content(body(commented, kind, language))
        assert tab.locator("html").get_attribute("lang") == language
        assert (tab.locator("html").get_attribute("dir") == "rtl") == (language == "ar")
        tab.evaluate(AXE)
        tab.evaluate(ACCESS)
        # A mail is no page: it has no regions, and its heading is its subject.
        found = [
            one for one in axe(tab) if not one.startswith(("region:", "page-has-heading-one:", "landmark-one-main:"))
        ]
        assert found == [], language
        assert tab.evaluate("access.tooWide()") == [], language
    tab.close()
