"""The shapes of the sandbox."""

from requests_app.actions.programs import sandbox
from requests_app.api.v1.schemas import Schema, shape, text
from requests_app.rules.shared.intake import DESCRIPTION_MAX

SANDBOX: dict[str, Schema] = {
    "TestStep": shape(
        "What happens to a test request.",
        {
            "action": text(
                "What is done. Without it, the usual next step. A request that just came in is routed first.",
                enum=list(sandbox.ACTIONS),
            ),
            "text": text(
                "What the city writes: needed by `comment`, `ask` and `transfer`, read by `resolve`, `hand_over` and `reopen`.",
                maxLength=DESCRIPTION_MAX,
            ),
            "outcome": text(
                "How it ends, for `resolve`.", enum=list(sandbox.OUTCOMES), default=sandbox.OUTCOMES[0].value
            ),
            "department": text("The code of a department, for `transfer`.", maxLength=60),
            "owner": text("The code of another owner, for `hand_over`. They get no email.", maxLength=60),
            "into": text("The number of another of your test requests, for `merge`.", maxLength=40),
        },
        optional=None,
    ),
}
