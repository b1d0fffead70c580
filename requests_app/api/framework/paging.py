"""Where the next page of an answer is, in its header Link (RFC 8288)."""

from urllib.parse import urlencode

from django.http import QueryDict

# Never repeated in an address that we write.
SECRET = {"api_key"}


def link(address: str, query: QueryDict, rel: str, **changed: object) -> str:
    """Returns `<address?…>; rel="next"`, with the query as it was sent except for what changed."""
    kept = [(name, value) for name, values in query.lists() if name not in SECRET | changed.keys() for value in values]
    return f'<{address}?{urlencode([*kept, *changed.items()])}>; rel="{rel}"'
