"""Calls every tool of the running server as an agent would, in both eras of the protocol.

    client.py SERVER DATA ENDPOINT

SERVER is the built binary, DATA the folder with the invoices and their index, ENDPOINT the blob
endpoint of Azurite with those invoices in it. What the tools must answer is computed here from the files alone, with
nothing of the server's. The official client checks results against the output schemas besides.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import sys
import urllib.parse
import urllib.request
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path

from mcp import Client, MCPError, StdioServerParameters

SUMMARY = ("number", "supplier", "issued", "due", "currency", "total", "status")
TOOLS = ["find_invoice", "search_invoices", "supplier_totals", "file_invoice"]
# The key of every Azurite, which Microsoft publishes; it opens nothing but the emulator.
DEVELOPMENT_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="


def read_blob(endpoint: str, path: str) -> dict:
    """Reads a blob straight from Azurite, past the server."""
    expiry = (datetime.now(timezone.utc) + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    fields = {"sp": "r", "ss": "b", "srt": "o", "st": "", "se": expiry, "sip": "", "spr": "https,http",
              "sv": "2021-12-02", "ses": ""}
    text = "\n".join(["devstoreaccount1", *fields.values(), ""])
    digest = hmac.new(base64.b64decode(DEVELOPMENT_KEY), text.encode(), hashlib.sha256).digest()
    fields["sig"] = base64.b64encode(digest).decode()
    query = urllib.parse.urlencode({name: value for name, value in fields.items() if value})
    with urllib.request.urlopen(f"{endpoint}/invoices/{path}?{query}") as response:
        return json.load(response)


class Desk:
    """The tools, as the checks below call them."""

    def __init__(self, client: Client):
        self.client = client

    async def call(self, tool: str, **arguments) -> dict:
        result = await self.client.call_tool(tool, arguments)
        assert not result.is_error, (tool, arguments, result.content)
        copy = json.loads(result.content[0].text)
        assert copy == result.structured_content, "the text is a copy of the structured content"
        return result.structured_content

    async def refused(self, tool: str, **arguments) -> str:
        result = await self.client.call_tool(tool, arguments)
        assert result.is_error, (tool, arguments, result.structured_content)
        return result.content[0].text

    async def pages(self, **filters) -> list:
        """Every page of a search, each at most ten long."""
        pages, cursor = [], {}
        while True:
            page = await self.call("search_invoices", **filters, **cursor)
            pages.append(page["invoices"])
            assert len(page["invoices"]) <= 10 and len(pages) < 20
            if "next" not in page:
                return pages
            cursor = {"cursor": page["next"]}


async def lists_the_tools(client: Client) -> None:
    tools = {tool.name: tool for tool in (await client.list_tools()).tools}
    assert sorted(tools) == sorted(TOOLS), sorted(tools)
    for tool in tools.values():
        assert tool.input_schema["type"] == "object" and tool.output_schema["type"] == "object"
        assert tool.annotations.read_only_hint == (tool.name != "file_invoice"), tool.name


async def finds(desk: Desk, invoices: list) -> None:
    for invoice in invoices:
        assert await desk.call("find_invoice", number=invoice["number"]) == invoice
    assert "INV-999999" in await desk.refused("find_invoice", number="INV-999999")


async def searches(desk: Desk, invoices: list) -> None:
    async def check(wanted, **filters):
        expected = [{key: i[key] for key in SUMMARY} for i in invoices if wanted(i)]
        pages = await desk.pages(**filters)
        assert [hit for page in pages for hit in page] == expected, filters
        assert all(len(page) == 10 for page in pages[:-1])

    await check(lambda i: True)
    for supplier in sorted({i["supplier"] for i in invoices}):
        await check(lambda i: i["supplier"] == supplier, supplier=supplier)
    for status in ("open", "paid", "void"):
        await check(lambda i: i["status"] == status, status=status)
    await check(lambda i: "2025-06-01" <= i["issued"] <= "2026-03-31",
                issued_from="2025-06-01", issued_to="2026-03-31")
    some = Decimal(invoices[7]["total"])
    await check(lambda i: some <= Decimal(i["total"]) <= 5000, total_min=str(some), total_max="5000")
    await check(lambda i: i["status"] == "paid" and Decimal(i["total"]) >= 1000 and i["issued"] >= "2026-01-01",
                status="paid", total_min="1000.00", issued_from="2026-01-01")
    await check(lambda i: False, supplier="Nobody' or number ne '")
    await desk.refused("search_invoices", cursor="not a cursor")
    await desk.refused("search_invoices", issued_from="2026-02-01", issued_to="2026-01-01")


async def totals(desk: Desk, invoices: list) -> None:
    async def check(start, end, supplier=None):
        groups = defaultdict(list)
        for i in invoices:
            if start <= i["issued"] <= end and supplier in (None, i["supplier"]):
                groups[i["supplier"], i["status"], i["currency"]].append(Decimal(i["total"]))
        only = {"supplier": supplier} if supplier else {}
        rows = (await desk.call("supplier_totals", issued_from=start, issued_to=end, **only))["totals"]
        seen = {(r["supplier"], r["status"], r["currency"]): (r["invoices"], r["total"]) for r in rows}
        assert len(seen) == len(rows)
        assert seen == {key: (len(each), str(sum(each))) for key, each in groups.items()}, (start, end)

    await check("2025-01-01", "2026-12-31")
    await check("2025-07-01", "2026-06-30")
    await check("2025-01-01", "2026-12-31", "Délices de l'Aube SARL")
    await check("2024-01-01", "2024-12-31")


async def files(desk: Desk, endpoint: str, number: str) -> None:
    invoice = {
        "number": number, "supplier": "Cooper & Lane Legal LLP", "issued": "2025-12-01", "due": "2025-12-31",
        "currency": "GBP", "status": "open",
        "lines": [{"text": "Contract review, hours", "amount": "1200.05", "vat_rate": "20"},
                  {"text": "Court fee, passed on", "amount": "75.00", "vat_rate": "0"}],
        "net": "1275.05", "vat": "240.01", "total": "1515.06",
    }
    wrong = {**invoice, "total": "1515.07"}
    assert "total" in await desk.refused("file_invoice", invoice=wrong)
    assert "issued" in await desk.refused("file_invoice", invoice={**invoice, "issued": "2999-01-01", "due": "2999-02-01"})
    assert "open" in await desk.refused("file_invoice", invoice={**invoice, "status": "paid"})
    await desk.refused("find_invoice", number=number)

    receipt = (await desk.call("file_invoice", invoice=invoice))["receipt"]
    assert len(receipt) == 36
    assert read_blob(endpoint, f"incoming/{number}.json") == invoice
    assert await desk.call("find_invoice", number=number) == invoice

    again = await desk.refused("file_invoice", invoice=invoice)
    assert number in again and receipt in again, again
    other = {**invoice, "supplier": "Somebody Else Ltd"}
    assert receipt not in await desk.refused("file_invoice", invoice=other)
    assert read_blob(endpoint, f"incoming/{number}.json") == invoice


async def refuses(desk: Desk) -> None:
    assert "/number" in await desk.refused("find_invoice", number="117")
    assert "/number" in await desk.refused("find_invoice", number=117)
    assert "number" in await desk.refused("find_invoice")
    assert "colour" in await desk.refused("find_invoice", number="INV-000117", colour="red")
    bad_line = {"number": "INV-000001", "supplier": "S", "issued": "2025-01-01", "due": "2025-01-01",
                "currency": "EUR", "status": "open", "net": "1", "vat": "0", "total": "1",
                "lines": [{"text": "", "amount": "1", "vat_rate": "0"}]}
    assert "/invoice/lines/0/text" in await desk.refused("file_invoice", invoice=bad_line)
    try:
        await desk.client.call_tool("burn_invoice", {})
    except MCPError as error:
        assert error.code == -32602, error.code
    else:
        raise AssertionError("an unknown tool was called")


async def main(server: str, data: str, endpoint: str) -> None:
    invoices = [json.loads(file.read_text("utf-8")) for file in sorted(Path(data, "invoices").glob("*.json"))]
    assert len(invoices) >= 40
    environment = {"GRANTC_LOCAL_BLOB_ENDPOINT": endpoint, "GRANTC_LOCAL_INVOICE_INDEX_FILES": f"{data}/index"}
    parameters = StdioServerParameters(command=server, args=["--stdio", "--local"], env=environment)
    for mode, era, number in [("auto", "2026-07-28", "INV-900001"), ("legacy", "2025-11-25", "INV-900002")]:
        async with Client(parameters, mode=mode) as client:
            assert client.protocol_version == era, client.protocol_version
            assert client.server_info.name == "invoice-desk" and client.server_info.version == "1.4.0"
            desk = Desk(client)
            await lists_the_tools(client)
            await finds(desk, invoices)
            await searches(desk, invoices)
            await totals(desk, invoices)
            await files(desk, endpoint, number)
            await refuses(desk)
        print(f"{era}: every tool answered as the files say")


asyncio.run(main(*sys.argv[1:]))
