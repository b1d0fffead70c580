"""Training the suggestions: what the files may contain, that a new model is used at once, and that a missing one is no error."""

import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils.text import slugify
from pytest_django.fixtures import Settings

from requests_app.actions.report.submission import Reporter
from requests_app.actions.shared.search_index import index_catalog
from requests_app.models import Jurisdiction, ServiceRequest, ServiceVersion
from requests_app.rules.answers import suggestion_model
from requests_app.rules.answers.suggestion_model import ARRAYS, Model, current_model, folder_of, likely
from requests_app.rules.answers.suggestions import suggest
from requests_app.worker import training
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.6")]


@pytest.fixture
def cast(settings: Settings, tmp_path: Path) -> Rivermark:
    settings.SUGGESTIONS_ROOT = str(tmp_path / "suggestions")
    cast = factories.rivermark()
    index_catalog(cast.city)
    return cast


def reports(
    version: ServiceVersion, words: str, times: int, *, reporter: Reporter | None = None, address: str = ""
) -> list[ServiceRequest]:
    """Reports with this text, each by another reporter at another address unless given."""
    return [
        factories.report(
            version,
            f"{words} {'very ' * number}",
            reporter=reporter or Reporter(email=f"{slugify(words)[:20]}{number}@example.org"),
            address=address or f"{number} {words[:20]} St",
            answers={"where": "lane"} if version.service.service_code == "pothole" else {},
        )
        for number in range(times)
    ]


def train(city: Jurisdiction) -> str:
    out = io.StringIO()
    call_command("train_suggestions", "--jurisdiction", city.jurisdiction_id, stdout=out)
    return out.getvalue()


def taught(cast: Rivermark) -> None:
    """The catalog contains neither word."""
    reports(cast.pothole, "a gully", 5)
    reports(cast.tree, "a twig", 5)
    train(cast.city)


def vocabulary(city: Jurisdiction) -> set[str]:
    name = (folder_of(city) / "current").read_text()
    return {one.decode() for one in np.load(folder_of(city) / name / "features.npy", allow_pickle=False)}


def codes(city: Jurisdiction, text: str, language: str = "en") -> list[str]:
    return [version.service.service_code for version in suggest(city, text, language).services]


# --- What the files may contain ---------------------------------------------------------------------------------------


def test_only_words_of_five_different_public_requests_are_kept_and_none_with_a_digit_or_an_at(cast: Rivermark) -> None:
    reports(cast.pothole, "a gully", 5)
    reports(cast.tree, "a twig", 5)
    reports(cast.pothole, "ask quelvane", 4)
    reports(cast.pothole, "it was brixholt", 8, reporter=Reporter(email="one@example.org"))
    reports(cast.pothole, "beside zundermeer", 8, reporter=factories.NOBODY, address="7 Low St")
    reports(cast.pothole, "plate KVQ4471 and 5550100199, at vlimp@example.org or vlimp2 or ５５wide", 8)
    for hidden in reports(cast.pothole, "hidden grospel", 8):
        ServiceRequest.objects.filter(pk=hidden.pk).update(public_state="hidden")
    reports(cast.outreach, "private murdle", 8)
    reports(cast.unknown, "unknown fribble", 8)
    elsewhere = factories.jurisdiction("Elsewhere")
    reports(factories.service(elsewhere, "snow", of=factories.department(elsewhere)), "foreign snizzard", 8)
    train(cast.city)
    kept = vocabulary(cast.city)
    assert {"gully", "a gully", "twig", "~gully"} <= kept
    assert not [one for one in kept if any(letter.isnumeric() or letter == "@" for letter in one)]
    secrets = "quelvane brixholt zundermeer kvq vlimp grospel murdle fribble snizzard wide"
    # Nor a part of it, in any file.
    written = b"".join(file.read_bytes() for file in folder_of(cast.city).rglob("*") if file.is_file()).lower()
    for secret in secrets.split():
        assert secret not in kept
        assert secret[:5].encode() not in written, secret


