"""Whose database this is, what the last restore lost, and who was erased."""

from django.db import models

from requests_app.clock import AppNow


class Installation(models.Model):
    """One row. Where its id isn't that of the settings (INSTALLATION_ID), the database is a copy, and nothing leaves it."""

    installation_id = models.CharField(max_length=64, unique=True)
    # When the installation last backed it up. Of a copy, about when it was taken.
    marked_at = models.DateTimeField(db_default=AppNow())
    # The last restore: what was written after restored_to was lost, until lost_until, when it began.
    restored_to = models.DateTimeField(null=True)
    lost_until = models.DateTimeField(null=True)
    restored_at = models.DateTimeField(null=True)


class Erasure(models.Model):
    """Somebody who was erased at their own request, so that a restore can do it again. Ids and times only.

    No foreign key: the row of the person may be deleted. created_at tells a person from another one who gets the same id
    after a restore.
    """

    person_id = models.BigIntegerField()
    person_created_at = models.DateTimeField()
    # Also what they reported and wrote.
    reports_too = models.BooleanField()
    erased_at = models.DateTimeField(db_default=AppNow())
