"""The form of each action on a request. Forms validate; actions write."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from crispy_forms.helper import FormHelper
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.contrib.gis.geos import Point
from django.db.models import Exists, Model, OuterRef
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from requests_app import access, references
from requests_app.actions.work import conversation
from requests_app.clock import app_now
from requests_app.core.localized import localized
from requests_app.forms.fields import DescribedChoice, PhotosField, address_attributes
from requests_app.models import (
    UNKNOWN_SERVICE,
    Comment,
    Department,
    Disposition,
    ListedReason,
    Owner,
    Photo,
    PrivacyChoice,
    PublicState,
    Service,
    ServiceRequest,
    ServiceVersion,
    Task,
    Team,
    User,
)
from requests_app.models.service_request import WAITS_FOR_REQUEST, WAITS_FOR_TASKS
from requests_app.photos import WorkPhoto
from requests_app.rules.people import leaves, permissions
from requests_app.rules.publication import public_preview, review
from requests_app.rules.routing import triage
from requests_app.rules.shared import directory, quick_dates
from requests_app.rules.shared.intake import clean_text
from requests_app.rules.shared.priorities import PRIORITIES
from requests_app.rules.work import answer_templates, evidence, mentions
from staff_app import due
from staff_app.queue.rows import language_name
from staff_app.request import assignable, own_language, recent_people, templates
from staff_app.request.marked_texts import Mark, marks_in, version
from staff_app.typed_place import find_place

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

WORDS_MAX = 4000
# Codes of mistakes that a box on the page puts right, for programs.
FOREIGN, AWAY = "foreign", "away"


class ActionForm(forms.Form):
    """Base of all action forms; used as is for actions that need no input.

    checked: the fields that others than staff will read, in which personal data is marked before they are posted.
    """

    checked: ClassVar[tuple[str, ...]] = ()
    # The field that the reporter reads.
    to_reporter: ClassVar[str] = ""
    # The only field, each of whose choices sends the form.
    one_press: "forms.BoundField | None" = None

    def __init__(self, *args: Any, service_request: ServiceRequest, user: User | AnonymousUser, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.service_request, self.user = service_request, user
        for field in self.fields.values():
            if isinstance(field, DayField):
                field.today = self.today
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.tiles = False
        self.prepare()
        if self.to_reporter and self.is_foreign:
            language = language_name(service_request.language)
            self.fields["vouched"] = forms.BooleanField(
                label=_("I wrote this in %(language)s, or a colleague checked it") % {"language": language},
                help_text=_(
                    "The reporter reads %(language)s. You don’t need this if you use a template in %(language)s."
                )
                % {"language": language},
                required=False,
                initial=isinstance(user, User) and own_language.is_written_by(user, service_request.language),
            )
            self.helper.show_optional = False

    @property
    def is_foreign(self) -> bool:
        """Whether the reporter reads another language than the writer."""
        # Somebody in a department without an account writes the city's first language.
        writes = self.user.language if isinstance(self.user, User) else self.service_request.jurisdiction.languages[0]
        return self.service_request.language != writes

    def clean(self) -> dict[str, Any]:
        """What the reporter reads is in their language, and has no placeholder left."""
        cleaned = super().clean() or {}
        text = cleaned.get(self.to_reporter) if self.to_reporter else ""
        if not text:
            return cleaned
        if left := answer_templates.unfilled(text):
            self.add_error(
                self.to_reporter,
                _("Replace %(placeholders)s with words. Placeholders are only filled in when you use a template.")
                % {"placeholders": ", ".join(left)},
            )
        elif self.is_foreign and not cleaned.get("vouched"):
            self.is_template = self.is_ready_made(text)
            if not self.is_template:
                words = _("The reporter reads %(language)s. Use a template in %(language)s, or check this box.")
                named = {"language": language_name(self.service_request.language)}
                self.add_error("vouched", forms.ValidationError(words, FOREIGN, named))
        return cleaned

    def in_language(self) -> dict[str, Any]:
        """The language of a valid form's text, if it isn't the writer's own, and who vouches for it."""
        if not self.is_foreign:
            return {}
        vouched = bool(self.cleaned_data.get("vouched"))
        is_theirs = vouched or self.is_template
        return {
            "language": self.service_request.language if is_theirs else "",
            "checked_by": self.user if vouched and isinstance(self.user, User) else None,
        }

    def remember_language(self) -> None:
        """Of a valid form that was sent: its writer's word that they write the reporter's language, or no longer."""
        if self.is_foreign and "vouched" in self.fields and isinstance(self.user, User):
            is_written = bool(self.cleaned_data.get("vouched"))
            own_language.remember(self.user, self.service_request.language, is_written=is_written)

    is_template = False

    def is_ready_made(self, text: str) -> bool:
        """Whether it is a template in the reporter's language."""
        return isinstance(self.user, User) and templates.is_filled(self.service_request, text, self.user)

    def prepare(self) -> None:
        """Sets choices from the database and initial values. Called at the end of __init__."""

    def checked_texts(self) -> dict[str, str]:
        """The texts of a valid form that are checked, by field."""
        return {name: text for name in self.checked if (text := self.cleaned_data.get(name))}

    def marks(self) -> list[Mark]:
        """The personal data in a valid form."""
        return marks_in(self, self.checked, self.checked_texts())

    def checked_version(self) -> str:
        return version(self.checked_texts())

    def warning(self) -> str:
        """What to say after a valid form was saved, besides that it was."""
        return ""

    def today(self) -> dt.date:
        # The time of the statement that read the request, if it has it.
        now = getattr(self.service_request, "loaded_at", None) or app_now()
        return timezone.localtime(now, self.service_request.jurisdiction.zone).date()


