"""Nothing private leaks: values planted in every private place are searched for in everything a stranger can read."""

import base64
import hashlib
import html
import io
import json
import logging
import math
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

import numpy as np
import numpy.typing as npt
import pytest
import structlog
from django.conf import settings
from django.core import mail
from django.core.management import call_command
from django.db import transaction
from django.test import Client, override_settings
from django.urls import reverse

from requests_app import api_keys
from requests_app.actions.publication import moderation, public_changes
from requests_app.actions.work import conversation
from requests_app.clock import app_now
from requests_app.messages import webhook_calls
from requests_app.models import (
    AccessLink,
    CallBack,
    LetterPage,
    Participation,
    Person,
    SafetyNote,
    ServiceRequest,
    User,
    Webhook,
    WebhookDelivery,
)
from requests_app.places.tiles import MOST_NAMED
from requests_app.rules.programs import webhooks
from requests_app.rules.publication.public_texts import public_texts
from requests_app.web.explore import area_year
from requests_app.web.request import share
from requests_app.worker import tasks
from tests import factories, vector_tile
from tests.pages import LINK, PAGES, RESIDENT, STAFF_KEY, address, addresses, is_translated, searches, tile_at
from tests.planted import (
    CANARIES,
    NOT_PUBLIC,
    SECRET_DAY,
    SECRET_PLACES,
    TAKEN_AT,
    TAKEN_PLACE,
    VISITOR,
    Planted,
    kept_for_a_module,
    other_phone_spellings,
    token_of,
)

pytestmark = pytest.mark.shows("10.2")

STRANGER = "203.0.113.9"
# A crawl stops after this many addresses.
MOST, MOST_BY_STAFF = 200, 75
# Pages that search requests are asked for each planted word; those that search something else, for one word in so many.
SEARCH_REQUESTS = {"requests_app:public_list", "v1_requests", "staff_app:queue"}
ONE_WORD_IN = 6
TILES = {"request_tile"}
# In Spanish the same views fill the same templates: each run asks for one page in so many.
ONE_TRANSLATED_IN = 3


@pytest.fixture(scope="module")
def planted(django_db_setup: None, django_db_blocker: Any) -> Iterator[Planted]:
    with kept_for_a_module(django_db_blocker) as planted:
        yield planted


# --- What to look for -------------------------------------------------------------------------------------------------


def spellings(value: str) -> set[bytes]:
    """A value as pages, URLs, scripts, data URLs or avatar services would contain it, in lower case."""
    plain = {value, value.lower(), *(other_phone_spellings(value) if value.startswith("(") else [])}
    variants = {*plain}
    for variant in plain:
        variants |= {
            html.escape(variant),
            quote(variant),
            quote_plus(variant),
            quote(variant, safe=""),
            json.dumps(variant)[1:-1],
        }
        for digest in ("md5", "sha1", "sha256"):
            variants.add(hashlib.new(digest, variant.strip().encode()).hexdigest())
    return {variant.encode().lower() for variant in variants} | {
        part.lower() for variant in plain for part in in_base64(variant.encode())
    }


