// Clients of Prisma, generated as users do, with the query compiler in WebAssembly: no engine is downloaded.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CONSUMERS = fileURLToPath(new URL("../consumers/", import.meta.url));
const consumers = createRequire(CONSUMERS);

const MODELS = `
model Payment {
  id String
  seq Int @id @default(autoincrement())
  @@map("payments")
}
`;

const ADAPTERS = {
  postgresql: (url) => new (consumers("@prisma/adapter-pg").PrismaPg)({ connectionString: url, max: 10 }),
  mysql(url) {
    const { hostname: host, port, username: user, pathname } = new URL(url);
    return new (consumers("@prisma/adapter-mariadb").PrismaMariaDb)({ host, port: Number(port), user, database: pathname.slice(1), connectionLimit: 10 });
  },
  sqlite: (url) => new (consumers("@prisma/adapter-better-sqlite3").PrismaBetterSqlite3)({ url: url.replace("sqlite://", "file:") }),
};

/** Generates the client for a schema in a folder, and returns its class. */
export function generatePrisma(folder, provider, models = MODELS) {
  mkdirSync(folder, { recursive: true });
  symlinkSync(join(CONSUMERS, "node_modules"), join(folder, "node_modules"));
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(join(folder, "schema.prisma"), `generator client {\n  provider = "prisma-client"\n  output = "./generated"\n}\ndatasource db {\n  provider = "${provider}"\n}\n${models}`);
  writeFileSync(join(folder, "prisma.config.ts"), 'export default { schema: "schema.prisma" };\n');
  const env = { ...process.env, ...OFFLINE };
  execFileSync(process.execPath, [join(CONSUMERS, "node_modules/prisma/build/index.js"), "generate"], { cwd: folder, env, stdio: "pipe" });
  const outfile = join(folder, "client.cjs");
  const options = { entryPoints: [join(folder, "generated/client.ts")], outfile, bundle: true, platform: "node", format: "cjs", external: ["@prisma/client/*"], logLevel: "error" };
  consumers("esbuild").buildSync({ ...options, define: { "import.meta.url": JSON.stringify(`file://${outfile}`) } });
  return createRequire(outfile)(outfile).PrismaClient;
}

/** The engine for migrations is not used; without this, Prisma's command line would download it before it does anything. */
const OFFLINE = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: "1", PRISMA_HIDE_UPDATE_MESSAGE: "1" };

/** Where the clients are: workers use those of the process that started them. */
const FOLDER = (process.env.PAYVOST_TEST_PRISMA ??= mkdtempSync(join(tmpdir(), "payvost-webhooks-prisma-")));
process.once("exit", () => process.env.PAYVOST_TEST_PRISMA_OF === String(process.pid) && rmSync(FOLDER, { recursive: true, force: true }));
process.env.PAYVOST_TEST_PRISMA_OF ??= String(process.pid);

/** A connected client with the model `payment`. */
export function prismaOf(provider, url) {
  const folder = join(FOLDER, provider);
  const made = join(folder, "client.cjs");
  const Client = existsSync(made) ? createRequire(made)(made).PrismaClient : generatePrisma(folder, provider);
  return new Client({ adapter: ADAPTERS[provider](url) });
}
