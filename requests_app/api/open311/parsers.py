"""A JSON object in place of a form: ours, not the standard's."""

from collections.abc import Mapping
from typing import IO, Any

from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError

from requests_app.api.framework import parsers

# Fields that would be missing from the report if something else in them were ignored.
TEXT = {
    "description", "service_code", "address_string", "address_id", "postal_address", "email", "first_name", "last_name", "phone",
}  # fmt: skip


class JSONFormParser(parsers.JSONParser):
    """{"lat": 40.5, "attribute": {"size": ["a", "b"]}} as form fields."""

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> MultiValueDict[str, str]:
        read = super().parse(stream, media_type, parser_context)
        if not isinstance(read, dict):
            raise parsers.Unreadable(_("Send a JSON object."))
        nested = read.pop("attribute", None)
        if isinstance(nested, dict):
            read |= {f"attribute[{code}]": value for code, value in nested.items()}
        fields: MultiValueDict[str, str] = MultiValueDict()
        for name, value in read.items():
            values = value if isinstance(value, list) else [value]
            expected = str if name == "description" else str | int | float
            if name in TEXT and not all(isinstance(one, expected) or one is None for one in values):
                raise ValidationError(_("%(name)s must be a string.") % {"name": name})
            fields.setlist(name, [_as_text(one) for one in values if isinstance(one, str | int | float)])
        return fields


def _as_text(value: str | float) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
