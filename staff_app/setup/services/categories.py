"""The categories of services: adding one, its names and its icon."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from requests_app.actions.setup import catalog_order
from requests_app.actions.shared.setup_rows import ChangedMeanwhile, NameTaken
from requests_app.core.languages import language_name
from requests_app.core.localized import localized
from requests_app.models import Category
from staff_app.decorators import StaffRequest, get_city_row_or_404, need_in_city, staff_page
from staff_app.setup.conflict import edit_page
from staff_app.setup.edit import edit_row
from staff_app.setup.services.forms import NAME_MAX, Choices, Row
from staff_app.setup.services.question_forms import code_for

PAGE = "staff_app/setup/services/category.html"
# Those of the sprite (static/vendor/uswds/icons.svg) that could stand for a kind of city service.
ICONS: Choices = [
    ("", gettext_lazy("None")),
    ("construction", gettext_lazy("Construction")),
    ("directions_car", gettext_lazy("Car")),
    ("directions_walk", gettext_lazy("Walking")),
    ("directions_bike", gettext_lazy("Bicycle")),
    ("directions_bus", gettext_lazy("Bus")),
    ("local_parking", gettext_lazy("Parking")),
    ("lightbulb", gettext_lazy("Light")),
    ("electrical_services", gettext_lazy("Electricity")),
    ("delete", gettext_lazy("Trash")),
    ("wash", gettext_lazy("Cleaning")),
    ("flooding", gettext_lazy("Water")),
    ("park", gettext_lazy("Tree")),
    ("eco", gettext_lazy("Leaf")),
    ("snow", gettext_lazy("Snow")),
    ("severe_weather", gettext_lazy("Storm")),
    ("pets", gettext_lazy("Animal")),
    ("home", gettext_lazy("Home")),
    ("account_balance", gettext_lazy("City hall")),
    ("school", gettext_lazy("School")),
    ("store", gettext_lazy("Store")),
    ("volume_off", gettext_lazy("Noise")),
    ("shield", gettext_lazy("Safety")),
    ("support_agent", gettext_lazy("Help desk")),
    ("groups", gettext_lazy("People")),
    ("accessibility_new", gettext_lazy("Accessibility")),
]


class CategoryForm(forms.Form):
    icon = forms.ChoiceField(
        label=gettext_lazy("Icon"), help_text=gettext_lazy("Shown beside the name on the home page."), required=False
    )

    def __init__(self, *args: Any, languages: list[str], now: Category | None = None, **kwargs: Any) -> None:
        name = now.name if now else {}
        initial = {f"name_{language}": name.get(language, "") for language in languages}
        initial["icon"] = now.icon if now else ""
        super().__init__(*args, **{"label_suffix": "", "initial": initial, **kwargs})
        self.languages = languages
        names = {
            f"name_{language}": forms.CharField(
                label=language_name(language),
                max_length=NAME_MAX,
                error_messages={
                    "required": _("Enter the name in %(language)s.") % {"language": language_name(language)}
                },
            )
            for language in languages
        }
        self.fields = {**names, **self.fields}
        icons = {code for code, _words in ICONS}
        own = [(now.icon, now.icon)] if now and now.icon not in icons else []
        self.fields["icon"].choices = [*ICONS, *own]  # type: ignore[attr-defined]

    def rows(self) -> list[Row]:
        names = [self[f"name_{language}"] for language in self.languages]
        return [Row(names, _("Name"), _("What residents look for: “Trash and recycling.”")), Row([self["icon"]])]

    @property
    def name(self) -> dict[str, str]:
        return {language: self.cleaned_data[f"name_{language}"] for language in self.languages}


@staff_page
def new_category(request: StaffRequest) -> HttpResponse:
    need_in_city(request, "administer")
    city = request.jurisdiction
    form = CategoryForm(request.POST if request.method == "POST" else None, languages=list(city.languages))
    if form.is_valid():
        taken = set(Category.objects.filter(jurisdiction=city).values_list("code", flat=True))
        code = code_for(form.name[city.languages[0]], taken)
        try:
            catalog_order.add_category(
                city, code=code, name=form.name, icon=form.cleaned_data["icon"], actor=request.user
            )
        except NameTaken:
            form.add_error(None, _("Someone just added a similar category. Check the list first."))
        else:
            messages.success(request, _("The category is on the list. Residents see it once it has a service."))
            return redirect("staff_app:services")
    return edit_page(request, PAGE, {"name": ""}, form)


@staff_page
def category(request: StaffRequest, category_id: int) -> HttpResponse:
    row = get_city_row_or_404(request, "administer", Category, category_id)
    languages = list(request.jurisdiction.languages)
    edit = edit_row(request, partial(CategoryForm, languages=languages, now=row), catalog_order.CATEGORY, row)
    form = edit.form
    context = {"category": row, "name": localized(row.name)}
    if edit.is_valid():
        columns = {"name": form.name, "icon": form.cleaned_data["icon"]}
        try:
            catalog_order.CATEGORY.change(row.pk, seen=edit.seen, actor=request.user, **columns)
        except ChangedMeanwhile as changed:
            return edit_page(request, PAGE, context, form, edit=edit, changed=changed)
        messages.success(request, edit.saved(_("Saved. Residents see it right away.")))
        return redirect("staff_app:services")
    return edit_page(request, PAGE, context, form, edit=edit)
