/**
 * Manifests of artefacts: an accepted one still describes the payload, and none lets a damaged payload pass.
 */
import {copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {Artifacts, type Recipe} from "@lola-ts/cache";
import {mutateBytes, mutateText, several} from "./runner/mutations";
import type {FuzzTarget} from "./runner/target";

const folder = mkdtempSync(path.join(tmpdir(), "lola-fuzz-artifact-"));
process.once("exit", () => rmSync(folder, {recursive: true}));

const single: Recipe = {
  stage: "latents",
  name: "single",
  version: 1,
  config: {copies: 1, list: [1, 2.5]},
  extension: ".f32",
};
const folders: Recipe = {stage: "dataset", name: "several", version: 2, config: {seed: 0}, inputs: ["ab", "cd"]};

/** Make an artefact, and return its manifest. */
async function manifestOf(recipe: Recipe): Promise<Buffer> {
  const store = new Artifacts(folder);
  await store.write(recipe, (temporary) => {
    if (recipe.extension) return writeFileSync(temporary, "single");
    mkdirSync(path.join(temporary, "data"), {recursive: true});
    for (const name of ["data/one", "data/two", "three"]) writeFileSync(path.join(temporary, name), name);
  });
  return readFileSync(`${store.path(recipe)}.manifest.json`);
}

/** Files of a payload. */
const partsOf = (recipe: Recipe) => (recipe.extension ? [""] : ["data/one", "data/two", "three"]);

/** Whether a process that starts now takes an artefact for whole. @throws Error with its sentence if it does not. */
async function requireWhole(recipe: Recipe, file: string): Promise<void> {
  const said: string[] = [];
  const store = new Artifacts(folder, (sentence) => said.push(sentence));
  copyFileSync(file, `${store.path(recipe)}.manifest.json`);
  if (!(await store.has(recipe))) throw new Error(`${file}: ${said.join("\n")}`);
}

/** List the parts of a payload in which a change of one byte, at the same time, is not found. */
async function blindSpots(recipe: Recipe, file: string): Promise<string[]> {
  const found: string[] = [];
  for (const part of partsOf(recipe)) {
    const name = path.join(new Artifacts(folder).path(recipe), part);
    const bytes = readFileSync(name);
    const damaged = Buffer.from(bytes);
    damaged[0] ^= 1;
    writeFileSync(name, damaged);
    utimesSync(name, 1, 1);
    await requireWhole(recipe, file).then(
      () => found.push(part),
      () => undefined,
    );
    writeFileSync(name, bytes);
  }
  return found;
}

export const target: FuzzTarget = {
  name: "artifact",
  extension: ".json",
  seeds: () => Promise.all([single, folders].map(manifestOf)),
  mutate: (bytes, rng) =>
    several(
      rng,
      (one) => (rng.integer(3) === 0 ? mutateBytes(one, rng) : Buffer.from(mutateText(`${one}`, rng))),
      bytes,
    ),
  read: async (file) => {
    let refusal: unknown;
    for (const recipe of [single, folders]) {
      try {
        await requireWhole(recipe, file);
        return JSON.stringify([recipe.name, await blindSpots(recipe, file)]);
      } catch (error) {
        refusal ??= error;
      }
    }
    throw refusal;
  },
};
