"""`{{ service.name|localized }}`: a city's text in the reader's language. `{{ reference|display_reference }}`: 7K3M-9QWT."""

from django import template

from requests_app import references
from requests_app.localized import localized

register = template.Library()
register.filter("localized", localized)
register.filter("display_reference", references.display)
