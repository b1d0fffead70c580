"""Tools for a member of staff, with a key that acts for them. The city records each action with both names."""

from itertools import islice
from typing import Annotated, Any, Literal

from lamplighter_client import shapes
from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.resolve import AcceptedElicitation, Elicit, ElicitationResult, Resolve
from pydantic import Field

from lamplighter_mcp import consent, drafts, marked
from lamplighter_mcp.city import READS, ROWS_MAX, WRITES, Cities, Language, problems_said

# Of a note, which only staff read.
BY_A_PROGRAM = "(Written by a program.)"
# What a person has to look at themselves.
CHECKED_BY_A_PERSON = {"personal_data_checked", "language_checked", "names_nobody"}
Reference = Annotated[str, Field(description="Its number, like 7K3M-9QWT.", max_length=40)]


def add(mcp: MCPServer, city: Cities) -> None:
    @mcp.tool(annotations=READS)
    def search_queue(
        words: Annotated[str, Field(description="Words of the request, or its number.", max_length=100)] = "",
        status: Annotated[
            str, Field(description="Such as received, routed, in_progress, on_hold; commas between.")
        ] = "",
        department: Annotated[str, Field(description="Codes; commas between.")] = "",
        service: Annotated[str, Field(description="Codes; commas between.")] = "",
        assignee: Literal["", "me", "nobody"] = "",
        most: Annotated[int, Field(ge=1, le=ROWS_MAX)] = 10,
        language: Language = "en",
    ) -> marked.Answer:
        """Search the staff's queue, urgent first: what the person may see."""
        filters = {"q": words, "status": status, "department": department, "service": service, "assignee": assignee}
        with problems_said():
            chosen = {name: value for name, value in filters.items() if value}
            rows = list(islice(city(language).staff.requests(page_size=most, **chosen), most))
        return marked.answer({"requests": [marked.staff_row(one) for one in rows]})

    @mcp.tool(annotations=READS)
    def look_up_case(reference: Reference, language: Language = "en") -> marked.Answer:
        """Look up what staff see of a request: status, timeline with notes, and the actions that are possible."""
        with problems_said():
            return marked.answer(marked.staff_request(city(language).staff.request(reference)))

    @mcp.tool(annotations=READS)
    def list_actions(reference: Reference, language: Language = "en") -> marked.Answer:
        """List what can be done with a request now, with the fields of each action and their possible values."""
        with problems_said():
            return marked.answer({"actions": city(language).staff.actions(reference)})

    @mcp.tool(annotations=WRITES)
    def add_note(
        reference: Reference,
        text: Annotated[str, Field(description="For staff only.", min_length=1, max_length=3900)],
        language: Language = "en",
    ) -> marked.Answer:
        """Add an internal note. It says that a program wrote it."""
        words = f"{text.strip().removesuffix(BY_A_PROGRAM).rstrip()}\n\n{BY_A_PROGRAM}"
        with problems_said():
            done = city(language).staff.note(reference, words, idempotency_key=consent.key(reference, "note", words))
        return _answer(done)

    def ask_person(
        context: Context[Any, Any], reference: str, action: str, fields: dict[str, Any], language: str
    ) -> Elicit[consent.Yes] | consent.Instead:
        if checks := CHECKED_BY_A_PERSON & fields.keys():
            raise ToolError(
                f"Only a person can say {', '.join(sorted(checks))}: they do this on the page of the request."
            )
        with problems_said():
            found = city(language).staff.request(reference)
        if not consent.can_ask(context):
            next_step = "Give the person this link: they do it there themselves."
            return consent.Instead(marked.answer({"is_done": False, "next": next_step, "link": found["html_url"]}))
        sent = _with_mark(fields, language)
        lines = [f"{found['reference']}, {found['service']['name']}: {action}?", ""]
        lines += [f"{name}: {value}" for name, value in sent.items()]
        return Elicit("\n".join(lines), consent.Yes)

    @mcp.tool(annotations=WRITES)
    def change_status(
        yes: Annotated[ElicitationResult[consent.Yes], Resolve(ask_person)],
        reference: Reference,
        action: Annotated[
            str, Field(description="From list_actions, such as accept or resolve.", pattern="^[a-z_-]{1,40}$")
        ],
        fields: Annotated[dict[str, Any], Field(description="Of the action, from list_actions.")] = {},  # noqa: B006
        language: Language = "en",
    ) -> marked.Answer:
        """Do an action with a request, if the person says yes: your program shows them what it is, and asks them."""
        if not isinstance(yes, AcceptedElicitation) or (isinstance(yes.data, consent.Yes) and not yes.data.send):
            return marked.answer({"is_done": False, "next": "The person said no. Ask what they want to change."})
        if isinstance(yes.data, consent.Instead):
            return yes.data.answer
        sent = _with_mark(fields, language)
        with problems_said():
            done = city(language).staff.act(
                reference, action, sent, idempotency_key=consent.key(reference, action, sent)
            )
        return _answer(done)


def _with_mark(fields: dict[str, Any], language: str) -> dict[str, Any]:
    """`text` is what residents or colleagues read."""
    return {**fields, "text": drafts.marked(fields["text"], language)} if fields.get("text") else fields


def _answer(done: shapes.StaffChange) -> marked.Answer:
    request = done["request"]
    return marked.answer(
        {
            "is_done": True,
            "reference": done["reference"],
            "status": request["status"] if request else None,
            "warning": done["warning"],
        }
    )
