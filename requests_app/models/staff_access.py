"""How staff get in and out: invitations, sessions, leave with a stand-in, and the way from one city to another."""

from django.db import models
from django.db.models import F, Q

from requests_app.clock import AppNow
from requests_app.models.catalog import Department
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import Role, User
from requests_app.models.signed_row import SignedRow
from requests_app.models.team import Team


class Invitation(SignedRow):
    """An email with a link to become a member of staff. The link works once, for 7 days, for this address."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    # As the list had it that they were invited from; they may change it.
    name = models.CharField(max_length=200, blank=True, db_default="")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="invitations")
    department = models.ForeignKey(Department, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # They become a member of it, too.
    team = models.ForeignKey(Team, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    invited_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    # Sending it again makes a new link, and the older ones end.
    generation = models.PositiveSmallIntegerField(default=1)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    accepted_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    cancelled_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    OPEN = Q(accepted_at__isnull=True, cancelled_at__isnull=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "email"],
                condition=Q(accepted_at__isnull=True, cancelled_at__isnull=True),
                name="invitation_open_once",
            ),
        ]


class StaffSession(models.Model):
    """Whose a session is, and in which city, so that it can be ended. The session itself is Django's row."""

    session_key = models.CharField(max_length=40, primary_key=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sessions")
    # Empty: signed in where no city answers, as on the command line.
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, null=True, related_name="+")
    # The provider's id of the session, with which it can end it.
    provider_session = models.CharField(max_length=255, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        indexes = [models.Index(fields=["created_at"], name="staff_session_by_age")]


class Leave(models.Model):
    """A member of staff is away, both days included. Work goes to the stand-in, if there is one."""

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="leaves")
    starts_on = models.DateField()
    ends_on = models.DateField()
    stand_in = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["starts_on", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="leave_ends_after_start"),
            models.CheckConstraint(
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("user")), name="leave_stand_in_is_another"
            ),
        ]
        indexes = [models.Index(fields=["jurisdiction", "ends_on"], name="leave_by_end")]


class CitySwitch(SignedRow):
    """A link from one city's pages to another's, for somebody who works in both. Works once, for a minute."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        # Its name before, so that processes of both versions can run during an update.
        db_table = "requests_app_handover"
