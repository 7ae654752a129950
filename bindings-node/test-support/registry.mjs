// A registry that serves the packed packages of a folder to `npm install`.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";

/** Serves until it is closed: `{ url, close }`. Packages that are not in the folder are not found. */
export async function startRegistry(folder) {
  const files = new Map(readdirSync(folder).map((name) => [`/files/${name}`, readFileSync(join(folder, name))]));
  const documents = new Map();
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url);
    const found = files.get(path) ?? documents.get(path);
    response.writeHead(found === undefined ? 404 : 200).end(found ?? '{"error":"not found"}');
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${server.address().port}`;

  for (const [path, content] of files) {
    const file = join(folder, path.slice("/files/".length));
    const manifest = JSON.parse(execFileSync("tar", ["-xzOf", file, "package/package.json"], { encoding: "utf8" }));
    const integrity = `sha512-${createHash("sha512").update(content).digest("base64")}`;
    const { name, version } = manifest;
    const versions = { [version]: { ...manifest, dist: { tarball: `${url}${path}`, integrity } } };
    documents.set(`/${name}`, JSON.stringify({ name, "dist-tags": { latest: version }, versions }));
  }
  return {
    url,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
