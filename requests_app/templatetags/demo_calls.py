"""What the demo's invented callers say, on the page of their call."""

from django import template

from requests_app.demo.callers import BY_CODE, Caller
from requests_app.models import Contact, PhoneCall

register = template.Library()


@register.simple_tag
def caller_of(contact: Contact) -> Caller | None:
    """None if nobody invented the call. Only in the demo."""
    story = PhoneCall.objects.filter(contact=contact).values_list("story", flat=True).first()
    return BY_CODE.get(story or "")
