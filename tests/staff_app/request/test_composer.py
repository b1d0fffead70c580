"""The composer: one place to write, templates, the email as the reporter reads it, and words in the reporter's language."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_app.models import AccessLink, AnswerTemplate, Comment, Event, ServiceRequest
from requests_app.worker import tasks
from staff_app.request import own_language
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("14.4")]
LANE = {"where": "lane"}


@pytest.fixture
def pothole(town: Rivermark) -> ServiceRequest:
    return factories.routed(town.pothole, answers=LANE)


@pytest.fixture
def hoyo(town: Rivermark) -> ServiceRequest:
    """Reported in Spanish."""
    return factories.routed(town.pothole, "Un hoyo grande.", answers=LANE, language="es")


def page_of(one: ServiceRequest) -> str:
    return f"/staff/r/{one.reference}/"


def template(town: Rivermark, name: str, words: dict[str, str], **columns: str) -> AnswerTemplate:
    return AnswerTemplate.objects.create(jurisdiction=town.city, name=name, words=words, **columns)


def test_the_page_has_one_composer_with_tabs_and_one_filled_button(tom: Client, pothole: ServiceRequest) -> None:
    page = tom.get(page_of(pothole)).content.decode()
    composer = page[page.index('id="composer"') : page.index('class="rail"')]
    assert [composer.index(word) for word in ("Public comment", "Note", "Question")] == sorted(
        composer.index(word) for word in ("Public comment", "Note", "Question")
    )
    assert f'action="{page_of(pothole)}comment/"' in composer
    assert 'class="usa-button"' not in composer
    bar = page[page.index('class="acts"') :]
    folded = bar.index("<details")
    for label in ("Assign", "Ask reporter", "Transfer", "Put on hold", "Resolve"):
        assert bar.index(f">{label}<") < folded, label


def test_the_note_says_who_reads_it(tom: Client, pothole: ServiceRequest) -> None:
    page = tom.get(page_of(pothole) + "compose/", {"verb": "note"}).content.decode()
    assert "Who can read this note?" in page
    assert f'action="{page_of(pothole)}note/"' in page
    assert "write-preview" not in page


def test_the_preview_is_the_email_in_the_reporters_language_and_writes_nothing(
    tom: Client, hoyo: ServiceRequest
) -> None:
    links, events = AccessLink.objects.count(), Event.objects.count()
    answer = tom.post(page_of(hoyo) + "comment/", {"text": "Mañana vamos.", "preview": "email", "from": "composer"})
    assert answer.status_code == 200
    preview = answer.content.decode().partition('id="write-preview"')[2].partition("</section>")[0]
    assert "Mañana vamos." in preview
    assert "Número de reporte" in preview or hoyo.display_reference in preview
    assert "/r/" not in preview.replace(hoyo.display_reference, "")
    assert (AccessLink.objects.count(), Event.objects.count()) == (links, events)
    assert not Comment.objects.filter(service_request=hoyo).exists()


def test_the_preview_is_what_is_sent_but_for_the_private_links(tom: Client, pothole: ServiceRequest) -> None:
    answer = tom.post(page_of(pothole) + "comment/", {"text": "On our way.", "preview": "email"})
    body = answer.context["email"].body
    tom.post(page_of(pothole) + "comment/", {"text": "On our way."})
    factories.run_worker()
    mail.outbox.clear()
    tasks.drain("outside")
    sent = next(message.body for message in mail.outbox if "On our way." in message.body)
    assert [line for line in body.splitlines() if "private link" not in line] == [
        line for line in sent.splitlines() if "http" not in line
    ]


def test_a_form_that_opens_filled_in_shows_its_email_at_once(
    tom: Client, town: Rivermark, pothole: ServiceRequest
) -> None:
    template(town, "Fixed", {"en": "It is fixed."}, outcome="fixed")
    side = template(town, "Side", {"en": "Which side of it?"})
    empty = "It appears here as you write."
    for path, words in (("resolve/?disposition=fixed", "It is fixed."), (f"ask/?template={side.pk}", side.words["en"])):
        page = tom.get(page_of(pothole) + path).content.decode()
        assert words in page[page.index('class="email-preview__body"') :], path
        assert empty not in page, path
    # And with what is to be mended.
    wrong = tom.post(page_of(pothole) + "resolve/", {"disposition": "fixed", "words": "It is fixed."})
    assert wrong.status_code == 422
    assert "It is fixed." in wrong.context["email"].body
    assert empty in tom.get(page_of(pothole) + "ask/").content.decode()


def test_the_email_of_a_question_names_the_day_however_it_was_typed(tom: Client, pothole: ServiceRequest) -> None:
    def body(until: str) -> str:
        asked = {"question": "Which side?", "until": until, "preview": "email"}
        answer = tom.post(page_of(pothole) + "ask/", asked)
        assert answer.status_code == 200, until
        return str(answer.context["email"].body)

    assert body("Dec 5, 2030") == body("2030-12-05") != body("Dec 6, 2030")
    assert "December 5, 2030" in body("12/5/2030")
    assert body("2030-13-45") == body("someday") == body("")


def test_a_template_is_added_after_what_was_typed(tom: Client, town: Rivermark, pothole: ServiceRequest) -> None:
    crew = template(town, "Crew", {"en": "A crew of {department} will come.", "es": "Vendrá una cuadrilla."})
    typed = {"text": "Hello.", "preview": "template", "template": crew.pk}
    page = tom.post(page_of(pothole) + "comment/", typed).content.decode()
    assert "Hello.\n\nA crew of Streets will come.</textarea>" in page


def test_a_placeholder_never_goes_out(tom: Client, pothole: ServiceRequest) -> None:
    answer = tom.post(page_of(pothole) + "comment/", {"text": "Your report {refernce} is closed."})
    assert answer.status_code == 422
    assert "{refernce}" in answer.content.decode()
    assert not Comment.objects.filter(service_request=pothole).exists()


def test_a_spanish_reader_gets_no_english_words_by_mistake(tom: Client, hoyo: ServiceRequest) -> None:
    answer = tom.post(page_of(hoyo) + "comment/", {"text": "We will come."})
    assert answer.status_code == 422
    assert "The reporter reads Spanish" in answer.content.decode()
    assert not Comment.objects.filter(service_request=hoyo).exists()


def test_a_colleague_vouches_for_words_in_spanish_and_the_event_says_who(
    tom: Client, town: Rivermark, hoyo: ServiceRequest
) -> None:
    answer = tom.post(page_of(hoyo) + "comment/", {"text": "Mañana vamos.", "vouched": "on"})
    assert answer.status_code == 302
    assert Comment.objects.get(service_request=hoyo).language == "es"
    assert Event.objects.get(service_request=hoyo, kind="commented").data["checked_by_id"] == town.tom.pk


def test_who_writes_spanish_finds_the_box_checked_until_they_clear_it(
    town: Rivermark, tom: Client, hoyo: ServiceRequest
) -> None:
    """Each of them by what they said last, in this language; what was refused says nothing."""
    path = page_of(hoyo)
    is_checked = r'name="vouched"[^>]*checked'

    def boxes(client: Client) -> list[bool]:
        pages = (client.get(f"{path}compose/?verb=comment"), client.get(f"{path}ask/"))
        return [bool(re.search(is_checked, page.content.decode())) for page in pages]

    assert boxes(tom) == [False, False]
    tom.post(f"{path}comment/", {"text": "", "vouched": "on"})
    assert boxes(tom) == [False, False]
    tom.post(f"{path}comment/", {"text": "Mañana vamos.", "vouched": "on"})
    cal = Client()
    cal.force_login(town.cal, backend="django.contrib.auth.backends.ModelBackend")
    assert (boxes(tom), boxes(cal)) == ([True, True], [False, False])
    assert not own_language.is_written_by(town.tom, "fr")
    template(town, "Look", {"en": "We’ll look.", "es": "Vamos a verlo."})
    tom.post(f"{path}comment/", {"text": "Vamos a verlo."})
    assert boxes(tom) == [False, False]


def test_a_spanish_template_needs_nobody_to_vouch(tom: Client, town: Rivermark, hoyo: ServiceRequest) -> None:
    template(town, "Crew", {"en": "A crew will come.", "es": "Irá una cuadrilla a {address}."})
    answer = tom.post(page_of(hoyo) + "comment/", {"text": f"Irá una cuadrilla a {hoyo.public_address}."})
    assert answer.status_code == 302
    assert Comment.objects.get(service_request=hoyo).language == "es"
    assert "checked_by_id" not in Event.objects.get(service_request=hoyo, kind="commented").data
    # An English template is no Spanish one.
    assert tom.post(page_of(hoyo) + "comment/", {"text": "A crew will come."}).status_code == 422


def test_words_to_resolve_with_follow_the_outcome_and_never_replace_what_was_typed(
    tom: Client, town: Rivermark, pothole: ServiceRequest
) -> None:
    template(town, "Fixed", {"en": "It is fixed."}, outcome="fixed")
    template(town, "Not found", {"en": "We couldn’t find it."}, outcome="not_found")

    def words(typed: str, outcome: str) -> str:
        answer = tom.post(page_of(pothole) + "resolve/", {"words": typed, "disposition": outcome, "preview": "outcome"})
        return str(answer.context["form"]["words"].value())

    assert words("", "fixed") == "It is fixed."
    assert words("It is fixed.", "not_found") == "We couldn’t find it."
    assert words("We couldn’t find it.", "answered") == ""
    assert words("It is fixed, at last.", "not_found") == "It is fixed, at last."
    assert "It is fixed." in tom.get(page_of(pothole) + "resolve/?disposition=fixed").content.decode()


def test_transfer_suggests_where_routing_would_send_it_by_name(
    tom: Client, town: Rivermark, pothole: ServiceRequest
) -> None:
    ServiceRequest.objects.filter(pk=pothole.pk).update(service=town.tree.service_id, service_version=town.tree.pk)
    page = tom.get(page_of(pothole) + "transfer/")
    assert page.context["form"]["department"].value() == town.parks.pk
    assert "Suggested" in page.content.decode()


def test_long_words_fold_and_are_all_there(tom: Client, town: Rivermark) -> None:
    lines = [f"Line number {number}." for number in range(30)]
    page = tom.get(page_of(factories.routed(town.pothole, "\n".join(lines), answers=LANE))).content.decode()
    fold = page.index('class="words-fold"')
    assert page.index("Line number 11.") < fold < page.index("Line number 12.")
    assert "words-fold" not in tom.get(page_of(factories.routed(town.pothole, answers=LANE))).content.decode()


def test_the_composer_adds_one_query_to_the_page(
    tom: Client, town: Rivermark, pothole: ServiceRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    tom.get(page_of(pothole))
    with CaptureQueriesContext(
        connection,
    ) as with_composer:
        tom.get(page_of(pothole))
    monkeypatch.setattr("staff_app.request.composer.of", lambda *_: None)
    with CaptureQueriesContext(connection) as without:
        tom.get(page_of(pothole))
    assert len(with_composer) - len(without) <= 1
