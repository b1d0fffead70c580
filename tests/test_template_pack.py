"""The `uswds` form templates: each label, hint and error is tied to its control, and each error is linked in the summary."""

import datetime
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from crispy_forms import bootstrap, layout
from crispy_forms.helper import FormHelper
from crispy_forms.utils import render_crispy_form
from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template import engines
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from requests_app.forms.fields import DescribedChoice, MemorableDateField, PhotosField, address_attributes

pytestmark = pytest.mark.shows("3.10")

PACK = Path(__file__).parent.parent / "templates/uswds"


class Element:
    def __init__(self, tag: str, attrs: dict[str, str]) -> None:
        self.tag, self.attrs, self.children, self.text = tag, attrs, [], ""
        self.parent: Element | None = None

    def __getitem__(self, name: str) -> str:
        return self.attrs[name]

    def every(self, tag: str = "", **attrs: str) -> Iterator["Element"]:
        for child in self.children:
            wanted = {name.strip("_").replace("_", "-"): value for name, value in attrs.items()}
            if (not tag or child.tag == tag) and all(child.attrs.get(name) == wanted[name] for name in wanted):
                yield child
            yield from child.every(tag, **attrs)

    def one(self, tag: str = "", **attrs: str) -> "Element":
        found = list(self.every(tag, **attrs))
        assert len(found) == 1, f"{len(found)} of <{tag}> {attrs}"
        return found[0]

    def words(self) -> str:
        return " ".join(" ".join([self.text, *(child.words() for child in self.children)]).split())


class Tree(HTMLParser):
    """Rendered HTML as elements. Fails if tags are not closed in order."""

    VOID = {"input", "img", "br", "meta", "link", "hr", "use"}

    def __init__(self, html: str) -> None:
        super().__init__()
        self.root = self.open = Element("", {})
        self.feed(html)
        self.close()
        assert self.open is self.root, f"<{self.open.tag}> is never closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"<{tag}> has an attribute twice: {names}"
        element = Element(tag, {name: value or "" for name, value in attrs})
        element.parent = self.open
        self.open.children.append(element)
        if tag not in self.VOID:
            self.open = element

    def handle_endtag(self, tag: str) -> None:
        assert self.open.tag == tag, f"</{tag}> inside <{self.open.tag}>"
        assert self.open.parent is not None
        self.open = self.open.parent

    def handle_data(self, data: str) -> None:
        text = Element("text", {})
        text.text = data
        self.open.children.append(text)


class ReportForm(forms.Form):
    problem = forms.ChoiceField(
        label="What is the problem?",
        choices=[("pothole", DescribedChoice("Pothole", "A hole in the road")), ("light", "Street light")],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose the problem"},
    )
    where = forms.CharField(label="Where is it?", help_text="An address or a corner.")
    size = forms.ChoiceField(label="How big is it?", choices=[("", "- Select -"), ("0", "Small")])
    words = forms.CharField(label="Tell us more", help_text="No names, please.", max_length=500, widget=forms.Textarea)
    extras = forms.MultipleChoiceField(
        label="What else?", choices=[("school", "Near a school"), ("0", "Zero")], widget=forms.CheckboxSelectMultiple
    )
    seen = MemorableDateField(label="When did you see it?", help_text="About when.")
    photos = PhotosField(label="Photos", required=False, most=2)
    agree = forms.BooleanField(label="I saw it myself", help_text="Not from others.")
    email = forms.EmailField(label="E-mail", required=False)
    key = forms.CharField(widget=forms.HiddenInput)

    def clean(self) -> None:
        raise forms.ValidationError("We already have this one.")


def rendered(form: forms.BaseForm, **options: object) -> Element:
    helper = FormHelper()
    for name, value in options.items():
        setattr(helper, name, value)
    return Tree(render_crispy_form(form, helper)).root


def describers(page: Element, element: Element) -> str:
    """What a screen reader reads after a control's name, in order."""
    return " / ".join(page.one(id=name).words() for name in element["aria-describedby"].split())


