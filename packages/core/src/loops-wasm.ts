/** The loops' WebAssembly. A page has a module of the same export in the place of this one, as it reads no files. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {projectRoot} from "./paths";

export const wasmBytes = (): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(readFileSync(path.join(projectRoot(), "packages/simulators/native/loops.wasm")));
