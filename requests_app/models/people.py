"""People: staff are Users, residents are Persons. An unverified address never links two requests to one person."""

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import OpClass
from django.db import models

from requests_app.clock import AppNow
from requests_app.core.localized import LocalizedField
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.signed_row import SignedRow

if TYPE_CHECKING:
    from requests_app.models.api_key import ApiKey


# A name as names are compared: without accents, in lower case.
NAME_KEY = "lower(without_accents(%(expressions)s))"


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class AfterAction(models.TextChoices):
    NEXT = "next"
    STAY = "stay"
    LIST = "list"


class User(AbstractBaseUser, PermissionsMixin):
    """A member of staff. Permissions come from memberships, never from is_superuser alone."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=12, default="en")
    is_active = models.BooleanField(default=True)
    # Keys such as j and k on staff pages. Some people's aids type letters by themselves.
    uses_keys = models.BooleanField(default=True, db_default=True)
    # Those chosen instead of the desk's usual keys, by command (staff_app/desk/keys.py).
    desk_keys = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()), blank=True)
    # How the queue looks: the columns besides the usual ones (staff_app/queue/columns.py), and rows of two lines.
    queue_columns = ArrayField(models.CharField(max_length=20), db_default=["quiet"])
    queue_is_roomy = models.BooleanField(default=False, db_default=False)
    # Where an action leads on a request that was opened from a list.
    after_action = models.CharField(
        max_length=4, choices=AfterAction.choices, default=AfterAction.NEXT, db_default=AfterAction.NEXT
    )
    created_at = models.DateTimeField(db_default=AppNow(), editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]
    objects = UserManager()
    # The API key through which this user acts in this request, if a program does it for them.
    through: "ApiKey | None" = None
    # No person and no row: what an administrator sees pages as (staff_app/see_as_role.py).
    is_role = False

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.Model):
    """A named set of permissions (see rules/people/permissions.py) that a city can edit."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="roles")
    code = models.SlugField(max_length=40)
    name = LocalizedField(default=dict)
    permissions = ArrayField(models.CharField(max_length=40), default=list)
    # Its members set up a second step (an authenticator app) before they open anything else.
    requires_second_step = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["jurisdiction", "code"], name="role_code_unique")]

    def __str__(self) -> str:
        return self.code


class Membership(models.Model):
    """A user's role in one department, or in the whole city if there is no department."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="memberships")
    department = models.ForeignKey(
        "requests_app.Department", on_delete=models.CASCADE, null=True, blank=True, related_name="memberships"
    )
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="memberships")
    # Given by a group of the city's single sign-on, which takes it away as well.
    is_from_group = models.BooleanField(default=False, db_default=False)
    # The time of the statement that loaded it, where a queryset adds it (see permissions.memberships_of).
    loaded_at: dt.datetime
    # Of a role that an administrator sees pages as: their own memberships. Nothing is shown that these don't show, too.
    seen_within: "list[Membership] | None" = None

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["user", "jurisdiction", "department", "role"],
                nulls_distinct=False,
                name="membership_unique",
            ),
        ]


class Person(models.Model):
    """A resident, in one jurisdiction. Can be erased: events refer to the id and contain no names."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="people")
    name = models.CharField(max_length=200, blank=True)
    # Only for services that are required to ask for it by law.
    postal_address = models.CharField(max_length=300, blank=True, db_default="")
    language = models.CharField(max_length=12, default="en")
    may_be_called = models.BooleanField(default=False)
    erased_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow(), editable=False)
    # The contact (id) in which a call taker does something for them right now.
    on_call: int | None = None

    class Meta:
        indexes = [
            # A name that a caller says (rules/contacts/callers.py), from its beginning.
            models.Index(
                models.F("jurisdiction"),
                OpClass(models.Func(models.F("name"), template=NAME_KEY), name="text_pattern_ops"),
                condition=~models.Q(name=""),
                name="person_by_name",
            )
        ]


class Cadence(models.TextChoices):
    """How often updates are sent: one by one, or as a daily or weekly digest."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"


class ContactPoint(SignedRow):
    class Kind(models.TextChoices):
        EMAIL = "email"
        PHONE = "phone"

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="contact_points")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    # As typed, for display; and normalized (lower-case email, E.164 number), for comparison.
    value = models.CharField(max_length=320)
    normalized = models.CharField(max_length=320)
    verified_at = models.DateTimeField(null=True, blank=True)
    bounced_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "normalized"], name="contact_point_once_a_person"),
        ]
        indexes = [models.Index(fields=["normalized", "kind"], name="contact_point_normalized")]
