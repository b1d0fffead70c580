"""The report path: what a draft holds so far, and which page comes next (the first one that is not answered yet)."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib.gis.geos import Point

from requests_app.models import Asset, Draft, Owner, Photo, QuestionVersion, Service, ServiceVersion
from requests_app.places import assets, ownership
from requests_app.rules import duplicates, intake, screening

# More required questions than these make a next page.
REQUIRED_ON_A_PAGE = 3
# What may open in place: a question of one field, below a choice.
CHOICES = (QuestionVersion.Kind.SINGLE, QuestionVersion.Kind.MULTI)
SIMPLE = (
    QuestionVersion.Kind.TEXT,
    QuestionVersion.Kind.NUMBER,
    QuestionVersion.Kind.DATETIME,
    QuestionVersion.Kind.SINGLE,
)


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
        """address, note, source, confidence; lat and long where it has a point; asset (number, kind, label) if one is there."""
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
    def asset(self) -> Asset | None:
        """The city's thing that it is about."""
        named = self.place.get("asset")
        return assets.by_number(self.jurisdiction, named["number"]) if named else None

    @property
    def asset_name(self) -> str:
        """What people call it: "Street light L00417"; empty if none was named."""
        return assets.called_in(self.jurisdiction, self.place)

    @cached_property
    def nearby_assets(self) -> list[Asset]:
        """The things near the place that the service may be about, the nearest first."""
        if self.version is None or self.point is None or not self.version.asset_kinds:
            return []
        return assets.near(self.jurisdiction, self.point, self.version.asset_kinds)

    @property
    def is_asset_open(self) -> bool:
        """Whether it is still to be asked which one it is: there are some, and nobody chose one or said that it is none.

        A sign on a light pole does not say which bin it is.
        """
        named = self.place.get("asset")
        if self.version is None or (named and named["kind"] in self.version.asset_kinds):
            return False
        return self.typed.get("no_asset") != self.version.service.service_code and bool(self.nearby_assets)

    @cached_property
    def is_outside(self) -> bool:
        return self.point is not None and not ownership.inside(self.jurisdiction, self.point)

    @cached_property
    def owner(self) -> Owner | None:
        """Whose ground it is, if not ours for this service: beyond the boundary the neighbor's."""
        if self.version is None or self.point is None:
            return None
        if self.is_outside:
            return ownership.neighbor_at(self.jurisdiction, self.point)
        return ownership.owner_at(self.jurisdiction, self.point, self.version)

    @property
    def is_urgent(self) -> bool:
        """By the service, or by an answer."""
        return self.version is not None and 1 in (self.version.priority, self.answers.priority)

    @property
    def other_owner(self) -> Owner | None:
        """To whom the report may go instead of to us. Within the boundary, what is urgent we always take, and hand it over."""
        return self.owner if self.is_outside or not self.is_urgent else None

    @property
    def spot(self) -> str:
        """The family of problems and the place: what was said here of other reports does not count elsewhere."""
        if self.version is None or self.point is None:
            return ""
        family = self.version.duplicate_family or self.version.service.service_code
        return f"{family}@{self.point.y:.6f},{self.point.x:.6f}"

    @cached_property
    def candidates(self) -> list[duplicates.Candidate]:
        """What may be the same problem, unless the person said that theirs is another one."""
        if self.version is None or self.typed.get("different") == self.spot or self.has_flagged_danger:
            return []
        asset = self.place.get("asset") or {}
        language = self.typed.get("text_language") or self.draft.language
        return duplicates.candidates(
            duplicates.Report(self.version, self.point, self.text, language, asset.get("number", ""))
        )

    @property
    def has_flagged_danger(self) -> bool:
        """Words or an answer spoke of danger: that must reach the person on call, so it makes a request of its own."""
        return any(str(reason).startswith(("phrase:", "answer:")) for reason in self.typed.get("warned", []))

    @property
    def is_block_open(self) -> bool:
        """Whether it is still to be asked if the whole block has the problem: only then another's report is the same."""
        asks = self.version is not None and self.version.duplicate_policy == ServiceVersion.DuplicatePolicy.ASK
        return asks and self.typed.get("block") != self.spot

    # --- The pages of "Tell us more" --------------------------------------------------------------------------------

    @cached_property
    def pages(self) -> list[list[QuestionVersion]]:
        """The questions by page, as the answers so far ask them; the first page also has the words and the photos."""
        return [
            [question for question in page if intake.is_asked(question, self.given)] for page in paged(self.questions)
        ]

    def in_place(self, number: int) -> QuestionVersion | None:
        """The question that a script may open on page `number`; without one it comes on its own page, as all others do."""
        return opening_in_place(self.pages[number - 1], self.questions)

    @property
    def takes_photos(self) -> bool:
        return self.version is not None and self.version.photo_policy != ServiceVersion.PhotoPolicy.NONE

    @cached_property
    def photos(self) -> list[Photo]:
        """Those that are sent with it; others, that came before another service was chosen, are not."""
        return list(self.draft.photos.order_by("id")) if self.takes_photos else []

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
        """All that was typed in free words, wherever it was."""
        words = [value for question, value, _ in self.answers.given if question.kind == QuestionVersion.Kind.TEXT]
        place = [str(self.place.get(one, "")) for one in ("address", "note")]
        return "\n".join([self.text, *place, *map(str, words), *(photo.alt for photo in self.photos)])

    @cached_property
    def warnings(self) -> list[str]:
        """Why the question page must be shown now. Who went on once is asked again only for new words or answers."""
        warned = set(self.typed.get("warned", []))
        reasons = {f"phrase:{flag.phrase}" for flag in self.screening.flags}
        reasons |= {
            f"answer:{question.code}:{value}"
            for question, value, _ in self.answers.given
            if screening.stopping_option(question, value)
        }
        if self.screening.asked and not warned and not self.screening.flags:
            reasons.add(self.screening.reason)
        return sorted(reasons - warned)

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

    @property
    def who_problems(self) -> dict[str, str]:
        """What the service must know of who reports and does not know yet."""
        if self.version is None:
            return {}
        contact = self.typed.get("contact") or {}
        said = {name: str(contact.get(name, "")) for name in ("name", "postal_address", "email")}
        return intake.who_problems(self.version, **said)

    def next_page(self) -> str:
        """The URL name of the first page that is not answered yet; details pages as "details:2"."""
        if not self.text and self.version is None:
            return "problem"
        if self.warnings:
            return "emergency"
        if self.version is None:
            return "service"
        if not self.place and (self.version.place_required or "place" not in self.typed):
            return "location"
        if self.is_asset_open:
            return "choose_asset"
        if self.is_outside and self.owner is None:
            return "location"
        if (owner := self.other_owner) is not None and self.typed.get("owner") != owner.code:
            return "owner"
        if self.candidates:
            return "duplicates"
        for number in range(1, len(self.pages) + 1):
            if not self.is_page_done(number):
                return f"details:{number}"
        if self.other_service is not None:
            return "other"
        if "contact" not in self.typed or self.who_problems:
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


def opening_in_place(page: Sequence[QuestionVersion], questions: Sequence[QuestionVersion]) -> QuestionVersion | None:
    """The one question that hangs on this page's choices, if it is simple: "Other: which?".

    A second one that hangs on the page, one that hangs on it in turn, or a fourth required question: then none opens, since a
    page that changes in several places at once is hard to follow.
    """
    hanging = [one for one in questions if one.show_if and one.show_if.get("question") in {on.code for on in page}]
    if len(hanging) != 1:
        return None
    (one,) = hanging
    parent = next(on for on in page if on.code == one.show_if["question"])
    carries_more = any(other.show_if.get("question") == one.code for other in questions if other.show_if)
    is_too_much = sum(on.required for on in page) + one.required > REQUIRED_ON_A_PAGE
    if parent.kind not in CHOICES or one.kind not in SIMPLE or carries_more or is_too_much:
        return None
    return one


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
