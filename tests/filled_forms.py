"""The forms of a page that are sent by POST and begin with something filled in, as a browser shows them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

UNFILLED = {"submit", "button", "file", "hidden"}


@dataclass
class FilledForm:
    """filled: the names of its fields that have a value already. hidden: those of its hidden ones."""

    filled: set[str] = field(default_factory=set)
    hidden: set[str] = field(default_factory=set)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[FilledForm] = []
        self.form: FilledForm | None = None
        self.select = self.area = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        named = dict(attributes)
        name, kind = named.get("name") or "", named.get("type") or "text"
        if tag == "form":
            self.form = FilledForm()
            if (named.get("method") or "").lower() == "post":
                self.forms.append(self.form)
        if self.form is None:
            return
        if tag == "input" and kind == "hidden":
            self.form.hidden.add(name)
        elif tag == "input" and kind not in UNFILLED:
            is_filled = "checked" in named if kind in ("radio", "checkbox") else named.get("value")
            self.form.filled |= {name} if is_filled else set()
        elif tag == "textarea":
            self.area = name
        elif tag == "select":
            self.select = name
        elif tag == "option" and "selected" in named and named.get("value"):
            self.form.filled.add(self.select)

    def handle_data(self, data: str) -> None:
        if self.form is not None and self.area and data.strip():
            self.form.filled.add(self.area)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag == "textarea":
            self.area = ""


def filled_forms(page: str) -> list[FilledForm]:
    reader = _Reader()
    reader.feed(page)
    return [form for form in reader.forms if form.filled]
