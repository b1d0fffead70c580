"""An address is blocked where this city lists it among the addresses."""

import pytest

from requests_app.models import ModerationTerm
from requests_app.rules.people import blocked_addresses
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_only_this_citys_list_of_addresses_blocks(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    for city, kind, value in (
        (town.city, "address", "troll@x.example"),
        (town.city, "address", "@spam.example"),
        (lakeside.city, "address", "other@x.example"),
        (town.city, "threat", "word@x.example"),
    ):
        ModerationTerm.objects.create(jurisdiction=city, kind=kind, value=value)
    blocked = {
        address: blocked_addresses.is_blocked(town.city, address)
        for address in (
            "TROLL+311@x.example",
            "a@spam.example",
            "other@x.example",
            "word@x.example",
            "ana@x.example",
            "",
        )
    }
    assert [address for address, is_blocked in blocked.items() if is_blocked] == [
        "TROLL+311@x.example",
        "a@spam.example",
    ]
    assert blocked_addresses.is_blocked(lakeside.city, "other@x.example")
