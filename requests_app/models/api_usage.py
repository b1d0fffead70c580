"""How much a key is used, and for what."""

from django.db import models

from requests_app.models.api_key import ApiKey


class ApiKeyUsage(models.Model):
    """Calls of a key on one day of its city's calendar; errors: those that were answered with 400 or more."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="usage", db_index=False)
    day = models.DateField()
    calls = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["api_key", "day"], name="api_key_usage_unique")]


class ApiKeyCalls(models.Model):
    """Calls of a key on one day by endpoint and status. endpoint: method and path, with names for what varies."""

    api_key = models.ForeignKey(ApiKey, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    endpoint = models.CharField(max_length=200)
    status = models.PositiveSmallIntegerField()
    calls = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["api_key", "day", "endpoint", "status"], name="api_key_calls_unique")
        ]
