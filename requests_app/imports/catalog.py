"""Import and export a city's catalog as YAML. Importing creates or updates what the files name and keeps the rest."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.db import transaction

from requests_app.actions.answers import articles
from requests_app.actions.routing import versions
from requests_app.actions.setup import catalog_versions
from requests_app.actions.shared import setup_changes
from requests_app.actions.shared.search_index import index_catalog
from requests_app.imports import catalog_desk, catalog_go_live
from requests_app.imports.catalog_changes import Change, changes, fingerprint
from requests_app.imports.catalog_file import (
    FORMAT,
    REFERRED_TO,
    TERMS,
    Catalog,
    is_switched_off,
    listed_term,
    problems,
    read_catalog,
    read_phrase,
)
from requests_app.imports.catalog_go_live import missing_by_code
from requests_app.imports.map_files import ImportProblemError
from requests_app.imports.rosters import replace_roster, written_rosters
from requests_app.models import (
    AnswerTemplate,
    Article,
    ArticleTopic,
    Calendar,
    Category,
    Department,
    EmergencyPhrase,
    Jurisdiction,
    ListedReason,
    ModerationTerm,
    Service,
    User,
)
from requests_app.rules.alarms.calls import KINDS_ON_CALL
from requests_app.rules.routing.routing import rules_in_use
from requests_app.rules.setup.catalog_rows import ARTICLE_REFERS_TO, written_article, written_calendar, written_services
from requests_app.rules.setup.go_live import NotReady

# The columns of `urgent_minutes`.
URGENT = ("urgent_acknowledge_minutes", "urgent_resolve_minutes")
# Parts that are exported alone: what each of them has. One that others lead to comes before them.
EXPORTED_PARTS = {
    "services": ("calendars", "departments", "categories", "services", "topics", "articles"),
    "articles": ("topics", "articles"),
    "routing": ("routing",),
    "templates": ("templates",),
}
# Report at most this many problems, then only their number.
REPORTED_MAX = 20


class SetupChangedError(Exception):
    """Somebody changed the catalog after the differences were shown; nothing was saved."""


def import_catalog(jurisdiction: Jurisdiction, paths: Iterable[Path], actor: User | None = None) -> dict[str, int]:
    """Imports in one transaction; returns the number of rows created or changed per part. Idempotent.

    A service with new wording or questions gets a new version; a changed target applies from now on. A new service is not offered
    to residents, unless the file says so and nothing is missing (rules/setup/go_live.py). Routing rules,
    rosters, reasons, emergency words and moderation words are lists: entries no longer listed are deactivated or deleted.
    Raises ImportProblemError with all problems.
    """
    catalog = read_catalog(paths)
    check(jurisdiction, catalog)
    return save(jurisdiction, catalog, actor)


def check(jurisdiction: Jurisdiction, catalog: Catalog, languages: Sequence[str] | None = None) -> None:
    """Raises ImportProblemError with all problems. languages: those that texts need, the city's if not given."""
    languages, codes = languages or jurisdiction.languages, _known_codes(jurisdiction)
    # What the city has may lack a language that it added since: its own export is not refused for that.
    if problems(catalog, languages, codes) and (
        remaining := problems(catalog, languages, codes, export_catalog(jurisdiction))
    ):
        raise _not_imported(remaining)


def _not_imported(problems: list[str]) -> ImportProblemError:
    more = [f"{len(problems) - REPORTED_MAX} more."] if len(problems) > REPORTED_MAX else []
    return ImportProblemError("The catalog was not imported.\n" + "\n".join([*problems[:REPORTED_MAX], *more]))


