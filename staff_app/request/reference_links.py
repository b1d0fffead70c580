"""Report numbers in what staff read, as links to the requests that the reader may open."""

import re
from collections.abc import Collection, Iterable

from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from requests_app import references
from requests_app.models import Jurisdiction, ServiceRequest, User

# As we write them, in any case. Eight symbols without the hyphen may be any word.
REFERENCE = re.compile(r"(?<![0-9A-Za-z-])[0-9A-Za-z]{4}[-–][0-9A-Za-z]{4}(?![0-9A-Za-z-])")
AT_MOST = 200


def openable(user: User, city: Jurisdiction, texts: Iterable[str]) -> frozenset[str]:
    """The numbers in these texts whose requests the user may open: one query, and none if there are no numbers."""
    numbers = {parsed for text in texts for match in REFERENCE.finditer(text) if (parsed := _number(match.group()))}
    if not numbers:
        return frozenset()
    requests = (
        ServiceRequest.objects.in_jurisdiction(city).visible_to(user).filter(reference__in=sorted(numbers)[:AT_MOST])
    )
    return frozenset(requests.values_list("reference", flat=True))


def linked(text: str, numbers: Collection[str]) -> SafeString:
    """The text, escaped, with a link for each of these numbers."""
    parts, at = [], 0
    for match in REFERENCE.finditer(text):
        number = _number(match.group())
        if number in numbers:
            parts += [
                conditional_escape(text[at : match.start()]),
                format_html('<a href="{}">{}</a>', reverse("staff_app:detail", args=[number]), match.group()),
            ]
            at = match.end()
    parts.append(conditional_escape(text[at:]))
    return mark_safe("".join(parts))  # noqa: S308  (each part is escaped)


def _number(text: str) -> str:
    # With a digit or in capitals, or words such as "curb-side" would be looked up.
    is_number = text.isupper() or any(symbol.isdigit() for symbol in text)
    return (references.parse(text) or "") if is_number else ""
