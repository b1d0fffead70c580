"""The forms of the desk besides those of the report path: a new contact, who is calling, and how it ended."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from requests_app.actions.contacts.callers import NAME_MAX as SHARED_NAME_MAX
from requests_app.actions.contacts.contacts import NOTE_MAX, NUMBER_MAX
from requests_app.actions.contacts.letter_pages import PAGES_MAX
from requests_app.actions.people.reporters import normalized_phone
from requests_app.clock import app_now
from requests_app.forms.fields import PhotosField, WordsField, email_field
from requests_app.forms.report_forms import ContactForm
from requests_app.messages import hand_over_words
from requests_app.models import Channel, Contact, Jurisdiction
from requests_app.rules.alarms.hand_overs import REASONS_OUT
from requests_app.rules.contacts.callers import LEAST_DIGITS
from requests_app.rules.report import paper

Text = str | Promise
# As long as on the residents' page.
CALLER_WORDS_MAX = 2000
CHANNELS: dict[str, Text] = {
    Channel.PHONE: gettext_lazy("Phone"),
    Channel.COUNTER: gettext_lazy("In person"),
    Channel.LETTER: gettext_lazy("Letter"),
}
CHECKED: dict[str, Text] = {
    Contact.Checked.NOT_CHECKED: gettext_lazy("Not checked"),
    Contact.Checked.REFERENCE: gettext_lazy("Knows the report number"),
    Contact.Checked.NAME_AND_STREET: gettext_lazy("Knows name and street"),
}
NO_PERSON: dict[str, Text] = {
    Contact.NoPerson.NOT_ASKED: gettext_lazy("Not asked"),
    Contact.NoPerson.REFUSED: gettext_lazy("Doesn’t want to say"),
    Contact.NoPerson.WITHHELD: gettext_lazy("Number not shown"),
}
RELATIONS: dict[str, Text] = {
    Contact.Relation.NONE: gettext_lazy("Themselves"),
    Contact.Relation.FAMILY: gettext_lazy("Somebody in their family"),
    Contact.Relation.NEIGHBOR: gettext_lazy("A neighbor"),
    Contact.Relation.CAREGIVER: gettext_lazy("Somebody they care for"),
    Contact.Relation.LANDLORD: gettext_lazy("A tenant"),
    Contact.Relation.OTHER: gettext_lazy("Somebody else"),
}
UPDATES: dict[str, Text] = {
    Contact.Updates.CALLER: gettext_lazy("The caller"),
    Contact.Updates.OTHER: gettext_lazy("The other person"),
    Contact.Updates.NOBODY: gettext_lazy("Nobody: they want none"),
}
OUTCOMES: dict[str, Text] = {
    Contact.Outcome.ANSWERED: gettext_lazy("Answered"),
    Contact.Outcome.STATUS_GIVEN: gettext_lazy("Gave the status of a report"),
    Contact.Outcome.REQUEST_MADE: gettext_lazy("Report made"),
    Contact.Outcome.JOINED: gettext_lazy("Added to a report"),
    Contact.Outcome.TRANSFERRED: gettext_lazy("Transferred"),
    Contact.Outcome.CALL_BACK: gettext_lazy("We’ll call back"),
    Contact.Outcome.DROPPED: gettext_lazy("Cut off"),
    Contact.Outcome.NO_ANSWER: gettext_lazy("No answer"),
    Contact.Outcome.ABUSE: gettext_lazy("Ended because of abuse"),
    Contact.Outcome.TEST: gettext_lazy("Test call"),
}
SCREENING: dict[str, Text] = {
    Contact.Screening.NOT_NEEDED: gettext_lazy("Not needed"),
    Contact.Screening.ASKED_NO: gettext_lazy("Asked: no"),
    Contact.Screening.ASKED_YES: gettext_lazy("Asked: yes"),
}
TRANSFER_REASONS: dict[str, Text] = {
    "department": gettext_lazy("A department has to decide"),
    "other_office": gettext_lazy("It’s not the city’s to do"),
    "language": gettext_lazy("Their language"),
    "complaint": gettext_lazy("A complaint about us"),
    "other": gettext_lazy("Something else"),
}
YES_NO: dict[str, Text] = {"": gettext_lazy("Not asked"), "yes": gettext_lazy("Yes"), "no": gettext_lazy("No")}
CONSENT = {None: "", True: "yes", False: "no"}


class StartForm(forms.Form):
    channel = forms.ChoiceField(label=gettext_lazy("How"), choices=list(CHANNELS.items()), initial=Channel.PHONE)
    line = WordsField(label=gettext_lazy("Number dialed"), required=False, max_length=40)
    caller_number = WordsField(label=gettext_lazy("Caller’s number"), required=False, max_length=NUMBER_MAX)
    is_practice = forms.BooleanField(
        label=gettext_lazy("Practice: an invented caller. Nothing is sent or counted."), required=False
    )


class ScanInput(forms.FileInput):
    """Several files. A phone's camera, too, since not every desk has a scanner."""

    allow_multiple_selected = True

    def __init__(self) -> None:
        super().__init__({"accept": "application/pdf,image/*"})


