"""Setting targets, with the day from which each counts, and removing those that haven't begun."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.setup_rows import ChangedMeanwhile
from requests_app.clock import app_now
from requests_app.models import Service, Target, User
from requests_app.models.geography import area_label


class AlreadyCounts(Exception):
    """The target has begun: reports were promised it."""


@transaction.atomic
def set_target(target: Target, *, actor: User, seen: str | None = None) -> Target:
    """Adds the target, which isn't saved yet, for reports from its valid_from on.

    Open requests keep their due dates. seen: what seen_of() said when the form was opened. Raises ChangedMeanwhile if somebody set
    one for the same reports since.
    """
    service = Service.objects.select_for_update().get(pk=target.service_id)
    if seen is not None and set_since(target, seen) is not None:
        raise ChangedMeanwhile
    earlier = _alike(target).filter(valid_from__lte=target.valid_from).select_related("calendar")
    replaced = earlier.order_by("-valid_from", "-id").first()
    target.recorded_by = actor
    target.save()
    _record(service, target, actor, before=logged_fields(replaced) if replaced else None, after=logged_fields(target))
    return target


def seen_of(service: Service) -> str:
    """Its newest target, for the form to carry: what is added replaces nothing, so there is no row to compare."""
    newest = Target.objects.filter(service=service).order_by("-id").values_list("id", flat=True).first()
    return str(newest or 0)


def set_since(target: Target, seen: str) -> Target | None:
    """The newest one for the same reports as `target` that seen_of() didn't count yet."""
    last = int(seen) if seen.isdecimal() and len(seen) < 19 else 0
    return _alike(target).filter(pk__gt=last).select_related("recorded_by", "area").order_by("-id").first()


def _alike(target: Target) -> QuerySet[Target]:
    return Target.objects.filter(
        service=target.service_id, kind=target.kind, priority=target.priority, area=target.area_id
    )


@transaction.atomic
def remove_target(target: Target, *, actor: User) -> None:
    """Removes a target before its day. Raises AlreadyCounts, and DoesNotExist if somebody else was faster."""
    service = Service.objects.select_for_update().get(pk=target.service_id)
    target = Target.objects.select_related("calendar", "area").get(pk=target.pk)
    if target.valid_from <= app_now():
        raise AlreadyCounts
    before = logged_fields(target)
    _record(service, target, actor, before=before, after=None)
    target.delete()


def logged_fields(target: Target) -> dict[str, Any]:
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
