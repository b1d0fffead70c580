"""The moderators' lists go with the catalog, both ways; the addresses of persons are in no file."""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command
from django.core.management.base import CommandError

from requests_app.imports.catalog_file import read_catalog
from requests_app.models import Jurisdiction, ModerationTerm
from requests_app.rules.publication import review
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.33")]
DEMO = Path(__file__).resolve().parents[3] / "requests_app/demo/rivermark/moderation_words.yaml"


@pytest.fixture
def city() -> Jurisdiction:
    return factories.jurisdiction()


def bring(folder: Path, said: object) -> None:
    path = folder / "words.yaml"
    path.write_text(yaml.safe_dump({"format": 1, "moderation_words": said}))
    call_command("import_catalog", str(path))


def listed(kind: str) -> set[str]:
    return set(ModerationTerm.objects.filter(kind=kind).values_list("value", flat=True))


def test_an_import_replaces_the_lists_that_it_names_and_an_export_gives_them_back(
    city: Jurisdiction, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ModerationTerm.objects.create(jurisdiction=city, kind="address", value="troll@banned.example")
    bring(tmp_path, {"threat": ["I will HURT you", "old words"], "link": ["https://www.spam.example/x"]})
    assert listed("threat") == {"i will hurt you", "old words"}
    assert listed("link") == {"spam.example"}
    kept = ModerationTerm.objects.get(value="i will hurt you").pk
    bring(tmp_path, {"threat": ["i will hurt you"]})
    assert listed("threat") == {"i will hurt you"}
    assert ModerationTerm.objects.get(value="i will hurt you").pk == kept
    assert listed("link") == {"spam.example"}
    assert listed("address") == {"troll@banned.example"}
    capsys.readouterr()
    call_command("export_catalog")
    written = capsys.readouterr().out
    assert yaml.safe_load(written)["moderation_words"] == {"link": ["spam.example"], "threat": ["i will hurt you"]}
    assert "troll@banned.example" not in written


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ({"threat": ["!!!"]}, "moderation_words, threat: `!!!` is not something that can be found."),
        ({"link": ["no site"]}, "`no site` is not something that can be found"),
        ({"link": ["a.example", "www.a.example"]}, "link: `www.a.example` is listed twice"),
        ({"address": ["a@b.example"]}, "moderation_words: unknown key `address`. Known: link, threat."),
        ({"threat": "words"}, "moderation_words, threat: it should be a list."),
    ],
)
def test_what_can_never_be_found_is_told_and_nothing_is_imported(
    city: Jurisdiction, tmp_path: Path, said: object, problem: str
) -> None:
    with pytest.raises(CommandError) as told:
        bring(tmp_path, said)
    assert problem in str(told.value)
    assert not ModerationTerm.objects.exists()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("I'll kill you if you cut my tree", "threat"),
        ("Sé dónde vives", "threat"),
        ("The bulb is dead, kill the weeds, shoot a photo", ""),
        ("Maten las ratas, la luz está muerta", ""),
        ("This fucking road is shit, you idiots", ""),
    ],
)
def test_the_demo_citys_first_lists_hold_threats_and_no_reports(city: Jurisdiction, text: str, reason: str) -> None:
    call_command("import_catalog", str(DEMO))
    assert len(listed("threat")) == len(read_catalog([DEMO])["moderation_words"]["threat"])
    assert review.find_matches(city, [text]).reason == reason
