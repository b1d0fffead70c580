"""How well danger and distress are heard, with misses by kind: bin/test tests/benchmarks/danger.py -s.

The test sentences were written by hand by two people who saw neither the patterns nor the training sentences. A real city's texts
stand for ordinary reports; REAL_DANGER is what a reader found among them. The gate is
tests/requests_app/rules/alarms/test_danger.py.
"""

import csv
import gzip
import hashlib
import re
import time
from collections import Counter, defaultdict

import pytest

from requests_app.rules.alarms.screening import Level
from tests.danger_sentences import SETS, Judged, assess, judge, judged, share, share_private
from tests.real_data import real_data

# Gas smells, downed wires, fires and people who lie unconscious, as those who report them write.
REAL_DANGER = re.compile(
    r"(smell|smelling|odor|odour|leak|scent)\w*\W+(\w+\W+){0,5}gas\b|gas\b\W+(\w+\W+){0,3}(leak|smell|odor)"
    r"|(wire|power ?line|line|cable)s?\b\W+(\w+\W+){0,4}(down|dangling|hanging|sparking|on the ground|fell|live)"
    r"|(down|downed|dangling|hanging|live|stripped)\W+(\w+\W+){0,2}(wire|line)|transformer bl|unconscious|passed out|bleeding"
    r"|on fire|emergency condition: fire|in the hallway on floor|burning (plastic|smell)|electric lines are down|shot at"
    r"|not breathing|something is burning",
    re.IGNORECASE,
)
# Others that a reader took for real danger, among those heard as sure: smoke inside, exposed wires, a missing man, an open
# manhole, a wall that is coming down, … By the start
# of the text's SHA-256, since the texts aren't ours.
READ_AS_REAL = {
    "1fcd9ce3", "37d72a87", "f06a768c", "e502f5bf", "69cbcf6f", "3798d871", "f4309da8",
    "dd41bfe5", "07718fa5", "ea6c040b", "5ea3b292", "e5cc60f9", "ce003458", "c4765759",
    "0c91ca85", "9f9045e7", "81c4b294", "20a44a8e", "2b8eacee", "1bf6ae7e", "7643ff8b",
    "a02118d4", "35712221", "bc342139", "103f4e9f", "5b458e59", "cc6149e0", "d88307cb", "148c4d7c", "b79f1056",
    "5bad53fd", "87659264", "3c7c0934", "897c451a", "31a67d02", "285960d0", "729ef8e4",
}  # fmt: skip


def is_real_danger(text: str) -> bool:
    return bool(REAL_DANGER.search(text)) or hashlib.sha256(text.encode()).hexdigest()[:8] in READ_AS_REAL


@pytest.mark.parametrize("sentences", list(SETS))
def test_how_well_danger_is_heard(sentences: str) -> None:
    found = judged(sentences)
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in found:
        label, language = one.sentence.label, one.sentence.language
        groups[f"{label} ({language})"].append(one)
        if label == "danger":
            groups[f"  {one.sentence.kind}"].append(one)
        if one.is_distress:
            groups[f"distress ({language})"].append(one)
    print(f"\n{sentences:28}{'n':>6}{'sure':>8}{'or perhaps':>12}{'private':>9}")
    for name, rows in sorted(groups.items()):
        sure, either = share(rows, Level.SURE), share(rows, Level.SURE, Level.PERHAPS)
        print(f"{name:28}{len(rows):>6}{sure:>8.3f}{either:>12.3f}{share_private(rows):>9.3f}")
    dangers = [one for one in found if one.sentence.label == "danger"]
    print("without the question page:", dict(Counter(one.sentence.kind for one in dangers if one.level != Level.SURE)))
    print("heard as nothing:", dict(Counter(one.sentence.kind for one in dangers if not one.level)))
    print(
        "distress in public:", dict(Counter(one.sentence.kind for one in found if one.is_distress and not one.distress))
    )


@pytest.mark.real_data
def test_how_often_ordinary_texts_are_stopped_and_how_long_it_takes() -> None:
    with gzip.open(real_data("boston/resident_text_dev.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        texts = [row["description"] for row in csv.DictReader(file)]
    judge("once, to load the model")
    began = time.process_time()
    assessments = {text: assess(text) for text in texts}
    each = (time.process_time() - began) / len(assessments) * 1000
    ordinary = [found for text, found in assessments.items() if not is_real_danger(text)]
    sure = sum(found.danger is not None and found.danger.level == Level.SURE for found in ordinary) / len(ordinary)
    either = sum(found.danger is not None for found in ordinary) / len(ordinary)
    private = sum(bool(found.distress) for found in ordinary) / len(ordinary)
    print(f"\n{len(ordinary)} ordinary texts: sure {sure:.4f}, or perhaps {either:.4f}, private {private:.4f}")
    print(f"{each:.2f} ms a text, all in")
