"""The site as an app: what its manifest says, and how the service worker is served."""

import json
import re
from pathlib import Path

import pytest
from django.core.cache import cache
from django.test import Client

from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.22")]

ROOT = Path(__file__).resolve().parents[4]


def shell(client: Client) -> dict[str, object]:
    found = re.search(r"self\.SHELL = (\{.*\});", client.get("/sw.js").content.decode())
    assert found
    loaded: dict[str, object] = json.loads(found[1])
    return loaded


def test_the_manifest_is_the_citys_own(cast: Rivermark, client: Client) -> None:
    cast.city.branding = {"colors": {"header": "#123456"}}
    cast.city.desk_number = "311"
    cast.city.save()
    answer = client.get("/app.webmanifest")
    found = answer.json()
    assert answer["Content-Type"] == "application/manifest+json"
    assert (found["name"], found["short_name"]) == ("Rivermark 311", "311")
    assert (found["start_url"], found["scope"], found["display"]) == ("/report/", "/", "standalone")
    assert found["theme_color"] == "#123456"
    assert {(one["sizes"], one["purpose"]) for one in found["icons"]} == {
        ("192x192", "any"), ("512x512", "any"), ("512x512", "maskable"),
    }  # fmt: skip
    for icon in found["icons"]:
        assert (ROOT / icon["src"].lstrip("/")).read_bytes().startswith(b"\x89PNG")


def test_the_manifest_speaks_the_pages_language_and_opens_its_pages(cast: Rivermark, client: Client) -> None:
    found = client.get("/es/app.webmanifest").json()
    assert (found["lang"], found["start_url"]) == ("es", "/es/report/")
    assert found["id"] == client.get("/app.webmanifest").json()["id"]
    assert [one["url"] for one in found["shortcuts"]] == ["/es/report/offline/", "/es/my-street/", "/es/find/"]


@pytest.mark.parametrize("path", ["/", "/es/", "/report/", "/requests/", "/accounts/login/"])
def test_every_page_names_the_manifest(cast: Rivermark, client: Client, path: str) -> None:
    named = re.search(r'<link rel="manifest" href="([^"]+)">', client.get(path).content.decode())
    assert named
    assert named[1] == ("/es/app.webmanifest" if path.startswith("/es/") else "/app.webmanifest")


def test_the_worker_answers_for_the_whole_site_and_is_asked_for_anew(cast: Rivermark, client: Client) -> None:
    answer = client.get("/sw.js")
    assert answer["Content-Type"] == "text/javascript"
    assert answer["Service-Worker-Allowed"] == "/"
    assert "no-cache" in answer["Cache-Control"]
    assert "worker-src 'self'" in answer["Content-Security-Policy"]


def test_the_worker_keeps_every_script_of_the_offline_page_and_no_page_of_anybodys_own(
    cast: Rivermark, client: Client
) -> None:
    found = shell(client)
    scripts = {f"/static/js/offline/{path.name}" for path in (ROOT / "static/js/offline").glob("*.js")}
    assert scripts <= set(found["files"])  # type: ignore[call-overload]
    page = client.get("/report/offline/").content.decode()
    needed = set(re.findall(r'(?:src|href)="(/(?:static/|theme|seal)[^"#]+)', page)) - {"/static/img/app-192.png"}
    assert needed <= {*found["files"], *found["looks"]}  # type: ignore[misc]
    pages = [(one["language"], one["offline"], one["catalog"]) for one in found["pages"]]  # type: ignore[attr-defined]
    # The one whose prefix is a prefix of all the others comes last.
    assert pages == [
        ("es", "/es/report/offline/", "/es/report/offline/catalog.json"),
        ("en", "/report/offline/", "/report/offline/catalog.json"),
    ]
    assert "/staff/" in found["never"]  # type: ignore[operator]


def test_a_changed_color_or_file_makes_a_new_version(cast: Rivermark, client: Client) -> None:
    before = shell(client)["version"]
    assert shell(client)["version"] == before
    cast.city.branding = {"colors": {"header": "#663399"}}
    cast.city.save()
    cache.clear()
    assert shell(client)["version"] != before
