"""What we know about a resident, in their own hands: another address or number, a copy of it all, and erasing it."""

import html
import io
import json
import re
import zipfile
from functools import partial
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.test import Client

from requests_app import links, references
from requests_app.actions.contacts import contacts
from requests_app.actions.following import followers, subscriptions
from requests_app.actions.people.reporters import Reporter
from requests_app.actions.privacy import erasures
from requests_app.actions.publication import moderation
from requests_app.actions.report import drafts, submission
from requests_app.actions.shared import counters
from requests_app.actions.truth import surveys
from requests_app.actions.work import conversation, endings
from requests_app.models import (
    AccessLink,
    Comment,
    ContactPoint,
    Event,
    IdempotencyKey,
    Participation,
    Person,
    Photo,
    SearchDocument,
    ServiceRequest,
    Subscription,
    SurveyAnswer,
    TextRevision,
)
from requests_app.rules.following.follow_target import FollowTarget
from tests import factories
from tests.factories import Rivermark
from tests.requests_app.web.account.test_my import forward, page
from tests.resident import link_from, run_outbox, signed_in
from tests.saved import step

pytestmark = pytest.mark.django_db

ZOE = "zoe.wombat@canary-mail.example"
BOB = "bob@example.org"
# All of Zoe's data, each recognized by a word that appears nowhere else.
WORDS = {
    "name": "Zoe Quollname",
    "e-mail": "zoe.wombat",
    "phone": "010-0177",
    "postal address": "Numbatpost",
    "words": "Bilbywords",
    "earlier words": "Kowariearlier",
    "answer": "Dibblerbent",
    "place note": "Potoroonote",
    "address": "Taipanlane",
    "earlier address": "Skinkplace",
    "comment": "Wallarooadd",
    "photo’s words": "Emuphoto",
    "draft": "Gliderdraft",
}


def with_all_that_can_hang_on_one(cast: Rivermark) -> int:
    made = factories.submitted(
        cast.pothole,
        f"{WORDS['words']} as big as a plate.",
        answers={"where": "lane", "damage": WORDS["answer"]},
        reporter=Reporter(name=WORDS["name"], email=ZOE, phone=f"(555) {WORDS['phone']}"),
        place=submission.Place(factories.at(), f"9 {WORDS['earlier address']}", note=WORDS["place note"]),
        # Of an API client, which sends no key: the hash is of what was typed.
        idempotency=submission.Idempotency("client:api:1", "zoes hash", "zoes hash"),
    )
    zoe, request = made.link.person, made.service_request  # type: ignore[union-attr]
    factories.run_worker()
    Person.objects.filter(pk=zoe.pk).update(postal_address=f"1 {WORDS['postal address']} St")
    conversation.add_message(request.pk, text=WORDS["comment"], actor=zoe)
    conversation.note(request.pk, text="Wrote the note for ourselves.", actor=cast.tom)
    conversation.comment(request.pk, text="We will come on Tuesday.", actor=cast.tom)
    TextRevision.objects.create(
        service_request=request,
        field="description",
        before=WORDS["earlier words"],
        after=request.description,
        reason="edited",
        person=zoe,
    )
    request.place_revisions.create(point=request.point, address=request.address)
    ServiceRequest.objects.filter(pk=request.pk).update(
        address=f"12 {WORDS['address']}", public_address=f"12 {WORDS['address']}"
    )
    Photo.objects.create(
        jurisdiction=cast.city, service_request=request, name="z" * 32, width=40, height=30, alt=WORDS["photo’s words"]
    )
    subscriptions.subscribe(
        cast.city,
        FollowTarget("Potholes", service=cast.pothole.service),
        email=ZOE,
        cadence="daily",
        language="en",
    )
    drafts.create(cast.city, visitor="v" * 32, language="en", text=WORDS["draft"], contact={"email": ZOE})
    run_outbox()
    return request.pk