class ScanField(PhotosField):
    """How many pages a file has is known once it's drawn."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=gettext_lazy("Scan of the letter"),
            help_text=gettext_lazy(
                "A PDF or photos, up to 40 pages. It’s never public: only staff who may see who reported it can open it."
            ),
            most=PAGES_MAX,
            widget=ScanInput(),
            error_messages={
                "required": gettext_lazy("Choose a PDF or photos of the letter."),
                "too_many": gettext_lazy("A letter can have up to %(most)d pages."),
            },
            **kwargs,
        )


class ScanForm(forms.Form):
    scan = ScanField()


class LetterForm(forms.Form):
    """What came on paper: the number at the bottom of our form (none: a letter in their own words), and the day it came."""

    number = WordsField(
        label=gettext_lazy("Form number"),
        help_text=gettext_lazy("At the bottom of the form. Leave it blank for a letter in their own words."),
        required=False,
        max_length=80,
    )
    received_on = forms.DateField(
        label=gettext_lazy("Came on"),
        help_text=gettext_lazy("The targets count from this day."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Enter the day on which it came."),
            "invalid": gettext_lazy("Enter the day on which it came."),
        },
    )
    late_reason = WordsField(
        label=gettext_lazy("If it came more than two weeks ago: why is it entered now?"),
        required=False,
        max_length=paper.REASON_MAX,
    )
    scan = ScanField(required=False)

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.city = city

    def clean_number(self) -> paper.Form | None:
        typed = self.cleaned_data["number"]
        sheet = paper.find_form(self.city, typed) if typed else None
        if typed and sheet is None:
            raise forms.ValidationError(_("There’s no form with this number. Check it, or leave it blank."))
        return sheet

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        day = cleaned.get("received_on")
        if day is None:
            return cleaned
        match paper.problem(day, today=paper.today(self.city), reason=cleaned.get("late_reason", "")):
            case paper.FUTURE:
                self.add_error("received_on", _("That day hasn’t come yet."))
            case paper.TOO_OLD:
                self.add_error("received_on", _("That’s more than a year ago. Check the year."))
            case paper.NEEDS_REASON:
                self.add_error("late_reason", _("Say why it’s entered so late."))
        return cleaned


class CallerForm(forms.Form):
    """What is known of who is calling. Whatever it says, nothing but the caller's own words proves who they are."""

    caller_number = WordsField(label=gettext_lazy("Number"), required=False, max_length=NUMBER_MAX)
    keep_number = forms.BooleanField(label=gettext_lazy("We may keep it for 90 days"), required=False)
    no_person = forms.ChoiceField(label=gettext_lazy("Name"), choices=list(NO_PERSON.items()))
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=[])
    has_interpreter = forms.BooleanField(label=gettext_lazy("With an interpreter"), required=False)
    by_relay = forms.BooleanField(label=gettext_lazy("Through a relay service"), required=False)
    may_leave_message = forms.ChoiceField(
        label=gettext_lazy("May we leave a message?"), choices=list(YES_NO.items()), required=False
    )
    relation = forms.ChoiceField(label=gettext_lazy("Calls for"), choices=list(RELATIONS.items()), required=False)
    has_consent = forms.ChoiceField(label=gettext_lazy("Do they agree?"), choices=list(YES_NO.items()), required=False)
    updates_to = forms.ChoiceField(label=gettext_lazy("Updates go to"), choices=list(UPDATES.items()))

    BY_YES_NO = ("may_leave_message", "has_consent")
    COLUMNS = (
        "caller_number", "keep_number", "no_person", "language", "has_interpreter", "by_relay", "relation",
        "updates_to",
    )  # fmt: skip

    def __init__(self, *args: Any, contact: Contact, jurisdiction: Jurisdiction, **kwargs: Any) -> None:
        initial = {name: getattr(contact, name) for name in self.COLUMNS}
        for name in self.BY_YES_NO:
            initial[name] = {True: "yes", False: "no"}.get(getattr(contact, name), "")
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.fields["language"].choices = [  # type: ignore[attr-defined]
            (code, get_language_info(code)["name_local"].capitalize()) for code in jurisdiction.languages
        ]

    @property
    def columns(self) -> dict[str, Any]:
        """As the contact stores them."""
        columns = {name: self.cleaned_data[name] for name in self.COLUMNS}
        return columns | {name: {"yes": True, "no": False}.get(self.cleaned_data[name]) for name in self.BY_YES_NO}


