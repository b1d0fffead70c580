"""A catalogue as a city writes it, in one YAML file or several: read, joined, and checked before any row is touched."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from requests_app.imports.map_files import ImportProblemError, first_line
from requests_app.models import EmergencyPhrase, ListedReason, QuestionVersion, ServiceVersion, Target
from requests_app.rules import review, screening
from requests_app.rules.service_levels import WEEKDAYS

FORMAT = 1
# Parts that are lists, with what names a row of each; and parts that are tables.
LISTS = {"departments": "code", "categories": "code", "services": "service_code", "articles": "code", "routing": "name"}
TABLES = ("calendars", "emergency_words", "moderation_words", "reasons")
KEYS = {
    "departments": {"code", "name", "phone", "email", "calendar", "on_call", "active"},
    "categories": {"code", "name", "icon", "order"},
    "services": {
        "service_code", "category", "department", "name", "description", "keywords", "priority", "targets",
        "visibility", "photo", "duplicates", "owner_kinds", "place_rule", "place", "emergency_screen", "outcome_words",
        "evidence", "questions", "active", "asset_kinds", "listed_by_place",
        "identity_words", "must_confirm",
    },
    "articles": {"code", "title", "body", "services", "published"},
    "routing": {"name", "when", "department"},
}  # fmt: skip
QUESTION_KEYS = {"code", "text", "help", "kind", "required", "visibility", "show_if", "options"}
EFFECTS = {"stop", "priority", "resolve_target", "private_photos", "service", "article"}
DUPLICATE_KEYS = {"policy", "radius_m", "window_days", "family"}
# What lies farther away, or was told longer ago, is another problem.
DUPLICATE_MOST = {"radius_m": 1_000, "window_days": 366}
FAMILY = re.compile(r"[a-z0-9_-]{1,40}")
WHEN = {"services", "areas", "answers", "words"}
PLACE_RULES = ("segment", "polygon", "none")
EVIDENCE = ("none", "photo", "visit")
PHRASE_MAX = 120
# Open311 puts service codes into paths and comma lists.
SAFE_CODE = re.compile(r"[A-Za-z0-9_.-]{1,60}")
# What a catalogue may list for moderators. The addresses of persons are in no file that goes from hand to hand.
TERMS = {"link": review.host_of, "threat": review.threat_of}
DATE = re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")
SPAN = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)")


def read_catalogue(paths: Iterable[Path]) -> dict[str, Any]:
    """The files as one catalogue: lists of the same name are joined in order. Raises ImportProblemError."""
    joined: dict[str, Any] = {}
    for path in paths:
        try:
            read = yaml.safe_load(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
            raise ImportProblemError(f"{path.name} cannot be read: {first_line(error)}") from error
        if not isinstance(read, dict) or read.pop("format", None) != FORMAT:
            raise ImportProblemError(f"{path.name} is no catalogue: it should begin with `format: {FORMAT}`.")
        for part, said in read.items():
            if part in LISTS and isinstance(said, list):
                joined.setdefault(part, []).extend(said)
            elif part in TABLES and isinstance(said, dict):
                joined.setdefault(part, {}).update(said)
            else:
                known = ", ".join([*LISTS, *TABLES])
                raise ImportProblemError(
                    f"{path.name}: `{part}` is not one of {known}, or is not written as it should be."
                )
    return joined


@dataclass
class Known:
    """Codes that a catalogue may refer to besides its own: what the city has already."""

    calendars: set[str] = field(default_factory=set)
    departments: set[str] = field(default_factory=set)
    categories: set[str] = field(default_factory=set)
    services: set[str] = field(default_factory=set)
    articles: set[str] = field(default_factory=set)


def problems(catalogue: Mapping[str, Any], languages: Sequence[str], known: Known | None = None) -> list[str]:
    """What is wrong in it, a sentence each; an empty list: it can be imported."""
    check = _Check(catalogue, languages, known or Known())
    parts: list[tuple[str, Callable[[str, dict[str, Any]], Iterator[str]]]] = [
        ("departments", check.department),
        ("categories", check.category),
        ("services", check.service),
        ("articles", check.article),
        ("routing", check.rule),
    ]
    found: list[str] = []
    try:
        for code, said in catalogue.get("calendars", {}).items():
            found += check.calendar(f"calendar {code}", said)
        for part, look in parts:
            found += check.rows(part, look)
        for kind, rows in catalogue.get("reasons", {}).items():
            found += check.reasons(f"reasons, {kind}", kind, rows)
        for kind, by_language in catalogue.get("emergency_words", {}).items():
            found += check.phrases(f"emergency_words, {kind}", kind, by_language)
        for kind, terms in catalogue.get("moderation_words", {}).items():
            found += check.terms(f"moderation_words, {kind}", kind, terms)
    except (AttributeError, TypeError, KeyError, ValueError) as error:
        # A list where a table should be, and the like: what was found so far is told with it.
        found.append(f"Something is not written as it should be: {first_line(error)}")
    return found


class _Check:
    def __init__(self, catalogue: Mapping[str, Any], languages: Sequence[str], known: Known) -> None:
        def codes(part: str) -> set[str]:
            return {str(row.get(LISTS[part])) for row in catalogue.get(part, []) if isinstance(row, dict)}

        self.catalogue, self.languages = catalogue, languages
        self.calendars = known.calendars | set(catalogue.get("calendars", {}))
        self.departments = known.departments | codes("departments")
        self.categories = known.categories | codes("categories")
        self.services = known.services | codes("services")
        self.articles = known.articles | codes("articles")

    def rows(self, part: str, look: Callable[[str, dict[str, Any]], Iterator[str]]) -> Iterator[str]:
        key, seen = LISTS[part], set()
        for number, row in enumerate(self.catalogue.get(part, []), start=1):
            name = row.get(key) if isinstance(row, dict) else None
            if not isinstance(name, str) or not name:
                yield f"{part}, number {number}: `{key}` is missing."
                continue
            where = f"{part}, {name}"
            if name in seen:
                yield f"{where}: it stands there twice."
            seen.add(name)
            if key != "name" and not SAFE_CODE.fullmatch(name):
                yield f"{where}: a code has only letters, digits, dashes, dots and underscores."
            if unknown := set(row) - KEYS[part]:
                yield f"{where}: unknown key `{min(unknown)}`."
            yield from look(where, row)

    def words(self, where: str, said: Any, *, required: bool = True) -> Iterator[str]:
        """A text in each of the city's languages."""
        if not said and not required:
            return
        for language in self.languages:
            text = said.get(language) if isinstance(said, dict) else None
            if not isinstance(text, str) or not text.strip():
                yield f"{where}: the text in `{language}` is missing."

    def one_of(self, where: str, said: Any, choices: Iterable[str]) -> Iterator[str]:
        choices = list(choices)
        if said not in choices:
            yield f"{where}: `{said}` should be one of {', '.join(choices)}."

    def calendar(self, where: str, said: dict[str, Any]) -> Iterator[str]:
        if not said.get("always") and not said.get("hours"):
            yield f"{where}: it needs `always: true` or `hours`."
        for day, spans in (said.get("hours") or {}).items():
            if day not in WEEKDAYS:
                yield f"{where}: `{day}` should be one of {', '.join(WEEKDAYS)}."
            for span in spans:
                if not SPAN.fullmatch(str(span)) or span[:5] >= span[6:]:
                    yield f"{where}: `{span}` should be like 07:00-16:00."
        for holiday in (said.get("holidays") or {}).get("extra") or []:
            if not DATE.fullmatch(str(holiday.get("date"))):
                yield f"{where}: the holiday `{holiday.get('date')}` should be a date like 2027-06-14."

    def department(self, where: str, said: dict[str, Any]) -> Iterator[str]:
        yield from self.words(f"{where}, name", said.get("name"))
        yield from self.one_of(f"{where}, calendar", said.get("calendar"), sorted(self.calendars))

    def category(self, where: str, said: dict[str, Any]) -> Iterator[str]:
        yield from self.words(f"{where}, name", said.get("name"))

    def service(self, where: str, said: dict[str, Any]) -> Iterator[str]:
        yield from self.words(f"{where}, name", said.get("name"))
        for part in ("description", "emergency_screen", "identity_words"):
            yield from self.words(f"{where}, {part}", said.get(part), required=False)
        for outcome, words in (said.get("outcome_words") or {}).items():
            yield from self.words(f"{where}, outcome_words, {outcome}", words)
        yield from self.one_of(f"{where}, category", said.get("category"), sorted(self.categories))
        yield from self.one_of(f"{where}, department", said.get("department"), sorted(self.departments))
        yield from self.one_of(
            f"{where}, visibility", said.get("visibility", "public"), ServiceVersion.Visibility.values
        )
        yield from self.one_of(f"{where}, photo", said.get("photo", "optional"), ServiceVersion.PhotoPolicy.values)
        yield from self.one_of(f"{where}, place_rule", said.get("place_rule", "none"), PLACE_RULES)
        yield from self.one_of(f"{where}, place", said.get("place", "required"), ("required", "optional"))
        yield from self.one_of(f"{where}, evidence", said.get("evidence", "none"), EVIDENCE)
        for name in ("listed_by_place", "must_confirm"):
            if not isinstance(said.get(name, True), bool):
                yield f"{where}: `{name}` should be true or false."
        yield from self.duplicates(f"{where}, duplicates", said.get("duplicates") or {})
        yield from self.priority(where, said.get("priority", 3))
        yield from self.confirmation(where, said)
        yield from self.asset_kinds(where, said.get("asset_kinds") or [])
        for kind, target in (said.get("targets") or {}).items():
            yield from self.one_of(f"{where}, targets", kind, Target.Kind.values)
            yield from self.target(f"{where}, targets, {kind}", target)
        yield from self.questions(where, said)

    def confirmation(self, where: str, said: dict[str, Any]) -> Iterator[str]:
        """What may be urgent cannot wait until a mail is read."""
        effects = [
            option.get("effects") or {}
            for question in said.get("questions") or []
            for option in question.get("options") or []
        ]
        urgent = 1 in (said.get("priority"), *(one.get("priority") for one in effects))
        if said.get("must_confirm") and (urgent or said.get("emergency_screen")):
            yield f"{where}: it may be urgent, so it must not wait for a mail: take out `must_confirm`."

    def priority(self, where: str, said: Any) -> Iterator[str]:
        if said not in (1, 2, 3, 4):
            yield f"{where}: `priority` should be a number from 1 to 4."

    def duplicates(self, where: str, said: Any) -> Iterator[str]:
        if not isinstance(said, dict) or (unknown := set(said) - DUPLICATE_KEYS):
            known = ", ".join(sorted(DUPLICATE_KEYS))
            yield f"{where}: `{unknown.pop() if isinstance(said, dict) else said}` should be one of {known}."
            return
        yield from self.one_of(where, said.get("policy", "join"), ServiceVersion.DuplicatePolicy.values)
        for name in ("radius_m", "window_days"):
            value = said.get(name, 0)
            if type(value) is not int or not 0 <= value <= DUPLICATE_MOST[name]:
                yield f"{where}: `{name}` should be a whole number from 0 to {DUPLICATE_MOST[name]}."
        if (family := said.get("family", "")) and not FAMILY.fullmatch(str(family)):
            yield f"{where}: `family` should be a short code such as street-holes."

    def asset_kinds(self, where: str, said: Any) -> Iterator[str]:
        good = isinstance(said, list) and all(isinstance(one, str) and SAFE_CODE.fullmatch(one) for one in said)
        if not good or any(len(one) > 40 for one in said) or len(set(said)) != len(said):
            yield f"{where}: `asset_kinds` should be a list of kinds as the city’s assets have them: [street_light]."

    def target(self, where: str, said: dict[str, Any]) -> Iterator[str]:
        value = said.get("value")
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 10_000:
            yield f"{where}: `value` should be a whole number above 0."
        yield from self.one_of(where, said.get("unit"), Target.Unit.values)
        yield from self.one_of(where, said.get("calendar", "department"), ["department", *sorted(self.calendars)])

    def questions(self, where: str, said: dict[str, Any]) -> Iterator[str]:
        earlier: dict[str, set[str]] = {}
        for question in said.get("questions") or []:
            code = str(question.get("code"))
            here = f"{where}, question {code}"
            if code in earlier or not SAFE_CODE.fullmatch(code):
                yield f"{here}: each question needs a code of its own, of letters, digits and dashes."
            if unknown := set(question) - QUESTION_KEYS:
                yield f"{here}: unknown key `{min(unknown)}`."
            yield from self.words(f"{here}, text", question.get("text"))
            yield from self.words(f"{here}, help", question.get("help"), required=False)
            yield from self.one_of(f"{here}, kind", question.get("kind"), QuestionVersion.Kind.values)
            yield from self.one_of(
                f"{here}, visibility", question.get("visibility", "staff"), QuestionVersion.Visibility.values
            )
            if condition := question.get("show_if"):
                answers = earlier.get(str(condition.get("question")), set())
                if not condition.get("values") or set(map(str, condition["values"])) - answers:
                    yield f"{here}: `show_if` should name an earlier question and answers of it."
            options = question.get("options") or []
            has_list = question.get("kind") in (QuestionVersion.Kind.SINGLE, QuestionVersion.Kind.MULTI)
            if has_list != bool(options):
                yield f"{here}: only a list has options, and a list needs them."
            values = [option.get("value") for option in options]
            # YAML reads yes and no without quotes as true and false.
            if any(not isinstance(value, str) or not value for value in values):
                yield f"{here}: each option needs a `value`, a text; put yes and no into quotes."
            if len(set(map(str, values))) != len(values):
                yield f"{here}: an option's value stands there twice."
            for option in options:
                yield from self.words(f"{here}, option {option.get('value')}", option.get("label"))
                yield from self.effects(
                    f"{here}, option {option.get('value')}", option.get("effects") or {}, said.get("emergency_screen")
                )
            earlier[code] = set(map(str, values))

    def effects(self, where: str, said: dict[str, Any], screen: Any) -> Iterator[str]:
        if unknown := set(said) - EFFECTS:
            yield f"{where}: unknown effect `{min(unknown)}`."
        if said.get("stop") and not screen:
            yield f"{where}: it stops the form, so the service needs an `emergency_screen` that says why."
        if "priority" in said:
            yield from self.priority(where, said["priority"])
        if "resolve_target" in said:
            yield from self.target(where, said["resolve_target"])
        if "service" in said:
            yield from self.one_of(where, said["service"], sorted(self.services))
        if "article" in said:
            yield from self.one_of(where, said["article"], sorted(self.articles))

    def article(self, where: str, said: dict[str, Any]) -> Iterator[str]:
        yield from self.words(f"{where}, title", said.get("title"))
        yield from self.words(f"{where}, body", said.get("body"))
        for code in said.get("services") or []:
            yield from self.one_of(f"{where}, services", code, sorted(self.services))

    def rule(self, where: str, said: dict[str, Any]) -> Iterator[str]:
        when = said.get("when") or {}
        if not when or set(when) - WHEN:
            yield f"{where}: `when` should name at least one of {', '.join(sorted(WHEN))}, and nothing else."
        for code in when.get("services") or []:
            yield from self.one_of(f"{where}, services", code, sorted(self.services))
        if "areas" in when and not (when["areas"].get("layer") and when["areas"].get("codes")):
            yield f"{where}: `areas` needs a layer and codes."
        if "department" not in said:
            yield f"{where}: `department` is missing; null is the triage queue."
        elif said["department"] is not None:
            yield from self.one_of(f"{where}, department", said["department"], sorted(self.departments))
        asked = {
            (str(question.get("code")), str(option.get("value")))
            for service in self.catalogue.get("services", [])
            if service.get("service_code") in when.get("services", [])
            for question in service.get("questions") or []
            for option in question.get("options") or []
        }
        for question, values in (when.get("answers") or {}).items():
            for value in values:
                # Of a service that only the database knows, nothing can be said here.
                if asked and (str(question), str(value)) not in asked:
                    yield f"{where}: none of its services has the answer `{value}` to a question `{question}`."

    def reasons(self, where: str, kind: str, rows: list[dict[str, Any]]) -> Iterator[str]:
        yield from self.one_of(where, kind, ListedReason.Kind.values)
        codes = [str(row.get("code")) for row in rows]
        if len(set(codes)) != len(codes):
            yield f"{where}: a code stands there twice."
        for row in rows:
            if not SAFE_CODE.fullmatch(str(row.get("code"))):
                yield f"{where}: `{row.get('code')}` is no code."
            yield from self.words(f"{where}, {row.get('code')}", row.get("words"))
            yield from self.words(f"{where}, {row.get('code')}, appeal", row.get("appeal"), required=False)

    def phrases(self, where: str, kind: str, by_language: dict[str, list[Any]]) -> Iterator[str]:
        yield from self.one_of(where, kind, EmergencyPhrase.Kind.values)
        for language, phrases in by_language.items():
            here, seen = f"{where}, {language}", set()
            for written in phrases:
                phrase, unless, unknown = read_phrase(written)
                if unknown:
                    yield f"{here}: `{phrase}` has the unknown key `{min(unknown)}`."
                if not _is_phrase(phrase):
                    yield f"{here}: `{phrase}` is no phrase of at most {PHRASE_MAX} characters."
                    continue
                if (heard := screening.plain(phrase)) in seen:
                    yield f"{here}: `{phrase}` stands there twice."
                seen.add(heard)
                for longer in unless:
                    if not _is_phrase(longer):
                        yield f"{here}, `{phrase}`, unless: `{longer}` is no phrase of at most {PHRASE_MAX} characters."
                    elif not screening.holds(longer, phrase):
                        yield f"{here}, `{phrase}`: `{longer}` excuses nothing, since it should be longer and hold the phrase."

    def terms(self, where: str, kind: str, terms: Any) -> Iterator[str]:
        yield from self.one_of(where, kind, TERMS)
        seen: set[str] = set()
        if not isinstance(terms, list):
            yield f"{where}: it should be a list."
            return
        for written in terms:
            term = listed_term(kind, written)
            if not term:
                yield f"{where}: `{written}` is not something that can be found."
            elif term in seen:
                yield f"{where}: `{written}` stands there twice."
            seen.add(term)


def listed_term(kind: str, written: Any) -> str:
    """A link or threat as it is compared; empty: it is none."""
    return TERMS[kind](str(written)) if kind in TERMS else ""


def read_phrase(written: Any) -> tuple[Any, list[Any], set[str]]:
    """An emergency phrase as it is written, words alone or {phrase, unless: […]}: the words, its `unless`, unknown keys."""
    if not isinstance(written, dict):
        return written, [], set()
    unless = written.get("unless") or []
    return written.get("phrase"), unless if isinstance(unless, list) else [unless], set(written) - {"phrase", "unless"}


def _is_phrase(said: Any) -> bool:
    return isinstance(said, str) and len(said.strip()) <= PHRASE_MAX and screening.has_words(said)
