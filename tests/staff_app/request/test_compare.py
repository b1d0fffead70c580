"""Two requests next to each other: compared, merged at once, or linked; and what was reported here before."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.actions.report import submission
from requests_app.actions.work import conversation, merges, related_requests
from requests_app.models import Event, OutboxRow, Photo, RelatedRequest, ServiceRequest, User
from staff_app.request import more_from
from tests import factories
from tests.factories import ANA, Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.4")]
LANE = {"where": "lane"}
SignIn = Callable[[User], Client]


@pytest.fixture
def one(town: Rivermark) -> ServiceRequest:
    return reported(town, "A hole as big as a plate.")


@pytest.fixture
def two(town: Rivermark) -> ServiceRequest:
    return reported(town, "Un hoyo enorme.", language="es", reporter=ANA)


def reported(town: Rivermark, words: str, **more: Any) -> ServiceRequest:
    place = submission.Place(factories.at(), "12 Elm St", source="address")
    return factories.routed(town.pothole, words, answers=LANE, place=place, **more)


def photo_of(made: ServiceRequest, name: str, **columns: Any) -> Photo:
    return Photo.objects.create(
        jurisdiction=made.jurisdiction, service_request=made, name=name * 32, width=40, height=30, **columns
    )


def page_of(made: ServiceRequest) -> str:
    return f"/staff/r/{made.reference}/"


def compare(one: ServiceRequest, two: ServiceRequest) -> str:
    return f"{page_of(one)}compare/{two.reference}/"


def html(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("way", [0, 1])
def test_two_are_compared_and_merged_in_one_press_either_way(
    tom: Client, one: ServiceRequest, two: ServiceRequest, way: int
) -> None:
    photos = [photo_of(one, "a"), photo_of(two, "b")]
    assert compare(one, two) in html(tom, page_of(one))
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        piece = tom.get(compare(one, two), headers={"HX-Request": "true"}).content.decode()
    assert len(captured) <= 6, "on the request's page, with an empty cache"
    assert all(photo.name in piece for photo in photos)
    page = html(tom, compare(one, two))
    for words in (one.description, two.description, *(photo.name for photo in photos), "At the same location"):
        assert words in page
    assert page.count("data-pin=") == 2
    child, parent = ((one, two), (two, one))[way]
    side = next(side for side in tom.get(compare(one, two)).context["sides"] if side.service_request == child)
    sent = {"reference": parent.reference, "last_event": side.service_request.last_event_id}
    assert f'action="{page_of(child)}merge/"' in page
    assert tom.post(f"{page_of(child)}merge/", sent).status_code == 302
    child.refresh_from_db()
    assert child.duplicate_of == parent


def test_one_that_changed_while_they_were_compared_is_not_merged(
    town: Rivermark, tom: Client, one: ServiceRequest, two: ServiceRequest
) -> None:
    seen = tom.get(compare(one, two)).context["sides"][0].service_request.last_event_id
    conversation.comment(one.pk, text="We look at it today.", actor=town.dev)
    answer = tom.post(f"{page_of(one)}merge/", {"reference": two.reference, "last_event": seen})
    assert answer.status_code == 409


def test_one_that_may_not_be_opened_is_not_compared(town: Rivermark, tom: Client, one: ServiceRequest) -> None:
    limb = factories.routed(town.tree)
    for path in (compare(one, limb), compare(limb, one), f"{page_of(one)}compare/00000000/"):
        assert tom.get(path).status_code == 404


def test_a_ring_of_merges_is_refused_with_words(
    town: Rivermark, tom: Client, one: ServiceRequest, two: ServiceRequest
) -> None:
    merges.merge(one.pk, parent=two, actor=town.tom)
    answer = tom.post(f"{page_of(two)}merge/", {"reference": one.display_reference})
    assert answer.status_code == 422
    assert "That request was merged into this one already." in answer.content.decode()
    with pytest.raises(merges.CannotMerge, match="already"):
        merges.merge(two.pk, parent=one, actor=town.tom)
    third = reported(town, "A third.")
    with pytest.raises(merges.CannotMerge, match="itself merged"):
        merges.merge(third.pk, parent=one, actor=town.tom)


def test_the_words_and_photos_of_a_merged_report_are_on_the_parent(
    town: Rivermark, tom: Client, one: ServiceRequest, two: ServiceRequest
) -> None:
    shown, hidden = photo_of(two, "c"), photo_of(two, "d", hidden_at=one.submitted_at)
    merges.merge(two.pk, parent=one, actor=town.tom)
    page = html(tom, page_of(one))
    assert f'href="{page_of(two)}"' in page
    assert 'lang="es" dir="auto">Un hoyo enorme.</p>' in page
    assert "Spanish" in page
    assert shown.name in page
    assert hidden.name not in page


def test_an_unmerge_sends_one_email(town: Rivermark, one: ServiceRequest, two: ServiceRequest) -> None:
    merges.merge(two.pk, parent=one, actor=town.tom)
    factories.run_worker()
    waiting = OutboxRow.objects.filter(lane="outside", service_request=two)
    before = waiting.count()
    merges.unmerge(two.pk, actor=town.tom)
    factories.run_worker()
    assert [row.kind for row in waiting.order_by("id")[before:]] == ["email_reopened"]


def test_related_ones_are_shown_on_both_until_the_link_is_removed(
    tom: Client, one: ServiceRequest, two: ServiceRequest
) -> None:
    assert tom.post(f"{page_of(one)}related/", {"other": two.display_reference.lower()}).status_code == 302
    tom.post(f"{page_of(two)}related/", {"other": one.reference})
    assert RelatedRequest.objects.count() == 1, "once, from either side"
    for made, other in ((one, two), (two, one)):
        page = html(tom, page_of(made))
        assert f'Linked to <a href="{page_of(other)}">{other.display_reference}</a>' in page
        assert f"{page_of(made)}related/{other.reference}/remove/" in page
    assert tom.post(f"{page_of(two)}related/{one.reference}/remove/").status_code == 302
    assert not RelatedRequest.objects.exists()
    assert Event.objects.filter(kind="unrelated").count() == 2


def test_what_may_not_be_opened_is_not_linked(town: Rivermark, tom: Client, one: ServiceRequest) -> None:
    limb, private = factories.routed(town.tree), factories.routed(town.outreach)
    for typed in (limb.reference, "nonsense", one.reference):
        assert tom.post(f"{page_of(one)}related/", {"other": typed}).status_code == 422
    with pytest.raises(related_requests.CannotRelate, match="confidential"):
        related_requests.relate(one.pk, other=private.pk, actor=town.tom)


def test_a_report_number_in_a_text_is_a_link_if_it_may_be_opened(
    town: Rivermark, tom: Client, one: ServiceRequest, two: ServiceRequest
) -> None:
    limb = factories.routed(town.tree)
    # In small letters it's a number only with a digit.
    ServiceRequest.objects.filter(pk=two.pk).update(reference="CKCR9DGF")
    two.refresh_from_db()
    words = f"<b>As</b> {two.display_reference.lower()}, not {limb.display_reference}."
    conversation.note(one.pk, text=words, actor=town.tom)
    page = html(tom, page_of(one))
    assert (
        f'As&lt;/b&gt; <a href="{page_of(two)}">{two.display_reference.lower()}</a>, not {limb.display_reference}.'
        in page
    )


def test_earlier_activity_is_a_link_and_nothing_is_lost_or_shown_twice(
    town: Rivermark, tom: Client, one: ServiceRequest
) -> None:
    for number in range(40):
        conversation.note(one.pk, text=f"Note {number}.", actor=town.tom)
    first = tom.get(page_of(one)).context["activity"]
    second = tom.get(f"{page_of(one)}earlier/{first.earlier}/").context["activity"]
    assert len(first.lines) == 30
    assert second.earlier is None
    notes = [line.comment.text for page in (first, second) for line in page.lines if line.comment]
    assert notes == [f"Note {number}." for number in reversed(range(40))]


def test_what_was_reported_here_before_is_listed(
    town: Rivermark, tom: Client, one: ServiceRequest, two: ServiceRequest
) -> None:
    merges.merge(two.pk, parent=one, actor=town.tom)
    far = factories.routed(
        town.pothole, answers=LANE, place=submission.Place(factories.at(-69.01), "1 Oak St", source="address")
    )
    theirs = factories.routed(town.tree, place=submission.Place(one.point, "11 Elm St", source="address"))
    page = html(tom, f"{page_of(one)}more/")
    assert two.display_reference in page
    assert far.display_reference not in page
    assert theirs.display_reference not in page, "Tom may not open it"


def test_whoever_may_see_few_of_what_was_reported_here_sees_these_however_old(
    town: Rivermark, tom: Client, one: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(more_from, "READ_MAX", 3)
    monkeypatch.setattr(more_from, "PAGE", 2)
    here = submission.Place(one.point, "11 Elm St", source="address")
    own = [factories.routed(town.pothole, answers=LANE, place=here) for _ in range(3)]
    theirs = [factories.routed(town.tree, place=here) for _ in range(4)]
    page = html(tom, f"{page_of(one)}more/")
    assert all(mine.display_reference in page for mine in own)
    assert not any(other.display_reference in page for other in theirs)
    # All of them in pages, which nobody else's shorten.
    response = tom.get(f"{page_of(one)}more/?place=1")
    shown = [row.service_request for row in response.context["groups"][0].rows]
    response = tom.get(f"{page_of(one)}more/{response.context['pager']['next_url']}")
    shown += [row.service_request for row in response.context["groups"][0].rows]
    assert shown == own[::-1]
    assert not response.context["pager"]["next_url"]


def test_more_from_the_reporter_comes_with_the_logged_look_at_the_contact(
    town: Rivermark, pia: Client, two: ServiceRequest
) -> None:
    limb = factories.routed(town.tree, reporter=ANA)
    other = factories.routed(town.tree, reporter=ANA)
    other.participations.update(person=limb.participations.get().person)
    assert pia.post(f"{page_of(limb)}reporter/").status_code == 422
    assert not limb.events.filter(kind="reporter_viewed").exists()
    page = pia.post(f"{page_of(limb)}reporter/", {"reason": "reply"}).content.decode()
    assert other.display_reference in page
    assert two.display_reference not in page, "Pia may not open it"
    assert limb.events.filter(kind="reporter_viewed").exists()
