// Creates a container in Azurite and puts the JSON and Markdown files of a folder under a prefix.
//
//   node load.mjs http://127.0.0.1:10000 ../data/invoices invoices/incoming
//
// Needs nothing but Node.js. Requests carry an account SAS signed with the development key that
// every Azurite has and Microsoft publishes: it is no secret and opens nothing but the emulator.
import { createHmac } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";

const ACCOUNT = "devstoreaccount1";
const KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
const VERSION = "2021-12-02";
const TYPES = { ".json": "application/json", ".md": "text/markdown; charset=utf-8" };

/** Query string of an account SAS that may create, write and read blobs and containers for an hour. */
function signature() {
  const expiry = new Date(Date.now() + 3_600_000).toISOString().slice(0, 19) + "Z";
  const fields = { sp: "rwac", ss: "b", srt: "co", st: "", se: expiry, sip: "", spr: "https,http", sv: VERSION, ses: "" };
  const text = [ACCOUNT, ...Object.values(fields), ""].join("\n");
  const sig = createHmac("sha256", Buffer.from(KEY, "base64")).update(text, "utf8").digest("base64");
  const given = Object.entries({ ...fields, sig }).filter(([, value]) => value !== "");
  return new URLSearchParams(given).toString();
}

async function put(url, headers, body) {
  const response = await fetch(url, { method: "PUT", headers: { "x-ms-version": VERSION, ...headers }, body });
  if (!response.ok && response.status !== 409) {
    throw new Error(`PUT ${new URL(url).pathname}: ${response.status} ${await response.text()}`);
  }
}

/** The emulator takes a moment to listen: tries for ten seconds. */
async function createContainer(container, sas) {
  for (let tries = 0; ; tries += 1) {
    try {
      return await put(`${container}?restype=container&${sas}`, {}, "");
    } catch (error) {
      if (error.cause?.code !== "ECONNREFUSED" || tries === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

const [endpoint, folder, into] = process.argv.slice(2);
const [name, ...prefix] = into.split("/");
const sas = signature();
const container = `${endpoint}/${ACCOUNT}/${name}`;
await createContainer(container, sas);
const files = (await readdir(folder)).filter((file) => extname(file) in TYPES).sort();
for (const file of files) {
  const headers = { "x-ms-blob-type": "BlockBlob", "content-type": TYPES[extname(file)] };
  const blob = [container, ...prefix, file].join("/");
  await put(`${blob}?${sas}`, headers, await readFile(join(folder, file)));
}
console.log(`Loaded ${files.length} files into ${[container, ...prefix].join("/")}.`);
