// Lets Node run the project's TypeScript files directly: node -r ./environment/typescript.cjs file.ts
const {existsSync, readFileSync} = require("node:fs");
const Module = require("node:module");
const path = require("node:path");
const {transformSync} = require("@swc/core");

require.extensions[".ts"] = (module, filename) => {
  const {code} = transformSync(readFileSync(filename, "utf8"), {
    filename,
    sourceMaps: "inline",
    jsc: {
      parser: {syntax: "typescript", decorators: true},
      transform: {decoratorVersion: "2022-03"},
      target: "es2022",
    },
    module: {type: "commonjs", ignoreDynamic: true},
  });
  module._compile(code, filename);
};

const root = path.resolve(__dirname, "..");

/** The source of one of the project's packages; undefined for other modules. */
function sourceOf(name) {
  const [, part, door = ""] = /^(?:@lola-ts\/([^/]+)|lola)(?:\/(.+))?$/.exec(name) ?? [name, name];
  if (part === name) return undefined;
  const place = part ? path.join(root, "packages", part, "src", door) : path.join(root, "lib", door);
  return [`${place}.ts`, path.join(place, "index.ts")].find((file) => existsSync(file));
}

// A program that runs from sources takes the packages' sources, too: one copy of each module.
const resolve = Module._resolveFilename;
Module._resolveFilename = function (name, parent, ...rest) {
  const source = parent?.filename?.endsWith(".ts") ? sourceOf(name) : undefined;
  return source ?? resolve.call(this, name, parent, ...rest);
};
