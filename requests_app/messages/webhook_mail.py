"""The email to a key's contact once a webhook is switched off because its address failed for days."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from requests_app.messages import email, html_part
from requests_app.models import OutboxRow, Webhook


def mail_ended(row: OutboxRow) -> None:
    """Nothing if it was switched on again meanwhile."""
    ended = Webhook.objects.filter(pk=int(row.dedupe_key.split(":")[1]), end_reason=Webhook.EndReason.FAILING)
    webhook = ended.select_related("api_key__jurisdiction").defer("api_key__jurisdiction__boundary").first()
    if webhook is None or not webhook.api_key.contact or webhook.api_key.revoked_at is not None:
        return
    city = webhook.api_key.jurisdiction
    context = {"city": city, "webhook": webhook, "key": webhook.api_key, "demo": settings.DEMO}
    with override(city.languages[0]), timezone.override(city.zone):
        subject = " ".join(render_to_string("emails/webhook_ended.subject.txt", context).split())
        body = render_to_string("emails/webhook_ended.txt", context)
        mail = EmailMultiAlternatives(
            subject=subject,
            body=body,
            from_email=email.sender(city),
            reply_to=email.reply_to(city),
            to=[webhook.api_key.contact],
            headers={
                "Message-ID": email.message_id(None, row.pk, "webhook_ended", city),
                "X-Lamplighter-Event": "webhook_ended",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(html_part.as_html(body, title=subject, city=city), "text/html")
    email.send(mail, None)
