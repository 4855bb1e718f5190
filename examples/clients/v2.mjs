// The official TypeScript client, second generation, in both protocol eras: see README.md.

import assert from "node:assert/strict";
import { from, rest, run, target, transport } from "./shared.mjs";

const { Client, StreamableHTTPClientTransport } = await from("@modelcontextprotocol/client");
const { StdioClientTransport } = await from("@modelcontextprotocol/client/stdio");

for (const [mode, era] of [["auto", "2026-07-28"], ["legacy", "2025-11-25"]]) {
  const client = new Client({ name: "grantc-e2e", version: "1" }, { versionNegotiation: { mode } });
  const there = transport === "stdio"
    ? new StdioClientTransport({ command: target, args: rest, env: { ...process.env } })
    : new StreamableHTTPClientTransport(new URL(target));
  await client.connect(there);
  const spoken = client.getNegotiatedProtocolVersion?.() ?? there.protocolVersion;
  if (spoken !== undefined) assert.equal(spoken, era);
  await run(client, `typescript v2 ${transport} ${spoken ?? era}`);
  await client.close();
}
