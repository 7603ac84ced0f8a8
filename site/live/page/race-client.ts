/** A race: the simulator in a thread of its own, and the engine's emulators beside it, from the same painted state. */
import type {SystemFacts} from "../engine/facts";
import type {EnsembleOptions, Judged, Progress, Raced} from "../engine/forecasts";
import type {Images} from "../engine/images";
import type {Painting, SimulatedState} from "../engine/simulation";
import type {EngineClient, Question} from "./engine-client";
import {loadFile} from "./files";
import type {ClientState} from "./results";
import {ThreadClient} from "./thread-client";

/** Who runs, and how many states of it are there. */
type Runners = Record<"simulator" | "solver" | "members", number>;

export interface Race {
  /** Images [T, X, Y] of the simulator and of the solver, [K, T, X, Y] of the members. */
  readonly simulated: Images;
  readonly solver: Images;
  readonly members: Images;
  readonly reached: Runners;
  /** Milliseconds a state, each runner on its own. */
  readonly milliseconds: Partial<Runners>;
  reading?: Raced["reading"];
  place?: number;
  /** Of the states that were simulated. */
  scores?: Judged;
  /** Why the simulator stopped, in its own words. */
  stopped?: string;
  /** Why there are no emulators. */
  missing?: string;
}

export interface RaceProgress {
  readonly done: number;
  readonly total: number;
  readonly race: Race;
}

interface Following {
  readonly onProgress: (progress: RaceProgress) => void;
  readonly signal: AbortSignal;
}

export class RaceClient {
  private simulator?: Promise<ThreadClient>;
  private readonly given = new Set<number>();

  constructor(
    private readonly facts: SystemFacts,
    private readonly engine: () => ClientState<EngineClient>,
  ) {}

  /** Start the simulator's thread, before it is needed. */
  warm(): void {
    this.started().catch(() => undefined); // the race itself says why
  }

  /**
   * Race from a painted state; a race that is cancelled ends the simulator's thread.
   *
   * @throws Error if the simulator refuses the state.
   */
  async compute({trajectory, rate, parameters}: Question, {onProgress, signal}: Following): Promise<Race> {
    const [painting, , options] = parameters as readonly [Painting, unknown, EnsembleOptions];
    const {shape, shown} = this.facts;
    const size = shown.image[0] * shown.image[1];
    const frames = shape[0] * size;
    const race: Race = {
      ...{simulated: new Float32Array(frames), solver: new Float32Array(frames)},
      members: new Float32Array(options.members * frames),
      ...{reached: {simulator: 0, solver: 0, members: 0}, milliseconds: {}},
    };
    const {reached, milliseconds} = race;
    const tell = () => {
      const done = reached.simulator + reached.solver + reached.members;
      if (!signal.aborted) onProgress({done, total: 3 * shape[0], race});
    };
    let emulated: Promise<void> | undefined;
    const onState = ({image, milliseconds: all, state}: SimulatedState) => {
      race.simulated.set(image, reached.simulator++ * size);
      if (state) emulated = this.emulate(race, {trajectory, rate, state, options}, {tell, signal});
      else milliseconds.simulator = all / (reached.simulator - 1);
      tell();
    };
    const thread = await this.simulatorOf(trajectory);
    const stop = () => thread.stop();
    signal.throwIfAborted();
    signal.addEventListener("abort", stop);
    try {
      await thread.ask<SimulatedState>("simulate", [painting], {onProgress: onState});
    } catch (error) {
      if (reached.simulator === 0) throw error;
      race.stopped = (error as Error).message;
    } finally {
      signal.removeEventListener("abort", stop);
    }
    signal.throwIfAborted(); // the engine's part ends after its window, and nobody waits for it
    await emulated;
    signal.throwIfAborted();
    const {client} = this.engine();
    if (!race.missing && client) {
      const simulated = race.simulated.subarray(0, reached.simulator * size);
      race.scores = (await client.ask("judge", [simulated, {members: race.members, solver: race.solver}])) as Judged;
    }
    return race;
  }

  private async emulate(
    race: Race,
    {
      trajectory,
      rate,
      state,
      options,
    }: {trajectory: number; rate: number; state: Float32Array; options: EnsembleOptions},
    {tell, signal}: {tell: () => void; signal: AbortSignal},
  ): Promise<void> {
    const {facts} = this;
    const {reached, milliseconds, solver, members} = race;
    const size = facts.shown.image[0] * facts.shown.image[1];
    const onProgress = ({from = 0, solver: answer, members: drawn}: Progress) => {
      if (answer) {
        solver.set(answer, from * size);
        reached.solver = from + answer.length / size;
      }
      if (drawn) {
        const part = drawn.length / options.members;
        for (let row = 0; row < options.members; row++) {
          members.set(drawn.subarray(row * part, (row + 1) * part), (row * facts.shape[0] + from) * size);
        }
        reached.members = from + part / size;
      }
      tell();
    };
    try {
      const {client, note} = this.engine();
      if (!client) throw new Error(note);
      await client.prepare(trajectory, rate);
      const parameters = [trajectory, rate, state, options];
      const raced = (await client.ask("race", parameters, {onProgress, signal})) as Raced;
      milliseconds.solver = raced.milliseconds.solver / facts.shape[0];
      milliseconds.members = raced.milliseconds.diffusion / facts.shape[0];
      Object.assign(race, {reading: raced.reading, place: raced.place});
    } catch (error) {
      race.missing = (error as Error).message;
    }
  }

  private async started(): Promise<ThreadClient> {
    this.simulator ??= ThreadClient.start("simulator").then(async (thread) => {
      this.given.clear();
      await thread.ask("open", [this.facts]);
      return thread;
    });
    const starting = this.simulator;
    const isOver = await starting.then(
      (thread) => thread.hasEnded,
      () => true,
    );
    if (!isOver) return starting;
    if (this.simulator === starting) this.simulator = undefined;
    return starting.then(() => this.started());
  }

  private async simulatorOf(trajectory: number): Promise<ThreadClient> {
    const thread = await this.started();
    if (!this.given.has(trajectory)) {
      await thread.ask("trajectory", [trajectory, await loadFile(this.facts.trajectories[trajectory].file)]);
      this.given.add(trajectory);
    }
    return thread;
  }
}
