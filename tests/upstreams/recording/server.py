"""A server on the Python SDK with the tools `read` and `wipe`, each of which writes its name to the file RECORD when it
runs. Listens on a free port of 127.0.0.1, says so (`listening on ADDRESS`), and ends with its standard input.
"""

import os
import socket
import sys
import threading

import uvicorn
from mcp.server.mcpserver import MCPServer

server = MCPServer("recording")


def record(name: str) -> str:
    with open(os.environ["RECORD"], "a") as file:
        file.write(f"{name}\n")
    return name


@server.tool()
def read() -> str:
    """Run, and change nothing."""
    return record("read")


@server.tool()
def wipe() -> str:
    """Run."""
    return record("wipe")


def end_with_standard_input() -> None:
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    threading.Thread(target=end_with_standard_input, daemon=True).start()
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"listening on 127.0.0.1:{listener.getsockname()[1]}", flush=True)
    app = server.streamable_http_app(json_response=True)
    uvicorn.Server(uvicorn.Config(app, log_level="error")).run(sockets=[listener])


main()
