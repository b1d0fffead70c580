"""What a request was before a staff action, as long as the action can be undone."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.event import Event
from requests_app.models.service_request import ServiceRequest


class UndoState(models.Model):
    """Codes, ids, times and numbers only. Deleted within hours (see actions/privacy/expiry.py)."""

    # The event of the action, whose user is the only one who can undo it.
    event = models.OneToOneField(Event, on_delete=models.DO_NOTHING, related_name="undo_state")
    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="+")
    # The request that this one was merged into or unmerged from.
    parent = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, null=True, related_name="+")
    # Columns of the request, and of its clocks by id, as they were.
    columns = models.JSONField()
    clocks = models.JSONField()
    # What the action created, by id. Events include those of the parent.
    events = models.JSONField(default=list)
    comments = models.JSONField(default=list)
    photos = models.JSONField(default=list)
    participations = models.JSONField(default=list)
    created_at = models.DateTimeField(db_default=AppNow())