class ReachForm(ContactForm):
    """Who gets updates and how to reach them: the caller, the person they call for, or nobody.

    is_none: the taker pressed that they want none.
    """

    relation = forms.ChoiceField(label=gettext_lazy("Calls for"), choices=list(RELATIONS.items()), required=False)
    has_consent = forms.ChoiceField(
        label=gettext_lazy("Does that person agree?"), choices=list(YES_NO.items()), required=False
    )
    updates_to = forms.ChoiceField(
        label=gettext_lazy("Updates go to"),
        choices=list(UPDATES.items()),
        initial=Contact.Updates.CALLER,
        required=False,
    )
    OF_CALLER = ("relation", "has_consent", "updates_to")

    def __init__(self, *args: Any, contact: Contact, is_none: bool = False, **kwargs: Any) -> None:
        of_caller = {"relation": contact.relation, "updates_to": contact.updates_to}
        of_caller["has_consent"] = CONSENT[contact.has_consent]
        super().__init__(
            *args, **{**kwargs, "initial": {**of_caller, **kwargs.get("initial", {})}, "auto_id": "reach_%s"}
        )
        self.is_none = is_none
        first = ["phone", "email"] if contact.channel == Channel.PHONE else ["email", "phone"]
        who = [name for name in ("name", "postal_address") if name in self.fields]
        identity = "postal_address" in self.fields
        self.order_fields([*(who if identity else []), *first, *([] if identity else who), *self.OF_CALLER])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("relation"):
            cleaned |= {"has_consent": "", "updates_to": Contact.Updates.CALLER}
        elif self.is_none:
            cleaned["updates_to"] = Contact.Updates.NOBODY
        elif not cleaned.get("updates_to"):
            cleaned["updates_to"] = Contact.Updates.CALLER
        if self.is_none or cleaned["updates_to"] == Contact.Updates.NOBODY:
            return cleaned | {"email": "", "phone": ""}
        if cleaned["updates_to"] == Contact.Updates.OTHER and cleaned.get("has_consent") != "yes":
            self.add_error("has_consent", _("Updates can go to them only if they agree. Or send them to the caller."))
        if not (cleaned.get("email") or cleaned.get("phone") or self.errors):
            message = _("Enter a phone number or an email address, or select “They don’t want updates.”")
            self.add_error(next(name for name in self.fields if name in ("phone", "email")), message)
        return cleaned

    @property
    def typed(self) -> dict[str, Any]:
        """As the draft keeps it. `reaches`: whom."""
        kept = {name: value for name, value in self.cleaned_data.items() if name not in self.OF_CALLER}
        return {**kept, "reaches": self.cleaned_data["updates_to"]}

    @property
    def columns(self) -> dict[str, Any]:
        """As the contact stores for whom they call."""
        columns = {name: self.cleaned_data[name] for name in self.OF_CALLER}
        return columns | {"has_consent": {"yes": True, "no": False}.get(columns["has_consent"])}


class FindCallerForm(forms.Form):
    """Somebody whose number isn't shown, or is of many."""

    caller = WordsField(label=gettext_lazy("Name, number or email"), max_length=200, required=False)
    street = WordsField(
        label=gettext_lazy("Street"),
        help_text=gettext_lazy("With the whole name, it finds private reports, too."),
        max_length=100,
        required=False,
    )


class CallerWordsForm(forms.Form):
    """What a caller says about their report, for those who work on it. Other labels and rules by the act."""

    text = WordsField(label=gettext_lazy("What they say"), max_length=CALLER_WORDS_MAX, lines=3, required=False)
    photo_link = forms.URLField(
        label=gettext_lazy("Link to a photo"), max_length=500, required=False, assume_scheme="https"
    )

    @property
    def message(self) -> str:
        return "\n".join(filter(None, [self.cleaned_data["text"], self.cleaned_data.get("photo_link", "")]))


class AddCallerForm(forms.Form):
    """A caller whom the same report concerns, or who wants to follow it."""

    name = WordsField(label=gettext_lazy("Name"), max_length=200, required=False)
    phone = WordsField(label=gettext_lazy("Phone"), max_length=NUMBER_MAX, required=False)
    email = email_field(label=gettext_lazy("Email for updates"), required=False)


