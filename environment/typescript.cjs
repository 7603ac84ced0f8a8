// Lets Node run the project's TypeScript files directly: node -r ./environment/typescript.cjs file.ts
const {readFileSync} = require("node:fs");
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
