/** Artefacts that the presets read: found by going through each preset's stages with a store that makes nothing. */
import {Lab} from "../lab";
import {preset, presetNames, systemNames} from "../presets/presets";
import {rivals} from "../rivals";
import {chooseMethods, type MethodChoice} from "../stages/methods";
import {Artifacts, type Recipe} from "../store/artifacts";
import type {Config} from "../config";
import {storedRuns, STAGES} from "./stored-runs";

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

/** List the paths of artefacts that some preset's laboratory reads, or would make under that name. */
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
