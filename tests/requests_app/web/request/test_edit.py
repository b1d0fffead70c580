"""Reporters edit the text, answers and place of a report until staff start on it."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client

from requests_app import links
from requests_app.actions.following import followers
from requests_app.actions.publication import moderation
from requests_app.actions.report import corrections, submission
from requests_app.actions.work import assignment, conversation, endings, merges, progress, reopenings
from requests_app.models import (
    AccessLink,
    Comment,
    Department,
    Event,
    ModerationTerm,
    Person,
    PlaceRevision,
    RoutingRule,
    ScreeningCount,
    SearchDocument,
    ServiceRequest,
    TextRevision,
)
from requests_app.worker.tasks import drain
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("5.8")]

OAK = (-69.01, 40.51)
PHONE = "617-555-0142"


class Holder:
    """Ana with her private link, in a browser without scripts: sends what the page's form holds, and what she changes of it."""

    def __init__(self, made: ServiceRequest, language: str = "") -> None:
        self.client, self.pk = Client(), made.pk
        self.link: AccessLink = made.access_links.select_related("person").get()
        self.path = f"{language}/r/{made.reference}/edit/"
        self.client.get(f"/l/{links.token(self.link)}/")
        self.status = 0
        self.html = ""

    @property
    def request(self) -> ServiceRequest:
        return ServiceRequest.objects.get(pk=self.pk)

    def open(self) -> "Holder":
        answer = self.client.get(self.path)
        self.status, self.html = answer.status_code, answer.content.decode()
        return self

    @property
    def fields(self) -> dict[str, Any]:
        """What the page's form would send."""
        form = re.search(r'<form[^>]*action="[^"]*/edit/".*?</form>', self.html, re.DOTALL)
        assert form is not None, self.html
        found: dict[str, Any] = {}
        for tag in re.findall(r"<input[^>]*>", form[0]):
            name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
            if name and 'type="radio"' not in tag and name[1] != "csrfmiddlewaretoken":
                found.setdefault(name[1], []).append(unescaped(value[1]) if value else "")
        for name, value in re.findall(r'<textarea name="([^"]+)".*?>\n?(.*?)</textarea>', form[0], re.DOTALL):
            found[name] = [unescaped(value)]
        return found

    def button(self, name: str) -> str:
        """What a button of that name would send."""
        found = re.search(rf'<button[^>]*name="{name}" value="([^"]*)"', self.html)
        assert found is not None, self.html
        return unescaped(found[1])

    def save(self, **changed: Any) -> "Holder":
        if not self.html:
            self.open()
        return self.send({**self.fields, **changed})

    def send(self, data: dict[str, Any]) -> "Holder":
        answer = self.client.post(self.path, data)
        self.status = answer.status_code
        if self.status == 302:
            answer = self.client.get(answer["Location"])
        self.html = answer.content.decode()
        return self


def unescaped(text: str) -> str:
    import html

    return html.unescape(text)


@pytest.fixture
def cast() -> Rivermark:
    cast = factories.rivermark()
    factories.address(cast.city, "40 Oak Ave", *OAK)
    return cast


def ana(cast: Rivermark, **options: Any) -> Holder:
    options.setdefault("answers", {"where": "lane", "damage": "a bent rim"})
    return Holder(factories.routed(options.pop("version", cast.pothole), **options))


def told(holder: Holder) -> list[str]:
    return list(Event.objects.filter(service_request=holder.request).order_by("id").values_list("kind", flat=True))


# --- What is changed --------------------------------------------------------------------------------------------------


def test_the_page_shows_all_that_was_sent_and_says_until_when_it_can_be_changed(cast: Rivermark) -> None:
    holder = ana(cast, place=submission.Place(factories.at(), "12 Elm St", note="by the door")).open()
    assert holder.status == 200
    fields = holder.fields
    assert (fields["text"], fields["address"], fields["note"], fields["q_damage"]) == (
        ["A hole as big as a plate."], ["12 Elm St"], ["by the door"], ["a bent rim"],
    )  # fmt: skip
    assert "You can change it until Streets starts working on it." in holder.html
    assert "Lane" in holder.html.split('id="stays"')[1]
    assert "You can change it until Streets starts working on it." in track(holder)


