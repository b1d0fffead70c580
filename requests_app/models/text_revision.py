"""Revisions of public text: edited by its author or hidden by staff, with the earlier text so that it can be restored."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.people import Person, User
from requests_app.models.photo import Photo
from requests_app.models.service_request import Answer, Comment, ServiceRequest


class TextRevision(models.Model):
    """One change of one text: the description, the place note, an answer, a comment or a photo's description. Unlike an event,
    it can be erased."""

    class Field(models.TextChoices):
        DESCRIPTION = "description"
        PLACE_NOTE = "place_note"
        ANSWER = "answer"
        COMMENT = "comment"
        PHOTO = "photo"

    service_request = models.ForeignKey(ServiceRequest, on_delete=models.CASCADE, related_name="text_revisions")
    field = models.CharField(max_length=12, choices=Field.choices)
    answer = models.ForeignKey(Answer, on_delete=models.CASCADE, null=True, blank=True, related_name="revisions")
    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, null=True, blank=True, related_name="revisions")
    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, null=True, blank=True, related_name="revisions")
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    # A code: edited (by its author); personal_data, abuse, threat, other; restore (of text that was edited again since).
    reason = models.CharField(max_length=20)
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(db_default=AppNow())
    restored_at = models.DateTimeField(null=True, blank=True)
    restored_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["service_request", "-id"], name="text_revision_of_request")]