@transaction.atomic
def save(
    jurisdiction: Jurisdiction, catalog: Catalog, actor: User | None = None, *, expected: str | None = None
) -> dict[str, int]:
    """Writes a checked catalog and logs each row that it changes; returns their number per part.

    expected: the fingerprint of the catalog that the differences were shown for. Raises SetupChangedError if it's another by now.
    """
    # Concurrent imports would publish versions with the same number.
    Jurisdiction.objects.select_for_update().get(pk=jurisdiction.pk)
    before = export_catalog(jurisdiction)
    if expected is not None and fingerprint(before) != expected:
        raise SetupChangedError
    changed = _write(jurisdiction, catalog, actor)
    for change in changes(before, export_catalog(jurisdiction)):
        if change.kind in ("routing", "template", "macro"):
            # The actions that wrote them have logged it.
            continue
        if change.kind == articles.KIND:
            articles.grow_version(jurisdiction, change.key)
        setup_changes.record(
            jurisdiction,
            change.kind,
            change.key,
            actor=actor,
            name=change.name,
            before=change.before,
            after=change.after,
            note=catalog.name,
        )
    return changed


def dry_run(jurisdiction: Jurisdiction, catalog: Catalog) -> tuple[list[Change], str]:
    """What saving a checked catalog would change, and the fingerprint of what it was compared with. Saves nothing."""
    with transaction.atomic():
        before = export_catalog(jurisdiction)
        _write(jurisdiction, catalog)
        after = export_catalog(jurisdiction)
        missing = missing_by_code(jurisdiction, catalog)
        transaction.set_rollback(True)
    return changes(before, after, missing), fingerprint(before)


def _write(jurisdiction: Jurisdiction, catalog: Catalog, actor: User | None = None) -> dict[str, int]:
    writer = _Writer(jurisdiction, catalog, actor)
    if urgent := catalog.get("urgent_minutes"):
        writer.urgent(urgent)
    writer.calendars(catalog.get("calendars", {}))
    writer.departments(catalog.get("departments", []))
    if "desk_on_call" in catalog:
        writer.desk_on_call(catalog["desk_on_call"])
    writer.dangers(catalog.get("danger_on_call", {}))
    writer.categories(catalog.get("categories", []))
    writer.services(catalog.get("services", []))
    writer.topics(catalog.get("topics", []))
    writer.articles(catalog.get("articles", []))
    if "routing" in catalog:
        writer.routing(catalog["routing"])
    for kind, rows in catalog.get("reasons", {}).items():
        writer.reasons(kind, rows)
    writer.desk()
    for kind, by_language in catalog.get("emergency_words", {}).items():
        writer.phrases(kind, by_language)
    for kind, terms in catalog.get("moderation_words", {}).items():
        writer.terms(kind, terms)
    writer.go_live()
    index_catalog(jurisdiction)
    return writer.changed


def _known_codes(jurisdiction: Jurisdiction) -> dict[str, set[str]]:
    models: dict[str, Any] = {
        "calendars": Calendar, "departments": Department, "categories": Category, "services": Service, "topics": ArticleTopic,
        "articles": Article, "templates": AnswerTemplate,
    }  # fmt: skip
    known = {
        part: set(model.objects.filter(jurisdiction=jurisdiction).values_list(REFERRED_TO[part], flat=True))
        for part, model in models.items()
    }
    card = jurisdiction.address_card
    fields = {field["key"] for part in card for field in part.get("fields", [])}
    return known | {"address_card": fields | {part["layer"] for part in card}}


