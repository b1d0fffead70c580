"""Template tags about lists of requests, and the request that was opened from one.

`{% list_position request as position %}`: where in a list the request of this page was opened, if it was.
`{% row_acts request as offered %}`: what the user may do to rows in place.
`{{ message|snoozed_reference }}`: the request that a message's Undo button returns to the user's lists, if it has one.
`{% each_row %}…{{ row.name }}…{% end_each_row %}`: the same for each of `rows`, dictionaries of texts with the same names.
"""

import html

from django import template
from django.contrib.messages.storage.base import Message
from django.http import HttpRequest
from django.template import Context
from django.template.base import NodeList, Parser, Token
from django.utils.safestring import SafeString, mark_safe

from staff_app.decorators import StaffRequest
from staff_app.queue import row_acts as acts
from staff_app.queue import snoozed
from staff_app.queue.list_position import ListPosition

register = template.Library()


@register.simple_tag
def list_position(request: HttpRequest) -> ListPosition | None:
    return ListPosition.of(request)


@register.simple_tag
def row_acts(request: StaffRequest) -> acts.Offered:
    return acts.offered(request.user, request.jurisdiction)


@register.filter
def snoozed_reference(message: Message) -> str:
    tag = message.extra_tags or ""
    return tag.removeprefix(snoozed.TAG) if tag.startswith(snoozed.TAG) else ""


# PostgreSQL stores no text with it, and no address has it.
MARK = "\0"


class _EachRow(template.Node):
    """Renders its content once, with marks for the texts of a row, and then fills these in: a tenth of the time of a loop.

    So conditions in it are about the page; what differs from row to row is a text, which may be empty.
    """

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        rows: list[dict[str, str]] = context["rows"]
        if not rows:
            return SafeString()
        with context.push(row={name: mark_safe(f"{MARK}{name}{MARK}") for name in rows[0]}):  # noqa: S308 (our own names)
            parts = self.nodelist.render(context).split(MARK)
        # Every second part is the name of a text.
        pattern = "%s".join(part.replace("%", "%%") for part in parts[::2])
        names = parts[1::2]
        # Safe: the template escaped its own, and each text is escaped here.
        return mark_safe(  # noqa: S308
            "".join(
                pattern % tuple(map(escaped.__getitem__, names))
                for row in rows
                for escaped in [{name: _escaped(text) for name, text in row.items()}]
            )
        )


def _escaped(text: str) -> str:
    """As conditional_escape(), which asks first whether it was given a lazy text. Words and numbers need no look at each letter."""
    return text if text.isalnum() or isinstance(text, SafeString) else html.escape(text)


@register.tag
def each_row(parser: Parser, token: Token) -> _EachRow:
    nodelist = parser.parse(("end_each_row",))
    parser.delete_first_token()
    return _EachRow(nodelist)
