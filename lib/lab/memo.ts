/** Results in memory, shared by all labs that read the same options for them. */
import type {Config} from "./config";
import {Work} from "./notebook/work";
import {artifactKey, type Stage} from "./store/artifacts";

const inRollout = (option: string) => `rollout.${option}`;

/** Stages in their order, and the options that each is the first to read; the dataset reads all that are not listed. */
const FIRST_READ: Readonly<Record<Stage, readonly string[]>> = {
  dataset: [],
  autoencoder: ["autoencoder", "threads"],
  latents: ["copies"],
  emulator: ["latentRolls", "window", "contexts", "schedule", "objective", "latent", "pixel"],
  rollout: ["members", "steps", "order", "sampler", "overlap", "contextSource", "perturbation", "symmetries"].map(
    inRollout,
  ),
  evaluation: ["metrics", "horizons", "latentChannels", "ablationSteps"],
};

/** What the dataset reads for rollouts and scores, and no training does. */
const UNTRAINED = "rollout.trajectories";
const TRAININGS: readonly Stage[] = ["autoencoder", "latents", "emulator"];

/** Whether an option, given by its path, changes how models are rolled out or scored, and neither them nor the simulations. */
export function isUntrained(option: string): boolean {
  const [name] = option.split(".");
  return name === "rollout" || FIRST_READ.evaluation.includes(name);
}

/** Leave an option out, given by its path. */
function without(options: object, path: string): object {
  const [name, ...rest] = path.split(".");
  const {[name]: inner, ...others} = options as Record<string, object>;
  return inner !== undefined && rest.length > 0 ? {...others, [name]: without(inner, rest.join("."))} : others;
}

/** Hash the options that a stage reads, in itself or in the stages before it. */
export function optionsKey(config: Config, stage: Stage): string {
  const stages = Object.keys(FIRST_READ) as Stage[];
  const unread = stages.slice(stages.indexOf(stage) + 1).flatMap((later) => FIRST_READ[later]);
  const inBetween = TRAININGS.includes(stage) ? [UNTRAINED] : [];
  return artifactKey([...unread, ...inBetween].reduce<object>(without, config));
}

/** Results by their name and the options that they depend on. One that fails is forgotten. */
export class Memo {
  private readonly made = new Map<string, Work<unknown>>();

  /** @param known results that are used where they are, and stay when this one's are released. Default: none. */
  constructor(private readonly known?: Memo) {}

  /** Dispose of the models among the results, and forget all: nobody may use them afterwards. */
  async release(): Promise<void> {
    const all = [...this.made.values()];
    this.made.clear();
    for (const work of all) {
      const {model} = ((await work.result().catch(() => undefined)) ?? {}) as {model?: {dispose?: () => void}};
      model?.dispose?.();
    }
  }

  /**
   * Make something, unless it was made before. What is being stopped is made anew once it has saved what it did.
   *
   * @param name its stage, and what it is within that: "autoencoder 16".
   */
  async once<T>(config: Config, name: `${Stage}${"" | ` ${string}`}`, make: () => Promise<T>): Promise<T> {
    const key = `${name} ${optionsKey(config, name.split(" ")[0] as Stage)}`;
    if (this.known?.made.has(key)) return this.known.once(config, name, make);
    const known = this.made.get(key) as Work<T> | undefined;
    if (known?.stopping) {
      await known.end();
      this.forget(key, known);
      return this.once(config, name, make);
    }
    const work = known ?? new Work(make);
    this.made.set(key, work);
    try {
      return await work.result();
    } catch (error) {
      this.forget(key, work);
      throw error;
    }
  }

  private forget(key: string, work: Work<unknown>): void {
    if (this.made.get(key) === work) this.made.delete(key);
  }
}
