"""Hiding a part of a request: at once and everywhere, with the reason, what it was for those who may, and a way back."""

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from requests_app import events, photos
from requests_app.actions.publication import moderation
from requests_app.actions.work import conversation
from requests_app.links import url as url_of
from requests_app.models import AccessLink, Comment, Event, Photo, ServiceRequest, TextRevision, User
from requests_app.rules.publication.public_texts import version_of
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("A35")]
SignIn = Callable[[User], Client]
SAID = "Bob Smith of 14 Elm St dumps his trash here."
HIDDEN = "[…] dumps his trash here."


@pytest.fixture
def limb(town: Rivermark) -> ServiceRequest:
    return factories.routed(town.tree, SAID)


@pytest.fixture
def sue(town: Rivermark, signed_in: SignIn) -> Client:
    """A second supervisor of Parks."""
    return signed_in(factories.staff("Sue", "supervisor", town.city, town.parks))


def page_of(one: ServiceRequest) -> str:
    return f"/staff/r/{one.reference}/"


def public_view_of(one: ServiceRequest) -> str:
    return f"{page_of(one)}public/"


def said_on(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def form_of(client: Client, one: ServiceRequest) -> dict[str, str]:
    """The page's boxes as a browser would send them back untouched."""
    page = client.get(f"{page_of(one)}moderate/").content.decode()
    seen = dict(re.findall(r'name="(seen-[\w-]+)" value="(\w+)"', page))
    words = re.findall(r'<textarea name="(words-[\w-]+)"[^>]*>\s?(.*?)</textarea>', page, re.S)
    assert seen
    return {**seen, **{name: html.unescape(text) for name, text in words}}


def hide(client: Client, one: ServiceRequest, **boxes: str) -> Any:
    data = {**form_of(client, one), "reason": "personal_data"}
    data |= {f"words-{key.replace('_', '-')}" if key != "reason" else key: words for key, words in boxes.items()}
    return client.post(f"{page_of(one)}moderate/", data, follow=True)


def revision_of(one: ServiceRequest) -> TextRevision:
    return one.text_revisions.order_by("-id")[0]


def restore(client: Client, revision: TextRevision, **data: str) -> Any:
    return client.post(f"{page_of(revision.service_request)}texts/{revision.pk}/restore/", data, follow=True)


# --- Words --------------------------------------------------------------------------------------------------------------


@pytest.mark.shows("5.37")
def test_hidden_words_are_gone_from_every_public_page_at_once(
    town: Rivermark, limb: ServiceRequest, pia: Client, client: Client
) -> None:
    public = [f"/r/{limb.reference}/", "/requests/", "/es/requests/", "/requests/feed/", "/open311/v2/requests.json"]
    for path in public:
        assert "Bob Smith" in client.get(path).content.decode(), path
    assert hide(pia, limb, description=HIDDEN).status_code == 200
    # No worker ran.
    for path in public:
        page = client.get(path).content.decode()
        assert "Bob Smith" not in page, path
        assert "dumps his trash here" in page, path
    assert limb.reference not in client.get("/requests/?q=Smith").content.decode()
    assert limb.reference in client.get("/requests/?q=trash").content.decode()


def test_below_the_text_stands_who_took_it_out_and_why_and_no_name(
    limb: ServiceRequest, pia: Client, client: Client
) -> None:
    hide(pia, limb, description=HIDDEN)
    page = said_on(client, f"/r/{limb.reference}/")
    assert "Part of this text was removed by Parks because it had personal details." in page
    assert "Pia" not in page


def test_of_somebody_of_the_whole_city_it_says_the_city(
    town: Rivermark, limb: ServiceRequest, signed_in: SignIn, client: Client
) -> None:
    hide(signed_in(town.ada), limb, description=HIDDEN, reason="threat")
    assert "Part of this text was removed by the city because it was a threat." in said_on(
        client, f"/r/{limb.reference}/"
    )


def test_public_answers_comments_and_words_of_photos_are_hidden_the_same_way(
    town: Rivermark, pia: Client, client: Client
) -> None:
    bench = factories.service(
        town.city, "bench", of=town.parks, questions=[factories.question("which", "text", visibility="public")]
    )
    one = factories.routed(bench, "It is broken.", answers={"which": "Bob Smith’s bench"})
    said = conversation.comment(one.pk, text="We asked Bob Smith.", actor=town.pia)
    photo = take(town, one)
    Photo.objects.filter(pk=photo.pk).update(alt="Bob Smith on it")
    answer = one.answers.get()
    boxes = {f"answer-{answer.pk}": "The left bench", f"comment-{said.pk}": "We asked […].", f"photo-{photo.pk}": ""}
    hide(pia, one, **boxes)
    for path in (f"/r/{one.reference}/", "/open311/v2/requests.json?extensions=true", "/requests/"):
        assert "Bob Smith" not in client.get(path).content.decode(), path
    page = client.get(f"/r/{one.reference}/").content.decode()
    assert 'alt="[…]"' in page
    assert page.count("Part of this text was removed by Parks because it had personal details.") == 2


def test_what_is_not_public_anyway_has_no_box(town: Rivermark, signed_in: SignIn) -> None:
    one = factories.routed(town.pothole, answers={"where": "lane", "damage": "a bent rim"})
    conversation.note(one.pk, text="An internal note.", actor=town.tom)
    conversation.ask(one.pk, question="Which lane?", actor=town.tom)
    sam = factories.staff("Sam", "supervisor", town.city, town.streets)
    assert form_of(signed_in(sam), one).keys() == {"words-description", "seen-description"}


def test_an_emptied_box_leaves_the_mark_that_something_stood_there(limb: ServiceRequest, pia: Client) -> None:
    hide(pia, limb, description="  ")
    limb.refresh_from_db()
    assert limb.description == "[…]"


def test_without_a_change_or_a_reason_nothing_is_hidden_and_nothing_typed_is_lost(
    limb: ServiceRequest, pia: Client
) -> None:
    answer = hide(pia, limb)
    assert (answer.status_code, "You didn’t change anything." in answer.content.decode()) == (422, True)
    answer = hide(pia, limb, description=HIDDEN, reason="because")
    assert answer.status_code == 422
    assert HIDDEN in answer.content.decode()
    limb.refresh_from_db()
    assert limb.description == SAID


def test_the_log_holds_codes_and_the_words_stand_in_a_row_that_can_be_erased(limb: ServiceRequest, pia: Client) -> None:
    hide(pia, limb, description=HIDDEN, reason="abuse")
    event, revision = Event.objects.get(kind="text_hidden"), revision_of(limb)
    assert event.data == {"field": "description", "reason": "abuse", "revision_id": revision.pk}
    assert (revision.before, revision.after, revision.user) == (SAID, HIDDEN, event.user)


def test_a_script_in_the_words_is_text_on_the_pages_of_moderation(town: Rivermark, pia: Client) -> None:
    one = factories.routed(town.tree, "<script>alert(1)</script> </textarea><img src=x onerror=alert(2)>")
    hide(pia, one, description="<b>nothing</b> […]")
    for path in (page_of(one), f"{page_of(one)}moderate/"):
        page = pia.get(path).content.decode()
        for live in ("<script>alert", "<img src=x", "<b>nothing"):
            assert live not in page, path


# --- Who reads what it was, and the way back ------------------------------------------------------------------------------


@pytest.mark.shows("5.37")
def test_what_it_was_is_read_by_who_may_hide_with_the_change_marked(
    town: Rivermark, limb: ServiceRequest, pia: Client, signed_in: SignIn
) -> None:
    hide(pia, limb, description=HIDDEN)
    page = said_on(pia, public_view_of(limb))
    assert "Text hidden from the public: personal data Pia · Description" in page
    assert "[removed:] Bob Smith of 14 Elm St [end] [added:] […] [end] dumps his trash here." in page
    assert "<del>" in pia.get(public_view_of(limb)).content.decode()
    for who in (town.cal, factories.staff("Kit", "crew", town.city, town.parks)):
        client = signed_in(who)
        page = said_on(client, public_view_of(limb))
        assert "Bob Smith" not in page
        assert "Hide text" not in page
        assert client.get(f"{page_of(limb)}moderate/").status_code == 403


@pytest.mark.shows("5.38")
def test_put_back_it_stands_as_before_and_the_note_is_gone(limb: ServiceRequest, pia: Client, client: Client) -> None:
    hide(pia, limb, description=HIDDEN)
    assert restore(pia, revision_of(limb)).status_code == 200
    page = said_on(client, f"/r/{limb.reference}/")
    assert SAID in page
    assert "taken out" not in page
    assert limb.reference in client.get("/requests/?q=Smith").content.decode()
    revision = revision_of(limb)
    assert (revision.restored_by, revision.restored_at is not None) == (revision.user, True)
    assert "Restored by Pia on" in said_on(pia, public_view_of(limb))
    # Selected twice: restored once.
    assert restore(pia, revision).status_code == 200
    assert Event.objects.filter(kind="text_restored").count() == 1


@pytest.mark.shows("5.38")
def test_after_a_later_change_putting_back_shows_both_and_asks(
    limb: ServiceRequest, pia: Client, sue: Client, client: Client
) -> None:
    hide(pia, limb, description=HIDDEN)
    first = revision_of(limb)
    hide(sue, limb, description="[…] dumps […] here.")
    answer = restore(pia, first)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert SAID in html.unescape(page)
    assert "[…] dumps […] here." in page
    limb.refresh_from_db()
    assert limb.description == "[…] dumps […] here."
    seen = re.findall(r'name="seen" value="(\w+)"', page)[0]
    assert restore(pia, first, text="A neighbor dumps […] here.", seen=seen).status_code == 200
    limb.refresh_from_db()
    assert limb.description == "A neighbor dumps […] here."
    # The version in between is kept, too.
    assert (revision_of(limb).reason, revision_of(limb).before) == ("restore", "[…] dumps […] here.")
    assert "Text restored by hand" in said_on(pia, public_view_of(limb))


def test_putting_back_asks_again_if_the_text_changed_while_it_was_asked(
    limb: ServiceRequest, pia: Client, sue: Client
) -> None:
    hide(pia, limb, description=HIDDEN)
    first = revision_of(limb)
    hide(sue, limb, description="[…] here.")
    answer = restore(pia, first, text="Typed by Pia.", seen=version_of(HIDDEN))
    assert answer.status_code == 409
    assert "Typed by Pia." in answer.content.decode()
    limb.refresh_from_db()
    assert limb.description == "[…] here."


def test_a_writers_own_change_is_told_apart_and_is_theirs(limb: ServiceRequest, pia: Client, client: Client) -> None:
    person = limb.participations.get().person
    edited = TextRevision.objects.create(
        service_request=limb, field="description", before="A branch.", after=SAID, reason="edited", person=person
    )
    page = said_on(pia, public_view_of(limb))
    assert "Edited by its author Resident · Description [removed:] A branch. [end]" in page
    assert "Restore" not in page
    assert restore(pia, edited).status_code == 404
    assert "taken out" not in said_on(client, f"/r/{limb.reference}/")


def test_what_a_writer_changed_before_the_words_were_hidden_tells_them_to_nobody_else(
    limb: ServiceRequest, town: Rivermark, pia: Client, signed_in: SignIn
) -> None:
    person = limb.participations.get().person
    edited = TextRevision.objects.create(
        service_request=limb, field="description", before="Robert!", after=SAID, reason="edited", person=person
    )
    events.record(limb, "edited", actor=person, field="description", revision_id=edited.pk)
    call_taker = signed_in(town.cal)
    assert "Robert!" in said_on(call_taker, page_of(limb))
    hide(pia, limb, description=HIDDEN)
    page = said_on(call_taker, public_view_of(limb))
    assert "Bob Smith" not in page
    assert "Robert!" not in page
    assert "Robert!" in said_on(pia, page_of(limb))


def test_an_edited_answer_for_the_department_alone_is_not_told_to_the_whole_city(
    town: Rivermark, signed_in: SignIn
) -> None:
    gate = factories.service(
        town.city, "gate", of=town.parks, questions=[factories.question("code", visibility="department")]
    )
    one = factories.routed(gate, "The gate is stuck.", answers={"code": "4711"})
    TextRevision.objects.create(
        service_request=one, field="answer", answer=one.answers.get(), before="0815", after="4711", reason="edited"
    )
    assert "0815" in said_on(signed_in(town.pia), public_view_of(one))
    assert "0815" not in said_on(signed_in(town.ada), public_view_of(one))


# --- Two at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.shows("5.38")
def test_the_second_of_two_moderators_sees_the_firsts_change_and_keeps_their_own_words(
    limb: ServiceRequest, pia: Client, sue: Client
) -> None:
    of_sue = {**form_of(sue, limb), "words-description": "Somebody dumps trash.", "reason": "abuse"}
    hide(pia, limb, description=HIDDEN)
    answer = sue.post(f"{page_of(limb)}moderate/", of_sue)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Changed by Pia on" in page
    assert re.search(r"<del>.*Bob Smith of 14 Elm St", page)
    assert re.search(r"<textarea[^>]*>\s*Somebody dumps trash\.</textarea>", page)
    limb.refresh_from_db()
    assert limb.description == HIDDEN
    # Having seen it, Sue's next press counts.
    of_sue["seen-description"] = re.findall(r'name="seen-description" value="(\w+)"', page)[0]
    assert sue.post(f"{page_of(limb)}moderate/", of_sue).status_code == 302
    limb.refresh_from_db()
    assert limb.description == "Somebody dumps trash."
    assert [one.before for one in limb.text_revisions.order_by("id")] == [SAID, HIDDEN]


def test_two_moderators_of_two_texts_do_not_meet(
    town: Rivermark, limb: ServiceRequest, pia: Client, sue: Client
) -> None:
    said = conversation.comment(limb.pk, text="We know Bob Smith.", actor=town.pia)
    of_sue = {**form_of(sue, limb), f"words-comment-{said.pk}": "We know […].", "reason": "personal_data"}
    hide(pia, limb, description=HIDDEN)
    assert sue.post(f"{page_of(limb)}moderate/", of_sue).status_code == 302
    limb.refresh_from_db()
    assert (limb.description, Comment.objects.get(pk=said.pk).text) == (HIDDEN, "We know […].")


# --- Photos ---------------------------------------------------------------------------------------------------------------


def take(town: Rivermark, one: ServiceRequest) -> Photo:
    content = factories.jpeg()
    return photos.store_upload(io.BytesIO(content), size=len(content), jurisdiction=town.city, service_request=one)


@pytest.mark.shows("5.39")
def test_a_hidden_photo_is_gone_in_every_size_with_the_reason_in_its_place_and_comes_back(
    town: Rivermark, limb: ServiceRequest, pia: Client, client: Client
) -> None:
    photo = take(town, limb)
    addresses = [f"/photos/{photo.name}.jpg", f"/photos/{photo.name}-small.jpg"]
    assert {client.get(one).status_code for one in addresses} == {200}
    assert "Hide photo 1" in said_on(pia, public_view_of(limb))
    path = f"{page_of(limb)}photos/{photo.pk}"
    assert pia.post(f"{path}/hide/").status_code == 422
    pia.post(f"{path}/hide/", {"reason": "personal_data"})
    assert {client.get(one).status_code for one in addresses} == {404}
    # Staff look at it still, and no cache keeps it.
    assert pia.get(addresses[0])["Cache-Control"] == "private, no-store"
    page = client.get(f"/r/{limb.reference}/").content.decode()
    assert "A photo was hidden because it showed personal details." in page
    for path_of_list in (f"/r/{limb.reference}/", "/requests/", "/open311/v2/requests.json"):
        assert photo.name not in client.get(path_of_list).content.decode()
    assert Event.objects.get(kind="photo_hidden").data == {"photo_id": photo.pk, "reason": "personal_data"}
    assert "Photo hidden: personal data Pia" in said_on(pia, public_view_of(limb))

    pia.post(f"{path}/show/")
    assert {client.get(one).status_code for one in addresses} == {200}
    assert "A photo was hidden" not in client.get(f"/r/{limb.reference}/").content.decode()
    assert "Photo shown again Pia" in said_on(pia, public_view_of(limb))


def test_a_photo_that_waits_for_a_look_is_shown_by_the_same_button(
    town: Rivermark, limb: ServiceRequest, pia: Client, client: Client
) -> None:
    photo = take(town, limb)
    Photo.objects.filter(pk=photo.pk).update(hidden_at=limb.submitted_at, hidden_reason="unchecked")
    assert "Pending review" in said_on(pia, page_of(limb))
    assert "photo was hidden" not in said_on(client, f"/r/{limb.reference}/")
    pia.post(f"{page_of(limb)}photos/{photo.pk}/show/")
    assert client.get(f"/photos/{photo.name}.jpg").status_code == 200


# --- All of it ------------------------------------------------------------------------------------------------------------


@pytest.mark.shows("5.40")
def test_hidden_as_a_whole_its_reporter_reads_why_and_a_stranger_the_same_404_as_ever(
    town: Rivermark, limb: ServiceRequest, pia: Client, client: Client
) -> None:
    pia.post(f"{page_of(limb)}hide/", {"reason": "personal_data"})
    unknown = client.get("/r/00000000/")
    gone = client.get(f"/r/{limb.reference}/")
    assert gone.status_code == unknown.status_code == 404
    link = AccessLink.objects.get(service_request=limb)
    page = said_on(client, client.get(url_of(link, town.city)).headers["Location"])
    assert "Hidden from the public because it has private details about a person. Work on it continues." in page
    assert SAID in page
    assert "The public can’t see this request." in said_on(pia, public_view_of(limb))
    pia.post(f"{page_of(limb)}publish/")
    limb.refresh_from_db()
    assert limb.public_state == "public"
    assert SAID in said_on(Client(), f"/r/{limb.reference}/")
    assert "Hidden from the public: personal data Pia" in said_on(pia, public_view_of(limb))


# --- A permission taken away ------------------------------------------------------------------------------------------------


@pytest.mark.shows("5.41")
@pytest.mark.parametrize("taken", ["hide", "publish"])
def test_a_permission_taken_away_takes_the_button_and_the_ability(
    town: Rivermark, limb: ServiceRequest, pia: Client, taken: str
) -> None:
    photo, hidden = take(town, limb), take(town, limb)
    hide(pia, limb, description=HIDDEN)
    moderation.hide_photo(hidden.pk, reason="other", actor=town.pia)
    role = town.pia.memberships.get().role
    role.permissions = [one for one in role.permissions if one != taken]
    role.save()
    page = said_on(pia, public_view_of(limb))
    buttons = {"hide": ["Hide text", "Hide entire request", "Hide photo 1"], "publish": []}[taken]
    # What was hidden can be judged by those alone who read what it was: both are needed.
    for words in [*buttons, "Restore", "Show photo 2"]:
        assert words not in page, words
    if taken == "publish":
        assert "Hide text" in page
    revision = revision_of(limb)
    data = {"words-description": "x", "seen-description": version_of(HIDDEN), "reason": "other"}
    tried = {
        pia.post(f"{page_of(limb)}moderate/", data).status_code: "hide",
        pia.post(f"{page_of(limb)}photos/{photo.pk}/hide/", {"reason": "other"}).status_code: "hide",
    }
    assert set(tried) == ({403} if taken == "hide" else {302})
    assert restore(pia, revision).status_code == 403
    assert pia.post(f"{page_of(limb)}photos/{hidden.pk}/show/").status_code == 403


def test_another_department_finds_nothing_there(
    town: Rivermark, limb: ServiceRequest, tom: Client, pia: Client
) -> None:
    hide(pia, limb, description=HIDDEN)
    photo = take(town, limb)
    for rest in ("moderate/", f"photos/{photo.pk}/hide/", f"photos/{photo.pk}/show/"):
        assert tom.post(page_of(limb) + rest).status_code == 404
    assert restore(tom, revision_of(limb)).status_code == 404
