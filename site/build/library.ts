/**
 * The library for a browser: esbuild's plugin that exchanges modules of Node.js for ones that work there or refuse by name. The
 * engine's package.json exchanges the tensor engine.
 */
import path from "node:path";
import {build, type BuildOptions, type Plugin} from "esbuild";

export const root = path.resolve(__dirname, "../..");

const STUBS = path.join(__dirname, "stubs");

/** Modules of Node.js that have a part which works in a browser. */
const SHIMMED = new Set(["node:timers/promises", "node:util"]);

const NODE_ONLY = /^(danfojs-node|h5wasm|sharp|puppeteer-core|undici|@huggingface\/hub|@sparticuz\/chromium)($|\/)/;

const refusing = (name: string) => `module.exports = new Proxy({}, {
  get: (_, key) => key === "__esModule" ? false : key === "default" ? module.exports : function () {
    throw new Error(${JSON.stringify(name)} + "." + String(key) + " needs Node.js: a browser has no files and no processes.");
  },
});`;

export const browserLibrary: Plugin = {
  name: "browser-library",
  setup(builder) {
    // A door's modules are read before those that a page does not use are left out.
    builder.onResolve({filter: NODE_ONLY}, ({path: name}) => ({path: name, namespace: "node-refusing"}));
    builder.onResolve({filter: /^node:/}, ({path: name}) =>
      SHIMMED.has(name)
        ? {path: path.join(STUBS, `${name.slice(5).replace("/", "-")}.ts`)}
        : {path: name, namespace: "node-refusing"},
    );
    builder.onLoad({filter: /core\/(src|dist)\/loops-wasm\.[jt]s$/}, () => ({
      contents: `import bytes from "./packages/simulators/native/loops.wasm";\nexport const wasmBytes = () => bytes;`,
      resolveDir: root,
      loader: "js",
    }));
    builder.onLoad({filter: /.*/, namespace: "node-refusing"}, ({path: name}) => ({
      contents: refusing(name),
      loader: "js",
    }));
  },
};

/**
 * Bundle a program for browsers as one classic script, which also runs from a file.
 *
 * @param entry path of the program in the project.
 * @throws Error with esbuild's messages.
 */
export async function bundle(entry: string, {plugins = [], ...options}: BuildOptions = {}): Promise<string> {
  const {outputFiles} = await build({
    entryPoints: [path.join(root, entry)],
    bundle: true,
    format: "iife",
    platform: "browser",
    target: "es2022",
    write: false,
    logLevel: "silent",
    absWorkingDir: root,
    loader: {".wasm": "binary"},
    define: {
      "process.env.LOLA_COMPILE": "undefined",
      "process.env.LOLA_FUSED": "undefined",
      "process.env.NODE_ENV": '"production"',
    },
    ...options,
    plugins: [...plugins, browserLibrary],
  });
  return outputFiles![0].text;
}
