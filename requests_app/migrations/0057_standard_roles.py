"""Roles that a city left as they came get what new cities' roles have since. Roles that it changed stay as they are. Can run twice."""

from typing import Any

from django.db import migrations

CREW = {
    "view", "accept", "schedule", "visit", "make_safe", "hold", "resume", "ask", "answer", "comment", "note", "resolve",
    "hand_over", "correct_place",
}  # fmt: skip
SUPERVISOR = CREW | {
    "view_reporter", "view_private", "triage", "route", "transfer", "assign", "change_service", "set_priority", "merge",
    "unmerge", "reopen", "supervise", "withdraw", "hide", "publish", "read_outbox",
}  # fmt: skip
# By the role's code: what it was at first, and what has come since, in its order.
ADDED = {"crew": (CREW, ["check_endings"]), "supervisor": (SUPERVISOR, ["check_endings", "safety_notes"])}


def add(apps: Any, schema_editor: Any) -> None:
    for role in apps.get_model("requests_app", "Role").objects.filter(code__in=ADDED):
        standard, added = ADDED[role.code]
        if set(role.permissions) - set(added) == standard:
            role.permissions += [one for one in added if one not in role.permissions]
            role.save(update_fields=["permissions"])


class Migration(migrations.Migration):
    dependencies = [("requests_app", "0056_safety_notes")]

    operations = [migrations.RunPython(add, migrations.RunPython.noop)]
