// Lets `import` find packages in NODE_PATH, as `require` does. `make -s env` loads it into every node process.
import { register } from "node:module";

const hooks = `
  import { delimiter } from "node:path";
  import { pathToFileURL } from "node:url";

  const parents = (process.env.NODE_PATH ?? "")
    .split(delimiter)
    .filter((folder) => folder.endsWith("/node_modules"))
    .map((folder) => String(pathToFileURL(folder.replace(/node_modules$/, "anything"))));

  export async function resolve(specifier, context, nextResolve) {
    try {
      return await nextResolve(specifier, context);
    } catch (error) {
      if (error.code !== "ERR_MODULE_NOT_FOUND" || /^[./]|:/.test(specifier)) throw error;
      for (const parentURL of parents) {
        try {
          return await nextResolve(specifier, { ...context, parentURL });
        } catch {
          // The next folder may have it.
        }
      }
      throw error;
    }
  }
`;

register(`data:text/javascript,${encodeURIComponent(hooks)}`);
