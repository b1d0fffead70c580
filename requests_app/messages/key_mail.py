"""The email to somebody who asked for an API key and doesn't get one."""

from django.utils import timezone
from django.utils.translation import override

from requests_app.messages import email
from requests_app.messages.letters import letter
from requests_app.models import ApiKeyRequest, OutboxRow


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
