"""Addresses that moved still lead to their page, and a view is found by the name of its address."""

import inspect

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.factories import Rivermark
from tests.pages import resolved

# A photo has an address for everyone and one for its reporter; `map` is a builtin; a page of a letter comes in two sizes.
OTHER_NAMES = {
    "requests_app:own_photo": "photo",
    "requests_app:own_photo_small": "photo_small",
    "requests_app:map": "map_page",
    "staff_app:letter_page_small": "letter_page",
}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("/r/7K3M9QWT/change/", "/r/7K3M9QWT/edit/"),
        ("/es/r/7K3M9QWT/change/", "/es/r/7K3M9QWT/edit/"),
        ("/things/L00417/?status=open", "/assets/L00417/?status=open"),
    ],
)
def test_an_address_that_moved_redirects_for_good(cast: Rivermark, client: Client, old: str, new: str) -> None:
    response = client.get(old)
    assert (response.status_code, response["Location"]) == (301, new)


def test_a_view_has_the_name_of_its_address() -> None:
    views = {
        address.name: inspect.unwrap(address.pattern.callback).__name__
        for address in resolved(get_resolver())
        if address.name.startswith(("requests_app:", "staff_app:"))
    }
    wrong = {name: view for name, view in views.items() if OTHER_NAMES.get(name, name.partition(":")[2]) != view}
    assert not wrong
