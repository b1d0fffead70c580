"""Fixtures for all tests: the database, the running site and the browser."""

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from config.stack.folders import ROOT
from config.stack.machine import chromium
from config.stack.testing import TEMPLATE

if TYPE_CHECKING:
    from django.test import Client
    from playwright.sync_api import Browser, BrowserContext, Page
    from redis import Redis

    from tests.factories import Rivermark
    from tests.live import Site
    from tests.walk import Walk


# The files that take longest (tests/seconds.py), longest first. A run in several processes starts with these, so that no
# process is left with a long one at the end.
LONGEST = (
    "tests/test_canary.py",
    "tests/test_permissions.py",
    "tests/test_accessibility.py",
    "tests/stack/test_demo.py",
    "tests/journeys/test_offline.py",
    "tests/test_weight.py",
    "tests/staff_app/setup/places/test_layer_import.py",
    "tests/test_headers.py",
    "tests/test_query_budgets.py",
    "tests/requests_app/web/explore/test_map.py",
    "tests/requests_app/test_ways_in.py",
    "tests/requests_app/web/developers/test_pages.py",
    "tests/requests_app/web/report/test_start.py",
    "tests/faults/test_outages.py",
    "tests/requests_app/test_beside.py",
    "tests/requests_app/demo/test_tour.py",
    "tests/staff_app/test_twin_city.py",
    "tests/requests_app/actions/alarms/test_alarms.py",
    "tests/journeys/test_administrator.py",
    "tests/requests_app/web/request/test_edit.py",
    "tests/requests_app/worker/test_training.py",
    "tests/test_staff_accessibility.py",
    "tests/journeys/test_map_and_list.py",
    "tests/journeys/test_triage_by_keyboard.py",
    "tests/requests_app/web/account/test_my.py",
    "tests/requests_app/test_checks.py",
    "tests/test_releases.py",
    "tests/test_translations.py",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Marks tests that open a browser, so that `-m "not browser"` leaves them out, and the cases that only `--all` runs."""
    if "hypothesis" in sys.modules:
        _spare_reading_the_modules()
    cases: Counter[str] = Counter()
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        if sampled := item.get_closest_marker("sampled"):
            test = item.nodeid.partition("[")[0]
            if cases[test] % sampled.args[0]:
                item.add_marker("slow")
            cases[test] += 1
    # What was named comes in the order it was named in: bin/test --changed names the nearest first.
    if hasattr(config, "workerinput") and config.args_source is config.ArgsSource.TESTPATHS:
        places = {file: place for place, file in enumerate(LONGEST)}
        items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(places)))


def _spare_reading_the_modules() -> None:
    """Hypothesis would look for constants to try in each of our modules, which takes each process 5 seconds in a new clone."""
    from hypothesis.internal.conjecture import providers

    providers._get_local_constants = providers.Constants  # type: ignore[attr-defined]


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """In a whole run, each process imports its share of the tests first.

    pytest compiles a test module when it is imported, with more to say about its assertions. In a new clone, all processes would
    compile all modules at the same time. So each finds most of them compiled by the others.
    """
    config = session.config
    if hasattr(config, "workerinput") and config.args_source is config.ArgsSource.TESTPATHS:
        files = sorted(ROOT.glob("tests/**/test_*.py"))
        for file in files[int(config.workerinput["workerid"][2:]) :: config.workerinput["workercount"]]:
            # What can't be imported is reported when it is collected.
            with suppress(Exception):
                import_module(".".join(file.relative_to(ROOT).with_suffix("").parts))


def pytest_collection_finish() -> None:
    """Spares the garbage collector the modules and tests, which stay to the end, and lets it look less often at what is new."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 10)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copies the template that bin/test has migrated, instead of migrating in each process."""
    from django.conf import settings

    settings.DATABASES["default"]["TEST"]["TEMPLATE"] = TEMPLATE


@pytest.fixture(scope="session", autouse=True)
def _quick_passwords() -> Iterator[None]:
    """Argon2 is slow on purpose, and a test city has five members of staff."""
    from django.conf import settings
    from django.test import override_settings

    with override_settings(PASSWORD_HASHERS=["tests.hashers.QuickHasher", *settings.PASSWORD_HASHERS]):
        yield


# What so many tests have rolled back or deleted is cleared out of the tables.
TESTS_A_CLEARING = 100
_tests_since_clearing = 0


def pytest_runtest_setup() -> None:
    global _tests_since_clearing
    _tests_since_clearing += 1


@pytest.fixture(scope="module", autouse=True)
def _clear_tables(django_db_blocker: Any) -> None:
    """Between files. Each query reads over such rows: after 1,500 tests, the same pages took the database 14 % longer."""
    global _tests_since_clearing
    from django.db import connection

    if _tests_since_clearing < TESTS_A_CLEARING or connection.connection is None or connection.in_atomic_block:
        return
    with django_db_blocker.unblock():
        connection.close_if_unusable_or_obsolete()
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
    _tests_since_clearing = 0


@pytest.fixture(autouse=True)
def _repeats_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that no step is repeated (tests/saved.py) where a function that it calls may be replaced."""
    from tests import saved

    saved.new_test(monkeypatch)


@pytest.fixture(scope="session", autouse=True)
def _quick_static_files() -> Iterator[None]:
    """Finds static files on request; otherwise each new Client would list them all."""
    from django.test import override_settings

    with override_settings(WHITENOISE_AUTOREFRESH=True):
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_middleware() -> Iterator[None]:
    """Makes the chain of middleware once for the same settings; otherwise each new Client would make its own."""
    from django.test.client import ClientHandler

    from tests.saved import changed_settings

    made: dict[tuple[tuple[str, str], ...], dict[str, Any]] = {}
    load = ClientHandler.load_middleware

    def load_once(handler: ClientHandler, is_async: bool = False) -> None:
        settings = tuple(changed_settings())
        if settings not in made:
            load(handler, is_async)
            made[settings] = {name: value for name, value in vars(handler).items() if name.endswith("_middleware")}
            made[settings]["_middleware_chain"] = handler._middleware_chain
        vars(handler).update(made[settings])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ClientHandler, "load_middleware", load_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_templates(django_test_environment: None) -> Iterator[None]:
    """Copies the context of each page for the test, as Django does, but not that of each piece which a page includes."""
    from django.template import Context, Template
    from django.test.signals import template_rendered

    def render(template: Template, context: Context) -> str:
        if context.template is template:
            template_rendered.send(sender=template, template=template, context=context)
        return template.nodelist.render(context)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Template, "_render", render)
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_danger() -> Iterator[None]:
    """Scores a text once. Each page of a report asks again, and most tests report the same few things."""
    from requests_app.danger.model import Model, Part

    # With its model, so that no other model gets the id of one that is gone.
    scores: dict[tuple[int, str], tuple[Model, list[Part]]] = {}
    score = Model.scored_parts

    def score_once(model: Model, text: str) -> list[Part]:
        key = (id(model), text)
        if key not in scores:
            scores[key] = model, score(model, text)
        return list(scores[key][1])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Model, "scored_parts", score_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _quick_emptying() -> Iterator[None]:
    """Deletes rows after a transactional test. Django would truncate every table, which takes 20 times as long."""
    from django.test import TransactionTestCase

    from tests.saved import empty_database

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", lambda self: empty_database())
        yield


@pytest.fixture(scope="session")
def _redis() -> Iterator["Redis"]:
    from django.conf import settings
    from redis import Redis

    with Redis.from_url(settings.CACHES["default"]["LOCATION"]) as redis:
        yield redis


@pytest.fixture(autouse=True)
def _empty_redis(_redis: "Redis") -> Iterator[None]:
    """Isolates tests from each other's cache, rate limits and queue."""
    yield
    # Without kombu's bindings, which it declares once, a running worker would not be woken again.
    if keys := [key for key in _redis.scan_iter(count=1000) if not key.startswith(b"_kombu.binding")]:
        _redis.delete(*keys)


# --- The city ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def cast(db: None) -> "Rivermark":
    """Rivermark, with its departments, services and staff. Files that need more have their own `cast`."""
    from tests import factories

    return factories.rivermark()


@pytest.fixture
def town(cast: "Rivermark") -> "Rivermark":
    return cast


@pytest.fixture
def walk(cast: "Rivermark", client: "Client") -> "Walk":
    """A test client that fills in the report form of the cast's city."""
    from tests.walk import Walk

    return Walk(client)


# --- The running site -------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def _site(django_db_setup: None, django_db_blocker: Any) -> Iterator["Site"]:
    from tests.live import Site

    with django_db_blocker.unblock():
        site = Site.shared = Site(demo=False)
        yield site
        site.stop()


@pytest.fixture
def live_site(transactional_db: None, _site: "Site") -> "Site":
    """gunicorn on this test's database: `live_site.url`."""
    if "web" not in _site.running:
        _site.start("web")
    return _site


@pytest.fixture
def worker(live_site: "Site") -> None:
    """The live site's Celery worker, for tests that wait until it has done its work."""
    if "worker" not in live_site.running:
        live_site.start("worker")


@pytest.fixture(autouse=True)
def _no_worker_unless_it_is_wanted(request: pytest.FixtureRequest) -> None:
    if "worker" not in request.fixturenames:
        from tests.live import stop_worker

        stop_worker()


# --- The browser ------------------------------------------------------------------------------------------------------


# Chromium would open two pages of its own, for suggestions under its address bar, with each window: half the work of a new page.
# What follows them is Playwright's own list, which this option replaces.
UNUSED_FEATURES = (
    "WebUIOmniboxPopup",
    "WebUIOmniboxAimPopup",
    # It would also start a process for a page that might come.
    "SpareRendererForSitePerProcess",
    "AimEnabled",
    "AvoidCorsURLLoaderRestartOnRedirect",
    "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable",
    "HttpsUpgrades",
    "LensOverlay",
    "MediaRouter",
    "NetworkTimeServiceQuerying",
    "OptimizationHints",
    "PaintHolding",
    "PreconnectToSearch",
    "TcpPortRandomizationWin",
    "ThirdPartyStoragePartitioning",
)


@pytest.fixture(scope="session")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, started once a run. It can reach only this machine."""
    from playwright.sync_api import sync_playwright

    flags = [
        "--no-sandbox",  # the tests may run as root, where Chromium's sandbox does not start
        "--disable-gpu",
        "--enable-unsafe-swiftshader",  # the map draws with WebGL; this one needs no graphics card
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--no-first-run",
        f"--disable-features={','.join(UNUSED_FEATURES)}",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost, EXCLUDE *.localhost",
    ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=flags)
        yield browser
        browser.close()


# Without motion, since each step of an animated map is drawn by the processor.
USUAL = {"viewport": {"width": 1280, "height": 900}, "locale": "en-US", "reduced_motion": "reduce"}


@pytest.fixture
def new_page(browser: "Browser") -> Iterator[Callable[..., "Page"]]:
    """Makes a page in its own browser context; the arguments are Playwright's (java_script_enabled, viewport, …).

    A script error or a violation of the content security policy fails the test.
    """
    contexts: list[BrowserContext] = []
    wrong: list[str] = []

    def make(**options: Any) -> "Page":
        context = browser.new_context(**{**USUAL, **options})
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: wrong.append(f"{page.url}: {error}"))
        page.on("console", lambda said: wrong.append(f"{page.url}: {said.text}") if is_violation(said.text) else None)
        return page

    yield make
    for context in contexts:
        context.close()
    assert wrong == []


def is_violation(text: str) -> bool:
    return "Content Security Policy" in text


@pytest.fixture
def page(new_page: Callable[..., "Page"]) -> "Page":
    """A page of desktop size in a new browser context."""
    return new_page()
