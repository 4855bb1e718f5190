// The official TypeScript client, first generation, which knows the older protocol era: see README.md.

import { from, rest, run, target, transport } from "./shared.mjs";

const { Client } = await from("@modelcontextprotocol/sdk/client/index.js");
const { StdioClientTransport } = await from("@modelcontextprotocol/sdk/client/stdio.js");
const { StreamableHTTPClientTransport } = await from("@modelcontextprotocol/sdk/client/streamableHttp.js");

const client = new Client({ name: "grantc-e2e", version: "1" });
const there = transport === "stdio"
  ? new StdioClientTransport({ command: target, args: rest, env: { ...process.env } })
  : new StreamableHTTPClientTransport(new URL(target));
await client.connect(there);
await run(client, `typescript v1 ${transport}`);
await client.close();
