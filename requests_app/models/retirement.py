"""A service that is being retired: where what belongs to it goes, and how far that is."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.catalog import Service
from requests_app.models.people import User


class Retirement(models.Model):
    """Residents can't use the service from the first moment; a worker moves the rest batch by batch."""

    service = models.OneToOneField(Service, on_delete=models.CASCADE, related_name="retirement")
    # Where its pages, short links and signs lead, and what its rules and articles are about from now on.
    successor = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # False: open requests stay with the retired service until they are closed.
    moves_requests = models.BooleanField(default=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(db_default=AppNow())
    # How many batches of open requests were done, and how many requests were moved.
    batches = models.PositiveIntegerField(default=0)
    moved = models.PositiveIntegerField(default=0)
    done_at = models.DateTimeField(null=True, blank=True)
    # What it takes to bring the service back: {"was_active", "rules": all as they were, "links": ids, "articles": whether the
    # successor had it, by code}. Null: it was retired before this was kept.
    kept = models.JSONField(null=True, blank=True)
