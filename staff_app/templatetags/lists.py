"""Template tags about lists of requests, and the request that was opened from one.

`{% list_position request as position %}`: where in a list the request of this page was opened, if it was.
`{{ message|snoozed_reference }}`: the request that a message's Undo button returns to the user's lists, if it has one.
"""

from django import template
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from staff_app.queue import snoozed
from staff_app.queue.list_position import ListPosition

register = template.Library()


@register.simple_tag
def list_position(request: HttpRequest) -> ListPosition | None:
    return ListPosition.of(request)


@register.filter
def snoozed_reference(message: Message) -> str:
    tag = message.extra_tags or ""
    return tag.removeprefix(snoozed.TAG) if tag.startswith(snoozed.TAG) else ""
