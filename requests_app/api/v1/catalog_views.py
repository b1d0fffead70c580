"""The addresses of the catalog: categories, services, articles and suggestions."""

from collections.abc import Iterable
from typing import Any

from requests_app.api.v1 import catalog
from requests_app.api.v1.catalog_serializers import (
    ArticleSerializer,
    ArticlesSerializer,
    CategoriesSerializer,
    ServiceSerializer,
    ServicesQuerySerializer,
    ServicesSerializer,
    SuggestionsQuerySerializer,
    SuggestionsSerializer,
)
from requests_app.api.v1.generics import DetailView, ListView
from requests_app.models import Article, Category, ServiceVersion

TAG = "Catalog"
# The catalog changes rarely.
KEEP_S = 300


class Categories(ListView):
    """Lists the groups of services, in the city’s order."""

    tag, operation_id, summary = TAG, "listCategories", "List categories"
    serializer_class, keep_s = CategoriesSerializer, KEEP_S

    def get_queryset(self) -> Iterable[Category]:
        return catalog.categories(self.jurisdiction)


class Services(ListView):
    """Lists what can be reported, in the city’s order."""

    tag, operation_id, summary = TAG, "listServices", "List services"
    query_class, serializer_class, keep_s = ServicesQuerySerializer, ServicesSerializer, KEEP_S

    def get_queryset(self) -> Iterable[ServiceVersion]:
        return catalog.services(self.jurisdiction, self.query["category"])


class OneService(DetailView):
    """One service with its questions: as a list for a form, and as JSON Schema 2020-12 for a validator."""

    tag, operation_id, summary, response_text = TAG, "getService", "Get a service", "The service."
    serializer_class, keep_s = ServiceSerializer, KEEP_S

    def get_object(self) -> ServiceVersion:
        return catalog.find(self.jurisdiction, self.kwargs["service_code"])


class Articles(ListView):
    """Lists answers to questions that need no report."""

    tag, operation_id, summary = TAG, "listArticles", "List articles"
    serializer_class = ArticlesSerializer

    def get_queryset(self) -> Iterable[Article]:
        return catalog.articles(self.jurisdiction)


class OneArticle(DetailView):
    """One article with its text."""

    tag, operation_id, summary, response_text = TAG, "getArticle", "Get an article", "The article."
    serializer_class = ArticleSerializer

    def get_object(self) -> Article:
        return catalog.find_article(self.jurisdiction, self.kwargs["article_code"])


class Suggestions(DetailView):
    """Suggests services and articles that match what someone wrote. Offer them; don’t choose for the person. If the text
    clearly describes danger, only `emergency` is set: show that, and offer nothing else."""

    tag, operation_id, summary = TAG, "suggest", "Suggest services for a text"
    query_class, serializer_class = SuggestionsQuerySerializer, SuggestionsSerializer
    response_text = "The matches, which may be empty."

    def get_object(self) -> dict[str, Any]:
        return catalog.suggested(self.jurisdiction, self.query["q"])
