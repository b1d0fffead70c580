"""Whose session is whose, so that it can be ended at once. Django's own rows don't say it."""

from django.contrib.sessions.models import Session

from requests_app.models import Jurisdiction, StaffSession, User


def record(session_key: str, user: User, jurisdiction: Jurisdiction | None, *, provider_session: str = "") -> None:
    StaffSession.objects.update_or_create(
        session_key=session_key,
        defaults={"user": user, "jurisdiction": jurisdiction, "provider_session": provider_session},
    )


def end(user: User, jurisdiction: Jurisdiction | None = None, *, provider_session: str = "") -> int:
    """Ends the user's sessions, in one city if given; only the one that the provider calls so, if given. Returns how many."""
    sessions = StaffSession.objects.filter(user=user)
    if jurisdiction is not None:
        sessions = sessions.filter(jurisdiction=jurisdiction)
    if provider_session:
        sessions = sessions.filter(provider_session=provider_session)
    keys = list(sessions.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    return StaffSession.objects.filter(session_key__in=keys).delete()[0]


def users_of(jurisdiction: Jurisdiction, provider_session: str) -> list[int]:
    """The ids of those whose session the provider calls so."""
    sessions = StaffSession.objects.filter(jurisdiction=jurisdiction, provider_session=provider_session)
    return list(sessions.exclude(provider_session="").values_list("user_id", flat=True))
