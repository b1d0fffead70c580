"""The catalog's rows as a catalog file writes them, and their columns. Files, drafts, comparisons and the log of setup share it."""

from collections.abc import Iterable
from typing import Any

from requests_app.clock import AppNow
from requests_app.models import (
    Article,
    Calendar,
    Department,
    OnCall,
    QuestionVersion,
    Service,
    ServiceVersion,
    Target,
    Team,
)
from requests_app.rules.promises.service_levels import WEEKDAYS

# The defaults of the columns.
DUPLICATES = {"policy": "join", "radius_m": 100, "window_days": 30, "family": ""}


def version_columns(fields: dict[str, Any]) -> dict[str, Any]:
    """The columns of a version from a service in the file; category and department by code."""
    duplicates = DUPLICATES | (fields.get("duplicates") or {})
    return {
        "name": fields["name"],
        "description": fields.get("description") or {},
        "keywords": fields.get("keywords") or {},
        "asked": fields.get("asked") or {},
        "category": fields["category"],
        "department": fields["department"],
        "priority": fields.get("priority", 3),
        "visibility": fields.get("visibility", "public"),
        "photo_policy": fields.get("photo", "optional"),
        "duplicate_policy": duplicates["policy"],
        "duplicate_radius_m": duplicates["radius_m"],
        "duplicate_window_days": duplicates["window_days"],
        "duplicate_family": duplicates["family"],
        "place_required": fields.get("place", "required") == "required",
        "asset_kinds": fields.get("asset_kinds") or [],
        "owner_kinds": fields.get("owner_kinds") or [],
        "place_rule": fields.get("place_rule", "none"),
        "emergency_screen": fields.get("emergency_screen") or {},
        "outcome_words": fields.get("outcome_words") or {},
        "evidence": fields.get("evidence", "none"),
        "identity_words": fields.get("identity_words") or {},
        "must_confirm": fields.get("must_confirm", False),
        "listed_by_place": fields.get("listed_by_place", True),
        "offered": fields.get("offered") or {},
    }


def question_columns(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": fields["code"],
        "kind": fields["kind"],
        "text": fields["text"],
        "help": fields.get("help") or {},
        "script": fields.get("script") or {},
        "required": fields.get("required", False),
        "visibility": fields.get("visibility", "staff"),
        "options": fields.get("options") or [],
        "show_if": fields.get("show_if") or {},
        "asks_asset": fields.get("asks_asset", False),
    }


def written_version(version: ServiceVersion) -> dict[str, Any]:
    """A version as written in a catalog file, without its targets."""
    row: dict[str, Any] = {
        "service_code": version.service.service_code,
        "category": version.category.code,
        "department": version.department.code,
        "name": version.name,
        "description": version.description,
        "keywords": version.keywords,
        **({"asked": version.asked} if version.asked else {}),
        "priority": version.priority,
        "visibility": version.visibility,
        "photo": version.photo_policy,
        "duplicates": {
            "policy": version.duplicate_policy,
            "radius_m": version.duplicate_radius_m,
            "window_days": version.duplicate_window_days,
            **({"family": version.duplicate_family} if version.duplicate_family else {}),
        },
        "owner_kinds": version.owner_kinds,
        "place_rule": version.place_rule,
        "place": "required" if version.place_required else "optional",
        "emergency_screen": version.emergency_screen or None,
        "evidence": version.evidence,
    }
    if version.outcome_words:
        row["outcome_words"] = version.outcome_words
    if version.asset_kinds:
        row["asset_kinds"] = version.asset_kinds
    if version.identity_words:
        row["identity_words"] = version.identity_words
    if version.must_confirm:
        row["must_confirm"] = True
    if not version.listed_by_place:
        row["listed_by_place"] = False
    if version.offered:
        row["offered"] = version.offered
    return row


def written_question(question: QuestionVersion) -> dict[str, Any]:
    written: dict[str, Any] = {
        "code": question.code,
        "text": question.text,
        "kind": question.kind,
        "required": question.required,
        "visibility": question.visibility,
    }
    for name in ("help", "script", "show_if", "asks_asset", "options"):
        if value := getattr(question, name):
            written[name] = value
    return written


def written_target(service: Service, kind: str) -> dict[str, Any] | None:
    """The current target for all priorities and areas, as written in a catalog file; not one that starts later."""
    target = (
        Target.objects.filter(service=service, kind=kind, priority=None, area=None, valid_from__lte=AppNow())
        .select_related("calendar")
        .order_by("-valid_from", "-id")
        .first()
    )
    if target is None:
        return None
    calendar = target.calendar.code if target.calendar else "department"
    return {"value": target.value, "unit": target.unit, "calendar": calendar}


