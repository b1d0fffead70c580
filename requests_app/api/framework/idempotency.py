"""What makes a second POST the same as the first: the header Idempotency-Key, or the same body within a minute."""

import hashlib
from collections.abc import Iterable

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from requests_app.actions.report import submission
from requests_app.actions.report.submission import Idempotency
from requests_app.models import ApiKey

KEY_MAX = 128
# On the answer to a call that came before, and so did nothing.
REPLAYED = "Idempotent-Replayed"


def replayed(is_repeated: bool) -> dict[str, str]:
    """The header, where it is true."""
    return {REPLAYED: "true"} if is_repeated else {}


def sent_key(request: Request) -> str:
    """The header's value; "" without one."""
    value = request.headers.get("Idempotency-Key", "").strip()
    if len(value) > KEY_MAX:
        raise ValidationError(_("Idempotency-Key is longer than %(most)s characters.") % {"most": KEY_MAX})
    return value


def body_hash(*parts: object, files: Iterable[UploadedFile] = ()) -> str:
    """A hash of what was sent, the files' bytes included. Each file is read and wound back."""
    return submission.body_hash(*parts, *map(_digest, files))


def of_body(key: ApiKey, sent: str, body: str) -> Idempotency:
    """sent: the Idempotency-Key. Without one, the same body from the same API key is a retry for a minute."""
    if sent:
        return Idempotency(scope=f"api:{key.pk}", key=sent, body_hash=body)
    return Idempotency(scope=f"client:api:{key.pk}", key=body, body_hash=body, window_s=submission.RETRY_WINDOW_S)


def _digest(file: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()
