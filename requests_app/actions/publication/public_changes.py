"""Numbers what changed in public, in an order that readers can rely on, and deletes what is older than 90 days.

The trap: ids and times are handed out before the commit, so a transaction that takes long appears before rows that were already
read, and a reader who goes on after the highest id never sees it. Here a row gets its number after its commit, from one numbering
at a time in each city: it holds an advisory lock until its own commit, and looks at what is pending only once it has the lock. So
the numbers become visible in their order, without gaps, and "all after number 417" skips and repeats nothing.

Why not the transaction's id (xid8) with pg_snapshot_xmin() as the horizon: a dump that is restored elsewhere meets other ids, and
one long transaction, even of another database of the server, would stop the feed of all cities. A number is a plain column: it is
in every dump, a replica replays it in the same order, and an upgrade of PostgreSQL keeps it. A cursor also carries the nonce of its
row. In a database restored to an earlier day that row is missing or has another nonce, so a reader with newer data has to start
again.
"""

import datetime as dt

from django.db import connection, transaction

from requests_app.models import Jurisdiction, PublicChange

KEPT = dt.timedelta(days=90)
NUMBERED_AT_ONCE = 1000
PRUNED_AT_ONCE = 20_000
# The first key of its advisory locks; the second is the city.
LOCK = 314
# Ids are in the order in which one request changed, since each change holds the lock on it. The clock goes on within a
# transaction: what is numbered must not seem older than its commit.
NUMBER = """
WITH last AS (
  SELECT coalesce(max(number), 0) AS number, max(at) AS at FROM (
    SELECT number, at FROM requests_app_publicchange WHERE jurisdiction_id = %(city)s AND number IS NOT NULL
    ORDER BY number DESC LIMIT 1) newest),
pending AS (
  SELECT id, row_number() OVER (ORDER BY id) AS place FROM (
    SELECT id FROM requests_app_publicchange WHERE jurisdiction_id = %(city)s AND number IS NULL
    ORDER BY id LIMIT %(most)s) oldest)
UPDATE requests_app_publicchange change
SET number = last.number + pending.place, nonce = floor(random() * 9e15)::bigint,
    at = greatest(app_now() + (clock_timestamp() - now()), last.at)
FROM pending, last WHERE change.id = pending.id
"""


def number(city: Jurisdiction, most: int = NUMBERED_AT_ONCE) -> int:
    """Numbers at most so many changes that are committed. Returns how many; none if somebody else is numbering right now."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [LOCK, city.pk])
        if not cursor.fetchone()[0]:
            return 0
        # A statement of its own: it sees what was committed before the lock.
        cursor.execute(NUMBER, {"city": city.pk, "most": most})
        return int(cursor.rowcount)


def number_all() -> None:
    """Each worker calls it every few seconds, so that reading only reads. A city that another worker numbers is left to it."""
    pending = PublicChange.objects.filter(number=None).values("jurisdiction")
    for city in Jurisdiction.objects.filter(pk__in=pending).only("pk").order_by("pk"):
        while number(city) == NUMBERED_AT_ONCE:
            pass


def delete_old(now: dt.datetime) -> None:
    """Of each city the newest row stays: the cursor of everyone who has read everything names it."""
    # Ordered by primary key, and so by age, without another index.
    rows = PublicChange.objects.order_by("pk").values_list("pk", "jurisdiction_id", "at")[:PRUNED_AT_ONCE]
    old = {pk: city for pk, city, at in rows if at is not None and at < now - KEPT}
    numbered = PublicChange.objects.filter(number__isnull=False).order_by("-number").values_list("pk", flat=True)
    newest = {numbered.filter(jurisdiction=city).first() for city in set(old.values())}
    PublicChange.objects.filter(pk__in=old.keys() - newest).delete()
