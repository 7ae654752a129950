// Lints the English of this repository. textlint checks the documents, and each file, comments and messages included, is searched for
// the phrases in scripts/prose/phrases.mjs.
//
//   node scripts/lint-prose.mjs [FILE…]        default: each file in Git
//
// To keep such a phrase, mark its line with `prose: allow`.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { TextlintKernel, TextlintKernelDescriptor } from "@textlint/kernel";
import { PHRASES, phrasesIn } from "./prose/phrases.mjs";

const require = createRequire(import.meta.url);
const load = (name) => require(name).default ?? require(name);

const SOURCES = /\.(md|rs|py|pyi|m?js|cjs|ts|php|c|h|toml|ya?ml|sh|sql|lua)$|(^|\/)(Makefile|run|install)$|^scripts\/[a-z-]+$/;
// The phrases themselves, and files that are generated from linted ones.
const EXEMPT = /^scripts\/prose\/|(^|\/)(package-lock\.json|Cargo\.lock)$|^tests\/vectors\/[a-z]+\/.*\.json$/;

const descriptor = new TextlintKernelDescriptor({
  filterRules: [],
  plugins: [{ pluginId: "markdown", plugin: load("@textlint/textlint-plugin-markdown") }],
  rules: [
    { ruleId: "misspellings", rule: load("textlint-rule-common-misspellings") },
    {
      ruleId: "terminology",
      rule: load("textlint-rule-terminology"),
      options: { defaultTerms: true },
    },
    { ruleId: "repeated-words", rule: load("textlint-rule-write-good"), options: { ...NONE_OF_WRITE_GOOD(), illusion: true } },
  ],
});

function NONE_OF_WRITE_GOOD() {
  return Object.fromEntries(["passive", "illusion", "so", "thereIs", "weasel", "adverb", "tooWordy", "cliches", "eprime"].map((check) => [check, false]));
}

// Terms that the rule would change but that are right here: names in code, and spellings that are as common.
const ACCEPTED = /Incorrect term: “(?:ids?|sqlite3?|run time|README|snake case|lock file|indexes|built in|blank line|lint errors)”/i;

const kernel = new TextlintKernel();

checkList();
const files = process.argv.length > 2 ? process.argv.slice(2) : tracked();
let count = 0;
for (const file of files) {
  const text = readFileSync(file, "utf8");
  const lines = text.split("\n");
  const complain = (line, message) => {
    if (/prose: allow/.test(lines[line - 1])) return;
    console.log(`${file}:${line}: ${message}`);
    count += 1;
  };
  for (const [index, phrase, use] of phrasesIn(text)) {
    complain(text.slice(0, index).split("\n").length, `"${phrase.replace(/\s+/g, " ")}": write ${use}`);
  }
  if (!file.endsWith(".md")) continue;
  const { messages } = await kernel.lintText(text, { ext: ".md", filePath: file, ...descriptor.toKernelOptions() });
  for (const { line, message, ruleId } of messages) {
    if (!ACCEPTED.test(message)) complain(line, `${message} (${ruleId})`);
  }
}
console.log(`${files.length} files, ${count} complaints`);
process.exitCode = count > 0 ? 1 : 0;

function tracked() {
  const names = execFileSync("git", ["ls-files", "-z"], { encoding: "utf8" }).split("\0");
  return names.filter((name) => SOURCES.test(name) && !EXEMPT.test(name));
}

/** Checks that each expression finds its own example. */
function checkList() {
  for (const { pattern, example } of PHRASES) {
    if (![...phrasesIn(example)].length) throw new Error(`scripts/prose/phrases.mjs: ${pattern} does not find: ${example}`);
  }
}
