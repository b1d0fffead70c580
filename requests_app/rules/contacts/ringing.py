"""What rings at a taker's telephone, in one statement that also asks whether their session goes on.

It is asked every 1.5 seconds for each taker. PostgreSQL holds the calls anyway, since what is sent of them comes in any order and a
missed one must not be lost; an index that holds a day of calls answers in a fraction of a millisecond, also while Redis is down.
"""

import hashlib
from dataclasses import dataclass

from django.db import connection

from requests_app.models import Jurisdiction

# A call that was neither answered nor ended for so long isn't heard of anymore.
RINGS_FOR = "10 minutes"
# How long the contact of a call that was just answered is offered.
OFFERED_FOR = "1 minute"
_ASK = """
SELECT call.call_id, call.caller_number, call.line, contact.number, call.is_practice
FROM (
  SELECT 1 FROM requests_app_staffsession AS session
  JOIN django_session AS stored USING (session_key)
  JOIN requests_app_user AS taker ON taker.id = session.user_id AND taker.is_active
  WHERE session.user_id = %(user)s AND session.jurisdiction_id = %(city)s AND stored.expire_date > app_now()
    AND left(encode(sha256(session.session_key::bytea), 'hex'), 24) = %(session)s
) AS session
LEFT JOIN (
  requests_app_phonecall AS call LEFT JOIN requests_app_contact AS contact ON contact.id = call.contact_id
) ON call.jurisdiction_id = %(city)s AND call.rung_at > app_now() - %(rings_for)s::interval AND call.ended_at IS NULL AND (
  call.answered_at IS NULL AND %(user)s = ANY(call.rings_at)
  OR contact.taker_id = %(user)s AND contact.closed_at IS NULL AND call.answered_at > app_now() - %(offered_for)s::interval
)
ORDER BY call.rung_at, call.id
"""


@dataclass(frozen=True)
class Ringing:
    """caller and line: as they were sent. contact: its number, if the taker has answered already."""

    call_id: str
    caller: str
    line: str
    contact: str
    is_practice: bool


def session_name(session_key: str) -> str:
    """Says which session, and doesn't let anybody in."""
    return hashlib.sha256(session_key.encode()).hexdigest()[:24]


def at(user_id: int, jurisdiction: Jurisdiction, session: str) -> list[Ringing] | None:
    """The oldest first; None if the session has ended. session: its session_name()."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ASK,
            {
                "user": user_id,
                "city": jurisdiction.pk,
                "session": session,
                "rings_for": RINGS_FOR,
                "offered_for": OFFERED_FOR,
            },
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    return [
        Ringing(call_id, caller, line, contact or "", practice)
        for call_id, caller, line, contact, practice in rows
        if call_id
    ]
