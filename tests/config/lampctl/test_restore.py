"""Backup and restore with the real programs: rows and photo files are as they were at the moment that was asked for."""

import datetime as dt
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from config.lampctl import (
    backup,
    backup_place,
    drill,
    locks,
    notes,
    pgbackrest,
    postgresql,
    restic,
    restore,
    settings_files,
    shell,
)
from config.lampctl.place import Place
from config.lampctl.restic import Restic
from config.lampctl.shell import Refusal
from requests_app.actions.people.reporters import Reporter
from requests_app.models import OutboxRow, Photo
from requests_app.models.outbox import LEAVING
from tests import factories, installed

JPEG = b"\xff\xd8 a photo \xff\xd9"


@dataclass
class City:
    place: Place
    backups: Path
    photos: list[str]

    def sql(self, text: str) -> list[str]:
        return postgresql.server(self.place).psql(text, database="lamplighter").splitlines()


@contextmanager
def folder_for_backups() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="lampctl-backups-", dir="/tmp"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture
def city(transactional_db: None, tmp_path: Path) -> Iterator[City]:
    """Two cities' reports with photos, two people, two rows of each lane that leaves; backed up once."""
    town = factories.rivermark()
    other = factories.jurisdiction("Eastport", hosts=["eastport.example"])
    photos = []
    for name in ("bea", "zoe"):
        sent = factories.submitted(
            town.tree, f"{name} saw it", reporter=Reporter(name=name, email=f"{name}@example.org")
        )
        photo = Photo.objects.create(
            jurisdiction=town.city, service_request=sent.service_request, name=f"{name}{'0' * 29}", width=1, height=1
        )
        photos += [photo.path, photo.small_path]
    factories.run_worker()
    OutboxRow.objects.all().delete()
    for lane in LEAVING:
        for number, one in enumerate((town.city, other)):
            OutboxRow.objects.create(kind="probe", lane=lane, dedupe_key=f"{lane}:{number}", jurisdiction=one)
    with folder_for_backups() as backups, installed.place(backups) as place:
        installed.make_cluster(place)
        installed.load(place, tmp_path / "city.sql.gz")
        for path in photos:
            file = place.media / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(JPEG + path.encode())
        backup.run(place)
        yield City(place, backups, photos)


def moment_after(city: City) -> str:
    """Of the cluster's last change: to the microsecond."""
    city.sql("CREATE TABLE IF NOT EXISTS clock_probe (at timestamptz)")
    (at,) = city.sql("INSERT INTO clock_probe VALUES (clock_timestamp()) RETURNING clock_timestamp()")
    return dt.datetime.fromisoformat(at).isoformat()


def descriptions(city: City) -> list[str]:
    # An empty first line would get lost.
    return city.sql("SELECT coalesce(nullif(description, ''), '–') FROM requests_app_servicerequest ORDER BY id")


def test_a_lost_machine_comes_back_to_the_moment_that_was_asked_for(city: City) -> None:
    city.sql("UPDATE requests_app_servicerequest SET description = 'zoe saw more' WHERE description = 'zoe saw it'")
    moment = moment_after(city)
    city.sql("UPDATE requests_app_servicerequest SET description = 'too late'")
    (made_at,) = city.sql("SELECT created_at FROM requests_app_person WHERE name = 'bea'")
    (bea,) = city.sql("SELECT id FROM requests_app_person WHERE name = 'bea'")
    erased = {"person": int(bea), "person_created_at": dt.datetime.fromisoformat(made_at).isoformat()}
    now = dt.datetime.now(dt.UTC).isoformat()
    backup.add_erasures(city.place, [{**erased, "reports_too": True, "at": now}])
    inside = [backup.erasures_path(city.place), city.place.settings, city.place.media]
    Restic(city.place, backup_place.read(city.place)).back_up(restic.FILES, inside)
    assert pgbackrest.archive_rest(postgresql.server(city.place))
    keys = settings_files.read(city.place.settings / "shared.env")
    with installed.place(city.backups) as bare:
        again = City(bare, city.backups, city.photos)
        restore.run(bare, to=moment, as_copy=False, here=False, yes=True)
        assert descriptions(again) == ["–", "zoe saw more"], "Bea had asked to be erased, and stays so"
        assert again.sql("SELECT name FROM requests_app_person WHERE name <> ''") == ["zoe"]
        of_bea, of_zoe = city.photos[:2], city.photos[2:]
        assert [(bare.media / path).exists() for path in of_bea] == [False, False]
        assert [(bare.media / path).read_bytes() for path in of_zoe] == [JPEG + path.encode() for path in of_zoe]
        stopped = "SELECT lane, count(*) FROM requests_app_outboxrow WHERE paused_at IS NOT NULL AND kind = 'probe'"
        assert again.sql(f"{stopped} GROUP BY 1 ORDER BY 1") == ["alarm|2", "outside|2", "webhook|2"]
        own = settings_files.read(bare.settings / "shared.env")
        assert own["LINK_KEYS"] == keys["LINK_KEYS"], "links of before open their rows"
        assert own["INSTALLATION_ID"] not in (keys["INSTALLATION_ID"], bare.root.name)
        assert again.sql("SELECT installation_id FROM requests_app_installation") == [own["INSTALLATION_ID"]]
        (restored_to,) = again.sql("SELECT restored_to FROM requests_app_installation")
        assert dt.datetime.fromisoformat(restored_to) == dt.datetime.fromisoformat(moment)
        assert not backup.restoring(bare)


