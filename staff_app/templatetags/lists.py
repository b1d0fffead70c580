"""Template tags about lists of requests, and the request that was opened from one.

`{% position_in open_list service_request %}`: what a row's link adds to the address, so that its page knows the next one.
`{% list_position request as position %}`: where in a list the request of this page was opened, if it was.
`{{ message|snoozed_reference }}`: the request that a message's Undo button returns to the user's lists, if it has one.
"""

from urllib.parse import urlencode

from django import template
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest

from requests_app.models import ServiceRequest
from staff_app.queue import snoozed
from staff_app.queue.list_position import NAME, ListPosition, OpenList

register = template.Library()


@register.simple_tag
def position_in(open_list: OpenList | str, service_request: ServiceRequest) -> str:
    if not isinstance(open_list, OpenList):
        return ""
    return f"?{urlencode({NAME: open_list.position(service_request)})}"


@register.simple_tag
def list_position(request: HttpRequest) -> ListPosition | None:
    return ListPosition.of(request)


@register.filter
def snoozed_reference(message: Message) -> str:
    tag = message.extra_tags or ""
    return tag.removeprefix(snoozed.TAG) if tag.startswith(snoozed.TAG) else ""
