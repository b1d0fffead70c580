"""Which jurisdiction answers at a host, and what its installation says of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache
from django.http.request import split_domain_port

from requests_app.core import once
from requests_app.models import Jurisdiction


def find_jurisdiction(host: str) -> Jurisdiction | None:
    """The jurisdiction that names this host, else the only one that names no hosts: every other allowed host leads to it.

    With one jurisdiction in the installation, every allowed host does. host: as the browser said it, with or without a port. An
    edit is seen everywhere within 10 s.
    """
    host = split_domain_port(host)[0]
    cached = cache.get(_key(host))
    if cached is not None:
        return cached if isinstance(cached, Jurisdiction) else None
    every = list(Jurisdiction.objects.defer("boundary").order_by("id"))
    found = next((one for one in every if host in map(str.lower, one.hosts)), None)
    if found is None:
        # A second city must not take the first one offline, which never needed a name.
        nameless = every if len(every) == 1 else [one for one in every if not one.hosts]
        found = nameless[0] if len(nameless) == 1 else None
    if found is not None:
        cache.set(_key(host), found, timeout=10)
    return found


def remember(jurisdiction: Jurisdiction) -> None:
    """by_id() finds it for the rest of this web request."""
    once.read(("jurisdiction", jurisdiction.pk), lambda: jurisdiction)


def by_id(pk: int) -> Jurisdiction:
    """Without its boundary, which may be a megabyte. Raises DoesNotExist."""
    return once.read(("jurisdiction", pk), lambda: Jurisdiction.objects.defer("boundary").get(pk=pk))


def forget_jurisdictions(hosts: Iterable[str]) -> None:
    """Drops what is cached for these hosts, so that the person who saved an edit sees it on the next page."""
    cache.delete_many([_key(split_domain_port(host)[0]) for host in hosts])


def _key(host: str) -> str:
    return f"jurisdiction:{host}"


@dataclass(frozen=True)
class HostProblem:
    """Why a city can't be reached at these hosts. taken: the host that leads to another city; empty: it must name one."""

    cities: list[str]
    taken: str = ""


def find_host_problem(jurisdiction_id: str, hosts: Sequence[str] | None) -> HostProblem | None:
    """What would take a city offline: a second one without hosts, or a host that leads to another one already.

    hosts: None for those that the city has.
    """
    every = {one.jurisdiction_id: one for one in Jurisdiction.objects.only("name", "jurisdiction_id", "hosts")}
    own, others = every.pop(jurisdiction_id, None), list(every.values())
    if hosts is None:
        hosts = own.hosts if own else []
    nameless = [one.name for one in others if not one.hosts]
    if not hosts and others and (own is None or nameless):
        return HostProblem([one.name for one in others])
    for other in others:
        if taken := {host.lower() for host in hosts} & {host.lower() for host in other.hosts}:
            return HostProblem([other.name], min(taken))
    return None


def page_languages(jurisdiction: Jurisdiction) -> list[str]:
    """The languages of the city's pages. Its catalog may have languages the site itself isn't translated into."""
    known = dict(settings.LANGUAGES)
    return [code for code in jurisdiction.languages if code in known] or [settings.LANGUAGE_CODE]


def is_demo(jurisdiction: Jurisdiction) -> bool:
    return settings.DEMO or jurisdiction.is_demo
