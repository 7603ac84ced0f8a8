/** Which artefacts may go, and their removal. */
import {isHeld} from "@lola-ts/core";
import {rm} from "node:fs/promises";
import {
  Lab,
  preset,
  presetNames,
  systemNames,
  rivals,
  chooseMethods,
  type MethodChoice,
  type Config,
  nameOf,
  storedRuns,
  STAGES,
  type StoredRun,
} from "@lola-ts/laboratory/stages";
import {Artifacts, type Recipe} from "@lola-ts/cache";

interface RemovalOptions {
  readonly olderThan?: number;
  /** Part of the name with its identifier; `*` stands for any text. */
  readonly name?: string;
  readonly reachable?: ReadonlySet<string>;
}

/** List artefacts that fit all given conditions; those that are being made are never among them. */
export function removable(root: string, {olderThan = -Infinity, name = "", reachable}: RemovalOptions): StoredRun[] {
  const parts = name.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const pattern = new RegExp(parts.join(".*"));
  return storedRuns(root, STAGES).filter(
    (run) =>
      run.state !== "being made" &&
      Date.now() - run.changed >= olderThan &&
      pattern.test(nameOf(run)) &&
      !reachable?.has(run.path),
  );
}

/** Remove artefacts with their manifests and what was begun of them. @returns the bytes that were freed. */
export async function removeRuns(runs: readonly StoredRun[]): Promise<number> {
  let freed = 0;
  for (const {path, bytes} of runs) {
    if (isHeld(`${path}.lock`)) continue; // began since
    await rm(`${path}.manifest.json`, {force: true}); // first: without it the rest counts for nothing
    for (const ending of ["", ".partial"]) await rm(`${path}${ending}`, {recursive: true, force: true});
    freed += bytes;
  }
  return freed;
}

/** A store that makes nothing, and remembers what it was asked for. */
class AskedArtifacts extends Artifacts {
  protected override makes = false;

  constructor(
    root: string,
    private readonly asked: Set<string>,
  ) {
    super(root, () => undefined);
  }

  override has(recipe: Recipe): Promise<boolean> {
    this.asked.add(this.path(recipe)); // damaged ones, and trainings that were begun, belong to the preset as well
    return super.has(recipe);
  }
}

/** List the paths that some preset's laboratory reads: its stages are gone through with a store that makes nothing. */
export async function reachablePaths(root: string): Promise<Set<string>> {
  const found = new Set<string>();
  const names = storedRuns(root, STAGES).map(({name}) => name);
  for (const system of systemNames()) {
    for (const name of presetNames(system)) {
      const config = preset(system, name);
      if (names.some((one) => one.startsWith(`${system}-${name}-`))) await visit(config, root, found);
    }
  }
  return found;
}

/** Ask for each part of a laboratory; what is not there ends that part. */
async function visit(config: Config, root: string, found: Set<string>): Promise<void> {
  const lab = new Lab(config, new AskedArtifacts(root, found));
  const attempt = (part: Promise<unknown>) => part.catch(() => undefined);
  if (!(await attempt(lab.dataset()))) return;
  for (const channels of config.latentChannels) {
    for (const split of ["train", "valid", "test"] as const) await attempt(lab.latents(channels, split));
  }
  for (const method of [...lab.methods, ...rivals(config)] as MethodChoice[]) {
    const [{spec, changes}] = chooseMethods(config, [method]);
    await attempt(lab.emulator(spec, changes));
    await attempt(lab.evaluation({methods: [method]}));
  }
}
