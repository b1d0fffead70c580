"""The email to a key's contact once a webhook is switched off because its address failed for days."""

from django.utils import timezone
from django.utils.translation import override

from requests_app.messages import email
from requests_app.messages.letters import letter
from requests_app.models import OutboxRow, Webhook


def mail_ended(row: OutboxRow) -> None:
    """Nothing if it was switched on again meanwhile."""
    ended = Webhook.objects.filter(pk=int(row.dedupe_key.split(":")[1]), end_reason=Webhook.EndReason.FAILING)
    webhook = ended.select_related("api_key__jurisdiction").defer("api_key__jurisdiction__boundary").first()
    if webhook is None or not webhook.api_key.contact or webhook.api_key.revoked_at is not None:
        return
    city = webhook.api_key.jurisdiction
    with override(city.languages[0]), timezone.override(city.zone):
        mail = letter(
            "webhook_ended",
            {"webhook": webhook, "key": webhook.api_key},
            city=city,
            to=webhook.api_key.contact,
            message_id=email.message_id(None, row.pk, "webhook_ended", city),
            reply_to=email.reply_to(city),
        )
    email.send(mail, None)
