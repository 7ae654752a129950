// Writes each line, base64 of a JSON text, as Node.js writes its value: one JSON object per line, from habits to base64.
import { createInterface } from "node:readline";

for await (const line of createInterface({ input: process.stdin })) {
  const text = Buffer.from(line, "base64").toString();
  const value = JSON.parse(text);
  const written = {
    stringify: JSON.stringify(value),
    "stringify, 2 spaces": JSON.stringify(value, null, 2),
    "stringify, tabs": JSON.stringify(value, null, "\t"),
    "stringify twice": JSON.stringify(text),
  };
  const entries = Object.entries(written).map(([habit, text]) => [habit, Buffer.from(text).toString("base64")]);
  console.log(JSON.stringify(Object.fromEntries(entries)));
}
