"""An address that names what isn't there is not found, whichever part of it is wrong, and to send a form there is no better."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.pages import PAGES
from tests.planted import Planted, kept_for_a_module

# Done already, or no page before the first one.
TAKEN = {"staff_app:earlier", "staff_app:mark_notice_read", "staff_app:remove_question"}
# A number, a word and a key that nothing has.
UNKNOWN = (10**8, "nosuch", UUID(int=0), "ZZZZZZZZ")


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


def wrong(name: str, arguments: dict[str, Any]) -> Iterator[str]:
    """Its address, with one part at a time that names nothing."""
    for part in arguments:
        for value in UNKNOWN:
            with suppress(NoReverseMatch):
                yield reverse(name, kwargs={**arguments, part: value})
                break


def test_what_is_not_there_is_not_found(planted: Planted, db: None) -> None:
    clients = []
    # Some pages are for those who supervise, or answer calls, alone.
    for who in ("ada", "sue", "cal"):
        clients.append(Client())
        clients[-1].force_login(planted.staff[who])
    wrongly = {}
    for name, page in PAGES.items():
        if not name.startswith("staff_app:") or name in TAKEN:
            continue
        for path in wrong(name, page.arguments(planted)[0]):
            for method in page.methods.split():
                statuses = (client.generic(method, path).status_code for client in clients)
                # Some forms ask first which state they were shown with (409).
                if (status := next((one for one in statuses if one != 403), 403)) not in (404, 409):
                    wrongly[f"{name} {method}"] = status
    assert wrongly == {}
