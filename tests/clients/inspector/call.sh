#!/bin/sh
# Calls one tool through the MCP Inspector's command line: call.sh URL TOOL ARGUMENTS
# Prints two lines of JSON, as the Inspector does: the answers to tools/list and to tools/call. It does not tell
# the version that it negotiated.
set -eu
cd "$(dirname "$0")"
HOME=$(mktemp -d)
trap 'rm -rf "$HOME"' EXIT
export HOME MCP_INSPECTOR_SECRET_STORE=memory
inspect() {
    node_modules/node/bin/node node_modules/.bin/mcp-inspector --cli "$url" --transport http --format json "$@"
    echo
}
url=$1 tool=$2 arguments=$3
inspect --method tools/list
inspect --method tools/call --tool-name "$tool" --tool-args-json "$arguments"
