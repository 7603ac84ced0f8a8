/** The simulator's part of the race: the painted state made physical, and what the equations make of it. */
import ndarray from "ndarray";
import {unstandardize} from "lola/data";
import {fieldsOf, statesOf, systemOf, type StateFields} from "@lola-ts/simulators";
import type {SystemFacts} from "./facts";
import type {Images} from "./images";
import {canvasOf, painted, type Canvas, type Stroke} from "./painting";

/** Where a race begins: a state of the data or one at rest, painted over, and how fine it is simulated. */
export interface Painting {
  readonly trajectory: number;
  readonly canvas: Canvas;
  readonly strokes: readonly Stroke[];
  /** Simulated points for each point of the data's simulation along an axis. */
  readonly share: number;
}

export interface SimulatedState {
  readonly image: Images;
  /** Milliseconds of all states up to this one, without the set-up. */
  readonly milliseconds: number;
  /** The first state [X, Y, C], in physical units. */
  readonly state?: Float32Array;
}

/** What a painted state needs to be one: fields that follow from the painted ones. */
const COMPLETED: Readonly<Record<string, (fields: StateFields, before: StateFields, gamma: number) => StateFields>> = {
  // A restart takes the mean of the vorticity and of the velocity's curl, without its mean and free of divergence.
  kolmogorov: ({vorticity, velocity}) => ({
    vorticity: vorticity.map((w) => 2 * w),
    velocity: new Float32Array(velocity.length),
  }),
  // The gas moves as it did: a denser one has more momentum.
  euler: (fields, before, gamma) => {
    const {density, pressure} = fields;
    const momentum = fields.momentum.map((m, i) => (m * density[i >> 1]) / before.density[i >> 1]);
    const kinetic = density.map((r, i) => (momentum[2 * i] ** 2 + momentum[2 * i + 1] ** 2) / (2 * r));
    return {density, pressure, momentum, energy: pressure.map((p, i) => p / (gamma - 1) + kinetic[i])};
  },
};

const mapped = (fields: StateFields, change: (name: string, values: Float32Array) => Float32Array): StateFields =>
  Object.fromEntries(Object.entries(fields).map(([name, values]) => [name, change(name, values)]));

/** Paint over a state of a trajectory, given standardised [X, Y, C]: fields in physical units that the simulator can start from. */
export function paintedState(
  facts: SystemFacts,
  first: Float32Array,
  {trajectory, canvas, strokes}: Painting,
): StateFields {
  const {shape, standardization, trajectories} = facts;
  const system = systemOf(facts.name);
  const stored = fieldsOf(unstandardize(ndarray(first, shape.slice(1)), standardization), system);
  const before = mapped(stored, (name, values) => canvasOf(canvas, name, values, facts));
  const fields = mapped(before, (name, values) => painted(values, name, strokes, facts));
  const {request} = trajectories[trajectory].simulation!;
  const isTouched = canvas !== "data" || strokes.length > 0;
  const complete = isTouched ? COMPLETED[facts.name] : undefined;
  return complete ? complete(fields, before, "gamma" in request ? request.gamma : 0) : fields;
}

/**
 * Simulate a race: as many states as a trajectory of the page has, the first one as the simulator holds it.
 *
 * @throws Error in the simulator's words if the state stops being finite.
 */
export function simulate(
  facts: SystemFacts,
  first: Float32Array,
  painting: Painting,
  onState: (state: SimulatedState) => void,
): void {
  const system = systemOf(facts.name);
  const {request, first: begin} = facts.trajectories[painting.trajectory].simulation!;
  const name = system.channels[facts.shown.channel];
  let [count, start] = [0, performance.now()];
  system.restart(request, {
    state: paintedState(facts, first, painting),
    first: begin,
    share: painting.share,
    onFrame: (frame) => {
      if (count++ === 0) {
        onState({image: frame[name], milliseconds: 0, state: statesOf(frame, system)});
        start = performance.now();
      } else onState({image: frame[name], milliseconds: performance.now() - start});
    },
  });
}
