"""`{{ service.name|say }}`: the city's words in the reader's language; `{{ reference|spoken }}`: a reference in two groups."""

from django import template

from requests_app import references
from requests_app.localized import Words
from requests_app.localized import say as say_words

register = template.Library()


@register.filter
def say(words: Words | None) -> str:
    return say_words(words)


@register.filter
def spoken(reference: str) -> str:
    return references.spoken(reference)
