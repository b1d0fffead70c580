"""`{{ service.name|localized }}`: a city's text in the reader's language. `{{ reference|display_reference }}`: 7K3M-9QWT."""

from django import template
from django.utils.safestring import SafeString

from requests_app import markdown, references
from requests_app.localized import localized

register = template.Library()
register.filter("localized", localized)
register.filter("display_reference", references.display)


@register.filter
def lead(body: str) -> SafeString:
    """An article's first paragraph, which answers by itself."""
    return markdown.lead_and_rest(body)[0]
