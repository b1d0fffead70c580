"""Run by test_mcp.py in an environment that has the `mcp` package: lists the tools of a server and calls some.

Reads {"server": a command with arguments or an address, "env": …, "calls": [[tool, arguments], …]} and prints
{"tools": …, "answers": [[whether it failed, the text], …]}.
"""

import asyncio
import json
import sys
from typing import Any

from mcp import Client
from mcp.client.stdio import StdioServerParameters


async def main(asked: dict[str, Any]) -> dict[str, Any]:
    server = asked["server"]
    if isinstance(server, list):
        server = StdioServerParameters(command=server[0], args=server[1:], env=asked["env"])
    async with Client(server) as client:
        listed = await client.list_tools()
        answers = []
        for tool, arguments in asked["calls"]:
            answer = await client.call_tool(tool, arguments)
            answers.append([bool(answer.is_error), "".join(part.text for part in answer.content)])
        tools = {tool.name: tool.annotations.read_only_hint for tool in listed.tools}
        return {"instructions": client.instructions, "tools": tools, "answers": answers}


print(json.dumps(asyncio.run(main(json.load(sys.stdin)))))