def test_ten_copies_of_one_text_are_one_and_what_is_hidden_later_leaves_with_the_next_training(cast: Rivermark) -> None:
    taught(cast)
    for number in range(10):
        factories.report(
            cast.tree, "Sent  by MORTLEBY", reporter=Reporter(email=f"{number}@example.org"), address=f"{number} Low St"
        )
    one = reports(cast.tree, "by grospel", 5)[0]
    train(cast.city)
    assert "mortleby" not in vocabulary(cast.city)
    assert "grospel" in vocabulary(cast.city)
    ServiceRequest.objects.filter(pk=one.pk).update(public_state="erased")
    train(cast.city)
    assert "grospel" not in vocabulary(cast.city)


# --- What is learned --------------------------------------------------------------------------------------------------


def test_what_others_meant_is_suggested_and_a_new_model_is_used_at_once(cast: Rivermark) -> None:
    assert codes(cast.city, "gully") == []
    taught(cast)
    assert codes(cast.city, "gully")[:1] == ["pothole"]
    assert codes(cast.city, "a twigg")[:1] == ["tree"], "typos and all"
    reports(cast.tree, "a furrow", 5)
    assert codes(cast.city, "furrow") == []
    train(cast.city)
    assert codes(cast.city, "furrow")[:1] == ["tree"]


def test_reports_push_away_neither_an_answer_nor_that_nobody_serves_it(cast: Rivermark) -> None:
    """Residents report what they also ask about, and now and then what no city serves."""
    asked = ["when is gully day", "what day do you sweep the gully"]
    gully_days = factories.article(cast.city, "gully-days", "Gully days", asked={"en": asked})
    index_catalog(cast.city)
    reports(cast.pothole, "it is gully day and a gully is here", 6)
    reports(cast.pothole, "pizza delivery, what day", 6)
    reports(cast.tree, "a twig", 6)
    train(cast.city)
    assert {"gully day", "pizza delivery"} <= vocabulary(cast.city)
    assert suggest(cast.city, "when is gully day", "en").answer == gully_days
    assert suggest(cast.city, "pizza delivery near me", "en").ranked == []


def test_what_is_learned_is_not_believed_against_the_catalog_nor_of_a_text_that_is_mostly_unknown(
    cast: Rivermark,
) -> None:
    taught(cast)
    assert codes(cast.city, "pothole")[:1] == ["pothole"]
    assert codes(cast.city, "una rama", "es")[:1] == ["tree"]

    assert likely(cast.city, "gully")
    assert likely(cast.city, "gully zwx qqpt vvrr ttww kkjj ppzz") == {}
    assert likely(cast.city, "") == {}

    # One that is no longer offered.
    service = cast.pothole.service
    service.active = False
    service.save()
    assert "pothole" not in codes(cast.city, "gully")


def test_a_city_never_sees_what_another_learned(cast: Rivermark) -> None:
    elsewhere = factories.jurisdiction("Elsewhere")
    for code in ("pothole", "tree"):
        factories.service(elsewhere, code, of=factories.department(elsewhere, code))
    index_catalog(elsewhere)
    taught(cast)
    assert codes(elsewhere, "gully") == []
    shutil.copytree(folder_of(cast.city), folder_of(elsewhere))
    assert codes(elsewhere, "gully") == [], "not even when somebody copied the files"


# --- No model, or a broken one ----------------------------------------------------------------------------------------


def other_about(folder: Path, **changes: Any) -> None:
    file = folder / "about.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


def remove(name: str, folder: Path) -> None:
    (folder / f"{name}.npy").unlink()


def cut_array(name: str, folder: Path) -> None:
    cut(folder / f"{name}.npy")


def empty(name: str, folder: Path) -> None:
    (folder / f"{name}.npy").write_bytes(b"")


