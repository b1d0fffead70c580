"""The token of a report whose number is not public: signed, stored nowhere, and good for as long as the request is."""

from django.core import signing

from requests_app.models import ServiceRequest

_signer = signing.Signer(sep=".", salt="requests_app.api.open311.tokens")


def token_of(service_request: ServiceRequest) -> str:
    return _signer.sign(service_request.reference)


def reference_in(token: str) -> str | None:
    """The reference that we signed; None for a token that is not ours."""
    try:
        return _signer.unsign(token)
    except signing.BadSignature:
        return None