class DatalistInput(forms.TextInput):
    """A text field with suggestions, which browsers show without a script. They are asked for when the field is shown."""

    template_name = "staff_app/request/_datalist_input.html"

    def __init__(self, options: Callable[[], list[tuple[str, str]]]) -> None:
        super().__init__()
        self.options = options

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        list_id = f"{(attrs or {}).get('id', name)}_list"
        context = super().get_context(name, value, {**(attrs or {}), "list": list_id, "autocomplete": "off"})
        return {**context, "list_id": list_id, "options": self.options()}


class WordsField(forms.CharField):
    def to_python(self, value: Any) -> str:
        return clean_text(super().to_python(value) or "")


def words_field(
    label: "str | _StrPromise", hint: "str | _StrPromise" = "", *, required: bool = True
) -> forms.CharField:
    return WordsField(
        label=label, help_text=hint, required=required, max_length=WORDS_MAX, widget=forms.Textarea(attrs={"rows": 4})
    )


class DayInput(DatalistInput):
    """A text field, since a browser's own field for dates takes no words (js/day-picker.js adds its calendar)."""

    def __init__(self) -> None:
        super().__init__(lambda: [(_("tomorrow"), ""), (_("next week"), ""), (_("next month"), "")])

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(
            name, value, {"data-day": "", "maxlength": 40, "spellcheck": "false", **(attrs or {})}
        )

    def format_value(self, value: Any) -> str | None:
        if isinstance(value, dt.date):
            return date_format(value, pgettext("short day format", "M j, Y"))
        return super().format_value(value)


class DayField(forms.DateField):
    """A day, as people type it. today: what “+3d” is counted from, in the city's time zone."""

    widget = DayInput
    today: Callable[[], dt.date]

    def to_python(self, value: Any) -> dt.date | None:
        day = quick_dates.read(value, self.today()) if isinstance(value, str) else None
        return day or super().to_python(value)


def day_field(label: "str | _StrPromise", hint: "str | _StrPromise" = "", *, required: bool = True) -> DayField:
    return DayField(label=label, help_text=format_lazy("{} {}", hint, DAY_HINT), required=required)


DAY_HINT = gettext_lazy("A date, or mon, +3d, 2w, next week.")


def visited_field() -> forms.TypedChoiceField:
    """True, False, or None if nobody said."""
    return forms.TypedChoiceField(
        label=gettext_lazy("Did someone visit?"),
        required=False,
        choices=[("yes", gettext_lazy("Yes, someone visited")), ("no", gettext_lazy("No, handled from the office"))],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        empty_value=None,
    )


PUBLIC_HINT = gettext_lazy("Everyone can read this. Don’t include people’s names, addresses or phone numbers.")
STAFF_HINT = gettext_lazy("Only staff can read this, but it may be released under public records law.")
REPORTER_HINT = gettext_lazy(
    "Only the reporter sees this, exactly as you write it. Everyone else sees that we asked a question."
)


class ScheduleForm(ActionForm):
    on = day_field(gettext_lazy("What day?"), gettext_lazy("The reporter will see “Planned for” and this day."))

    def prepare(self) -> None:
        self.fields["on"].initial = self.service_request.scheduled_for or self.today() + dt.timedelta(days=1)

    def clean_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["on"]
        if day < self.today():
            raise forms.ValidationError(_("Choose today or a later day."))
        return day