def in_base64(value: bytes) -> list[bytes]:
    """The part of a longer base64 text that reveals this value, wherever it begins."""
    parts = []
    for before in range(3):
        encoded = base64.b64encode(b"x" * before + value).rstrip(b"=")
        # The first and last symbols depend on neighboring bytes.
        parts.append(encoded[(before * 8 + 5) // 6 : len(encoded) - 1])
    return [part for part in parts if len(part) >= 10]


def needles(planted: Planted) -> dict[str, set[bytes]]:
    """Values that must not be found, by what they are."""
    found = {name: spellings(value) for name, value in CANARIES.items()}
    for kind in NOT_PUBLIC:
        request = planted.requests[kind]
        found[f"reference of a {kind} request"] = spellings(request.reference) | spellings(request.display_reference)
    for kind, (longitude, latitude) in SECRET_PLACES.items():
        # To five decimals, a meter; the sixth may be rounded.
        found[f"place of the {kind} request"] = {
            f"{abs(degrees):.6f}"[:-1].encode() for degrees in (longitude, latitude)
        }
    found["place where a photo was taken"] = {f"{abs(degrees):.6f}"[:-1].encode() for degrees in TAKEN_PLACE}
    found["day on which a photo was taken"] = {
        one.lower().encode() for one in (TAKEN_AT, "March 19", "19 de marzo", "Mar 19")
    }
    for name, photo in planted.photos.items():
        if name != "public":
            found[f"address of a photo ({name})"] = {photo.name.encode()}
    for kind, link in planted.links.items():
        found[f"private link to the {kind} request"] = {token_of(link).partition("-")[2].encode()}
    days = {"en": "February 17", "es": "17 de febrero", "iso": SECRET_DAY}
    found["day of the work on what turned private"] = {day.lower().encode() for day in days.values()}
    recordings = CallBack.objects.exclude(audio_name="").values_list("audio_name", flat=True)
    found["file of a recording"] = {name.encode() for name in recordings}
    found["page of a letter"] = {page.name.encode() for page in LetterPage.objects.all()}
    found["the visitor's cookie"] = {planted.sent_draft.visitor_hash.encode()}
    found["an API key's prefix"] = {planted.api_key.prefix.lower().encode()}
    forms = set().union(*found.values())
    assert min(map(len, forms)) >= START
    assert not any(b"\n" in form for form in forms)
    return found


# Every form is at least as long.
START = 5


class Wanted(dict[str, set[bytes]]):
    """Forms to look for, and what shows in a moment where some of them can begin."""

    @cached_property
    def begins(self) -> npt.NDArray[np.bool_]:
        """Whether a form begins with these three bytes."""
        table = np.zeros(1 << 24, dtype=np.bool_)
        table[[int.from_bytes(form[:3], "little") for forms in self.values() for form in forms]] = True
        return table

    def starts_in(self, text: bytes) -> set[bytes]:
        """The first bytes of forms that may be in a text, and few others."""
        one = np.frombuffer(text, dtype=np.uint8).astype(np.uint32)
        places = np.flatnonzero(self.begins[one[:-2] | one[1:-1] << 8 | one[2:] << 16])
        return {text[at : at + START] for at in places.tolist()}


def leaks(
    content: bytes, wanted: dict[str, set[bytes]], *, asked: str = "", clean: set[bytes] | None = None
) -> list[str]:
    """The `wanted` values found in `content`. A page may repeat its own address, with a hyphen in the report number too.

    clean: lines in which nothing wanted has been found before, such as those of the header, which is on every page.
    """
    own = unquote(asked).lower().replace("-", "").encode()
    # No form goes over the end of a line.
    lines = set(content.lower().split(b"\n")) - (clean or set())
    text = b"\n".join(lines)
    # Looking for thousands of forms one by one takes longer than the page: first see which of them can begin here.
    starts = (wanted if isinstance(wanted, Wanted) else Wanted(wanted)).starts_in(text)
    here = {name: [form for form in forms if form[:START] in starts and form in text] for name, forms in wanted.items()}
    if clean is not None and not any(here.values()):
        clean |= lines
    return [name for name, forms in here.items() if any(form.replace(b"-", b"") not in own for form in forms)]


def reading(response: Any) -> bytes:
    """The response's headers and body. Tiles are decoded, because their numbers are packed."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if response.get("Content-Type", "").endswith("spreadsheetml.sheet"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body += b"".join(packed.read(name) for name in packed.namelist())
    head = "\n".join(f"{name}: {value}" for name, value in response.items()) + str(response.cookies)
    return head.encode() + b"\n" + body


# --- Readers ----------------------------------------------------------------------------------------------------------


class Crawler:
    """Requests addresses and every address named in the responses, and collects what leaks."""

    def __init__(
        self, planted: Planted, wanted: dict[str, set[bytes]], user: User | None = None, *, levels: int = MOST
    ) -> None:
        self.client = Client(REMOTE_ADDR=STRANGER, raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
        self.is_staff = user is not None
        # How many links away from an address that was asked for.
        self.level, self.levels = 0, levels
        self.planted = planted
        self.wanted = Wanted(wanted)
        # What isn't kept from anybody, and each address that shows some of it.
        self.noted, self.not_noted = Wanted(), set[bytes]()
        self.shown: list[str] = []
        self.asked: set[str] = set()
        self.last = b""
        self.found: list[str] = []
        self.clean: set[bytes] = set()
        self.broken: list[str] = []

    def ask(self, address: str, *, method: str = "get", data: dict[str, str] | None = None, **headers: str) -> None:
        key = f"{method} {address} {headers or ''}"
        if key in self.asked:
            return
        self.asked.add(key)
        response = getattr(self.client, method)(address, data, headers=headers)
        self.last = content = reading(response)
        if response.status_code >= 500:
            self.broken.append(f"{response.status_code} {key}")
        self.found += [f"{what}: {key}" for what in leaks(content, self.wanted, asked=address, clean=self.clean)]
        if self.noted and leaks(content, self.noted, asked=address, clean=self.not_noted):
            self.shown.append(address)
        if "html" in response.get("Content-Type", "") and self.level < self.levels:
            self.level += 1
            for link in re.findall(rb"(?:href|src|action)=\"([^\"]+)\"", content):
                self.follow(html.unescape(link.decode()))
            self.level -= 1

    def follow(self, link: str) -> None:
        parts = urlsplit(link)
        # Staff crawl staff pages only: the public pages have their own test. Each page leads to its own translation.
        is_new = not parts.netloc and re.match(
            r"/staff/" if self.is_staff else r"/(?!static/|accounts/|es/)", parts.path
        )
        # Do not read the same list with every combination of filters.
        if is_new and len(self.asked) < (MOST_BY_STAFF if self.is_staff else MOST):
            self.ask(parts.path + (f"?{parts.query}" if parts.query else ""))

    def has_found_nothing(self) -> None:
        assert not self.broken, "\n".join(self.broken[:20])
        assert not self.found, "\n".join(self.found[:40])

    def ask_all(
        self, names: Iterable[str], *, translated: int = 1, pieces: bool = True, kinds: Iterable[str] | None = None
    ) -> None:
        """translated: the first address of one page in so many also in Spanish; 0 for none. pieces: and as htmx asks for it.

        kinds: of the pages about a request, only the first and those of these kinds.
        """
        about = [one for kind, one in self.planted.requests.items() if kinds is not None and kind not in kinds]
        left_out = [word for one in about for word in (one.reference, one.display_reference)]
        for name in names:
            queries = len([query for query in PAGES[name].queries if "{q}" not in query])
            for number, path in enumerate(addresses(name, self.planted)):
                at, query = divmod(number, queries or 1)
                # All ways to ask for the first tile, and of the others the usual one and another, by turns.
                if (number and any(word in path for word in left_out)) or (
                    name in TILES and at and query not in (0, 1 + at % (queries - 1))
                ):
                    continue
                self.ask(path)
                if translated and number == 0 and name in TRANSLATED[::translated]:
                    self.ask(f"/es{path}")
                if pieces and number == 0:
                    self.ask(path, **{"HX-Request": "true"})

    def ask_as_stranger(self, *, translated: int) -> None:
        """Every page. Those of staff lead to signing in, whatever they are about."""
        by_link = [name for name, page in PAGES.items() if page.who != LINK]
        of_staff = [name for name in by_link if PAGES[name].who.startswith("staff")]
        others = [name for name in by_link if name not in of_staff]
        # Their pages have no pieces: only those of staff load htmx.
        self.ask_all(others, translated=translated, pieces=False)
        self.ask_all(of_staff, translated=translated, pieces=False, kinds=["public", "private"])

    def search_all(self, names: Iterable[str], words: Iterable[str]) -> None:
        searched = sorted(set(words))
        for number, name in enumerate(names):
            some = searched if name in SEARCH_REQUESTS else searched[number % ONE_WORD_IN :: ONE_WORD_IN]
            for word in some:
                for one in searches(name, self.planted, word):
                    self.ask(one)


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.RATE_LIMITS = False


@pytest.fixture(scope="module")
def stranger(planted: Planted, django_db_blocker: Any) -> tuple[Crawler, list[str]]:
    """A stranger who has asked for every page, and the lines that were logged meanwhile."""
    crawler = Crawler(planted, needles(planted))
    crawler.noted = Wanted(to_be_hidden(planted))
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(RATE_LIMITS=False), log_lines() as lines:
        crawler.ask_as_stranger(translated=ONE_TRANSLATED_IN)
        for link in planted.links.values():
            # One symbol off.
            wrong = token_of(link)[:-1] + "0"
            crawler.ask(f"/l/{wrong}/")
            crawler.ask(f"/l/{wrong}/stop/")
        transaction.set_rollback(True)
    return crawler, lines


@pytest.mark.shows("A5", "A19")
def test_a_stranger_reads_nothing_private_by_any_door(stranger: tuple[Crawler, list[str]]) -> None:
    crawler, _ = stranger
    crawler.has_found_nothing()
    assert len(crawler.asked) > 200


@pytest.mark.slow
def test_a_stranger_reads_nothing_private_in_spanish(planted: Planted, db: None) -> None:
    crawler = Crawler(planted, needles(planted), levels=0)
    crawler.ask_as_stranger(translated=1)
    crawler.has_found_nothing()


def test_a_search_finds_nothing_private(planted: Planted, db: None) -> None:
    """Search pages may repeat the query, so search for one part of a value and look for the rest."""
    # What a result leads to, the stranger's crawl reads.
    crawler = Crawler(planted, needles(planted), levels=0)
    words = {max(re.findall(r"[\w.@-]+", value), key=len) for value in CANARIES.values()}
    words |= {planted.requests[kind].reference for kind in NOT_PUBLIC} | {"617 555-0147"}
    names = [name for name in PAGES if name not in STAFF_PAGES]
    crawler.search_all(names, {word[: len(word) * 2 // 3] for word in words})
    crawler.has_found_nothing()


def test_no_tile_shows_a_secret_place(planted: Planted, db: None) -> None:
    client, zoom = Client(REMOTE_ADDR=STRANGER), 15
    shown: set[str] = set()
    for kind, place in SECRET_PLACES.items():
        x, y = tile_at(zoom, *place)
        for column in (x - 1, x, x + 1):
            for row in (y - 1, y, y + 1):
                answer = client.get(reverse("request_tile", args=[zoom, column, row]))
                for point in vector_tile.named(answer.content):
                    shown.add(point["reference"])
                    longitude, latitude = tile_degrees(zoom, column, row, point["at"])
                    apart = max(abs(longitude - place[0]), abs(latitude - place[1]))
                    assert apart > 0.00002, f"the place of the {kind} request"
    # The coarse one is drawn somewhere in its block; the others are not drawn.
    assert planted.requests["coarse"].reference in shown
    assert not shown & {planted.requests[kind].reference for kind in NOT_PUBLIC}
    look_around_the_secret_places(planted)


def look_around_the_secret_places(planted: Planted) -> None:
    """By what maps ask for; and what is written on pictures, which nobody can search for words."""
    wanted = needles(planted)
    crawler = Crawler(planted, wanted, levels=0)
    crawler.client.cookies["visitor"] = VISITOR
    around, in_view = (
        reverse("requests_app:around", args=[planted.drafts["duplicates"].pk]),
        reverse("requests_app:map_list"),
    )
    for x, y in (*SECRET_PLACES.values(), factories.ELM_ST):
        box = f"{x - 0.003:.3f},{y - 0.003:.3f},{x + 0.003:.3f},{y + 0.003:.3f}"
        crawler.ask(f"{in_view}?frame={box}")
        assert (planted.public.reference.encode() in crawler.last) == ((x, y) == factories.ELM_ST)
        crawler.ask(f"{around}?box={box}")
    assert planted.public.reference.encode() in crawler.last
    public = {request.reference for kind, request in planted.requests.items() if kind not in NOT_PUBLIC}
    every = sorted(request.reference for request in planted.requests.values())
    cards: set[str] = set()
    for at in range(0, len(every), MOST_NAMED):
        crawler.ask(reverse("requests_app:map_cards", args=[",".join(every[at : at + MOST_NAMED])]))
        cards.update(re.findall(r'data-reference="(\w+)"', crawler.last.decode()))
    assert cards == public
    crawler.has_found_nothing()
    city = planted.cast.city
    drawn = [area_year._card(city, *area_year._area_and_period(city, "ward", "5", "2026"))]
    for number in cards:
        shown = ServiceRequest.objects.select_related("service_version").get(reference=number)
        shown.jurisdiction = city
        drawn.append(share._card(city, shown, share._photo(shown)))
    assert any("12 Elm St" in drawing for drawing in drawn)
    assert leaks("\n".join(drawn).encode(), wanted) == []


@pytest.mark.parametrize("zoom", [8, 11, 14])
def test_no_tile_counts_what_is_not_public(planted: Planted, db: None, zoom: int) -> None:
    """Each secret place is somebody's alone, so a count there would tell of it."""
    client = Client(REMOTE_ADDR=STRANGER)
    public = ServiceRequest.objects.public().exclude(public_point=None)
    places = [point.coords for point in public.values_list("public_point", flat=True)]
    tiles = {tile_at(zoom, *place) for place in (*SECRET_PLACES.values(), *places)}
    counted = sum(
        cell["n"]
        for column, row in tiles
        for cell in vector_tile.read(
            client.get(reverse("request_tile", args=[zoom, column, row]) + "?older=1").content
        ).get("cells", [])
    )
    assert counted == len(places) > 0


def tile_degrees(zoom: int, column: int, row: int, at: tuple[int, int]) -> tuple[float, float]:
    across, down = (column + at[0] / 4096) / 2**zoom, (row + at[1] / 4096) / 2**zoom
    return across * 360 - 180, math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * down))))


