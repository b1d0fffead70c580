"""`{{ service.name|localized }}`: a city's text in the reader's language. `{{ reference|display_reference }}`: 7K3M-9QWT.

`{{ service_request|first_words:140 }}`: what a list shows of a report's words.
"""

from django import template
from django.utils.safestring import SafeString

from requests_app import references
from requests_app.core import markdown
from requests_app.core.localized import localized
from requests_app.rules.report import key_sentence

register = template.Library()
register.filter("localized", localized)
register.filter("display_reference", references.display)
register.filter("first_words", key_sentence.first_words)


@register.filter
def lead(body: str) -> SafeString:
    """An article's first paragraph, which answers by itself."""
    return markdown.lead_and_rest(body)[0]
