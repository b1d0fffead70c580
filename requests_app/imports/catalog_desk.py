"""What a catalog file has for the staff's desk: answer templates, macros and shared views of the queue, put and written.

In a file, a macro names a template by its name and a person by email address.
"""

from collections.abc import Callable
from typing import Any

from requests_app.actions.shared.setup_rows import SetupRow
from requests_app.actions.work import saved_views
from requests_app.actions.work.answer_templates import TEMPLATE
from requests_app.actions.work.macros import MACRO
from requests_app.models import AnswerTemplate, Department, Jurisdiction, Macro, SavedView, Service, User
from requests_app.rules.work.saved_views import SharedWith
from requests_app.rules.work.steps import Definition, Refused

ME = "me"
EVERYONE = SharedWith(SavedView.Audience.CITY)


class MacroRefused(Exception):
    """What its steps name isn't there. The message is for the person who wrote the file."""


# --- Into the city: each returns how many rows are new or changed ------------------------------------------------------


def put_templates(jurisdiction: Jurisdiction, entries: list[Definition], actor: User | None) -> int:
    services = {one.service_code: one for one in Service.objects.filter(jurisdiction=jurisdiction)} if entries else {}
    kept = {one.name: one for one in AnswerTemplate.objects.filter(jurisdiction=jurisdiction)}
    changed = 0
    for entry in entries:
        columns = {
            "name": entry["name"],
            "service": services.get(entry.get("service") or ""),
            "outcome": entry.get("outcome") or "",
            "words": entry["words"],
            "active": entry.get("active", True),
        }
        changed += _put(TEMPLATE, kept.get(entry["name"]) or AnswerTemplate(jurisdiction=jurisdiction), columns, actor)
    return changed


def put_macros(jurisdiction: Jurisdiction, entries: list[Definition], actor: User | None) -> int:
    """Raises MacroRefused."""
    departments = {one.code: one for one in Department.objects.filter(jurisdiction=jurisdiction)} if entries else {}
    changed = 0
    for entry in entries:
        department = departments.get(entry.get("department") or "")
        own = {"jurisdiction": jurisdiction, "department": department, "name": entry["name"]}
        row = Macro.objects.filter(**own, owner=None).first() or Macro(**own)
        columns = {"key": entry.get("key"), "steps": _stored_steps(jurisdiction, entry["steps"])}
        try:
            changed += _put(MACRO, row, columns, actor)
        except Refused as refused:
            message = f"macros, {entry['name']}: what `{refused.verb}` names isn’t there ({refused.reason})."
            raise MacroRefused(message) from refused
    return changed


def put_views(jurisdiction: Jurisdiction, entries: list[Definition], actor: User | None) -> int:
    """Somebody has to keep them: `actor`, or the first administrator. In a city without one they are left out."""
    keeper = actor or _first_administrator(jurisdiction) if entries else None
    if keeper is None:
        return 0
    kept = {one.name: one for one in _shared_views(jurisdiction)}
    changed = 0
    for entry in entries:
        query = [(name, value) for name, values in entry["query"].items() for value in _as_list(values)]
        view = kept.get(entry["name"])
        if view is None:
            saved_views.save(jurisdiction, name=entry["name"], query=query, shared_with=EVERYONE, actor=keeper)
            changed += 1
        elif [tuple(pair) for pair in view.query] != query:
            saved_views.change(view, name=view.name, shared_with=EVERYONE, query=query)
            changed += 1
    return changed


PARTS: dict[str, Callable[[Jurisdiction, list[Definition], User | None], int]] = {
    "templates": put_templates,
    "macros": put_macros,
    "views": put_views,
}


def _put(rows: SetupRow[Any], row: Any, columns: dict[str, Any], actor: User | None) -> bool:
    """As the page of such a row does it, with its line in the log. Returns whether it is new or changed."""
    changed = row._state.adding or any(getattr(row, name) != value for name, value in columns.items())
    if changed:
        rows.save(row, actor=actor, **columns)
    return bool(changed)


def _stored_steps(jurisdiction: Jurisdiction, steps: list[Definition]) -> list[Definition]:
    """With ids. A person without an account is nobody's id, which the check of a macro refuses."""
    templates = dict(AnswerTemplate.objects.filter(jurisdiction=jurisdiction).values_list("name", "pk"))
    stored = [dict(step) for step in steps]
    for step in stored:
        if "template" in step:
            step["template"] = templates[step["template"]]
        if step.get("assignee") not in (None, ME):
            user = User.objects.filter(email__iexact=step["assignee"]).first()
            step["assignee"] = user.pk if user else 0
        if step["verb"] == "resolve":
            step.setdefault("reason", "")
    return stored


# --- Into a file -------------------------------------------------------------------------------------------------------


def written_templates(jurisdiction: Jurisdiction) -> list[Definition]:
    return [
        {"name": one.name, "words": one.words}
        | ({"service": one.service.service_code} if one.service else {})
        | ({"outcome": one.outcome} if one.outcome else {})
        | ({} if one.active else {"active": False})
        for one in AnswerTemplate.objects.filter(jurisdiction=jurisdiction).select_related("service").order_by("name")
    ]


def written_macros(jurisdiction: Jurisdiction) -> list[Definition]:
    """The city's and its departments', not what people made for themselves. One that names what is gone is left out."""
    templates = dict(AnswerTemplate.objects.filter(jurisdiction=jurisdiction).values_list("pk", "name"))
    macros = Macro.objects.filter(jurisdiction=jurisdiction, owner=None).select_related("department")
    rows = list(macros.order_by("name", "id"))
    people = {step.get("assignee") for macro in rows for step in macro.steps} - {None, ME}
    emails: dict[Any, str | None] = dict(User.objects.filter(pk__in=people).values_list("pk", "email"))
    emails |= {None: None, ME: ME}
    entries = []
    for macro in rows:
        try:
            steps = [_written_step(step, templates, emails) for step in macro.steps]
        except KeyError:
            continue
        entries.append(
            {"name": macro.name, "steps": steps}
            | ({"department": macro.department.code} if macro.department else {})
            | ({"key": macro.key} if macro.key else {})
        )
    return entries


def _written_step(step: Definition, templates: dict[int, str], emails: dict[Any, str | None]) -> Definition:
    """Raises KeyError."""
    written = {name: value for name, value in step.items() if value != ""}
    if "template" in written:
        written["template"] = templates[written["template"]]
    if "assignee" in written:
        written["assignee"] = emails[written["assignee"]]
    return written


def written_views(jurisdiction: Jurisdiction) -> list[Definition]:
    """Those that everyone on the staff sees."""
    by_name = {one.name: one.query for one in _shared_views(jurisdiction)}
    return [
        {"name": name, "query": {code: [value for other, value in query if other == code] for code, _value in query}}
        for name, query in sorted(by_name.items())
    ]


def _shared_views(jurisdiction: Jurisdiction) -> list[SavedView]:
    """The earliest one of a name comes last, so that it is the one that counts."""
    rows = SavedView.objects.filter(jurisdiction=jurisdiction, audience=SavedView.Audience.CITY)
    return list(rows.select_related("jurisdiction").order_by("-id"))


def _first_administrator(jurisdiction: Jurisdiction) -> User | None:
    administers = {
        "memberships__jurisdiction": jurisdiction,
        "memberships__role__permissions__contains": ["administer"],
    }
    return User.objects.filter(is_active=True, **administers).order_by("id").first()


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
