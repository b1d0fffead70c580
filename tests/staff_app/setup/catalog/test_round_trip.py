"""A catalog that a city wrote to a file, whole or in parts, loads again: here nothing changes, elsewhere it is the same city."""

from collections.abc import Callable
from typing import Any

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings

from requests_app.demo import desk
from requests_app.demo.staff import load_staff
from requests_app.imports.catalog import EXPORTED_PARTS, export_catalog
from requests_app.models import Jurisdiction, Service, User
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.3")]
SignIn = Callable[[User], Client]
PAGE, CHECK, DOWNLOAD = (f"/staff/setup/catalog/{end}" for end in ("", "check/", "download/"))
NO_DIFFERENCE = "The file already matches the catalog."


def upload(client: Client, content: bytes) -> str:
    answer = client.post(PAGE, {"file": SimpleUploadedFile("catalog.yaml", content)}, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


def save(client: Client, content: bytes) -> None:
    code = upload(client, content).split('name="code" value="')[1].split('"')[0]
    assert client.post(CHECK, {"code": code}).status_code == 302


def another_city(signed_in: SignIn) -> tuple[Jurisdiction, Client]:
    """A city without any service, and its administrator."""
    city = factories.jurisdiction("Lakeside", hosts=["lakeside.example"])
    zed = signed_in(factories.staff("Zed", "administrator", city))
    zed.defaults["SERVER_NAME"] = "lakeside.example"
    return city, zed


def without_live_services(exported: dict[str, Any]) -> dict[str, Any]:
    return {**exported, "services": [{**one, "active": False} for one in exported["services"]]}


@pytest.mark.slow
def test_a_city_becomes_rivermark_by_its_export_alone(signed_in: SignIn) -> None:
    """A file larger than 1 MB: back here it changes nothing, and in an empty city it's everything but the approvals."""
    before = transaction.savepoint()
    rivermark = factories.city_with_the_demo_catalog()
    Jurisdiction.objects.filter(pk=rivermark.pk).update(is_demo=True)
    rivermark.refresh_from_db()
    with override_settings(DEMO=True):
        load_staff(rivermark)
        desk.load(rivermark)
    administrator = desk.demo_user(rivermark, "administrator")
    assert administrator is not None
    ada = signed_in(administrator)
    file, exported = ada.get(DOWNLOAD).content, export_catalog(rivermark)
    assert len(file) > 1024 * 1024
    assert exported["macros"]
    assert len(exported["templates"]) > 40
    assert NO_DIFFERENCE in upload(ada, file)
    transaction.savepoint_rollback(before)

    assert not User.objects.exists()
    city, zed = another_city(signed_in)
    save(zed, file)
    assert export_catalog(city) == without_live_services(exported)
    assert not Service.objects.filter(active=True).exists()


def test_the_parts_make_the_same_catalog_one_after_the_other(town: Rivermark, signed_in: SignIn) -> None:
    """Each is a file of its own, changes nothing where it comes from, and has only what it's named for."""
    service = next(one for one in export_catalog(town.city)["services"] if one["service_code"] == "pothole")
    service["questions"][-1:] = [
        {
            "code": "whose",
            "kind": "single",
            "text": {"en": "Whose is it?", "es": "¿De quién es?"},
            "options": [
                {"value": "mine", "label": {"en": "Mine", "es": "Mío"}, "effects": {"article": "claims"}},
            ],
        }
    ]
    ada = signed_in(town.ada)
    articles = [
        {"code": code, "title": {"en": code, "es": code}, "body": {"en": "Text.", "es": "Texto."}, "services": ["tree"]}
        for code in ("claims", "trees")
    ]
    rule = {"name": "Roots", "when": {"words": ["roots"]}, "department": "PK"}
    template = {"name": "Soon", "words": {"en": "Soon.", "es": "Pronto."}}
    added = {"services": [service], "articles": articles, "routing": [rule], "templates": [template]}
    save(ada, yaml.safe_dump({"format": 1, **added}).encode())
    assert ada.get(DOWNLOAD, {"part": "people"}).status_code == 404
    files = {}
    for part in EXPORTED_PARTS:
        answer = ada.get(DOWNLOAD, {"part": part})
        assert answer["Content-Disposition"] == f'attachment; filename="{part}-{town.city.pk}.yaml"'
        files[part] = answer.content
        assert NO_DIFFERENCE in upload(ada, answer.content), part
    parts = {part: yaml.safe_load(file) for part, file in files.items()}
    assert [one["code"] for one in parts["services"]["articles"]] == ["claims"]
    assert {*parts["routing"]} == {"format", "routing"}
    assert not any("on_call" in one for one in parts["services"]["departments"])

    other, zed = another_city(signed_in)
    for file in files.values():
        save(zed, file)
    here, there = without_live_services(export_catalog(town.city)), export_catalog(other)
    assert there["articles"] == here["articles"]
    for part in EXPORTED_PARTS:
        assert there[part] == here[part], part


def test_the_command_writes_a_part(town: Rivermark, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("export_catalog", "--part", "templates")
    assert {*yaml.safe_load(capsys.readouterr().out)} == {"format", "templates"}


def test_what_the_city_has_in_too_few_languages_does_not_refuse_its_export(town: Rivermark, signed_in: SignIn) -> None:
    """Nor does it change anything. The same row with other words needs them all."""
    ada = signed_in(town.ada)
    Jurisdiction.objects.filter(pk=town.city.pk).update(languages=["en", "es", "fr"])
    file = ada.get(DOWNLOAD).content
    assert NO_DIFFERENCE in upload(ada, file)
    changed = file.replace(b"en: Pothole", b"en: Hole")
    assert changed != file
    answer = ada.post(PAGE, {"file": SimpleUploadedFile("catalog.yaml", changed)})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert "services, pothole" in page
    assert "categories" not in page
