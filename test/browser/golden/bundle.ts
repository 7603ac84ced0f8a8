/** Program that writes the page's script to the standard output. */
import path from "node:path";
import type {Plugin} from "esbuild";
import {bundle, root} from "../../../site/build/library";

const REFERENCE = path.join(root, "test/reference/reference.ts");
const IN_PAGE = path.join(root, "test/browser/golden/reference.ts");
const ACCELERATOR = path.join(root, "packages/engine/src/browser/webgpu/accelerator");

const golden: Plugin = {
  name: "golden-vectors",
  setup: (builder) => {
    builder.onResolve({filter: /\/reference$/}, ({path: name, resolveDir}) =>
      path.resolve(resolveDir, `${name}.ts`) === REFERENCE ? {path: IN_PAGE} : undefined,
    );
    builder.onResolve({filter: /\/accelerator$/}, ({path: name, resolveDir}) =>
      path.resolve(resolveDir, name) === ACCELERATOR
        ? {path: path.join(root, "test/browser/golden/accelerator.ts")}
        : undefined,
    );
  },
};

void bundle("test/browser/golden/page.ts", {plugins: [golden]}).then((text) => process.stdout.write(text));
