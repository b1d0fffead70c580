"""Articles, which may answer a resident's question without a report, and the search documents."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from requests_app.clock import AppNow
from requests_app.core.localized import LocalizedField, localized
from requests_app.models.catalog import Service
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User


class ArticleTopic(models.Model):
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="article_topics")
    code = models.SlugField(max_length=60)
    name = LocalizedField()
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("order", "code")
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="article_topic_code_unique")]

    def __str__(self) -> str:
        return localized(self.name)


class Article(models.Model):
    """title, body, services and so on are what residents see, if it is published; a draft waits until it is."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="articles")
    code = models.SlugField(max_length=60)
    topic = models.ForeignKey(ArticleTopic, on_delete=models.SET_NULL, null=True, blank=True, related_name="articles")
    title = LocalizedField()
    # Markdown, by language. The first paragraph answers by itself: it's shown alone where somebody asks.
    body = LocalizedField()
    # By language, how people ask for it: questions, halves of sentences, single words.
    asked = LocalizedField(default=dict, db_default={})
    # The field of an area's address card that is the answer, if it depends on the address: "collection_day".
    by_address = models.CharField(max_length=60, blank=True, default="", db_default="")
    # Who does it, if that isn't the city, or which office: {"name": {…}, "phone", "hours": {…}, "email", "url"}.
    contact = LocalizedField(at=["name", "hours"], null=True, blank=True)
    services = models.ManyToManyField(Service, related_name="articles", blank=True)
    published = models.BooleanField(default=True)
    updated_at = models.DateTimeField(db_default=AppNow())
    # {"title": {…}, "body": {…}, "services": [codes]}; null: nothing waits.
    draft = models.JSONField(null=True, blank=True)
    # Who keeps it right, and when they look at it next.
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # When somebody last said that it is still right.
    reviewed_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    # Counts edits, so that two editors find each other's.
    revision = models.PositiveIntegerField(default=1, db_default=1)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="article_code_unique")]

    def __str__(self) -> str:
        return localized(self.title)


class SearchDocument(models.Model):
    """One row for each object and language, so that adding a language needs no migration."""

    class Kind(models.TextChoices):
        SERVICE = "service"
        ARTICLE = "article"
        REQUEST = "request"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    object_id = models.BigIntegerField()
    language = models.CharField(max_length=12)
    title = models.TextField()
    # How people say or ask for it, with a service's keywords.
    phrases = ArrayField(models.TextField(), default=list, db_default=[])
    text = models.TextField(blank=True)
    # Title (weight A) and text (B), in the language's dictionary and without accents.
    vector = models.GeneratedField(
        expression=models.Func(models.F("language"), models.F("title"), models.F("text"), function="search_vector"),
        output_field=SearchVectorField(),
        db_persist=True,
    )

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "object_id", "language"], name="search_document_unique")]
        indexes = [
            GinIndex(fields=["vector"], name="search_document_vector"),
            GinIndex(OpClass("title", name="gin_trgm_ops"), name="search_document_title_trgm"),
        ]
