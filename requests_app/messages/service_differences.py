"""What differs in a service's questions, answers and targets, as sentences: “Yes” to “Is it burning?” stops with 911."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from requests_app.core.localized import localized
from requests_app.messages.setup_choices import ANSWERS_SEEN_BY
from requests_app.messages.setup_values import Field, Nothing, State, Text, choice, day, differ, is_empty, sentence
from requests_app.rules.routing.words import Condition
from requests_app.rules.shared.names import Names, removed
from requests_app.rules.shared.priorities import PRIORITIES
from requests_app.rules.shared.question_kinds import KINDS

TEXT = Text(gettext_lazy("Question"))
QUESTION: dict[str, Field] = {
    "help": Text(gettext_lazy("Help")),
    "script": Text(gettext_lazy("Said at the desk")),
    "kind": choice(gettext_lazy("Kind of answer"), {code: kind.name for code, kind in KINDS.items()}),
    "visibility": choice(gettext_lazy("Who can see the answers"), ANSWERS_SEEN_BY),
    # These have sentences of their own.
    **dict.fromkeys(("code", "text", "required", "asks_asset", "show_if", "options"), Nothing()),
}
OPTION: dict[str, Field] = {
    "label": Text(gettext_lazy("Answer")),
    **dict.fromkeys(("value", "effects"), Nothing()),
}


def time_words(target: State) -> str:
    """5 business days; 2 hours, counted in the hours of “always”."""
    count = int(target["value"])
    units = {
        "business_days": ngettext("%(count)d business day", "%(count)d business days", count),
        "days": ngettext("%(count)d day", "%(count)d days", count),
        "hours": ngettext("%(count)d hour", "%(count)d hours", count),
        "minutes": ngettext("%(count)d minute", "%(count)d minutes", count),
    }
    time = units[target["unit"]] % {"count": count}
    if target.get("calendar", "department") == "department":
        return time
    return _("%(time)s, counted in the hours of “%(calendar)s”") % {"time": time, "calendar": target["calendar"]}


@dataclass(frozen=True)
class Target:
    """within: “Done within %(time)s”. none: said when it's taken away."""

    within: str | Promise
    none: str | Promise

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        was, now = (time_words(one) if one else "" for one in (old, new))
        if not now:
            yield str(self.none) % {"time": was}
        elif was != now:
            yield instead(str(self.within) % {"time": now}, was)
        for name, label, read in (
            ("valid_from", gettext_lazy("Counts from"), day),
            ("agreed_by", gettext_lazy("Agreed by"), lambda text, _names: str(text)),
        ):
            texts = [read(one[name], names) if one and one.get(name) else "" for one in (old, new)]
            if new and texts[0] != texts[1]:
                yield sentence(label, *texts, is_whole=is_whole or not texts[0])


TARGETS: dict[str, Field] = {
    "acknowledge": Target(
        gettext_lazy("Acknowledged within %(time)s"),
        gettext_lazy("No target anymore for when it’s acknowledged; it was %(time)s"),
    ),
    "resolve": Target(
        gettext_lazy("Done within %(time)s"), gettext_lazy("No target anymore for when it’s done; it was %(time)s")
    ),
}


def instead(text: str, before: str) -> str:
    """The sentence, with what held before, if anything did."""
    return _("%(sentence)s instead of %(before)s") % {"sentence": text, "before": before} if before else text


# --- Questions --------------------------------------------------------------------------------------------------------


class Questions:
    """The questions of a service, in the words of the same state."""

    def changes(self, old: Any, new: Any, names: Names, *, is_whole: bool = False) -> Iterator[str]:
        was, now = ({str(row["code"]): row for row in rows or []} for rows in (old, new))
        for code, question in now.items():
            before = was.get(code)
            text = _text(question)
            if is_whole:
                yield _("Question: “%(name)s”") % {"name": text}
                for inside in differ(QUESTION, {}, question, names, is_whole=True):
                    yield f"“{text}”: {inside}"
                yield from _flag({}, question, "required", text, REQUIRED)
                if labels := [f"“{localized(row.get('label'))}”" for row in question.get("options") or []]:
                    yield _("Answers to “%(name)s”: %(answers)s") % {"name": text, "answers": ", ".join(labels)}
            elif before is None:
                template = _("A new required question, “%(name)s”") if question.get("required") else ""
                yield (template or _("A new question, “%(name)s”")) % {"name": text}
            else:
                for inside in TEXT.changes(before.get("text"), question.get("text"), names):
                    # Its words in the reader's language name it, unless they are what changed.
                    yield f"“{text}”: {inside}" if _text(before) == text else inside
                for inside in differ(QUESTION, before, question, names):
                    yield f"“{text}”: {inside}"
                yield from _flag(before, question, "required", text, REQUIRED)
            yield from _flag(before or {}, question, "asks_asset", text, SKIPPED)
            yield from _condition(before, question, was, now)
            yield from _options(before, question, names)
        for code, question in was.items():
            if code not in now:
                yield _("The question “%(name)s” was removed") % {"name": _text(question)}
        for code in moved(list(was), list(now)):
            yield _("The question “%(name)s” was moved") % {"name": _text(now[code])}


REQUIRED = (
    gettext_lazy("“%(name)s” is required"),
    gettext_lazy("“%(name)s” isn’t required anymore"),
)
SKIPPED = (
    gettext_lazy("“%(name)s” is skipped if the asset is known"),
    gettext_lazy("“%(name)s” is asked even if the asset is known"),
)


