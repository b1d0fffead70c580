"""Which jurisdiction answers at a host."""

from django.core.cache import cache
from django.http.request import split_domain_port

from requests_app.models import Jurisdiction


def find_jurisdiction(host: str) -> Jurisdiction | None:
    """The jurisdiction that this host leads to; with only one in the installation, every allowed host does.

    host: as the browser said it, with or without a port. An edit is seen everywhere within 10 s.
    """
    host = split_domain_port(host)[0]
    cached = cache.get(f"jurisdiction:{host}")
    if cached is not None:
        return cached if isinstance(cached, Jurisdiction) else None
    every = list(Jurisdiction.objects.defer("boundary").order_by("id"))
    found = next((one for one in every if host in map(str.lower, one.hosts)), None)
    if found is None and len(every) == 1:
        found = every[0]
    if found is not None:
        cache.set(f"jurisdiction:{host}", found, timeout=10)
    return found