# --- Residents with their link ------------------------------------------------------------------------------------------

# What the reporter wrote or was asked.
OWN_WORDS = {
    "question to the reporter", "reporter's answer", "words of a reopening", "staff answer", "department answer", "place note",
    "exact address of a coarse request", "address of a private request",
    *(what for what in CANARIES if what.startswith("text of")),
}  # fmt: skip


@pytest.mark.shows("3.15")
@pytest.mark.parametrize("kind", ["public", "coarse", "private", "hidden"])
def test_a_reporter_reads_their_own_and_nothing_of_others_or_of_staff(planted: Planted, db: None, kind: str) -> None:
    photo = "private photo" if kind == "public" else kind
    own = {
        *OWN_WORDS,
        f"place of the {kind} request",
        f"reference of a {kind} request",
        f"address of a photo ({photo})",
    }
    others = {what: forms for what, forms in needles(planted).items() if what not in own and "link" not in what}
    # From a public report also what its pages lead to, which is the same for the others.
    crawler = Crawler(planted, others, levels=2 if kind == "public" else 1)
    open_link(crawler, planted.links[kind])
    crawler.has_found_nothing()


def test_who_joined_a_report_reads_what_everybody_reads(planted: Planted, db: None) -> None:
    others = {what: forms for what, forms in needles(planted).items() if "link" not in what}
    crawler = Crawler(planted, others, levels=1)
    open_link(crawler, planted.joiner_link)
    crawler.has_found_nothing()


