"""Import and export a city's catalog as YAML. Importing creates or updates what the files name and keeps the rest."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from requests_app.actions.search_index import index_catalog
from requests_app.imports.catalog_file import (
    FORMAT,
    REFERRED_TO,
    TERMS,
    is_switched_off,
    listed_term,
    problems,
    read_catalog,
    read_phrase,
)
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.rosters import replace_roster, written_roster
from requests_app.models import (
    Article,
    Calendar,
    Category,
    Department,
    EmergencyPhrase,
    Jurisdiction,
    ListedReason,
    ModerationTerm,
    QuestionVersion,
    RoutingRule,
    Service,
    ServiceVersion,
    Target,
)

# Report at most this many problems, then only their number.
REPORTED_MAX = 20


def import_catalog(jurisdiction: Jurisdiction, paths: Iterable[Path]) -> dict[str, int]:
    """Imports in one transaction; returns the number of rows created or changed per part. Idempotent.

    A service with new wording or questions gets a new version; a changed target applies from now on. Routing rules,
    rosters, reasons, emergency words and moderation words are lists: entries no longer listed are deactivated or deleted.
    Raises ImportProblemError with all problems.
    """
    catalog = read_catalog(paths)
    if found := problems(catalog, jurisdiction.languages, _known(jurisdiction)):
        more = [f"{len(found) - REPORTED_MAX} more."] if len(found) > REPORTED_MAX else []
        raise ImportProblemError("The catalog was not imported.\n" + "\n".join([*found[:REPORTED_MAX], *more]))
    with transaction.atomic():
        # Concurrent imports would publish versions with the same number.
        Jurisdiction.objects.select_for_update().get(pk=jurisdiction.pk)
        writer = _Writer(jurisdiction)
        writer.calendars(catalog.get("calendars", {}))
        writer.departments(catalog.get("departments", []))
        if "desk_on_call" in catalog:
            writer.desk(catalog["desk_on_call"])
        writer.categories(catalog.get("categories", []))
        writer.services(catalog.get("services", []))
        writer.articles(catalog.get("articles", []))
        if "routing" in catalog:
            writer.routing(catalog["routing"])
        for kind, rows in catalog.get("reasons", {}).items():
            writer.reasons(kind, rows)
        for kind, by_language in catalog.get("emergency_words", {}).items():
            writer.phrases(kind, by_language)
        for kind, terms in catalog.get("moderation_words", {}).items():
            writer.terms(kind, terms)
        index_catalog(jurisdiction)
    return writer.changed


def _known(jurisdiction: Jurisdiction) -> dict[str, set[str]]:
    models: dict[str, Any] = {
        "calendars": Calendar, "departments": Department, "categories": Category, "services": Service, "articles": Article,
    }  # fmt: skip
    return {
        part: set(model.objects.filter(jurisdiction=jurisdiction).values_list(REFERRED_TO[part], flat=True))
        for part, model in models.items()
    }


class _Writer:
    def __init__(self, jurisdiction: Jurisdiction) -> None:
        self.jurisdiction = jurisdiction
        self.changed: dict[str, int] = {}

    def _count(self, part: str, changed: bool) -> None:
        self.changed[part] = self.changed.get(part, 0) + int(changed)

    def _put(self, part: str, model: Any, keys: dict[str, Any], columns: dict[str, Any]) -> Any:
        """Creates or updates the row with these keys, and counts it if it changed."""
        row = model.objects.filter(jurisdiction=self.jurisdiction, **keys).first()
        if row is None:
            row = model.objects.create(jurisdiction=self.jurisdiction, **keys, **columns)
            self._count(part, True)
            return row
        different = [name for name, value in columns.items() if getattr(row, name) != value]
        for name in different:
            setattr(row, name, columns[name])
        if different:
            row.save(update_fields=different)
        self._count(part, bool(different))
        return row

    def calendars(self, entries: dict[str, Any]) -> None:
        for code, calendar in entries.items():
            hours = {
                day: [[span[:5], span[6:]] for span in spans] for day, spans in (calendar.get("hours") or {}).items()
            }
            holidays = {name: value for name, value in (calendar.get("holidays") or {}).items() if value}
            if "extra" in holidays:
                # YAML reads 2027-06-14 without quotes as a date.
                holidays["extra"] = [day | {"date": str(day["date"])} for day in holidays["extra"]]
            columns = {"always": bool(calendar.get("always")), "hours": hours, "holidays": holidays}
            self._put("calendars", Calendar, {"code": str(code)}, columns)

    def departments(self, entries: list[dict[str, Any]]) -> None:
        for department in entries:
            columns = {
                "name": department["name"],
                "calendar": self._calendar(department["calendar"]),
                "phone": department.get("phone", ""),
                "email": department.get("email", ""),
                "active": department.get("active", True),
            }
            row = self._put("departments", Department, {"code": department["code"]}, columns)
            if "on_call" in department:
                self._count("on_call", replace_roster(self.jurisdiction, row, department["on_call"] or []))

    def desk(self, entries: list[dict[str, Any]]) -> None:
        self._count("on_call", replace_roster(self.jurisdiction, None, entries))

    def categories(self, entries: list[dict[str, Any]]) -> None:
        for number, category in enumerate(entries, start=1):
            columns = {
                "name": category["name"],
                "icon": category.get("icon", ""),
                "order": category.get("order", number),
            }
            self._put("categories", Category, {"code": category["code"]}, columns)

    def services(self, entries: list[dict[str, Any]]) -> None:
        for written in entries:
            active = written.get("active", True)
            code = written["service_code"]
            service, created = Service.objects.get_or_create(
                jurisdiction=self.jurisdiction, service_code=code, defaults={"active": active}
            )
            published = self._publish(service, written)
            if published or service.active != active:
                service.active = active
                service.save(update_fields=["active", "current"])
            retargeted = self._set_targets(service, written.get("targets") or {})
            self._count("services", created or published or retargeted)

    def _publish(self, service: Service, written: dict[str, Any]) -> bool:
        """Publishes a new version if the service differs from the current one. Versions are immutable."""
        wanted = version_columns(written)
        wanted_questions = [question_columns(question) for question in written.get("questions") or []]
        if service.current is not None:
            current = version_columns(written_version(service.current))
            questions = [question_columns(written_question(one)) for one in service.current.questions.order_by("order")]
            if (current, questions) == (wanted, wanted_questions):
                return False
        last = service.versions.aggregate(last=Max("number"))["last"] or 0
        category, department = wanted.pop("category"), wanted.pop("department")
        version = ServiceVersion.objects.create(
            service=service,
            number=last + 1,
            category=Category.objects.get(jurisdiction=self.jurisdiction, code=category),
            department=Department.objects.get(jurisdiction=self.jurisdiction, code=department),
            **wanted,
        )
        QuestionVersion.objects.bulk_create(
            QuestionVersion(service_version=version, order=order, **columns)
            for order, columns in enumerate(wanted_questions, start=1)
        )
        service.current = version
        return True

    def _set_targets(self, service: Service, targets: dict[str, Any]) -> bool:
        """Adds changed targets, valid from now on; earlier requests keep the old ones."""
        changed = False
        for kind, target in targets.items():
            now = _target(service, kind)
            if now != {"calendar": "department"} | target:
                code = target.get("calendar", "department")
                Target.objects.create(
                    service=service,
                    kind=kind,
                    value=target["value"],
                    unit=target["unit"],
                    calendar=None if code == "department" else self._calendar(code),
                )
                changed = True
        return changed

    def articles(self, entries: list[dict[str, Any]]) -> None:
        for written in entries:
            columns = {
                "title": written["title"],
                "body": written["body"],
                "published": written.get("published", True),
            }
            article = self._put("articles", Article, {"code": written["code"]}, columns)
            article.services.set(
                Service.objects.filter(jurisdiction=self.jurisdiction, service_code__in=written.get("services") or [])
            )

    def routing(self, entries: list[dict[str, Any]]) -> None:
        rules = RoutingRule.objects.filter(jurisdiction=self.jurisdiction)
        before = {rule.pk: (rule.order, rule.active) for rule in rules}
        # Move all rules out of the way first, since `order` is unique. Rules no longer listed stay inactive, because routing
        # decisions refer to them.
        highest = max([len(entries), *(order for order, _ in before.values())])
        rules.update(order=F("order") + highest + 1, active=False)
        for order, written in enumerate(entries, start=1):
            department = written["department"] and Department.objects.get(
                jurisdiction=self.jurisdiction, code=written["department"]
            )
            columns = {"order": order, "when": written["when"], "department": department, "active": True}
            rule = rules.filter(name=written["name"]).order_by("order").first()
            if rule is None:
                RoutingRule.objects.create(jurisdiction=self.jurisdiction, name=written["name"], **columns)
                self._count("routing", True)
                continue
            same = before[rule.pk] == (order, True) and (rule.when, rule.department) == (written["when"], department)
            RoutingRule.objects.filter(pk=rule.pk).update(**columns)
            self._count("routing", not same)

    def reasons(self, kind: str, entries: list[dict[str, Any]]) -> None:
        for order, written in enumerate(entries, start=1):
            columns = {
                "words": written["words"],
                "appeal": written.get("appeal") or {},
                "order": order,
                "active": True,
            }
            self._put("reasons", ListedReason, {"kind": kind, "code": written["code"]}, columns)
        ListedReason.objects.filter(jurisdiction=self.jurisdiction, kind=kind).exclude(
            code__in=[written["code"] for written in entries]
        ).update(active=False)

    def phrases(self, kind: str, by_language: dict[str, list[Any]]) -> None:
        for language, written in by_language.items():
            wanted = {phrase.strip(): [one.strip() for one in unless] for phrase, unless in map(read_phrase, written)}
            off = {read_phrase(one)[0].strip() for one in written if is_switched_off(one)}
            rows = EmergencyPhrase.objects.filter(jurisdiction=self.jurisdiction, language=language)
            gone, _ = rows.filter(kind=kind).exclude(phrase__in=wanted).delete()
            for phrase, unless in wanted.items():
                key = {"language": language, "phrase": phrase}
                self._put(
                    "emergency_words",
                    EmergencyPhrase,
                    key,
                    {"kind": kind, "unless": unless, "active": phrase not in off},
                )
            self.changed["emergency_words"] = self.changed.get("emergency_words", 0) + gone

    def terms(self, kind: str, entries: list[str]) -> None:
        wanted = [listed_term(kind, written) for written in entries]
        rows = ModerationTerm.objects.filter(jurisdiction=self.jurisdiction, kind=kind)
        gone, _ = rows.exclude(value__in=wanted).delete()
        for value in wanted:
            self._put("moderation_words", ModerationTerm, {"kind": kind, "value": value}, {})
        self.changed["moderation_words"] = self.changed.get("moderation_words", 0) + gone

    def _calendar(self, code: str) -> Calendar:
        return Calendar.objects.get(jurisdiction=self.jurisdiction, code=code)


# The defaults of the columns.
DUPLICATES = {"policy": "join", "radius_m": 100, "window_days": 30, "family": ""}


def version_columns(written: dict[str, Any]) -> dict[str, Any]:
    """The columns of a version from a service in the file; category and department by code."""
    duplicates = DUPLICATES | (written.get("duplicates") or {})
    return {
        "name": written["name"],
        "description": written.get("description") or {},
        "keywords": written.get("keywords") or {},
        "category": written["category"],
        "department": written["department"],
        "priority": written.get("priority", 3),
        "visibility": written.get("visibility", "public"),
        "photo_policy": written.get("photo", "optional"),
        "duplicate_policy": duplicates["policy"],
        "duplicate_radius_m": duplicates["radius_m"],
        "duplicate_window_days": duplicates["window_days"],
        "duplicate_family": duplicates["family"],
        "place_required": written.get("place", "required") == "required",
        "asset_kinds": written.get("asset_kinds") or [],
        "owner_kinds": written.get("owner_kinds") or [],
        "place_rule": written.get("place_rule", "none"),
        "emergency_screen": written.get("emergency_screen") or {},
        "outcome_words": written.get("outcome_words") or {},
        "evidence": written.get("evidence", "none"),
        "identity_words": written.get("identity_words") or {},
        "must_confirm": written.get("must_confirm", False),
        "listed_by_place": written.get("listed_by_place", True),
    }


def question_columns(written: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": written["code"],
        "kind": written["kind"],
        "text": written["text"],
        "help": written.get("help") or {},
        "required": written.get("required", False),
        "visibility": written.get("visibility", "staff"),
        "options": written.get("options") or [],
        "show_if": written.get("show_if") or {},
    }


def written_version(version: ServiceVersion) -> dict[str, Any]:
    """A version as written in a catalog file, without its targets."""
    written: dict[str, Any] = {
        "service_code": version.service.service_code,
        "category": version.category.code,
        "department": version.department.code,
        "name": version.name,
        "description": version.description,
        "keywords": version.keywords,
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
        written["outcome_words"] = version.outcome_words
    if version.asset_kinds:
        written["asset_kinds"] = version.asset_kinds
    if version.identity_words:
        written["identity_words"] = version.identity_words
    if version.must_confirm:
        written["must_confirm"] = True
    if not version.listed_by_place:
        written["listed_by_place"] = False
    return written


def written_question(question: QuestionVersion) -> dict[str, Any]:
    written: dict[str, Any] = {
        "code": question.code,
        "text": question.text,
        "kind": question.kind,
        "required": question.required,
        "visibility": question.visibility,
    }
    for name in ("help", "show_if", "options"):
        if value := getattr(question, name):
            written[name] = value
    return written


def _target(service: Service, kind: str) -> dict[str, Any] | None:
    """The current target for all priorities and areas, as written in a catalog file."""
    target = (
        Target.objects.filter(service=service, kind=kind, priority=None, area=None)
        .select_related("calendar")
        .order_by("-valid_from", "-id")
        .first()
    )
    if target is None:
        return None
    calendar = target.calendar.code if target.calendar else "department"
    return {"value": target.value, "unit": target.unit, "calendar": calendar}


def export_catalog(jurisdiction: Jurisdiction) -> dict[str, Any]:
    """The whole catalog as one file. Importing it again changes nothing."""
    own = {"jurisdiction": jurisdiction}
    services = Service.objects.filter(**own, current__isnull=False).select_related(
        "current__category", "current__department", "current__service"
    )
    return {
        "format": FORMAT,
        "calendars": {one.code: _calendar(one) for one in Calendar.objects.filter(**own).order_by("code")},
        "departments": [
            {
                "code": one.code, "name": one.name, "phone": one.phone, "email": one.email,
                "calendar": one.calendar.code, "on_call": written_roster(jurisdiction, one),
            } | ({} if one.active else {"active": False})
            for one in Department.objects.filter(**own).select_related("calendar").order_by("code")
        ],
        "desk_on_call": written_roster(jurisdiction, None),
        "categories": [
            {"code": one.code, "name": one.name, "icon": one.icon, "order": one.order}
            for one in Category.objects.filter(**own)
        ],
        "services": [
            _service(one) for one in services.order_by("current__category__order", "current__category__code", "id")
        ],
        "articles": [
            {
                "code": one.code, "title": one.title, "body": one.body,
                "services": [service.service_code for service in one.services.order_by("service_code")],
            } | ({} if one.published else {"published": False})
            for one in Article.objects.filter(**own).order_by("code")
        ],
        "routing": [
            {"name": one.name, "when": one.when, "department": one.department.code if one.department else None}
            for one in RoutingRule.objects.filter(**own, active=True).select_related("department")
        ],
        "reasons": {
            kind: [
                {"code": one.code, "words": one.words} | ({"appeal": one.appeal} if one.appeal else {})
                for one in ListedReason.objects.filter(**own, kind=kind, active=True)
            ]
            for kind in ListedReason.Kind.values
        },
        "emergency_words": _phrases(jurisdiction),
        "moderation_words": {
            kind: list(ModerationTerm.objects.filter(**own, kind=kind).order_by("value").values_list("value", flat=True))
            for kind in TERMS
        },
    }  # fmt: skip


def _calendar(calendar: Calendar) -> dict[str, Any]:
    if calendar.always:
        return {"always": True}
    hours = {day: [f"{opens}-{closes}" for opens, closes in spans] for day, spans in calendar.hours.items()}
    return {"hours": hours} | ({"holidays": calendar.holidays} if calendar.holidays else {})


def _service(service: Service) -> dict[str, Any]:
    if service.current is None:
        raise ValueError(f"{service} has no published version")
    targets = {kind: target for kind in Target.Kind.values if (target := _target(service, kind))}
    written = written_version(service.current) | ({"targets": targets} if targets else {})
    questions = [written_question(question) for question in service.current.questions.order_by("order")]
    return written | {"questions": questions} | ({} if service.active else {"active": False})


def _phrases(jurisdiction: Jurisdiction) -> dict[str, dict[str, list[Any]]]:
    written: dict[str, dict[str, list[Any]]] = {}
    for one in EmergencyPhrase.objects.filter(jurisdiction=jurisdiction).order_by("kind", "language", "phrase"):
        more = ({"unless": one.unless} if one.unless else {}) | ({} if one.active else {"off": True})
        entry = {"phrase": one.phrase, **more} if more else one.phrase
        written.setdefault(one.kind, {}).setdefault(one.language, []).append(entry)
    return written
