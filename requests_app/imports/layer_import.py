"""A map file's way into the city: uploaded, its columns mapped, checked by the worker, replacing a layer, undone.

Files are only ever opened in a child process with limits (map_reader.py). Nothing counts before apply.
"""

import datetime as dt
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import structlog
from django.core.cache import cache
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from requests_app import outbox
from requests_app.actions.shared import setup_changes
from requests_app.clock import app_now
from requests_app.imports import layer_sets, map_reader
from requests_app.imports.city import tidy
from requests_app.imports.layer_fields import KINDS, fields_of, guessed
from requests_app.imports.layers import area_code
from requests_app.imports.projection import proposed
from requests_app.models import Jurisdiction, LayerImport, LayerRow, OutboxRow, User
from requests_app.places.address_words import search_key

log = structlog.get_logger(__name__)

Kind, State = LayerImport.Kind, LayerImport.State
FOLDER = "layers"
UPLOAD_MAX = 60 * 1024**2
PEEK_TIMEOUT_S, READ_TIMEOUT_S = 45, 900
PROBLEMS_SHOWN = 100
PROGRESS_EVERY = 2000
UNDO_FOR = dt.timedelta(days=30)


class FileRefused(Exception):
    """code: one of staff_app.setup.places.words, which has its words; detail: what was found; kind: of which file."""

    def __init__(self, code: str, detail: str = "", kind: str = "") -> None:
        self.code, self.detail, self.kind = code, detail, kind
        super().__init__(code)


class WrongState(Exception):
    """Somebody else has gone on with this import, or a newer one has replaced what it would undo."""


# --- Uploading and mapping ----------------------------------------------------------------------------------------------


def upload(
    city: Jurisdiction, kind: str, layer: str, file: IO[bytes], *, name: str, size: int, actor: User | None
) -> LayerImport:
    """Stores the file and looks at its first rows. Raises FileRefused."""
    if size > UPLOAD_MAX:
        raise FileRefused("too_big")
    with tempfile.TemporaryDirectory(prefix="lamplighter-layer-") as folder:
        source = Path(folder, "upload")
        with source.open("wb") as out:
            while chunk := file.read(1 << 20):
                out.write(chunk)
        found = _peek(source)
        with source.open("rb") as stored:
            path = default_storage.save(f"{FOLDER}/{city.pk}-{kind}", File(stored))
    plain = re.sub(r"[\x00-\x1f\x7f]", "", name)[-200:]
    return LayerImport.objects.create(
        jurisdiction=city, kind=kind, layer=layer, file_name=plain, path=path, size=size, found=found, created_by=actor
    )


@transaction.atomic
def map_columns(pk: int, mapping: dict[str, Any]) -> LayerImport:
    """Starts checking with this mapping: {"columns": {ours: theirs}, "srid": 4326}. Raises WrongState."""
    layer_import = LayerImport.objects.select_for_update(of=("self",)).select_related("jurisdiction").get(pk=pk)
    if layer_import.state not in (State.UPLOADED, State.CHECKED, State.FAILED) or not layer_import.path:
        raise WrongState(layer_import.state)
    layer_import.mapping, layer_import.failure = mapping, ""
    _enqueue(layer_import, State.CHECKING, "layer_check")
    return layer_import


def check_as_proposed(pk: int) -> LayerImport:
    """Starts checking with the axes or the projection that the last check proposed. Raises WrongState if there is no proposal."""
    layer_import = LayerImport.objects.get(pk=pk)
    fix = layer_import.report.get("proposed")
    if not fix:
        raise WrongState(layer_import.state)
    return map_columns(pk, layer_import.mapping | {name: fix[name] for name in ("srid", "swapped") if name in fix})


@transaction.atomic
def start_applying(pk: int, *, actor: User | None) -> LayerImport:
    """Raises WrongState."""
    return _start(pk, State.CHECKED, State.APPLYING, "layer_apply", actor)


@transaction.atomic
def start_undoing(pk: int, *, actor: User | None) -> LayerImport:
    """Raises WrongState, also if a newer import has replaced this one or 30 days are over."""
    if not can_undo(LayerImport.objects.get(pk=pk)):
        raise WrongState
    return _start(pk, State.APPLIED, State.UNDOING, "layer_undo", actor)


def _start(pk: int, state: str, next_state: str, work: str, actor: User | None) -> LayerImport:
    layer_import = LayerImport.objects.select_for_update(of=("self",)).get(pk=pk)
    if layer_import.state != state or (state == State.CHECKED and not layer_import.report.get("good")):
        raise WrongState(layer_import.state)
    layer_import.created_by = actor or layer_import.created_by
    _enqueue(layer_import, next_state, work)
    return layer_import