def _flag(
    before: State, after: State, field: str, name: str, sentences: tuple[str | Promise, str | Promise]
) -> Iterator[str]:
    was, now = bool(before.get(field)), bool(after.get(field))
    if was != now:
        yield str(sentences[0] if now else sentences[1]) % {"name": name}


def _condition(
    before: State | None, question: State, were: Mapping[str, State], are: Mapping[str, State]
) -> Iterator[str]:
    old, new = (before or {}).get("show_if") or {}, question.get("show_if") or {}
    if old == new:
        return
    name = {"name": _text(question)}
    if not new:
        yield _("“%(name)s” is always asked") % name
        return
    asked = _("“%(name)s” is asked only if %(condition)s") % {**name, "condition": condition(new, are)}
    yield instead(asked, condition(old, were) if old else "")


def condition(show_if: State, questions: Mapping[str, State]) -> str:
    """“Where?” is “On the road” or “On a sidewalk”. questions: by code."""
    parent = questions.get(show_if["question"], {})
    labels = {str(option["value"]): localized(option["label"]) for option in parent.get("options") or []}
    answers = (f"“{labels.get(str(value)) or removed(str(value))}”" for value in show_if.get("values") or [])
    text = _text(parent) if parent else removed(show_if["question"])
    return str(Condition("answers", tuple(answers), f"“{text}”"))


def _options(before: State | None, question: State, names: Names) -> Iterator[str]:
    was, now = ({str(row["value"]): row for row in (one or {}).get("options") or []} for one in (before, question))
    question_text = _text(question)
    for value, option in now.items():
        answer = {"answer": localized(option.get("label")) or removed(value), "question": question_text}
        if value not in was and before is not None:
            yield _("A new answer to “%(question)s”: “%(answer)s”") % answer
        else:
            for inside in differ(OPTION, was.get(value, {}), option, names) if before is not None else ():
                yield f"{_('“%(answer)s” to “%(question)s”') % answer}: {inside}"
        effects = ((was.get(value) or {}).get("effects") or {}, option.get("effects") or {})
        yield from effect_changes(*effects, _("“%(answer)s” to “%(question)s”") % answer, names)
    for value, option in was.items():
        if value not in now:
            answer = {"answer": localized(option.get("label")), "question": question_text}
            yield _("The answer “%(answer)s” to “%(question)s” was removed") % answer
    for value in moved(list(was), list(now)):
        answer = {"answer": localized(now[value].get("label")), "question": question_text}
        yield _("The answer “%(answer)s” to “%(question)s” was moved") % answer


# --- What an answer does ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effect:
    """does, ended: with %(answer)s, and %(value)s as people read it."""

    does: str | Promise
    ended: str | Promise
    read: Callable[[Any, Names], str]


EFFECTS: dict[str, Effect] = {
    "stop": Effect(
        gettext_lazy("%(answer)s stops with %(value)s"),
        gettext_lazy("%(answer)s no longer stops with %(value)s"),
        lambda _on, names: names.city.emergency_number,
    ),
    "priority": Effect(
        gettext_lazy("%(answer)s sets the priority to %(value)s"),
        gettext_lazy("%(answer)s no longer changes the priority"),
        lambda code, _names: str(PRIORITIES[code]),
    ),
    "resolve_target": Effect(
        gettext_lazy("%(answer)s: done within %(value)s"),
        gettext_lazy("%(answer)s has no target of its own anymore"),
        lambda target, _names: time_words(target),
    ),
    "private_photos": Effect(
        gettext_lazy("%(answer)s keeps the photos private"),
        gettext_lazy("%(answer)s no longer keeps the photos private"),
        lambda _on, _names: "",
    ),
    "service": Effect(
        gettext_lazy("%(answer)s leads to the service %(value)s"),
        gettext_lazy("%(answer)s no longer leads to another service"),
        lambda code, names: f"“{names.service(code)}”",
    ),
    "article": Effect(
        gettext_lazy("%(answer)s leads to the article %(value)s"),
        gettext_lazy("%(answer)s no longer leads to an article"),
        lambda code, names: f"“{names.article(code)}”",
    ),
}


def effect_changes(old: State, new: State, answer: str, names: Names) -> Iterator[str]:
    """answer: “Yes” to “Is it burning?”."""
    for name, effect in EFFECTS.items():
        was, now = old.get(name), new.get(name)
        if was == now or (is_empty(was or None) and is_empty(now or None)):
            continue
        if not now:
            yield str(effect.ended) % {"answer": answer, "value": effect.read(was, names)}
            continue
        before, after = effect.read(was, names) if was else "", effect.read(now, names)
        # A calendar that is named, and the same one that isn't, read the same.
        if not was or before != after:
            yield instead(str(effect.does) % {"answer": answer, "value": after}, before)


def _text(question: State) -> str:
    return localized(question.get("text"))


# --- Positions --------------------------------------------------------------------------------------------------------


def moved(were: Sequence[str], are: Sequence[str]) -> list[str]:
    """Those that overtake others that stayed: all that are not on the longest run in the old order."""
    kept = [key for key in are if key in were]
    stay = _longest_run([were.index(key) for key in kept])
    return [key for position, key in enumerate(kept) if position not in stay]


def _longest_run(numbers: list[int]) -> set[int]:
    """The positions of a longest increasing subsequence."""
    runs: list[list[int]] = []
    for position, number in enumerate(numbers):
        before = [run for run in runs if numbers[run[-1]] < number]
        runs.append([*_longest(before), position])
    return set(_longest(runs))


def _longest(runs: list[list[int]]) -> list[int]:
    return max(runs, key=len) if runs else []