@pytest.mark.shows("5.4")
def test_who_signed_in_by_mail_reads_their_own_and_nothing_of_others_or_of_staff(planted: Planted, db: None) -> None:
    """On all their pages, on the requests these lead to, and in the copy of their data."""
    # Their own text as they wrote it, even if staff hid it from others.
    theirs = (
        OWN_WORDS
        | {what for what in CANARIES if what.startswith("reporter's")}
        | {"hidden words", "hidden words of a photo", "words of a 911 caller"}
        | {"words before they were changed", "place before it was changed"}
    )
    others = {
        what: forms for what, forms in needles(planted).items() if what in CANARIES and what not in theirs - NOBODYS
    }
    crawler = Crawler(planted, others, levels=1)
    crawler.client.cookies["resident"] = planted.resident
    crawler.ask_all(name for name, page in PAGES.items() if page.who == RESIDENT and "GET" in page.methods)
    crawler.ask("/my/")
    for kind in ("private", "hidden", "public"):
        reference = planted.requests[kind].reference
        # The cookie of a private link is bound to one page; the test client sends the latest.
        crawler.client.cookies.clear()
        crawler.client.cookies["resident"] = planted.resident
        crawler.client.get(f"/my/r/{reference}/")
        shown = html.unescape(crawler.client.get(f"/r/{reference}/").content.decode())
        assert planted.requests[kind].description in shown
        crawler.ask(f"/r/{reference}/", **{"X-Own": kind})
    copy = crawler.client.post("/my/copy/", {"part": "1"})
    with zipfile.ZipFile(io.BytesIO(b"".join(copy.streaming_content))) as packed:  # type: ignore[attr-defined]
        text = packed.read("data.json")
    assert CANARIES["text of a private request"].encode() in text
    crawler.found += [f"{what}: the copy" for what in leaks(text, others)]
    crawler.has_found_nothing()


