"""A FastMCP server with tools of every kind that the end-to-end tests call.

Listens on a free port of 127.0.0.1, says so in one line (`listening on 127.0.0.1:PORT`), and ends with
its standard input.
"""

import asyncio
import base64
import os
import socket
import sys
import threading

import uvicorn
from fastmcp import FastMCP
from fastmcp.exceptions import ToolError
from fastmcp.utilities.types import Image
from pydantic import BaseModel

server = FastMCP("fixture", instructions="Tools for tests.")

ONE_PIXEL_PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


class City(BaseModel):
    """A place and its people."""

    name: str
    population: int


@server.tool
def add(a: int, b: int) -> int:
    """Add two integers."""
    return a + b


@server.tool(output_schema=None)
def echo(text: str) -> str:
    """Give the text back as one text block, whatever it looks like."""
    return text


@server.tool
async def slow(ms: int) -> str:
    """Answer after so many milliseconds."""
    await asyncio.sleep(ms / 1000)
    return "done"


@server.tool
def fail(reason: str) -> str:
    """Fail with the reason."""
    raise ToolError(reason)


@server.tool
def city(name: str) -> City:
    """Structured content with an output schema."""
    return City(name=name, population=len(name) * 1000)


@server.tool
def picture() -> Image:
    """A PNG of one pixel."""
    return Image(data=ONE_PIXEL_PNG, format="png")


def end_with_standard_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
    uvicorn.Server(uvicorn.Config(server.http_app(), log_level="warning")).run(sockets=[listener])


main()
