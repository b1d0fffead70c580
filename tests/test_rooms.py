"""The doors between the rooms: who may import whom. docs/architecture.md draws the same picture."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted([*ROOT.glob("requests_app/**/*.py"), *ROOT.glob("staff_app/**/*.py")])

# A room may import the rooms of its own floor and of those below it.
FLOORS = [
    {
        "clock",
        "words",
        "colors",
        "references",
        "cache",
        "logs",
        "markdown",
        "photo_child",
        "checks",
        "apps",
        "migrations",
    },
    {"models"},
    {"rules", "places", "links", "limits", "paging", "api_keys", "branding"},
    {"outbox"},
    {"events"},
    {"actions", "photos", "access"},
    {"messages"},
    {"imports", "training", "exports"},
    {
        "tasks",
        "static_files",
        "context",
        "middleware",
        "views",
        "forms",
        "api",
        "demo",
        "management",
        "templatetags",
        "urls",
        "urls_places",
    },
]


def floor(room: str) -> int:
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def imports(tree: ast.Module) -> Iterator[str]:
    """The modules that a file imports when it is loaded: not inside functions, not for types alone."""
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "requests_app" and len(parts) > 1 else None


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_door_opens_upward(path: Path) -> None:
    own = path.relative_to(ROOT).with_suffix("").parts
    modules = set(imports(ast.parse(path.read_text())))
    assert not {module for module in modules if module.split(".")[0] == "config"}, "nobody imports config"
    if own[0] == "staff_app":
        return
    assert not {module for module in modules if module.split(".")[0] == "staff_app"}, (
        "requests_app never imports staff_app"
    )
    if own[1] == "__init__":
        return
    known = {room for rooms in FLOORS for room in rooms}
    above = {
        module
        for module in modules
        if (room := room_of(module)) is not None and room in known and floor(room) > floor(own[1])
    }
    assert not above


def test_every_room_has_a_floor() -> None:
    rooms = {
        path.relative_to(ROOT).with_suffix("").parts[1]
        for path in SOURCES
        if path.parts[len(ROOT.parts)] == "requests_app"
    }
    assert rooms - {"__init__"} <= {room for floor_rooms in FLOORS for room in floor_rooms}


def test_no_file_is_a_drawer_for_everything() -> None:
    assert not [path for path in SOURCES if path.name in ("utils.py", "helpers.py", "services.py", "misc.py")]


def test_only_the_outbox_publishes_tasks() -> None:
    publishing = {"delay", "apply_async", "delay_on_commit", "send_task"}
    found = [
        str(path.relative_to(ROOT))
        for path in SOURCES
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
