"""What is public of a request's words, who removed some, and what may be made public: of this request and this city alone."""

import pytest

from requests_app.models import (
    Comment,
    Event,
    Membership,
    ModerationTerm,
    Photo,
    PrivacyChoice,
    ReviewReason,
    ServiceRequest,
    TextRevision,
)
from requests_app.rules.publication import public_texts, review
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


def test_hidden_private_and_staffs_words_are_not_public(town: Rivermark) -> None:
    made = factories.routed(town.pothole, answers={"where": "lane", "damage": "A flat tire."})
    noise = factories.service(town.city, "noise", questions=[factories.question("when", visibility="public")])
    other = factories.routed(noise, "Loud.", answers={"when": "At night."})
    assert [one.text for one in public_texts.public_texts(other)] == ["Loud.", "At night."]
    for alt, columns in (
        ("shown", {}),
        ("hidden", {"hidden_at": made.submitted_at}),
        ("private", {"is_private": True}),
    ):
        Photo.objects.create(
            jurisdiction=town.city, service_request=made, name=alt, alt=alt, width=4, height=3, **columns
        )
    for text, columns in (
        ("public", {"public": True}),
        ("hidden", {"public": True, "hidden_at": made.submitted_at}),
        ("note", {"public": False}),
    ):
        Comment.objects.create(service_request=made, user=town.tom, text=text, **columns)
    words = [one.text for one in public_texts.public_texts(made)]
    assert words == ["A hole as big as a plate.", "shown", "public"]


def test_who_removed_a_part_is_named_by_their_department_in_this_city(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    made = factories.routed(town.pothole, answers={"where": "lane"})
    # Ada administers the whole city, and is on a crew of Lakeside; Tom works in two departments.
    Membership.objects.create(
        user=town.ada,
        jurisdiction=lakeside.city,
        department=lakeside.streets,
        role=factories.role(lakeside.city, "crew"),
    )
    Membership.objects.create(
        user=town.tom, jurisdiction=town.city, department=town.parks, role=factories.role(town.city, "crew")
    )
    # Cal takes calls for the whole city, and works in Parks, too.
    Membership.objects.create(
        user=town.cal, jurisdiction=town.city, department=town.parks, role=factories.role(town.city, "crew")
    )
    for user in (town.tom, town.ada, town.cal):
        TextRevision.objects.create(service_request=made, field="description", user=user, reason="abuse", before="x")
    assert [by for _key, _reason, by in public_texts.removed_texts(made)] == [town.streets.name, None, town.parks.name]


def test_what_was_unknown_may_be_made_public_unless_its_reporter_kept_it_private(town: Rivermark) -> None:
    unknown = factories.routed(town.unknown)
    unknown.public_state = "private"
    assert review.may_publish_unknown(unknown, town.pothole)
    assert not review.may_publish_unknown(unknown, town.outreach)
    unknown.privacy_choice = PrivacyChoice.KEPT
    assert not review.may_publish_unknown(unknown, town.pothole)
    unknown.privacy_choice = ""
    unknown.public_state = "public"
    assert not review.may_publish_unknown(unknown, town.pothole)
    known, other = (factories.routed(town.pothole, answers={"where": "lane"}) for _ in range(2))
    known.public_state = other.public_state = "private"
    columns = {"jurisdiction": town.city, "kind": "service_changed", "data": {"from_service_code": "unknown"}}
    Event.objects.create(service_request=known, **columns)
    assert review.may_publish_unknown(known, town.pothole)
    assert not review.may_publish_unknown(other, town.pothole)


@pytest.mark.parametrize(
    ("state", "reason", "awaits", "is_private"),
    [
        ("pending_review", "link", True, False),
        ("private", next(iter(review.PRIVATE_REASONS)), True, True),
        ("private", "", False, False),
        ("public", next(iter(review.PRIVATE_REASONS)), False, False),
    ],
)
def test_what_awaits_review(state: str, reason: str, awaits: bool, is_private: bool) -> None:
    made = ServiceRequest(public_state=state, review_reason=reason)
    assert (review.awaits_review(made), review.is_private_review(made)) == (awaits, is_private)


def test_the_longest_host_and_phrase_can_be_listed_and_no_longer_one() -> None:
    longest = f"{'a' * 62}.{'.'.join(['b' * 60] * 3)}.example"
    assert len(longest) == review.HOST_MAX
    assert review.host_of(longest) == longest
    assert review.host_of(f"a{longest}") == ""
    assert list(review.hosts_in("a hole")) == []
    phrase = "x" * review.PHRASE_MAX
    assert review.normalize_threat(phrase) == phrase
    assert review.normalize_threat(f"{phrase}x") == ""


def test_links_are_counted_and_lists_are_this_citys(town: Rivermark) -> None:
    lakeside = factories.lakeside()
    ModerationTerm.objects.create(jurisdiction=lakeside.city, kind="threat", value="burn it")
    assert review.find_matches(town.city, ["I will burn it"]).reason == ""
    assert review.find_matches(lakeside.city, ["I will burn it"]).reason == ReviewReason.THREAT
    links = " ".join(f"https://a{number}.example/" for number in range(review.LINKS_MAX + 1))
    assert review.find_matches(town.city, [links]).reason == ReviewReason.LINK
    assert review.find_matches(town.city, [links.rpartition(" ")[0]]).reason == ""
