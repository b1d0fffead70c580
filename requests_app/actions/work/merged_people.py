"""The people of a merged request in the one it was merged into: who gets its updates, and who is counted.

Somebody who is known on both sides, by a device or a verified address, counts once: as a reporter of both, or as one who reported
one of them and selected "Me too" on the other. Two votes of one device look unrelated, so those are only found when it votes again.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from requests_app.models import Participation, RequestVote, ServiceRequest
from requests_app.rules.following import votes

# Subscribes the people of one request to another, and says by what those counted on each side were known before.
JOIN = """
WITH joined AS (
  INSERT INTO requests_app_participation (person_id, service_request_id, role, contact_point_id, cadence)
  SELECT person_id, %(parent)s, %(role)s, contact_point_id, cadence FROM requests_app_participation
  WHERE service_request_id = %(child)s AND unsubscribed_at IS NULL ORDER BY id
  ON CONFLICT DO NOTHING),
counted AS (
  SELECT DISTINCT service_request_id, person_id FROM requests_app_participation
  WHERE service_request_id IN (%(parent)s, %(child)s) AND role = ANY(%(counted)s))
SELECT counted.service_request_id, counted.person_id, 'address', point.normalized
FROM counted JOIN requests_app_contactpoint point ON point.person_id = counted.person_id
WHERE point.kind = 'email' AND point.verified_at IS NOT NULL
UNION ALL
SELECT counted.service_request_id, counted.person_id, 'device', draft.visitor_hash
FROM counted JOIN requests_app_accesslink link ON link.person_id = counted.person_id
JOIN requests_app_draft draft ON draft.service_request_id = link.service_request_id AND draft.typed ->> 'link' = link.id::text
"""
Contacts = dict[int, set[tuple[str, str]]]


def join(service_request: ServiceRequest, parent: ServiceRequest, *, twice: int | None = None) -> int:
    """Subscribes the people of a merged request to the parent's updates, and counts them there.

    Returns how many were counted there already: leave() needs the number. twice: that number, if they are joined again.
    """
    parameters: dict[str, Any] = {
        "parent": parent.pk,
        "child": service_request.pk,
        "role": Participation.Role.AFFECTED,
        "counted": list(votes.COUNTED_ROLES),
    }
    sides: defaultdict[int, Contacts] = defaultdict(lambda: defaultdict(set))
    with connection.cursor() as cursor:
        cursor.execute(JOIN, parameters)
        for request_id, person_id, kind, value in cursor.fetchall():
            sides[request_id][person_id].add((kind, value))
    if twice is None:
        twice = _on_both_sides(service_request, parent, sides[service_request.pk], sides[parent.pk])
    ServiceRequest.objects.filter(pk=parent.pk).update(
        people_count=F("people_count") + service_request.people_count - twice,
        me_too_count=F("me_too_count") + service_request.me_too_count,
    )
    return twice


def leave(service_request: ServiceRequest, parent: ServiceRequest) -> None:
    """Counts them no longer in the parent, nor in what it was merged into."""
    twice = known_twice(service_request)
    above: ServiceRequest | None = parent
    while above is not None:
        ServiceRequest.objects.filter(pk=above.pk).update(
            people_count=Greatest(1, F("people_count") - service_request.people_count + twice),
            me_too_count=Greatest(0, F("me_too_count") - service_request.me_too_count),
        )
        above = above.duplicate_of


def known_twice(service_request: ServiceRequest) -> int:
    """How many of its people were counted in the other one already when it was last merged."""
    merged = service_request.events.filter(kind="merged").order_by("-id").values_list("data", flat=True)
    return int((merged.first() or {}).get("known_twice", 0))


def _on_both_sides(child: ServiceRequest, parent: ServiceRequest, joining: Contacts, there: Contacts) -> int:
    keys = set().union(*there.values())
    both = {person for person, known in joining.items() if known & keys}
    matched = set().union(*(joining[person] for person in both))
    rest = [
        (parent, [known for person, known in joining.items() if person not in both]),
        (child, [known for known in there.values() if not known & matched]),
    ]
    return len(both) + sum(_voted(voted_on, people) for voted_on, people in rest)


def _voted(service_request: ServiceRequest, people: Iterable[set[tuple[str, str]]]) -> int:
    """How many of these people have voted on it, or on what was merged into it."""
    hashes = [[value for kind, value in known if kind == "device"] for known in people]
    if not service_request.me_too_count or not any(hashes):
        return 0
    pks, kind = votes.with_merged(service_request.pk), RequestVote.Kind.ME_TOO
    devices = [{votes.device_of(one, kind, pk) for one in of_person for pk in pks} for of_person in hashes]
    found = RequestVote.objects.filter(service_request__in=pks, kind=kind, device__in=set().union(*devices))
    voted = set(found.values_list("device", flat=True))
    return sum(not voted.isdisjoint(of_person) for of_person in devices)
