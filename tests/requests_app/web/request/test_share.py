"""A public report to look at and to share: its steps, expected day and place in line, photos, map, QR code and card."""

import datetime as dt
import html
import io
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from PIL import Image

from requests_app import links, photos
from requests_app.actions.promises import typical_times
from requests_app.actions.work import conversation, endings, progress
from requests_app.clock import app_now
from requests_app.models import Photo, PublicState, ServiceRequest, TypicalTime
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.79")]


def page_of(client: Client, service_request: ServiceRequest, language: str = "") -> str:
    answer = client.get(f"{language}/r/{service_request.reference}/")
    assert answer.status_code == 200
    return html.unescape(" ".join(answer.content.decode().split()))


def steps_of(page: str) -> list[tuple[str, str]]:
    found = re.findall(r'stepper__step--(\w+)".*?<span>(.*?)</span>', page.partition('<ol class="stepper"')[2])
    return [(words, state) for state, words in found]


def test_the_steps_follow_the_work(client: Client, cast: Rivermark) -> None:
    tree = factories.routed(cast.tree, "A branch hangs.")
    names = ["Received", "Reviewed", "Scheduled", "Fixed"]
    assert steps_of(page_of(client, tree)) == list(zip(names, ["current", "ahead", "ahead", "ahead"], strict=True))
    progress.accept(tree.pk, actor=cast.tom)
    assert [state for _name, state in steps_of(page_of(client, tree))] == ["done", "current", "ahead", "ahead"]
    progress.schedule(tree.pk, on=timezone.localdate() + dt.timedelta(days=2), actor=cast.tom)
    assert [state for _name, state in steps_of(page_of(client, tree))] == ["done", "done", "current", "ahead"]
    assert "Expected by" not in page_of(client, tree), "the date is in the status"
    endings.resolve(tree.pk, disposition="fixed", text="Cut.", actor=cast.tom)
    assert steps_of(page_of(client, tree)) == [(name, "done") for name in names]
    spanish = steps_of(page_of(client, tree, "/es"))
    assert [words for words, _state in spanish] == ["Recibido", "Revisado", "Programado", "Arreglado"]


def test_what_wasn_t_fixed_isn_t_drawn_as_fixed(client: Client, cast: Rivermark) -> None:
    tree = factories.routed(cast.tree, "A branch hangs.")
    endings.resolve(tree.pk, disposition="not_found", text="No branch.", actor=cast.tom, visited=True)
    assert steps_of(page_of(client, tree)) == [("Received", "done"), ("Reviewed", "done"), ("Closed", "done")]


def usual(cast: Rivermark, order: float | None, days: float = 5) -> None:
    TypicalTime.objects.all().delete()
    TypicalTime.objects.create(
        jurisdiction=cast.city,
        service=cast.tree.service,
        day=timezone.localdate(),
        computed_at=app_now(),
        count=60,
        days=90,
        half=dt.timedelta(days=days / 2),
        most=dt.timedelta(days=days),
        factor=1,
        order=order,
    )
    cache.clear()


def test_the_expected_day_comes_from_history_and_the_place_in_line_only_from_an_orderly_one(
    client: Client, cast: Rivermark
) -> None:
    for number in range(3):
        factories.report(cast.tree, f"Branch {number}.")
    mine = factories.report(cast.tree, "My branch.")
    assert "in line" not in page_of(client, mine)
    usual(cast, 0.79)
    page = page_of(client, mine)
    day = (app_now() + dt.timedelta(days=5)).astimezone(cast.city.zone)
    assert f"Expected by {day:%A, %B} {day.day}" in page
    assert "in line" not in page
    usual(cast, 0.8)
    assert "Number 4 of 4 in line." in page_of(client, mine)
    first = ServiceRequest.objects.order_by("pk")[0]
    assert "Number 1 of 4 in line." in page_of(client, first)
    usual(cast, 0.8, days=0)
    assert "Expected by" not in page_of(client, mine), "that day has passed"


@pytest.mark.parametrize(("reverse", "order"), [(False, 1), (True, -1)])
def test_every_night_it_is_measured_whether_the_oldest_went_first(cast: Rivermark, reverse: bool, order: int) -> None:
    made = [factories.report(cast.tree, f"Branch {number}.").pk for number in range(60)]
    for number, pk in enumerate(made):
        ServiceRequest.objects.filter(pk=pk).update(
            submitted_at=app_now() - dt.timedelta(days=30, hours=-number),
            status="resolved",
            disposition="fixed",
            resolved_at=app_now() - dt.timedelta(hours=number + 1 if reverse else 100 - number),
        )
    typical_times.record(cast.city)
    row = TypicalTime.objects.get(service=cast.tree.service, area=None)
    # Those that came first went first, or last.
    assert row.order == pytest.approx(order)


