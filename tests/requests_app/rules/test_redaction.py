"""Identity-blind staff read a placeholder where a text names somebody, and only the notes that are for them."""

import pytest

from requests_app.actions import conversation
from requests_app.models import Comment, Membership, User
from requests_app.rules import permissions, redaction
from tests import factories
from tests.factories import Rivermark

pytestmark = pytest.mark.django_db


@pytest.fixture
def con(town: Rivermark) -> User:
    return factories.staff("Con", "contractor", town.city, town.streets)


@pytest.mark.parametrize(
    ("text", "where", "shown"),
    [
        ("Call me at 617-555-0142 please", "text", "Call me at [phone number] please"),
        ("Write to ana@example.org.", "text", "Write to [email address]."),
        ("Plate ABC 1234 is back", "text", "Plate [license plate] is back"),
        ("My name is Ana Lopez and I live here", "text", "My name is [name] and I live here"),
        ("Deep hole by the curb", "text", "Deep hole by the curb"),
        ("12 Mr. Lincoln Rd", "address", "12 Mr. Lincoln Rd"),
        ("", "text", ""),
    ],
)
def test_each_finding_is_replaced_and_the_rest_stays(text: str, where: str, shown: str) -> None:
    assert redaction.redacted(text, where) == shown


def test_an_object_that_was_redacted_keeps_its_row(town: Rivermark) -> None:
    one = factories.routed(town.pothole, "Call 617-555-0142.", answers={"where": "lane"})
    redaction.redact(one)
    assert one.description == "Call [phone number]."
    one.refresh_from_db()
    assert one.description == "Call 617-555-0142."


@pytest.mark.parametrize(("who", "reads"), [("tom", True), ("dev", True), ("cal", True), ("ada", True), ("con", False)])
def test_only_contractors_are_identity_blind(town: Rivermark, con: User, who: str, reads: bool) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    type(one).objects.filter(pk=one.pk).update(assignee=con)
    one.refresh_from_db()
    user = con if who == "con" else getattr(town, who)
    assert permissions.reads_identity(user, one) is reads
    assert permissions.searches_words(user, town.city) is reads


def test_a_contractor_with_another_role_reads_as_that_role(town: Rivermark, con: User) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"}, reporter=factories.NOBODY)
    one.assignee = con
    Membership.objects.create(
        user=con, jurisdiction=town.city, department=town.streets, role=factories.role(town.city, "crew")
    )
    assert permissions.reads_identity(con, one)


def test_notes_are_for_the_department_unless_their_writer_says_otherwise(town: Rivermark, con: User) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    narrow = conversation.note(one.pk, text="Call Mr. Hill first.", actor=town.tom)
    wide = conversation.note(one.pk, text="Ring 617-555-0142.", actor=town.tom, audience=Comment.Audience.EVERYONE)
    own = conversation.note(one.pk, text="We need a bigger truck.", actor=con)
    public = conversation.comment(one.pk, text="We come on Monday.", actor=town.tom)
    assert narrow.audience == Comment.Audience.DEPARTMENT
    all_of_them = list(one.comments.order_by("id"))
    assert redaction.readable_comments(all_of_them, town.dev, reads_identity=True) == all_of_them
    read = redaction.readable_comments(one.comments.order_by("id"), con, reads_identity=False)
    assert [comment.pk for comment in read] == [wide.pk, own.pk, public.pk]
    assert read[0].text == "Ring [phone number]."
