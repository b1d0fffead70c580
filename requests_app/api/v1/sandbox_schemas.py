"""The shapes of the sandbox."""

from requests_app.actions.programs import sandbox
from requests_app.api.v1.schemas import Schema, shape, text
from requests_app.rules.shared.intake import DESCRIPTION_MAX

SANDBOX: dict[str, Schema] = {
    "TestStep": shape(
        "What happens to a test request.",
        {
            "action": text(
                "What to do. Defaults to the usual next step. A new request is routed first.",
                enum=list(sandbox.ACTIONS),
            ),
            "text": text(
                (
                    "The city’s text. Required for `comment`, `ask` and `transfer`; optional for `resolve`, "
                    "`hand_over` and `reopen`."
                ),
                maxLength=DESCRIPTION_MAX,
            ),
            "outcome": text(
                "The outcome, for `resolve`.", enum=list(sandbox.OUTCOMES), default=sandbox.OUTCOMES[0].value
            ),
            "department": text("The code of a department, for `transfer`.", maxLength=60),
            "owner": text("The code of another owner, for `hand_over`. They get no email.", maxLength=60),
            "into": text("The number of another of your test requests, for `merge`.", maxLength=40),
        },
        optional=None,
    ),
}
