/** Copies of a laboratory's artefacts in a folder that is committed: see {@link Shipped}. */
import {copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile} from "node:fs/promises";
import {tmpdir} from "node:os";
import path from "node:path";
import {gzipSync} from "node:zlib";
import {loadCheckpoint, saveCheckpoint} from "lola/train";
import type {Config, TrainingConfig} from "../config";
import {Artifacts, type Artifact, type Recipe} from "@lola-ts/cache";
import {isHalf, packPlanes, packRows, roundBits, roundedWeights} from "./packed-numbers";
import {
  COLUMNS,
  FLOATS,
  HALVES,
  hashOf,
  INDEX,
  Shipped,
  SHIPPED_FORMAT,
  type ShippedArtifact,
  type ShippedFile,
  type ShippedIndex,
} from "./shipped";
import {stageVersions} from "./find-shipped";

/** Stages whose artefacts are small and dear; of datasets only what is computed from them, which has an extension. */
const SHIPPED_STAGES = ["dataset", "autoencoder", "emulator", "evaluation"];

/** A store that remembers what it gave. */
export class RecordingArtifacts extends Artifacts {
  readonly asked = new Map<string, Recipe>();

  override async obtain(recipe: Recipe, make: (temporary: string) => void | Promise<void>): Promise<Artifact> {
    const artifact = await super.obtain(recipe, make);
    this.asked.set(this.key(recipe), recipe);
    return artifact;
  }
}

/** Stages whose copies in the folder stay as they are: an artefact of the same key has the same weights. */
const KEPT_STAGES = ["autoencoder", "emulator"];

interface PackOptions {
  /** Keys of the preset's own models. */
  readonly models: readonly string[];
  /** Keys of the scores that keep their ranks, which take half of a file. Default: all. */
  readonly ranked?: ReadonlySet<string>;
  /** Whether copies in the folder stay that the laboratory did not ask for. Default: false. */
  readonly keep?: boolean;
}

/**
 * Copy what a laboratory asked its store for into a folder: models without the state of their optimisers, scores, and
 * constants. The folder is replaced when all copies are made; copies of models that are there already are taken over.
 */
export async function packArtifacts(
  config: Config,
  store: RecordingArtifacts,
  folder: string,
  {models, ranked, keep = false}: PackOptions,
): Promise<ShippedIndex> {
  const made = `${folder}.tmp`;
  await rm(made, {recursive: true, force: true});
  await mkdir(made, {recursive: true});
  const artifacts: ShippedArtifact[] = [];
  const before = Shipped.open(folder)?.index.artifacts ?? [];
  for (const old of before) {
    if (store.asked.has(old.key) ? !KEPT_STAGES.includes(old.stage) : !keep) continue;
    for (const {stored} of old.files) await copyFile(path.join(folder, stored), path.join(made, stored));
    artifacts.push(old);
  }
  const taken = new Set(artifacts.map(({key}) => key));
  for (const [key, recipe] of store.asked) {
    const {stage, name, extension} = recipe;
    if (!SHIPPED_STAGES.includes(stage) || (stage === "dataset" && extension === undefined) || taken.has(key)) continue;
    artifacts.push({stage, name, key, files: await packFiles(store.path(recipe), made, ranked?.has(key) ?? true)});
  }
  const {system, preset} = config;
  const described = {format: SHIPPED_FORMAT, system, preset, config, versions: stageVersions(config)} as const;
  const index = {...described, models: [...models], artifacts};
  await writeFile(path.join(made, INDEX), `${JSON.stringify(index, null, 1)}\n`);
  await rm(folder, {recursive: true, force: true});
  await rename(made, folder);
  return index;
}

async function packFiles(payload: string, folder: string, ranked: boolean): Promise<ShippedFile[]> {
  const base = path.basename(payload);
  const isFolder = (await stat(payload)).isDirectory();
  const packed: ShippedFile[] = [];
  for (const file of isFolder ? (await readdir(payload)).sort() : [""]) {
    const source = path.join(payload, file);
    const name = isFolder ? `${base}-${file}` : base;
    const {ending, content} = await contentOf(source, ranked);
    const stored = `${name}${ending}`;
    const target = path.join(folder, stored);
    await writeFile(target, content);
    packed.push({file, stored, sha256: hashOf(await readFile(target))});
  }
  return packed;
}

/** Significant digits of scores: more than tables show, whose means of hundreds of them have a smaller rounding still. */
const DIGITS = 4;

/** Significant bits of the numbers of an array, a mean of states: their rounding is no error beside the forecast's. */
const ARRAY_BITS = 12;

async function contentOf(source: string, ranked: boolean): Promise<{ending: string; content: Uint8Array}> {
  if (source.endsWith(".safetensors")) return {ending: HALVES, content: packPlanes(await modelOf(source), 2)};
  const bytes = await readFile(source);
  if (source.endsWith(".f32")) return {ending: FLOATS, content: packPlanes(roundedArray(bytes), 4)};
  const value: unknown = source.endsWith(".json") ? JSON.parse(bytes.toString()) : undefined;
  if (!Array.isArray(value) || Array.isArray(value[0])) return {ending: ".gz", content: gzipSync(bytes, {level: 9})};
  const round = (name: string, found: unknown): unknown => {
    if (name === "ranks" && !ranked) return undefined;
    return typeof found === "number" && !Number.isInteger(found) ? Number(found.toPrecision(DIGITS)) : found;
  };
  return {ending: COLUMNS, content: packRows(JSON.parse(JSON.stringify(value, round)) as Record<string, unknown>[])};
}

function roundedArray(bytes: Uint8Array): Uint8Array {
  const values = new Float32Array(Uint8Array.from(bytes).buffer);
  return new Uint8Array(roundBits(values, ARRAY_BITS).buffer);
}

/** A trained model without what only a resumption of its training needs, its weights packed. */
async function modelOf(source: string): Promise<Uint8Array> {
  const {optimiser, average, weights, ...rest} = loadCheckpoint(source);
  const {training} = rest.config as {readonly training: TrainingConfig};
  const half = isHalf(training.weights);
  const kept = average ?? weights;
  const folder = await mkdtemp(path.join(tmpdir(), "lola-pack-"));
  try {
    const file = path.join(folder, "model.safetensors");
    const checkpoint = {...rest, weights: half ? roundedWeights(kept) : kept, optimiser: {...optimiser, state: []}};
    await saveCheckpoint(file, checkpoint, {half});
    return await readFile(file);
  } finally {
    await rm(folder, {recursive: true});
  }
}
