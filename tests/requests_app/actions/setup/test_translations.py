"""Translated texts of several rows are saved together or not at all."""

import pytest

from requests_app.actions.setup.catalog_order import CATEGORY
from requests_app.actions.setup.translations import save_all, save_row
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.models import Category, SetupChange
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.13")]


def test_texts_are_saved_all_or_none(cast: Rivermark) -> None:
    save, both = save_row(CATEGORY), []
    for code in ("ice", "snow"):
        row = Category.objects.create(jurisdiction=cast.city, code=code, name={"en": code})
        both.append((save, row, {"name": {"en": code, "es": "x"}}))
    snow = Category.objects.filter(jurisdiction=cast.city, code="snow")
    snow.update(name={"en": "Snowfall"})
    with pytest.raises(ChangedMeanwhile):
        save_all(both, cast.ada)
    assert Category.objects.get(jurisdiction=cast.city, code="ice").name == {"en": "ice"}
    assert not SetupChange.objects.exists()
    snow.update(name={"en": "snow"})
    save_all(both, cast.ada)
    names = Category.objects.filter(jurisdiction=cast.city, code__in=["ice", "snow"]).values_list("name__es", flat=True)
    assert list(names) == ["x", "x"]
