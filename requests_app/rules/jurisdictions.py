"""Which jurisdiction answers at a host."""

from django.core.cache import cache
from django.http.request import split_domain_port

from requests_app.models import Jurisdiction


def find_jurisdiction(host: str) -> Jurisdiction | None:
    """The jurisdiction that names this host, else the only one that names no hosts: every other allowed host leads to it.

    With one jurisdiction in the installation, every allowed host does. host: as the browser said it, with or without a port. An
    edit is seen everywhere within 10 s.
    """
    host = split_domain_port(host)[0]
    cached = cache.get(f"jurisdiction:{host}")
    if cached is not None:
        return cached if isinstance(cached, Jurisdiction) else None
    every = list(Jurisdiction.objects.defer("boundary").order_by("id"))
    found = next((one for one in every if host in map(str.lower, one.hosts)), None)
    if found is None:
        # A second city must not take the first one offline, which never needed a name.
        nameless = every if len(every) == 1 else [one for one in every if not one.hosts]
        found = nameless[0] if len(nameless) == 1 else None
    if found is not None:
        cache.set(f"jurisdiction:{host}", found, timeout=10)
    return found
