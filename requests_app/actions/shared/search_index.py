"""Keeps SearchDocument up to date, by language."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper

from requests_app.clock import AppNow
from requests_app.models import Article, Jurisdiction, OutboxRow, SearchDocument, Service, ServiceRequest
from requests_app.places.public_place import LISTED_BY_PLACE, block_address

BATCH = 500


def index_row(row: OutboxRow) -> None:
    if row.service_request_id is not None:
        index_request(row.service_request_id)


def index_request(pk: int) -> None:
    index_requests([pk])


@transaction.atomic
def index_requests(pks: Collection[int]) -> None:
    """Indexes public requests only, by text and block: nobody can search for the reports about one house."""
    # Lock in order of id, as merging does. Without the lock a request hidden meanwhile could be indexed with its old text.
    locks = ServiceRequest.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
    list(locks.values_list("pk"))
    SearchDocument.objects.filter(kind=SearchDocument.Kind.REQUEST, object_id__in=pks).delete()
    columns = ("pk", "jurisdiction_id", "language", "service_version__name", "description", "public_address", "listed")
    listed = ExpressionWrapper(LISTED_BY_PLACE, output_field=BooleanField())
    requests = ServiceRequest.objects.public().filter(pk__in=pks).annotate(listed=listed)
    SearchDocument.objects.bulk_create(
        SearchDocument(
            jurisdiction_id=city,
            kind=SearchDocument.Kind.REQUEST,
            object_id=pk,
            language=language,
            title=name.get(language) or name.get("en", ""),
            text="\n".join([text, block_address(address)]) if is_listed else text,
        )
        for pk, city, language, name, text, address, is_listed in requests.values_list(*columns)
    )


def index_all_requests(jurisdiction: Jurisdiction) -> int:
    """Reindexes all requests in batches, without blocking writes, after a release or a catalog change. Returns how many."""
    requests = ServiceRequest.objects.in_jurisdiction(jurisdiction).order_by("pk").values_list("pk", flat=True)
    count = last = 0
    while pks := list(requests.filter(pk__gt=last)[:BATCH]):
        index_requests(pks)
        count, last = count + len(pks), pks[-1]
    return count


@transaction.atomic
def index_catalog(jurisdiction: Jurisdiction) -> None:
    """Reindexes services and articles in each of the city's languages, after the catalog was imported or edited."""
    old = SearchDocument.objects.filter(jurisdiction=jurisdiction)
    of_articles = [SearchDocument.Kind.ARTICLE, SearchDocument.Kind.FOR_STAFF]
    old.filter(kind__in=[SearchDocument.Kind.SERVICE, *of_articles]).delete()
    documents = []
    for service in Service.objects.filter(jurisdiction=jurisdiction, active=True).select_related("current"):
        version = service.current
        if version is None or version.visibility == version.Visibility.STAFF:
            continue
        for language in jurisdiction.languages:
            words = version.keywords.get(language, [])
            documents.append(
                SearchDocument(
                    jurisdiction=jurisdiction,
                    kind=SearchDocument.Kind.SERVICE,
                    object_id=service.pk,
                    language=language,
                    title=version.name.get(language, ""),
                    phrases=[*words, *version.asked.get(language, [])],
                    text="\n".join([*words, version.description.get(language, "")]),
                )
            )
    for article in Article.objects.valid().filter(jurisdiction=jurisdiction).defer("script", "note"):
        is_public = article.audience == Article.Audience.EVERYONE
        for language in jurisdiction.languages:
            if article.title.get(language):
                documents.append(
                    SearchDocument(
                        jurisdiction=jurisdiction,
                        kind=SearchDocument.Kind.ARTICLE if is_public else SearchDocument.Kind.FOR_STAFF,
                        object_id=article.pk,
                        language=language,
                        title=article.title[language],
                        phrases=article.asked.get(language, []),
                        text=article.body.get(language, ""),
                    )
                )
    SearchDocument.objects.bulk_create(documents, batch_size=500)


def index_expired() -> None:
    """Takes articles that have expired out of the index. Nobody is shown them before that either: they only take places."""
    expired = Article.objects.filter(valid_until__lte=AppNow()).values("pk")
    documents = SearchDocument.objects.filter(
        kind__in=[SearchDocument.Kind.ARTICLE, SearchDocument.Kind.FOR_STAFF], object_id__in=expired
    )
    cities = documents.order_by().values("jurisdiction")
    for jurisdiction in Jurisdiction.objects.filter(pk__in=cities).defer("boundary").order_by("pk"):
        index_catalog(jurisdiction)
