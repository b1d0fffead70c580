"""The email to an administrator about approvals of emergency checks that end soon."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from requests_app import links
from requests_app.messages import email
from requests_app.messages.letters import letter
from requests_app.models import Jurisdiction, OutboxRow, ServiceApproval
from requests_app.rules.people import permissions


def mail_endings(row: OutboxRow) -> None:
    """Lists the services whose approvals were found to end on the day of the row; not those that were approved again meanwhile."""
    _kind, city_id, day, user_id = row.dedupe_key.split(":")
    city = Jurisdiction.objects.defer("boundary").filter(pk=int(city_id)).first()
    user = permissions.administrators(city).filter(pk=int(user_id)).first() if city is not None else None
    if city is None or user is None:
        return
    told = ServiceApproval.objects.filter(service__jurisdiction=city, notified_on=dt.date.fromisoformat(day))
    approvals = list(told.filter(service__active=True).select_related("service__current").order_by("review_by", "pk"))
    if not approvals:
        return
    url = links.base_url(city) + reverse("staff_app:go_live")
    with override(user.language), timezone.override(city.zone):
        mail = letter(
            "approvals_end",
            {"approvals": approvals},
            city=city,
            to=user.email,
            message_id=email.message_id(None, user.pk, row.dedupe_key, city),
            url=url,
            reply_to=email.reply_to(city),
        )
    email.send(mail, None)