DAMAGE: dict[str, Callable[[Path], object]] = {
    "all gone": lambda folder: shutil.rmtree(folder.parent),
    "folder gone": shutil.rmtree,
    "current empty": lambda folder: (folder.parent / "current").write_text(""),
    "current leads elsewhere": lambda folder: (folder.parent / "current").write_text("../../etc"),
    "current not text": lambda folder: (folder.parent / "current").write_bytes(b"\xff\xfe"),
    "older format": lambda folder: other_about(folder, format=0),
    "about is no object": lambda folder: (folder / "about.json").write_text("[]"),
    "about is half": lambda folder: cut(folder / "about.json"),
    "a service too many": lambda folder: other_about(
        folder, services=["pothole", "tree", "outreach", "?nobody", "more"]
    ),
    "services are a number": lambda folder: other_about(folder, services=3),
    **{f"{name} gone": partial(remove, name) for name in ARRAYS},
    **{f"{name} cut": partial(cut_array, name) for name in ARRAYS},
    **{f"{name} empty": partial(empty, name) for name in ARRAYS},
    "weights are words": lambda folder: np.save(folder / "weights.npy", np.array(["x"])),
    "weights are objects": lambda folder: np.save(folder / "weights.npy", np.array([{}]), allow_pickle=True),
    "weights are no numbers": lambda folder: np.save(
        folder / "weights.npy", np.load(folder / "weights.npy") * np.float32("nan")
    ),
}


def test_a_missing_broken_or_older_model_leaves_the_plain_search(cast: Rivermark, tmp_path: Path) -> None:
    plain = codes(cast.city, "a hole in the road")
    taught(cast)
    folder = folder_of(cast.city)
    shutil.copytree(folder, tmp_path / "whole")
    for name, damage in DAMAGE.items():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(tmp_path / "whole", folder)
        # Load it again, as a new process does.
        suggestion_model._in_use.clear()
        assert codes(cast.city, "gully")[:1] == ["pothole"]
        suggestion_model._in_use.clear()
        damage(folder / (folder / "current").read_text())
        assert codes(cast.city, "gully") == [], name
        assert codes(cast.city, "a hole in the road") == plain != [], name


def test_a_training_that_is_cut_off_leaves_the_old_model_in_use(
    cast: Rivermark, monkeypatch: pytest.MonkeyPatch
) -> None:
    taught(cast)
    old = current_model(cast.city)
    saved = np.save

    def full(file: Any, array: Any, **options: Any) -> None:
        if file.name.endswith("weights.npy"):
            raise OSError("No space left on device")
        saved(file, array, **options)

    monkeypatch.setattr(training.np, "save", full)
    with pytest.raises(OSError, match="No space"):
        train(cast.city)
    assert current_model(cast.city) is old
    monkeypatch.undo()
    train(cast.city)
    assert isinstance(current_model(cast.city), Model)
    folders = [one for one in folder_of(cast.city).iterdir() if one.is_dir()]
    assert len(folders) == 2, "the one in use and the one before; what was cut off is gone"


def test_too_little_to_learn_from_is_said_and_keeps_the_old_model(cast: Rivermark) -> None:
    with pytest.raises(CommandError, match="Too few requests to learn from"):
        train(cast.city)
    taught(cast)
    ServiceRequest.objects.filter(service=cast.tree.service).update(public_state="hidden")
    ServiceRequest.objects.filter(service=cast.pothole.service).update(public_state="hidden")
    with pytest.raises(CommandError, match="Too few requests to learn from"):
        train(cast.city)
    assert codes(cast.city, "gully")[:1] == ["pothole"]


def test_training_without_scikit_learn_says_how_to_install_it(cast: Rivermark, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "requests_app.worker.training")
    monkeypatch.delattr("requests_app.worker.training")
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(CommandError, match=r"sklearn is not installed.*requirements-train\.txt"):
        train(cast.city)


def test_neither_web_nor_worker_loads_scikit_learn() -> None:
    program = (
        "import django, sys; django.setup()\n"
        "import config.urls, config.celery, requests_app.worker.tasks, requests_app.rules.answers.suggestions\n"
        "sys.exit(any(name.split('.')[0] in ('sklearn', 'scipy') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program]).returncode == 0
