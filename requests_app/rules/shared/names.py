"""What a city calls what its codes stand for: services, departments, teams, people, areas, questions and their answers."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _

from requests_app.core.localized import LocalizedText, localized
from requests_app.models import Article, ArticleTopic, Jurisdiction, QuestionVersion, Role, User
from requests_app.rules.shared import directory


@dataclass(frozen=True)
class Question:
    """answers: what each is called, by value."""

    text: str
    answers: Mapping[str, str]


class Names:
    """In the active language. What the directory doesn't keep is read once, when it's first asked for."""

    def __init__(self, city: Jurisdiction) -> None:
        self.city = city

    @cached_property
    def services(self) -> dict[str, str]:
        services = directory.of(self.city).services.values()
        return {one.service_code: localized(one.current.name) for one in services if one.current is not None}

    @cached_property
    def departments(self) -> dict[str, str]:
        return {one.code: str(one) for one in directory.of(self.city).departments.values()}

    @cached_property
    def categories(self) -> dict[str, str]:
        return {one.code: str(one) for one in directory.of(self.city).categories.values()}

    @cached_property
    def articles(self) -> dict[str, str]:
        """A draft that was never published has the title of its draft."""
        rows = Article.objects.filter(jurisdiction=self.city).values_list("code", "title", "draft")
        return {code: localized(title or (draft or {}).get("title")) for code, title, draft in rows}

    @cached_property
    def topics(self) -> dict[str, str]:
        rows = ArticleTopic.objects.filter(jurisdiction=self.city).values_list("code", "name")
        return {code: localized(name) for code, name in rows}

    @cached_property
    def roles(self) -> dict[str, str]:
        rows = Role.objects.filter(jurisdiction=self.city).values_list("code", "name")
        return {code: localized(name) for code, name in rows}

    @cached_property
    def teams(self) -> dict[tuple[str, str], str]:
        """By department and code."""
        all_of_city = directory.of(self.city)
        return {
            (all_of_city.departments[one.department_id].code, one.code): str(one) for one in all_of_city.teams.values()
        }

    @cached_property
    def people(self) -> dict[str, str]:
        """By email address."""
        members = User.objects.filter(memberships__jurisdiction=self.city)
        return {email: name or email for email, name in members.values_list("email", "name")}

    @cached_property
    def areas(self) -> dict[tuple[str, str], str]:
        """By layer and code."""
        return {(one.layer, one.code): one.label for one in directory.of(self.city).areas.values()}

    @cached_property
    def questions(self) -> dict[str, dict[str, Question]]:
        """By service and code. Two services may ask under one code, or in the same words, what isn't the same."""
        asked: dict[str, dict[str, Question]] = {}
        services = {
            one.current_id: one.service_code
            for one in directory.of(self.city).services.values()
            if one.current_id is not None
        }
        for row in QuestionVersion.objects.filter(service_version__in=services):
            asked.setdefault(services[row.service_version_id], {})[row.code] = _question(row.text, row.options)
        return asked

    def add_catalog(self, catalog: Mapping[str, Any]) -> None:
        """What a catalog file calls what the city doesn't have yet, or calls otherwise."""
        for part, key, title, names in (
            ("services", "service_code", "name", self.services),
            ("departments", "code", "name", self.departments),
            ("categories", "code", "name", self.categories),
            ("articles", "code", "title", self.articles),
            ("topics", "code", "name", self.topics),
        ):
            names.update({row[key]: localized(row[title]) for row in catalog.get(part) or []})
        for service in catalog.get("services") or []:
            self.questions[service["service_code"]] = {
                row["code"]: _question(row["text"], row.get("options") or []) for row in service.get("questions") or []
            }

    def service(self, code: str) -> str:
        return self.services.get(code) or removed(code)

    def department(self, code: str | None) -> str:
        return (self.departments.get(code) or removed(code)) if code else _("Triage queue")

    def category(self, code: str) -> str:
        return self.categories.get(code) or removed(code)

    def article(self, code: str) -> str:
        return self.articles.get(code) or removed(code)

    def topic(self, code: str) -> str:
        return self.topics.get(code) or removed(code)

    def role(self, code: str) -> str:
        return self.roles.get(code) or removed(code)

    def team(self, department: str | None, code: str) -> str:
        return self.teams.get((department or "", code)) or removed(code)

    def person(self, email: str) -> str:
        return self.people.get(email) or email

    def area(self, layer: object, code: object) -> str:
        return self.areas.get((str(layer), str(code))) or removed(str(code))

    def question(self, code: str, services: Collection[str] = ()) -> str:
        """A question that a rule about these services asks for, in quotes; no services: all of them.

        Where the words alone could be another question, it's named by its services, too: “What is dirty?” (Graffiti, Trash).
        """
        scope = services or self.questions
        asked_by = self._asked_by(code, scope) or self._asked_by(code, self.questions)
        if not asked_by:
            return f"“{removed(code)}”"
        by_text: dict[str, list[str]] = {}
        for service, question in asked_by.items():
            by_text.setdefault(question.text, []).append(service)
        is_clear = len(by_text) == 1 and not any(
            (service not in asked_by or other != code) and question.text in by_text
            for service in scope
            for other, question in self.questions.get(service, {}).items()
        )
        if is_clear and asked_by.keys() <= set(scope):
            return f"“{next(iter(by_text))}”"
        return either(
            _("“%(question)s” (%(services)s)") % {"question": text, "services": ", ".join(map(self.service, askers))}
            for text, askers in by_text.items()
        )

    def answer(self, code: str, value: str, services: Collection[str] = ()) -> str:
        """What an answer to that question is called, in quotes."""
        asked_by = self._asked_by(code, services or self.questions) or self._asked_by(code, self.questions)
        labels = dict.fromkeys(one.answers[value] for one in asked_by.values() if value in one.answers)
        return either(f"“{label}”" for label in labels or [removed(value)])

    def _asked_by(self, code: str, services: Iterable[str]) -> dict[str, Question]:
        """The question with this code, of each of these services that asks one."""
        return {one: self.questions[one][code] for one in services if code in self.questions.get(one, {})}


def _question(text: LocalizedText, options: Iterable[dict[str, Any]]) -> Question:
    return Question(localized(text), {str(option["value"]): localized(option["label"]) for option in options})


def removed(code: str) -> str:
    """What isn't there anymore has no name left but its code."""
    return _("%(name)s (removed)") % {"name": code.replace("_", " ")}


def either(names: Iterable[str]) -> str:
    """ "Ward 2, Ward 3 or Ward 5" """
    return get_text_list(list(names), _("or"))