def test_before_and_after_are_side_by_side_and_hidden_ones_are_neither(client: Client, cast: Rivermark) -> None:
    tree = factories.routed(cast.tree, "A branch hangs.")
    before, after = (
        photos.store_upload(
            io.BytesIO(factories.jpeg()), size=9000, jurisdiction=cast.city, service_request=tree, kind=kind
        )
        for kind in (Photo.Kind.REPORT, Photo.Kind.WORK)
    )
    assert "data-before-after" not in page_of(client, tree), "not fixed yet"
    endings.resolve(tree.pk, disposition="fixed", text="Cut.", actor=cast.tom)
    page = page_of(client, tree)
    shown = page.partition("data-before-after")[2].partition("</div>")[0]
    assert shown.index(before.name) < shown.index("Before") < shown.index(after.name) < shown.index("After")
    assert [page.count(one.name) for one in (before, after)] == [1, 1], "each once"
    Photo.objects.filter(pk=before.pk).update(hidden_at=app_now())
    assert "data-before-after" not in page_of(client, tree)


def test_the_crew_s_own_photos_count_by_what_they_said(client: Client, cast: Rivermark) -> None:
    tree = factories.routed(cast.tree, "A branch hangs.")
    kinds = ((Photo.Kind.REPORT, ""), (Photo.Kind.WORK, "after"), (Photo.Kind.WORK, "before"), (Photo.Kind.WORK, ""))
    made = [
        photos.store_upload(
            io.BytesIO(factories.jpeg()),
            size=9000,
            jurisdiction=cast.city,
            service_request=tree,
            kind=kind,
            stage=stage,
        )
        for kind, stage in kinds
    ]
    shown = page_of(client, tree).partition("data-before-after")[2].partition("</div>")[0]
    names = [photo.name for photo in made if photo.name in shown]
    assert names == [made[1].name, made[2].name]
    assert shown.index(made[2].name) < shown.index(made[1].name), "before comes first"


def test_it_is_shared_by_link_code_and_card_without_what_the_reporter_wrote(client: Client, cast: Rivermark) -> None:
    tree = factories.routed(cast.tree, "Zanzibar branch.")
    page = page_of(client, tree)
    head = page.partition("</head>")[0]
    assert f'property="og:image" content="{links.base_url(cast.city)}/r/{tree.reference}/share/card.png"' in head
    assert "Zanzibar" not in head
    assert f">{links.base_url(cast.city)}/r/{tree.reference}/</code>" in page
    card = client.get(f"/r/{tree.reference}/share/card.png")
    assert Image.open(io.BytesIO(card.content)).size == (1200, 630)
    assert card["Cache-Control"] == "public, max-age=30"
    assert color_of(card, *PHOTO_AT) != GREEN
    photo = photos.store_upload(
        io.BytesIO(factories.jpeg(color="green")), size=9000, jurisdiction=cast.city, service_request=tree
    )
    path = f"/r/{tree.reference}/share/card.png"
    assert color_of(client.get(path), *PHOTO_AT) == GREEN
    default_storage.delete(photo.path)
    cache.clear()
    assert color_of(client.get(path), *PHOTO_AT) != GREEN
    Photo.objects.update(hidden_at=app_now())
    assert color_of(client.get(path), *PHOTO_AT) != GREEN
    assert b"<svg" in client.get(f"/r/{tree.reference}/share/code.svg").content
    ServiceRequest.objects.filter(pk=tree.pk).update(public_state=PublicState.PRIVATE)
    for name in ("card.png", "code.svg"):
        assert client.get(f"/r/{tree.reference}/share/{name}").status_code == 404


PHOTO_AT, GREEN = (900, 200), (0, 128, 0)


def color_of(card: Any, x: int, y: int) -> tuple[int, ...]:
    """Of a pixel, to the nearest of a few, since JPEG changes colors a bit."""
    pixel = Image.open(io.BytesIO(card.content)).convert("RGB").getpixel((x, y))
    assert isinstance(pixel, tuple)
    return tuple(128 * round(part / 128) for part in pixel)


def test_the_state_changes_with_what_everybody_may_read_and_only_then(client: Client, cast: Rivermark) -> None:
    tree = factories.routed(cast.tree, "A branch hangs.")

    def state() -> str:
        found: str = client.get(f"/r/{tree.reference}/state.json").json()["state"]
        return found

    assert f'data-live="{state()}"' in page_of(client, tree)
    first = state()
    conversation.note(tree.pk, text="Ask the crew.", actor=cast.tom)
    assert state() == first
    conversation.comment(tree.pk, text="We’ll be there soon.", actor=cast.tom)
    assert state() != first
    ServiceRequest.objects.filter(pk=tree.pk).update(public_state=PublicState.PRIVATE)
    assert client.get(f"/r/{tree.reference}/state.json").status_code == 404
