"""Backup and restore with the real programs: rows and photo files are as they were at the moment that was asked for."""

import datetime as dt
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.lampctl import backup, postgresql, restore
from config.lampctl.place import Place
from tests import factories, installed

pytestmark = [pytest.mark.django_db(transaction=True)]


@pytest.fixture
def backups(tmp_path: Path) -> Iterator[Path]:
    folder = Path("/tmp", f"lampctl-backups-{tmp_path.name}-{tmp_path.parent.name}")
    folder.mkdir(mode=0o755)
    yield folder
    shutil.rmtree(folder)


def descriptions(place: Place) -> list[str]:
    server = postgresql.server(place)
    return server.psql(
        "SELECT description FROM requests_app_servicerequest ORDER BY id", database="lamplighter"
    ).splitlines()


def test_a_city_comes_back_to_the_minute(tmp_path: Path, backups: Path) -> None:
    town = factories.rivermark()
    factories.report(town.pothole, "Before the backup", answers={"where": "lane"})
    with installed.place(backups) as place:
        installed.make_cluster(place)
        installed.load(place, tmp_path / "city.sql.gz")
        t = time.time()
        backup.run(place)
        print("backup", time.time() - t)
        server = postgresql.server(place)
        server.psql("UPDATE requests_app_servicerequest SET description = 'changed'", database="lamplighter")
        time.sleep(0.1)
        moment = dt.datetime.now(dt.UTC)
        time.sleep(0.1)
        server.psql("UPDATE requests_app_servicerequest SET description = 'later'", database="lamplighter")
        t = time.time()
        restore.run(place, to=moment.isoformat(), as_copy=False, here=False, yes=True)
        print("restore", time.time() - t)
        assert descriptions(place) == ["changed"]