# With whether there are tasks that it can wait for.
_OPEN_TASKS = Task.objects.filter(service_request=OuterRef("pk"), state=Task.State.OPEN)
WITH_OPEN_TASKS = access.numbered(has_open_tasks=Exists(_OPEN_TASKS))


class HoldForm(ActionForm):
    reason = forms.ChoiceField(label=gettext_lazy("What are we waiting for?"), widget=forms.RadioSelect)
    number = forms.CharField(
        label=gettext_lazy("Which request?"),
        help_text=gettext_lazy("Its reference number, if it waits for another request."),
        required=False,
        max_length=20,
    )
    until = day_field(gettext_lazy("Until when?"), gettext_lazy("It returns to the queue on this day."))
    field_order = ("until", "reason", "number")

    def prepare(self) -> None:
        listed = directory.of(self.service_request.jurisdiction).holds
        waits = due.listed_hold_words(listed)
        # The city's own reasons if it lists any. A hold for the reporter starts with a question instead.
        codes = [reason.code for reason in listed if reason.active] or list(waits)
        usable = [code for code in codes if code not in ("reporter", "your_answer")]
        if WAITS_FOR_REQUEST not in usable:
            usable.append(WAITS_FOR_REQUEST)
        if self._has_open_tasks():
            usable.append(WAITS_FOR_TASKS)
        self.fields["reason"].choices = [(code, capfirst(waits[code])) for code in usable]  # type: ignore[attr-defined]
        self.waits_for: ServiceRequest | None = None
        self.helper.show_optional = False
        self.fields["until"].initial = self.today() + dt.timedelta(days=7)

    def _has_open_tasks(self) -> bool:
        """Known, if WITH_OPEN_TASKS read the request."""
        has: bool | None = getattr(self.service_request, "has_open_tasks", None)
        return self.service_request.tasks.filter(state=Task.State.OPEN).exists() if has is None else has

    def clean_until(self) -> dt.date:
        day: dt.date = self.cleaned_data["until"]
        if day <= self.today():
            raise forms.ValidationError(_("Choose a day after today."))
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("reason") == WAITS_FOR_REQUEST:
            self.waits_for = self._other(cleaned.get("number", ""))
        return cleaned

    def _other(self, number: str) -> ServiceRequest | None:
        visible = ServiceRequest.objects.in_jurisdiction(self.service_request.jurisdiction).visible_to(self.user)
        other = visible.filter(reference=references.parse(number) or "").first() if number else None
        if other is None:
            self.add_error("number", _("Enter the number of the request that has to be finished first."))
        elif other.pk == self.service_request.pk:
            self.add_error("number", _("It can’t wait for itself."))
        elif not other.is_open:
            self.add_error("number", _("That request has ended already, so there’s nothing to wait for."))
        else:
            return other
        return None