@pytest.fixture
def zoes(cast: Rivermark) -> ServiceRequest:
    """A report with all that can hang on one."""
    request = ServiceRequest.objects.get(pk=step("zoes", partial(with_all_that_can_hang_on_one, cast)))
    photo = request.photos.get()
    for path in (photo.path, photo.small_path):
        default_storage.delete(path)
        default_storage.save(path, ContentFile(factories.jpeg(40, 30)))
    return request


def keys_of(service_request: ServiceRequest) -> int:
    return IdempotencyKey.objects.filter(service_request=service_request).count()


def found_in_the_database(*needles: str) -> list[str]:
    """Every table that still holds one of these words, in whatever column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name <> 'spatial_ref_sys'"
        )
        tables = [name for (name,) in cursor.fetchall()]
        found = []
        for table in tables:
            for needle in needles:
                cursor.execute(f'SELECT count(*) FROM "{table}" t WHERE t::text ILIKE %s', [f"%{needle}%"])  # noqa: S608
                if cursor.fetchone()[0]:
                    found.append(f"{needle} in {table}")
    return found


def erase(what: str, client: Client | None = None) -> Client:
    client = client or signed_in(ZOE)
    answer = client.post("/my/erase/", {"what": what, "sure": "1"})
    assert answer.status_code == 200
    assert "Your information is erased" in answer.content.decode()
    with transaction.atomic():
        run_outbox()
    return client


# --- A sign-in of the last half hour ----------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/my/contact/", "/my/copy/", "/my/erase/"])
def test_what_cannot_be_taken_back_asks_for_a_new_sign_in_after_half_an_hour(zoes: ServiceRequest, path: str) -> None:
    assert Client().get(path)["Location"] == "/my/"
    client = signed_in(ZOE)
    assert client.get(path).status_code == 200
    forward(minutes=31)
    for answer in (client.get(path), client.post(path, {"what": "all", "sure": "1", "phone": "", "part": "1"})):
        assert answer.status_code == 403
        assert "Is this you?" in answer.content.decode()
    assert found_in_the_database(WORDS["name"])
    # The button of that page sends a link, which opens it again.
    run_outbox()
    client.post("/my/", {"email": ZOE})
    client.post(link_from(next(one for one in run_outbox() if one.to == [ZOE])))
    assert client.get(path).status_code == 200


# --- A copy -----------------------------------------------------------------------------------------------------------


def copy_of(client: Client, **asked: str) -> tuple[dict[str, Any], zipfile.ZipFile]:
    answer = client.post("/my/copy/", asked)
    assert answer["Content-Type"] == "application/zip"
    assert "no-store" in answer["Cache-Control"]
    packed = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))  # type: ignore[attr-defined]
    assert packed.testzip() is None
    return json.loads(packed.read("data.json")), packed


@pytest.mark.shows("5.5")
def test_a_copy_has_all_that_is_theirs(cast: Rivermark, zoes: ServiceRequest) -> None:
    person = Participation.objects.get(service_request=zoes, role="reporter").person
    endings.resolve(zoes.pk, disposition="fixed", text="Filled.", actor=cast.tom)
    surveys.answer(zoes.pk, answers={"fixed": ("no", "came_back")}, actor=person, through=zoes)
    data, packed = copy_of(signed_in(ZOE))
    text = packed.read("data.json").decode()
    assert [what for what, word in WORDS.items() if word not in text and what != "draft"] == []
    assert (data["format"], data["part"], data["parts"]) == ("lamplighter-own-data/1", 1, 1)
    (request,) = data["requests"]
    assert request["you"] == ["reporter"]
    assert [one["by"] for one in request["comments"]] == ["you", "city", "city"]
    assert request["survey_answers"][0]["answer"] == "no"
    assert request["messages"]
    assert data["subscriptions"][0]["about"] == "Potholes"
    assert packed.read(request["photos"][0]["file"]) == default_storage.open(f"photos/zz/{'z' * 32}.jpg").read()


@pytest.mark.shows("5.5")
def test_a_copy_has_nothing_of_others_or_of_staff(cast: Rivermark, zoes: ServiceRequest) -> None:
    bob, _link = followers.join(zoes.pk, reporter=Reporter(name="Bob Secretname", email=BOB), language="en")
    conversation.add_message(zoes.pk, text="Bobsaid this.", actor=bob)
    bobs = factories.routed(
        cast.pothole,
        "Bobswords.",
        answers={"where": "lane", "damage": "Bobsanswer"},
        reporter=Reporter(name="Bob Secretname", email=BOB),
    )
    followers.join(bobs.pk, reporter=Reporter(email=ZOE), language="en")
    own, other = (contacts.start(cast.city, taker=cast.cal, caller_number="617-555-0142") for _ in range(2))
    for contact, person in ((own, zoes.participations.get(role="reporter").person), (other, bob)):
        contacts.change(contact, person=person, note="Calsaid so in a note for ourselves.")
    contacts.link(own, zoes)
    data, packed = copy_of(signed_in(ZOE))
    text = packed.read("data.json").decode()
    (call,) = data["conversations"]
    assert (call["number"], call["your_number"], call["requests"]) == (
        references.display_contact(own.number),
        "617-555-0142",
        [zoes.reference],
    )
    for word in ("Bob", BOB, "note for ourselves", cast.tom.email, "Tom", "Cal"):
        assert word not in text, word
    assert {one["reference"] for one in data["requests"]} == {zoes.reference, bobs.reference}


@pytest.mark.shows("5.5")
def test_many_requests_come_in_parts(cast: Rivermark, zoes: ServiceRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("requests_app.exports.own_data.IN_A_PART", 2)
    for number in range(4):
        factories.report(cast.tree, f"Branch {number}.", reporter=Reporter(email=ZOE))
    client = signed_in(ZOE)
    assert "Download part 3" in page(client, "/my/copy/")
    copies = [copy_of(client, part=str(part))[0] for part in (1, 2, 3)]
    assert [len(one["requests"]) for one in copies] == [2, 2, 1]
    assert len({one["reference"] for part in copies for one in part["requests"]}) == 5
    assert "people" in copies[0]
    assert "people" not in copies[1]
    for junk in ("0", "99", "-1", "x", "9" * 30, ""):
        assert copy_of(client, part=junk)[0]["part"] in (1, 3)


def test_a_photo_whose_file_is_gone_breaks_no_copy(zoes: ServiceRequest) -> None:
    default_storage.delete(f"photos/zz/{'z' * 32}.jpg")
    data, _packed = copy_of(signed_in(ZOE))
    assert data["requests"][0]["photos"]


# --- Erasing ----------------------------------------------------------------------------------------------------------


def test_it_says_what_goes_and_asks_twice(zoes: ServiceRequest) -> None:
    client = signed_in(ZOE)
    first = page(client, "/my/erase/")
    assert "What is always deleted" in first
    assert "What we keep" in first
    assert client.post("/my/erase/", {}).status_code == 422
    assert client.post("/my/erase/", {"what": "everything", "sure": "1"}).status_code == 422
    second = client.post("/my/erase/", {"what": "all"})
    assert "Do you want to erase it now?" in second.content.decode()
    run_outbox()
    zoes.refresh_from_db()
    assert zoes.description
    assert ContactPoint.objects.filter(normalized=ZOE).exists()


@pytest.mark.shows("5.6")
def test_after_erasing_all_nothing_of_the_person_is_in_any_table(
    cast: Rivermark, zoes: ServiceRequest, django_capture_on_commit_callbacks: Any
) -> None:
    assert len({one.split(" in ")[0] for one in found_in_the_database(*WORDS.values())}) == len(WORDS)
    with django_capture_on_commit_callbacks(execute=True):
        client = erase("all")
    assert found_in_the_database(*WORDS.values()) == []
    assert keys_of(zoes) == 0, "a hash of the words would show whether somebody guessed them"
    assert not default_storage.exists(f"photos/zz/{'z' * 32}.jpg")
    assert not default_storage.exists(f"photos/zz/{'z' * 32}-small.jpg")
    zoes.refresh_from_db()
    assert (zoes.public_state, zoes.disposition, zoes.point, zoes.public_point) == ("erased", "withdrawn", None, None)
    assert set(zoes.request_areas.values_list("public_state", flat=True)) <= {"erased"}
    assert not SearchDocument.objects.filter(kind="request", object_id=zoes.pk).exists()
    # The events stay, and nobody is signed in any more.
    kept = Event.objects.filter(service_request=zoes, kind__in=["submitted", "erased"]).order_by("id")
    assert list(kept.values_list("kind", flat=True)) == ["submitted", "erased"]
    assert "Signed in as:" not in page(client)


def test_erased_reports_are_nowhere_to_be_seen_and_the_counters_are_right(
    cast: Rivermark, zoes: ServiceRequest
) -> None:
    token = links.token(AccessLink.objects.filter(service_request=zoes)[0])
    before = counters.read(cast.city, "open")
    erase("all")
    for path in (f"/r/{zoes.reference}/", f"/l/{token}/", f"/photos/{'z' * 32}.jpg"):
        assert Client().get(path).status_code == 404, path
    assert zoes.reference not in page(Client(), "/requests/")
    assert zoes.reference not in page(Client(), "/requests/feed/")
    assert counters.read(cast.city, "open") == before - 1
    assert counters.recount() == 0
    staff = Client()
    staff.force_login(cast.tom)
    assert staff.get(f"/staff/r/{zoes.reference}/").status_code == 404


def test_erasing_the_name_alone_leaves_the_report_and_its_work(cast: Rivermark, zoes: ServiceRequest) -> None:
    old = links.token(AccessLink.objects.filter(service_request=zoes)[0])
    assert keys_of(zoes) == 1
    erase("contact")
    zoes.refresh_from_db()
    assert keys_of(zoes) == 1, "the words stay, and a retry of them is still one request"
    assert zoes.is_open
    assert zoes.is_public
    assert WORDS["words"] in zoes.description
    of_the_person = ("name", "e-mail", "phone", "postal address", "draft")
    assert found_in_the_database(*(WORDS[one] for one in of_the_person)) == []
    # The private link in earlier email no longer works, and no one is emailed.
    assert Client().get(f"/l/{old}/").status_code == 404
    conversation.comment(zoes.pk, text="Still on the list.", actor=cast.tom)
    assert ZOE not in [one.to[0] for one in run_outbox()]
    staff = Client()
    staff.force_login(cast.tom)
    assert "Erased at the person’s request" in page(staff, f"/staff/r/{zoes.reference}/")


@pytest.mark.shows("5.6")
def test_a_report_that_others_joined_goes_on_for_them_without_the_words(cast: Rivermark, zoes: ServiceRequest) -> None:
    bob, _link = followers.join(zoes.pk, reporter=Reporter(email=BOB), language="en")
    conversation.add_message(zoes.pk, text="Bobsaid this.", actor=bob)
    erase("all")
    zoes.refresh_from_db()
    assert zoes.is_open
    assert zoes.is_public
    assert (zoes.description, zoes.place_note) == ("", "")
    assert keys_of(zoes) == 0
    # The place is where the others have the problem too, and so is what a crew needs to know.
    stays = {"address"}
    assert found_in_the_database(*(word for what, word in WORDS.items() if what not in stays)) == []
    assert [one.value_text for one in zoes.answers.all()] == ["Lane"]
    assert Comment.objects.filter(text="Bobsaid this.").exists()
    assert zoes.display_reference in page(signed_in(BOB))
    assert Client().get(f"/r/{zoes.reference}/").status_code == 200
    assert counters.recount() == 0


def test_reports_from_several_devices_that_were_joined_all_go(cast: Rivermark, zoes: ServiceRequest) -> None:
    from requests_app.actions.work import merges

    zoe = Reporter(name=WORDS["name"], email=ZOE)
    second = factories.routed(cast.pothole, WORDS["words"], answers={"where": "lane"}, reporter=zoe)
    merges.merge(second.pk, parent=zoes, actor=cast.tom)
    followers.join(zoes.pk, reporter=zoe, language="en")
    erase("all")
    assert found_in_the_database(*WORDS.values()) == []
    assert set(ServiceRequest.objects.values_list("public_state", flat=True)) == {"erased"}
    assert counters.recount() == 0


def test_what_was_said_on_others_reports_goes_and_these_stay(cast: Rivermark, zoes: ServiceRequest) -> None:
    bobs = factories.routed(cast.tree, "A branch.", reporter=Reporter(email=BOB))
    zoe, _link = followers.join(
        bobs.pk, reporter=Reporter(name=WORDS["name"], email=ZOE), language="en", role="follower"
    )
    conversation.add_message(bobs.pk, text=WORDS["comment"], actor=zoe)
    erase("all")
    bobs.refresh_from_db()
    assert (bobs.description, bobs.is_public, bobs.is_open) == ("A branch.", True, True)
    assert found_in_the_database(*WORDS.values()) == []


@pytest.mark.shows("5.46")
@pytest.mark.parametrize("joined", [False, True])
def test_what_a_call_taker_wrote_down_for_them_is_theirs_and_notes_of_the_staff_are_not(
    cast: Rivermark, zoes: ServiceRequest, joined: bool
) -> None:
    if joined:
        followers.join(zoes.pk, reporter=Reporter(email=BOB), language="en")
    conversation.ask(zoes.pk, question="Which side of the street?", actor=cast.tom)
    conversation.answer(zoes.pk, text="Bettongphone: by my own house.", actor=cast.tom)
    client = signed_in(ZOE)
    said = [one for one in copy_of(client)[0]["requests"][0]["comments"] if "Bettongphone" in one["text"]]
    assert [(one["by"], one["kind"]) for one in said] == [("you", "answer")]
    erase("all", client)
    assert found_in_the_database("Bettongphone") == []
    assert Comment.objects.filter(service_request=zoes, kind="note").exists()


def test_what_was_said_of_the_outcome_stays_as_a_figure_of_nobodys(cast: Rivermark, zoes: ServiceRequest) -> None:
    person = Participation.objects.get(service_request=zoes, role="reporter").person
    endings.resolve(zoes.pk, disposition="fixed", text="Filled.", actor=cast.tom)
    surveys.answer(zoes.pk, answers={"fixed": ("no", "came_back")}, actor=person, through=zoes)
    erase("all")
    answer = SurveyAnswer.objects.get()
    assert (answer.person, answer.value) == (None, "no")


@pytest.mark.shows("5.6")
def test_erasing_twice_and_the_worker_twice_is_once(cast: Rivermark, zoes: ServiceRequest) -> None:
    client = signed_in(ZOE)
    contact_point = ContactPoint.objects.filter(normalized=ZOE).select_related("person__jurisdiction")[0]
    person = Participation.objects.get(service_request=zoes, role="reporter").person
    erase("all", client)
    assert client.post("/my/erase/", {"what": "all", "sure": "1"}).status_code == 302
    erasures.erase(contact_point, reports_too=True)
    erasures.erase_request(zoes.pk, person_id=person.pk)
    run_outbox()
    assert Event.objects.filter(service_request=zoes, kind="erased").count() == 1
    assert counters.recount() == 0


def test_another_persons_address_is_not_touched(cast: Rivermark, zoes: ServiceRequest) -> None:
    bobs = factories.routed(cast.tree, "A branch.", reporter=Reporter(name="Bob", email=BOB))
    erase("all")
    bobs.refresh_from_db()
    assert bobs.is_open
    assert Person.objects.filter(name="Bob", erased_at=None).exists()
    assert bobs.display_reference in page(signed_in(BOB))


def test_a_hidden_report_is_erased_too(cast: Rivermark, zoes: ServiceRequest) -> None:
    moderation.hide(zoes.pk, reason="abuse", actor=cast.pia)
    erase("all")
    assert found_in_the_database(*WORDS.values()) == []
    assert counters.recount() == 0


# --- Another address, another number ------------------------------------------------------------------------------------


def ask_to_change(client: Client, email: str) -> str:
    run_outbox()
    answer = client.post("/my/contact/", {"email": email})
    assert answer.status_code == 200
    assert email in answer.content.decode()
    (told,) = [one for one in run_outbox() if one.to == [email]]
    return link_from(told)


@pytest.mark.shows("5.7")
def test_a_new_address_takes_the_old_ones_place_once_its_own_link_is_pressed(
    cast: Rivermark, zoes: ServiceRequest
) -> None:
    client, new = signed_in(ZOE), "zoe.new@example.org"
    path = ask_to_change(client, new)
    for _visit in range(2):
        assert client.get(path).status_code == 200
    assert ContactPoint.objects.filter(normalized=ZOE).exists()
    assert client.post(path).status_code == 302
    assert not ContactPoint.objects.filter(normalized=ZOE).exists()
    found = page(client)
    assert new in found
    assert zoes.display_reference in found
    conversation.comment(zoes.pk, text="We were there.", actor=cast.tom)
    assert [one.to[0] for one in run_outbox()] == [new]
    assert Subscription.objects.get().contact_point.normalized == new
    # Once.
    assert client.post(path).status_code == 410


@pytest.mark.shows("5.7")
def test_whoever_only_has_the_new_addresss_mail_gets_nothing_by_it(cast: Rivermark, zoes: ServiceRequest) -> None:
    client = signed_in(ZOE)
    path = ask_to_change(client, BOB)
    factories.routed(cast.tree, "A branch.", reporter=Reporter(email="other@example.org"))
    for other in (Client(), signed_in("other@example.org")):
        assert "Open this link in the browser you used" in page(other, path)
        assert other.post(path).status_code == 403
        assert zoes.display_reference not in page(other)
    assert ContactPoint.objects.filter(normalized=ZOE).exists()
    # Nor once the old address has signed out.
    client.post("/my/sign-out/")
    assert client.post(path).status_code == 403


def test_the_same_address_and_no_address_are_told(zoes: ServiceRequest) -> None:
    client = signed_in(ZOE)
    for typed in ("", "zoe", ZOE.upper()):
        answer = client.post("/my/contact/", {"email": typed})
        assert answer.status_code == 422
        assert html.escape(typed) in answer.content.decode()


def test_a_phone_number_is_changed_and_taken_away_for_all_reports(cast: Rivermark, zoes: ServiceRequest) -> None:
    factories.report(cast.tree, "A branch.", reporter=Reporter(email=ZOE))
    client = signed_in(ZOE)
    assert WORDS["phone"] in page(client, "/my/contact/")
    assert client.post("/my/contact/", {"phone": "abc"}).status_code == 422
    assert client.post("/my/contact/", {"phone": "555-010-0188 ext. 4"}).status_code == 302
    assert set(ContactPoint.objects.filter(kind="phone").values_list("normalized", flat=True)) == {"+15550100188"}
    assert not found_in_the_database(WORDS["phone"])
    client.post("/my/contact/", {"phone": ""})
    assert not ContactPoint.objects.filter(kind="phone").exists()
    assert not Person.objects.filter(may_be_called=True).exists()


def test_two_rows_of_one_person_become_one(cast: Rivermark, zoes: ServiceRequest) -> None:
    person = Participation.objects.get(service_request=zoes, role="reporter").person
    new = "zoe.new@example.org"
    ContactPoint.objects.create(person=person, kind="email", value=new, normalized=new)
    client = signed_in(ZOE)
    client.post(ask_to_change(client, new))
    assert person.contact_points.filter(kind="email").count() == 1
    assert Participation.objects.get(service_request=zoes, role="reporter").contact_point is not None


def test_the_tracking_page_leads_here(zoes: ServiceRequest) -> None:
    client = signed_in(ZOE)
    client.get(f"/my/r/{zoes.reference}/")
    assert re.search(r'href="/my/"[^>]*>See all your reports', page(client, f"/r/{zoes.reference}/"))