def refusal(act: Callable[[], object]) -> str:
    with pytest.raises(Refusal) as caught:
        act()
    return str(caught.value)


def restored(place: Place, *, to: str | None = None, as_copy: bool = False) -> Callable[[], object]:
    return lambda: restore.run(place, to=to, as_copy=as_copy, here=False, yes=True)


@pytest.mark.slow
def test_what_can_not_be_right_is_refused_before_anything_changes(
    city: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installed.place(city.backups) as bare:
        data = postgresql.server(bare).data
        environment = bare.settings / "backup.env"
        right = settings_files.read(environment)
        settings_files.write(environment, {**right, "BACKUP_PASSPHRASE": "another passphrase"})
        assert "isn't the passphrase" in refusal(restored(bare))
        settings_files.write(environment, {**right, "BACKUP_TO": "ftp://example.gov/backups"})
        assert "none of a folder" in refusal(restored(bare))
        empty = tmp_path / "empty"
        settings_files.write(environment, {**right, "BACKUP_TO": str(empty)})
        assert "no backup" in refusal(restored(bare)) or "does not exist" in refusal(restored(bare))
        settings_files.write(environment, right)

        assert "still to come" in refusal(restored(bare, to="2999-01-01 00:00"))
        assert "is no time" in refusal(restored(bare, to="yesterday"))
        assert "The oldest backup is of" in refusal(restored(bare, to="2020-01-01 00:00"))
        older = tmp_path / "older"
        (older / "requests_app/migrations").mkdir(parents=True)
        shutil.copy(installed.ROOT / "requests_app/migrations/0001_initial.py", older / "requests_app/migrations")
        bare.current.unlink()
        bare.current.symlink_to(older)
        assert "is newer than the one here" in refusal(restored(bare))
        bare.current.unlink()
        bare.current.symlink_to(installed.ROOT)
        data.mkdir()
        (data / "thesis.odt").touch()
        assert "isn't empty" in refusal(restored(bare))
        (data / "thesis.odt").unlink()
        monkeypatch.setattr(restore, "FREE_AFTER", 1 << 60)
        assert "Make room" in refusal(restored(bare))
        monkeypatch.undo()
        with locks.alone(bare, busy="busy"):
            options = Namespace(to=None, as_copy=False, here=False, yes=True)
            assert "Try again when it has ended" in refusal(lambda: restore.main(bare, options))
            assert "Try again when it has ended" in refusal(lambda: drill.main(bare, Namespace()))
        assert list(data.iterdir()) == []
        assert not backup.restoring(bare)


@pytest.mark.slow
def test_a_cut_archive_is_noticed_and_what_there_is_comes_back(city: City) -> None:
    live = postgresql.server(city.place)
    for text in ("one", "two", "three"):
        city.sql(f"UPDATE requests_app_servicerequest SET description = '{text}'")  # noqa: S608
        assert pgbackrest.archive_rest(live)
    live.stop()
    pieces = sorted(path for path in city.backups.rglob("0000*.zst"))
    pieces[-2].unlink()
    with installed.place(city.backups) as bare:
        message = refusal(restored(bare))
        assert "The archive has a gap" in message
        restored(bare, to=message.split('--to "')[1].split('"')[0])()
        assert set(descriptions(City(bare, city.backups, []))) <= {"bea saw it", "zoe saw it", "one", "two"}
    backup_file = max(city.backups.rglob("backup/lamplighter/*/bundle/*"), key=lambda path: path.stat().st_size)
    backup_file.write_bytes(backup_file.read_bytes()[:1000])
    with installed.place(city.backups) as bare:
        refusal(restored(bare))
        assert not postgresql.server(bare).data.exists() or not any(postgresql.server(bare).data.iterdir())


@pytest.mark.slow
def test_killed_in_each_phase_it_goes_on_when_it_is_run_again(city: City) -> None:
    moment = moment_after(city)
    city.sql("UPDATE requests_app_servicerequest SET description = 'too late'")
    command = [sys.executable, "-m", "config.lampctl", "restore", "--yes"]
    env = {**os.environ, "LAMPCTL_ROOT": str(city.place.root), "PYTHONUNBUFFERED": "1"}
    words = [*command, "--to", moment]
    for said in ("Stopping the site", "Restoring the database", "Restoring photos", "Bringing the database"):
        process = subprocess.Popen(
            words, cwd=installed.ROOT, env=env, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(said):
                break
        else:
            pytest.fail(f"It never said: {said}")
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        assert backup.restoring(city.place)["until"]
        assert "restore again" in refusal(lambda: backup.main(city.place, Namespace(sheet=False, now=None)))
        # It goes on to the moment that was asked for first.
        words = command
    done = subprocess.run(words, cwd=installed.ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert sorted(descriptions(city)) == ["bea saw it", "zoe saw it"]
    assert not backup.restoring(city.place)
    backup.run(city.place)


@pytest.mark.slow
def test_a_drill_passes_and_finds_a_photo_without_its_file(city: City) -> None:
    shell.manage(city.place, "create_roles")
    assert pgbackrest.archive_rest(postgresql.server(city.place))
    drill.run(city.place)
    noted = notes.read(drill.note_path(city.place))
    assert (noted["ok"], noted["files"], noted["requests"]) == (True, 2, 2)
    assert not (city.place.root / "var/lib/postgresql/drill").exists()
    city.sql("DELETE FROM requests_app_photo WHERE name LIKE 'zoe%'")
    city.sql("UPDATE requests_app_photo SET name = 'kim' || substr(name, 4)")
    city.sql("UPDATE requests_app_installation SET marked_at = now() - interval '25 hours'")
    city.sql("GRANT DELETE ON requests_app_event TO lamplighter_web")
    assert pgbackrest.archive_rest(postgresql.server(city.place))
    message = refusal(lambda: drill.run(city.place))
    noted = notes.read(drill.note_path(city.place))
    assert not noted["ok"]
    for words in ("1 photos have no file", "may DELETE", "marker is of"):
        assert words in noted["sentence"], message


@pytest.mark.slow
def test_a_database_that_was_given_is_dumped_each_hour_and_comes_back(city: City) -> None:
    settings_files.write(city.place.settings / "install.env", {"DATABASE": "given"})
    (city.place.data / "backup.json").unlink()
    backup.run(city.place)
    first = notes.read(backup.note_path(city.place))
    assert (first["ok"], first["loses"]) == (True, "an hour")
    city.sql("CREATE TABLE of_a_newer_release (id int); ALTER TABLE of_a_newer_release OWNER TO lamplighter_owner")
    city.sql("UPDATE requests_app_servicerequest SET description = 'too late'")
    backup.run(city.place)
    assert notes.read(backup.note_path(city.place))["database_at"] == first["database_at"], "an hour hasn't passed"
    drill.run(city.place)
    restored(city.place)()
    assert sorted(descriptions(city)) == ["bea saw it", "zoe saw it"]
    assert city.sql("SELECT to_regclass('of_a_newer_release') IS NULL") == ["t"]


@pytest.mark.slow
def test_a_copy_isnt_backed_up_and_one_for_trying_things_out_has_no_addresses(city: City) -> None:
    with installed.place(city.backups) as bare:
        restored(bare, as_copy=True)()
        values = City(bare, city.backups, []).sql("SELECT value FROM requests_app_contactpoint")
        assert values
        assert all(value.endswith("@copy.invalid") for value in values)
    city.sql("UPDATE requests_app_installation SET installation_id = 'of another'")
    assert "This is a copy" in refusal(lambda: backup.run(city.place))
    assert not notes.read(backup.note_path(city.place))["ok"]


def test_the_sheet_has_what_a_person_with_a_bare_machine_needs() -> None:
    with folder_for_backups() as backups, installed.place(backups) as place:
        page = backup.sheet(place)
        for words in (installed.PASSPHRASE, str(backups), "311.rivermark.example", "lampctl restore", "bin/install"):
            assert words in page
        assert max(map(len, page.splitlines())) <= 120


@pytest.mark.parametrize(
    ("address", "repository", "path"),
    [
        ("/srv/backup", "/srv/backup/files", "/srv/backup/database"),
        ("sftp://una@nas.example.gov:2222/city", "sftp:una@nas.example.gov:/city/files", "/city/database"),
        ("s3://s3.example.com/bucket/city", "s3:https://s3.example.com/bucket/city/files", "/city/database"),
        ("s3://s3.example.com/bucket", "s3:https://s3.example.com/bucket/files", "/database"),
    ],
)
def test_one_address_says_where_both_programs_write(tmp_path: Path, address: str, repository: str, path: str) -> None:
    place = Place(tmp_path)
    place.settings.mkdir(parents=True)
    values = {"BACKUP_TO": address, "BACKUP_PASSPHRASE": installed.PASSPHRASE}
    settings_files.write(place.settings / "backup.env", values)
    chosen = backup_place.read(place)
    assert chosen.restic()[0]["RESTIC_REPOSITORY"] == repository
    assert chosen.pgbackrest()["repo1-path"] == path
