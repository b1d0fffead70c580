"""Links that verify an email address: single use, short-lived, derived from the row and LINK_KEYS, never stored (see links.py)."""

from django.db import models

from requests_app.clock import AppNow
from requests_app.models.api_key_request import ApiKeyRequest
from requests_app.models.jurisdiction import Jurisdiction
from requests_app.models.people import ContactPoint
from requests_app.models.service_request import ServiceRequest
from requests_app.models.signed_row import SignedRow
from requests_app.models.subscription import Subscription


class OneTimeLink(SignedRow):
    """Used by a POST from the link's page. A GET alone, such as a mail scanner's, does not use it up."""

    class Purpose(models.TextChoices):
        SIGN_IN = "sign_in"
        CONFIRM = "confirm"
        SUBSCRIBE = "subscribe"
        # Changes the email address of a person's reports to this one, while signed in with the old one.
        CHANGE = "change"
        # Makes a test key and shows it.
        TEST_KEY = "test_key"
        # Opens the keys of an address.
        OWN_KEYS = "own_keys"
        # Proves the address of who asks for a live key, and later shows them the key.
        API_KEY = "api_key"
        SHOW_KEY = "show_key"

    jurisdiction = models.ForeignKey(Jurisdiction, on_delete=models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    contact_point = models.ForeignKey(ContactPoint, on_delete=models.CASCADE, related_name="+")
    service_request = models.ForeignKey(
        ServiceRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    subscription = models.ForeignKey(Subscription, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    key_request = models.ForeignKey(ApiKeyRequest, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    # The browser that requested it. In another browser, signing in needs one more click.
    visitor_hash = models.CharField(max_length=64, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(db_default=AppNow())

    class Meta:
        indexes = [models.Index(fields=["contact_point", "created_at"], name="one_time_link_of_address")]
