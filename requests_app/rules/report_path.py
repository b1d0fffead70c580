"""The report path: what a draft holds so far, and which page comes next (the first one that is not answered yet)."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib.gis.geos import Point

from requests_app.models import Draft, Owner, QuestionVersion, Service, ServiceVersion
from requests_app.places import ground
from requests_app.rules import duplicates, intake, screening

# More required questions than these make a next page.
REQUIRED_ON_A_PAGE = 3


class Path:
    """A draft, read: each part is looked up once and only if it is asked for."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.jurisdiction = draft.jurisdiction
        self.typed: dict[str, Any] = draft.typed

    # --- What was typed ---------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return str(self.typed.get("text", ""))

    @cached_property
    def version(self) -> ServiceVersion | None:
        """The chosen service as it is published now; None if none was chosen, or it is not offered to residents."""
        return offered(self.jurisdiction.pk, str(self.typed.get("service", "")))

    @property
    def place(self) -> dict[str, Any]:
        """address, note, source, confidence, and lat and long where the place has a point."""
        return dict(self.typed.get("place") or {})

    @property
    def point(self) -> Point | None:
        if "lat" not in self.place:
            return None
        return Point(float(self.place["long"]), float(self.place["lat"]), srid=4326)

    @cached_property
    def questions(self) -> list[QuestionVersion]:
        return intake.questions_of(self.version) if self.version else []

    @property
    def given(self) -> dict[str, Any]:
        """The raw answers, by question code."""
        return dict(self.typed.get("answers") or {})

    @cached_property
    def answers(self) -> intake.Answers:
        return intake.read_answers(self.questions, self.given)

    @cached_property
    def owner(self) -> Owner | None:
        """Whose ground it is, if not ours for this service."""
        if self.version is None or self.point is None:
            return None
        return ground.owner_at(self.jurisdiction, self.point, self.version)

    @cached_property
    def candidates(self) -> list[duplicates.Candidate]:
        """What may be the same problem and was not said to be another one."""
        if self.version is None:
            return []
        different = self.typed.get("different", [])
        found = duplicates.candidates(self.version, self.point)
        return [one for one in found if one.service_request.reference not in different]

    # --- The pages of "Tell us more" --------------------------------------------------------------------------------

    @cached_property
    def pages(self) -> list[list[QuestionVersion]]:
        """The questions by page, as the answers so far ask them; the first page also has the words and the photos."""
        return [
            [question for question in page if intake.is_asked(question, self.given)] for page in paged(self.questions)
        ]

    def is_page_done(self, number: int) -> bool:
        """Whether page `number` (from 1) was answered; one that asks nothing is done, except the first."""
        questions = self.pages[number - 1]
        shown = set(self.typed.get("shown", []))
        if number == 1 and "words" not in shown:
            return False
        codes = {question.code for question in questions if question.kind != QuestionVersion.Kind.DISPLAY}
        return codes <= shown and not codes & set(self.answers.problems)

    # --- Is somebody in danger? -------------------------------------------------------------------------------------

    @cached_property
    def screening(self) -> screening.Screening:
        return screening.screen(self.jurisdiction, self.version, self.screened_text)

    @property
    def screened_text(self) -> str:
        """All that was typed in free words."""
        words = [value for question, value, _ in self.answers.given if question.kind == QuestionVersion.Kind.TEXT]
        return "\n".join([self.text, str(self.place.get("note", "")), *map(str, words)])

    @cached_property
    def warnings(self) -> list[str]:
        """Why the question page must be shown now. Who went on once is asked again only for new words or answers."""
        flags = screening.red_flags(self.jurisdiction, self.screened_text)
        reasons = {f"phrase:{flag.phrase}" for flag in flags}
        reasons |= {
            f"answer:{question.code}:{value}"
            for question, value, _ in self.answers.given
            if screening.stopping_option(question, value)
        }
        if self.screening.asked and self.draft.warning != "went_on" and not flags:
            reasons.add(self.screening.reason)
        return sorted(reasons - set(self.typed.get("warned", [])))

    @property
    def stopping_question(self) -> QuestionVersion | None:
        """The question whose answer stops the form, unless that answer was warned about and the person went on."""
        stopped_by = self.answers.stopped_by
        if stopped_by is None or not any(reason.startswith(f"answer:{stopped_by.code}:") for reason in self.warnings):
            return None
        return stopped_by

    # --- Where it leads ---------------------------------------------------------------------------------------------

    @cached_property
    def other_service(self) -> ServiceVersion | None:
        """Another service that an answer leads to, unless the person chose to stay."""
        code = self.answers.leads_to_service
        if not code or code == self.typed.get("service") or code in self.typed.get("stayed", []):
            return None
        return offered(self.jurisdiction.pk, code)

    def next_page(self) -> str:
        """The URL name of the first page that is not answered yet; details pages as "details:2"."""
        if not self.text and self.version is None:
            return "problem"
        if self.warnings:
            return "emergency"
        if self.version is None:
            return "service"
        if not self.place and (self.version.place_required or "place" not in self.typed):
            return "where"
        # What is urgent is always taken, and handed over by us.
        if self.owner is not None and self.version.priority > 1 and self.typed.get("owner") != self.owner.code:
            return "whose"
        if self.candidates:
            return "same"
        for number in range(1, len(self.pages) + 1):
            if not self.is_page_done(number):
                return f"details:{number}"
        if self.other_service is not None:
            return "other"
        if "contact" not in self.typed:
            return "contact"
        return "check"


def offered(jurisdiction_id: int, code: str) -> ServiceVersion | None:
    """The published version of a service that residents may use."""
    service = (
        Service.objects.filter(jurisdiction_id=jurisdiction_id, service_code=code, active=True)
        .select_related("current__service__jurisdiction", "current__department__calendar", "current__category")
        .first()
    )
    if service is None or service.current is None:
        return None
    return None if service.current.visibility == ServiceVersion.Visibility.STAFF else service.current


def paged(questions: Sequence[QuestionVersion]) -> list[list[QuestionVersion]]:
    """The questions on pages: few required ones each, and a conditional one after the page that its condition is on."""
    pages: list[list[QuestionVersion]] = [[]]
    page_of: dict[str, int] = {}
    for question in questions:
        number = page_of.get(str(question.show_if.get("question")), -1) + 1 if question.show_if else 0
        while True:
            if number == len(pages):
                pages.append([])
            required = sum(one.required for one in pages[number])
            if not (question.required and required >= REQUIRED_ON_A_PAGE):
                break
            number += 1
        pages[number].append(question)
        page_of[question.code] = number
    return pages
