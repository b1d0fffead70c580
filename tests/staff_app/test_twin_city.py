"""Pages are of one city: a second one, with the same codes, names, people and reports, changes nothing on any of them.

Neither do rows of their own city that have ended, but on the pages that list them.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver

from requests_app.models import Asset, ServiceRequest
from staff_app.queue import search
from tests.filled_forms import filled_forms
from tests.pages import EVERYONE, PAGES, addresses, resolved, searches
from tests.planted import CANARIES, Planted, kept_for_a_module
from tests.twin import plant_twins, plant_what_has_ended

WALKED = (
    "requests_app/api", "requests_app/web", "staff_app/checks", "staff_app/moderation", "staff_app/overview", "staff_app/queue",
    "staff_app/request", "staff_app/setup", "staff_app/tasks",
)  # fmt: skip
# How many wait in the outbox is of the whole site; the others say anything else the second time.
# How the whole installation is at this moment is no city's.
LEFT_OUT = {
    "readyz", "metrics", "api_not_found", "staff_app:catalog_check", "staff_app:translations_check", "staff_app:health",
}  # fmt: skip
# Pages that show what has ended, too: those who set the city up change it or count it, and old requests still need its name.
ENDED_TOO = {
    f"staff_app:{name}"
    for name in (
        "audit", "catalog_export", "checks", "close_department", "department", "departments", "detail", "go_live", "more_from",
        "on_call", "people", "public_view", "review", "roles", "services", "setup", "silent", "snoozed",
        "take_question", "tasks", "team", "teams", "truth_rate", "truth_rate_csv",
    )
}  # fmt: skip
# What differs each time: tokens, keys of a form that is sent once, what was signed, and the number of the last event of all cities.
EACH_TIME = re.compile(
    r'\b[A-Za-z0-9]{64}\b|nonce[-=]"?[\w+/=-]+|[0-9a-f]{8}-[0-9a-f-]{27}|[\w-]+:\w{6}:[\w-]{43}|name="last_event" value="\d+"'
)
# They work in the other cities, too, and are offered to go there.
OTHER_CITIES = re.compile(r'<form method="post" action="/staff/switch/\d+/">.*?</form>', re.DOTALL)
# The queue can be narrowed to services out of use, which old requests still have; and a test report can be snoozed.
OF_THE_QUEUE = re.compile(
    r'\s*<label class="queue-boxes__one"><input type="checkbox" name="service" value="old\w+">[^<]*</label>'
    r'|Snoozed <span class="count">\d+</span>'
)
# Forms of setup that show what is suggested, not what is saved: there is nothing that a second editor could overwrite.
NOT_MERGED = {
    f"staff_app:{name}"
    for name in (
        # What is added.
        "add_role", "add_routing_rule", "copy_service", "emergency_words",
        "new_api_key", "new_article", "new_category", "new_department", "new_desk_line", "new_macro",
        "new_notice", "new_suspension", "new_template",
        # Next to the form of the wait, which is merged, the one that adds somebody.
        "on_call",
        # What is done once, and is refused if it was done meanwhile.
        "api_key", "end_team", "key_request", "layer_import", "retire_service", "service_go_live",
    )
}  # fmt: skip


def pages_by_folder() -> dict[str, list[str]]:
    """The names of pages that staff read, or everybody, by the folder of their view."""
    folders: dict[str, list[str]] = defaultdict(list)
    for route in resolved(get_resolver()):
        page = PAGES.get(route.name)
        if page is None or "GET" not in page.methods or route.name in LEFT_OUT:
            continue
        folder = getattr(route.pattern.callback, "__module__", "").rpartition(".")[0].replace(".", "/")
        is_ours = folder.startswith(WALKED) and (page.who == EVERYONE or folder.startswith("staff_app/"))
        if is_ours and route.name not in folders[folder]:
            folders[folder].append(route.name)
    return folders


PAGES_BY_FOLDER = pages_by_folder()


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


def read(client: Client, path: str) -> str:
    response = client.get(path)
    content = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    page = OF_THE_QUEUE.sub("", OTHER_CITIES.sub("", content.decode(errors="replace")))
    return EACH_TIME.sub("", f"{response.status_code}\n{page}")


@pytest.mark.parametrize(
    "folder",
    [
        # Residents' pages ask the rules that tests/requests_app/test_beside.py calls.
        pytest.param(folder, marks=[pytest.mark.slow] if folder.startswith("requests_app/") else [])
        for folder in sorted(PAGES_BY_FOLDER)
    ],
)
def test_a_second_city_and_what_has_ended_change_nothing_on_the_pages(
    planted: Planted, db: None, settings: Any, folder: str
) -> None:
    settings.RATE_LIMITS = False
    ada, sue = Client(), Client()
    ada.force_login(planted.staff["ada"])
    sue.force_login(planted.staff["sue"])
    # Setup is the administrator's alone.
    readers = [ada] if folder.startswith(("staff_app/setup", "requests_app")) else [ada, sue]
    names = {addresses(name, planted)[0]: name for name in PAGES_BY_FOLDER[folder]}
    found_by = {path: name for name in PAGES_BY_FOLDER[folder] for path in searches(name, planted, "hole")}
    asked = [(client, path) for client in readers for path in {**names, **found_by}]
    cache.clear()
    alone = [read(client, path) for client, path in asked]
    if folder.startswith("staff_app/setup"):
        # Asked of the same answers, since there are many.
        unmerged = {
            names[path]: form.filled
            for (_client, path), page in zip(asked, alone, strict=True)
            for form in filled_forms(page)
            if path in names and names[path] not in NOT_MERGED and "shown" not in form.hidden
        }
        assert not unmerged, f"two editors overwrite each other (staff_app/setup/edit.py), or say why not: {unmerged}"
    plant_twins()
    cache.clear()
    lists_ended = {path for path, name in {**names, **found_by}.items() if name in ENDED_TOO}
    different = [
        path
        for (client, path), page in zip(asked, alone, strict=True)
        if path in lists_ended and read(client, path) != page
    ]
    assert different == []
    plant_what_has_ended(3)
    cache.clear()
    beside = [read(client, path) for client, path in asked]
    changed = {path for (_client, path), one, other in zip(asked, alone, beside, strict=True) if one != other}
    assert changed == lists_ended


def test_no_way_of_searching_leads_to_another_city(planted: Planted, db: None) -> None:
    """The list would leave them out, but each way reads only so many."""
    sue, city = planted.staff["sue"], planted.cast.city
    public = planted.public
    ServiceRequest.objects.filter(pk=public.pk).update(
        asset=Asset.objects.get(jurisdiction=city, asset_id="L00417"), owner_reference="OWN-7", external_id="EXT-7"
    )
    ways: dict[str, Callable[[], list[int]]] = {
        "number of an owner": lambda: search._by_number(sue, city, "OWN-7"),
        "number elsewhere": lambda: search._by_number(sue, city, "EXT-7"),
        "asset": lambda: search._by_asset(city, "L00417"),
        "address": lambda: search._by_address(city, "12 Elm"),
        "words of private reports": lambda: search._by_unlisted_words(city, CANARIES["text of a private request"]),
        "newest": lambda: search._newest(city, "hole"),
        "own by address": lambda: search._own_by_address(sue, city, "Elm"),
        "contact": lambda: search._by_contact(sue, city, CANARIES["reporter's e-mail"]),
    }
    alone = {name: sorted(way()) for name, way in ways.items()}
    assert [name for name, pks in alone.items() if not pks] == []
    plant_twins()
    assert {name: sorted(way()) for name, way in ways.items()} == alone
