"""The change feed: what is asked, and a page of changes. `page` answers its dictionaries as they are: see changes.py."""

from typing import Any

from requests_app.api.framework.fields import ChoiceField, TextField, UrlField
from requests_app.api.framework.query_fields import IntegerParameter, fields_parameter
from requests_app.api.framework.serializers import AnswerSerializer
from requests_app.api.v1.base import LIMIT_MAX, PageQuerySerializer
from requests_app.api.v1.moments import MomentOrNowParameter
from requests_app.api.v1.request_serializers import REQUEST_ROW, RequestRowSerializer, optional
from requests_app.models import PublicChange
from requests_app.models.public_change import FOLLOWED

CHANGES: dict[str, Any] = {
    "results": [
        {
            "kind": "changed",
            "reference": "7K3M-9QWT",
            "request": {name: REQUEST_ROW[name] for name in FOLLOWED},
        },
        {"kind": "removed", "reference": "FPMW-APC6", "request": None},
    ],
    "cursor": "WzQxNywgODAyMzE3XQ:7d1xQ0",
    "next": None,
}


class ChangesQuerySerializer(PageQuerySerializer):
    since = MomentOrNowParameter(
        help_text="Changes from this moment on, at most 90 days ago: a time, a day, or `now` for a cursor without "
        "changes. Defaults to all that are kept.",
        example="now",
    )
    limit = IntegerParameter(
        min_value=1, max_value=LIMIT_MAX, default=100, help_text="How many changes to read.", example=100
    )
    fields = fields_parameter(list(FOLLOWED))  # type: ignore[assignment]


class ChangedRequestSerializer(RequestRowSerializer):
    """A request as it is now. With `fields`, only these."""

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return optional({name: fields[name] for name in FOLLOWED})


class ChangeSerializer(AnswerSerializer):
    """One or several changes of one request."""

    kind = ChoiceField(
        PublicChange.Kind.values,
        help_text="`created` and `changed`: store `request`. `removed`: delete your copy, if you have one.",
    )
    reference = TextField(help_text="The request’s number, which people write with a hyphen.")
    request = ChangedRequestSerializer(allow_null=True)


class ChangePageSerializer(AnswerSerializer):
    """One page of changes."""

    results = ChangeSerializer(
        many=True, help_text="Oldest first. Changes of one request may be combined into the last one."
    )
    cursor = TextField(
        help_text="Where to go on. Store it together with what this page changed.", example=CHANGES["cursor"]
    )
    next = UrlField(
        allow_null=True,
        help_text="The next page, or null if there is nothing new yet: come back later with `cursor`.",
    )
