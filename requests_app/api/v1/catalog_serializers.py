"""What can be reported, and what may answer it already: categories, services with their questions, articles, suggestions."""

import datetime as dt
from functools import cached_property
from typing import Any

from django.utils.translation import get_language
from drf_spectacular.utils import extend_schema_field
from rest_framework.serializers import CharField

from requests_app.api.framework.answer_fields import EmptyAsNullField, LocalizedField, MethodField, SiteUrlField
from requests_app.api.framework.fields import ChoiceField, FlagField, MomentField, TextField, TextsField
from requests_app.api.framework.query_fields import TextParameter
from requests_app.api.framework.schema import SITE
from requests_app.api.framework.serializers import AnswerSerializer, QuerySerializer
from requests_app.api.v1.examples import SERVICE
from requests_app.api.v1.questions import answers_schema
from requests_app.api.v1.reporting_serializers import EmergencySerializer
from requests_app.api.v1.request_serializers import NamedSerializer
from requests_app.clock import app_now
from requests_app.core import markdown
from requests_app.core.localized import localized
from requests_app.models import Article, QuestionVersion, ServiceVersion
from requests_app.rules.setup import offer_dates
from requests_app.rules.setup.offered_services import offered
from requests_app.rules.shared import intake, question_kinds

# --- Categories and services --------------------------------------------------------------------------------------------


class CategorySerializer(AnswerSerializer):
    """A group of services."""

    code = TextField(help_text="Never changes.", example="streets")
    name = LocalizedField(help_text="Its name.", example="Streets and sidewalks")
    icon = EmptyAsNullField(help_text="The name of its icon.")


class CategoriesSerializer(AnswerSerializer):
    """All categories."""

    results = CategorySerializer(many=True)


class ServicesQuerySerializer(QuerySerializer):
    category = TextParameter(help_text="The code of a category.", example="streets")


class ServiceRowSerializer(AnswerSerializer):
    """Something that can be reported."""

    # Of a ServiceVersion.
    code = TextField(source="service.service_code", help_text="Never changes.", example="pothole")
    name = LocalizedField(help_text="Its name.", example="Pothole")
    description = LocalizedField(help_text="What it is for.", example="A hole in the street.")
    url = SiteUrlField(
        "/api/v1/services/{0.service.service_code}/",
        help_text="Its URL in this API, with its questions.",
        example=f"{SITE}/api/v1/services/pothole/",
    )
    html_url = SiteUrlField(
        "/service/{0.service.service_code}/", help_text="Its web page.", example=f"{SITE}/service/pothole/"
    )
    category = NamedSerializer(example={"code": "streets", "name": "Streets and sidewalks"})
    department = NamedSerializer(example={"code": "PW", "name": "Streets"})
    keywords = MethodField(help_text="Other words for it.", example=["hole in road"])
    is_private = MethodField(help_text="Its reports are never public.", example=False)
    photos = ChoiceField(
        ServiceVersion.PhotoPolicy.values,
        source="photo_policy",
        help_text="Whether the service accepts photos.",
        example="optional",
    )
    needs_place = FlagField(source="place_required", help_text="Whether a report needs a location.", example=True)
    needs_confirmation = FlagField(
        source="must_confirm",
        help_text="Whether a report is submitted only once its reporter selects the link in an email.",
        example=False,
    )
    asset_kinds = TextsField(child=CharField(), help_text="The kinds of the city’s assets it is about.", example=[])
    offered = MethodField(allow_null=True, help_text="When it can be reported, as text. Null means always.")
    is_offered_today = MethodField(help_text="Whether it can be reported today.", example=True)

    def get_keywords(self, version: ServiceVersion) -> list[str]:
        return version.keywords.get(get_language() or "en") or version.keywords.get("en") or []

    def get_is_private(self, version: ServiceVersion) -> bool:
        return version.visibility == ServiceVersion.Visibility.PRIVATE

    def get_offered(self, version: ServiceVersion) -> str | None:
        return offer_dates.offer_dates(version.offered) or None

    def get_is_offered_today(self, version: ServiceVersion) -> bool:
        return not version.offered or offer_dates.is_offered(version.offered, self.today)

    @cached_property
    def today(self) -> dt.date:
        """Asked for once, and only if a service isn't always offered."""
        return app_now().astimezone(self.context["view"].jurisdiction.zone).date()


class ServicesSerializer(AnswerSerializer):
    """All services."""

    results = ServiceRowSerializer(many=True)


class OptionSerializer(AnswerSerializer):
    """A choice."""

    value = TextField(help_text="The value to send.", example="bike_lane")
    label = MethodField(help_text="The label to show.", example="In the bike lane")  # type: ignore[assignment]

    def get_label(self, option: dict[str, Any]) -> str:
        return localized(option.get("label"))


