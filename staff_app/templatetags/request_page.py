"""Template filters of the request page.

`{{ text|linked_references:numbers }}`: the text, escaped, with links for these report numbers.
`{{ "es"|language_in_words }}`: the language's name in the reader's language.
"""

from collections.abc import Collection

from django import template
from django.utils.safestring import SafeString

from staff_app.queue import rows
from staff_app.request import reference_links

register = template.Library()


@register.filter
def linked_references(text: str, numbers: Collection[str]) -> SafeString:
    return reference_links.linked(str(text), numbers)


@register.filter
def language_in_words(code: str) -> str:
    return rows.language_name(code)
