"""Pages with hashed static files, as in the demo and production: no page refers to a missing file."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client, override_settings

from tests import factories


@pytest.fixture(scope="module")
def hashed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("static")
    storages = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "requests_app.core.static_files.HashedStaticFiles"},
    }
    with override_settings(STATIC_ROOT=str(root), STORAGES=storages):
        # Swagger UI, half of the work, is on no page here.
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=["swagger-ui*"])
        yield root


PAGES = [
    "/", "/es/", "/report/", "/find/", "/requests/", "/map/", "/map/style.json", "/services/", "/privacy/", "/accessibility/",
    "/theme.css", "/accounts/login/", "/nothing-here/",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_every_first_page_names_files_that_are_there(hashed: Path, client: Client, path: str) -> None:
    town = factories.rivermark()
    factories.report(town.pothole, answers={"where": "lane"})
    assert staticfiles_storage.url("css/site.css") != "/static/css/site.css"
    answer = client.get(path)
    assert answer.status_code == (404 if path == "/nothing-here/" else 200)
    named = set(re.findall(r"/static/([^\"'?#\s{)]+\.\w+)", answer.content.decode()))
    assert not {name for name in named if not (hashed / name).exists()}


@pytest.mark.django_db
def test_the_staffs_pages_too(hashed: Path, client: Client) -> None:
    town = factories.rivermark()
    made = factories.routed(town.pothole, answers={"where": "lane"})
    client.force_login(town.tom)
    for path in ("/staff/", f"/staff/r/{made.reference}/", f"/staff/r/{made.reference}/resolve/"):
        answer = client.get(path)
        assert answer.status_code == 200
        named = set(re.findall(r"/static/([^\"'?#\s{)]+\.\w+)", answer.content.decode()))
        assert named
        assert not {name for name in named if not (hashed / name).exists()}


def test_vendored_style_sheets_have_hashed_names_too(hashed: Path) -> None:
    names = {path.name for path in (hashed / "vendor").rglob("*.css")}
    assert any(re.fullmatch(r"uswds\.[0-9a-f]{12}\.css", name) for name in names)