def written_calendar(calendar: Calendar) -> dict[str, Any]:
    holidays = {"holidays": calendar.holidays} if calendar.holidays else {}
    if calendar.always:
        return {"always": True} | holidays
    hours = {day: [f"{opens}-{closes}" for opens, closes in spans] for day, spans in calendar.hours.items()}
    return {"hours": hours} | holidays


def written_services(services: Iterable[Service]) -> dict[int, dict[str, Any]]:
    """As written_service(), by service id, in two queries for all of them. A service without a version has only its code.

    The services' current__category, current__department and current__service should be selected.
    """
    services = list(services)
    questions: dict[int, list[dict[str, Any]]] = {}
    versions = [one.current_id for one in services if one.current_id]
    for question in QuestionVersion.objects.filter(service_version__in=versions).order_by("order"):
        questions.setdefault(question.service_version_id, []).append(written_question(question))
    targets: dict[int, dict[str, Any]] = {}
    found = Target.objects.filter(service__in=services, priority=None, area=None, valid_from__lte=AppNow())
    # In the order of written_target(), of which the last one is left.
    for target in found.select_related("calendar").order_by("kind", "valid_from", "id"):
        targets.setdefault(target.service_id, {})[target.kind] = {
            "value": target.value,
            "unit": target.unit,
            "calendar": target.calendar.code if target.calendar else "department",
        }
    return {
        one.pk: {
            **(written_version(one.current) if one.current else {"service_code": one.service_code}),
            **({"targets": targets[one.pk]} if one.pk in targets else {}),
            "questions": questions.get(one.current_id or 0, []),
            **({} if one.active else {"active": False}),
        }
        for one in services
    }


def written_service(service: Service) -> dict[str, Any]:
    if service.current is None:
        raise ValueError(f"{service} has no published version")
    targets = {kind: target for kind in Target.Kind.values if (target := written_target(service, kind))}
    written = written_version(service.current) | ({"targets": targets} if targets else {})
    questions = [written_question(question) for question in service.current.questions.order_by("order")]
    return written | {"questions": questions} | ({} if service.active else {"active": False})


def written_department(department: Department) -> dict[str, Any]:
    """Without its roster."""
    return {
        "code": department.code,
        "name": department.name,
        "phone": department.phone,
        "email": department.email,
        "calendar": department.calendar.code,
        "works_by_email": department.works_by_email,
        "email_names_reporter": department.email_names_reporter,
        "weekly_email": department.weekly_email,
        "active": department.active,
    }


def written_team(team: Team) -> dict[str, Any]:
    """Teams are in no catalog file: members by name, as people know them."""
    members = team.members.order_by("name", "id")
    return {
        "code": team.code,
        "name": team.name,
        "department": team.department.code,
        "members": [str(user) for user in members],
        **({"shares_by_load": True} if team.shares_by_load else {}),
        "active": team.active,
    }


def written_on_call(row: OnCall) -> dict[str, Any]:
    """A line of a roster."""
    written: dict[str, Any] = {"staff": row.user.email} if row.user else {"name": row.name}
    for name in ("email", "phone"):
        if value := getattr(row, name):
            written[name] = value
    if row.weekdays:
        written["days"] = [WEEKDAYS[day] for day in row.weekdays]
    if row.starts_at is not None and row.ends_at is not None:
        written["hours"] = f"{row.starts_at:%H:%M}-{row.ends_at:%H:%M}"
    return written


# What written_article() reads of other tables; for many articles, prefetched.
ARTICLE_REFERS_TO = ("services", "departments", "related")


def written_article(article: Article) -> dict[str, Any]:
    """An article as a catalog file has it, without its code and state."""
    optional = {
        "topic": article.topic.code if article.topic else None,
        "asked": article.asked,
        "by_address": article.by_address,
        "contact": article.contact,
        "script": article.script,
        "note": article.note,
        "audience": article.audience if article.audience != Article.Audience.EVERYONE else None,
        "departments": sorted(department.code for department in article.departments.all()),
        "related": sorted(related.code for related in article.related.all()),
        "valid_until": until.astimezone(article.jurisdiction.zone).isoformat(timespec="minutes")
        if (until := article.valid_until)
        else None,
    }
    return {
        "title": article.title,
        "body": article.body,
        "services": sorted(service.service_code for service in article.services.all()),
        **{name: value for name, value in optional.items() if value},
    }
