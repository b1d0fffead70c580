"""The report path: a draft's data so far, and which page comes next (the first that is not answered yet)."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.contrib.gis.geos import Point
from django.db.models import QuerySet

from requests_app.core.prepared import Parameter, Prepared
from requests_app.models import (
    Asset,
    Channel,
    Draft,
    Jurisdiction,
    Owner,
    Photo,
    QuestionVersion,
    Service,
    ServiceVersion,
)
from requests_app.places import assets, ownership
from requests_app.rules.alarms import screening
from requests_app.rules.people import permissions
from requests_app.rules.report import duplicates, key_sentence
from requests_app.rules.setup import offer_dates
from requests_app.rules.shared import intake, question_kinds

# The maximum of required questions on a page; the rest go to the next one.
REQUIRED_ON_A_PAGE = 3


class Path:
    """Reads a draft. Each part is looked up lazily and only once."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.jurisdiction = draft.jurisdiction
        self.typed: dict[str, Any] = draft.typed

    # --- What was typed ---------------------------------------------------------------------------------------------

    @property
    def text(self) -> str:
        return str(self.typed.get("text", ""))

    @property
    def asked_about(self) -> str:
        """What services are suggested for: the text, or the part of it that this report is about."""
        return str(self.typed.get("about") or self.text)

    def excerpt(self, text: str, version: ServiceVersion | None) -> str:
        """The sentence of a long text that matters for this service."""
        if version is None:
            return key_sentence.excerpt(text)
        language = self.typed.get("text_language") or self.draft.language
        return key_sentence.excerpt(text, key_sentence.start_of(self.jurisdiction, text, language, version.service_id))

    @property
    def second_problem(self) -> str:
        """The words of another problem that is reported after this one; empty if there is none."""
        return str((self.typed.get("second") or {}).get("words", ""))

    @cached_property
    def version(self) -> ServiceVersion | None:
        """The version of the chosen service that this draft began with; None if none is chosen or residents cannot use it.

        Publishing a newer version changes nothing for who is in the middle of a report, unless it changes who may read it: then
        the current version counts. In a test, it is the version that is tested.
        """
        if self.draft.tested_version is not None:
            return self.draft.tested_version
        current = offered(self.jurisdiction, str(self.typed.get("service", "")), to_staff=self.asks_as_staff)
        begun = self.typed.get("version")
        if current is None or not begun or begun == current.pk:
            return current
        earlier = with_relations(ServiceVersion.objects.filter(pk=begun, service=current.service_id)).first()
        if earlier is None or earlier.visibility != current.visibility:
            return current
        earlier.service = current.service
        return earlier

    @property
    def is_of_staff(self) -> bool:
        """Whether somebody who works here reports what they saw themselves."""
        return self.draft.channel == Channel.STAFF

    @cached_property
    def asks_as_staff(self) -> bool:
        return asks_as_staff(self.draft)

    @property
    def place(self) -> dict[str, Any]:
        """address, note, source and confidence; lat and long if it has a point; asset (number, kind, label) if one was chosen;
        on_water if that is where it is."""
        return dict(self.typed.get("place") or {})

    @property
    def referral(self) -> dict[str, Any]:
        """If it's to be sent to somebody else (rules.referrals): the article's code, the place in words, and whom to answer."""
        return dict(self.typed.get("referral") or {})

    @property
    def more_places(self) -> list[dict[str, Any]]:
        """Where else the same problem is: each is reported after this one."""
        return list(self.typed.get("more_places") or [])

    @property
    def places(self) -> list[dict[str, Any]]:
        """This report's place and those after it, each with its `number` among all that were chosen."""
        first = int(self.typed.get("place_number", 1))
        return [{**place, "number": number} for number, place in enumerate([self.place, *self.more_places], first)]

    @property
    def places_on_map(self) -> list[dict[str, Any]]:
        return [place for place in self.places if "lat" in place]

    @property
    def point(self) -> Point | None:
        if "lat" not in self.place:
            return None
        return Point(float(self.place["long"]), float(self.place["lat"]), srid=4326)

    @property
    def pin(self) -> str:
        """The point as it is compared; empty if there is none."""
        return f"{self.point.y:.6f},{self.point.x:.6f}" if self.point else ""

    @property
    def is_water_open(self) -> bool:
        """Whether to ask if the place is right, since it is on the water. The answer is taken as it is."""
        return bool(self.place.get("on_water")) and self.typed.get("on_water") != self.pin

    @cached_property
    def questions(self) -> list[QuestionVersion]:
        """Without the one for the number on the pole, if the pole was chosen on the map or by its number."""
        return intake.questions_of(self.version, self.asset_kind) if self.version else []

    @property
    def raw_answers(self) -> dict[str, Any]:
        """The raw answers, by question code."""
        return dict(self.typed.get("answers") or {})

    @cached_property
    def answers(self) -> intake.Answers:
        return intake.read_answers(self.questions, self.raw_answers)

    @cached_property
    def asset(self) -> Asset | None:
        """The city's asset that the report is about."""
        named = self.place.get("asset")
        return assets.by_number(self.jurisdiction, named["number"]) if named else None

    @property
    def asset_name(self) -> str:
        """The asset's name, like "Street light L00417"; empty if none was chosen."""
        return assets.called_in(self.jurisdiction, self.place)

    @cached_property
    def nearby_assets(self) -> list[Asset]:
        """Assets near the place that the service may be about, nearest first."""
        if self.version is None or self.point is None or not self.version.asset_kinds:
            return []
        return assets.near(self.jurisdiction, self.point, self.version.asset_kinds)

    @property
    def asset_kind(self) -> str:
        """The kind of asset that the place is; empty if it is none."""
        return str((self.place.get("asset") or {}).get("kind", ""))

    @property
    def is_asset_known(self) -> bool:
        """Whether the place is an asset of a kind that the service is about."""
        return self.version is not None and self.asset_kind in self.version.asset_kinds

    @property
    def is_asset_open(self) -> bool:
        """Whether to ask which asset it is: there are some nearby, and none was chosen or declined.

        An asset of another kind does not answer it: a sign on a light pole does not say which bin it is.
        """
        if self.version is None or self.is_asset_known:
            return False
        return self.typed.get("no_asset") != self.version.service.service_code and bool(self.nearby_assets)

    @cached_property
    def is_outside(self) -> bool:
        return self.point is not None and not ownership.inside(self.jurisdiction, self.point)

    @cached_property
    def owner(self) -> Owner | None:
        """The owner of the land, if not the city for this service; outside the boundary, the neighboring one."""
        if self.version is None or self.point is None:
            return None
        if self.is_outside:
            return ownership.neighbor_at(self.jurisdiction, self.point)
        return ownership.owner_at(self.jurisdiction, self.point, self.version)

    @property
    def is_urgent(self) -> bool:
        """Whether the service or an answer makes it urgent."""
        return self.version is not None and 1 in (self.version.priority, self.answers.priority)

    @property
    def other_owner(self) -> Owner | None:
        """The owner who may get the report instead of the city. Inside the boundary, the city always takes urgent reports first."""
        return self.owner if self.is_outside or not self.is_urgent else None

    @property
    def spot(self) -> str:
        """The problem family and the place, to which an answer about duplicates applies."""
        if self.version is None or self.point is None:
            return ""
        family = self.version.duplicate_family or self.version.service.service_code
        return f"{family}@{self.point.y:.6f},{self.point.x:.6f}"

    @property
    def not_same(self) -> list[str]:
        """The references of reports on the map of which the reporter said that theirs is different."""
        return list(self.typed.get("not_same") or [])

    @cached_property
    def candidates(self) -> list[duplicates.Candidate]:
        """Reports that may be about the same problem, unless the reporter said that theirs is different."""
        if self.version is None or self.typed.get("different") == self.spot:
            return []
        return self.candidates_as(self.version)

    def candidates_as(self, version: ServiceVersion) -> list[duplicates.Candidate]:
        """The same, if it were a report of this service."""
        # A test must not join a real report.
        if self.has_flagged_danger or self.draft.tester_id is not None:
            return []
        asset = self.place.get("asset") or {}
        language = self.typed.get("text_language") or self.draft.language
        found = duplicates.candidates(
            duplicates.Report(version, self.point, self.text, language, asset.get("number", ""), self.pictures)
        )
        return [one for one in found if one.service_request.reference not in self.not_same]

    @property
    def has_flagged_danger(self) -> bool:
        """Whether the text or an answer mentions danger: then it must create its own request, to alert the person on call."""
        return any(str(reason).startswith(("phrase:", "words:", "answer:")) for reason in self.typed.get("warned", []))

    @property
    def is_block_open(self) -> bool:
        """Whether to ask if the whole block has the problem: only then can another report be about the same one."""
        asks = self.version is not None and self.version.duplicate_policy == ServiceVersion.DuplicatePolicy.ASK
        return asks and self.typed.get("block") != self.spot

    # --- The pages of "Tell us more" --------------------------------------------------------------------------------

    @cached_property
    def pages(self) -> list[list[QuestionVersion]]:
        """The questions by page, given the answers so far. The first page also has the description and the photos."""
        return [
            [question for question in page if intake.is_asked(question, self.raw_answers)]
            for page in paged(self.questions)
        ]

    def in_place(self, number: int) -> QuestionVersion | None:
        """The question that a script can open on page `number`. Without a script, it is asked on a later page."""
        return opening_in_place(self.pages[number - 1], self.questions)

    @property
    def takes_photos(self) -> bool:
        return self.version is not None and self.version.photo_policy != ServiceVersion.PhotoPolicy.NONE

    @cached_property
    def photos(self) -> list[Photo]:
        """The photos that will be sent: none if the service takes none, even if some were added before it was chosen."""
        return list(self.draft.photos.order_by("id")) if self.takes_photos else []

    @cached_property
    def begins_with_photos(self) -> bool:
        """Whether photos are all that there is so far: the next page shows them and asks what it is."""
        return not self.text and not self.typed.get("service") and self.draft.photos.exists()

    @property
    def pictures(self) -> list[int]:
        """What the photos look like, as far as a worker has come (rules/report/same_picture.py)."""
        return [photo.picture_hash for photo in self.photos if photo.picture_hash is not None]

    def is_page_done(self, number: int) -> bool:
        """Whether page `number` (from 1) is answered. A page without questions is done, except the first."""
        questions = self.pages[number - 1]
        shown = set(self.typed.get("shown", []))
        if number == 1 and "words" not in shown:
            return False
        codes = {question.code for question in questions if question_kinds.of(question).is_answered}
        return codes <= shown and not codes & set(self.answers.problems)

    # --- Is anyone in danger? ---------------------------------------------------------------------------------------

    @cached_property
    def screening(self) -> screening.Screening:
        return screening.screen(self.jurisdiction, self.version, self.screened_text)

    @property
    def is_private(self) -> bool:
        """Whether nothing of it will be public: by its service, or because it may tell of somebody in distress."""
        return bool(self.screening.distress) or (self.version is not None and self.version.is_confidential)

    @property
    def screened_text(self) -> str:
        """All free text, from every page."""
        address, note = (str(self.place.get(name, "")) for name in ("address", "note"))
        more = [*(photo.alt for photo in self.photos), str(self.referral.get("place", ""))]
        return screening.own_words(self.text, address, note, self.answers.answered, more)

    @cached_property
    def warnings(self) -> list[str]:
        """The reasons to show the emergency page now, without those that the reporter has already dismissed."""
        warned = set(self.typed.get("warned", []))
        reasons = set(self.screening.reasons) if self.screening.is_sure else set()
        reasons |= {
            f"answer:{question.code}:{value}"
            for question, value, _ in self.answers.answered
            if screening.stopping_option(question, value)
        }
        if self.screening.must_ask and not warned and not self.screening.is_sure:
            reasons |= set(self.screening.reasons)
        return sorted(reasons - warned)

    @property
    def tells_of_danger(self) -> bool:
        """Whether the words themselves tell of danger, surely or perhaps, whatever was answered."""
        return self.screening.is_sure or bool(self.screening.hints) or self.has_flagged_danger

    @property
    def hints(self) -> list[str]:
        """The reasons for the block on top of the next page that it hasn't shown yet."""
        return sorted(set(self.screening.hints) - set(self.typed.get("hinted", [])))

    @property
    def stopping_question(self) -> QuestionVersion | None:
        """The question whose answer stops the form, unless the reporter was warned about that answer and continued."""
        stopped_by = self.answers.stopped_by
        if stopped_by is None or not any(reason.startswith(f"answer:{stopped_by.code}:") for reason in self.warnings):
            return None
        return stopped_by

    # --- What comes next --------------------------------------------------------------------------------------------

    @cached_property
    def other_service(self) -> ServiceVersion | None:
        """The service that an answer leads to, unless the reporter kept the chosen one."""
        code = self.answers.leads_to_service
        if not code or code == self.typed.get("service") or code in self.typed.get("stayed", []):
            return None
        return offered(self.jurisdiction, code, to_staff=self.asks_as_staff)

    @property
    def who_problems(self) -> dict[str, str]:
        """Messages for required contact details that are missing, by field. Who works here is known."""
        if self.version is None or self.is_of_staff:
            return {}
        contact = self.typed.get("contact") or {}
        details = {name: str(contact.get(name, "")) for name in ("name", "postal_address", "email")}
        return intake.who_problems(self.version, **details)

    def next_page(self) -> str:
        """The URL name of the first page that is not answered yet, with the number of a details page: "details:2"."""
        if "referred" in self.typed:
            return "referred"
        if not self.text and self.version is None and not self.begins_with_photos:
            return "problem"
        if self.warnings:
            return "emergency"
        if self.referral:
            return "check_referral"
        if self.version is None:
            return "service"
        if not self.place and (self.version.place_required or "place" not in self.typed):
            return "location"
        if self.is_water_open:
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


