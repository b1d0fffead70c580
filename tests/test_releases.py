"""Databases of earlier releases, as written by `dump_database`: today's migrations upgrade them, and the site works.

Each file in tests/releases/ is the city of tests/planted.py, and is named like its last migration. For 0001, the migrations that
0001_initial replaces made its tables, and it names these as applied. Every run migrates the newest, and so a city
with data goes through each migration that has come since; `--all` migrates the others, too.
"""

import itertools
import json
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import psycopg
import pytest
from django.db import connection

from requests_app import links
from requests_app.management.commands.dump_database import pg_dump
from requests_app.models import AccessLink
from tests import factories
from tests.live import ROOT, Site, wait_for
from tests.planted import CANARIES
from tests.restored import Restored, restored
from tests.waits import Waits

pytestmark = pytest.mark.shows("4.32")

if TYPE_CHECKING:
    from playwright.sync_api import Page

*OLDER, NEWEST = sorted((Path(__file__).parent / "releases").glob("*.sql.gz"))
RELEASES = [NEWEST, *(pytest.param(dump, marks=pytest.mark.slow) for dump in OLDER)]
# The last migration of each release, and the commit that it was made of.
VERSIONS = {"0.2.0": ("0001", "33a9e3b5")}
FOLDER = ROOT / "requests_app/migrations"
MIGRATIONS = sorted(path.stem for path in FOLDER.glob("0*.py"))
# In a migration that changes the city's table.
OF_THE_CITY = 'model_name="jurisdiction"'
# Copies of the first request, each with an event, in whatever columns its release had.
COPIES = """
ALTER TABLE requests_app_servicerequest DISABLE TRIGGER USER;
DO $$ DECLARE columns text; BEGIN
  SELECT string_agg(quote_ident(column_name), ', ') INTO columns FROM information_schema.columns
  WHERE table_name = 'requests_app_servicerequest' AND is_generated = 'NEVER' AND column_name NOT IN ('id', 'reference');
  EXECUTE format('INSERT INTO requests_app_servicerequest (reference, %1$s) SELECT lpad(number::text, 8, ''0''), %1$s
    FROM (SELECT * FROM requests_app_servicerequest ORDER BY id LIMIT 1) AS first, generate_series(1, 100000) AS number', columns);
END $$;
INSERT INTO requests_app_event (jurisdiction_id, service_request_id, kind, at, data, source)
  SELECT jurisdiction_id, id, 'submitted', submitted_at, '{}', '' FROM requests_app_servicerequest WHERE reference LIKE '00%';
ALTER TABLE requests_app_servicerequest ENABLE TRIGGER USER;
"""
WORDS = b"SELECT count(*), md5(string_agg(description, '|' ORDER BY id)) FROM requests_app_servicerequest"
CONTINUE = "#report-form button.usa-button--big"


