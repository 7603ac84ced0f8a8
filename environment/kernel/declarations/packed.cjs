// The packed declarations of notebooks, and the compiler's options that make it read them.
const {existsSync, readFileSync} = require("node:fs");
const path = require("node:path");

/** The file that pack.cjs writes. It stands for the types of Node, too, by the name of its folder. */
const PACKED = path.resolve(__dirname, "../../../lib/dist/notebook/node/index.d.ts");

/** Options by which names of modules mean those in the packed file; none while it is not written. */
function packedOptions() {
  if (!existsSync(PACKED)) return {};
  const names = readFileSync(PACKED, "utf8").matchAll(/^declare module ["'](.*)["']/gm);
  return {
    types: ["node"],
    typeRoots: [path.resolve(PACKED, "../..")],
    paths: Object.fromEntries([...names].map(([, name]) => [name, [PACKED]])),
  };
}

module.exports = {PACKED, packedOptions};