class ConditionSerializer(AnswerSerializer):
    """Asked only after one of these answers."""

    question = TextField(help_text="The code of the other question.", example="where")
    values = MethodField(example=["travel_lane"])

    def get_values(self, condition: dict[str, Any]) -> list[str]:
        return [str(value) for value in condition.get("values", [])]


class QuestionSerializer(AnswerSerializer):
    """A question, for a form."""

    code = TextField(help_text="The key for its answer.", example="where")
    kind = ChoiceField(
        QuestionVersion.Kind.values, help_text="`display` is text to show, with no answer.", example="single"
    )
    text = LocalizedField(help_text="The question.", example="Where on the street is it?")
    help = LocalizedField(allow_null=True, help_text="Help text.")
    is_required = MethodField(help_text="Where it is asked.", example=True)
    asks_asset = MethodField(
        help_text="Asks for the number on an asset. Skip it if `place` is an asset of one of the `asset_kinds`.",
        example=False,
    )
    options = OptionSerializer(many=True)
    only_if = MethodField(allow_null=True)

    def get_is_required(self, question: QuestionVersion) -> bool:
        return question.required and question_kinds.of(question).is_answered

    def get_asks_asset(self, question: QuestionVersion) -> bool:
        return intake.depends_on_place(question, question.service_version)

    @extend_schema_field(ConditionSerializer)
    def get_only_if(self, question: QuestionVersion) -> Any:
        return ConditionSerializer(question.show_if).data if question.show_if else None


@extend_schema_field({"type": "object"})
class _AnswersSchemaField(MethodField):
    pass


class ServiceSerializer(ServiceRowSerializer):
    """Something that can be reported, with its questions."""

    emergency_question = LocalizedField(
        source="emergency_screen",
        allow_null=True,
        help_text="Ask this first. Someone who answers yes should call instead of reporting.",
    )
    identity_reason = LocalizedField(
        source="identity_words",
        allow_null=True,
        help_text="Why name and postal address are required. Null if they aren’t.",
    )
    questions = MethodField(help_text="In the order in which they are asked.", example=SERVICE["questions"])
    answers_schema = _AnswersSchemaField(
        help_text="The JSON Schema 2020-12 that `answers` of a report must match, with `if` and `then` for questions that "
        "are asked only after certain answers. It doesn’t know the place, so it never requires an answer that "
        "`asks_asset`.",
        example=SERVICE["answers_schema"],
    )

    def to_representation(self, instance: ServiceVersion) -> Any:
        self.asked = intake.questions_of(instance)
        return super().to_representation(instance)

    @extend_schema_field(QuestionSerializer(many=True))
    def get_questions(self, version: ServiceVersion) -> Any:
        return QuestionSerializer(self.asked, many=True, context=self.context).data

    def get_answers_schema(self, version: ServiceVersion) -> dict[str, Any]:
        return answers_schema(self.asked, version)


# --- Articles -----------------------------------------------------------------------------------------------------------


class ArticleRowSerializer(AnswerSerializer):
    """An article."""

    code = TextField(help_text="Never changes.", example="recycling")
    title = LocalizedField(help_text="The question it answers.", example="When is my recycling collected?")
    language = MethodField(help_text="The language of its text.", example="en")
    url = SiteUrlField(
        "/api/v1/articles/{0.code}/", help_text="Its URL in this API.", example=f"{SITE}/api/v1/articles/recycling/"
    )
    html_url = SiteUrlField("/articles/{0.code}/", help_text="Its web page.", example=f"{SITE}/articles/recycling/")
    updated_at = MomentField(help_text="When it was last edited.", example="2026-05-02T10:00:00-04:00")

    def get_language(self, article: Article) -> str:
        language = get_language() or "en"
        return language if article.body.get(language) else "en"


class ArticlesSerializer(AnswerSerializer):
    """All articles."""

    results = ArticleRowSerializer(many=True)


class ArticleSerializer(ArticleRowSerializer):
    """An article with its text."""

    body_markdown = LocalizedField(
        source="body", help_text="The text as Markdown.", example="On the same day as your trash."
    )
    body_html = MethodField(help_text="The text as safe HTML.", example="<p>On the same day as your trash.</p>")
    services = MethodField(help_text="The codes of the services it is about.", example=["missed-collection"])

    def get_body_html(self, article: Article) -> str:
        return str(markdown.render(localized(article.body)))

    def get_services(self, article: Article) -> list[str]:
        about = offered(article.jurisdiction).filter(articles=article).order_by("service_code")
        return list(about.values_list("service_code", flat=True))


# --- Suggestions --------------------------------------------------------------------------------------------------------


class SuggestionsQuerySerializer(QuerySerializer):
    q = TextParameter(required=True, max_length=1000, help_text="The person’s text.", example="hole in the street")


class SuggestionsSerializer(AnswerSerializer):
    """The best matches first. Empty if the text clearly describes danger."""

    emergency = EmergencySerializer(allow_null=True)
    services = ServiceRowSerializer(many=True)
    articles = ArticleRowSerializer(many=True)
