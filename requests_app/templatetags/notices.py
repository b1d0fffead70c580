"""{% notices_of_page as notices %}: the city's notices for the page that is being made."""

from typing import Any

from django import template

from requests_app.rules.answers import notices

register = template.Library()


@register.simple_tag(takes_context=True)
def notices_of_page(context: dict[str, Any]) -> list[notices.Shown]:
    """A page of the report form is about the service of its draft."""
    if "request" not in context:
        return []
    draft = context.get("draft")
    service = str(draft.typed.get("service_code") or "") if draft else ""
    return notices.on_page(context["request"], service)
