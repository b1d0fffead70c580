"""Emails about API keys: to somebody who asked for one and doesn't get it, and to the contact of a test key that nobody uses."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.messages import email
from requests_app.messages.letters import letter
from requests_app.models import ApiKey, ApiKeyRequest, OutboxRow
from requests_app.rules.programs.api_keys import UNUSED_NOTICE, unused_end


def mail_declined(row: OutboxRow) -> None:
    key_request = (
        ApiKeyRequest.objects.filter(pk=int(row.dedupe_key.split(":")[1]), state=ApiKeyRequest.State.DECLINED)
        .select_related("jurisdiction", "contact_point__person")
        .first()
    )
    if key_request is None or key_request.contact_point.bounced_at is not None:
        return
    city, contact_point = key_request.jurisdiction, key_request.contact_point
    with override(contact_point.person.language), timezone.override(city.zone):
        mail = letter(
            "key_declined",
            {"key_request": key_request},
            city=city,
            to=contact_point.value,
            message_id=email.message_id(None, key_request.pk, "key_declined", city),
            reply_to=email.reply_to(city),
        )
    email.send(mail, contact_point)


def mail_ends(row: OutboxRow) -> None:
    """Nothing if it was called meanwhile, or has ended."""
    keys = ApiKey.objects.select_related("jurisdiction").defer("jurisdiction__boundary").filter(revoked_at=None)
    key = keys.filter(pk=int(row.dedupe_key.split(":")[1])).exclude(contact="").first()
    if key is None or key.end_noticed_at is None or (key.last_used_at and key.last_used_at > key.end_noticed_at):
        return
    city = key.jurisdiction
    asked = ApiKeyRequest.objects.filter(key=key).values_list("contact_point__person__language", flat=True).first()
    with override(asked or city.languages[0]), timezone.override(city.zone):
        # A key that was unused for longer when this began has its notice first.
        ends = max(unused_end(key) or key.end_noticed_at, key.end_noticed_at + UNUSED_NOTICE)
        mail = letter(
            "key_ends",
            {"key": key, "ends": ends},
            city=city,
            to=key.contact,
            message_id=email.message_id(None, row.pk, "key_ends", city),
            url=links.base_url(city) + reverse("requests_app:own_keys"),
            reply_to=email.reply_to(city),
        )
    email.send(mail, None)
