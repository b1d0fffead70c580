"""Run by test_mcp.py in an environment that has the `mcp` package: lists the tools of a server and calls some.

Reads {"server": a command with arguments or an address, "env": …, "mode": how to connect, "forms": what the person fills in, by
turns, or null for a program that has no forms, "calls": [[tool, arguments], …]} and prints {"tools": …, "asked": what the person
read, "answers": [[whether it failed, the text], …]}.
"""

import asyncio
import json
import sys
from typing import Any

from mcp import Client
from mcp.client.stdio import StdioServerParameters
from mcp_types import ElicitResult


async def main(task: dict[str, Any]) -> dict[str, Any]:
    server, forms, asked = task["server"], task["forms"], []
    if isinstance(server, list):
        server = StdioServerParameters(command=server[0], args=server[1:], env=task["env"])

    async def fill_in(_context: Any, params: Any) -> ElicitResult:
        asked.append(params.message)
        content = forms.pop(0)
        return ElicitResult(action="accept", content=content) if content is not None else ElicitResult(action="decline")

    has_forms = {} if forms is None else {"elicitation_callback": fill_in}
    async with Client(server, mode=task["mode"], **has_forms) as client:
        listed = await client.list_tools()
        answers = []
        for tool, arguments in task["calls"]:
            answer = await client.call_tool(tool, arguments)
            answers.append([bool(answer.is_error), "".join(part.text for part in answer.content)])
        tools = {tool.name: tool.annotations.read_only_hint for tool in listed.tools}
        return {"instructions": client.instructions, "tools": tools, "asked": asked, "answers": answers}


print(json.dumps(asyncio.run(main(json.load(sys.stdin)))))
