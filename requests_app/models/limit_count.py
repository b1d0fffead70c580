"""Rate limits that must hold while Redis is down: one counter for each key and window."""

from django.db import models


class LimitCount(models.Model):
    key = models.CharField(max_length=24, primary_key=True)
    value = models.IntegerField()
    expires_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["expires_at"], name="limit_count_age")]
