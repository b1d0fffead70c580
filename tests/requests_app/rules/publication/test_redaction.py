"""Identity-blind staff read a placeholder where a text names somebody, and only the notes that are for them."""

import pytest

from requests_app.actions.people.reporters import Reporter
from requests_app.actions.work import conversation, merges
from requests_app.clock import app_now
from requests_app.models import Comment, Membership, Task, User
from requests_app.rules.people import permissions
from requests_app.rules.publication import known_people, redaction
from requests_app.rules.publication.known_people import Known
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


ZELDA = Known(
    names=("Zelda María O'Quill-Salt", "Robert Hill"),
    emails=("zelda.salt@example.org",),
    phones=("(617) 555-0188",),
    addresses=("9 Linsang Row, Apt 3",),
    place_words=frozenset({"salt", "rd"}),
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        # Case, accents, order, initials, possessive, parts, what people call her, joined, spelled.
        ("Ask for zelda or SALT", "Ask for [name] or [name]"),
        ("Salt, Zelda. Zélda Maria", "[name]. [name]"),
        ("Z. Salt and Zelda S. and Z.S.", "[name] and [name]. and [name]."),
        ("Salt's dog, the Salts", "[name]'s dog, the [name]"),
        ("Zel or Zelly is home", "[name] or [name] is home"),
        ("Bob has the key", "[name] has the key"),
        ("zelda_salt_porch.jpg ZeldaSalt2.jpg zsalt.png", "[name]_porch.jpg [name]2.jpg [name].png"),
        ("O’Quill or oquill or s-a-l-t", "[name] or [name] or [name]"),
        ("Mari\u0301a waits", "[name] waits"),
        ("The light is out.\n- ZS", "The light is out.\n- ZS"),
        # A name that is also a street, or a word.
        ("Ask for Salt at Salt Rd", "Ask for [name] at Salt Rd"),
        ("Between Salt St. and 44 Salt", "Between Salt St. and 44 Salt"),
        ("Calle Salt, Salt Creek Park", "Calle Salt, Salt Creek Park"),
        ("Zelda Salt Rd 44", "[name] Salt Rd 44"),
        ("A hole by 44 Salt, deep", "A hole by 44 Salt, deep"),
        ("Water runs down the hill", "Water runs down the hill"),
        ("Rob the bank", "[name] the bank"),
        ("The robbery", "The robbery"),
        ("Call Hill. Robert Hill knows", "Call [name]. [name] knows"),
        ("In Salt's yard", "In [name]'s yard"),
        # What people can be reached by.
        ("555.0188, 555 01 88, 5550188", "[phone number], [phone number], [phone number]"),
        ("or 555.0199 or 555 01 99", "or [phone number] or [phone number]"),
        ("zelda.salt there, ZELDA.SALT@example.org", "[email address] there, [email address]"),
        ("123-45-6789 and 123 45 6789", "[social security number] and [social security number]"),
        ("write @gyre_wimble", "write [account]"),
        ("see twitter.com/gyre_wimble, t.me/gyre", "see [account], [account]"),
        ("see rivermark.example/services", "see rivermark.example/services"),
        ("12 Elm St @Main St", "12 Elm St @Main St"),
        ("I live at 12 Elm St, Apt 4B", "I live at [home address]"),
        ("9 linsang row", "[home address]"),
        # Numbers of other things.
        ("Pole 555 0199, meter 555.0199, $555.0199", "Pole 555 0199, meter 555.0199, $555.0199"),
    ],
)
def test_the_people_of_a_request_are_replaced_however_a_text_writes_them(text: str, shown: str) -> None:
    assert redaction.redacted(text, people=ZELDA) == shown


@pytest.mark.parametrize(
    ("name", "text", "shown"),
    [("Al Roe Marsh", "alroe.jpg", "[name].jpg"), ("Al Ro Marsh", "alro.jpg", "alro.jpg")],
)
def test_two_words_of_a_name_are_seen_in_one_from_five_letters_on(name: str, text: str, shown: str) -> None:
    assert redaction.redacted(text, people=Known(names=(name,))) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("44 Salt Rd", "44 Salt Rd"),
        ("Salt & Elm", "Salt & Elm"),
        ("44 Salt", "44 Salt"),
        ("12 Elm St Apt 4B", "12 Elm St [home address]"),
        ("12 Elm St #4", "12 Elm St [home address]"),
        ("Zelda Salt, 12 Elm St", "[name], 12 Elm St"),
    ],
)
def test_an_address_keeps_its_place_and_loses_people_and_apartments(address: str, shown: str) -> None:
    assert redaction.redacted(address, "address", people=ZELDA) == shown


def test_long_and_strange_texts_come_to_an_end() -> None:
    for text in (
        "a" * 4000,
        "1 " * 2000,
        "@a." * 1300,
        "Z.S. " * 800,
        "12 Elm " * 600,
        "é\u0301" * 2000,
        "5-" * 2000,
        "a (at) " * 600,
    ):
        assert redaction.redacted(text, people=ZELDA)
        assert redaction.redacted(text, "address", people=ZELDA)


def test_a_request_knows_everybody_of_it_and_of_what_it_was_combined_with(town: Rivermark) -> None:
    zelda = Reporter(name="Zelda Quill", email="zelda@example.org", phone="617-555-0188")
    first = factories.routed(town.pothole, "Deep.", answers={"where": "lane"}, reporter=zelda)
    second = factories.routed(
        town.pothole,
        "Zelda saw it.",
        answers={"where": "lane"},
        reporter=Reporter(name="Gus Moody", email="gus@example.org"),
    )
    other = factories.routed(town.pothole, "Zelda and Gus.", answers={"where": "lane"}, reporter=factories.NOBODY)
    merges.merge(second.pk, parent=first, actor=town.tom)
    known = known_people.of_requests([first.pk, second.pk, other.pk])
    assert known[first.pk].names == known[second.pk].names == ("Gus Moody", "Zelda Quill")
    assert known[second.pk].emails == ("gus@example.org", "zelda@example.org")
    assert [phone[-4:] for phone in known[first.pk].phones] == ["0188"]
    assert known[other.pk].names == ()
    assert known_people.of_requests([]) == {}


def test_who_reads_identities_reads_tasks_and_addresses_as_they_were_typed(town: Rivermark, con: User) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    type(one).objects.filter(pk=one.pk).update(address="Ana Ortiz, 12 Elm St", assignee=con)
    for user, what, address in (
        (town.tom, "Ring 617-555-0142.", "Ana Ortiz, 12 Elm St"),
        (con, "Ring [phone number].", "[name], 12 Elm St"),
    ):
        one.refresh_from_db()
        task = Task(service_request=one, what="Ring 617-555-0142.")
        redaction.redact_tasks(user, [task], town.city)
        redaction.redact_addresses(user, [one], town.city)
        assert (task.what, one.address) == (what, address)


def test_a_hidden_comment_stays_hidden_from_contractors(town: Rivermark, con: User) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane"})
    shown, hidden = (conversation.comment(one.pk, text=text, actor=town.tom) for text in ("Monday.", "Tuesday."))
    Comment.objects.filter(pk=hidden.pk).update(hidden_at=app_now())
    read = redaction.readable_comments(one.comments.order_by("id"), con, reads_identity=False)
    assert [comment.pk for comment in read] == [shown.pk]
