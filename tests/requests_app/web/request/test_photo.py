"""Photos are shown to people who may see the request; others get a 404."""

import io

import pytest
from django.test import Client

from requests_app import links, photos
from requests_app.actions.following import followers
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.publication import moderation
from requests_app.models import Photo, ServiceRequest
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def with_photo(town: Rivermark, service_request: ServiceRequest) -> Photo:
    content = factories.jpeg()
    return photos.store_upload(
        io.BytesIO(content), size=len(content), jurisdiction=town.city, service_request=service_request
    )


@pytest.mark.parametrize("size", ["", "-small"])
def test_a_public_requests_photo_is_everybodys_for_half_a_minute(town: Rivermark, client: Client, size: str) -> None:
    photo = with_photo(town, factories.report(town.tree))
    answer = client.get(f"/photos/{photo.name}{size}.jpg")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "public, max-age=30"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8")


@pytest.mark.shows("3.12")
@pytest.mark.parametrize("why", ["private service", "hidden request", "hidden photo", "private photo", "wrong name"])
def test_what_a_stranger_may_not_see_is_not_there(town: Rivermark, client: Client, why: str) -> None:
    made = factories.report(town.outreach if why == "private service" else town.tree)
    photo = with_photo(town, made)
    if why == "hidden request":
        moderation.hide(made.pk, reason="abuse", actor=town.pia)
    if why == "hidden photo":
        moderation.hide_photo(photo.pk, reason="personal_data", actor=town.pia)
    if why == "private photo":
        Photo.objects.update(is_private=True)
    name = photo.name if why != "wrong name" else "0" * 32
    assert client.get(f"/photos/{name}.jpg").status_code == 404
    assert client.get(f"/photos/{name}-small.jpg").status_code == 404


def test_one_that_belongs_to_nobody_yet_is_seen_by_nobody(town: Rivermark, client: Client) -> None:
    content = factories.jpeg()
    photo = photos.store_upload(io.BytesIO(content), size=len(content), jurisdiction=town.city)
    for reader in (None, town.tom, town.pia):
        if reader is not None:
            client.force_login(reader)
        assert client.get(f"/photos/{photo.name}.jpg").status_code == 404
        assert client.get(f"/photos/{photo.name}-small.jpg").status_code == 404


def test_its_own_department_sees_a_private_one_and_another_does_not(town: Rivermark, client: Client) -> None:
    photo = with_photo(town, factories.routed(town.outreach))
    client.force_login(town.tom)
    answer = client.get(f"/photos/{photo.name}.jpg")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    client.force_login(town.pia)
    assert client.get(f"/photos/{photo.name}.jpg").status_code == 404


def test_the_reporter_sees_their_own_private_one_and_a_follower_does_not(town: Rivermark, client: Client) -> None:
    made = factories.submitted(town.tree)
    photo = with_photo(town, made.service_request)
    Photo.objects.update(is_private=True)
    follower = followers.join(
        made.service_request.pk, reporter=Reporter(email="follower@example.org"), language="en", role="follower"
    )[1]
    address = f"/r/{made.service_request.reference}/photos/{photo.name}.jpg"
    for link, status in ((made.link, 200), (follower, 404)):
        assert link is not None
        reader = Client()
        reader.get(f"/l/{links.token(link)}/")
        answer = reader.get(address)
        assert answer.status_code == status
        if status == 200:
            assert answer["Cache-Control"] == "private, no-store"