def open_link(crawler: Crawler, link: AccessLink) -> None:
    """Opens the link, its page in both languages, and every page linked from it."""
    response = crawler.client.get(f"/l/{token_of(link)}/")
    assert response.status_code == 302
    assert link.service_request.description in html.unescape(crawler.client.get(response["Location"]).content.decode())
    crawler.ask(f"/es{response['Location']}")
    crawler.ask(response["Location"])


@pytest.mark.shows("14.3")
def test_the_link_to_a_draft_of_a_service_shows_nothing_private(planted: Planted, db: None) -> None:
    client, path = Client(REMOTE_ADDR=STRANGER), address("staff_app:shared_preview", planted)
    walked = {"page": "1", "text": "x", "q_height": "tall"}
    pages = [client.get(path), client.get(f"/es{path}"), client.post(path, walked)]
    assert b"The end of the questions" in pages[-1].content
    private = needles(planted) | {"who drafted it": spellings(planted.staff["ada"].email)}
    for page in pages:
        assert page.status_code == 200
        assert leaks(page.content, private) == []


def test_the_links_of_a_department_that_works_by_email_show_nothing_private(planted: Planted, db: None) -> None:
    crawler = Crawler(planted, needles(planted))
    crawler.ask_all(["staff_app:department_link"])
    assert b"12 Elm St" in crawler.last
    crawler.has_found_nothing()


# --- Staff who may not --------------------------------------------------------------------------------------------------

CONTACT = {
    "reporter's name", "reporter's e-mail", "reporter's phone", "reporter's postal address", "second reporter's name",
    "second reporter's e-mail", "follower's e-mail",
}  # fmt: skip
CONFIDENTIAL = {
    "address of a private request", "text of a private request", "text of a staff request", "text of a report of distress",
}  # fmt: skip
# Hidden text is readable by those who may hide text, and by nobody else, not even its author.
HIDDEN_WORDS = {what for what in CANARIES if what.startswith("hidden words")}
OF_STREETS = {
    *HIDDEN_WORDS, *CONTACT, *CONFIDENTIAL,
    "internal note", "note that names a colleague",
    "what a task says", "transfer reason", "triage reason", "question to the reporter", "reporter's answer",
    "words of a reopening", "hidden comment", "staff answer", "department answer", "place note",
    "exact address of a coarse request", "text of a hidden request", "text of a held request", "text of an unconfirmed request",
    "text of a test request", "text of an erased request", "text of a report of distress", "words of a 911 caller",
    "number of a 911 event",
}  # fmt: skip
# Sue's alone; the page of a job doesn't repeat its words.
NOT_SHOWN = {"words of a bulk job"}
OF_SUE = {"name of a view of one's own", "words of a macro", "words of a bulk job"}
# Erased, or not confirmed by its reporter.
NOBODYS = {"text of an erased request", "text of an unconfirmed request"}
# Who, and what they must not read anywhere. Sue of Streets reads all of it.
KEPT_FROM = {
    "pia": OF_STREETS | OF_SUE,
    "eve": OF_STREETS | OF_SUE,
    "con": OF_STREETS | OF_SUE,
    "tom": {*HIDDEN_WORDS, *NOBODYS, *OF_SUE, "number of a 911 event"},
    "dev": {*HIDDEN_WORDS, *CONTACT, *NOBODYS, *OF_SUE, "number of a 911 event"},
    "cal": {*HIDDEN_WORDS, *CONFIDENTIAL, "department answer", *NOBODYS, *OF_SUE},
    "ada": {*CONTACT, *CONFIDENTIAL, "department answer", *NOBODYS, *OF_SUE, "number of a 911 event"},
    "rec": {*NOBODYS, *OF_SUE},
}


# Each run asks for one from whom the most is kept; --all for everybody, about all kinds of requests. A contractor has a test of
# their own in each run, with a request that is theirs.
IN_EACH_RUN = ("pia",)
# One of each kind that the policy tells apart. The page of a request is opened for all kinds.
SOME_KINDS = ("public", "private", "hidden", "triage", "parks")


def ask_staff_pages(crawler: Crawler, kinds: Iterable[str] | None, *, translated: int, pieces: bool) -> None:
    crawler.ask_all(["staff_app:detail"], translated=min(translated, 1), pieces=pieces)
    crawler.ask_all(STAFF_PAGES, kinds=kinds, translated=translated, pieces=pieces)
    ask_for_reporters(crawler)


