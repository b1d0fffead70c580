"""What an answer does, as parts of one sentence: “then stop with 911 and make it priority 1: danger to people”.

A part is a short text: stop, ask:how-deep, priority:1, target, private_photos, service:streetlight, article:potholes. The length of
a target is typed next to it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.models import Article, Jurisdiction, Service
from requests_app.rules.shared.priorities import PRIORITIES
from staff_app.setup.services.editing import Definition
from staff_app.setup.services.forms import UNITS
from staff_app.setup.services.sentence import Menu

# Of these, an answer has one at most.
SINGLE = ("priority", "service", "article")


@dataclass
class Linked:
    """The names of what answers lead to, by code. number: the city's emergency number."""

    number: str
    services: Mapping[str, str] = field(default_factory=dict)
    articles: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, str] = field(default_factory=dict)

    def part(self, part: str, target: Definition | None = None) -> str:
        """One part of the sentence in words."""
        name, _colon, code = part.partition(":")
        if name == "stop":
            return _("stop with %(number)s") % {"number": self.number}
        if name == "ask":
            return _("ask “%(question)s”") % {"question": self.questions.get(code, code)}
        if name == "priority":
            return _("make it priority %(priority)s") % {"priority": PRIORITIES[int(code)]}
        if name == "target":
            if not target:
                return _("have it fixed within…")
            units = dict(UNITS)
            words = _("have it fixed within %(value)s %(unit)s")
            return words % {"value": target["value"], "unit": units[target["unit"]]}
        if name == "private_photos":
            return _("keep its photos private")
        if name == "service":
            return _("suggest the service “%(name)s”") % {"name": self.services.get(code, code)}
        return _("show the article “%(title)s”") % {"title": self.articles.get(code, code)}

    def menu(self, questions: Iterable[str]) -> Menu:
        """questions: the codes of those that an answer may ask."""
        return Menu(
            [
                ("", [("", _("nothing more"))]),
                (_("Emergency"), self._parts(["stop"])),
                (_("Ask another question"), self._parts([f"ask:{code}" for code in questions])),
                (_("Priority and target"), self._parts([*(f"priority:{number}" for number in PRIORITIES), "target"])),
                (_("Privacy"), self._parts(["private_photos"])),
                (_("Suggest another service"), self._parts(_in_order("service", self.services))),
                (_("Show an article"), self._parts(_in_order("article", self.articles))),
            ]
        )

    def _parts(self, parts: Iterable[str]) -> list[tuple[str, str]]:
        return [(part, self.part(part)) for part in parts]

    def sentence(self, parts: Sequence[str], target: Definition | None = None) -> str:
        """ "then stop with 911 and ask “How many?”"; empty if it does nothing."""
        if not parts:
            return ""
        return _("then %(parts)s") % {"parts": _(" and ").join(self.part(part, target) for part in parts)}


def _in_order(name: str, names: Mapping[str, str]) -> list[str]:
    return [f"{name}:{code}" for code in sorted(names, key=lambda code: names[code].casefold())]


def linked_in(city: Jurisdiction, questions: Sequence[Definition]) -> Linked:
    """The names of what these questions' answers lead to."""
    return _linked(city, questions)


def linkable(city: Jurisdiction, questions: Sequence[Definition], *, without: str) -> Linked:
    """With all services and articles that an answer of the service `without` may lead to.

    What an answer leads to already stays among them, even if it's no longer offered.
    """
    return _linked(city, questions, Q(active=True) & ~Q(service_code=without), Q(published=True))


def _linked(
    city: Jurisdiction, questions: Sequence[Definition], services: Q | None = None, articles: Q | None = None
) -> Linked:
    effects = [option.get("effects") or {} for one in questions for option in one.get("options") or []]
    service_codes = {one["service"] for one in effects if one.get("service")}
    article_codes = {one["article"] for one in effects if one.get("article")}
    linked = Linked(city.emergency_number, questions={one["code"]: localized(one.get("text")) for one in questions})
    if services or service_codes:
        which = Q(service_code__in=service_codes) | (services or Q(pk__in=[]))
        rows = Service.objects.filter(which, jurisdiction=city, current__isnull=False)
        linked.services = {code: localized(name) for code, name in rows.values_list("service_code", "current__name")}
    if articles or article_codes:
        which = Q(code__in=article_codes) | (articles or Q(pk__in=[]))
        rows_of_articles = Article.objects.filter(which, jurisdiction=city)
        linked.articles = {code: localized(title) for code, title in rows_of_articles.values_list("code", "title")}
    return linked


def parts_of(effects: Definition, asks: Iterable[str] = ()) -> list[str]:
    """asks: the codes of the questions that are asked after this answer."""
    parts = ["stop"] if effects.get("stop") else []
    parts += [f"ask:{code}" for code in asks]
    if effects.get("priority"):
        parts.append(f"priority:{effects['priority']}")
    if effects.get("resolve_target"):
        parts.append("target")
    if effects.get("private_photos"):
        parts.append("private_photos")
    return parts + [f"{name}:{effects[name]}" for name in ("service", "article") if effects.get(name)]


def effects_of(parts: Iterable[str], target: Definition | None) -> Definition:
    """As a catalog file writes them, in its order; without the questions that it asks, whose own condition says so."""
    chosen = {part.partition(":")[0]: part.partition(":")[2] for part in parts}
    effects: dict[str, Any] = {}
    if "stop" in chosen:
        effects["stop"] = True
    if "priority" in chosen:
        effects["priority"] = int(chosen["priority"])
    if "target" in chosen and target:
        effects["resolve_target"] = target
    if "private_photos" in chosen:
        effects["private_photos"] = True
    return effects | {name: chosen[name] for name in ("service", "article") if name in chosen}


def asks_of(questions: Iterable[Definition], code: str) -> dict[str, list[str]]:
    """The codes of the questions that are asked after an answer to this one, by the answer's value."""
    asked: dict[str, list[str]] = {}
    for question in questions:
        condition = question.get("show_if") or {}
        if condition.get("question") == code:
            for value in condition.get("values", []):
                asked.setdefault(str(value), []).append(question["code"])
    return asked


def has_two(parts: Iterable[str]) -> bool:
    """Whether it says two things that can't both be, such as two priorities."""
    names = [part.partition(":")[0] for part in parts]
    return any(names.count(name) > 1 for name in SINGLE)