def _enqueue(layer_import: LayerImport, state: str, work: str) -> None:
    layer_import.state = state
    layer_import.attempt += 1
    layer_import.save()
    outbox.enqueue(
        work,
        lane=OutboxRow.Lane.DATABASE,
        jurisdiction_id=layer_import.jurisdiction_id,
        dedupe_key=f"{work}:{layer_import.pk}:{layer_import.attempt}",
        # One at a time in a city: the other threads of the worker are for routing.
        ordering_key=f"layers:{layer_import.jurisdiction_id}",
    )


def use_at_once(city: Jurisdiction, kind: str, file: UploadedFile, *, actor: User | None) -> LayerImport:
    """Uploads, checks and applies a small file that needs no columns, in the caller's transaction. Raises FileRefused."""
    try:
        layer_import = upload(city, kind, "", file, name=file.name or "", size=file.size or 0, actor=actor)
        if layer_import.found["needs_srid"] or not layer_import.found["looks_like_degrees"]:
            raise FileRefused("no_projection")
        layer_import.mapping = {"columns": {}}
        _check(layer_import)
    except FileRefused as refused:
        raise FileRefused(refused.code, refused.detail, kind) from None
    if not layer_import.report["good"]:
        raise FileRefused("nothing_good", kind=kind)
    _apply(layer_import)
    return layer_import


def check_with_guesses(city: Jurisdiction, kind: str, file: UploadedFile, *, actor: User | None) -> LayerImport:
    """Uploads a file, and starts to check it if the names of its columns say enough. Raises FileRefused."""
    try:
        layer_import = upload(city, kind, "", file, name=file.name or "", size=file.size or 0, actor=actor)
    except FileRefused as refused:
        raise FileRefused(refused.code, refused.detail, kind) from None
    fields = fields_of(layer_import)
    columns = guessed(fields, layer_import.found["columns"])
    placed = {"longitude", "latitude"} & {one.name for one in fields} <= columns.keys()
    if placed and set(KINDS[kind].one_of) & columns.keys() and not layer_import.found["needs_srid"]:
        return map_columns(layer_import.pk, {"columns": columns})
    return layer_import


def undo_until(layer_import: LayerImport) -> dt.datetime | None:
    """When its undo ends; None if it isn't in use, or was used too long ago."""
    if layer_import.state != State.APPLIED or not layer_import.applied_at:
        return None
    until = layer_import.applied_at + UNDO_FOR
    return until if until >= app_now() else None


def can_undo(layer_import: LayerImport) -> bool:
    """For 30 days, while it is in use, and as long as what was there before is kept."""
    return undo_until(layer_import) is not None and layer_import.rows.exists()


# --- The child process ----------------------------------------------------------------------------------------------------


def _command(action: str, source: Path, folder: Path, options: dict[str, Any]) -> list[str]:
    return [sys.executable, "-I", str(Path(map_reader.__file__)), action, str(source), str(folder), json.dumps(options)]


# No proxies, no credentials, and no address that GDAL's network file systems would open.
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "/nothing",
    "GDAL_DISABLE_READDIR_ON_OPEN": "FALSE",
    "OGR_SQLITE_LOAD_EXTENSIONS": "",
}


def _peek(source: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="lamplighter-layer-") as folder:
        try:
            done = subprocess.run(
                _command("peek", source, Path(folder), {}),
                capture_output=True,
                timeout=PEEK_TIMEOUT_S,
                check=False,
                env=ENVIRONMENT,
            )
            found: dict[str, Any] = json.loads(done.stdout)
        except subprocess.TimeoutExpired:
            raise FileRefused("too_big") from None
        except ValueError:
            log.warning("layer_reader_died", code=done.returncode, error=done.stderr[-500:].decode(errors="replace"))
            raise FileRefused("damaged") from None
    if "error" in found:
        raise FileRefused(found["error"], found.get("detail", ""))
    return found


def _read(source: Path, mapping: dict[str, Any]) -> Iterator[list[Any]]:
    """The rows of the file, as map_reader prints them. Raises FileRefused."""
    with tempfile.TemporaryDirectory(prefix="lamplighter-layer-") as folder:
        process = subprocess.Popen(
            _command("read", source, Path(folder), mapping),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=ENVIRONMENT,
            text=True,
            encoding="utf-8",
        )
        try:
            for line in process.stdout or ():
                row = json.loads(line)
                if isinstance(row, dict):
                    raise FileRefused(row["error"], row.get("detail", ""))
                yield row
            if process.wait(READ_TIMEOUT_S):
                raise FileRefused("damaged")
        except ValueError:
            raise FileRefused("damaged") from None
        finally:
            process.kill()
            process.wait()


