"""What a trained model knows of a text, what makes it unusable, and that it is its own city's."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from requests_app.models import Jurisdiction
from requests_app.rules.answers import suggestion_model
from requests_app.rules.answers.suggestion_model import LONGEST_WORD, Model, current_model, word_runs


def model(*features: str, bias: tuple[float, ...] = (0.0, 0.0), width: int = 8) -> Model:
    """Each feature speaks for the first service."""
    count = len(features)
    weights = np.zeros((count, 2), np.float32)
    weights[:, 0] = 1
    known = np.array(sorted(feature.encode() for feature in features), dtype=f"S{width}")
    return Model(["pothole", "tree"], known, np.ones(count, np.float32), weights, np.array(bias, np.float32))


def test_words_up_to_twenty_four_letters_are_read() -> None:
    longest = "a" * LONGEST_WORD
    assert list(word_runs(f"one {longest} {longest}a two")) == [["one", longest, "two"]]


def test_what_is_as_long_as_the_models_longest_is_known_and_what_is_longer_is_not_cut() -> None:
    letters = [f"~{piece}" for piece in ("_ab", "ab_", "_ab_")]
    whole = model("ab", *letters)
    assert whole.probabilities("ab")["pothole"] > 0.5
    tight = model("ab", *letters, width=5)
    assert tight.probabilities("ab") == whole.probabilities("ab")
    # "abc" would be cut to "ab".
    assert model("ab", width=2).probabilities("abc") == {}
    assert whole.probabilities("xyz") == {}


def test_a_service_that_is_out_of_the_question_has_no_share_and_a_damaged_model_says_nothing() -> None:
    letters = [f"~{piece}" for piece in ("_ab", "ab_", "_ab_")]
    sure = model("ab", *letters, bias=(0.0, -2000.0))
    assert sure.probabilities("ab") == {"pothole": 1.0, "tree": 0.0}
    assert model("ab", *letters, bias=(0.0, float("nan"))).probabilities("ab") == {}


def stored(folder: Path, name: str, of: Model, **about: Any) -> None:
    inside = folder / name
    inside.mkdir(parents=True)
    known = {"format": suggestion_model.FORMAT, "services": of.services, "jurisdiction": "rivermark.example", **about}
    (inside / "about.json").write_text(json.dumps(known))
    for array in suggestion_model.ARRAYS:
        np.save(inside / f"{array}.npy", getattr(of, array))
    (folder / "current").write_text(name)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "about", "is_used"),
    [
        ("0a1b", {}, True),
        ("0a1b", {"format": suggestion_model.FORMAT + 1}, False),
        ("0a1b", {"jurisdiction": "lakeside.example"}, False),
        ("0a1b", {"services": ["pothole"]}, False),
        ("latest", {}, False),
    ],
)
def test_a_model_is_used_if_it_is_whole_of_this_format_and_of_this_city(
    settings: Any, tmp_path: Path, name: str, about: dict[str, Any], is_used: bool
) -> None:
    settings.SUGGESTIONS_ROOT = tmp_path
    city = Jurisdiction(pk=900_001, jurisdiction_id="rivermark.example")
    stored(tmp_path / str(city.pk), name, model("ab", "~_ab", "~ab_", "~_ab_"), **about)
    assert (current_model(city) is not None) is is_used
    assert bool(suggestion_model.likely(city, "ab")) is is_used