def assert_sound(page: Element) -> None:
    """Ids are unique, and each label, aria-describedby, aria-labelledby and link within the page has its target."""
    ids = [element["id"] for element in page.every() if "id" in element.attrs]
    assert sorted(ids) == sorted(set(ids))
    for element in page.every():
        for attribute in ("for", "aria-describedby", "aria-labelledby"):
            for name in element.attrs.get(attribute, "").split():
                assert name in ids, f"{attribute}={name} leads nowhere"
        if element.attrs.get("href", "").startswith("#"):
            assert element["href"][1:] in ids
    for element in page.every():
        if element.tag in ("input", "select", "textarea") and element.attrs.get("type") != "hidden":
            labels = list(page.every("label", for_=element["id"]))
            assert len(labels) == 1, f"{element['id']} has {len(labels)} labels"
            assert labels[0].words()


def test_every_control_has_one_label_and_no_id_leads_nowhere() -> None:
    assert_sound(rendered(ReportForm()))
    assert_sound(rendered(ReportForm({})))


def test_the_plain_filter_renders_the_same_sound_fields() -> None:
    html = (
        engines["django"].from_string("{% load crispy_forms_tags %}{{ form|crispy }}").render({"form": ReportForm({})})
    )
    page = Tree(html).root
    assert_sound(page)
    assert page.one("div", id="error-summary")


def test_hint_and_error_are_heard_with_the_control_in_that_order() -> None:
    page = rendered(ReportForm({}))
    where = page.one("input", name="where")
    assert where["aria-invalid"] == "true"
    assert describers(page, where) == "An address or a corner. / Error: This field is required."
    assert "usa-input--error" in where["class"].split()


def test_a_control_without_error_is_not_marked() -> None:
    page = rendered(ReportForm({"where": "12 Elm St"}))
    where = page.one("input", name="where")
    assert "aria-invalid" not in where.attrs
    assert where["value"] == "12 Elm St"
    assert describers(page, where) == "An address or a corner."


def test_radio_buttons_are_a_group_whose_legend_and_error_are_heard() -> None:
    page = rendered(ReportForm({}))
    group = page.one("div", id="div_id_problem").one("fieldset")
    assert group.one("legend").words() == "What is the problem?"
    assert describers(page, group) == "Error: Choose the problem"
    assert [radio["value"] for radio in group.every("input", type="radio")] == ["pothole", "light"]


def test_a_described_choice_says_its_hint_inside_the_label() -> None:
    page = rendered(ReportForm())
    assert page.one("label", for_="id_problem_0").words() == "Pothole A hole in the road"


def test_what_was_chosen_stays_chosen_zero_too() -> None:
    page = rendered(ReportForm({"extras": ["0"], "size": "0", "problem": "light"}))
    assert "checked" in page.one("input", name="extras", value="0").attrs
    assert "checked" not in page.one("input", name="extras", value="school").attrs
    assert "selected" in page.one("option", value="0").attrs
    assert "checked" in page.one("input", name="problem", value="light").attrs


def test_the_summary_links_each_error_to_the_first_control_of_its_field() -> None:
    summary = rendered(ReportForm({"key": "k"})).one("div", id="error-summary")
    assert [(link["href"], link.words()) for link in summary.every("a")] == [
        ("#id_problem_0", "Choose the problem"),
        ("#id_where", "Where is it? This field is required."),
        ("#id_size", "How big is it? This field is required."),
        ("#id_words", "Tell us more: This field is required."),
        ("#id_extras_0", "What else? This field is required."),
        ("#id_seen_0", "When did you see it? This field is required."),
        ("#id_agree", "I saw it myself: This field is required."),
    ]
    assert "We already have this one." in summary.words()


def test_an_error_of_a_hidden_field_is_said_without_a_link() -> None:
    summary = rendered(ReportForm({})).one("div", id="error-summary")
    assert [item.words() for item in summary.every("li") if not list(item.every("a"))] == [
        "We already have this one.",
        "This field is required.",
    ]


