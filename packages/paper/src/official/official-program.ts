/** Program that scores runs of the official code: npm run lola -- official --help */
import path from "node:path";
import {textTable} from "@lola-ts/figures";
import {openLab} from "@lola-ts/laboratory";
import {variantConfig, type Overrides} from "@lola-ts/sweeps";
import {officialScores, officialTables} from "./official-scores";

interface OfficialCommand {
  readonly words: readonly string[];
  readonly system: string;
  readonly preset: string;
  readonly set: Overrides;
}

export async function main({words: [folder], system, preset, set}: OfficialCommand): Promise<void> {
  const base = openLab({system, preset});
  const lab = base.with(() => variantConfig(base.config, set, "official"));
  const tables = officialTables(lab, await officialScores(lab, path.resolve(folder)));
  const parts = Object.entries(tables).map(([number, {rows}]) => `Table ${number}\n${textTable(rows)}\n`);
  process.stdout.write([...parts, `${lab.caption}\n`].join("\n"));
}
