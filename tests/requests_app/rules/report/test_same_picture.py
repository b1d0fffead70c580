"""The same picture twice: it is recognized when it was made smaller, offered to the reporter first, and noted for staff."""

import io
import random

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from PIL import Image, ImageDraw

from requests_app import photos
from requests_app.actions.report.picture_hashes import hash_of
from requests_app.models import Photo, ServiceRequest
from requests_app.rules.report import same_picture
from tests import factories
from tests.factories import Rivermark
from tests.walk import Walk

LANE = {"where": "lane"}


def scene(number: int) -> Image.Image:
    """One of many pictures, each with other shapes on it."""
    chance = random.Random(number)
    image = Image.new("RGB", (1200, 900), (chance.randrange(256), chance.randrange(256), chance.randrange(256)))
    draw = ImageDraw.Draw(image)
    for _ in range(25):
        left, top = chance.randrange(1100), chance.randrange(800)
        box = (left, top, left + chance.randrange(60, 500), top + chance.randrange(60, 400))
        draw.ellipse(box, (chance.randrange(256), chance.randrange(256), chance.randrange(256)))
    return image


def jpeg(image: Image.Image, *, width: int = 1200, quality: int = 85) -> bytes:
    out = io.BytesIO()
    image.resize((width, width * 3 // 4)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def hashed(content: bytes) -> int:
    with Image.open(io.BytesIO(content)) as image:
        found = hash_of(image)
    assert found is not None
    return found


def stored(number: int, one: ServiceRequest, kind: str = "report", **options: int) -> Photo:
    content = jpeg(scene(number), **options)
    return photos.store_upload(
        io.BytesIO(content), size=len(content), jurisdiction=one.jurisdiction, service_request=one, kind=kind
    )


def test_a_smaller_copy_is_the_same_picture_and_no_other_is() -> None:
    originals = [hashed(jpeg(scene(number))) for number in range(12)]
    for number, one in enumerate(originals):
        copy = hashed(jpeg(scene(number), width=480, quality=40))
        assert same_picture.distance(one, copy) <= same_picture.FARTHEST
        others = [same_picture.distance(copy, other) for at, other in enumerate(originals) if at != number]
        assert min(others) > 2 * same_picture.FARTHEST
    assert hash_of(Image.new("RGB", (480, 360), "white")) is None


@pytest.mark.django_db
@pytest.mark.parametrize("picture_hash", [0, -1, 1 << 62, -(1 << 63) + 1, 0x0123456789ABCDEF])
def test_the_parts_of_a_hash_are_those_of_the_index(picture_hash: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT picture_bands(%s::bigint)", [picture_hash])
        assert cursor.fetchone() == (same_picture.bands(picture_hash),)


@pytest.mark.django_db
def test_the_index_finds_it(cast: Rivermark) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "photo_picture" in same_picture.alike([5, -7]).explain()


@pytest.mark.django_db
def test_a_report_with_the_same_photo_is_offered_first_and_says_so(cast: Rivermark, walk: Walk) -> None:
    near = factories.routed(cast.pothole, "A hole.", answers=LANE)
    far = factories.routed(
        cast.pothole, "The hole.", answers=LANE, point=factories.at(-69.02, 40.51), address="9 Oak St"
    )
    photo = stored(1, far)
    upload = SimpleUploadedFile("hole.jpg", jpeg(scene(1), width=600, quality=60), "image/jpeg")
    walk.begin("", photos=upload)
    factories.run_worker()
    walk.on("service", pick="pothole").on("location", address="12 Elm St")
    assert walk.at == "duplicates"
    assert walk.html.index(far.reference) < walk.html.index(near.reference)
    assert walk.html.count("It has the same photo as yours.") == 1
    # Only what everybody may see is compared.
    Photo.objects.filter(pk=photo.pk).update(is_private=True)
    assert "same photo" not in walk.get("duplicates").html
    Photo.objects.filter(pk=photo.pk).update(is_private=False)
    ServiceRequest.objects.filter(pk=far.pk).update(public_state="private")
    walk.get("duplicates")
    assert "same photo" not in walk.html
    assert far.reference not in walk.html


@pytest.mark.django_db
def test_staff_see_that_a_photo_of_the_work_was_used_before(cast: Rivermark, client: Client) -> None:
    first = factories.routed(cast.tree, "A branch.")
    second = factories.routed(cast.pothole, "A hole.", answers=LANE)
    client.force_login(cast.tom, backend="django.contrib.auth.backends.ModelBackend")
    path = f"/staff/r/{second.reference}/"
    stored(2, second, "work")
    factories.run_worker()
    assert "used before" not in client.get(path).content.decode()
    earlier, later = stored(3, first, "work"), stored(3, second, "work", width=700)
    factories.run_worker()
    page = client.get(path).content.decode()
    assert "This photo was used before, on another request." in page, "Tom may not know of what Parks does"
    assert first.reference not in page
    client.force_login(cast.ada, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(path).content.decode()
    assert page.count("This photo was used before") == 1
    assert f'href="/staff/r/{first.reference}/"' in page
    assert "used before" not in client.get(f"/staff/r/{first.reference}/").content.decode()
    photos.delete(earlier)
    later.refresh_from_db()
    assert later.picture_hash is not None
    assert "used before" not in client.get(path).content.decode()


def photo_of(picture: int, of: ServiceRequest, kind: str = "work", **columns: object) -> Photo:
    name = f"photo-{Photo.objects.count()}"
    return Photo.objects.create(
        jurisdiction=of.jurisdiction, service_request=of, kind=kind, picture_hash=picture, width=4, height=3, name=name,
        **columns,
    )  # fmt: skip


@pytest.mark.django_db
def test_a_picture_that_differs_in_four_bits_is_the_same_and_in_five_another(cast: Rivermark) -> None:
    first = factories.routed(cast.tree)
    others = factories.copies(first, 3)
    # All bits but those of one of the four parts.
    for made, picture in zip((first, *others[:2]), (0b1111, 0b11111, 0b0), strict=True):
        photo_of(picture, made, "report")
    photo_of(0b1, others[2], "work")
    assert set(same_picture.reports_with([0], ServiceRequest.objects.all())) == {first.pk, others[1].pk}
    assert same_picture.reports_with([0], ServiceRequest.objects.filter(pk=others[0].pk)) == []
    Photo.objects.filter(service_request=first).update(hidden_at=first.submitted_at)
    Photo.objects.filter(service_request=others[1]).update(is_private=True)
    assert same_picture.reports_with([0], ServiceRequest.objects.all()) == []


@pytest.mark.django_db
def test_only_an_earlier_photo_of_another_request_that_one_may_see_is_named(cast: Rivermark) -> None:
    tree, hole = factories.routed(cast.tree), factories.routed(cast.pothole, answers={"where": "lane"})
    other = factories.copies(hole, 1)[0]
    early = photo_of(0b1111, hole)
    of_parks = photo_of(0b11111 << 5, tree)
    work, same_request, plain = photo_of(0, other), photo_of(0, other), photo_of(1 << 62, other)
    later = photo_of(0, hole)
    report = photo_of(0, other, "report")

    def used_before(photos: list[Photo], user: object) -> list[set[int] | None]:
        same_picture.note_earlier_uses(photos, user)  # type: ignore[arg-type]
        return [
            {one.pk for one in photo.used_before.requests} if getattr(photo, "used_before", None) else None
            for photo in photos
        ]

    assert used_before([work, same_request, plain, report], cast.tom) == [{hole.pk}, {hole.pk}, None, None]
    # The later one isn't before the first, and that of Parks is used by nobody.
    assert used_before([early], cast.tom) == used_before([of_parks], cast.pia) == [None]
    assert used_before([later], cast.tom) == [{other.pk}]
    # Pia may know that it was used, and not where.
    assert used_before([work], cast.pia) == [set()]
    assert used_before([report], cast.tom) == [None]
