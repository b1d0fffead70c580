"""Articles: a draft in each language, its preview, publishing, versions and rolling back."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from requests_app.actions.answers import articles
from requests_app.models import Article, SearchDocument, SetupChange
from tests import factories
from tests.factories import Rivermark

pytestmark = [pytest.mark.django_db, pytest.mark.shows("13.8")]
Read = Callable[[Any], str]
PATH = "/staff/setup/articles/"
PATCHING = {
    "title_en": "How we patch",
    "title_es": "Cómo reparamos",
    "body_en": "## Steps\n\nWe **fill** them. <script>alert(1)</script>",
    "body_es": "Los rellenamos.",
    "services": ["pothole"],
    "audience": "everyone",
}


@pytest.fixture
def article(town: Rivermark) -> Article:
    one = factories.article(town.city, "patching", "How we patch", "We fill them.", town.pothole)
    one.title["es"], one.body["es"] = "Cómo reparamos", "Los rellenamos."
    one.save()
    return one


def save(client: Client, article: Article, **typed: Any) -> Any:
    article.refresh_from_db()
    page = {**PATCHING, "body_en": "We fill them.", "seen": articles.seen_of(article), **typed}
    return client.post(f"{PATH}{article.pk}/", page)


def publish(client: Client, article: Article) -> Any:
    article.refresh_from_db()
    return client.post(f"{PATH}{article.pk}/publish/", {"seen": articles.seen_of(article)}, follow=True)


def test_an_article_is_written_previewed_and_published(
    town: Rivermark, ada: Client, client: Client, text_of: Read
) -> None:
    preview = ada.post(f"{PATH}new/", {**PATCHING, "preview": "1"}).content.decode()
    assert "<strong>fill</strong>" in preview
    assert "<script>alert" not in preview
    assert not Article.objects.exists()
    ada.post(f"{PATH}new/", PATCHING)
    made = Article.objects.get()
    assert (made.code, made.published) == ("how-we-patch", False)
    assert client.get("/articles/how-we-patch/").status_code == 404
    assert "Published: “How we patch”." in text_of(publish(ada, made))
    assert "We fill them." in text_of(client.get("/articles/how-we-patch/"))
    assert SearchDocument.objects.filter(kind="article", object_id=made.pk).count() == 2
    assert [one.service_code for one in made.services.all()] == ["pothole"]


def test_residents_read_what_is_published_while_a_draft_is_edited(
    ada: Client, client: Client, article: Article, text_of: Read
) -> None:
    save(ada, article, body_en="We use cold asphalt.")
    assert "We fill them." in text_of(client.get("/articles/patching/"))
    page = text_of(ada.get(f"{PATH}{article.pk}/"))
    assert "[removed:] fill them." in page
    assert "[added:] use cold asphalt." in page
    publish(ada, article)
    assert "We use cold asphalt." in text_of(client.get("/articles/patching/"))
    change = SetupChange.objects.get(kind="article", action="published")
    assert (change.before or {})["body"]["en"] == "We fill them."
    # What says the same as the page is no draft.
    save(ada, article, body_en="We use cold asphalt.")
    article.refresh_from_db()
    assert article.draft is None


def test_nothing_is_published_without_words_in_every_language(ada: Client, article: Article, text_of: Read) -> None:
    save(ada, article, body_es="")
    assert "missing in Spanish" in text_of(publish(ada, article))
    article.refresh_from_db()
    assert article.body["es"]


def test_what_is_published_already_is_not_published_again(ada: Client, article: Article, text_of: Read) -> None:
    save(ada, article, title_en="How we patch holes")
    assert "Published: “How we patch holes”." in text_of(publish(ada, article))
    assert "There was nothing to publish." in text_of(publish(ada, article))
    assert SetupChange.objects.filter(kind="article", action="published").count() == 1


def test_it_is_rolled_back_to_an_earlier_version(ada: Client, client: Client, article: Article, text_of: Read) -> None:
    for words in ("Second.", "Third."):
        save(ada, article, body_en=words)
        publish(ada, article)
    _third, second = SetupChange.objects.filter(kind="article", after__has_key="body").order_by("-id")
    assert "This is what residents read now." in text_of(ada.get(f"{PATH}{article.pk}/history/"))
    ada.post(f"{PATH}{article.pk}/history/{second.pk}/roll-back/")
    assert "Second." in text_of(client.get("/articles/patching/"))
    ada.post(f"{PATH}{article.pk}/history/{second.pk}/roll-back/", {"before": "1"})
    assert "We fill them." in text_of(client.get("/articles/patching/"))
    assert SetupChange.objects.filter(kind="article", action="rolled_back").count() == 2
    ada.post(f"{PATH}{article.pk}/take-down/")
    assert client.get("/articles/patching/").status_code == 404


def test_the_second_of_two_editors_sees_what_changed_and_loses_nothing(
    ada: Client, article: Article, text_of: Read
) -> None:
    opened = articles.seen_of(article)
    save(ada, article, title_en="How we patch holes")
    answer = save(ada, article, title_en="How we fix streets", seen=opened)
    assert answer.status_code == 409
    page = text_of(answer)
    assert "How we patch holes" in page
    assert 'value="How we fix streets"' in answer.content.decode()
    # Neither is a draft published that its publisher has not seen.
    ada.post(f"{PATH}{article.pk}/publish/", {"seen": opened})
    article.refresh_from_db()
    assert article.title["en"] == "How we patch"


def test_what_else_waits_to_be_published_is_said_next_to_the_words(
    town: Rivermark, ada: Client, article: Article, text_of: Read
) -> None:
    save(ada, article, title_en="How we patch holes", services=["tree"])
    page = text_of(ada.get(f"{PATH}{article.pk}/"))
    assert "Services: added Tree to prune" in page
    assert "Title (English): added" not in page


def test_those_due_for_review_are_listed_with_their_owner(
    town: Rivermark, ada: Client, article: Article, text_of: Read
) -> None:
    factories.article(town.city, "trash", "When we collect trash")
    save(ada, article, owner=town.tom.pk, review_on=(timezone.localdate() - dt.timedelta(days=1)).isoformat())
    due = text_of(ada.get(PATH, {"show": "due"}))
    assert "How we patch" in due
    assert "Tom" in due
    assert "When we collect trash" not in due
    assert "When we collect trash" in text_of(ada.get(PATH, {"q": "COLLECT"}))
    assert SetupChange.objects.get(kind="article").after == {
        "owner": "Tom",
        "review_on": (timezone.localdate() - dt.timedelta(days=1)).isoformat(),
    }


def test_how_people_ask_who_does_it_and_the_topic_are_edited_and_kept_by_versions(
    town: Rivermark, ada: Client, client: Client, article: Article
) -> None:
    from requests_app.models import ArticleTopic

    ArticleTopic.objects.create(jurisdiction=town.city, code="streets", name={"en": "Streets"})
    more = {
        "asked_en": "when do you fill them\n\n  Who   patches? \nwhen do you fill them",
        "topic": "streets",
        "contact_name_en": "State DOT",
        "contact_phone": "555-0170",
        "contact_hours_en": "9 to 5",
        "contact_email": "roads@dot.example",
        "contact_outside": "on",
        "contact_takes_reports": "on",
    }
    save(ada, article, **more)
    publish(ada, article)
    article.refresh_from_db()
    assert article.asked == {"en": ["when do you fill them", "Who patches?"]}
    assert (article.topic and article.topic.code, article.reviewed_on is not None) == ("streets", True)
    assert article.contact == {
        "name": {"en": "State DOT"},
        "hours": {"en": "9 to 5"},
        "outside": True,
        "phone": "555-0170",
        "email": "roads@dot.example",
        "takes_reports": True,
    }
    html = client.get("/articles/patching/").content.decode()
    assert "State DOT" in html
    assert "555-0170" in html
    form = ada.get(f"{PATH}{article.pk}/").content.decode()
    assert "Who patches?" in form
    assert form.count("checked") == 3
    change = SetupChange.objects.filter(kind="article").latest("pk")
    ada.post(f"{PATH}{article.pk}/history/{change.pk}/roll-back/", {"before": "1"})
    article.refresh_from_db()
    assert (article.asked, article.contact, article.topic) == ({}, None, None)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({}, "Say who this phone, email or website is."),
        ({"contact_name_en": "DOT", "contact_takes_reports": "on"}, "Enter the address that these emails go to."),
    ],
)
def test_half_a_contact_is_refused_and_stays(
    town: Rivermark, ada: Client, article: Article, typed: dict[str, str], why: str
) -> None:
    answer = save(ada, article, contact_phone="555-0170", **typed)
    assert answer.status_code == 422
    html = answer.content.decode()
    assert why in html
    assert "555-0170" in html


FOR_STAFF = {
    "script_en": "We fill them within a week.",
    "note_en": "The kettle breaks on Mondays.",
    "note_es": "La caldera falla los lunes.",
    "audience": "departments",
    "departments": ["PK"],
    "related": ["leaves"],
    "valid_until": "2027-03-01T00:00",
}


def test_what_is_for_staff_is_edited_published_and_rolled_back(
    town: Rivermark, ada: Client, client: Client, article: Article, text_of: Read
) -> None:
    leaves = factories.article(town.city, "leaves", "Leaf pickup")
    save(ada, article, **FOR_STAFF)
    assert client.get("/articles/patching/").status_code == 200
    assert "What to say" in (waiting := text_of(ada.get(f"{PATH}{article.pk}/")))
    assert "The kettle breaks on Mondays." in waiting
    publish(ada, article)
    article.refresh_from_db()
    assert article.script == {"en": FOR_STAFF["script_en"]}
    assert article.note == {"en": FOR_STAFF["note_en"], "es": FOR_STAFF["note_es"]}
    assert (article.audience, article.version) == ("departments", 2)
    assert list(article.departments.all()) == [town.parks]
    assert list(article.related.all()) == [leaves]
    # Midnight in the city.
    assert article.valid_until == dt.datetime(2027, 3, 1, tzinfo=town.city.zone)
    assert client.get("/articles/patching/").status_code == 404
    form = ada.get(f"{PATH}{article.pk}/").content.decode()
    assert "2027-03-01T00:00" in form
    save(ada, article)
    publish(ada, article)
    article.refresh_from_db()
    assert (article.audience, article.version, article.script, article.valid_until) == ("everyone", 3, {}, None)
    assert not article.departments.exists()
    change = SetupChange.objects.filter(kind="article").order_by("id")[0]
    articles.roll_back(article.pk, change.after or {}, actor=town.ada)
    article.refresh_from_db()
    assert (article.audience, article.version) == ("departments", 4)
    assert list(article.related.all()) == [leaves]


def test_what_only_staff_read_does_not_make_it_newer_for_residents(ada: Client, article: Article) -> None:
    before = article.updated_at
    save(ada, article, note_en="For us.")
    publish(ada, article)
    article.refresh_from_db()
    assert (article.updated_at, article.version) == (before, 2)


def test_an_article_for_departments_names_one(ada: Client, article: Article, text_of: Read) -> None:
    page = text_of(save(ada, article, audience="departments"))
    assert "Choose at least one department." in page
    article.refresh_from_db()
    assert article.draft is None


def test_two_editors_of_what_is_for_staff_are_merged_field_by_field(
    town: Rivermark, ada: Client, article: Article, text_of: Read
) -> None:
    """As a browser sends the form that it opened: what each field showed comes back, signed."""
    factories.article(town.city, "leaves", "Leaf pickup")
    shown = {**PATCHING, "body_en": "We fill them."}
    mine = {"script_en": "I can send a crew.", "valid_until": "2027-03-01T00:00", "audience": "staff"}
    theirs = {"note_en": "Ask for Lou.", "note_es": "Pregunte por Lou.", "related": ["leaves"]}

    def opened() -> dict[str, str]:
        page = ada.get(f"{PATH}{article.pk}/").content.decode()
        return dict(re.findall(r'<input type="hidden" name="(seen\w*|shown\w*)" value="([^"]*)"', page))

    first, second = opened(), opened()
    assert ada.post(f"{PATH}{article.pk}/", shown | first | mine).status_code == 302
    assert ada.post(f"{PATH}{article.pk}/", shown | second | theirs).status_code == 302
    article.refresh_from_db()
    draft = article.draft or {}
    assert (draft["script"]["en"], draft["note"]["en"], draft["audience"]) == (
        mine["script_en"],
        "Ask for Lou.",
        "staff",
    )
    assert draft["related"] == ["leaves"]
    assert draft["valid_until"].startswith("2027-03-01")
    # What both changed is asked, with both answers, and nothing of it is stored.
    first, second = opened(), opened()
    shown |= mine | theirs
    ada.post(f"{PATH}{article.pk}/", shown | first | {"script_en": "A crew comes today."})
    answer = ada.post(f"{PATH}{article.pk}/", shown | second | {"script_en": "A crew comes tomorrow."})
    assert answer.status_code == 409
    for words in ("A crew comes today.", "A crew comes tomorrow."):
        assert words in answer.content.decode()
    article.refresh_from_db()
    assert (article.draft or {})["script"]["en"] == "A crew comes today."
