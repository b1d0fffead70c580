"""What search engines may index: the sitemap, the languages of each page, and which pages are private."""

import re
from typing import Any
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.models import Article
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.28")]

XML = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9", "x": "http://www.w3.org/1999/xhtml"}


@pytest.fixture(autouse=True)
def cast(settings: Any) -> factories.Rivermark:
    settings.SITE_URL = "http://desk.example"
    cast = factories.rivermark()
    type(cast.city).objects.filter(pk=cast.city.pk).update(
        hosts=["311.rivermark.example"], branding={"welcome": {"en": "Tell us what needs fixing.", "es": "Díganos."}}
    )
    factories.service(cast.city, "facility", visibility="staff")
    factories.article(cast.city, "potholes", "How we fill potholes", "We fill them.", cast.pothole)
    factories.article(cast.city, "not-yet", "Not yet", "Not yet.")
    Article.objects.filter(code="not-yet").update(published=False)
    return cast


@pytest.fixture
def client() -> Client:
    return Client(headers={"Host": "311.rivermark.example"})


def mapped(client: Client) -> dict[str, set[str]]:
    """Every address of the sitemap, and the addresses of the same page in each language."""
    root = ElementTree.fromstring(client.get("/sitemap.xml").content)  # noqa: S314  (ours)
    return {
        str(url.findtext("s:loc", namespaces=XML)): {link.attrib["href"] for link in url.findall("x:link", XML)}
        for url in root
    }


def head(client: Client, path: str) -> str:
    return client.get(path).content.decode().split("</head>")[0]


def test_the_sitemap_has_pages_categories_services_and_articles_in_each_language(client: Client) -> None:
    addresses = mapped(client)
    for path in ("", "services/", "services/streets/", "report/?service=pothole", "articles/potholes/", "privacy/"):
        english, spanish = f"http://311.rivermark.example/{path}", f"http://311.rivermark.example/es/{path}"
        assert addresses[english] == addresses[spanish] == {english, spanish}
    assert all(client.get(address.partition(".example")[2]).status_code == 200 for address in addresses)


def test_it_has_no_request_nothing_for_staff_and_nothing_unpublished(client: Client, cast: factories.Rivermark) -> None:
    made = factories.report(cast.pothole, answers={"where": "lane"})
    text = client.get("/sitemap.xml").content.decode()
    for secret in (made.reference, "/r/", "facility", "not-yet", "/staff/", "/l/"):
        assert secret not in text


def test_robots_closes_what_is_private_and_opens_each_services_first_page(client: Client) -> None:
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://311.rivermark.example/sitemap.xml" in text
    reader = RobotFileParser()
    reader.parse(text.splitlines())
    for path in ("/r/7K3M9QWT/", "/l/1-abc/", "/es/l/1-abc/", "/staff/", "/photos/x.jpg", "/es/report/3f2504e0/check/"):
        assert not reader.can_fetch("*", path), path
    for path in ("/", "/es/", "/services/", "/articles/potholes/", "/report/?service=pothole"):
        assert reader.can_fetch("*", path), path


@pytest.mark.parametrize(("path", "canonical"), [
    ("/", "/"),
    ("/requests/?status=open&cursor=x", "/requests/"),
    ("/report/?service=pothole&lat=1&long=2", "/report/?service=pothole"),
    ("/es/services/streets/", "/es/services/streets/"),
    ("/address/?q=12+Elm+St", "/address/"),
])  # fmt: skip
def test_a_page_has_one_address_and_names_it_in_each_language(client: Client, path: str, canonical: str) -> None:
    found = head(client, path)
    assert f'<link rel="canonical" href="http://311.rivermark.example{canonical}">' in found
    for language in ("en", "es"):
        assert f'hreflang="{language}"' in found
    assert "noindex" not in found


def test_a_page_tells_what_it_is_in_the_citys_words(client: Client) -> None:
    assert '<meta name="description" content="Tell us what needs fixing.">' in head(client, "/")
    assert '<meta property="og:description" content="Díganos.">' in head(client, "/es/")
    assert '<meta property="og:title" content="How we fill potholes">' in head(client, "/articles/potholes/")


def test_a_report_and_a_draft_are_not_to_be_found(client: Client, cast: factories.Rivermark) -> None:
    made = factories.report(cast.pothole, answers={"where": "lane"})
    begun = client.post("/report/", {"text": "A hole in the road"})
    for path in (f"/r/{made.reference}/", begun["Location"], "/nothing/here/"):
        found = head(client, path)
        assert '<meta name="robots" content="noindex">' in found, path
        assert "canonical" not in found, path


def test_a_city_of_one_language_names_no_other(client: Client, cast: factories.Rivermark) -> None:
    type(cast.city).objects.filter(pk=cast.city.pk).update(languages=["en"])
    cache.clear()
    assert not any(mapped(client).values())
    assert not re.search(r"/es/", client.get("/sitemap.xml").content.decode() + head(client, "/"))
