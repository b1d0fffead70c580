"""Keeping search_document in step: what the public may find, by language."""

from collections.abc import Collection

from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper

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
    """Only a public request is found by its words, and by its block: nobody can list what was reported of one house."""
    # In the order of their ids, as merging locks them: what is hidden at this moment must not come back by its old words.
    locks = ServiceRequest.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk")
    list(locks.values_list("pk"))
    SearchDocument.objects.filter(kind=SearchDocument.Kind.REQUEST, object_id__in=pks).delete()
    columns = ("pk", "jurisdiction_id", "language", "service_version__name", "description", "public_address", "listed")
    listed = ExpressionWrapper(LISTED_BY_PLACE, output_field=BooleanField())
    found = ServiceRequest.objects.public().filter(pk__in=pks).exclude(description="").annotate(listed=listed)
    SearchDocument.objects.bulk_create(
        SearchDocument(
            jurisdiction_id=city,
            kind=SearchDocument.Kind.REQUEST,
            object_id=pk,
            language=language,
            title=name.get(language) or name.get("en", ""),
            text="\n".join([words, block_address(address)]) if is_listed else words,
        )
        for pk, city, language, name, words, address, is_listed in found.values_list(*columns)
    )


def index_all_requests(jurisdiction: Jurisdiction) -> int:
    """All anew, batch by batch beside the traffic: after a release or a catalogue with another rule. How many there are."""
    requests = ServiceRequest.objects.in_jurisdiction(jurisdiction).order_by("pk").values_list("pk", flat=True)
    done = last = 0
    while pks := list(requests.filter(pk__gt=last)[:BATCH]):
        index_requests(pks)
        done, last = done + len(pks), pks[-1]
    return done


@transaction.atomic
def index_catalogue(jurisdiction: Jurisdiction) -> None:
    """Services and articles anew, in every language of the city; after an import or an edit of the catalogue."""
    old = SearchDocument.objects.filter(jurisdiction=jurisdiction)
    old.filter(kind__in=[SearchDocument.Kind.SERVICE, SearchDocument.Kind.ARTICLE]).delete()
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
                    text="\n".join([*words, version.description.get(language, "")]),
                )
            )
    for article in Article.objects.filter(jurisdiction=jurisdiction, published=True):
        for language in jurisdiction.languages:
            if article.title.get(language):
                documents.append(
                    SearchDocument(
                        jurisdiction=jurisdiction,
                        kind=SearchDocument.Kind.ARTICLE,
                        object_id=article.pk,
                        language=language,
                        title=article.title[language],
                        text=article.body.get(language, ""),
                    )
                )
    SearchDocument.objects.bulk_create(documents, batch_size=500)
