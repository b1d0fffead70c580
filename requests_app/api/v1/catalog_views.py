"""The addresses of the catalog: categories, services, articles and suggestions."""

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.v1 import catalog
from requests_app.api.v1.base import V1View
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

TAGS = ["Catalog"]
# The catalog changes rarely.
KEEP_S = 300


class Categories(V1View):
    keep_s = KEEP_S

    @extend_schema(
        operation_id="listCategories",
        tags=TAGS,
        summary="List categories",
        description="Lists the groups of services, in the city’s order.",
        request=None,
        responses={200: OpenApiResponse(CategoriesSerializer, "The whole list.")},
    )
    def get(self, request: Request) -> Response:
        return self.answer({"results": catalog.categories(self.jurisdiction)})


class Services(V1View):
    keep_s = KEEP_S

    @extend_schema(
        operation_id="listServices",
        tags=TAGS,
        summary="List services",
        description="Lists what can be reported, in the city’s order.",
        request=None,
        parameters=[ServicesQuerySerializer],
        responses={200: OpenApiResponse(ServicesSerializer, "The whole list.")},
    )
    def get(self, request: Request) -> Response:
        return self.answer({"results": catalog.services(self.jurisdiction, self.query["category"])})


class OneService(V1View):
    keep_s = KEEP_S

    @extend_schema(
        operation_id="getService",
        tags=TAGS,
        summary="Get a service",
        description="One service with its questions: as a list for a form, and as JSON Schema 2020-12 for a validator.",
        request=None,
        responses={200: OpenApiResponse(ServiceSerializer, "The service.")},
    )
    def get(self, request: Request, service_code: str) -> Response:
        return self.answer(catalog.find(self.jurisdiction, service_code))


class Articles(V1View):
    @extend_schema(
        operation_id="listArticles",
        tags=TAGS,
        summary="List articles",
        description="Lists answers to questions that need no report.",
        request=None,
        responses={200: OpenApiResponse(ArticlesSerializer, "The whole list.")},
    )
    def get(self, request: Request) -> Response:
        return self.answer({"results": catalog.articles(self.jurisdiction)})


class OneArticle(V1View):
    @extend_schema(
        operation_id="getArticle",
        tags=TAGS,
        summary="Get an article",
        description="One article with its text.",
        request=None,
        responses={200: OpenApiResponse(ArticleSerializer, "The article.")},
    )
    def get(self, request: Request, article_code: str) -> Response:
        return self.answer(catalog.find_article(self.jurisdiction, article_code))


class Suggestions(V1View):
    @extend_schema(
        operation_id="suggest",
        tags=TAGS,
        summary="Suggest services for a text",
        description="Suggests services and articles that match what someone wrote. Offer them; don’t choose for the "
        "person. If the text clearly describes danger, only `emergency` is set: show that, and offer "
        "nothing else.",
        request=None,
        parameters=[SuggestionsQuerySerializer],
        responses={200: OpenApiResponse(SuggestionsSerializer, "The matches, which may be empty.")},
    )
    def get(self, request: Request) -> Response:
        return self.answer(catalog.suggested(self.jurisdiction, self.query["q"]))
