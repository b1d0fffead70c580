"""The desk's keys: each member of staff may choose others, but none that they type with or that a browser keeps."""

import re
from html import unescape

import pytest
from django.test import Client

from staff_app.desk.keys import COMMANDS
from tests import factories
from tests.desk import Call
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db
USUAL = {command: usual for command, (_label, usual) in COMMANDS.items()}


def test_another_key_is_on_the_button_of_its_owner_alone_and_reset_brings_the_usual_ones(cast: Rivermark) -> None:
    client = Client()
    client.force_login(cast.cal)
    sent = USUAL | {"close": "ctrl  b", "parked_1": "alt+7", "save_keys": "1"}
    assert client.post("/staff/profile/", sent).status_code == 302
    cast.cal.refresh_from_db()
    assert cast.cal.desk_keys == {"close": "Ctrl+B", "parked_1": "Alt+7"}
    Call(cast.cal)
    call = Call(cast.cal)
    assert 'data-key="Ctrl+B"><kbd>Ctrl+B</kbd> Close' in call.html
    assert re.search(r'data-key="Alt\+7"><kbd>Alt\+7</kbd> C-', call.html)
    assert 'data-key="F9"' not in call.html
    assert 'data-key="F9"><kbd>F9</kbd> Close' in Call(factories.staff("Cora", "call_taker", cast.city)).html
    # The rest of the profile changes no key.
    client.post("/staff/profile/", {"name": "Cal", "language": "en"})
    cast.cal.refresh_from_db()
    assert cast.cal.desk_keys["close"] == "Ctrl+B"
    client.post("/staff/profile/", {"reset_keys": "1"})
    assert 'data-key="F9"><kbd>F9</kbd> Close' in Call(cast.cal).html


def test_a_key_that_is_typed_kept_or_taken_is_refused_with_the_reason(cast: Rivermark) -> None:
    client = Client()
    client.force_login(cast.cal)
    for typed, reason in (
        ("x", "You type with this key."),
        ("Shift+7", "You type with this key."),
        ("Enter", "You type with this key."),
        ("ctrl+t", "Ctrl+T is the browser’s or the computer’s own."),
        ("alt 0", "Alt+0 is the browser’s or the computer’s own."),
        ("F5", "F5 is the browser’s or the computer’s own."),
        ("Alt+F4", "Alt+F4 is the browser’s or the computer’s own."),
        ("F8", "F8 is already the key for “The first answer answered it.”"),
        ("F13", "Enter a key such as F2, Ctrl+K or Alt+1."),
        ("Ctrl+Ctrl", "Enter a key such as F2, Ctrl+K or Alt+1."),
        ('"', "Enter a key such as F2, Ctrl+K or Alt+1."),
        ("", "Enter a key such as F2, Ctrl+K or Alt+1."),
    ):
        answer = client.post("/staff/profile/", USUAL | {"close": typed, "save_keys": "1"})
        assert (answer.status_code, reason in unescape(answer.content.decode())) == (422, True), typed
    cast.cal.refresh_from_db()
    assert cast.cal.desk_keys == {}
    # Two may swap theirs.
    client.post("/staff/profile/", USUAL | {"close": "F8", "answered": "F9", "save_keys": "1"})
    cast.cal.refresh_from_db()
    assert cast.cal.desk_keys == {"close": "F8", "answered": "F9"}


def test_who_takes_no_calls_has_no_keys_for_them(cast: Rivermark) -> None:
    client = Client()
    client.force_login(cast.tom)
    assert "Keys at the desk" not in client.get("/staff/profile/").content.decode()
