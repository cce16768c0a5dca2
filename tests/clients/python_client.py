"""Calls one tool through the Python `mcp` client: `python_client.py URL TOOL ARGUMENTS [MODE]`.

MODE is that of the client: `auto`, or a version of the modern era that it speaks without looking.

Prints one JSON object: the negotiated protocol version, the tools' names, and the CallToolResult.
"""

import asyncio
import json
import sys

from mcp import Client


async def main(url: str, tool: str, arguments: str, mode: str = "auto") -> None:
    async with Client(url, mode=mode) as client:
        tools = await client.list_tools()
        result = await client.call_tool(tool, json.loads(arguments))
        print(
            json.dumps(
                {
                    "protocolVersion": client.protocol_version,
                    "tools": [tool.name for tool in tools.tools],
                    "result": result.model_dump(mode="json", by_alias=True, exclude_none=True),
                }
            )
        )


asyncio.run(main(*sys.argv[1:]))
