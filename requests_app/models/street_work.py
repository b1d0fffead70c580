"""Planned work on streets, such as "Elm St is paved from June 1 to June 12"."""

from django.contrib.gis.db import models
from django.contrib.gis.measure import Distance
from django.db.models import F, Q
from django.utils.translation import gettext_lazy

from requests_app.models.jurisdiction import Jurisdiction


class StreetWork(models.Model):
    """One piece of work, at a point or along lines. Each import replaces a city's; pages show it to the end of its last day.

    A table of its own: areas and assets have no dates, and notices, which every page reads, have no place on the map.
    """

    class Kind(models.TextChoices):
        PAVING = "paving", gettext_lazy("Paving")
        WATER_MAIN = "water_main", gettext_lazy("Water main work")
        SEWER = "sewer", gettext_lazy("Sewer work")
        GAS = "gas", gettext_lazy("Gas main work")
        CLOSED_LANE = "closed_lane", gettext_lazy("Lane closed")
        OTHER = "other", gettext_lazy("Street work")

    jurisdiction = models.ForeignKey(
        Jurisdiction, on_delete=models.CASCADE, related_name="street_works", db_index=False
    )
    # The city's own.
    code = models.CharField(max_length=60)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    # "Elm St from 3rd St to 5th St".
    place = models.CharField(max_length=200)
    # By language.
    done_by = models.JSONField(default=dict, blank=True)
    words = models.JSONField(default=dict, blank=True)
    # Of each day, "07:00-16:00"; empty if unknown.
    hours = models.CharField(max_length=11, blank=True)
    starts_on = models.DateField()
    # The last day, included.
    ends_on = models.DateField()
    shape = models.GeometryField()
    # Annotated: places/street_works.py.
    geojson: str
    meters: Distance

    class Meta:
        indexes = [models.Index(fields=["jurisdiction", "ends_on", "id"], name="street_work_by_end")]
        constraints = [
            models.UniqueConstraint(fields=["jurisdiction", "code"], name="street_work_code_unique"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="street_work_ends_after_it_starts"),
        ]

    def __str__(self) -> str:
        return self.place
