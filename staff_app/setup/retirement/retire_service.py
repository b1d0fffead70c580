"""Retire a service or merge it into another: shows what belongs to it, asks where that goes, and then how far it is."""

import structlog
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from requests_app.actions.setup import retirements as actions
from requests_app.models import Article, Retirement, RoutingRule, Service, ServiceVersion, ShortLink
from requests_app.rules.routing import consequences
from requests_app.rules.routing.consequences import Consequence
from requests_app.rules.setup import go_live as go_live_rules
from requests_app.rules.setup.catalog_rows import written_services
from requests_app.rules.setup.go_live import Check
from requests_app.rules.setup.retirements import moved_rules
from staff_app.decorators import StaffRequest, staff_page
from staff_app.setup.go_live.go_live import get_service_or_404, name_of
from staff_app.setup.retirement.forms import RetireForm

log = structlog.get_logger(__name__)

COUNT_MAX = 1000
WHY_NOT = {
    "retired": gettext_lazy("This service is retired already."),
    "successor": gettext_lazy("The service that takes over isn’t offered anymore. Choose another one."),
    "itself": gettext_lazy("A service can’t take over from itself."),
}


@staff_page
def retire_service(request: StaffRequest, service_code: str) -> HttpResponse:
    """Residents can't use the service from the moment this is sent; its requests follow in the background."""
    service = get_service_or_404(request, service_code)
    retirement = Retirement.objects.select_related("successor__current", "user").filter(service=service).first()
    if retirement is not None:
        context = {
            "service": service,
            "name": name_of(service),
            "retirement": retirement,
            "left": _left(service, retirement),
            "rules": actions.rules_to_restore(retirement),
            "missing": _missing(service, retirement),
        }
        return render(request, "staff_app/setup/retirement/retired.html", context)
    form = RetireForm(
        request.POST if request.method == "POST" else None, services=_successors(service), initial=_initial(service)
    )
    status = 422 if form.errors else 200
    successor = form.chosen if form.is_valid() else None
    affected = _affected_rules(service, successor)
    if form.is_valid() and affected and request.POST.get("foreseen") != consequences.key_of(affected):
        # Which rules end or are never reached depends on the service that takes over.
        status = 422
    elif form.is_valid():
        moves = form.cleaned_data["open_requests"] == form.MOVE
        try:
            actions.retire(service, successor=successor, moves_requests=moves, actor=request.user)
        except actions.CannotRetire as refused:
            form.add_error(None, str(WHY_NOT[refused.reason]))
            status = 409
        else:
            log.info("service_retired", service_id=service.pk, user_id=request.user.pk)
            messages.success(request, _("The service is retired. Nobody can use it anymore."))
            return redirect("staff_app:retire_service", service.service_code)
    context = {
        "service": service,
        "name": name_of(service),
        "form": form,
        "successor": name_of(successor) if successor else "",
        "affected": affected,
        "foreseen": consequences.key_of(affected),
        **_belongings(service),
    }
    return render(request, "staff_app/setup/retirement/retire_service.html", context, status=status)


def _missing(service: Service, retirement: Retirement) -> list[Check]:
    """What keeps it from residents when it comes back, with its articles."""
    solved = {go_live_rules.RETIRED}
    codes = (retirement.kept or {}).get("articles", {})
    if Article.objects.public().filter(jurisdiction=service.jurisdiction_id, code__in=codes).exists():
        solved.add(go_live_rules.ARTICLE)
    checks = go_live_rules.obstacles(service, written_services([service])[service.pk])
    return [check for check in checks if check.code not in solved]


@staff_page
@require_POST
def bring_back_service(request: StaffRequest, service_code: str) -> HttpResponse:
    service = get_service_or_404(request, service_code)
    try:
        brought = actions.bring_back(service, actor=request.user)
    except actions.NotRetired:
        messages.info(request, _("This service isn’t retired anymore."))
        return redirect("staff_app:service_go_live", service.service_code)
    log.info("service_brought_back", service_id=service.pk, user_id=request.user.pk)
    if brought.is_live:
        messages.success(request, _("The service is back. Residents can use it again."))
    else:
        messages.success(request, _("The service is back. Residents can’t use it until it goes live."))
    left = [*brought.rules.stay, *brought.lost_articles]
    if left:
        words = _("This stays as it is now, since it was changed or removed meanwhile: %(names)s.")
        messages.warning(request, words % {"names": ", ".join(left)})
    return redirect("staff_app:service_go_live", service.service_code)


def _affected_rules(service: Service, successor: Service | None) -> list[Consequence]:
    code = service.service_code
    return consequences.of_change(
        service.jurisdiction,
        lambda known: known.with_service(code, None),
        lambda rules: moved_rules(rules, code, successor.service_code if successor else ""),
    )


def _initial(service: Service) -> dict[str, str]:
    return {"open_requests": RetireForm.MOVE if actions.requests_to_move(service).exists() else RetireForm.STAY}


def _successors(service: Service) -> list[Service]:
    """Services that residents can use, except this one."""
    offered = Service.objects.filter(jurisdiction=service.jurisdiction, active=True, current__isnull=False)
    return list(
        offered.exclude(pk=service.pk)
        .exclude(current__visibility=ServiceVersion.Visibility.STAFF)
        .select_related("current")
    )


def _belongings(service: Service) -> dict[str, object]:
    code = service.service_code
    rules = RoutingRule.objects.filter(jurisdiction=service.jurisdiction, active=True, when__services__contains=[code])
    return {
        "requests": _capped(actions.requests_to_move(service).values("pk")[: COUNT_MAX + 1].count()),
        "rules": list(rules.values_list("name", flat=True)),
        "signs": _capped(ShortLink.objects.filter(service=service, ended_at=None)[: COUNT_MAX + 1].count()),
        "articles": list(service.articles.order_by("code")),
    }


def _left(service: Service, retirement: Retirement) -> str:
    if retirement.done_at is not None:
        return ""
    return _capped(actions.requests_to_move(service).values("pk")[: COUNT_MAX + 1].count())


def _capped(count: int) -> str:
    return f"{COUNT_MAX:,}+" if count > COUNT_MAX else f"{count:,}"
