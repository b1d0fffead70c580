"""One webhook of an API key: its events, what was sent to it, sending again, and switching it off."""

from typing import Any

import structlog
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app.actions.programs import webhooks as actions
from requests_app.core import paging
from requests_app.models import ApiKey, Webhook, WebhookDelivery
from requests_app.rules.programs import webhook_events
from staff_app.decorators import StaffRequest, get_city_row_or_404, staff_page

log = structlog.get_logger(__name__)

ROWS = 50
DEAD = WebhookDelivery.State.DEAD
# What WebhookDelivery.error says.
ERRORS = {
    "inside": gettext_lazy("Its host isn’t on the public internet"),
    "not_found": gettext_lazy("Its host wasn’t found"),
    "not_a_url": gettext_lazy("Its address isn’t allowed"),
    "not_https": gettext_lazy("Its address doesn’t begin with https://"),
    "connection": gettext_lazy("Nothing answers there"),
    "tls": gettext_lazy("Its certificate isn’t valid"),
    "timeout": gettext_lazy("It took too long to answer"),
    "not_public": gettext_lazy("The request isn’t public anymore"),
    "switched_off": gettext_lazy("The webhook was off"),
    "our_error": gettext_lazy("Our mistake"),
}


@staff_page
def webhook(request: StaffRequest, key_id: int, webhook_id: int) -> HttpResponse:
    """`state=dead`: only what wasn't delivered. POST: `resend` (the number of a delivery), `resend_dead`, `try`, `off` or `on`."""
    key = get_city_row_or_404(request, "manage_api_keys", ApiKey, key_id)
    webhook = key.webhooks.filter(pk=webhook_id).first()
    if webhook is None:
        raise Http404
    if request.method == "POST":
        _do(request, webhook)
        return redirect("staff_app:webhook", key.pk, webhook.pk)
    sent = WebhookDelivery.objects.filter(webhook=webhook).select_related("service_request")
    only_dead = request.GET.get("state") == DEAD
    if only_dead:
        sent = sent.filter(state=DEAD)
    page = paging.page_or_first_page(sent, [("id", "desc")], request.GET.get("cursor"), ROWS)
    context: dict[str, Any] = {
        "key": key,
        "webhook": webhook,
        "deliveries": [(one, ERRORS.get(one.error, one.error)) for one in page.rows],
        "chosen": [
            (_("Events"), webhook.event_types),
            (_("Services"), webhook.services),
            (_("Areas"), webhook.areas),
            (_("Departments"), webhook.departments),
        ],
        "only_dead": only_dead,
        "most": ROWS,
        "pager": page.urls(f"?state={DEAD}&cursor={{}}".format) if only_dead else page.urls(),
    }
    return render(request, "staff_app/setup/api_keys/webhook.html", context)


def _do(request: StaffRequest, webhook: Webhook) -> None:
    if "off" in request.POST or "on" in request.POST:
        on = "on" in request.POST
        actions.switch(webhook.pk, on=on, actor=request.user)
        messages.success(
            request, _("The webhook is on.") if on else _("The webhook is off. Only staff can switch it on.")
        )
        return
    if "resend_dead" in request.POST:
        _resend_dead(request, webhook)
        return
    if "try" in request.POST:
        _try(request, webhook)
        return
    number = request.POST.get("resend", "")
    delivery = webhook.deliveries.filter(pk=int(number)).first() if number.isascii() and number.isdigit() else None
    if delivery is None:
        messages.warning(request, _("That delivery is no longer kept. Choose another one."))
        return
    try:
        actions.resend(delivery.pk)
        messages.success(request, _("It is being sent again."))
    except actions.StillWaiting:
        messages.warning(request, _("This delivery is already being sent."))
    except actions.SwitchedOff:
        messages.warning(request, _("This webhook is switched off. Switch it on first."))
    except actions.NotSent:
        messages.warning(request, _("A listener’s events aren’t sent. Read them again with an earlier cursor."))


def _try(request: StaffRequest, webhook: Webhook) -> None:
    try:
        delivery = actions.try_now(webhook.pk)
    except actions.SwitchedOff:
        messages.warning(request, _("This webhook is switched off. Switch it on first."))
        return
    if webhook.is_listener:
        messages.success(request, _("A test is ready for its program to read."))
    elif delivery.event_type == webhook_events.TEST:
        messages.success(request, _("A test is being sent. Reload this page to see what its address answers."))
    else:
        messages.success(request, _("The oldest event that waits is being sent. If it’s delivered, the others follow."))


def _resend_dead(request: StaffRequest, webhook: Webhook) -> None:
    """The oldest first, so that they keep their order."""
    count = 0
    for pk in list(webhook.deliveries.filter(state=DEAD).order_by("id").values_list("pk", flat=True)[:ROWS]):
        try:
            actions.resend(pk)
            count += 1
        except (actions.StillWaiting, actions.NotSent):
            # Somebody else pressed it, too; or there is nothing to press.
            continue
        except actions.SwitchedOff:
            messages.warning(request, _("This webhook is switched off. Switch it on first."))
            return
    words = ngettext("%(count)s delivery is being sent again.", "%(count)s deliveries are being sent again.", count)
    messages.success(request, words % {"count": count})
