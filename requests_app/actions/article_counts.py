"""Counts “That answers my question”: by day, article and service, with no link to any person."""

from django.db import connection

from requests_app.actions import drafts
from requests_app.clock import app_now
from requests_app.models import Article, Draft, ServiceVersion

COUNT = """
INSERT INTO requests_app_answeredcount AS counted (jurisdiction_id, day, article_code, service_code, value)
VALUES (%s, %s, %s, %s, 1)
ON CONFLICT (jurisdiction_id, day, article_code, service_code) DO UPDATE SET value = counted.value + 1
"""


def answered(draft: Draft, article: Article, version: ServiceVersion | None) -> None:
    """Deletes the draft and counts it once, however often the button is clicked. version: the report it spared, if known."""
    if not drafts.delete([draft]) or draft.tester_id is not None:
        return
    day = app_now().astimezone(draft.jurisdiction.zone).date()
    code = version.service.service_code if version else ""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [draft.jurisdiction.pk, day, article.code, code])