class _Writer:
    def __init__(self, jurisdiction: Jurisdiction, catalog: Catalog, actor: User | None = None) -> None:
        self.jurisdiction, self.catalog, self.actor, self.note = jurisdiction, catalog, actor, catalog.name
        self.changed: dict[str, int] = {}
        # Codes of services.
        self.created: set[str] = set()

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

    def urgent(self, minutes: dict[str, int]) -> None:
        row = Jurisdiction.objects.only(*URGENT).get(pk=self.jurisdiction.pk)
        before, after = [getattr(row, name) for name in URGENT], [minutes["acknowledge"], minutes["resolve"]]
        if before != after:
            Jurisdiction.objects.filter(pk=row.pk).update(**dict(zip(URGENT, after, strict=True)))
        self._count("urgent_minutes", before != after)

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

    def desk_on_call(self, entries: list[dict[str, Any]]) -> None:
        self._count("on_call", replace_roster(self.jurisdiction, None, entries))

    def dangers(self, by_kind: dict[str, list[dict[str, Any]]]) -> None:
        for kind, entries in by_kind.items():
            self._count("on_call", replace_roster(self.jurisdiction, None, entries or [], kind))

    def categories(self, entries: list[dict[str, Any]]) -> None:
        for number, category in enumerate(entries, start=1):
            columns = {
                "name": category["name"],
                "icon": category.get("icon", ""),
                "order": category.get("order", number),
            }
            self._put("categories", Category, {"code": category["code"]}, columns)

    def services(self, entries: list[dict[str, Any]]) -> None:
        """Raises ImportProblemError with each service that residents use and may not see as the file has it."""
        refused = []
        for number, entry in enumerate(entries):
            code = entry["service_code"]
            service, created = Service.objects.get_or_create(
                jurisdiction=self.jurisdiction, service_code=code, defaults={"active": False}
            )
            service.jurisdiction = self.jurisdiction
            self.created |= {code} if created else set()
            try:
                published = catalog_go_live.publish(service, entry, self.actor)
            except NotReady as found:
                place = self.catalog.place(("services", number))
                refused.append(
                    ": ".join(filter(None, [place, catalog_go_live.refusal(entry, self.jurisdiction, found)]))
                )
                continue
            retargeted = catalog_versions.set_targets(service, entry.get("targets") or {})
            self._count("services", created or published or retargeted)
        if refused:
            raise _not_imported(refused)

    def go_live(self) -> None:
        switched = catalog_go_live.go_live(self.jurisdiction, self.catalog, self.actor, self.created)
        if switched:
            self.changed["services"] = max(self.changed.get("services", 0), switched)

    def topics(self, entries: list[dict[str, Any]]) -> None:
        for order, written in enumerate(entries, start=1):
            self._put("topics", ArticleTopic, {"code": written["code"]}, {"name": written["name"], "order": order})

    def articles(self, entries: list[dict[str, Any]]) -> None:
        topics = {topic.code: topic for topic in ArticleTopic.objects.filter(jurisdiction=self.jurisdiction)}
        for entry in entries:
            columns = {
                "title": entry["title"],
                "body": entry["body"],
                "topic": topics.get(entry.get("topic") or ""),
                "asked": entry.get("asked") or {},
                "by_address": entry.get("by_address") or "",
                "contact": entry.get("contact"),
                **articles.for_staff_columns(entry),
                "published": entry.get("published", True),
            }
            article = self._put("articles", Article, {"code": entry["code"]}, columns)
            articles.refer(article, entry)
        # Once all are written: an article may be related to one further down.
        for entry in entries:
            articles.relate(Article.objects.get(jurisdiction=self.jurisdiction, code=entry["code"]), entry)

    def routing(self, entries: list[dict[str, Any]]) -> None:
        changed = versions.publish(self.jurisdiction, entries, actor=self.actor, note=self.note)
        self.changed["routing"] = self.changed.get("routing", 0) + changed

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

    def desk(self) -> None:
        """Raises ImportProblemError if what a macro names isn't there."""
        for part, put in catalog_desk.PARTS.items():
            try:
                changed = put(self.jurisdiction, self.catalog.get(part, []), self.actor)
            except catalog_desk.MacroRefused as refused:
                raise _not_imported([str(refused)]) from refused
            if part in self.catalog:
                self.changed[part] = changed

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


