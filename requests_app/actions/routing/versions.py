"""Publishing sets of routing rules. Versions are immutable; rules that are no longer in use stay, since decisions name them."""

from django.db import connection, transaction
from django.db.models import F

from requests_app.actions.shared import setup_changes
from requests_app.models import Department, Jurisdiction, RoutingRule, RoutingVersion, User
from requests_app.rules.routing.routing import THEN, Definition, rules_in_use, tidy

# Counts look back this far.
DAYS = 90


class Changed(Exception):
    """Somebody else published meanwhile. version: the newest one."""

    def __init__(self, version: RoutingVersion) -> None:
        self.version = version
        super().__init__()


def newest(jurisdiction: Jurisdiction) -> RoutingVersion | None:
    return RoutingVersion.objects.filter(jurisdiction=jurisdiction).order_by("-number").first()


@transaction.atomic
def publish(
    jurisdiction: Jurisdiction,
    rules: list[Definition],
    *,
    actor: User | None,
    note: str = "",
    base: int | None = None,
    action: str = "published",
) -> int:
    """Puts these rules, as written in a catalog file, into use. Returns how many are new or differ; 0: nothing was published.

    base: the number of the version that they change; raises Changed if there is a newer one. Raises DoesNotExist for a department
    that the city does not have.
    """
    # The city's row, so that two who publish at once get two numbers. Reports that refer to it don't wait.
    Jurisdiction.objects.select_for_update(no_key=True).only("pk").get(pk=jurisdiction.pk)
    last = newest(jurisdiction)
    if base is not None and last is not None and last.number != base:
        raise Changed(last)
    before, rules = rules_in_use(jurisdiction.pk), [tidy(rule) for rule in rules]
    if before == rules and last is not None:
        return 0
    version = RoutingVersion.objects.create(
        jurisdiction=jurisdiction,
        number=last.number + 1 if last else 1,
        rules=rules,
        note=note,
        user=actor,
    )
    changed = _replace(jurisdiction, rules)
    setup_changes.record(
        jurisdiction,
        "routing",
        version.number,
        actor=actor,
        name=str(version.number),
        before={"rules": before} if before else None,
        after={"rules": rules},
        action=action,
        note=note,
    )
    return changed


def _replace(jurisdiction: Jurisdiction, rules: list[Definition]) -> int:
    rows = RoutingRule.objects.filter(jurisdiction=jurisdiction)
    before = {rule.pk: (rule.order, rule.active) for rule in rows}
    # Move all rules out of the way first, since `order` is unique.
    highest = max([len(rules), *(order for order, _ in before.values())])
    rows.update(order=F("order") + highest + 1, active=False)
    changed = 0
    for order, rule in enumerate(rules, start=1):
        code = rule["department"]
        department = Department.objects.get(jurisdiction=jurisdiction, code=code) if code else None
        then = {name: rule[name] for name in THEN if rule.get(name)}
        columns = {"order": order, "when": rule["when"], "department": department, "then": then, "active": True}
        row = rows.filter(name=rule["name"]).order_by("order").first()
        if row is None:
            RoutingRule.objects.create(jurisdiction=jurisdiction, name=rule["name"], **columns)
            changed += 1
            continue
        decided = (row.when, row.department, row.then)
        changed += (before[row.pk], decided) != ((order, True), (rule["when"], department, then))
        RoutingRule.objects.filter(pk=row.pk).update(**columns)
    return changed


COUNT = """
UPDATE requests_app_routingrule rule
SET caught = coalesce(counted.caught, 0), came_back = coalesce(counted.came_back, 0)
FROM requests_app_routingrule same
LEFT JOIN (
  SELECT decision.rule_id, count(*) AS caught, count(*) FILTER (WHERE request.bounces > 0) AS came_back
  FROM requests_app_routingdecision decision
  JOIN requests_app_servicerequest request ON request.id = decision.service_request_id
  WHERE decision.is_first AND decision.rule_id IS NOT NULL AND decision.created_at >= app_now() - make_interval(days => %s)
  GROUP BY decision.rule_id) counted ON counted.rule_id = same.id
WHERE rule.id = same.id
  AND (rule.caught, rule.came_back) IS DISTINCT FROM (coalesce(counted.caught, 0), coalesce(counted.came_back, 0))
"""


@transaction.atomic
def count_caught() -> None:
    """Counts how many requests each rule routed in the last 90 days, and how many of them came back: sent back to triage, or
    transferred to another department."""
    with connection.cursor() as cursor:
        cursor.execute(COUNT, [DAYS])