@pytest.mark.shows("6.8")
@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        *((who, SOME_KINDS) for who in IN_EACH_RUN),
        *(pytest.param(who, None, marks=pytest.mark.slow) for who in KEPT_FROM),
    ],
    ids=[*(f"{who}, some kinds" for who in IN_EACH_RUN), *KEPT_FROM],
)
def test_staff_read_only_what_is_theirs_to_read(
    planted: Planted, db: None, who: str, kinds: tuple[str, ...] | None
) -> None:
    wanted = {what: forms for what, forms in needles(planted).items() if what in KEPT_FROM[who]}
    crawler = Crawler(planted, wanted, planted.staff[who])
    # One reader asks in both languages, and for pieces.
    translated = 0 if who != "pia" else 1 if kinds is None else ONE_TRANSLATED_IN
    ask_staff_pages(crawler, kinds, translated=translated, pieces=who in ("tom", "pia"))
    crawler.search_all(STAFF_PAGES, {CANARIES[what].split()[0][:-1] for what in KEPT_FROM[who]})
    crawler.has_found_nothing()


def test_those_who_may_read_it_do(planted: Planted, db: None) -> None:
    """The counterpart: the values searched for above exist and would be found."""
    wanted = {what: forms for what, forms in needles(planted).items() if what in OF_STREETS | OF_SUE}
    crawler = Crawler(planted, wanted, planted.staff["sue"])
    ask_staff_pages(crawler, ["public"], translated=0, pieces=False)
    assert not crawler.broken, "\n".join(crawler.broken[:20])
    assert {what.partition(":")[0] for what in crawler.found} == (OF_STREETS | OF_SUE) - NOBODYS - NOT_SHOWN


# What names Zenobia O'Quillfeather and Bart Yaxley-Finch, who joined her, or says how to reach them, in lower case.
IDENTITIES = {
    "a name": {b"zenobia", b"zeno\xcc\x81bia", b"zen\xc3\xb3bia", b"quillfeather", b"yaxley", b"barty"},
    "a name in a file's name": {b"oquillfeather", b"zquill"},
    "an email address": {b"zenobia.quill", b"canary-mail"},
    "a phone number": {b"555.0147", b"555 01 47", b"555-0147", b"5550147", b"555 0147", b"555-0199", b"555.0199"},
    "a social security number": {b"123-45-6789", b"123 45 6789"},
    "an account": {b"@gyre_wimble"},
    "a home": {b"linsangpostal", b"apt 4b", b"apt. 9c"},
}
WRITTEN = (
    "ask for zenobia, Ms. QUILLFEATHER or Zenóbia's son Barty Yaxley",
    "quillfeather_zenobia_porch.jpg ZenobiaOquillfeather.jpg zquillfeather",
    "call 617.555.0147, 555 01 47 or 555.0199, write zenobia.quill@canary-mail.example or @gyre_wimble",
    "my social is 123-45-6789; I live at 9 Linsangpostal Row, Apt 4B",
)


# What else they don't read of their request.
NOT_FOR_CONTRACTORS = {
    "reporter's name", "reporter's phone", "reporter's e-mail", "internal note", "note that names a colleague",
    "transfer reason", "triage reason", "hidden comment", *HIDDEN_WORDS,
}  # fmt: skip


# Requests that are the contractor's.
ASSIGNED = ["public", "ended", "coarse"]


def plant_identities(planted: Planted) -> None:
    """All of it in each text of requests that are assigned to the contractor, of which one is open and one has ended."""
    con, sue = planted.staff["con"], planted.staff["sue"]
    email, phone, name = (CANARIES[f"reporter's {what}"] for what in ("e-mail", "phone", "name"))
    words = ". ".join([*WRITTEN, f"Ask {email} or call {phone}", f"My name is {name}"])
    assigned = [planted.requests[kind] for kind in ASSIGNED]
    people = Person.objects.filter(name__in=[CANARIES["reporter's name"], CANARIES["second reporter's name"]])
    for one in assigned:
        for person in people:
            Participation.objects.get_or_create(service_request=one, person=person, role="affected")
        type(one).objects.filter(pk=one.pk).update(
            assignee=con,
            description=f"A hole. {words}",
            place_note=words[:300],
            address="12 Elm St, Zenobia's porch, Apt. 9C",
            public_address="12 Elm St, Zenobia's porch, Apt. 9C",
        )
        one.answers.filter(question_version__kind="text").update(value_text=words)
        one.photos.update(alt=words[:200])
        # What is hidden stays as it is: nobody but moderators reads it, and it is looked for, too.
        one.comments.exclude(kind="note").filter(hidden_at=None).update(text=words)
        one.text_revisions.filter(reason="edited").update(before=words, after=f"After: {words}")
        one.place_revisions.update(address="Quillfeather home, Apt. 9C", place_note=words[:300])
        conversation.note(one.pk, text=words, actor=sue, audience="everyone")
    planted.public.tasks.update(what=words[:200])
    SafetyNote.objects.update(words=words[:300], address="Quillfeather home, Apt. 9C")


