"""Map files that were uploaded to replace a layer: what was found in them, and the set that was there before."""

from django.contrib.gis.db import models
from django.db.models import Q

from requests_app.clock import AppNow
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import User


class LayerImport(models.Model):
    """One uploaded file on its way: its columns are mapped, its rows checked, and the set replaced, which can be undone."""

    class Kind(models.TextChoices):
        AREAS = "areas"
        OWNERS = "owners"
        ADDRESSES = "addresses"
        ASSETS = "assets"
        BOUNDARY = "boundary"

    class State(models.TextChoices):
        UPLOADED = "uploaded"
        CHECKING = "checking"
        CHECKED = "checked"
        APPLYING = "applying"
        APPLIED = "applied"
        UNDOING = "undoing"
        UNDONE = "undone"
        # Another file came after it.
        REPLACED = "replaced"
        FAILED = "failed"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="layer_imports")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # The layer of areas ("ward"), or the kind of assets ("hydrant"); empty for the rest.
    layer = models.SlugField(max_length=40, blank=True)
    file_name = models.CharField(max_length=200)
    # Where the storage keeps it; empty once it is no longer needed.
    path = models.CharField(max_length=200, blank=True)
    size = models.BigIntegerField(default=0)
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    # What the file has: {"format", "columns", "rows": the first ones, "needs_srid", "encoding", "delimiter"}.
    found = models.JSONField(default=dict)
    # Our name to the file's column, and "srid" where the file does not say.
    mapping = models.JSONField(default=dict, blank=True)
    # {"rows", "good", "skipped", "repaired", "before", "new", "gone", "kept", "moves": […], "moved"}.
    report = models.JSONField(default=dict, blank=True)
    # The first ones: [{"row": 3, "code": "outside", "detail": ""}].
    problems = models.JSONField(default=list, blank=True)
    # Why it failed; a code.
    failure = models.CharField(max_length=40, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(db_default=AppNow())
    applied_at = models.DateTimeField(null=True, blank=True)
    # How many times work was enqueued: each one is a row of its own in the outbox.
    attempt = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["jurisdiction", "-id"], name="layer_import_newest")]


class LayerRow(models.Model):
    """One row of an uploaded file, or of the set that it replaced (`is_previous`)."""

    layer_import = models.ForeignKey(LayerImport, on_delete=models.CASCADE, related_name="rows", db_index=False)
    is_previous = models.BooleanField(default=False)
    number = models.IntegerField()
    # Our names to the row's values.
    properties = models.JSONField(default=dict)
    shape = models.GeometryField(null=True, spatial_index=False)
    # A code of imports/layer_problems.py, and its detail. Empty: the row is good, maybe after a repair.
    problem = models.CharField(max_length=30, blank=True, db_default="")
    detail = models.CharField(max_length=200, blank=True, db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["layer_import", "is_previous", "number"], name="layer_row_of_import"),
            models.Index(fields=["layer_import", "number"], condition=~Q(problem=""), name="layer_row_problems"),
        ]
