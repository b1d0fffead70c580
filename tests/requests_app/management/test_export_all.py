"""export_all: everything is in the folder, readable by others, but for what opens something."""

import csv
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from requests_app.models import Comment, Photo, ServiceRequest, User
from tests import planted
from tests.planted import CANARIES

# A city's boundary in one cell.
CELL_MAX = 10_000_000


def rows(path: Path) -> list[dict[str, str]]:
    before = csv.field_size_limit(CELL_MAX)
    try:
        with path.open(newline="") as file:
            return list(csv.DictReader(file))
    finally:
        csv.field_size_limit(before)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_everything_comes_out_but_what_opens_something(tmp_path: Path) -> None:
    planted.plant()
    folder = tmp_path / "out"
    call_command("export_all", str(folder), verbosity=0)
    requests = {row["service_request_id"]: row for row in rows(folder / "requests.csv")}
    assert len(requests) == ServiceRequest.objects.count()
    first = ServiceRequest.objects.exclude(point=None).order_by("id")[0]
    assert float(requests[first.reference]["lat"]) == first.point.y
    table = {row["reference"]: row for row in rows(folder / "tables/servicerequest.csv")}
    assert json.loads(table[first.reference]["point"])["type"] == "Point"
    assert len(rows(folder / "tables/comment.csv")) == Comment.objects.count()
    assert CANARIES["internal note"] in (folder / "tables/comment.csv").read_text()
    stored = {path.name for path in (folder / "files").rglob("*.jpg") if path.stat().st_size > 0}
    assert f"{Photo.objects.order_by('id')[0].name}.jpg" in stored
    assert list((folder / "catalog").iterdir())
    everything = b"".join(path.read_bytes() for path in folder.rglob("*.csv"))
    assert User.objects.exclude(password="")[0].password.encode() not in everything
    headers = {
        column for path in (folder / "tables").iterdir() for column in path.read_text().partition("\n")[0].split(",")
    }
    assert not headers & {"password", "nonce", "secret", "key_hash", "refresh_token", "token_hash"}
    with pytest.raises(CommandError, match="isn't empty"):
        call_command("export_all", str(folder))