# --- What the worker does -----------------------------------------------------------------------------------------------


def _locked(row: OutboxRow, state: str) -> LayerImport | None:
    pk = int(row.dedupe_key.split(":")[1])
    found = LayerImport.objects.select_for_update(of=("self",)).select_related("jurisdiction", "created_by")
    layer_import = found.filter(pk=pk, state=state).first()
    if layer_import is not None:
        with connection.cursor() as cursor:
            # One replacement of a city's layers at a time.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext('layers'), %s)", [layer_import.jurisdiction_id])
    return layer_import


def check_row(row: OutboxRow) -> None:
    """Reads the whole file into LayerRow, marks problems, and counts what would change. Nothing of the city changes."""
    layer_import = _locked(row, State.CHECKING)
    if layer_import is None:
        return
    try:
        with transaction.atomic():
            _check(layer_import)
    except FileRefused as refused:
        layer_import.state, layer_import.failure = State.FAILED, refused.code
        layer_import.save(update_fields=["state", "failure"])


def _check(layer_import: LayerImport) -> None:
    _load(layer_import)
    layer_sets.mark_problems(layer_import)
    report = layer_sets.counts(layer_import) | {"before": layer_sets.count_current(layer_import)}
    if layer_import.kind == Kind.AREAS and report["good"]:
        report |= layer_sets.preview_areas(layer_import, lambda done: _progress(layer_import, done))
    if fix := proposed(layer_import, report["rows"], report["by_problem"]):
        report["proposed"] = fix
    bad = LayerRow.objects.filter(layer_import=layer_import, is_previous=False).exclude(problem="").order_by("number")
    layer_import.problems = [
        {"row": number, "code": code, "detail": detail}
        for number, code, detail in bad.values_list("number", "problem", "detail")[:PROBLEMS_SHOWN]
    ]
    layer_import.report, layer_import.state = report, State.CHECKED
    layer_import.save(update_fields=["report", "problems", "state"])


def _load(layer_import: LayerImport) -> None:
    LayerRow.objects.filter(layer_import=layer_import)._raw_delete("default")
    complete = COMPLETE[layer_import.kind]
    with tempfile.TemporaryDirectory(prefix="lamplighter-layer-") as folder:
        source = Path(folder, "upload")
        with default_storage.open(layer_import.path) as stored, source.open("wb") as out:
            while chunk := stored.read(1 << 20):
                out.write(chunk)
        into = "COPY requests_app_layerrow (layer_import_id, is_previous, number, properties, shape, problem, detail) FROM STDIN"
        with connection.cursor() as cursor, cursor.copy(into) as copy:
            for done, (number, values, shape, problem, detail) in enumerate(_read(source, layer_import.mapping)):
                with_srid = f"SRID=4326;{shape}" if shape else None
                copy.write_row(
                    [layer_import.pk, False, number, json.dumps(complete(values)), with_srid, problem, detail]
                )
                if done % PROGRESS_EVERY == 0:
                    _progress(layer_import, done)


def _area(values: dict[str, Any]) -> dict[str, Any]:
    named = {name: value for name, value in values.items() if value != ""}
    return named | {"code": area_code(named) if named.get("code") or named.get("name") else ""}


def _address(values: dict[str, Any]) -> dict[str, Any]:
    number, street = values.get("house_number", ""), values.get("street", "")
    label = values.get("label") or f"{number} {street}".strip()
    if label.isupper():
        label, street = tidy(label), tidy(street)
    first = re.match(r"(\d[\w/-]*)\s+(.+)", label)
    kind = values.get("kind") or ("address" if first else "landmark")
    return {
        "label": label[:200],
        "kind": kind[:40],
        "house_number": (number or (first[1] if first else ""))[:20],
        "street": (street or (first[2] if first else ""))[:120],
        "zip": values.get("zip", "")[:12],
        "search_key": search_key(label)[:200],
    }


def _asset(values: dict[str, Any]) -> dict[str, Any]:
    number = values.get("asset_id", "")[:60]
    return {"asset_id": number, "label": (values.get("label") or number)[:200]}


def _owner(values: dict[str, Any]) -> dict[str, Any]:
    return {"owner": values.get("owner", "")[:200], "kind": values.get("kind", ""), "name": values.get("name", "")}


