"""The official Python client against a server: see README.md.

    client.py CALLS stdio SERVER [ARGUMENT...]
    client.py CALLS http URL
"""

import asyncio
import json
import os
import sys
from pathlib import Path

from mcp import Client, StdioServerParameters


def within(expected, actual) -> bool:
    """Whether everything expected is there; objects may have more members."""
    if isinstance(expected, dict):
        return isinstance(actual, dict) and all(k in actual and within(v, actual[k]) for k, v in expected.items())
    if isinstance(expected, list):
        return isinstance(actual, list) and len(actual) == len(expected) and all(map(within, expected, actual))
    return expected == actual


async def run(client: Client, calls: list) -> None:
    names = [tool.name for tool in (await client.list_tools()).tools]
    assert calls[0].get("tools", names) == names, names
    for call in calls:
        result = await client.call_tool(call["tool"], call.get("arguments", {}))
        if "refusal" in call:
            assert result.is_error and call["refusal"] in result.content[0].text, (call, result)
        else:
            assert not result.is_error, (call, result)
            assert json.loads(result.content[0].text) == result.structured_content, result
            assert within(call["answer"], result.structured_content), (call, result.structured_content)


async def main(calls: str, transport: str, target: str, *arguments: str) -> None:
    wanted = json.loads(Path(calls).read_text("utf-8"))
    if transport == "stdio":
        where = StdioServerParameters(command=target, args=list(arguments), env=dict(os.environ))
    else:
        where = target
    for mode, era in [("auto", "2026-07-28"), ("legacy", "2025-11-25")]:
        async with Client(where, mode=mode) as client:
            assert client.protocol_version == era, client.protocol_version
            await run(client, wanted)
        print(f"python {transport} {era}: {len(wanted)} calls answered")


asyncio.run(main(*sys.argv[1:]))
