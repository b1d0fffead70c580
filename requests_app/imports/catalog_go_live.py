"""What a catalog file says of going live: approvals of emergency checks, test reports, and which services are offered."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import override

from requests_app.actions.setup import catalog_versions, test_reports
from requests_app.actions.setup import go_live as actions
from requests_app.clock import app_now
from requests_app.imports.catalog_file import Catalog
from requests_app.models import Jurisdiction, Service, ServiceApproval, ServiceTest, User
from requests_app.rules.setup import go_live as rules
from requests_app.rules.setup.catalog_rows import written_services

Definition = dict[str, Any]


def publish(service: Service, fields: Definition, actor: User | None) -> bool:
    """As catalog_versions.publish(), with the approval that the file has. Raises NotReady, with sentences in English."""
    with override("en"):
        approval = None
        if "emergency_check" in fields:
            approval = approval_in(service, fields, actor)
        return catalog_versions.publish(service, fields, approval=approval if service.active else None)


def approval_in(service: Service, fields: Definition, actor: User | None) -> ServiceApproval:
    """The approval that a file has of a service's emergency check. Raises NotReady if it is of other words."""
    city, check = service.jurisdiction, fields["emergency_check"]
    words = rules.emergency_words(fields, city)
    if check["code"] != rules.fingerprint(words):
        sentence = f"the code of `emergency_check` is of other words. These have {rules.fingerprint(words)}."
        raise rules.NotReady([rules.Check(rules.EMERGENCY, [sentence])])
    review_by = (
        dt.date.fromisoformat(str(check["until"])) if "until" in check else _today(city) + dt.timedelta(check["days"])
    )
    return actions.new_approval(
        service, approver=check["approved_by"], review_by=review_by, approved=words, actor=actor
    )


def refusal(fields: Definition, city: Jurisdiction, refused: rules.NotReady) -> str:
    """Why a service that residents use can't become what the file says, and what to do."""
    code, words = fields["service_code"], rules.emergency_words(fields, city)
    reason = f"services, {code}: {' '.join(refused.sentences)}"
    if rules.unnamed_in(words) or "emergency_check" in fields:
        return reason
    return (
        f"services, {code}: residents use this service, and the file changes its emergency check. Publish this change in setup,"
        " with the approval of your 911 center. Or, once they have read it, add to the service: emergency_check: {approved_by:"
        f" NAME, until: YYYY-MM-DD, code: {rules.fingerprint(words)}}}"
    )


def go_live(jurisdiction: Jurisdiction, catalog: Catalog, actor: User | None, created: set[str]) -> int:
    """Stores the approvals, sends the test reports and offers or takes offline what the file says; returns how many were switched.

    After everything else is written: a service needs its articles and rules. One that isn't ready is not offered. created: the
    codes of the services that are new with this file.
    """
    entries = {
        one["service_code"]: one
        for one in catalog.get("services", [])
        if {"active", "emergency_check", "no_article", "test"} & one.keys()
    }
    if not entries:
        return 0
    services = list(_services(jurisdiction, entries).select_for_update(of=("self",)))
    facts, written = rules.facts_of(jurisdiction, [one.pk for one in services]), written_services(services)
    for service in services:
        entry = entries[service.service_code]
        missing = {check.code for check in rules.checks(service, written[service.pk], facts) if not check.done}
        if rules.EMERGENCY in missing:
            _approve(service, written[service.pk], entry, catalog, actor, is_new=service.service_code in created)
        if rules.ARTICLE in missing and entry.get("no_article"):
            actions.set_no_article(service, needs_none=True, actor=actor)
        if rules.TEST in missing and "test" in entry:
            catalog.test_problems[service.service_code] = _test(service, entry["test"], actor)
    switched = 0
    for service in services:
        active = entries[service.service_code].get("active")
        if active is not None:
            switched += _switch(service, offered=active)
    return switched


def _approve(
    service: Service, fields: Definition, entry: Definition, catalog: Catalog, actor: User | None, *, is_new: bool
) -> None:
    city = service.jurisdiction
    if "emergency_check" in entry:
        approval = approval_in(service, entry, actor)
    elif catalog.shipped_for is not None and is_new:
        approval = actions.new_approval(
            service,
            approver="",
            review_by=_today(city) + catalog.shipped_for,
            approved=rules.emergency_words(fields, city),
            actor=actor,
            is_shipped=True,
        )
    else:
        return
    if rules.emergency_check(service, fields, approval).done:
        actions.store_approval(approval)


def _test(service: Service, report: Definition, actor: User | None) -> list[str]:
    version, now = service.current, app_now()
    if version is None:
        return []
    found = test_reports.send(version, report)
    if not found:
        ServiceTest.objects.create(service=service, service_version=version, user=actor, at=now, passed_at=now)
    return found


def _switch(service: Service, *, offered: bool) -> bool:
    try:
        return actions.switch(service, offered=offered)
    except rules.NotReady:
        return False


def missing_by_code(jurisdiction: Jurisdiction, catalog: Catalog) -> dict[str, list[str]]:
    """What services in the file that residents aren't offered still need, in short, by code; without those it takes offline."""
    codes = [one["service_code"] for one in catalog.get("services", []) if one.get("active") is not False]
    services = [one for one in _services(jurisdiction, codes) if not one.active]
    if not services:
        return {}
    facts, written = rules.facts_of(jurisdiction, [one.pk for one in services]), written_services(services)
    return {
        one.service_code: [
            _short(check, catalog.test_problems.get(one.service_code))
            for check in rules.obstacles(one, written[one.pk], facts=facts)
        ]
        for one in services
    }


def _short(check: rules.Check, test_problems: list[str] | None) -> str:
    if check.code == rules.TEST and test_problems:
        return f"{check.short_name} ({' '.join(test_problems)})"
    return check.short_name


def not_offered(code: str, missing: list[str]) -> str:
    """What commands say of a service that residents don't see."""
    if missing:
        return f"{code} is not offered to residents. Missing: {', '.join(missing)}."
    return f"{code} is ready, but not offered to residents: go live with it in setup."


def _services(jurisdiction: Jurisdiction, codes: Iterable[str]) -> QuerySet[Service]:
    found = Service.objects.filter(jurisdiction=jurisdiction, service_code__in=list(codes)).order_by("pk")
    return found.select_related(
        "jurisdiction", "current__category", "current__department", "current__service__jurisdiction"
    )


def _today(city: Jurisdiction) -> dt.date:
    return app_now().astimezone(city.zone).date()