def test_each_release_since_0_2_0_has_its_dump() -> None:
    released = re.findall(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert set(VERSIONS) == set(released) - {"0.1.0"}
    assert {migration for migration, _ in VERSIONS.values()} == {
        dump.name.removesuffix(".sql.gz") for dump in (NEWEST, *OLDER)
    }


def schema(database: str, environment: dict[str, str]) -> set[frozenset[str]]:
    """The statements that make a database's tables, each without the order of its lines: columns were added over the years."""
    command = [pg_dump(), "--schema-only", "--no-owner", "--no-privileges", "--no-comments", database]
    dumped = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    lines = "\n".join(line for line in dumped.splitlines() if not line.startswith(("--", "\\")))
    # A condition that was dumped and restored has its casts elsewhere.
    lines = re.sub(r"::(text|character varying)\b(\[\])?|[()]", "", lines)
    statements = (statement.splitlines() for statement in lines.split(";\n\n"))
    return {frozenset(line.strip().removesuffix(",") for line in lines) for lines in statements}


def go(page: "Page", button: str = CONTINUE) -> None:
    with page.expect_navigation():
        page.locator(button).first.click()


@contextmanager
def migrated(dump: Path) -> Iterator[tuple[Restored, Site]]:
    """An earlier release's database after today's migrations, and a site that would use it."""
    with restored(dump) as database:
        before = database.run(WORDS)
        site = site_on(database)
        finish(site.environment)
        assert database.run(WORDS) == before
        yield database, site


def site_on(database: Restored) -> Site:
    site = Site(demo=False)
    site.environment["DATABASE_URL"] = site.environment["DATABASE_URL"].replace(
        f"/{connection.settings_dict['NAME']}?", f"/{database.name}?"
    )
    return site


def finish(environment: dict[str, str]) -> None:
    done = run("manage.py", "migrate", "--verbosity=0", "--skip-checks", environment=environment)
    assert done.returncode == 0, done.stderr


def run(*arguments: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dump", RELEASES, ids=lambda path: path.name)
def test_an_earlier_release_migrates_to_the_schema_of_a_new_one_while_in_use(dump: Path) -> None:
    """Killed at a statement that is drawn, and held up by a transaction that reads the city's row all the while.

    Each start of `migrate` takes seconds: `--all` kills it at every statement.
    """
    seed = random.randrange(1_000_000)
    print(f"seed {seed}")
    draw = random.Random(seed)
    pending = [name for name in MIGRATIONS if name > dump.name.split(".")[0] + "_~"]
    drawn, statement = draw.choice(pending), draw.randint(1, 4)
    # The last ones may have nothing to do with the table that is read.
    is_held_up = any(name > drawn and OF_THE_CITY in (FOLDER / f"{name}.py").read_text() for name in pending)
    with restored(dump) as database:
        environment = site_on(database).environment
        before = database.run(WORDS)
        with Waits(database.dsn) as waits:
            killed = run("-m", "tests.killed_migrate", drawn, str(statement), environment=environment)
            assert killed.returncode == -signal.SIGKILL, killed.stderr
            with psycopg.connect(database.dsn) as reader:
                reader.execute("LOCK TABLE requests_app_jurisdiction IN ACCESS SHARE MODE")
                migrate = [sys.executable, "manage.py", "migrate", "--skip-checks"]
                going = subprocess.Popen(migrate, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
                assert going.stdout
                told = next(
                    (line for line in going.stdout if "Another transaction keeps a table (process" in line), None
                )
            rest = going.communicate()[0]
        assert told or not is_held_up, rest
        assert going.returncode == 0, rest
        assert waits.errors == []
        assert waits.longest_s < 1, waits.table
        assert database.run(WORDS) == before
        is_as_new(database)


def is_as_new(database: Restored) -> None:
    upgraded, new = (schema(name, database.environment) for name in (database.name, connection.settings_dict["NAME"]))
    assert upgraded == new
    assert len(new) > 500


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("version", VERSIONS)
def test_the_release_before_goes_on_while_100_000_requests_are_migrated_and_afterward(
    version: str, tmp_path: Path
) -> None:
    """5 reports a second by the old code, from before the first migration until after the last."""
    migration, commit = VERSIONS[version]
    archive = subprocess.run(["git", "archive", commit], cwd=ROOT, capture_output=True)
    if archive.returncode:
        pytest.skip(f"this copy of the repository doesn't have commit {commit}")
    subprocess.run(["tar", "--extract", f"--directory={tmp_path}"], input=archive.stdout, check=True)
    with restored(ROOT / f"tests/releases/{migration}.sql.gz") as database:
        database.run(COPIES.encode())
        environment = site_on(database).environment | {"RATE_LIMITS": "off"}
        residents = subprocess.Popen(
            [sys.executable, str(ROOT / "tests/old_release.py")],
            cwd=tmp_path,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert residents.stdout
        assert residents.stdout.readline() == "ready\n"
        with Waits(database.dsn) as waits:
            time.sleep(5)
            finish(environment)
            time.sleep(10)
        seen = json.loads(residents.communicate()[0])
    print(f"{version}: {seen}, longest wait {waits.longest_s:.2f} s for {waits.table}")
    assert seen["errors"] == waits.errors == []
    assert seen["added"] == seen["sent"] > 50
    assert waits.longest_s < 1, waits.table


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dump", RELEASES, ids=lambda path: path.name)
def test_killed_at_each_statement_it_can_be_run_again(dump: Path) -> None:
    with restored(dump) as database:
        environment = site_on(database).environment
        for name in (name for name in MIGRATIONS if name > dump.name.split(".")[0] + "_~"):
            for statement in itertools.count(1):
                done = run("-m", "tests.killed_migrate", name, str(statement), environment=environment)
                assert done.returncode == -signal.SIGKILL, done.stderr
                if name in database.run(b"SELECT name FROM django_migrations WHERE app = 'requests_app'").split():
                    break
        finish(environment)
        is_as_new(database)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("dump", RELEASES, ids=lambda path: path.name)
def test_the_desk_works_on_with_the_data_of_an_earlier_release(dump: Path, new_page: Callable[..., "Page"]) -> None:
    with migrated(dump) as (database, site):
        # The dumped city had another host.
        database.run(b"UPDATE requests_app_jurisdiction SET hosts = '{127.0.0.1}' WHERE 'testserver' = ANY(hosts)")
        for name in ("web", "worker"):
            site.start(name)
        try:
            _walk(database, site, new_page(java_script_enabled=False))
        finally:
            site.stop()


def _walk(database: Restored, site: Site, page: "Page") -> None:
    # A private link from an email of the earlier release.
    pk, nonce, reference = database.run(
        b"SELECT l.id, l.nonce, r.reference FROM requests_app_accesslink l"
        b" JOIN requests_app_servicerequest r ON r.id = l.service_request_id"
        b" WHERE r.public_state = 'public' AND r.status <> 'closed' ORDER BY l.id LIMIT 1"
    ).split("|")
    page.goto(f"{site.url}/l/{links.token(AccessLink(pk=int(pk), purpose='follow', generation=1, nonce=UUID(nonce)))}/")
    assert page.url == f"{site.url}/r/{reference}/"

    # A new report.
    page.goto(f"{site.url}/report/?service=pothole")
    page.fill("#id_text", "A hole as deep as a bucket")
    go(page)
    page.fill("#id_address", "12 Elm St")
    go(page)
    if page.locator("button[name=different]").count():
        go(page, "button[name=different]")
    page.locator("label[for=id_q_where_0]").click()
    go(page)
    go(page, "button[name=none]")
    go(page, "#send-form button")
    assert "We got it" in page.inner_text("h1")
    wait_for(
        lambda: database.run(b"SELECT status FROM requests_app_servicerequest ORDER BY id DESC LIMIT 1") == "routed"
    )

    # Staff accounts of the dump sign in and find both.
    page.goto(f"{site.url}/staff/")
    page.fill("input[name=login]", CANARIES["staff e-mail"])
    page.fill("input[name=password]", factories.PASSWORD)
    go(page, "main form button[type=submit]")
    assert "A hole as deep as a bucket" in page.inner_text("main")
    page.goto(f"{site.url}/staff/r/{reference}/")
    assert CANARIES["internal note"] in page.inner_text("main")
