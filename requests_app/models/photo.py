"""Photos: always re-encoded. The original file is never kept."""

from typing import Any, ClassVar

from django.contrib.gis.db import models
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex

from requests_app.clock import AppNow
from requests_app.models.draft import Draft
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.service_request import ServiceRequest


class Photo(models.Model):
    """A photo of a draft, then of its request. Photos sent with the API have neither until the report is stored."""

    class Kind(models.TextChoices):
        REPORT = "report"
        WORK = "work"
        # By someone on another team who went to look (EndingCheck).
        CHECK = "check"

    class Stage(models.TextChoices):
        BEFORE = "before"
        AFTER = "after"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.PROTECT, related_name="+")
    draft = models.ForeignKey(Draft, on_delete=models.CASCADE, null=True, blank=True, related_name="photos")
    service_request = models.ForeignKey(
        ServiceRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="photos"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.REPORT)
    # Of a photo of the work: whether it was taken before or after it; empty if nobody said.
    stage = models.CharField(max_length=6, choices=Stage.choices, blank=True, db_default="")
    # Unguessable, used in URLs and file names: photos/<first two>/<name>.jpg and …/<name>-small.jpg.
    name = models.CharField(max_length=40, unique=True)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    alt = models.CharField(max_length=300, blank=True)
    is_private = models.BooleanField(default=False)
    # When and where it was taken, from the file's metadata. Kept only if the sender agreed, and never public.
    taken_at = models.DateTimeField(null=True, blank=True)
    taken_point = models.PointField(null=True, blank=True)
    # What it looks like (rules/report/same_picture.py); none until a worker has computed it, and of pictures that say too little.
    picture_hash = models.BigIntegerField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    # Why staff hid it (a code). "unchecked": it may show people and waits for review.
    hidden_reason = models.CharField(max_length=20, blank=True, db_default="")
    created_at = models.DateTimeField(db_default=AppNow())

    # On a request's page: a UsedBefore of rules/report/same_picture.py.
    used_before: Any = None

    class Meta:
        indexes: ClassVar = [
            GinIndex(
                models.Func("picture_hash", function="picture_bands", output_field=ArrayField(models.IntegerField())),
                name="photo_picture",
                condition=models.Q(picture_hash__isnull=False),
            ),
        ]

    @property
    def path(self) -> str:
        return f"photos/{self.name[:2]}/{self.name}.jpg"

    @property
    def small_path(self) -> str:
        return f"photos/{self.name[:2]}/{self.name}-small.jpg"