def export_catalog(jurisdiction: Jurisdiction) -> dict[str, Any]:
    """The whole catalog as one file. Importing it again changes nothing."""
    own = {"jurisdiction": jurisdiction}
    rosters = written_rosters(jurisdiction)
    services = Service.objects.filter(**own, current__isnull=False).select_related(
        "current__category", "current__department", "current__service"
    )
    return {
        "format": FORMAT,
        "urgent_minutes": _urgent(jurisdiction),
        "calendars": {one.code: written_calendar(one) for one in Calendar.objects.filter(**own).order_by("code")},
        "departments": [
            {
                "code": one.code, "name": one.name, "phone": one.phone, "email": one.email,
                "calendar": one.calendar.code, "on_call": rosters[one.pk, ""],
            } | ({} if one.active else {"active": False})
            for one in Department.objects.filter(**own).select_related("calendar").order_by("code")
        ],
        "desk_on_call": rosters[None, ""],
        "danger_on_call": {kind: rosters[None, kind] for kind in KINDS_ON_CALL},
        "categories": [
            {"code": one.code, "name": one.name, "icon": one.icon, "order": one.order}
            for one in Category.objects.filter(**own)
        ],
        "services": [
            {**written, "active": written.get("active", True)}
            for written in written_services(
                services.order_by("current__category__order", "current__category__code", "id")
            ).values()
        ],
        "topics": [{"code": one.code, "name": one.name} for one in ArticleTopic.objects.filter(**own)],
        "articles": [
            {"code": one.code} | written_article(one) | ({} if one.published else {"published": False})
            for one in jurisdiction.articles.select_related("topic").prefetch_related(*ARTICLE_REFERS_TO).order_by("code")
        ],
        "routing": rules_in_use(jurisdiction.pk),
        "reasons": {
            kind: [
                {"code": one.code, "words": one.words} | ({"appeal": one.appeal} if one.appeal else {})
                for one in ListedReason.objects.filter(**own, kind=kind, active=True)
            ]
            for kind in ListedReason.Kind.values
        },
        "templates": catalog_desk.written_templates(jurisdiction),
        "macros": catalog_desk.written_macros(jurisdiction),
        "views": catalog_desk.written_views(jurisdiction),
        "emergency_words": _phrases(jurisdiction),
        "moderation_words": {
            kind: list(ModerationTerm.objects.filter(**own, kind=kind).order_by("value").values_list("value", flat=True))
            for kind in TERMS
        },
    }  # fmt: skip


def export_part(jurisdiction: Jurisdiction, part: str) -> dict[str, Any]:
    """One of EXPORTED_PARTS, as a file that can be imported alone where the parts before it are."""
    whole = export_catalog(jurisdiction)
    exported = {"format": FORMAT, **{name: whole[name] for name in EXPORTED_PARTS[part]}}
    if part == "services":
        # Who is on call is another matter. Articles only if an answer leads to them, and with the topics of these.
        for department in exported["departments"]:
            del department["on_call"]
        read = _articles_read(exported["services"])
        exported["articles"] = [_without_notes(one) for one in exported["articles"] if one["code"] in read]
        topics = {one.get("topic") for one in exported["articles"]}
        exported["topics"] = [one for one in exported["topics"] if one["code"] in topics]
    return exported


def _without_notes(article: dict[str, Any]) -> dict[str, Any]:
    """For a file that other cities may get: without what is for colleagues, and what isn't in it."""
    return {name: value for name, value in article.items() if name not in ("note", "related")}


def _articles_read(services: list[dict[str, Any]]) -> set[str]:
    options = [
        one for service in services for asked in service.get("questions") or [] for one in asked.get("options") or []
    ]
    return {one["effects"]["article"] for one in options if (one.get("effects") or {}).get("article")}


def _urgent(jurisdiction: Jurisdiction) -> dict[str, int]:
    # Not from the instance, which may be older than what was just written.
    acknowledge, resolve = Jurisdiction.objects.values_list(*URGENT).get(pk=jurisdiction.pk)
    return {"acknowledge": acknowledge, "resolve": resolve}


def _phrases(jurisdiction: Jurisdiction) -> dict[str, dict[str, list[Any]]]:
    written: dict[str, dict[str, list[Any]]] = {}
    for one in EmergencyPhrase.objects.filter(jurisdiction=jurisdiction).order_by("kind", "language", "phrase"):
        more = ({"unless": one.unless} if one.unless else {}) | ({} if one.active else {"off": True})
        entry = {"phrase": one.phrase, **more} if more else one.phrase
        written.setdefault(one.kind, {}).setdefault(one.language, []).append(entry)
    return written
