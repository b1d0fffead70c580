"""Creating and revoking API keys by staff, with their place in the log of setup. The log never holds a key."""

from django.db import transaction

from requests_app import api_keys
from requests_app.actions import setup_changes
from requests_app.models import ApiKey, Jurisdiction, User

KIND = "api_key"


@transaction.atomic
def create(jurisdiction: Jurisdiction, name: str, *, is_test: bool, actor: User) -> tuple[ApiKey, str]:
    """Returns the row and the plain key. Raises api_keys.NameTaken."""
    key, plain = api_keys.create(jurisdiction, name, created_by=actor, is_test=is_test)
    setup_changes.record(jurisdiction, KIND, key.pk, actor=actor, name=name, before=None, after={"is_test": is_test})
    return key, plain


@transaction.atomic
def revoke(key: ApiKey, *, actor: User) -> None:
    if api_keys.revoke(key):
        setup_changes.record(
            key.jurisdiction, KIND, key.pk, actor=actor, name=key.name, before={"is_test": key.is_test}, after=None
        )