def track(holder: Holder) -> str:
    return holder.client.get(f"/r/{holder.request.reference}/").content.decode()


def test_words_are_changed_and_what_stood_there_is_kept_for_the_staff_alone(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(text="A hole as big as a table.")
    assert holder.status == 302
    assert "Your report has been updated" in holder.html
    assert holder.request.description == "A hole as big as a table."
    revision = TextRevision.objects.get()
    assert (revision.field, revision.before, revision.after, revision.reason, revision.person) == (
        "description", "A hole as big as a plate.", "A hole as big as a table.", "edited", holder.link.person,
    )  # fmt: skip
    event = Event.objects.get(kind="edited")
    assert event.data == {"field": "description", "revision_id": revision.pk}
    assert "You edited the report" in track(holder)
    stranger = Client().get(f"/r/{holder.request.reference}/").content.decode()
    assert "The person who reported it edited the report" in stranger
    assert "plate" not in stranger + track(holder)


def test_the_staff_read_what_stood_there_before(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(text="A hole as big as a table.", note="left side")
    holder.open().save(address="40 Oak Ave")
    client = Client()
    client.force_login(cast.tom, backend="django.contrib.auth.backends.ModelBackend")
    html = client.get(f"/staff/r/{holder.request.reference}/").content.decode()
    timeline = html.split('id="timeline"')[1]
    assert re.search(r"<del>.*?plate\..*?</del>", timeline, re.DOTALL)
    assert re.search(r"<ins>.*?table\..*?</ins>", timeline, re.DOTALL)
    assert re.search(r"<del>.*?12 Elm St.*?</del>.*?<ins>.*?40 Oak Ave", timeline, re.DOTALL)


def test_what_only_the_city_sees_is_changed_without_a_public_word(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(note="behind the shed", q_damage="two bent rims")
    assert holder.request.place_note == "behind the shed"
    assert holder.request.answers.get(question_version__code="damage").value == "two bent rims"
    assert told(holder).count("edited_privately") == 2
    assert "changed" not in Client().get(f"/r/{holder.request.reference}/").content.decode()


def test_an_answer_may_be_taken_back_and_what_it_said_stays_with_its_question(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(q_damage="")
    answer = holder.request.answers.get(question_version__code="damage")
    assert (answer.value, answer.value_text) == ("", "—")
    assert TextRevision.objects.get().answer == answer
    holder.open().save(q_damage="yes, a rim")
    assert holder.request.answers.get(question_version__code="damage").value_text == "yes, a rim"


def test_a_choice_stays_whatever_is_posted(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(text="Another hole.", q_where="crosswalk")
    assert holder.request.answers.get(question_version__code="where").value == "lane"


def test_saving_what_is_there_changes_nothing_and_tells_nobody(cast: Rivermark) -> None:
    holder = ana(cast)
    before = told(holder)
    updated = holder.request.updated_at
    holder.save()
    assert holder.status == 302
    assert (told(holder), holder.request.updated_at) == (before, updated)


def test_a_double_press_changes_it_once(cast: Rivermark) -> None:
    holder = ana(cast)
    form = {**holder.open().fields, "text": "A bigger hole.", "address": "40 oak ave"}
    assert [holder.send(form).status for _ in range(2)] == [302, 302]
    assert (told(holder).count("edited"), told(holder).count("place_corrected")) == (1, 1)


def test_a_second_window_does_not_write_over_the_first_unseen(cast: Rivermark) -> None:
    holder = ana(cast)
    second = holder.open().fields
    holder.save(text="From the first window.")
    holder.send({**second, "text": "From the second window."})
    assert holder.status == 409
    assert holder.request.description == "From the first window."
    assert holder.fields["text"] == ["From the second window."]
    assert "From the first window." in holder.html
    holder.save()
    assert holder.request.description == "From the second window."


def test_what_changed_is_found_by_its_new_words(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(text="A chasm.")
    factories.run_worker()
    found = SearchDocument.objects.get(kind="request", object_id=holder.request.pk)
    assert "chasm" in found.text
    assert "plate" not in found.text


# --- The place --------------------------------------------------------------------------------------------------------


def test_a_wrong_place_is_put_right_until_somebody_works_on_it(cast: Rivermark) -> None:
    west = factories.area(cast.city, code="9", polygon=factories.square(-69.02, 40.50, -69.005, 40.52))
    east = factories.area(cast.city, code="3", polygon=factories.square(-69.004, 40.49, -68.98, 40.53))
    holder = ana(cast)
    assert list(holder.request.areas.all()) == [east]
    holder.save(address="40 oak ave", note="by the gate")
    moved = holder.request
    assert (moved.address, moved.place_note, moved.public_address) == ("40 Oak Ave", "by the gate", "40 Oak Ave")
    assert (moved.point.coords, moved.public_point.coords) == (OAK, OAK)  # type: ignore[union-attr]
    assert (moved.place_source, moved.place_confidence) == ("address", 1.0)
    assert list(moved.areas.all()) == [west]
    assert PlaceRevision.objects.get(service_request=moved).address == "12 Elm St"
    assert told(holder).count("place_corrected") == 1
    stranger = Client().get(f"/r/{moved.reference}/").content.decode()
    assert "The person who reported it changed the place" in stranger
    assert "12 Elm" not in stranger


def test_a_pin_moved_on_the_map_counts_and_an_old_one_below_new_words_does_not(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(address="", lat="40.52", long="-69.02")
    assert holder.request.point.coords == (-69.02, 40.52)  # type: ignore[union-attr]
    # Without a script the form still holds the old point when somebody types another address.
    holder.open().save(address="40 Oak Ave")
    assert holder.request.point.coords == OAK  # type: ignore[union-attr]


def test_a_service_that_hides_the_place_hides_the_new_one_too(cast: Rivermark) -> None:
    coarse = factories.service(cast.city, "needles", visibility="coarse", duplicate_policy="never")
    holder = ana(cast, version=coarse, answers={})
    holder.save(address="40 Oak Ave")
    moved = holder.request
    assert moved.public_address == "1–99 block of Oak Ave"
    assert moved.public_point != moved.point
    assert "40 Oak" not in Client().get(f"/r/{moved.reference}/").content.decode()


def test_several_places_are_listed_and_nothing_is_changed_before_one_is_chosen(cast: Rivermark) -> None:
    factories.address(cast.city, "40 Oak Lane", -69.02, 40.52)
    holder = ana(cast)
    holder.save(address="40 Oak", text="Not there, here.")
    assert holder.status == 422
    assert "Which place do you mean?" in holder.html
    assert (holder.request.address, holder.request.description) == ("12 Elm St", "A hole as big as a plate.")
    holder.save(choice="-69.020000,40.520000")
    assert (holder.status, holder.request.address) == (302, "40 Oak Lane")
    assert holder.request.description == "Not there, here."


def test_an_unknown_place_is_asked_about_and_taken_in_the_reporters_words(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(address="behind the old mill")
    assert "We couldn’t find this place" in holder.html
    holder.save()
    assert (holder.request.address, holder.request.point) == ("behind the old mill", None)


def test_back_from_a_question_all_that_was_typed_is_there(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(address="nowhere street", text="Long words that took a while.")
    holder.save(back="1")
    assert holder.fields["text"] == ["Long words that took a while."]
    assert holder.fields["address"] == ["nowhere street"]
    assert holder.request.address == "12 Elm St"


def test_a_place_outside_the_city_is_refused_and_all_that_was_typed_stays(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(address="", lat="41.5", long="-69.0", text="It is over there.")
    assert holder.status == 422
    assert "outside Rivermark" in holder.html
    assert holder.fields["text"] == ["It is over there."]
    assert holder.request.address == "12 Elm St"


def test_a_place_that_is_needed_cannot_be_taken_away(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(address="", lat="", long="")
    assert holder.status == 422
    assert holder.request.address == "12 Elm St"


def on_state_ground(cast: Rivermark) -> tuple[Holder, Any]:
    state = factories.owner(cast.city, factories.square(-69.011, 40.509, -69.009, 40.511))
    sign = factories.service(cast.city, "sign", place_rule="polygon", owner_kinds=["state_road"])
    return ana(cast, version=sign, answers={}), state


def test_anothers_ground_is_said_and_the_report_goes_there_only_after_a_yes(cast: Rivermark) -> None:
    holder, state = on_state_ground(cast)
    holder.save(address="40 Oak Ave")
    assert holder.status == 422
    assert "This belongs to State DOT" in holder.html
    assert holder.request.owner is None
    holder.save(owner=state.code)
    moved = holder.request
    assert (moved.owner, moved.status, moved.disposition) == (state, "resolved", "handed_over")
    assert told(holder).count("handed_over") == 1


def test_an_urgent_report_stays_ours_on_anothers_ground(cast: Rivermark) -> None:
    holder, _state = on_state_ground(cast)
    ServiceRequest.objects.filter(pk=holder.request.pk).update(priority=1)
    holder.save(address="40 Oak Ave")
    assert (holder.status, holder.request.status) == (302, "routed")


# --- Routed again -----------------------------------------------------------------------------------------------------


def rule_for_oak(cast: Rivermark, department: Department) -> None:
    factories.area(cast.city, code="9", polygon=factories.square(-69.02, 40.50, -69.005, 40.52))
    when = {"areas": {"layer": "ward", "codes": ["9"]}}
    RoutingRule.objects.create(jurisdiction=cast.city, order=1, name="Oak", when=when, department=department)


def test_another_place_may_be_another_departments_and_it_goes_there_once(cast: Rivermark) -> None:
    rule_for_oak(cast, cast.parks)
    holder = ana(cast)
    assert holder.request.department == cast.streets
    form = {**holder.open().fields, "address": "40 Oak Ave"}
    for _ in range(2):
        holder.send(form)
    assert (holder.request.department, holder.request.status) == (cast.parks, "routed")
    assert told(holder).count("routed") == 2
    mail.outbox.clear()
    while drain("database") or drain("outside"):
        pass
    assert "Parks" in str([one.body for one in mail.outbox])


def test_the_same_departments_place_is_not_routed_again(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(address="40 Oak Ave")
    assert (told(holder).count("routed"), holder.request.routing_decisions.count()) == (1, 1)


def test_what_the_worker_has_not_come_to_yet_is_routed_by_the_new_place(cast: Rivermark) -> None:
    rule_for_oak(cast, cast.parks)
    holder = Holder(factories.report(cast.pothole, answers={"where": "lane"}))
    holder.save(address="40 Oak Ave")
    factories.run_worker()
    assert (holder.request.department, told(holder).count("routed")) == (cast.parks, 1)


# --- What the new words say -------------------------------------------------------------------------------------------


def test_new_words_of_danger_lead_to_the_question_and_nothing_is_changed_before_the_answer(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(text="A hole, and I smell gas.", note="north side")
    assert holder.status == 422
    assert "Is anyone in danger right now?" in holder.html
    assert "tel:911" in holder.html
    assert holder.request.description == "A hole as big as a plate."
    # Only the button says no.
    assert holder.save().status == 422
    holder.save(said_no=holder.button("said_no"))
    changed = holder.request
    assert (changed.description, changed.place_note) == ("A hole, and I smell gas.", "north side")
    assert changed.after_warning
    steps = ScreeningCount.objects.values_list("step", "reason", "value")
    assert set(steps) == {("asked", "red_flag", 2), ("went_on", "red_flag", 1)}


def test_a_no_counts_for_the_words_that_it_was_said_about(cast: Rivermark) -> None:
    holder = ana(cast)
    no = holder.save(text="I smell gas.").button("said_no")
    assert "Is anyone in danger" in holder.save(said_no=no, text="I smell gas and want to die.").html
    assert holder.request.description == "A hole as big as a plate."


def test_words_of_danger_are_heard_in_the_note_and_in_answers_too(cast: Rivermark) -> None:
    for name in ("note", "q_damage"):
        holder = ana(cast)
        assert "Is anyone in danger" in holder.save(**{name: "huele a gas"}).html, name


def test_words_of_self_harm_lead_to_988(cast: Rivermark) -> None:
    assert "tel:988" in ana(cast).save(text="I want to die.").html


def test_who_was_asked_when_reporting_is_not_asked_again_for_the_same_words(cast: Rivermark) -> None:
    holder = ana(cast, description="I smell gas.")
    assert holder.save(text="I smell gas. It got stronger.").status == 302
    assert not holder.request.after_warning


def test_a_phone_number_in_words_that_everyone_reads_is_shown_before_it_is_saved(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(text=f"Call me at {PHONE}.")
    assert holder.status == 422
    assert "Everyone will be able to read this" in holder.html
    assert PHONE in holder.html.split('id="found"')[1].split("</section>")[0]
    assert holder.request.description == "A hole as big as a plate."
    # Another number is another thing to be shown.
    holder.save(text="Call me at 617-555-0177.")
    assert holder.status == 422
    assert holder.save().status == 302
    assert holder.request.description == "Call me at 617-555-0177."


def test_what_only_the_city_reads_may_hold_a_phone_number(cast: Rivermark) -> None:
    assert ana(cast).save(note=f"Ring {PHONE} at the gate.").status == 302
    private = ana(cast, version=cast.outreach, answers={})
    assert private.save(text=f"Ask for Bo at {PHONE}.").status == 302


def test_what_is_private_for_distress_may_hold_a_phone_number_too(cast: Rivermark) -> None:
    holder = ana(cast, description="My husband beats me every night. There is a pothole in front").open()
    assert "Everyone can read this" not in holder.html
    assert holder.save(text=f"My husband beats me every night. Call me at {PHONE}").status == 302
    assert (holder.request.public_state, holder.request.review_reason) == ("private", "distress")


def test_a_listed_threat_in_new_words_waits_for_a_look_and_the_work_goes_on(cast: Rivermark) -> None:
    ModerationTerm.objects.create(jurisdiction=cast.city, kind="threat", value="burn it down")
    holder = ana(cast)
    holder.save(text="Fix it or I burn it down")
    assert holder.status == 302
    assert (holder.request.public_state, holder.request.status) == ("pending_review", "routed")
    assert "I burn it down" not in Client().get(f"/r/{holder.request.reference}/").content.decode()
    assert "I burn it down" in track(holder)


@pytest.mark.parametrize(
    ("field", "typed"), [("text", "x" * 4001), ("note", "x" * 301), ("address", "x" * 301), ("q_damage", "x" * 1001)]
)
def test_too_much_is_told_and_kept(cast: Rivermark, field: str, typed: str) -> None:
    holder = ana(cast)
    holder.save(**{field: typed})
    assert holder.status == 422
    assert holder.fields[field] == [typed]
    assert "characters or fewer" in holder.html
    assert "edited" not in told(holder)


def test_words_cannot_be_taken_away_where_nothing_else_says_what_it_is(cast: Rivermark) -> None:
    holder = ana(cast, version=cast.tree, answers={})
    assert holder.save(text="  ").status == 422


def test_what_deceives_or_cannot_be_stored_is_left_out(cast: Rivermark) -> None:
    holder = ana(cast)
    holder.save(text="A hole\x00 \u202eelohw")
    assert holder.request.description == "A hole elohw"


def test_the_languages_switch_keeps_what_was_typed_and_changes_nothing(cast: Rivermark) -> None:
    holder = ana(cast)
    form = {**holder.open().fields, "text": "Half typed", "switch_language": "es"}
    holder.send(form)
    assert 'lang="es"' in holder.html
    assert "Half typed" in holder.html
    assert 'action="/es/r/' in holder.html
    assert holder.request.description == "A hole as big as a plate."


# --- Too late ---------------------------------------------------------------------------------------------------------


def begin(cast: Rivermark, pk: int) -> None:
    progress.accept(pk, actor=cast.tom)


def join(cast: Rivermark, pk: int) -> None:
    followers.join(pk, reporter=factories.NOBODY, language="en")


def merge(cast: Rivermark, pk: int) -> None:
    merges.merge(pk, parent=factories.routed(cast.pothole, answers={"where": "lane"}), actor=cast.tom)


def end(cast: Rivermark, pk: int) -> None:
    endings.resolve(pk, disposition="fixed", text="Filled.", actor=cast.tom, visited=True)


def hide(cast: Rivermark, pk: int) -> None:
    moderation.hide(pk, reason="abuse", actor=cast.tom)


def transfer(cast: Rivermark, pk: int) -> None:
    assignment.transfer(pk, department=cast.parks, reason="theirs", actor=cast.tom)


def ask(cast: Rivermark, pk: int) -> None:
    conversation.ask(pk, question="Which one?", actor=cast.tom)


@pytest.mark.shows("5.9")
@pytest.mark.parametrize("meanwhile", [begin, join, merge, end, hide, transfer, ask])
def test_who_comes_too_late_changes_nothing_gets_the_words_back_and_is_told_what_to_do(
    cast: Rivermark, meanwhile: Any
) -> None:
    holder = ana(cast)
    form = {**holder.open().fields, "text": "It is much bigger than I said at first."}
    meanwhile(cast, holder.request.pk)
    before = told(holder)
    holder.send(form)
    assert holder.status == 409
    assert "It’s too late to change this report" in holder.html
    assert "It is much bigger than I said at first." in holder.html
    assert holder.request.description == "A hole as big as a plate."
    assert told(holder) == before
    assert "Change your report" not in track(holder)
    assert holder.client.get(holder.path).status_code == 409


@pytest.mark.shows("5.9")
def test_the_words_that_came_too_late_are_sent_on_with_one_press(cast: Rivermark) -> None:
    holder = ana(cast)
    form = {**holder.open().fields, "text": "It is much bigger than I said at first."}
    begin(cast, holder.request.pk)
    holder.send(form)
    typed = re.search(r'<textarea name="add-words".*?>\n?(.*?)</textarea>', holder.html, re.DOTALL)
    assert typed is not None
    holder.client.post(f"/r/{holder.request.reference}/add/", {"add-words": typed[1]})
    assert Comment.objects.get().text == "It is much bigger than I said at first."


def test_reading_the_contact_or_a_note_of_the_staff_is_no_triage(cast: Rivermark) -> None:
    holder = ana(cast)
    conversation.note(holder.request.pk, text="Looks real.", actor=cast.tom)
    assert holder.save(text="Still mine.").status == 302


def test_what_was_opened_again_is_not_changed_any_more(cast: Rivermark) -> None:
    holder = ana(cast)
    end(cast, holder.request.pk)
    reopenings.reopen(holder.request.pk, text="", actor=holder.link.person)
    assert holder.open().status == 409


def test_the_action_asks_the_rule_under_the_lock(cast: Rivermark) -> None:
    holder = ana(cast)
    begin(cast, holder.request.pk)
    with pytest.raises(progress.TooLate):
        corrections.correct(holder.request.pk, corrections.Correction(text="x", note=""), actor=holder.link.person)


@pytest.mark.shows("5.9")
def test_an_erased_report_is_as_unknown_as_any(cast: Rivermark) -> None:
    holder = ana(cast)
    form = holder.open().fields
    ServiceRequest.objects.filter(pk=holder.request.pk).update(public_state="erased")
    assert holder.send({**form, "text": "Are you there, City Hall?"}).status == 404
    assert "Are you there, City Hall?" in holder.html


# --- Who may ----------------------------------------------------------------------------------------------------------


def test_who_only_joined_or_follows_cannot_change_it(cast: Rivermark) -> None:
    holder = ana(cast)
    for role in ("affected", "follower"):
        _person, link = followers.join(holder.request.pk, reporter=factories.NOBODY, language="en", role=role)
        client = Client()
        client.get(f"/l/{links.token(link)}/")
        assert client.post(holder.path, {"text": "Mine now.", "address": "12 Elm St"}).status_code == 302
    assert holder.request.description == "A hole as big as a plate."
    assert Person.objects.count() == 3


def test_who_follows_does_not_keep_its_reporter_from_changing_it(cast: Rivermark) -> None:
    holder = ana(cast)
    followers.join(holder.request.pk, reporter=factories.NOBODY, language="en", role="follower")
    assert holder.save(text="Still mine.").status == 302


def test_too_many_changes_from_one_network_are_kept_for_later(
    cast: Rivermark, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMITS = True
    monkeypatch.setattr("requests_app.rules.shared.rate_limits.WORDS_AN_HOUR", 0)
    holder = ana(cast)
    holder.save(text="Once more.")
    assert holder.status == 429
    assert holder.fields["text"] == ["Once more."]
