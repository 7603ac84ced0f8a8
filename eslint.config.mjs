import js from "@eslint/js";
import tseslint from "typescript-eslint";

const node = ["process", "performance", "console", "Buffer", "setTimeout", "clearTimeout", "structuredClone", "URL"];
const browser = ["window", "document", "console", "structuredClone", "ResizeObserver", "IntersectionObserver"];

export default tseslint.config(
  {
    ignores: [
      "**/dist/",
      "node_modules/",
      "environment/.venv/",
      "environment/.build/",
      "data/",
      "figures/",
      ".out/",
      "work/",
    ],
  },
  js.configs.recommended,
  {
    files: ["**/*.mjs"],
    languageOptions: {globals: Object.fromEntries(node.map((name) => [name, "readonly"]))},
  },
  {
    files: ["**/*.cjs", "environment/shims/**/*.js"],
    languageOptions: {
      sourceType: "commonjs",
      globals: {module: "writable", require: "readonly", process: "readonly", __dirname: "readonly"},
    },
  },
  {
    files: ["environment/labextensions/**/*.js"],
    languageOptions: {sourceType: "script", globals: Object.fromEntries(browser.map((name) => [name, "readonly"]))},
  },
  {
    files: ["lib/**/*.ts", "packages/**/*.ts", "site/**/*.ts", "test/**/*.ts"],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {parserOptions: {project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname}},
    rules: {
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/no-unused-vars": ["error", {argsIgnorePattern: "^_", varsIgnorePattern: "^_"}],
      "@typescript-eslint/consistent-type-imports": ["error", {fixStyle: "inline-type-imports"}],
      // A name for the type of a schema.
      "@typescript-eslint/no-empty-object-type": ["error", {allowInterfaces: "with-single-extends"}],
      "@typescript-eslint/no-require-imports": ["error", {allowAsImport: true}],
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        {allowNumber: true, allowArray: true, allowBoolean: true, allowNullish: true},
      ],
      // An async function that only keeps an interface's promise is fine.
      "@typescript-eslint/require-await": "off",
      // Enumerations of packages are compared with plain numbers; casts say what raw operations return.
      "@typescript-eslint/no-unsafe-enum-comparison": "off",
      "@typescript-eslint/no-unnecessary-type-assertion": "off",
      eqeqeq: ["error", "always", {null: "ignore"}],
      "no-console": "error",
      "prefer-const": "error",
    },
  },
  {
    files: ["test/**/*.ts", "packages/*/test/**/*.ts"],
    rules: {
      "no-console": "off",
      // Golden vectors are described by JSON, which has no types.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/restrict-template-expressions": "off",
      "@typescript-eslint/unbound-method": "off",
    },
  },
);
