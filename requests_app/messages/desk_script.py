"""What the taker says on the phone at each step, in the caller's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.messages import wording
from requests_app.models import Contact, DeskLine, QuestionVersion, ServiceRequest, ServiceVersion
from requests_app.rules.report.path import Path


@dataclass(frozen=True)
class Line:
    """One thing to say. code: of the question that it asks."""

    text: str
    code: str = ""


def greeting(contact: Contact, taker: str, line: DeskLine | None = None) -> str:
    """taker: the first name. line: that was called; its own words, if it has some in this language, else the usual ones."""
    jurisdiction = contact.jurisdiction
    city = f"{jurisdiction.name} {jurisdiction.desk_number}".strip()
    with override(contact.language):
        if line is not None and (own := line.greeting.get(contact.language, "")):
            for name, value in (("city", city), ("line", localized(line.name)), ("name", taker)):
                own = own.replace(f"{{{name}}}", value)
            return own
        return _("Thanks for calling %(city)s. This is %(name)s. How can I help?") % {"city": city, "name": taker}


def lines(contact: Contact, path: Path, step: str, context: Mapping[str, Any]) -> list[Line]:
    """For a step of the report (Path.next_page), shown with this context: one for each of its questions."""
    name = step.partition(":")[0]
    with override(contact.language):
        if name == "details":
            return _questions(path, step)
        if name == "location" and (where := _where(path, context)):
            return [Line(where)]
        if name == "service" and (first := _of_two(path, context)):
            return [Line(first), Line(_("Which of these is it?"))]
        return [Line(text)] if name in _LINES and (text := _LINES[name](path, step)) else []


def read_back(contact: Contact, path: Path) -> str:
    """The place as it's said back; empty if there is none."""
    place = path.place
    with override(contact.language):
        at = ", ".join(filter(None, [path.asset_name, str(place.get("address", "")), str(place.get("note", ""))]))
        right = _("%(place)s. Is that right?") % {"place": at} if at else ""
        more = ", ".join(filter(None, (str(one.get("address", "")) for one in path.more_places)))
        return " ".join(filter(None, [right, _("And also at %(places)s.") % {"places": more} if more else ""]))


def whole_read_back(contact: Contact, path: Path, planned: ServiceRequest | None) -> list[str]:
    """Before it's sent: all that the report says, and who looks at it by when. planned: as it would be made now."""
    if path.version is None:
        return []
    with override(contact.language):
        place = path.place
        at = ", ".join(filter(None, [path.asset_name, str(place.get("address", "")), str(place.get("note", ""))]))
        answers = [f"{localized(question.text)} {words}" for question, _value, words in path.answers.answered]
        said = [f"{localized(path.version.name)}{', ' if at else ''}{at}", path.text, *answers]
        sentences = " ".join(one if one.endswith((".", "?", "!")) else f"{one}." for one in said if one)
        promised = wording.promised_steps(planned)[:1] if planned is not None else []
        return [sentences, *(step.sentence for step in promised)]


def done(
    contact: Contact, service_request: ServiceRequest, *, joined: bool, ends: bool = True, has_link: bool = False
) -> str:
    """The report number, and who looks at it by when. ends: with goodbye. has_link: they get email with their private link."""
    with override(contact.language):
        number = {"number": service_request.display_reference}
        if joined:
            sentences = [_("I’ve added you to that report."), _("The report number is %(number)s.") % number]
        else:
            steps = [step.sentence for step in wording.promised_steps(service_request)[:1]]
            sentences = [_("Your report number is %(number)s.") % number, *steps]
            if has_link and service_request.service_version.photo_policy != ServiceVersion.PhotoPolicy.NONE:
                sentences.append(_("You can add photos with the link in our email."))
        return " ".join([*sentences, *([_("Thanks for calling.")] if ends else [])])


def status(contact: Contact, service_request: ServiceRequest) -> str:
    """One request as a sentence to read aloud."""
    with override(contact.language):
        return _("%(service)s: %(status)s") % {
            "service": localized(service_request.service_version.name),
            "status": wording.one_stop(wording.status_words(service_request) + "."),
        }


def _service(path: Path, _step: str) -> str:
    return _("Let me make sure that I have the right team. Which of these is it?")


def _of_two(path: Path, context: Mapping[str, Any]) -> str:
    """What is taken first of two problems, or that the second one is next; empty if there is one."""
    if (two := context.get("two")) is not None:
        first = {"words": two.first.text.strip().rstrip(".")}
        return _("That sounds like two problems. I’ll take them one at a time. First: “%(words)s.”") % first
    if not path.typed.get("is_second"):
        return ""
    return _("Now the other problem: “%(words)s.”") % {"words": path.asked_about.strip().rstrip(".")}


def _where(path: Path, context: Mapping[str, Any]) -> str:
    """Where else it is, or which of the places in their words they mean."""
    if context.get("is_adding"):
        return _("Where else is it?")
    if names := [str(mention.label) for mention in context.get("proposals", [])]:
        last = names.pop()
        either = _("%(first)s or %(last)s") % {"first": ", ".join(names), "last": last} if names else last
        return _("Is it %(places)s?") % {"places": either}
    return ""


def _owner(path: Path, _step: str) -> str:
    if path.owner is None:
        return ""
    return _("That place belongs to %(owner)s. I can send it to them for you.") % {"owner": path.owner.name}


def _questions(path: Path, step: str) -> list[Line]:
    """Those of the page that aren't answered yet, as the city says them aloud."""
    number = int(step.partition(":")[2] or 1)
    if not 1 <= number <= len(path.pages):
        return []
    answered = {question.code for question, _value, _words in path.answers.answered}
    unanswered = [question for question in path.pages[number - 1] if question.code not in answered]
    if not unanswered:
        return [Line(_("Is there anything else that we should know?"))]
    return [Line(_spoken(question), question.code) for question in unanswered]


def _spoken(question: QuestionVersion) -> str:
    """Never in another language than the caller's while the question itself is in it."""
    return str(question.script.get(get_language() or "") or localized(question.text))


_LINES = {
    "problem": lambda path, step: _("What’s the problem?"),
    "emergency": lambda path, step: _("Is anyone in danger right now?"),
    "service": _service,
    "location": lambda path, step: _("Where is it? An address, a corner or a park."),
    "choose_location": lambda path, step: _("Which one do you mean?"),
    "choose_asset": lambda path, step: _("Can you see a number on it?"),
    "owner": _owner,
    "duplicates": lambda path, step: _("We already have a report there. Is it the same problem?"),
    "other": lambda path, step: _("Another team does that. May I send it to them instead?"),
    "contact": lambda path, step: _("How can we reach you about this: by email, by phone, or not at all?"),
    "check": lambda path, step: _("Let me read it back to you. Tell me if something isn’t right."),
}
