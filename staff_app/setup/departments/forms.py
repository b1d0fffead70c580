"""Forms of departments, teams and calendars."""

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import holidays
from crispy_forms.helper import FormHelper
from crispy_forms.layout import Div, Layout
from django import forms
from django.db.models import Q
from django.utils.dates import WEEKDAYS as WEEKDAY_NAMES
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.core.languages import language_name
from requests_app.forms.fields import WordsField
from requests_app.messages.setup_choices import COUNTRIES
from requests_app.models import Calendar, Department, Jurisdiction, Membership, Team, User
from requests_app.rules.promises.hours_text import BadHours, hours_text, parse_hours
from requests_app.rules.promises.service_levels import WEEKDAYS

NAME_MAX = 120
CODE = re.compile(r"[A-Za-z0-9_-]+")
# Countries with the sort of city that this is made for; another one in the data stays.
HOLIDAYS_OF = [("", gettext_lazy("No public holidays")), *COUNTRIES.items()]
INVALID_CODE = gettext_lazy("Use letters, digits, dashes and underscores only.")
EMPTY_ROWS = 3
# A department's settings about email.
BY_EMAIL = ("works_by_email", "email_names_reporter", "weekly_email")


class RowForm(forms.Form):
    """A form about one row of setup."""

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.city = city
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def add_names(self, label: str, name: dict[str, str]) -> None:
        """One required field a language, before all others."""
        named = {}
        for language in self.city.languages:
            words = {"label": label, "language": language_name(language)}
            field = WordsField(
                label=_("%(label)s in %(language)s") % words,
                max_length=NAME_MAX,
                error_messages={"required": _("Enter the name in %(language)s.") % words},
            )
            field.initial = name.get(language, "")
            field.widget.attrs["lang"] = language
            named[f"name_{language}"] = field
        self.fields = {**named, **self.fields}

    def names(self) -> dict[str, str]:
        return {language: self.cleaned_data[f"name_{language}"] for language in self.city.languages}


def clean_code(code: str, taken: Iterable[str]) -> str:
    if not CODE.fullmatch(code):
        raise forms.ValidationError(INVALID_CODE)
    if code.lower() in {one.lower() for one in taken}:
        raise forms.ValidationError(taken_words(code))
    return code


def taken_words(code: str) -> str:
    return _("“%(code)s” is taken. Choose another code.") % {"code": code}


