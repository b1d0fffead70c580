"""Drawing endings at random so that the drawing can be repeated, and who may look at one.

The order of a draw is that of SHA-256("seed:id"): with the stored seed and the ids, anybody gets the same endings again.
"""

import hashlib
from collections.abc import Collection, Iterable

from requests_app.models import Disposition

# Endings that say the problem is gone.
GONE = (Disposition.FIXED, Disposition.NOT_FOUND)
# Endings that say something which somebody who goes there can see: that it is gone, that an action left a sign, or, merged into a
# request of which one of the first was said, that this was the same problem and so is gone too.
CHECKED = (*GONE, Disposition.ACTION_TAKEN, Disposition.DUPLICATE)
# Endings by staff that say nothing of the kind. A department that flees to these shows in their number.
OTHERS = (
    Disposition.ANSWERED,
    Disposition.HANDED_OVER,
    Disposition.CANNOT_DO,
    Disposition.NO_REPLY,
    Disposition.NOT_WORKED,
)


def drawn(ids: Iterable[int], *, seed: str, count: int) -> list[int]:
    """`count` of the ids, or all if there are fewer. Doesn't depend on their order."""

    def position(pk: int) -> bytes:
        return hashlib.sha256(f"{seed}:{pk}".encode()).digest()

    return sorted(set(ids), key=position)[:count]


def may_check(
    *,
    checker: int,
    checker_teams: Collection[int],
    is_in_department: bool,
    workers: Collection[int],
    worker_teams: Collection[int],
) -> bool:
    """Whether somebody is of another team than those who did the work. worker_teams: theirs, and the request's own.

    A department without teams is one team.
    """
    if checker in workers or set(checker_teams) & set(worker_teams):
        return False
    return not is_in_department or bool(checker_teams and worker_teams)
