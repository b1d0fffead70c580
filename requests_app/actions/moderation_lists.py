"""The city's lists of links, threats and addresses: added to, removed from. What is saved counts at once."""

from django.db import IntegrityError, transaction

from requests_app.models import Jurisdiction, ModerationTerm, User


class AlreadyListed(Exception):
    """The list holds it."""


def add(jurisdiction: Jurisdiction, kind: str, value: str, *, actor: User) -> ModerationTerm:
    """value: as rules.holding and rules.banning compare it. Raises AlreadyListed."""
    try:
        # A savepoint: two administrators may add the same at once.
        with transaction.atomic():
            return ModerationTerm.objects.create(jurisdiction=jurisdiction, kind=kind, value=value, created_by=actor)
    except IntegrityError:
        raise AlreadyListed from None


def remove(term: ModerationTerm) -> None:
    ModerationTerm.objects.filter(pk=term.pk).delete()