class CallerPhoneForm(forms.Form):
    phone = WordsField(
        label=gettext_lazy("Their phone number"),
        help_text=gettext_lazy("For all of their reports. Leave it blank to remove it."),
        max_length=NUMBER_MAX,
        required=False,
    )


class SharedPhoneForm(forms.Form):
    phone = WordsField(
        label=gettext_lazy("Phone number"),
        max_length=NUMBER_MAX,
        error_messages={"required": gettext_lazy("Enter the whole number.")},
    )
    name = WordsField(label=gettext_lazy("Whose it is"), max_length=SHARED_NAME_MAX, required=False)

    def clean_phone(self) -> str:
        """As contact points are compared."""
        phone = normalized_phone(self.cleaned_data["phone"])
        if sum(map(str.isdigit, phone)) < LEAST_DIGITS:
            raise forms.ValidationError(gettext_lazy("Enter the whole number."))
        return phone


class OutcomeForm(forms.Form):
    """How it ended. Nothing is chosen for the taker but what the call itself shows."""

    outcome = forms.ChoiceField(
        label=gettext_lazy("How it ended"),
        choices=[("", gettext_lazy("Choose…")), *OUTCOMES.items()],
        error_messages={"required": gettext_lazy("Choose how it ended.")},
    )
    note = WordsField(label=gettext_lazy("Note"), required=False, max_length=NOTE_MAX, lines=2)
    transferred_to = WordsField(label=gettext_lazy("Transferred to"), required=False, max_length=100)
    transfer = forms.ChoiceField(
        label=gettext_lazy("How it was transferred"),
        choices=[("", gettext_lazy("Choose…")), *hand_over_words.WAYS.items()],
        required=False,
    )
    transfer_reason = forms.ChoiceField(
        label=gettext_lazy("Why"),
        choices=[("", gettext_lazy("Choose…")), *TRANSFER_REASONS.items()],
        required=False,
    )

    call_back_at = forms.DateTimeField(
        label=gettext_lazy("We’ll call by"),
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a day and a time.")},
    )

    OF_TRANSFER = ("transferred_to", "transfer", "transfer_reason")

    def __init__(self, *args: Any, contact: Contact, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.contact = contact

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("outcome") != Contact.Outcome.CALL_BACK:
            self.errors.pop("call_back_at", None)
            cleaned["call_back_at"] = None
        elif not self.contact.caller_phone:
            self.add_error(
                "call_back_at", _("There is no number to call. Enter the caller’s number on the left first.")
            )
        elif not cleaned.get("call_back_at") and not self.has_error("call_back_at"):
            self.add_error("call_back_at", _("Ask when we may call, and enter a day and a time."))
        elif cleaned.get("call_back_at") and cleaned["call_back_at"] <= app_now():
            self.add_error("call_back_at", _("That time is over. Enter a later one."))
        if cleaned.get("outcome") != Contact.Outcome.TRANSFERRED:
            for name in self.OF_TRANSFER:
                self.errors.pop(name, None)
                cleaned[name] = ""
        else:
            missing = {
                "transferred_to": _("Enter who took the call."),
                "transfer": _("Choose how it was transferred."),
                "transfer_reason": _("Choose why."),
            }
            for name, message in missing.items():
                if not cleaned.get(name) and not self.has_error(name):
                    self.add_error(name, message)
        return cleaned

    @property
    def columns(self) -> dict[str, Any]:
        """As the contact stores them, besides the outcome."""
        data = self.cleaned_data
        return {
            "note": data["note"],
            "transferred_to": data["transferred_to"],
            "transfer_reason": data["transfer_reason"],
            "is_warm_transfer": hand_over_words.is_warm(data["transfer"]),
        }


class NoteForm(forms.Form):
    """Of a contact that is closed, to finish it."""

    note = WordsField(
        label=gettext_lazy("Note"),
        help_text=gettext_lazy("Facts only: the caller may ask to read it. It’s deleted after a year."),
        required=False,
        max_length=NOTE_MAX,
        lines=2,
    )


class EmergencyForm(forms.Form):
    """Nothing is required: the call comes first."""

    reason = forms.ChoiceField(
        label=gettext_lazy("What is it?"),
        choices=[("", gettext_lazy("Choose…")), *((code, hand_over_words.REASONS[code]) for code in REASONS_OUT)],
        required=False,
    )
    event_911_number = WordsField(label=gettext_lazy("911’s event number"), required=False, max_length=40)
    is_warm = forms.BooleanField(label=gettext_lazy("I stayed until 911 answered"), required=False)