def test_the_summary_takes_focus_without_a_script_and_stands_before_the_fields() -> None:
    form = rendered(ReportForm({})).one("form")
    summary = form.one("div", id="error-summary")
    assert summary["tabindex"] == "-1"
    assert "autofocus" in summary.attrs
    order = [element["id"] for element in form.every() if "id" in element.attrs]
    assert order.index("error-summary") < order.index("div_id_problem")


def test_a_page_may_show_the_summary_itself() -> None:
    assert not list(rendered(ReportForm({}), error_summary=False).every(id="error-summary"))
    html = engines["django"].get_template("requests_app/_error_summary.html").render({"form": ReportForm({})})
    assert Tree(html).root.one("div", id="error-summary")


def test_no_summary_without_errors() -> None:
    assert not list(rendered(ReportForm()).every(id="error-summary"))


def test_optional_fields_say_so_and_required_ones_need_no_star() -> None:
    page = rendered(ReportForm())
    assert page.one("label", for_="id_email").words() == "E-mail (optional)"
    assert page.one("label", for_="id_where").words() == "Where is it?"


def test_the_one_question_of_a_page_is_its_heading() -> None:
    page = rendered(ReportForm(), heading_field="where")
    assert page.one("h1").one("label")["for"] == "id_where"
    page = rendered(ReportForm(), heading_field="problem")
    assert page.one("legend", class_="usa-legend usa-legend--heading").one("h1").words() == "What is the problem?"


def test_a_hidden_label_is_still_heard() -> None:
    page = rendered(ReportForm(), form_show_labels=False)
    assert "usa-sr-only" in page.one("label", for_="id_where")["class"]
    assert_sound(page)


def test_a_text_area_says_its_limit_and_does_not_cut() -> None:
    page = rendered(ReportForm())
    area = page.one("textarea", name="words")
    assert "maxlength" not in area.attrs
    assert area["data-max-characters"] == "500"
    assert describers(page, area) == "No names, please. / You can write up to 500 characters."


def test_typed_text_is_escaped() -> None:
    page = rendered(ReportForm({"where": '"><script>alert(1)</script>', "words": "</textarea><script>"}))
    assert not list(page.every("script"))
    assert page.one("input", name="where")["value"] == '"><script>alert(1)</script>'


def test_the_browser_does_not_check_the_form_and_files_can_be_sent() -> None:
    form = rendered(ReportForm()).one("form")
    assert "novalidate" in form.attrs
    assert form["enctype"] == "multipart/form-data"
    assert form["method"] == "post"


def test_big_tiles_unless_the_helper_wants_small_ones() -> None:
    assert "usa-radio__input--tile" in rendered(ReportForm()).one("input", id="id_problem_0")["class"]
    page = rendered(ReportForm(), tiles=False)
    assert "tile" not in page.one("input", id="id_problem_0")["class"]
    assert "tile" not in page.one("input", id="id_agree")["class"]


def test_layout_objects_and_buttons() -> None:
    page = rendered(
        ReportForm({}),
        layout=layout.Layout(
            layout.Fieldset("About the place", "where", css_class="place"),
            layout.Row(layout.Column("size"), layout.Div("email", css_class="mail")),
            layout.Field("words", rows=3, css_class="short"),
            bootstrap.PrependedText("key", "#"),
            bootstrap.InlineRadios("problem"),
            bootstrap.Accordion(bootstrap.AccordionGroup("First", "seen"), bootstrap.AccordionGroup("More", "agree")),
            bootstrap.FormActions(
                layout.Submit("send", "Send report"),
                layout.Button("later", "Save for later", css_class="usa-button--big"),
                bootstrap.StrictButton("Look", css_class="x", name="look"),
            ),
            layout.Hidden("step", "2"),
        ),
    )
    assert page.one("fieldset", class_="usa-fieldset place").one("legend").words() == "About the place"
    assert page.one("div", class_="form-row").one("div", class_="mail").one("input", name="email")
    area = page.one("textarea", name="words")
    assert area["rows"] == "3"
    assert {"usa-textarea", "short"} <= set(area["class"].split())
    assert page.one("fieldset", class_="usa-fieldset choices--inline")
    assert all("open" in group.attrs for group in page.every("details") if group.one("summary").words() == "First")
    send, later, look = page.every("button")
    assert (send["type"], send["name"], send.words(), send["class"]) == ("submit", "send", "Send report", "usa-button")
    assert later["class"].split() == ["usa-button", "usa-button--outline", "usa-button--big"]
    assert look["class"].split() == ["usa-button", "x"]
    assert page.one("input", name="step")["value"] == "2"


