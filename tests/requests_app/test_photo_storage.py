"""Photos in an S3 bucket, configured by settings: stored, shown and deleted as on a disk. moto serves S3 on loopback."""

import datetime as dt
import io
import runpy
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage, storages
from django.test import Client
from django.utils import timezone
from moto.server import ThreadedMotoServer
from pytest_django.fixtures import Settings
from storages.backends.s3 import S3Storage

from requests_app import photos
from requests_app.actions.privacy import expiry
from tests import factories
from tests.live import ROOT

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(server: str, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Any]:
    environment = {
        "S3_BUCKET": "photos-of-rivermark",
        "S3_ENDPOINT_URL": server,
        "S3_REGION": "us-east-1",
        "S3_ACCESS_KEY_ID": "key",
        "S3_SECRET_ACCESS_KEY": "secret",
        "S3_ADDRESSING_STYLE": "path",
    }
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    s3 = boto3.resource(
        "s3", endpoint_url=server, region_name="us-east-1", aws_access_key_id="key", aws_secret_access_key="secret"
    )
    bucket = s3.create_bucket(Bucket=environment["S3_BUCKET"])
    settings.STORAGES = runpy.run_path(str(ROOT / "config/settings.py"))["STORAGES"]
    assert isinstance(storages["default"], S3Storage)
    yield bucket
    bucket.objects.delete()
    bucket.delete()


def test_a_photo_is_stored_shown_and_removed(bucket: Any, client: Client) -> None:
    town, content = factories.rivermark(), factories.jpeg()
    photo = photos.store_upload(
        io.BytesIO(content),
        size=len(content),
        jurisdiction=town.city,
        service_request=factories.report(town.tree),
    )
    stored = {one.key: one.get()["Body"].read() for one in bucket.objects.all()}
    assert set(stored) == {photo.path, photo.small_path}
    for address, path in (("", photo.path), ("-small", photo.small_path)):
        answer = client.get(f"/photos/{photo.name}{address}.jpg")
        assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
        assert answer["Content-Length"] == str(len(stored[path]))
        assert b"".join(answer.streaming_content) == stored[path]
    photos.delete_files(photo)
    assert list(bucket.objects.all()) == []
    assert client.get(f"/photos/{photo.name}.jpg").status_code == 404


def test_no_photo_takes_the_place_of_another(bucket: Any) -> None:
    first = default_storage.save("photos/ab/abc.jpg", ContentFile(b"first"))
    second = default_storage.save("photos/ab/abc.jpg", ContentFile(b"second"))
    assert first != second
    assert default_storage.open(first).read() == b"first"


def test_a_file_that_no_row_knows_is_swept_after_a_day(bucket: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    default_storage.save(f"photos/ab/ab{'0' * 30}.jpg", ContentFile(b"lost"))
    assert expiry.sweep_files() == 0
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime.now(dt.UTC) + dt.timedelta(days=2))
    assert expiry.sweep_files() == 1
    assert list(bucket.objects.all()) == []
    assert expiry.sweep_files() == 0
