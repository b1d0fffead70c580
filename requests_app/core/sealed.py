"""Secrets that we must be able to read again, such as a provider's client secret: encrypted with a key derived from LINK_KEYS."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


def _box() -> MultiFernet:
    keys = [hashlib.sha256(f"sealed:{key}".encode()).digest() for key in settings.LINK_KEYS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])


def seal(text: str) -> str:
    return _box().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """The text; empty if its key is gone."""
    try:
        return _box().decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""


def phone_key(name: str) -> str:
    """32 bytes in base64, always the same for this name, with which a phone seals what it could not send yet."""
    return base64.b64encode(hashlib.sha256(f"phone:{name}:{settings.LINK_KEYS[0]}".encode()).digest()).decode()