class AskForm(ActionForm):
    checked = ("question",)
    to_reporter = "question"
    question = words_field(gettext_lazy("Your question"), REPORTER_HINT)
    until = day_field(
        gettext_lazy("Wait for an answer until"),
        gettext_lazy("Without an answer, the request is closed on this day. We’ll remind the reporter a week before."),
        required=False,
    )

    def prepare(self) -> None:
        self.fields["until"].initial = self.today() + conversation.ANSWER_DEADLINE

    def clean_until(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["until"]
        if day is not None and day <= self.today():
            raise forms.ValidationError(_("Choose a day after today."))
        return day


class CommentForm(ActionForm):
    checked = ("text",)
    to_reporter = "text"
    text = words_field(gettext_lazy("Public comment"), PUBLIC_HINT)


class EditTextForm(ActionForm):
    """seen: the version of the text that its writer loaded."""

    checked = ("text",)
    text = words_field(gettext_lazy("Text"), PUBLIC_HINT)
    seen = forms.CharField(widget=forms.HiddenInput, required=False)


class NoteForm(ActionForm):
    """tell: a colleague chosen from the list, whose @handle is put before the text."""

    text = words_field(gettext_lazy("Internal note"), STAFF_HINT)
    audience = forms.ChoiceField(
        label=gettext_lazy("Who can read this note?"),
        choices=[
            (Comment.Audience.DEPARTMENT, gettext_lazy("City staff only")),
            (Comment.Audience.EVERYONE, gettext_lazy("City staff and contractors assigned to this request")),
        ],
        initial=Comment.Audience.DEPARTMENT,
        widget=forms.RadioSelect,
        required=False,
    )
    # Set by [Can't do it now], for those who can't put a request on hold, which stops the city's clock.
    cannot_now = forms.BooleanField(required=False, widget=forms.HiddenInput)
    heading: "str | _StrPromise" = ""
    tell = forms.CharField(
        label=gettext_lazy("Notify a colleague (optional)"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("Choose from the list, or write @ and their name in the note, like @sam.lee."),
    )

    def prepare(self) -> None:
        self.helper.show_optional = False
        self.unknown: list[str] = []
        self.fields["tell"].widget = DatalistInput(self._handles)
        # Read by static/js/mentions.js.
        self.fields["text"].widget.attrs |= {
            "data-mentions": "",
            "data-list-label": _("Colleagues"),
            "data-one": _("1 colleague. Press Enter to choose."),
            "data-many": _("{count} colleagues. Use the arrow keys, and Enter to choose."),
        }
        if not self.writes_for_staff():
            # A contractor writes to the city.
            del self.fields["audience"]
            self.fields["text"].help_text = _("City staff and you can read this.")
        if not self["cannot_now"].value():
            del self.fields["cannot_now"]
        else:
            self.heading = _("Can’t do it now")
            self.fields["text"].label = _("Why can’t you do it now?")

    def about(self) -> list[ServiceRequest]:
        """The requests whose readers can be named."""
        return [self.service_request]

    def writes_for_staff(self) -> bool:
        return permissions.reads_identity(self.user, self.service_request)

    def _handles(self) -> list[tuple[str, str]]:
        readers = mentions.readers(self.about())
        return [(f"@{mentions.handle_of(one)}", str(one)) for one in readers if one.pk != self.user.pk]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        audience = cleaned.get("audience") or Comment.Audience.DEPARTMENT
        text, tell = cleaned.get("text") or "", " ".join((cleaned.get("tell") or "").split())
        if text and cleaned.get("cannot_now"):
            text = _("Can’t do it now: %(reason)s") % {"reason": text}
        if text and tell:
            handles = mentions.handles_in(tell) or ["".join(tell.split())]
            chosen = " ".join(f"@{handle}" for handle in handles if f"@{handle}" not in text)
            text = f"{chosen} {text}".strip()
        self.unknown = mentions.find(self.about(), text, audience=audience).unknown
        return {**cleaned, "text": text, "audience": audience}

    def warning(self) -> str:
        """Names in a valid form that are nobody's who could read the note."""
        if not self.unknown:
            return ""
        names = ", ".join(f"@{handle}" for handle in self.unknown)
        return _("Nobody who can read this note is called %(names)s, so no one was notified there.") % {"names": names}


class AnswerForm(ActionForm):
    text = words_field(
        gettext_lazy("What did the reporter say?"), gettext_lazy("For example, by phone. Staff can read it.")
    )


def common_outcomes(fixed: str = "") -> list[tuple[str, DescribedChoice]]:
    """The outcomes that any request may be resolved with. fixed: what the service calls it."""
    choices = [
        (Disposition.FIXED, fixed or _("Fixed"), _("The problem is gone.")),
        (
            Disposition.ACTION_TAKEN,
            _("We took action"),
            _("We issued a notice, ticket or warning. Include the owner’s deadline."),
        ),
        (Disposition.ANSWERED, _("Answered"), _("It was a question. Give the answer below.")),
        (Disposition.NOT_FOUND, _("We looked and couldn’t find it"), _("Someone must have visited.")),
        (Disposition.CANNOT_DO, _("We can’t do this"), _("Choose the reason below.")),
    ]
    return [(code.value, DescribedChoice(name, about)) for code, name, about in choices]


def outcomes(service_request: ServiceRequest, user: User | AnonymousUser) -> list[tuple[str, DescribedChoice]]:
    """Dispositions offered by ResolveForm; handing over, merging and withdrawing are actions of their own."""
    choices = common_outcomes(localized(service_request.service_version.outcome_words.get("fixed")))
    if service_request.hold_reason == "reporter":
        choices.append((Disposition.NO_REPLY.value, DescribedChoice(_("No reply"), _("We asked and got no reply."))))
    if permissions.can(user, "hide", service_request):
        removed = DescribedChoice(_("Removed"), _("It isn’t a report: it’s abuse or was sent by mistake."))
        choices.append((Disposition.REMOVED.value, removed))
    return choices


class NumberedRadios(forms.RadioSelect):
    """Each choice is taken by its digit (js/queue-keys.js)."""

    def create_option(
        self, name: str, value: Any, label: Any, selected: bool, index: int, *args: Any, **more: Any
    ) -> Any:
        option = super().create_option(name, value, label, selected, index, *args, **more)
        option["attrs"]["data-key"] = str(int(index) + 1)
        return option


class OutcomeForm(ActionForm):
    """What every form that resolves asks, for one request or many, and how its answers depend on the outcome."""

    checked = ("words",)
    disposition = forms.ChoiceField(label=gettext_lazy("What was the outcome?"), widget=NumberedRadios)
    visited = visited_field()
    reason = forms.ChoiceField(label=gettext_lazy("Why can’t we do it?"), required=False)
    words = words_field(gettext_lazy("What should we tell people?"), PUBLIC_HINT)
    no_evidence = forms.ChoiceField(label=gettext_lazy("If there is no photo or visit, why?"), required=False)

    def prepare(self) -> None:
        city = self.service_request.jurisdiction
        self.fields["disposition"].choices = common_outcomes()  # type: ignore[attr-defined]
        by_code = city.reasons_by_code
        listed = [one for one in by_code.values() if one.kind == ListedReason.Kind.CANNOT_DO and one.active]
        reasons = [("", _("Choose a reason")), *((one.code, localized(one.words)) for one in listed)]
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]
        self.fields["reason"].help_text = _("Only for “We can’t do this.”")
        self.fields["visited"].help_text = _("Required if it was fixed or couldn’t be found.")
        without = [("", _("Choose a reason")), *evidence.reasons(city).items()]
        self.fields["no_evidence"].choices = without  # type: ignore[attr-defined]
        # What is required depends on the outcome, so "(optional)" would be misleading.
        self.helper.show_optional = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        disposition, visited = cleaned.get("disposition"), cleaned.get("visited")
        if disposition == Disposition.CANNOT_DO and not cleaned.get("reason"):
            self.add_error("reason", _("Choose a reason from the list. People can appeal it."))
        if disposition != Disposition.CANNOT_DO:
            cleaned["reason"] = ""
        if disposition == Disposition.FIXED and visited is None:
            self.add_error("visited", _("Say whether someone visited. The public will see this."))
        if disposition == Disposition.NOT_FOUND and not visited:
            self.add_error("visited", _("“Couldn’t find it” requires a visit."))
        return cleaned


class ResolveForm(OutcomeForm):
    to_reporter = "words"
    photos_before = PhotosField(label=gettext_lazy("Photos from before the work"), required=False, most=3)
    photos = PhotosField(label=gettext_lazy("Photos of the finished work"), required=False, most=3)
    field_order = ("disposition", "visited", "reason", "words", "photos_before", "photos", "no_evidence")

    def prepare(self) -> None:
        super().prepare()
        self.fields["disposition"].choices = outcomes(self.service_request, self.user)  # type: ignore[attr-defined]
        if self.service_request.visited_at:
            self.fields["visited"].initial = "yes"
        asked = {
            "photo": _("This service asks for a photo of the finished work."),
            "visit": _("This service asks for a visit."),
        }.get(self.service_request.service_version.evidence, "")
        words = _("If it couldn’t be found, add a photo of the place.")
        self.fields["photos"].help_text = f"{asked} {words}".strip()

    def outcomes_asking(self) -> dict[str, str]:
        """The outcomes that ask for each field, besides the one that asks for the outcome, with spaces between."""
        every = [value for value, _label in outcomes(self.service_request, self.user)]
        wants_photo = [code for code in every if evidence.asks_for_photo(self.service_request, code)]
        wants_visit = [code for code in every if evidence.asks_for_visit(self.service_request, code)]
        asking: dict[str, Collection[str]] = {
            "visited": {Disposition.FIXED, Disposition.NOT_FOUND, *wants_visit},
            "reason": {Disposition.CANNOT_DO},
            "words": every,
            "photos": {*evidence.WORK_DONE, Disposition.NOT_FOUND, Disposition.CANNOT_DO},
            "photos_before": evidence.WORK_DONE,
            "no_evidence": {*wants_photo, *wants_visit},
        }
        return {name: " ".join(code for code in every if code in codes) for name, codes in asking.items()}

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        missing = self._missing_evidence(cleaned)
        if missing and not cleaned.get("no_evidence") and "no_evidence" not in self.errors:
            self.add_error("no_evidence", missing)
        if not missing:
            cleaned["no_evidence"] = ""
        return cleaned

    def work_photos(self) -> list[WorkPhoto]:
        before = [(upload, Photo.Stage.BEFORE.value) for upload in self.cleaned_data["photos_before"]]
        return [*before, *((upload, Photo.Stage.AFTER.value) for upload in self.cleaned_data["photos"])]

    def gives_photo(self, cleaned: dict[str, Any]) -> bool:
        return bool(cleaned.get("photos")) or "photos" in self.errors

    def _missing_evidence(self, cleaned: dict[str, Any]) -> str:
        """What to say about evidence that is asked for and not there; empty if nothing is missing."""
        kind = evidence.missing(
            self.service_request,
            str(cleaned.get("disposition") or ""),
            visited=cleaned.get("visited"),
            gives_photo=self.gives_photo(cleaned),
        )
        return {
            "photo": _("Add a photo, or choose why there is none."),
            "visit": _("This service asks for a visit. Choose why there was none."),
        }.get(kind, "")


class HandOverForm(ActionForm):
    checked = ("words",)
    to_reporter = "words"
    # Nobody is chosen beforehand, not even the owner of the ground, because the one who is chosen gets an email.
    owner = forms.ModelChoiceField(
        Owner.objects.none(),
        label=gettext_lazy("Who owns it?"),
        empty_label=gettext_lazy("Choose an owner"),
        error_messages={"required": gettext_lazy("Choose who owns it.")},
    )
    number = forms.CharField(
        label=gettext_lazy("Their reference number"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("If you have one."),
    )
    words = words_field(gettext_lazy("What should we tell people?"), PUBLIC_HINT)

    def prepare(self) -> None:
        choices = Owner.objects.filter(jurisdiction=self.service_request.jurisdiction).order_by("name")
        self.fields["owner"].queryset = choices  # type: ignore[attr-defined]


class RowChoiceField(forms.ModelChoiceField):
    """A choice among rows that have been read already. rows_by_value: all of them. Programs may name one by its to_field_name."""

    rows_by_value: Mapping[str, Model]

    def to_python(self, value: Any) -> Any:
        rows, name = self.rows_by_value, self.to_field_name
        if name:
            rows = {str(getattr(row, name)): row for row in rows.values()}
        return rows[value] if value in rows else super().to_python(value)


class TransferForm(ActionForm):
    department = RowChoiceField(
        Department.objects.none(),
        label=gettext_lazy("Which department?"),
        empty_label=gettext_lazy("Choose a department"),
    )
    reason = words_field(gettext_lazy("Why?"), STAFF_HINT)

    def prepare(self) -> None:
        others = [
            one
            for one in directory.of(self.service_request.jurisdiction).departments.values()
            if one.active and one.pk != self.service_request.department_id
        ]
        self.fields["department"].rows_by_value = {str(one.pk): one for one in others}  # type: ignore[attr-defined]
        suggested: list[Department] = []
        if not self.is_bound:
            suggested = [one for one in triage.suggested_departments(self.service_request) if one in others]
        if suggested:
            self.fields["department"].initial = suggested[0].pk

        def choices() -> list[Any]:
            by_name = sorted(others, key=lambda department: str(department).casefold())
            first = [(one.pk, str(one)) for one in suggested]
            rest = [(one.pk, str(one)) for one in by_name if one not in suggested]
            empty: list[Any] = [("", _("Choose a department"))]
            return empty + ([(_("Suggested"), first), (_("All departments"), rest)] if first else rest)

        # Asked for when the field is shown.
        self.fields["department"].choices = choices  # type: ignore[attr-defined]
        self.fields["department"].widget.attrs["data-pick"] = ""


class TriageForm(ActionForm):
    reason = words_field(gettext_lazy("Why?"), STAFF_HINT)


class AssignForm(ActionForm):
    assignee = RowChoiceField(
        User.objects.none(), label=gettext_lazy("Assign to"), required=False, empty_label=gettext_lazy("No one")
    )
    although_away = forms.BooleanField(label=gettext_lazy("Assign it to them anyway"), required=False)

    def prepare(self) -> None:
        service_request = self.service_request
        people = assignable.colleagues(service_request, self.user)
        self.away = {} if self._is_oneself() else assignable.away(service_request)
        field = self.fields["assignee"]
        teams = {
            recent_people.value_of(team): team
            for team in directory.of(service_request.jurisdiction).teams.values()
            if team.active and team.department_id == service_request.department_id
        }
        colleagues_by_value = {str(one.pk): one for one in people}
        field.rows_by_value = {**teams, **colleagues_by_value}  # type: ignore[attr-defined]
        # Asked for when the field is shown.
        field.choices = lambda: self._choices(people, teams)  # type: ignore[attr-defined]
        field.initial = service_request.assignee_id
        field.widget.attrs["data-pick"] = ""
        self.helper.show_optional = False
        if not self.is_bound or self._chosen_away() is None:
            del self.fields["although_away"]

    def _choices(self, people: Iterable[User], teams: Mapping[str, Team]) -> list[Any]:
        """Oneself and those whom one recently assigned to come first."""
        labels = {str(one.pk): self._label(one) for one in people}
        by_label = Counter(labels.values())
        for one in people:
            if by_label[self._label(one)] > 1:
                labels[str(one.pk)] = f"{self._label(one)} ({one.email})"
        if isinstance(self.user, User) and (me := str(self.user.pk)) in labels:
            labels[me] = _("Me (%(name)s)") % {"name": self.user}
            first = [me, *recent_people.of(self.user)]
        else:
            first = []
        of_teams = sorted(
            ((value, str(team)) for value, team in teams.items()), key=lambda choice: choice[1].casefold()
        )
        every = labels | dict(of_teams)
        suggested = [(value, every[value]) for value in first if value in every]
        return [
            *([(_("Suggested"), suggested)] if suggested else []),
            *([(_("Teams"), [choice for choice in of_teams if choice[0] not in first])] if of_teams else []),
            (_("People"), [choice for choice in labels.items() if choice[0] not in first]),
            ("", _("No one")),
        ]

    def _label(self, user: User) -> str:
        if (away := self.away.get(user.pk)) is None:
            return str(user)
        day = date_format(away.until, "MONTH_DAY_FORMAT")
        return _("%(name)s (away until %(day)s)") % {"name": user, "day": day}

    def _chosen_away(self) -> leaves.Away | None:
        chosen = str(self.data.get("assignee", ""))
        # They know where they are themselves.
        is_other = chosen.isdecimal() and len(chosen) < 19 and not self._is_oneself()
        return self.away.get(int(chosen)) if is_other else None

    def _is_oneself(self) -> bool:
        return self.is_bound and str(self.data.get("assignee", "")) == str(self.user.pk)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        away, assignee = self._chosen_away(), cleaned.get("assignee")
        if away is not None and assignee is not None and not cleaned.get("although_away"):
            named = {"name": assignee, "day": date_format(away.until, "MONTH_DAY_FORMAT"), "stand_in": away.stand_in}
            words = (
                _("%(name)s is away until %(day)s. Choose %(stand_in)s, the stand-in, or check the box below.")
                if away.stand_in is not None
                else _(
                    "%(name)s is away until %(day)s and has no stand-in. Choose someone else, or check the box below."
                )
            )
            self.add_error("assignee", forms.ValidationError(words, AWAY, named))
        return cleaned


Choices = list[tuple[int, str]]


def services_by_category(versions: Iterable[ServiceVersion], key: str = "pk") -> list[tuple[str, Choices]]:
    """Choices under the name of their category, in the order of categories and then by name. key: the attribute to choose by."""
    groups: dict[tuple[int, str], Choices] = {}
    for one in versions:
        category = (one.category.order, localized(one.category.name))
        groups.setdefault(category, []).append((getattr(one, key), localized(one.name)))
    return [
        (name, sorted(found, key=lambda choice: choice[1].casefold()))
        for (_order, name), found in sorted(groups.items())
    ]


class ChangeServiceForm(ActionForm):
    version = forms.ModelChoiceField(
        ServiceVersion.objects.none(),
        label=gettext_lazy("What should the service be?"),
        empty_label=gettext_lazy("Choose a service"),
    )
    names_nobody = forms.BooleanField(
        label=gettext_lazy("The text names no one and the photos show no one, so make it public"),
        help_text=gettext_lazy("Only if the service is public. We’ll email the reporter, who can keep it private."),
        required=False,
    )
    # What everyone would read of an “I don’t know” report, with what may name someone.
    public_preview: list[tuple[str, list[public_preview.Piece]]]

    def prepare(self) -> None:
        service_request = self.service_request
        is_unknown = service_request.public_state == PublicState.PRIVATE and review.was_unknown(service_request)
        may_publish = is_unknown and service_request.privacy_choice != PrivacyChoice.KEPT
        self.public_preview = public_preview.preview(service_request) if may_publish else []
        if not may_publish:
            del self.fields["names_nobody"]
        current = Service.objects.filter(jurisdiction=self.service_request.jurisdiction, active=True)
        if may_publish and service_request.service.service_code != UNKNOWN_SERVICE:
            # Its service is known already, and only the decision is missing.
            self.fields["version"].initial = service_request.service.current_id
        else:
            current = current.exclude(pk=self.service_request.service_id)
        versions = ServiceVersion.objects.filter(pk__in=current.values("current")).select_related("category")
        field = self.fields["version"]
        field.queryset = versions  # type: ignore[attr-defined]
        field.choices = [("", _("Choose a service")), *services_by_category(versions)]  # type: ignore[attr-defined]


class SetPriorityForm(ActionForm):
    priority = forms.TypedChoiceField(
        label=gettext_lazy("Priority"),
        coerce=int,
        choices=list(PRIORITIES.items()),
        widget=forms.RadioSelect,
    )

    def prepare(self) -> None:
        self.fields["priority"].initial = self.service_request.priority
        self.one_press = self["priority"]


class MergeForm(ActionForm):
    reference = forms.CharField(
        label=gettext_lazy("Reference number of the earlier request"),
        max_length=40,
        help_text=gettext_lazy("Everyone who reported or follows this request will get updates on the other one."),
    )
    parent: ServiceRequest

    def clean_reference(self) -> str:
        typed: str = self.cleaned_data["reference"]
        parent = access.find(self.user, typed, jurisdiction=self.service_request.jurisdiction)
        if parent is None:
            raise forms.ValidationError(_("You don’t have a request with this number. Check it and try again."))
        if parent.pk == self.service_request.pk:
            raise forms.ValidationError(_("That’s the number of this request. Enter the other request’s number."))
        if parent.duplicate_of_id == self.service_request.pk:
            raise forms.ValidationError(_("That request was merged into this one already."))
        if parent.duplicate_of is not None:
            raise forms.ValidationError(
                _("That request was merged into %(reference)s. Enter that number instead.")
                % {"reference": parent.duplicate_of.display_reference}
            )
        self.parent = parent
        return typed


class ReopenForm(ActionForm):
    checked = ("words",)
    to_reporter = "words"
    words = words_field(gettext_lazy("Why? (Everyone can read this.)"), PUBLIC_HINT, required=False)


HIDE_REASONS = [
    ("personal_data", gettext_lazy("It reveals private information about someone")),
    ("abuse", gettext_lazy("Abuse or threats")),
    ("not_a_report", gettext_lazy("It isn’t a report")),
    ("other", gettext_lazy("Another reason")),
]


class HideForm(ActionForm):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why shouldn’t the public see it?"),
        help_text=gettext_lazy("Work on the request continues."),
        choices=HIDE_REASONS,
        widget=forms.RadioSelect,
    )


class CorrectPlaceForm(ActionForm):
    # Owners of the land read the note.
    checked = ("note",)
    address = forms.CharField(
        label=gettext_lazy("Address, corner or park"),
        max_length=300,
        help_text=gettext_lazy("Or coordinates, like 40.50312, -69.00147."),
    )
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    note = forms.CharField(label=gettext_lazy("Where exactly?"), required=False, max_length=300)
    point: Point | None = None

    def prepare(self) -> None:
        self.fields["address"].initial = self.service_request.address
        self.fields["note"].initial = self.service_request.place_note

    def checked_texts(self) -> dict[str, str]:
        """Not the reporter's own note, as it was."""
        note: str = self.cleaned_data.get("note", "")
        return {"note": note} if note and note != self.stored_note() else {}

    def stored_note(self) -> str:
        return str(ServiceRequest.objects.values_list("place_note", flat=True).get(pk=self.service_request.pk))

    def clean_note(self) -> str:
        """The note as stored if an identity-blind user left the redacted one as it is."""
        note: str = self.cleaned_data["note"]
        return note if note != self.service_request.place_note else self.stored_note()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("address"):
            return cleaned
        self.point = find_place(self, self.service_request.jurisdiction, cleaned)
        return cleaned


def suggest_addresses(form: CorrectPlaceForm, source: str) -> None:
    """Turns the address field into a combobox that fetches suggestions from `source`."""
    lat, long = form["latitude"].id_for_label or "", form["longitude"].id_for_label or ""
    form.fields["address"].widget.attrs.update(address_attributes(source, lat, long))
