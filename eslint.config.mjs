import js from "@eslint/js";
import { defineConfig } from "eslint/config";
import globals from "globals";
import typescript from "typescript-eslint";

export default defineConfig(
  { ignores: ["target/", "**/node_modules/", "bindings-node/lib/"] },
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2023,
      globals: globals.node,
    },
    linterOptions: {
      reportUnusedDisableDirectives: "error",
    },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["**/*.js", "**/*.cjs"],
    languageOptions: { sourceType: "commonjs" },
  },
  {
    files: ["sandbox/src/dashboard/assets/*.js"],
    languageOptions: { sourceType: "script", globals: globals.browser },
  },
  {
    // What a test evaluates in the browser.
    files: ["sandbox/tests/browser/*.mjs"],
    languageOptions: { globals: globals.browser },
  },
  {
    files: ["bindings-node/src-ts/**/*.{ts,mts}"],
    extends: [typescript.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { project: "bindings-node/tsconfig.json", tsconfigRootDir: import.meta.dirname } },
    rules: {
      // The clients and frameworks are the user's own: this package depends on the types of none of them.
      "@typescript-eslint/no-explicit-any": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      // A name for each event, and what is anything but null.
      "@typescript-eslint/no-empty-object-type": ["error", { allowInterfaces: "with-single-extends", allowObjectTypes: "always" }],
      "@typescript-eslint/no-require-imports": ["error", { allowAsImport: true }],
      // What a client or a handler has thrown is passed on.
      "@typescript-eslint/prefer-promise-reject-errors": ["error", { allowThrowingUnknown: true, allowThrowingAny: true }],
      // A function that must give a promise also when it throws.
      "@typescript-eslint/require-await": "off",
      "no-unused-vars": "off", // the same rule, which knows types
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_", varsIgnorePattern: "^_" }],
    },
  },
);
