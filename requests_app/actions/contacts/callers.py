"""What a taker decides about who is calling, and numbers that many people use."""

from django.db import transaction

from requests_app.actions.contacts import caller_views, contacts
from requests_app.clock import app_now
from requests_app.models import Contact, Jurisdiction, Person, SharedPhone, User

NAME_MAX = 100


@transaction.atomic
def check(contact: Contact, person: Person, by: str, *, actor: User) -> None:
    """The taker made sure that this person is calling. by: one of Contact.Checked. Raises contacts.Closed."""
    contacts.change(contact, person=person, checked=by, no_person=Contact.NoPerson.NOT_ASKED)
    caller_views.log_shown(contact, actor=actor)


@transaction.atomic
def uncheck(contact: Contact, *, actor: User) -> None:
    """It's somebody else, after all. Raises contacts.Closed."""
    contacts.change(contact, person=None, checked=Contact.Checked.NOT_CHECKED)
    caller_views.log_shown(contact, actor=actor)


@transaction.atomic
def mark_shared(jurisdiction: Jurisdiction, phone: str, *, name: str, actor: User) -> SharedPhone:
    """Many people call from this number. Marking it again changes its name. phone: as contact points are compared."""
    shared, is_new = SharedPhone.objects.select_for_update().get_or_create(
        jurisdiction=jurisdiction, phone=phone, unmarked_at=None, defaults={"name": name, "marked_by": actor}
    )
    if not is_new and name and shared.name != name:
        shared.name = name
        shared.save(update_fields=["name"])
    return shared


@transaction.atomic
def unmark_shared(shared: SharedPhone, *, actor: User) -> None:
    """One person's number again. A second time changes nothing."""
    SharedPhone.objects.filter(pk=shared.pk, unmarked_at=None).update(unmarked_at=app_now(), unmarked_by=actor)
