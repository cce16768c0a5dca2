"""Calls one tool through FastMCP's client: `fastmcp_client.py URL TOOL ARGUMENTS`.

Prints one JSON object: the negotiated protocol version, the tools' names, and the CallToolResult.
"""

import asyncio
import json
import sys

from fastmcp import Client


async def main(url: str, tool: str, arguments: str) -> None:
    async with Client(url) as client:
        tools = await client.list_tools()
        result = await client.call_tool_mcp(tool, json.loads(arguments))
        print(
            json.dumps(
                {
                    "protocolVersion": client.protocol_version,
                    "tools": [tool.name for tool in tools],
                    "result": result.model_dump(mode="json", by_alias=True, exclude_none=True),
                }
            )
        )


asyncio.run(main(*sys.argv[1:]))
