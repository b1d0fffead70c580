"""Rows that private links are made for (links.py)."""

import uuid

from django.db import models


class SignedRow(models.Model):
    """Its private links sign the nonce along with the id: a restored database hands out the same ids again, but not the nonces.

    The default is Python's, so that a process of an earlier release, which doesn't sign it, writes none while we update.
    """

    # Null: made before there were nonces. Its links sign the id alone.
    nonce = models.UUIDField(null=True, default=uuid.uuid4, editable=False)

    class Meta:
        abstract = True
