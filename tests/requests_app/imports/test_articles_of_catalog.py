"""Topics, ways to ask and contacts of articles, and how people say a service: in, out, and with mistakes."""

from pathlib import Path

import pytest
import yaml

from requests_app.imports.catalog import export_catalog, import_catalog
from requests_app.imports.map_files import ImportProblemError
from requests_app.models import Article, Jurisdiction
from requests_app.rules.answers.suggestions import suggest
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("16.2")]
WRITTEN = {
    "code": "paint",
    "title": {"en": "Paint", "es": "Pintura"},
    "body": {"en": "Bring it to the yard.", "es": "Tráigala al patio."},
    "topic": "trash",
    "asked": {"en": ["old varnish"], "es": ["barniz viejo"]},
    "by_address": "collection_day",
    "contact": {
        "name": {"en": "County", "es": "Condado"},
        "phone": "555-0117",
        "hours": {"en": "9 to 5", "es": "9 a 5"},
    },
    "services": [],
}


@pytest.fixture
def city() -> Jurisdiction:
    return factories.rivermark().city


def file(folder: Path, **article: object) -> Path:
    path = folder / "articles.yaml"
    topics = [{"code": "trash", "name": {"en": "Trash", "es": "Basura"}}]
    path.write_text(yaml.safe_dump({"format": 1, "topics": topics, "articles": [{**WRITTEN, **article}]}))
    return path


def test_what_goes_in_comes_out_and_is_found(city: Jurisdiction, tmp_path: Path) -> None:
    import_catalog(city, [file(tmp_path)])
    exported = export_catalog(city)
    assert exported["topics"] == [{"code": "trash", "name": {"en": "Trash", "es": "Basura"}}]
    assert exported["articles"] == [WRITTEN]
    assert suggest(city, "where does old varnish go", "en").answer == Article.objects.get()
    assert import_catalog(city, [file(tmp_path)])["articles"] == 0, "the second time, nothing changes"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"topic": "nosuch"}, "`nosuch` should be one of"),
        ({"contact": {"phone": "555-0117"}}, "name"),
        ({"contact": {"name": {"en": "A", "es": "B"}, "email": "nobody"}}, "email"),
        ({"contact": {"name": {"en": "A", "es": "B"}, "url": "javascript:alert(1)"}}, "url"),
        ({"asked": {"en": ["x" * 121]}}, "not a phrase of at most 120 characters"),
        ({"asked": ["old varnish"]}, "asked"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_nothing_is_saved(
    city: Jurisdiction, tmp_path: Path, wrong: dict[str, object], said: str
) -> None:
    with pytest.raises(ImportProblemError, match=r"articles\.yaml, line") as found:
        import_catalog(city, [file(tmp_path, **wrong)])
    assert said in str(found.value)
    assert not Article.objects.exists()


def test_ways_to_say_a_service_find_it_and_stay_out_of_its_public_words(city: Jurisdiction, tmp_path: Path) -> None:
    pothole = next(one for one in export_catalog(city)["services"] if one["service_code"] == "pothole")
    path = tmp_path / "services.yaml"
    asked = {"asked": {"en": ["my axle snapped on the crater"]}}
    path.write_text(yaml.safe_dump({"format": 1, "services": [pothole | asked]}))
    import_catalog(city, [path])
    found = suggest(city, "axle snapped, huge crater", "en").services[0]
    assert found.service.service_code == "pothole"
    assert "my axle snapped on the crater" not in found.keywords["en"]
    assert found.asked == asked["asked"]