@pytest.mark.parametrize("kinds", [ASSIGNED[:1], pytest.param(ASSIGNED, marks=pytest.mark.slow)], ids=["one", "all"])
def test_a_contractor_reads_nobody_however_a_text_names_them(planted: Planted, db: None, kinds: list[str]) -> None:
    """On every staff page, in every file and by the staff API. A new address is in the table of pages, so it's asked here.

    kinds: of the requests for which all pages are asked; that of the request itself is asked for each.
    """
    plant_identities(planted)
    con = planted.staff["con"]
    kept = {what: forms for what, forms in needles(planted).items() if what in NOT_FOR_CONTRACTORS}
    crawler = Crawler(planted, {**IDENTITIES, **kept}, con)
    page = crawler.client.get(reverse("staff_app:detail", args=[planted.public.reference])).content.decode()
    assert page.count("Ask [email address] or call [phone number].") > 1
    for word in (CANARIES["reporter's phone"][-4:], "zenobia.quill", "Quillfeather"):
        assert b"No matches." in crawler.client.get(reverse("staff_app:queue"), {"q": word}).content
    # Other requests aren't there for them (tests/test_permissions.py).
    crawler.ask_all(["staff_app:detail"], translated=0, pieces=False, kinds=ASSIGNED)
    crawler.ask_all(STAFF_PAGES, translated=0, pieces=False, kinds=kinds)
    for one in ("/staff/export/?format=csv", "/staff/export/?format=xlsx", "/staff/crew/day.json"):
        crawler.ask(one)
    plain = api_keys.create(planted.cast.city, "Contractor's app", scopes=["staff", "contacts"], acts_as=con)[1]
    crawler.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {plain}"
    crawler.ask_all(KEYED, translated=0, pieces=False, kinds=kinds)
    crawler.has_found_nothing()
    # The same texts, whole, for somebody who reads names.
    crawler = Crawler(planted, IDENTITIES, planted.staff["sue"])
    crawler.ask_all(["staff_app:detail"], translated=0, pieces=False, kinds=["public"])
    assert {what.partition(":")[0] for what in crawler.found} == set(IDENTITIES)


KEYED = [name for name, page in PAGES.items() if page.who == STAFF_KEY and "GET" in page.methods]


@pytest.mark.parametrize("who", ["", "sue", "eve", "con"])
def test_a_program_reads_only_what_its_member_of_staff_may(planted: Planted, db: None, who: str) -> None:
    """Empty: a key of Sue's without the scope for contacts. With it, she reads them, so they would be found."""
    staff = planted.staff[who or "sue"]
    kept = KEPT_FROM.get(who, NOBODYS | OF_SUE) | (set() if who else CONTACT)
    crawler = Crawler(planted, {what: forms for what, forms in needles(planted).items() if what in kept | CONTACT})
    scopes = ["staff", "contacts"] if who else ["staff"]
    plain = api_keys.create(planted.cast.city, "Another app", scopes=scopes, acts_as=staff)[1]
    crawler.client.defaults["HTTP_AUTHORIZATION"] = f"Bearer {plain}"
    crawler.ask_all(KEYED, translated=0, pieces=False)
    for word in (CANARIES["reporter's phone"], CANARIES["reporter's e-mail"]):
        crawler.ask(f"/api/v1/staff/requests/?q={quote(word)}")
        assert (b"12 Elm St" in crawler.last) == (who == "sue")
    assert not crawler.broken, "\n".join(crawler.broken[:20])
    found = {what.partition(":")[0] for what in crawler.found}
    assert found & kept == set(), "\n".join(crawler.found[:20])
    if who == "sue":
        assert found >= {"reporter's name", "reporter's e-mail", "reporter's phone", "follower's e-mail"}


def ask_for_reporters(crawler: Crawler) -> None:
    for one in addresses("staff_app:reporter", crawler.planted):
        crawler.ask(one, method="post", data={"reason": "reply"})


STAFF_PAGES = [name for name, page in PAGES.items() if name.startswith("staff_app:") and "GET" in page.methods]
TRANSLATED = [name for name in sorted(PAGES) if is_translated(name)]


# --- Email, logs and files ----------------------------------------------------------------------------------------------


def test_no_mail_tells_anybody_of_another_person(planted: Planted, db: None) -> None:
    """Nor internal notes. Reporters read their own text and the questions asked of them."""
    private = {what: forms for what, forms in needles(planted).items() if what in OF_STREETS}
    tasks.drain("outside")
    assert {one.to[0] for one in mail.outbox} >= {CANARIES["reporter's e-mail"], CANARIES["follower's e-mail"]}
    for one in mail.outbox:
        own = {what for what in CONTACT if one.to == [CANARIES[what]]}
        if one.to == [CANARIES["reporter's e-mail"]]:
            own |= {"question to the reporter", "exact address of a coarse request", *CONFIDENTIAL}
        assert set(leaks(one.message().as_bytes(), private)) <= own


def test_no_webhook_tells_anything_private(planted: Planted, db: None) -> None:
    """A full one, of each request that a program may know of."""
    private, webhook = needles(planted), Webhook(api_key=planted.api_key, payload="full")
    known = [told for told in planted.requests.values() if webhooks.may_know(webhook, told)]
    assert planted.requests["public"] in known
    for told in known:
        delivery = WebhookDelivery(webhook=webhook, service_request=told)
        delivery.event_type, delivery.created_at = "request.resolved", app_now()
        sent = json.dumps(webhook_calls.payload(delivery), ensure_ascii=False).encode()
        assert leaks(sent, private, asked=f"{told.reference} {told.display_reference}") == []
    # With the scope for contacts, the reporter's own, and only for somebody who may read them.
    planted.api_key.scopes = [*planted.api_key.scopes, "staff", "contacts"]
    delivery.service_request = planted.requests["public"]
    for name, reads in (("ada", False), ("tom", True)):
        planted.api_key.acts_as = planted.staff[name]
        sent = json.dumps(webhook_calls.payload(delivery), ensure_ascii=False).encode()
        found = leaks(sent, private, asked=str(planted.requests["public"].display_reference))
        assert set(found) <= {what for what in CONTACT if what.startswith("reporter")}
        assert bool(found) == reads


