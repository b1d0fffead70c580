"""Signs: codes are unique, and an asset has one sign."""

import pytest

from requests_app.actions.setup import signs
from requests_app.models import ShortLink
from requests_app.places import signs as places
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.shows("4.9")]


def test_a_code_that_is_taken_by_a_sign_or_a_thing_is_drawn_again(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = factories.rivermark()
    factories.asset(cast.city, "B7777")
    ended = signs.create(cast.city, label="One", actor=cast.ada)
    signs.end(ended)
    drawn = iter([ended.code, "B7777", "Q7777"])
    monkeypatch.setattr(places.references, "random_symbols", lambda _length: next(drawn))
    assert signs.create(cast.city, label="Two", actor=cast.ada).code == "Q7777"


def test_a_thing_has_one_sign_and_made_again_it_is_up_again() -> None:
    cast = factories.rivermark()
    light = factories.asset(cast.city, "l00417")
    first = signs.create(cast.city, label="Light", asset=light, actor=cast.ada)
    signs.end(first)
    again = signs.create(cast.city, label="Light by the school", asset=light, actor=cast.ada)
    assert (again.pk, again.code, again.label, again.ended_at) == (first.pk, "L00417", "Light by the school", None)
    assert ShortLink.objects.count() == 1
