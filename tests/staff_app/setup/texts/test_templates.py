"""Answer templates and outcome words: checked when saved, filled in where staff write, read by residents."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from requests_app.actions.work import endings
from requests_app.models import AnswerTemplate, Jurisdiction, Service, ServiceRequest, SetupChange
from requests_app.rules.work import answer_templates
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.8")]
Read = Callable[[Any], str]
PATH = "/staff/setup/templates/"
THANKS = {
    "name": "Filled",
    "words_en": "Your {service} at {address} is filled, {reference}. {name_of_staff}, {department}",
    "words_es": "Su {service} en {address} está reparado, {reference}. {name_of_staff}, {department}",
    "active": "on",
}


def one_of(town: Rivermark, **more: Any) -> ServiceRequest:
    return factories.routed(town.pothole, answers={"where": "lane"}, **more)


def text_in(response: Any) -> str:
    return str(response.context["form"].initial.get("text", response.context["form"].initial.get("words", "")))


def test_a_template_is_filled_in_the_reporters_language_without_script(
    town: Rivermark, ada: Client, signed_in: Any
) -> None:
    ada.post(f"{PATH}new/", THANKS)
    template, tom = AnswerTemplate.objects.get(), signed_in(town.tom)
    for language, start in (("en", "Your Pothole at 12 Elm St"), ("es", "Su Bache en 12 Elm St")):
        one = one_of(town, language=language)
        page = tom.get(f"/staff/r/{one.reference}/comment/")
        assert "Use a template" in page.content.decode()
        filled = tom.get(f"/staff/r/{one.reference}/comment/", {"template": template.pk})
        assert text_in(filled).startswith(start)
        assert text_in(filled).endswith(
            f"{one.display_reference}. Tom, Streets" + (" (es)" if language == "es" else "")
        )
        assert "{" not in text_in(filled)
    # A note is not for residents.
    assert "Use a template" not in tom.get(f"/staff/r/{one.reference}/note/").content.decode()


def test_one_of_a_service_and_outcome_is_offered_only_there(town: Rivermark, ada: Client, signed_in: Any) -> None:
    ada.post(f"{PATH}new/", {**THANKS, "service": town.pothole.service_id, "outcome": "fixed"})
    template = AnswerTemplate.objects.get()
    tom, hole, limb = signed_in(town.tom), one_of(town), factories.routed(town.tree)
    answer = tom.get(f"/staff/r/{hole.reference}/resolve/", {"template": template.pk})
    assert answer.context["form"].initial["disposition"] == "fixed"
    assert "is filled" in text_in(answer)
    assert "Use a template" not in tom.get(f"/staff/r/{hole.reference}/comment/").content.decode()
    other = signed_in(town.pia).get(f"/staff/r/{limb.reference}/resolve/", {"template": template.pk})
    assert text_in(other) == ""


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"words_en": "Dear {resident},"}, "We don’t know {resident}. You can use: {reference}, {service}"),
        ({"words_es": "Su {reference"}, "We don’t know {."),
        ({"words_es": ""}, "Enter the text in this language."),
        ({"name": ""}, "Enter a name"),
    ],
)
def test_an_unknown_placeholder_or_a_missing_language_is_refused(
    ada: Client, text_of: Read, wrong: dict[str, str], said: str
) -> None:
    answer = ada.post(f"{PATH}new/", {**THANKS, **wrong})
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not AnswerTemplate.objects.exists()


def test_a_service_that_has_been_retired_gets_no_template(town: Rivermark, ada: Client) -> None:
    Service.objects.filter(pk=town.tree.service_id).update(active=False)
    field = ada.get(f"{PATH}new/").context["form"].fields["service"]
    assert town.pothole.service in field.queryset
    assert town.tree.service not in field.queryset
    assert ada.post(f"{PATH}new/", {**THANKS, "service": town.tree.service_id}).status_code == 422


def test_an_address_that_is_not_public_is_not_filled_in(town: Rivermark) -> None:
    one = factories.report(town.outreach, address="77 Sorrowful Ln")
    assert answer_templates.fill({"en": "At {address}."}, one, "en", staff=town.tom) == "At the place you reported."


def test_the_second_of_two_editors_sees_what_changed(ada: Client, text_of: Read) -> None:
    ada.post(f"{PATH}new/", THANKS)
    path = f"{PATH}{AnswerTemplate.objects.get().pk}/"
    seen = ada.get(path).context["seen"]
    ada.post(path, {**THANKS, "name": "Filled, thanks", "seen": seen})
    answer = ada.post(path, {**THANKS, "name": "Patched", "seen": seen})
    assert answer.status_code == 409
    assert 'name="keep-name" value="theirs"' in answer.content.decode()
    ada.post(f"{path}remove/")
    assert [one.action for one in SetupChange.objects.order_by("id")] == ["added", "changed", "removed"]


def test_a_citys_own_name_of_an_outcome_is_what_residents_read(
    town: Rivermark, ada: Client, client: Client, text_of: Read
) -> None:
    one = one_of(town)
    endings.resolve(one.pk, disposition="fixed", text="Filled.", actor=town.tom)

    def seen() -> str:
        return ada.get("/staff/setup/outcomes/").content.decode().split('name="seen" value="')[1].split('"')[0]

    first = seen()
    answer = ada.post("/staff/setup/outcomes/", {"fixed_en": "All patched up", "seen": first})
    assert answer.status_code == 422
    assert "Enter it in this language too" in text_of(answer)
    ada.post("/staff/setup/outcomes/", {"fixed_en": "All patched up", "fixed_es": "Reparado", "seen": first})
    assert Jurisdiction.objects.get().outcome_words == {"fixed": {"en": "All patched up", "es": "Reparado"}}
    cache.clear()
    assert "All patched up" in text_of(client.get(f"/r/{one.reference}/"))
    late = ada.post("/staff/setup/outcomes/", {"fixed_en": "Done", "fixed_es": "Hecho", "seen": first})
    assert late.status_code == 409
    assert "All patched up" in text_of(late)
