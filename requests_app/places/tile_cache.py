"""How long a map tile is kept, and how what is no longer public leaves all of a city's tiles at once."""

import time

from django.core.cache import cache
from django.db import transaction

# How long caches may keep public dots, ours and others' together.
KEPT_S = 30


def generation(jurisdiction_id: int) -> str:
    """Part of a tile's key. Another one after forget_tiles()."""
    return str(cache.get(f"tiles:{jurisdiction_id}", ""))


def forget_tiles(jurisdiction_id: int) -> None:
    """Call in the transaction that hides or moves a request."""

    def forget() -> None:
        # Longer than any tile made before it is kept.
        cache.set(f"tiles:{jurisdiction_id}", time.time_ns(), timeout=2 * KEPT_S)

    forget()
    # Once more: a tile made before the commit still has the request.
    transaction.on_commit(forget, robust=True)
