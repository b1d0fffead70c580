"""The email to somebody who asked for an API key and doesn't get one."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import override

from requests_app.messages import email, html_part
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
    context = {"city": city, "key_request": key_request, "demo": settings.DEMO}
    with override(contact_point.person.language), timezone.override(city.zone):
        subject = " ".join(render_to_string("emails/key_declined.subject.txt", context).split())
        body = render_to_string("emails/key_declined.txt", context)
        mail = EmailMultiAlternatives(
            subject=subject,
            body=body,
            from_email=email.sender(city),
            reply_to=email.reply_to(city),
            to=[contact_point.value],
            headers={
                "Message-ID": email.message_id(None, key_request.pk, "key_declined", city),
                "X-Lamplighter-Event": "key_declined",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(html_part.as_html(body, title=subject, city=city), "text/html")
    email.send(mail, contact_point)