def test_what_is_sent_for_help_holds_nothing_private(planted: Planted, db: None) -> None:
    written = io.StringIO()
    with pytest.raises(SystemExit):
        # Some check is red in a test.
        call_command("doctor", "--support", stdout=written)
    report = json.loads(written.getvalue())
    assert report["tables"]["requests_app_person"]["columns"]
    secrets = {name: spellings(str(getattr(settings, name))) for name in ("SECRET_KEY", "DATABASE_URL")}
    wanted = needles(planted) | {name: forms for name, forms in secrets.items() if forms != {b""}}
    assert leaks(written.getvalue().encode(), wanted) == []


def test_no_log_line_holds_anything_private(planted: Planted, stranger: tuple[Crawler, list[str]], db: None) -> None:
    with log_lines() as lines:
        with_links = Crawler(planted, {}, levels=0)
        # A line is the same for each request.
        of_links = (name for name, page in PAGES.items() if page.who == LINK)
        with_links.ask_all(of_links, translated=0, pieces=False, kinds=["private"])
        # The address of My street, which only its browser may keep.
        at_home = {"q": CANARIES["address of a private request"], "lat": "40.5", "long": "-69.0"}
        assert with_links.client.post(reverse("requests_app:my_street"), at_home).status_code == 302
        assert at_home["q"].encode() in with_links.client.get(reverse("requests_app:my_street")).content
        of_staff = Crawler(planted, {}, planted.staff["ada"])
        of_staff.ask(address("staff_app:api_keys", planted))
        form = {"name": CANARIES["reporter's name"], "scopes": "report", "calls_a_minute": "60"}
        of_staff.client.post(address("staff_app:new_api_key", planted), form)
    assert any("api_key_made" in line for line in lines)
    text = "\n".join([*stranger[1], *lines]).encode()
    assert leaks(text, needles(planted)) == []


@contextmanager
def log_lines() -> Iterator[list[str]]:
    """The lines logged at level INFO."""
    lines: list[str] = []
    root = logging.getLogger()
    own_handler = next(
        handler for handler in root.handlers if isinstance(handler.formatter, structlog.stdlib.ProcessorFormatter)
    )

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(self.format(record))

    keeper = Keeper(logging.INFO)
    keeper.setFormatter(own_handler.formatter)
    before = root.level
    root.addHandler(keeper)
    root.setLevel(logging.INFO)
    try:
        yield lines
    finally:
        root.removeHandler(keeper)
        root.setLevel(before)


# --- Hidden a moment ago ------------------------------------------------------------------------------------------------


def to_be_hidden(planted: Planted) -> dict[str, set[bytes]]:
    whole = planted.requests["parks"]
    return {
        "hidden word": spellings("big as a plate"),
        "hidden photo": {planted.photos["public"].name.encode()},
        "hidden request": spellings("branch hangs low"),
        "hidden number": spellings(whole.reference) | spellings(whole.display_reference),
    }


@pytest.mark.shows("5.37")
def test_what_staff_hide_is_on_no_public_page_from_that_moment(
    planted: Planted, stranger: tuple[Crawler, list[str]], db: None
) -> None:
    """Text, a photo, a whole request: without a worker in between, and despite our own caches.

    On each address that showed a stranger some of it, on each public page, and in what is found. Only the change feed names
    its number, so that copies remove it, too.
    """
    public, whole = planted.public, planted.requests["parks"]
    photo, wanted = planted.photos["public"], to_be_hidden(planted)
    before = Crawler(planted, wanted, levels=0)
    before.ask_all(("requests_app:public_list", "requests_app:track", "requests_app:photo"), translated=0, pieces=False)
    assert {found.partition(":")[0] for found in before.found} == wanted.keys()
    shown = stranger[0].shown
    assert len(shown) > 50
    sue = planted.staff["sue"]
    text = next(one for one in public_texts(public) if one.field == "description")
    new = moderation.Replacement(text.text.replace("plate", "[…]"), text.version)
    moderation.hide_text(public.pk, {text.key: new}, reason="other", actor=sue)
    moderation.hide_photo(photo.pk, reason="other", actor=sue)
    moderation.hide(whole.pk, reason="other", actor=planted.staff["pia"])
    public_changes.number_all()
    after = Crawler(planted, wanted, levels=0)
    for path in shown:
        after.ask(path)
    for name, page in PAGES.items():
        if page.is_public:
            after.ask(address(name, planted))
    for name in PAGES:
        for path in searches(name, planted, "branch"):
            after.ask(path)
    feed = [line for line in after.found if "/api/v1/changes/" in line]
    assert {line.partition(":")[0] for line in feed} == {"hidden number"}
    after.found = [line for line in after.found if line not in feed]
    after.has_found_nothing()
