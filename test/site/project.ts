/** A small project in a temporary folder, for tests of its pages. */
import {mkdirSync, mkdtempSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";

/** A notebook with a text, and a cell that shows a figure "flow" and a table with a link. */
export const lesson = (text: string): string =>
  JSON.stringify({
    cells: [
      {cell_type: "markdown", source: text},
      {
        ...{cell_type: "code", id: "draw", source: 'await lab.show(figure, {name: "flow"});'},
        outputs: [
          {output_type: "display_data", data: {"image/png": Buffer.from("drawn").toString("base64")}},
          {output_type: "display_data", data: {"text/html": '<a href="../figures/flow.csv">numbers</a>'}},
        ],
      },
    ],
  });

/** Files of a project by their paths. */
export type Files = Readonly<Record<string, string | Buffer>>;

export const FILES: Readonly<Record<string, string>> = {
  "site/home.md": [
    "# Home",
    "A _first_ paragraph, which says what the project is.",
    '<img src="../figures/cloud/flow.png"> ![](../figures/flow.png)',
    "[cloud](../figures/cloud/flow.csv) [gas](../figures/flow.csv)",
    "[bench](../test/bench/README.md#beside-others) [dash](../lib/a-b/c.ts) [slash](../lib/a/b-c.ts) [folder](../lib/a/)",
    "[lessons](../notebooks/) [first](../notebooks/01-first.ipynb#cell-draw)",
  ].join("\n\n"),
  "README.md": "# Project\n\nThe turbulent words of an introduction.\n\n## Run it\n\nIt simulates plumes.",
  "figures/index.md": "# Figures\n\n[png](flow.png), [csv](flow.csv), [gas.png](cloud/flow.png)",
  "docs/README.md":
    "# Documentation\n\n## Start\n\n[Start here](../notebooks/README.md)\n\n## Do\n\n- [How to use it](use.md)",
  "docs/use.md": "# Use\n\n[home](../README.md)",
  "test/bench/README.md": "# Bench\n\n## Beside others\n\n[more](deep.md)",
  "test/bench/deep.md": "# Deep",
  "lib/a-b/c.ts": "const dash = 1;",
  "lib/a/b-c.ts": "/** The slash of a path. */\nconst slash = 2;",
  "figures/flow.png": "gas",
  "figures/flow.csv": "gas,1",
  "figures/cloud/flow.png": "cloud",
  "figures/cloud/flow.csv": "cloud,1",
  "notebooks/README.md": "# Start here",
  "notebooks/01-first.ipynb": lesson("# First\n\n[use](../docs/use.md#use)"),
  "notebooks/Untitled.ipynb": lesson("# Mine\n\n[nowhere](gone.md)"),
};

/** Write files into a new temporary folder. */
export function writeProject(files: Files): string {
  const folder = mkdtempSync(path.join(tmpdir(), "lola-project-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), {recursive: true});
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}