class DepartmentForm(RowForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Short, for lists and files, like PW. It can’t be changed later."),
        error_messages={"required": gettext_lazy("Enter a short code, like PW.")},
    )
    email = forms.EmailField(
        label=gettext_lazy("Email"),
        required=False,
        help_text=gettext_lazy("Where the department reads email."),
        error_messages={"invalid": gettext_lazy("Enter an email address like name@site.example.")},
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"), max_length=40, required=False, help_text=gettext_lazy("For example: 555-0121.")
    )
    calendar = forms.ModelChoiceField(
        Calendar.objects.none(),
        label=gettext_lazy("Calendar"),
        help_text=gettext_lazy("Its hours count for targets, and say when residents can expect an answer."),
        error_messages={"required": gettext_lazy("Choose a calendar.")},
        empty_label=gettext_lazy("- Select -"),
    )
    head = forms.ModelChoiceField(
        User.objects.none(),
        label=gettext_lazy("Head of the department"),
        help_text=gettext_lazy("Is notified of work that is twice as late as it should be."),
        required=False,
        empty_label=gettext_lazy("No one yet"),
    )

    works_by_email = forms.BooleanField(
        label=gettext_lazy("This department works by email alone"),
        required=False,
        help_text=gettext_lazy(
            "Each of its requests is emailed to the address above, with links to accept it, send it back or resolve it. Anyone who "
            "has the email can use them."
        ),
    )
    email_names_reporter = forms.BooleanField(
        label=gettext_lazy("Say in these emails who reported it and how to reach them"),
        required=False,
        help_text=gettext_lazy("Never for confidential reports. Each time is recorded in the request’s activity."),
    )
    weekly_email = forms.BooleanField(
        label=gettext_lazy("Send a summary each Monday"),
        required=False,
        initial=True,
        help_text=gettext_lazy("To the address above, or to the department’s supervisors if there is none."),
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, city=department.jurisdiction, **kwargs)
        self.department = department
        self.fields["head"].queryset = User.objects.filter(  # type: ignore[attr-defined]
            is_active=True, pk__in=Membership.objects.filter(jurisdiction=self.city).values("user")
        ).order_by("name", "id")
        self.fields["head"].initial = department.head_id
        self.add_names(_("Name"), department.name)
        self.fields["calendar"].queryset = Calendar.objects.filter(jurisdiction=self.city).order_by("code")  # type: ignore[attr-defined]
        if department.pk:
            del self.fields["code"]
            for name in ("email", "phone", *BY_EMAIL):
                self.fields[name].initial = getattr(department, name)
            self.fields["calendar"].initial = department.calendar_id

    def clean_code(self) -> str:
        taken = Department.objects.filter(jurisdiction=self.city).values_list("code", flat=True)
        return clean_code(self.cleaned_data["code"], taken)

    def columns(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        code = {"code": cleaned["code"]} if "code" in cleaned else {}
        return {
            **code,
            "name": self.names(),
            **{name: cleaned[name] for name in ("email", "phone", "calendar", "head", *BY_EMAIL)},
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("works_by_email") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Enter the address that its requests are emailed to."))
        return cleaned


class MoveForm(forms.Form):
    to = forms.ChoiceField(
        label=gettext_lazy("Move services, rules, people and on-call to"),
        error_messages={"required": gettext_lazy("Choose a department.")},
    )

    def __init__(self, *args: Any, department: Department, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        others = Department.objects.filter(jurisdiction=department.jurisdiction_id, active=True).exclude(
            pk=department.pk
        )
        self.departments = {str(one.pk): one for one in others.order_by("code")}
        self.fields["to"].choices = [("", _("- Select -")), *((pk, str(one)) for pk, one in self.departments.items())]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def clean_to(self) -> Department:
        return self.departments[self.cleaned_data["to"]]


class TeamForm(RowForm):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        help_text=gettext_lazy("Short, for lists, like crew-1. It can’t be changed later."),
        error_messages={"required": gettext_lazy("Enter a short code, like crew-1.")},
    )
    members = forms.MultipleChoiceField(
        label=gettext_lazy("Members"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("People of this department, and those who work for the whole city."),
    )
    shares_by_load = forms.BooleanField(
        label=gettext_lazy("Assign new requests in turn"),
        help_text=gettext_lazy(
            "Each request goes to the member with the fewest open ones who isn’t away. Otherwise, it waits until someone takes it."
        ),
        required=False,
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, city=team.department.jurisdiction, **kwargs)
        self.team = team
        self.add_names(_("Name"), team.name)
        own = Q(memberships__department=team.department) | Q(memberships__department=None)
        staff = User.objects.filter(own, memberships__jurisdiction=self.city, is_active=True)
        self.staff = {str(one.pk): one for one in staff.order_by("name", "id").distinct()}
        if team.pk:
            del self.fields["code"]
            members = list(team.members.order_by("name", "id"))
            # A member who has moved on stays until somebody unticks them.
            self.staff |= {str(one.pk): one for one in members}
            self.fields["members"].initial = [str(one.pk) for one in members]
            self.fields["shares_by_load"].initial = team.shares_by_load
        self.fields["members"].choices = [(pk, str(one)) for pk, one in self.staff.items()]  # type: ignore[attr-defined]

    def clean_code(self) -> str:
        taken = Team.objects.filter(department=self.team.department).values_list("code", flat=True)
        return clean_code(self.cleaned_data["code"], taken)

    def columns(self) -> dict[str, Any]:
        code = {"code": self.cleaned_data["code"]} if "code" in self.cleaned_data else {}
        members = [self.staff[pk] for pk in self.cleaned_data["members"]]
        return {
            **code,
            "name": self.names(),
            "members": members,
            "shares_by_load": self.cleaned_data["shares_by_load"],
        }


class EndTeamForm(forms.Form):
    to = forms.ChoiceField(
        label=gettext_lazy("Where do its open requests go?"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, team: Team, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        others = Team.objects.filter(department=team.department, active=True).exclude(pk=team.pk)
        self.teams = {str(one.pk): one for one in others}
        whole = _("The whole department, %(department)s") % {"department": team.department}
        self.fields["to"].choices = [("", whole), *((pk, str(one)) for pk, one in self.teams.items())]  # type: ignore[attr-defined]
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.error_summary = False
        self.helper.tiles = False

    def clean_to(self) -> Team | None:
        return self.teams.get(self.cleaned_data["to"])


# --- Calendars --------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _states() -> dict[str, set[str]]:
    """The states that have holidays of their own, by country."""
    return {country: set(codes) for country, codes in holidays.list_supported_countries().items()}


class CalendarForm(RowForm):
    """Days off are forms of their own, in `days`; those that are over stay in the calendar as they are."""

    code = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("Short, for lists and files, like office. It can’t be changed later."),
        error_messages={"required": gettext_lazy("Enter a short name, like office.")},
    )
    always = forms.BooleanField(
        label=gettext_lazy("Always open"),
        required=False,
        help_text=gettext_lazy("Day and night, including holidays. The hours below are ignored."),
    )
    country = forms.ChoiceField(label=gettext_lazy("Closed on public holidays of"), choices=HOLIDAYS_OF, required=False)
    subdivision = forms.CharField(
        label=gettext_lazy("State, for its own holidays"),
        max_length=6,
        required=False,
        help_text=gettext_lazy("Two letters, like MA. Leave it empty for federal holidays only."),
    )
    # Says that what is saved is what the preview was about.
    previewed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, calendar: Calendar, today: dt.date, **kwargs: Any) -> None:
        super().__init__(data, city=calendar.jurisdiction, **kwargs)
        self.calendar, country = calendar, calendar.holidays.get("country") or ""
        hours = {}
        for number, day in enumerate(WEEKDAYS):
            field = forms.CharField(label=WEEKDAY_NAMES[number], max_length=120, required=False)
            field.initial = hours_text(calendar.hours.get(day, []))
            hours[day] = field
        self.fields["mon"] = hours["mon"]
        hours["mon"].help_text = _("For example: 08:00–12:00, 13:00–17:00. Leave a day empty if you’re closed.")
        names = ["code", "always", *WEEKDAYS, "country", "subdivision", "previewed"]
        every = {**self.fields, **hours}
        self.fields = {name: every[name] for name in names}
        if country and country not in COUNTRIES:
            self.fields["country"].choices = [*HOLIDAYS_OF, (country, country)]  # type: ignore[attr-defined]
        self.fields["always"].initial = calendar.always
        self.fields["country"].initial = country
        self.fields["subdivision"].initial = calendar.holidays.get("subdivision") or ""
        if calendar.pk:
            del self.fields["code"]
        written = calendar.holidays.get("extra", [])
        self.over = [one for one in written if not _is_to_come(one, today)]
        self.days = DaysOff(
            data, prefix="days", initial=[_row(one) for one in written if _is_to_come(one, today)],
            form_kwargs={"city": self.city},
        )  # fmt: skip
        self.formsets = {"days": (_("The city’s own days off"), self.days)}
        self.helper.disable_csrf = True
        # Nothing in it is required but working hours on some day, which the hint says.
        self.helper.show_optional = False
        names = [name for name in self.fields if name not in WEEKDAYS]
        after = names.index("country")
        self.helper.layout = Layout(*names[:after], Div(*WEEKDAYS, css_class="hours"), *names[after:])

    def is_valid(self) -> bool:
        mine, days = super().is_valid(), self.days.is_valid()
        if mine and days:
            days = self._half_days_are_open()
        if mine and not days:
            self.add_error(None, _("Check the days off below."))
        return mine and days

    def _half_days_are_open(self) -> bool:
        """Hours on a day that is closed anyway would open nothing. A yearly day may fall on any weekday."""
        for form in self.days.forms:
            day = form.cleaned_data.get("date")
            if (
                not day
                or not form.cleaned_data["hours"]
                or form.cleaned_data["every_year"]
                or self.cleaned_data["always"]
            ):
                continue
            if not self.cleaned_data[WEEKDAYS[day.weekday()]]:
                words = _(
                    "It’s closed on a %(weekday)s. Leave these hours empty, or enter hours for the %(weekday)s above."
                )
                form.add_error("hours", words % {"weekday": WEEKDAY_NAMES[day.weekday()]})
        return not any(form.errors for form in self.days.forms)

    def clean_code(self) -> str:
        taken = Calendar.objects.filter(jurisdiction=self.city).values_list("code", flat=True)
        return clean_code(self.cleaned_data["code"], taken)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for day in WEEKDAYS:
            try:
                cleaned[day] = parse_hours(cleaned.get(day) or "")
            except BadHours as problem:
                self.add_error(day, str(problem))
        if not self.errors and not cleaned["always"] and not any(cleaned[day] for day in WEEKDAYS):
            self.add_error("mon", _("Enter working hours for at least one day, or choose “Always open.”"))
        state, country = (cleaned.get("subdivision") or "").strip().upper(), cleaned.get("country") or ""
        cleaned["subdivision"] = state
        if state and state not in _states().get(country, set()):
            self.add_error("subdivision", _("We don’t know this state’s holidays. Enter two letters, like MA."))
        return cleaned

    def columns(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        code = {"code": cleaned["code"]} if "code" in cleaned else {}
        days = [*self.over, *self.days.rows()]  # type: ignore[attr-defined]
        country = {"country": cleaned["country"]} if cleaned["country"] else {}
        state = {"subdivision": cleaned["subdivision"]} if cleaned["subdivision"] else {}
        return {
            **code,
            "always": cleaned["always"],
            "hours": {day: cleaned[day] for day in WEEKDAYS if cleaned[day]},
            "holidays": {**country, **state, **({"extra": days} if days else {})},
        }


class DayOffForm(forms.Form):
    """One day off of the city's own."""

    date = forms.DateField(
        label=gettext_lazy("Day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Enter a real date, with month, day and year.")},
    )
    hours = forms.CharField(
        label=gettext_lazy("Open on a half day"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"placeholder": "08:00–12:00"}),
    )
    every_year = forms.BooleanField(label=gettext_lazy("Every year"), required=False)

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.city = city
        names = {}
        for language in city.languages:
            words = {"label": _("Name"), "language": language_name(language)}
            field = WordsField(label=_("%(label)s in %(language)s") % words, max_length=NAME_MAX, required=False)
            field.widget.attrs["lang"] = language
            names[f"name_{language}"] = field
        self.fields = {"date": self.fields["date"], **names, **self.fields}
        self.helper = FormHelper()
        self.helper.form_tag = False
        self.helper.disable_csrf = True
        self.helper.error_summary = False
        self.helper.show_optional = False
        self.helper.tiles = False

    def clean_hours(self) -> str:
        try:
            spans = parse_hours(self.cleaned_data["hours"])
        except BadHours as problem:
            raise forms.ValidationError(str(problem)) from None
        if len(spans) > 1:
            raise forms.ValidationError(_("Enter one span of hours, like 08:00–12:00."))
        return f"{spans[0][0]}-{spans[0][1]}" if spans else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        filled = any(cleaned.get(name) for name in self.fields if name != "date")
        if filled and not cleaned.get("date") and "date" not in self.errors:
            self.add_error("date", _("Enter the day."))
        return cleaned

    def day(self) -> dict[str, Any] | None:
        """As the calendar keeps it; None: the row is empty, so the day is gone."""
        cleaned = self.cleaned_data
        if not cleaned.get("date"):
            return None
        name = {one: cleaned[f"name_{one}"] for one in self.city.languages if cleaned[f"name_{one}"]}
        return {
            "date": cleaned["date"].isoformat(),
            **({"name": name} if name else {}),
            **({"every_year": True} if cleaned["every_year"] else {}),
            **({"hours": cleaned["hours"]} if cleaned["hours"] else {}),
        }


class BaseDaysOff(forms.BaseFormSet):
    def clean(self) -> None:
        seen = set()
        for form in self.forms:
            cleaned = getattr(form, "cleaned_data", {})
            if day := cleaned.get("date"):
                key = (day.month, day.day) if cleaned.get("every_year") else day
                if key in seen:
                    form.add_error("date", _("This day is listed twice."))
                seen.add(key)

    def is_valid(self) -> bool:
        super().is_valid()
        return not any(form.errors for form in self.forms) and not self.non_form_errors()

    def rows(self) -> list[dict[str, Any]]:
        rows = [row for form in self.forms if (row := form.day()) is not None]
        return sorted(rows, key=lambda row: str(row["date"]))


DaysOff = forms.formset_factory(DayOffForm, formset=BaseDaysOff, extra=EMPTY_ROWS, max_num=200, absolute_max=250)


def _is_to_come(day: dict[str, Any], today: dt.date) -> bool:
    return bool(day.get("every_year")) or dt.date.fromisoformat(str(day["date"])) >= today


def _row(day: dict[str, Any]) -> dict[str, Any]:
    opens, dash, closes = str(day.get("hours") or "").partition("-")
    return {
        "date": dt.date.fromisoformat(str(day["date"])),
        "every_year": bool(day.get("every_year")),
        "hours": hours_text([[opens, closes]]) if dash else "",
        **{f"name_{language}": words for language, words in (day.get("name") or {}).items()},
    }
