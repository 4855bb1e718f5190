// What the TypeScript clients share: see README.md.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** A module of a package in the folder that GRANTC_E2E_NODE names. */
export async function from(name) {
  const require = createRequire(path.join(process.env.GRANTC_E2E_NODE ?? process.cwd(), "x.js"));
  return import(pathToFileURL(require.resolve(name)).href);
}

/** Whether everything expected is there; objects may have more members. */
function within(expected, actual) {
  if (Array.isArray(expected)) {
    return Array.isArray(actual) && actual.length === expected.length && expected.every((e, i) => within(e, actual[i]));
  }
  if (expected !== null && typeof expected === "object") {
    return actual !== null && typeof actual === "object" &&
      Object.entries(expected).every(([key, value]) => key in actual && within(value, actual[key]));
  }
  return expected === actual;
}

export const [calls, transport, target, ...rest] = process.argv.slice(2);
export const wanted = JSON.parse(readFileSync(calls, "utf8"));

/** Lists the tools and makes every call. */
export async function run(client, name) {
  const names = (await client.listTools()).tools.map((tool) => tool.name);
  assert.deepEqual(names, wanted[0].tools ?? names);
  for (const call of wanted) {
    const result = await client.callTool({ name: call.tool, arguments: call.arguments ?? {} });
    const text = result.content[0].text;
    if ("refusal" in call) {
      assert.ok(result.isError && text.includes(call.refusal), JSON.stringify({ call, result }));
    } else {
      assert.ok(!result.isError, JSON.stringify({ call, result }));
      assert.deepEqual(JSON.parse(text), result.structuredContent);
      assert.ok(within(call.answer, result.structuredContent), JSON.stringify({ call, result }));
    }
  }
  console.log(`${name}: ${wanted.length} calls answered`);
}
