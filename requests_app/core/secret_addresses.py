"""Addresses that carry a secret, marked where they are declared.

Their pages tell no other site where a reader came from (web/secret_pages.py), and logs leave the secret out (logs.py).
"""

import re
from functools import cache

from django.urls import ResolverMatch, URLPattern

# By the name of the address: a regular expression for the part before the secret.
_marked: dict[str, str] = {}
# Also in the query of another address.
_SLASH = "(?:/|%2[Ff])"


def secret(pattern: URLPattern, argument: str = "token") -> URLPattern:
    """Marks an address whose argument lets its holder in. Only its path within the included urls.py counts: /l/, /invitation/."""
    before, found, _after = pattern.pattern.regex.pattern.partition(f"(?P<{argument}>")
    if not (pattern.name and found):
        raise ValueError(f"{pattern} has no name, or no argument {argument}.")
    before = re.sub(r"\(\?P<\w+>", "(?:", before.removeprefix("^"))
    _marked[pattern.name] = _SLASH + before.replace("/", _SLASH)
    _pattern.cache_clear()
    return pattern


def names() -> frozenset[str]:
    return frozenset(_marked)


def is_secret(match: ResolverMatch) -> bool:
    return match.url_name in _marked


def carries_secret(text: str) -> bool:
    """Whether a text contains such an address."""
    return _pattern().search(text) is not None


def without_secrets(text: str) -> str:
    """/l/<id>-<secret> becomes /l/<id>-…"""
    return _pattern().sub(r"\1…", text)


@cache
def _pattern() -> re.Pattern[str]:
    before = "|".join(sorted(set(_marked.values()))) or "(?!)"
    return re.compile(rf"((?:{before})(?:\d+-)?)[^/?&#\s\"']+")