# Our values of a row, complete and as long as their columns.
COMPLETE: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    Kind.AREAS: _area,
    Kind.ADDRESSES: _address,
    Kind.ASSETS: _asset,
    Kind.OWNERS: _owner,
    Kind.BOUNDARY: lambda values: {},
}


def apply_row(row: OutboxRow) -> None:
    layer_import = _locked(row, State.APPLYING)
    if layer_import is not None:
        _apply(layer_import)


def _apply(layer_import: LayerImport) -> None:
    before = layer_sets.keep_previous(layer_import)
    _replace(layer_import, previous=False)
    layer_import.state, layer_import.applied_at = State.APPLIED, app_now()
    layer_import.save(update_fields=["state", "applied_at", "report"])
    _record(layer_import, before=before, after=layer_import.report["good"])
    # Only the last file can be undone. The one before it keeps its rows, for when it is in use again.
    of_layer = _of_layer(layer_import)
    LayerRow.objects.filter(layer_import__in=of_layer.filter(state=State.UNDONE))._raw_delete("default")
    of_layer.filter(state=State.APPLIED).update(state=State.REPLACED)
    transaction.on_commit(lambda: _delete_file(layer_import), robust=True)


def undo_row(row: OutboxRow) -> None:
    layer_import = _locked(row, State.UNDOING)
    if layer_import is None:
        return
    after = layer_sets.count_current(layer_import)
    _replace(layer_import, previous=True)
    layer_import.state = State.UNDONE
    layer_import.save(update_fields=["state", "report"])
    # What is in use again came from the file before it, which can be undone in turn.
    earlier = _of_layer(layer_import).filter(state=State.REPLACED, applied_at__lte=layer_import.applied_at)
    if (before := earlier.order_by("-applied_at", "-pk").first()) is not None:
        LayerImport.objects.filter(pk=before.pk).update(state=State.APPLIED)
    _record(layer_import, before=after, after=layer_sets.count_current(layer_import), action="rolled_back")


def _of_layer(layer_import: LayerImport) -> QuerySet[LayerImport]:
    """The other imports of the same layer."""
    city, kind, layer = layer_import.jurisdiction_id, layer_import.kind, layer_import.layer
    return LayerImport.objects.filter(jurisdiction=city, kind=kind, layer=layer).exclude(pk=layer_import.pk)


def _replace(layer_import: LayerImport, *, previous: bool) -> None:
    done = layer_sets.REPLACE[layer_import.kind](layer_import, previous, lambda number: _progress(layer_import, number))
    layer_import.report = {**layer_import.report, **done}


def _record(layer_import: LayerImport, *, before: int, after: int, action: str = "changed") -> None:
    setup_changes.record(
        layer_import.jurisdiction,
        "layer",
        f"{layer_import.kind}:{layer_import.layer}".strip(":"),
        actor=layer_import.created_by,
        name=f"{KINDS[layer_import.kind].name} {layer_import.layer}".strip(),
        before={"rows": before},
        after={"rows": after, "file": layer_import.file_name},
        action=action,
    )


def failed_row(row: OutboxRow) -> None:
    """The work was given up. What was there is still there: the work is one transaction."""
    states = {"layer_check": State.FAILED, "layer_apply": State.CHECKED, "layer_undo": State.APPLIED}
    pk = int(row.dedupe_key.split(":")[1])
    LayerImport.objects.filter(pk=pk).update(state=states[row.kind], failure="stopped")


def _delete_file(layer_import: LayerImport) -> None:
    default_storage.delete(layer_import.path)
    LayerImport.objects.filter(pk=layer_import.pk).update(path="")


def delete_expired() -> None:
    """Deletes the rows of imports that can't be undone anymore, and files that nobody went on with."""
    # A file may be used long after it was uploaded, and its undo counts from then on.
    since = LayerImport.objects.alias(since=Coalesce("applied_at", "created_at"))
    old = since.filter(since__lt=app_now() - UNDO_FOR)
    LayerRow.objects.filter(layer_import__in=old)._raw_delete("default")
    for layer_import in old.exclude(path="")[:100]:
        _delete_file(layer_import)


# --- Progress -----------------------------------------------------------------------------------------------------------


def _progress(layer_import: LayerImport, done: int) -> None:
    # In Redis: the work's own transaction shows nothing before it ends.
    cache.set(f"layer:{layer_import.pk}:{layer_import.attempt}", done, timeout=3600)


def progress_of(layer_import: LayerImport) -> int | None:
    """How many rows or requests are done; None if it is not known."""
    return cache.get(f"layer:{layer_import.pk}:{layer_import.attempt}")
