"""Setting targets, with the day from which each counts, and removing those that haven't begun."""

from typing import Any

from django.db import transaction

from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_conflicts import need_last_change
from requests_app.clock import app_now
from requests_app.models import Service, Target, User
from requests_app.models.geography import area_label


class AlreadyCounts(Exception):
    """The target has begun: reports were promised it."""


@transaction.atomic
def set_target(target: Target, *, actor: User, seen: int | None = None) -> Target:
    """Adds the target, which isn't saved yet, for reports from its valid_from on.

    Open requests keep their due dates. seen: the last change of this service's targets that the form knew; raises ChangedMeanwhile.
    """
    service = Service.objects.select_for_update().get(pk=target.service_id)
    need_last_change(service.jurisdiction, "target", service.service_code, seen)
    same = Target.objects.filter(service=service, kind=target.kind, priority=target.priority, area=target.area_id)
    earlier = same.filter(valid_from__lte=target.valid_from).select_related("calendar")
    replaced = earlier.order_by("-valid_from", "-id").first()
    target.recorded_by = actor
    target.save()
    _record(service, target, actor, before=written(replaced) if replaced else None, after=written(target))
    return target


@transaction.atomic
def remove_target(target: Target, *, actor: User) -> None:
    """Removes a target before its day. Raises AlreadyCounts, and DoesNotExist if somebody else was faster."""
    service = Service.objects.select_for_update().get(pk=target.service_id)
    target = Target.objects.select_related("calendar", "area").get(pk=target.pk)
    if target.valid_from <= app_now():
        raise AlreadyCounts
    before = written(target)
    _record(service, target, actor, before=before, after=None)
    target.delete()


def written(target: Target) -> dict[str, Any]:
    """As the log of setup has it."""
    return {
        "value": target.value,
        "unit": target.unit,
        "calendar": target.calendar.code if target.calendar else "department",
        "valid_from": target.valid_from.astimezone(target.service.jurisdiction.zone).date().isoformat(),
        "agreed_by": target.agreed_by,
    }


def _record(
    service: Service, target: Target, actor: User, *, before: dict[str, Any] | None, after: dict[str, Any] | None
) -> None:
    scope = [f"P{target.priority}"] if target.priority else []
    if target.area is not None:
        scope.append(area_label(target.area.layer, target.area.name))
    name = " · ".join([str(service.current or service), *scope])
    kind = target.kind
    setup_changes.record(
        service.jurisdiction,
        "target",
        service.service_code,
        actor=actor,
        name=name,
        before={kind: before} if before else None,
        after={kind: after} if after else None,
    )
