"""Articles, which may answer a resident's question without a report, and the search documents."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.core.localized import LocalizedField, localized
from requests_app.models.catalog import Department, Service
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


class ArticleQuerySet(models.QuerySet["Article"]):
    def valid(self) -> "ArticleQuerySet":
        return self.filter(Q(valid_until=None) | Q(valid_until__gt=AppNow()), published=True)

    def public(self) -> "ArticleQuerySet":
        """What residents may read now, without what is for staff alone. Every page and API for residents reads from this."""
        return self.valid().filter(audience=Article.Audience.EVERYONE).defer("script", "note")


class Article(models.Model):
    """title, body, services and so on are what its audience sees, if it is published; a draft waits until it is."""

    class Audience(models.TextChoices):
        EVERYONE = "everyone"
        # Everybody who works for the city.
        STAFF = "staff"
        # Those who work in one of `departments`.
        DEPARTMENTS = "departments"

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
    audience = models.CharField(
        max_length=12, choices=Audience.choices, default=Audience.EVERYONE, db_default=Audience.EVERYONE
    )
    departments = models.ManyToManyField(Department, related_name="articles", blank=True)
    # By language, for staff alone whatever the audience is: what a call taker says aloud, and what they should know.
    script = LocalizedField(default=dict, db_default={})
    note = LocalizedField(default=dict, db_default={})
    # What people who ask this often ask next.
    related = models.ManyToManyField("self", symmetrical=False, related_name="related_from", blank=True)
    # From this moment on nobody is shown it.
    valid_until = models.DateTimeField(null=True, blank=True)
    published = models.BooleanField(default=True)
    updated_at = models.DateTimeField(db_default=AppNow())
    # Grows by one with each change that is published, so that an answer can name the version it was given from.
    version = models.PositiveIntegerField(default=1, db_default=1)
    # {"title": {…}, "body": {…}, "services": [codes]}; null: nothing waits.
    draft = models.JSONField(null=True, blank=True)
    # Who changed the draft last, and so, where the city asks for a second person, can't publish it.
    draft_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # Who keeps it right, and when they look at it next.
    owner = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    # When somebody last said that it is still right.
    reviewed_on = models.DateField(null=True, blank=True)
    review_on = models.DateField(null=True, blank=True)
    # On which day its owner got the email about that.
    review_noticed_on = models.DateField(null=True, blank=True)
    # Counts edits, so that two editors find each other's.
    revision = models.PositiveIntegerField(default=1, db_default=1)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="article_code_unique")]

    def __str__(self) -> str:
        return localized(self.title)


class ArticleProblem(models.Model):
    """A member of staff says that an article is wrong. It's marked wherever staff read it until somebody has mended it."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="problems", db_index=False)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    # What is wrong, if they said so; and of which version.
    text = models.CharField(max_length=500, blank=True)
    version = models.PositiveIntegerField()
    created_at = models.DateTimeField(db_default=AppNow())
    mended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["article"], condition=Q(mended_at=None), name="article_problem_open")]


class ArticleFeedback(models.Model):
    """What a resident missed in an article that didn't answer their question, with no link to any person.

    Its owner reads it; it's never published, and deleted after 30 days (actions/answers/article_feedback.py).
    """

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="feedback")
    # Personal data was taken out.
    text = models.CharField(max_length=500)
    language = models.CharField(max_length=12)
    created_at = models.DateTimeField(db_default=AppNow())


class SettledSearch(models.Model):
    """What was done about words that nothing answered, so that nobody is shown them again."""

    class How(models.TextChoices):
        # An article has the words now. If people still don't find it, they come back.
        ADDED = "added"
        NOT_OURS = "not_ours"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+", db_index=False)
    text = models.CharField(max_length=80)
    how = models.CharField(max_length=10, choices=How.choices)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    settled_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "text"], name="settled_search_unique")]


class SearchDocument(models.Model):
    """One row for each object and language, so that adding a language needs no migration."""

    class Kind(models.TextChoices):
        SERVICE = "service"
        ARTICLE = "article"
        # An article that residents may not read.
        FOR_STAFF = "for_staff"
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
