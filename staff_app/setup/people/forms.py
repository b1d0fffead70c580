"""Forms of people, roles and leave."""

from typing import Any

from crispy_forms.helper import FormHelper
from crispy_forms.layout import Layout
from django import forms
from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from requests_app.core.localized import localized
from requests_app.forms.fields import WordsField
from requests_app.models import Department, Jurisdiction, Role, User
from requests_app.rules.people import permissions

ROLE_NAME_MAX = 80
EMAIL_WORDS = {
    "required": gettext_lazy("Enter an email address."),
    "invalid": gettext_lazy("Enter an email address like name@site.example."),
}


def plain_helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.error_summary = False
    helper.tiles = False
    return helper


class SetupForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.helper = plain_helper()


class PlaceOfRoleForm(SetupForm):
    """A role, in one department or in the whole city."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), error_messages={"required": gettext_lazy("Choose a role.")})
    department = forms.ChoiceField(
        label=gettext_lazy("Where"),
        required=False,
        help_text=gettext_lazy("A role in the whole city reaches every department."),
    )

    def __init__(self, *args: Any, city: Jurisdiction, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper.show_optional = False
        self.roles = {str(one.pk): one for one in Role.objects.filter(jurisdiction=city).order_by("code")}
        departments = Department.objects.filter(jurisdiction=city, active=True).order_by("code")
        self.departments = {str(one.pk): one for one in departments}
        roles = [(pk, role_name(one)) for pk, one in self.roles.items()]
        self.fields["role"].choices = [("", _("Choose a role")), *roles]  # type: ignore[attr-defined]
        self.fields["department"].choices = [  # type: ignore[attr-defined]
            ("", _("The whole city")),
            *((pk, str(one)) for pk, one in self.departments.items()),
        ]

    def clean_role(self) -> Role:
        return self.roles[self.cleaned_data["role"]]

    def clean_department(self) -> Department | None:
        return self.departments.get(self.cleaned_data["department"])


class MembershipForm(PlaceOfRoleForm):
    """Another role of a person."""


class InviteForm(PlaceOfRoleForm):
    email = forms.EmailField(
        label=gettext_lazy("Their work email"),
        max_length=254,
        error_messages=EMAIL_WORDS,
        help_text=gettext_lazy("We’ll send a link that works once, for 7 days, and only for this address."),
    )
    field_order = ["email", "role", "department"]


class LeaveForm(SetupForm):
    starts_on = forms.DateField(
        label=gettext_lazy("First day away"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Enter the first day away."),
            "invalid": gettext_lazy("Enter a date like 2026-12-24."),
        },
    )
    ends_on = forms.DateField(
        label=gettext_lazy("Last day away"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": gettext_lazy("Enter the last day away."),
            "invalid": gettext_lazy("Enter a date like 2026-12-24."),
        },
    )
    stand_in = forms.ChoiceField(
        label=gettext_lazy("Stand-in"),
        required=False,
        help_text=gettext_lazy(
            "Colleagues who try to assign something to the person who’s away are referred to the stand-in."
        ),
    )

    def __init__(self, *args: Any, city: Jurisdiction, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.colleagues = {str(one.pk): one for one in staff_of(city) if one.pk != person.pk}
        named = [(pk, str(one)) for pk, one in self.colleagues.items()]
        self.fields["stand_in"].choices = [("", _("No one")), *named]  # type: ignore[attr-defined]

    def clean_stand_in(self) -> User | None:
        return self.colleagues.get(self.cleaned_data["stand_in"])

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors and cleaned["ends_on"] < cleaned["starts_on"]:
            self.add_error("ends_on", _("The last day can’t be before the first."))
        return cleaned


class EndForm(SetupForm):
    keys = forms.ChoiceField(
        label=gettext_lazy("API keys they created"),
        choices=[
            ("revoke", gettext_lazy("Revoke them: programs that use them stop working now")),
            ("keep", gettext_lazy("Keep them for the city")),
        ],
        initial="revoke",
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, has_keys: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_keys:
            del self.fields["keys"]


class RoleForm(SetupForm):
    """A name for each language of the city, and a checkbox for each permission, in the groups of rules.permissions.

    role: the one that is changed or copied. What it may do and no page offers yet stays.
    """

    requires_second_step = forms.BooleanField(
        label=gettext_lazy("A second step at sign-in is required"),
        help_text=gettext_lazy("Members set up an authenticator app or a passkey before they can open anything else."),
        required=False,
    )

    def __init__(self, *args: Any, city: Jurisdiction, role: Role | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.city = city
        self.helper.show_optional = False
        layout: list[Any] = []
        for language in city.languages:
            name = f"name_{language}"
            self.fields[name] = WordsField(
                label=_("Name (%(language)s)") % {"language": language_name(language)},
                max_length=ROLE_NAME_MAX,
                error_messages={"required": _("Enter a name in each language.")},
            )
            layout.append(name)
        layout.append("requires_second_step")
        for number, (group, sentences) in enumerate(permissions.GROUPS):
            self.fields[f"group_{number}"] = forms.MultipleChoiceField(
                label=str(group),
                choices=list(sentences.items()),
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
            layout.append(f"group_{number}")
        self.helper.layout = Layout(*layout)

    @property
    def groups(self) -> list[str]:
        return [f"group_{number}" for number in range(len(permissions.GROUPS))]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        granted = set(self.chosen)
        if not granted - {"only_assigned"}:
            self.add_error("group_0", _("Choose at least one thing this role may do."))
        elif "view" not in granted and granted & {*permissions.REQUEST_PERMISSIONS}:
            self.add_error("group_0", _("To work on requests, a role must see them. Choose the first one, too."))
        return cleaned

    @property
    def chosen(self) -> list[str]:
        return [code for name in self.groups for code in self.cleaned_data.get(name, [])]

    @property
    def granted(self) -> list[str]:
        return sorted(self.chosen)

    @property
    def names(self) -> dict[str, str]:
        return {language: self.cleaned_data[f"name_{language}"] for language in self.city.languages}


def role_initial(role: Role, city: Jurisdiction) -> dict[str, Any]:
    return {
        **{f"name_{language}": role.name.get(language, "") for language in city.languages},
        **{
            f"group_{number}": [code for code in sentences if code in role.permissions]
            for number, (_name, sentences) in enumerate(permissions.GROUPS)
        },
        "requires_second_step": role.requires_second_step,
    }


def role_name(role: Role) -> str:
    return localized(role.name) or role.code


def language_name(code: str) -> str:
    return str(get_language_info(code)["name_translated"]) if code in LANG_INFO else code


def staff_of(city: Jurisdiction) -> list[User]:
    """The people who work for the city, by name."""
    users = User.objects.filter(memberships__jurisdiction=city, is_active=True).distinct()
    return list(users.order_by("name", "id"))
