/** Results in memory, shared by all labs that read the same options for them. */
import type {Config} from "./config";
import {artifactKey, type Stage} from "./store/artifacts";

/** Stages in their order, and the options that each is the first to read; the dataset reads all that are not listed. */
const FIRST_READ: Readonly<Record<Stage, readonly string[]>> = {
  dataset: [],
  autoencoder: ["autoencoder", "threads"],
  latents: ["copies"],
  emulator: ["window", "contexts", "schedule", "objective", "latent", "pixel"],
  rollout: ["members", "steps", "order", "sampler", "overlap", "contextSource"].map((name) => `rollout.${name}`),
  evaluation: ["metrics", "horizons", "latentChannels", "ablationSteps"],
};

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
  return artifactKey(unread.reduce<object>(without, config));
}

/** Results by their name and the options that they depend on. One that fails is forgotten. */
export class Memo {
  private readonly made = new Map<string, Promise<unknown>>();

  /**
   * Make something, unless it was made before.
   *
   * @param name its stage, and what it is within that: "autoencoder 16".
   */
  once<T>(config: Config, name: `${Stage}${"" | ` ${string}`}`, make: () => Promise<T>): Promise<T> {
    const key = `${name} ${optionsKey(config, name.split(" ")[0] as Stage)}`;
    const known = this.made.get(key);
    if (known) return known as Promise<T>;
    const promise = make();
    this.made.set(key, promise);
    promise.catch(() => this.made.delete(key));
    return promise;
  }
}