def with_relations(versions: QuerySet[ServiceVersion]) -> QuerySet[ServiceVersion]:
    return versions.select_related("department__calendar", "category")


_ACTIVE_SERVICE = Prepared(
    lambda: Service.objects.filter(
        jurisdiction=Parameter("city"), service_code=Parameter("code"), active=True
    ).select_related("current__department__calendar", "current__category")
)


def asks_as_staff(draft: Draft) -> bool:
    """Whether it may ask for the staff's own services, too."""
    if draft.channel != Channel.STAFF or draft.taker is None:
        return False
    return permissions.reports_staff_services(draft.taker, draft.jurisdiction)


def offered(jurisdiction: Jurisdiction, code: str, *, to_staff: bool = False) -> ServiceVersion | None:
    """The current version of a service, if residents (to_staff: staff) can use it today."""
    service = _ACTIVE_SERVICE.first(city=jurisdiction.pk, code=code)
    if service is None or service.current is None:
        return None
    if service.current.visibility == ServiceVersion.Visibility.STAFF and not to_staff:
        return None
    service.jurisdiction = jurisdiction
    service.current.service = service
    return next(iter(offer_dates.offered_today([service.current], jurisdiction.zone)), None)


def opening_in_place(page: Sequence[QuestionVersion], questions: Sequence[QuestionVersion]) -> QuestionVersion | None:
    """The one simple question that depends on this page's choices, like "Other: which?".

    None if a second question depends on the page, if another depends on this one, or if it would be a fourth required
    question, since a page that changes in several places is hard to follow.
    """
    codes = {question.code for question in page}
    dependent = [question for question in questions if question.show_if and question.show_if.get("question") in codes]
    if len(dependent) != 1:
        return None
    (question,) = dependent
    parent = next(asked for asked in page if asked.code == question.show_if["question"])
    has_dependents = any(other.show_if.get("question") == question.code for other in questions if other.show_if)
    is_too_much = sum(asked.required for asked in page) + question.required > REQUIRED_ON_A_PAGE
    opens = question_kinds.of(parent).is_choice and question_kinds.of(question).opens_in_place
    return question if opens and not has_dependents and not is_too_much else None


def paged(questions: Sequence[QuestionVersion]) -> list[list[QuestionVersion]]:
    """Splits the questions into pages: few required ones on each, and a conditional one after the page of its condition."""
    pages: list[list[QuestionVersion]] = [[]]
    page_of: dict[str, int] = {}
    for question in questions:
        number = page_of.get(str(question.show_if.get("question")), -1) + 1 if question.show_if else 0
        while True:
            if number == len(pages):
                pages.append([])
            required = sum(other.required for other in pages[number])
            if not (question.required and required >= REQUIRED_ON_A_PAGE):
                break
            number += 1
        pages[number].append(question)
        page_of[question.code] = number
    return pages