def test_a_unit_beside_a_box_is_heard_with_it() -> None:
    page = rendered(ReportForm({}), layout=layout.Layout(bootstrap.AppendedText("where", "street")))
    assert describers(page, page.one("input", name="where")).endswith("street")


def test_a_formset_has_one_summary_and_its_own_ids() -> None:
    class PhoneForm(forms.Form):
        number = forms.CharField(label="Number")

    formset_class = forms.formset_factory(PhoneForm, extra=2)
    data = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "2", "form-0-number": "555-0100", "form-1-number": ""}
    page = rendered(formset_class(data))
    assert_sound(page)
    assert [link["href"] for link in page.one("div", id="error-summary").every("a")] == ["#id_form-1-number"]
    assert page.one("input", name="form-TOTAL_FORMS")["value"] == "2"


class DateForm(forms.Form):
    day = MemorableDateField(label="Day", required=False)


def test_a_typed_date_becomes_a_date() -> None:
    form = DateForm({"day_month": "6", "day_day": "3", "day_year": "2026"})
    assert form.is_valid()
    assert form.cleaned_data["day"] == datetime.date(2026, 6, 3)
    assert DateForm({}).is_valid()


@pytest.mark.parametrize(
    ("month", "day", "year", "message"),
    [
        ("2", "30", "2026", "Enter a real date, with month, day and year."),
        ("2", "x", "y", "Enter a real date, with month, day and year."),
        ("2", "3", "", "Enter the month, day and year."),
        ("2", "3", "0", "Enter a real date, with month, day and year."),
        ("2", "3", "99999", "Enter a real date, with month, day and year."),
    ],
)
def test_a_date_that_is_none_is_told_in_one_sentence_and_stays_typed(
    month: str, day: str, year: str, message: str
) -> None:
    form = DateForm({"day_month": month, "day_day": day, "day_year": year})
    assert form.errors["day"] == [message]
    page = rendered(form)
    assert page.one("input", name="day_day")["value"] == day
    assert_sound(page)


class PhotoForm(forms.Form):
    photos = PhotosField(most=2)


def files(count: int) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(f"{number}.jpg", b"x") for number in range(count)]


def test_photos_are_a_list_with_a_limit() -> None:
    form = PhotoForm({}, MultiValueDict({"photos": files(2)}))
    assert form.is_valid()
    assert [photo.name for photo in form.cleaned_data["photos"]] == ["0.jpg", "1.jpg"]
    assert PhotoForm({}, MultiValueDict({"photos": files(3)})).errors["photos"] == ["You can send up to 2 photos."]
    assert PhotoForm({}, MultiValueDict()).errors["photos"] == ["This field is required."]


def test_the_address_box_names_where_its_point_goes() -> None:
    box = forms.TextInput(attrs=address_attributes("/addresses/", "id_lat", "id_long"))
    page = Tree(box.render("where", "", {"id": "id_where"})).root
    assert (page.one("input")["data-lat"], page.one("input")["data-source"]) == ("id_lat", "/addresses/")


def test_spanish_pages_have_no_english_month() -> None:
    with translation.override("es"):
        page = rendered(DateForm())
        assert page.one("option", value="6").words().lower() == "junio"


def test_the_pack_has_no_inline_script_or_style_and_trusts_no_text() -> None:
    for template in PACK.rglob("*.html"):
        text = template.read_text()
        for forbidden in ("<script", "<style", "style=", "onclick", "|safe", "autoescape off"):
            assert forbidden not in text, f"{template.name}: {forbidden}"
