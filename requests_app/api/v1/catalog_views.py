"""The addresses of the catalog: categories, services, articles and suggestions."""

from rest_framework.request import Request
from rest_framework.response import Response

from requests_app.api.framework.parameters import Parameter
from requests_app.api.v1 import catalog, examples
from requests_app.api.v1.base import V1View
from requests_app.api.v1.operations import Answer, Operation, operation

# The catalog changes rarely.
KEEP_S = 300


class Categories(V1View):
    keep_s = KEEP_S

    @operation(
        Operation(
            id="listCategories",
            tag="Catalog",
            summary="List categories",
            description="Lists the groups of services, in the city’s order.",
            answer=Answer("Categories", "The whole list.", {"results": [examples.CATEGORY]}),
        )
    )
    def get(self, request: Request) -> Response:
        return Response({"results": catalog.categories(self.jurisdiction)})


class Services(V1View):
    keep_s = KEEP_S

    @operation(
        Operation(
            id="listServices",
            tag="Catalog",
            summary="List services",
            description="Lists what can be reported, in the city’s order.",
            query=(Parameter("category", "The code of a category.", example="streets"),),
            answer=Answer("Services", "The whole list.", {"results": [examples.SERVICE_ROW]}),
        )
    )
    def get(self, request: Request) -> Response:
        return Response({"results": catalog.services(self.jurisdiction, self.query["category"])})


class OneService(V1View):
    keep_s = KEEP_S

    @operation(
        Operation(
            id="getService",
            tag="Catalog",
            summary="Get a service",
            description="One service with its questions: as a list for a form, and as JSON Schema 2020-12 for a validator.",
            answer=Answer("Service", "The service.", examples.SERVICE),
        )
    )
    def get(self, request: Request, service_code: str) -> Response:
        return Response(catalog.service(self.jurisdiction, service_code))


class Articles(V1View):
    @operation(
        Operation(
            id="listArticles",
            tag="Catalog",
            summary="List articles",
            description="Lists answers to questions that need no report.",
            answer=Answer("Articles", "The whole list.", {"results": [examples.ARTICLE_ROW]}),
        )
    )
    def get(self, request: Request) -> Response:
        return Response({"results": catalog.articles(self.jurisdiction)})


class OneArticle(V1View):
    @operation(
        Operation(
            id="getArticle",
            tag="Catalog",
            summary="Get an article",
            description="One article with its text.",
            answer=Answer("Article", "The article.", examples.ARTICLE),
        )
    )
    def get(self, request: Request, article_code: str) -> Response:
        return Response(catalog.article(self.jurisdiction, article_code))


class Suggestions(V1View):
    @operation(
        Operation(
            id="suggest",
            tag="Catalog",
            summary="Suggest services for a text",
            description="Suggests services and articles that match what someone wrote. Offer them; don’t choose for the "
            "person. If the text clearly describes danger, only `emergency` is set: show that, and offer "
            "nothing else.",
            query=(Parameter("q", "The person’s text.", example="hole in the street", required=True, most=1000),),
            answer=Answer(
                "Suggestions",
                "The matches, which may be empty.",
                {"emergency": None, "services": [examples.SERVICE_ROW], "articles": [examples.ARTICLE_ROW]},
            ),
        )
    )
    def get(self, request: Request) -> Response:
        return Response(catalog.suggested(self.jurisdiction, self.query["q"]))
