"""The city's draft of routing rules: changing it, discarding it, publishing it, and rolling back to an earlier version."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from requests_app.actions.routing import versions
from requests_app.clock import app_now
from requests_app.models import Jurisdiction, RoutingDraft, RoutingVersion, User
from requests_app.rules.routing import checks
from requests_app.rules.routing.routing import Definition, rules_in_use, tidy

EARLIER_MAX = 20
Edit = Callable[[list[Definition]], list[Definition]]


@dataclass(frozen=True)
class Seen:
    """What a page showed when its form was opened. revision: of the draft, 0 if there was none. base: the version in use."""

    revision: int = 0
    base: int = 0


class Conflict(Exception):
    """Somebody else changed or published the rules meanwhile. before: what the page showed, as far as it is known."""

    def __init__(self, before: list[Definition] | None, after: list[Definition], by: User | None) -> None:
        self.before, self.after, self.by = before, after, by
        super().__init__()


class Refused(Exception):
    """The rules can't be published. problems: sentences."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__(*problems)


def draft_of(jurisdiction: Jurisdiction) -> RoutingDraft | None:
    return RoutingDraft.objects.filter(jurisdiction=jurisdiction).select_related("user").first()


@transaction.atomic
def change(jurisdiction: Jurisdiction, edit: Edit, *, seen: Seen, actor: User) -> RoutingDraft:
    """Applies `edit` to the draft, which begins with the rules in use. Raises Conflict."""
    now = app_now()
    draft, last = _lock(jurisdiction)
    _check(jurisdiction, draft, last, seen)
    if draft is None:
        rules = rules_in_use(jurisdiction.pk)
        draft = RoutingDraft(jurisdiction=jurisdiction, rules=rules, base=last.number if last else 0)
        # Milliseconds: a form of an earlier draft never fits a later one.
        draft.earlier, draft.revision = [[0, rules]], round(now.timestamp() * 1000)
    else:
        draft.earlier = [*draft.earlier, [draft.revision, draft.rules]][-EARLIER_MAX:]
        draft.revision += 1
    draft.rules = [tidy(rule) for rule in edit(list(draft.rules))]
    draft.user, draft.updated_at = actor, now
    draft.save()
    return draft


@transaction.atomic
def discard(jurisdiction: Jurisdiction, *, seen: Seen) -> None:
    """Raises Conflict."""
    draft, last = _lock(jurisdiction)
    if draft is not None:
        _check(jurisdiction, draft, last, seen)
        draft.delete()


@transaction.atomic
def publish(jurisdiction: Jurisdiction, *, seen: Seen, note: str, actor: User) -> int:
    """Puts the draft into use at once. Returns the version's number. Raises Conflict and Refused."""
    draft, last = _lock(jurisdiction)
    _check(jurisdiction, draft, last, seen)
    # Also if the draft is as it was: somebody may have rolled back or imported a file.
    if draft is None or (last is not None and last.number != seen.base):
        raise _published_meanwhile(jurisdiction, last, seen)
    if problems := checks.refusals(draft.rules, checks.known_of(jurisdiction)):
        raise Refused(problems)
    rules = draft.rules
    draft.delete()
    versions.publish(jurisdiction, rules, actor=actor, note=note)
    newest = versions.newest(jurisdiction)
    return newest.number if newest else 0


@transaction.atomic
def roll_back(jurisdiction: Jurisdiction, version: RoutingVersion, *, seen: Seen, note: str, actor: User) -> int:
    """Publishes an earlier version's rules as a new one. A draft stays. Raises Conflict and Refused."""
    _draft, last = _lock(jurisdiction)
    if last is not None and last.number != seen.base:
        raise _published_meanwhile(jurisdiction, last, seen)
    if problems := checks.refusals(version.rules, checks.known_of(jurisdiction)):
        raise Refused(problems)
    versions.publish(jurisdiction, version.rules, actor=actor, note=note, action="rolled_back")
    newest = versions.newest(jurisdiction)
    return newest.number if newest else 0


def _lock(jurisdiction: Jurisdiction) -> tuple[RoutingDraft | None, RoutingVersion | None]:
    # The city's row: there may be no draft yet.
    Jurisdiction.objects.select_for_update(no_key=True).only("pk").get(pk=jurisdiction.pk)
    return draft_of(jurisdiction), versions.newest(jurisdiction)


def _check(jurisdiction: Jurisdiction, draft: RoutingDraft | None, last: RoutingVersion | None, seen: Seen) -> None:
    if draft is None:
        # No draft, as the page showed, and the same version; or the draft was published or discarded.
        if seen.revision or (last is not None and last.number != seen.base):
            raise _published_meanwhile(jurisdiction, last, seen)
    elif draft.revision != seen.revision:
        before = dict(map(tuple, draft.earlier)).get(seen.revision)
        raise Conflict(before, draft.rules, draft.user)


def _published_meanwhile(jurisdiction: Jurisdiction, last: RoutingVersion | None, seen: Seen) -> Conflict:
    before = RoutingVersion.objects.filter(jurisdiction=jurisdiction, number=seen.base).first()
    return Conflict(before.rules if before else None, last.rules if last else [], last.user if last else None)
