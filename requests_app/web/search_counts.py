"""Counts searches that found nothing, once a day for the same words of one network, on whichever pages they were typed."""

from requests_app.actions.answers import article_counts
from requests_app.city_request import CityRequest
from requests_app.core import limits
from requests_app.rules.alarms.screening import plain

AN_HOUR = 60


def count_unmatched(request: CityRequest, text: str) -> None:
    """text: what neither a service nor an article matched."""
    if not article_counts.may_count(text) or not limits.allow(request, "search", AN_HOUR):
        return
    same = limits.hashed(f"{request.jurisdiction.pk}:{plain(text)}")
    if limits.allow_key(f"search:{limits.network_key(request)}:{same}", most=1, per_s=limits.DAY):
        article_counts.not_found(request.jurisdiction, text)
