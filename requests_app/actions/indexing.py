"""Keeping search_document in step: what the public may find, by language."""

from django.db import transaction

from requests_app.models import Article, Jurisdiction, OutboxRow, SearchDocument, Service, ServiceRequest


def index_row(row: OutboxRow) -> None:
    if row.service_request_id is not None:
        index_request(row.service_request_id)


def index_request(pk: int) -> None:
    """Only a public request is found by its words."""
    service_request = ServiceRequest.objects.select_related("service_version").get(pk=pk)
    SearchDocument.objects.filter(kind=SearchDocument.Kind.REQUEST, object_id=pk).delete()
    if not service_request.is_public or not service_request.description:
        return
    name = service_request.service_version.name
    SearchDocument.objects.create(
        jurisdiction_id=service_request.jurisdiction_id,
        kind=SearchDocument.Kind.REQUEST,
        object_id=pk,
        language=service_request.language,
        title=name.get(service_request.language) or name.get("en", ""),
        text=f"{service_request.description}\n{service_request.public_address}",
    )


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
