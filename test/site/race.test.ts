/** The race of the live page: its simulator gives the states of Node's, painted states stay physical, the meter tells data from noise. */
import ndarray from "ndarray";
import {Rng} from "@lola-ts/core";
import {fieldsOf, planFiles, simulateTrajectory, statesOf, systemOf, type SimulationConfig} from "@lola-ts/simulators";
import {tf} from "@lola-ts/engine";
import {standardize} from "lola/data";
import {Autoencoder} from "lola/models";
import {calibrate} from "../../site/build/calibration";
import {bundle} from "../../site/build/library";
import {fromHalves, toHalves} from "../../site/live/engine/encoding";
import type {SystemFacts} from "../../site/live/engine/facts";
import {Lesson} from "../../site/live/engine/lesson";
import {measure, placeOf} from "../../site/live/engine/meter";
import {brushesOf, lineTo, painted, strengthOf, type Stroke} from "../../site/live/engine/painting";
import {paintedState, simulate, type Painting, type SimulatedState} from "../../site/live/engine/simulation";

const counts = {train: 0, valid: 0, test: 1};
const CONFIGS = [
  {
    system: "kolmogorov",
    reynolds: [40],
    trajectories: counts,
    grid: 24,
    oversampling: 1,
    spinUp: 1,
    frames: 4,
    endTime: 1,
    seed: 0,
  },
  {
    system: "euler",
    boundaries: ["periodic"],
    gammas: [1.4],
    trajectories: counts,
    grid: 16,
    oversampling: 1,
    frames: 4,
    endTime: 0.2,
    lines: "few",
    seed: 0,
  },
  {
    system: "rayleigh-benard",
    rayleigh: [1e5],
    prandtl: [1],
    trajectories: counts,
    grid: [32, 16],
    resolution: [48, 24],
    frames: 4,
    startTime: 4,
    endTime: 7,
    seed: 0,
  },
] as unknown as SimulationConfig[];

/** A trajectory, and what the page knows of it. */
function opened(config: SimulationConfig) {
  const [{requests, skipped = 0, axes}] = planFiles(config);
  const [request] = requests;
  const system = systemOf(request.system);
  const {fields} = simulateTrajectory(request);
  const channels = system.channels.length;
  const all = statesOf(fields, system);
  const size = all.length / request.frames;
  const data = all.subarray(skipped * size);
  const [nx, ny] = request.grid;
  const shape = [data.length / size, nx, ny, channels];
  const constants = {
    transform: [...system.transform],
    mean: new Array(channels).fill(0) as number[],
    std: new Array(channels).fill(1) as number[],
  };
  const channel = system.channels.indexOf(system.displayed);
  const facts = {
    ...{
      name: system.name,
      shape,
      standardization: constants,
      shown: {channel, name: system.displayed, image: [nx, ny]},
    },
    periodic: axes.map(({boundary}) => boundary === "periodic"),
    trajectories: [{simulation: {request, first: skipped}}],
  } as unknown as SystemFacts;
  return {facts, system, data, size, first: standardize(data.slice(0, size), constants) as Float32Array, request};
}

const painting = (strokes: readonly Stroke[] = [], share = 1): Painting => ({
  trajectory: 0,
  canvas: "data",
  strokes,
  share,
});

/** Simulate from a painted state as the page does. */
function raced({facts, first}: ReturnType<typeof opened>, of: Painting): SimulatedState[] {
  const states: SimulatedState[] = [];
  simulate(facts, first, of, (state) => states.push(state));
  return states;
}

const strokesOf = (facts: SystemFacts): Stroke[] => brushesOf(facts).map((_, i) => [i, 3 + 2 * i, 4, 5 + 2 * i, 6]);

test.each(CONFIGS)("$system: from an unpainted state the simulator makes the trajectory again", (config) => {
  const all = opened(config);
  const states = raced(all, painting());
  const [count, , , channels] = all.facts.shape;
  expect(states).toHaveLength(count);
  const found = Float32Array.from(states.flatMap(({image}) => [...image]));
  const expected = all.data.filter((_, i) => i % channels === all.facts.shown.channel);
  const error = Math.max(...found.map((value, i) => Math.abs(value - expected[i])));
  // convection restarts without a past, on a grid that holds fewer waves
  expect(error).toBeLessThan({kolmogorov: 2e-3, euler: 1e-5, "rayleigh-benard": 2e-2}[config.system as "euler"]);
});

test.each(CONFIGS)("$system: the page's program gives the states of Node's, to the bit", async (config) => {
  const all = opened(config);
  const text = await bundle("site/live/engine/simulator.ts", {minify: true});
  const replies: {id: number; progress?: SimulatedState; value?: unknown; error?: string}[] = [];
  const scope = {postMessage: (reply: (typeof replies)[number]) => replies.push(structuredClone(reply))} as {
    postMessage: unknown;
    onmessage?: (event: {data: unknown}) => void;
  };
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  new Function("globalThis", "process", text)(scope, undefined);
  const base64 = Buffer.from(toHalves(all.first)).toString("base64");
  const of = painting(strokesOf(all.facts), config.system === "kolmogorov" ? 0.75 : 0.5);
  const ask = (id: number, name: string, ...parameters: unknown[]) => scope.onmessage!({data: {id, name, parameters}});
  ask(1, "open", all.facts);
  ask(2, "trajectory", 0, base64);
  ask(3, "simulate", of);
  const isOver = () => replies.some(({id, progress}) => id === 3 && !progress);
  while (!isOver()) await new Promise((resolve) => setTimeout(resolve, 5));
  expect(replies.find(({error}) => error)).toBeUndefined();
  const found = replies.flatMap(({progress}) => (progress ? [progress.image] : []));
  const expected = raced({...all, first: fromHalves(toHalves(all.first))}, of).map(({image}) => image);
  expect(found).toEqual(expected);
});

test("painted Kolmogorov flow has no divergence and no mean, and its vorticity is what was painted", () => {
  const all = opened(CONFIGS[0]);
  const strokes = strokesOf(all.facts);
  const [{state}] = raced(all, painting(strokes));
  const {vorticity, velocity} = fieldsOf(ndarray(state!, all.facts.shape.slice(1)), all.system);
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  expect(Math.abs(mean(vorticity))).toBeLessThan(1e-6);
  const {divergence} = divergenceOf(velocity, vorticity);
  expect(divergence).toBeLessThan(1e-6);
  const stored = fieldsOf(ndarray(all.first, all.facts.shape.slice(1)), all.system).vorticity;
  const wanted = painted(stored, "vorticity", strokes, all.facts);
  const shift = mean(wanted);
  // a brush of one cell has waves that 16 points do not hold
  const [error, scale] = [wanted.map((w, i) => (w - shift - vorticity[i]) ** 2), wanted.map((w) => w ** 2)].map(mean);
  expect(Math.sqrt(error / scale)).toBeLessThan(0.1);
});

/** Divergence of a velocity on a periodic box by its waves, over the vorticity. */
function divergenceOf(velocity: Float32Array, vorticity: Float32Array) {
  const n = Math.sqrt(vorticity.length);
  const [u, v] = [0, 1].map((k) =>
    tf.tensor2d(
      velocity.filter((_, i) => i % 2 === k),
      [n, n],
    ),
  );
  const k = Float32Array.from({length: n}, (_, i) => (i <= n / 2 ? i : i - n));
  const waves = (x: tf.Tensor) => tf.fft(tf.transpose(tf.fft(tf.complex(x, tf.zerosLike(x)) as never)) as never); // [ky, kx]
  const parts = [waves(u), waves(v)].map((x) => [tf.real(x), tf.imag(x)].map((part) => part.arraySync() as number[][]));
  let sum = 0;
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      for (const part of [0, 1]) sum += (k[x] * parts[0][part][y][x] + k[y] * parts[1][part][y][x]) ** 2;
    }
  }
  const rotation = vorticity.reduce((total, w) => total + w * w, 0);
  return {divergence: Math.sqrt(sum / (n * n) / rotation)};
}

test("painted gas keeps its density and pressure positive, its velocity and its energy consistent", () => {
  const all = opened(CONFIGS[1]);
  const thin = Array.from({length: 8}, (_, i): Stroke => [i % 2 ? 1 : 3, 8, 8]);
  const [{state}] = raced(all, painting(thin));
  const shape = all.facts.shape.slice(1);
  const now = fieldsOf(ndarray(state!, shape), all.system);
  const before = fieldsOf(ndarray(all.data.slice(0, all.size), shape), all.system);
  expect(Math.min(...now.density, ...now.pressure)).toBeGreaterThan(0);
  const speeds = ({momentum, density}: typeof now) => momentum.map((m, i) => m / density[i >> 1]);
  const moved = speeds(before).map((speed, i) => Math.abs(speed - speeds(now)[i]));
  expect(Math.max(...moved)).toBeLessThan(1e-5);
  const inner = now.energy.map(
    (e, i) => e - (now.momentum[2 * i] ** 2 + now.momentum[2 * i + 1] ** 2) / (2 * now.density[i]),
  );
  expect(Math.max(...inner.map((e, i) => Math.abs(0.4 * e - now.pressure[i])))).toBeLessThan(1e-5);
});

test("painted convection stays between the buoyancies of its walls and does not touch them", () => {
  const all = opened(CONFIGS[2]);
  const [nx, ny] = all.facts.shown.image;
  const warm: Stroke[] = [0, 1].map((brush) => [brush, ...[0, 4, 8, 12, ny - 1].flatMap((y) => [8 + 12 * brush, y])]);
  const field = new Float32Array(nx * ny).fill(0.5);
  const result = painted(field, "buoyancy", warm, all.facts);
  expect(Math.max(...result)).toBeLessThanOrEqual(1);
  expect(Math.min(...result)).toBeGreaterThanOrEqual(0);
  const beside = result.filter((_, i) => i % ny === 0 || i % ny === ny - 1);
  expect(Math.max(...beside.map((b) => Math.abs(b - 0.5)))).toBeLessThan(0.02);
  expect(Math.max(...result.map((b) => Math.abs(b - 0.5)))).toBeGreaterThan(0.3);
});

test("a state at rest is one that the simulator leaves at rest, except for the force", () => {
  for (const config of CONFIGS.slice(1)) {
    const all = opened(config);
    const images = raced(all, {...painting(), canvas: "rest"}).map(({image}) => image);
    const change = Math.max(...images.at(-1)!.map((value, i) => Math.abs(value - images[0][i])));
    expect(change).toBeLessThan(1e-4);
  }
});

test("a stroke is joined without gaps, goes around periodic edges and is not stronger where it crosses itself", () => {
  expect(lineTo([0, 0], [6, 0], 2)).toEqual([
    [2, 0],
    [4, 0],
    [6, 0],
  ]);
  expect(lineTo([0, 0], [1, 0], 2)).toEqual([]);
  const once = strengthOf([0, 0, 8], [16, 16], [true, false]);
  expect(once[15 * 16 + 8]).toBeCloseTo(once[1 * 16 + 8], 6);
  expect(strengthOf([0, 8, 0], [16, 16], [true, false])[8 * 16 + 15]).toBe(0);
  expect(strengthOf([0, 0, 8, 0, 8], [16, 16], [true, false])).toEqual(once);
});

test.each(CONFIGS)(
  "$system: a moved patch trades places with what was there, and keeps walls, signs and sums",
  (config) => {
    const {facts, first, system} = opened(config);
    const [nx, ny] = facts.shown.image;
    const field = system.displayed;
    const before = fieldsOf(ndarray(first, facts.shape.slice(1)), system)[field];
    const mover = brushesOf(facts).findIndex(({change}) => !change);
    const [from, to] = [
      [2, ny >> 1],
      [nx >> 1, (ny >> 1) + 1],
    ];
    const moved = painted(before, field, [[mover, ...from, 7, 7, ...to]], facts);
    const at = (values: Float32Array, [x, y]: number[]) => values[x * ny + y];
    const range = Math.max(...before) - Math.min(...before);
    expect(Math.abs(at(moved, to) - at(before, from))).toBeLessThan(0.1 * range);
    expect(Math.abs(at(moved, from) - at(before, to))).toBeLessThan(0.1 * range);
    expect(Math.max(...moved)).toBeLessThanOrEqual(Math.max(...before));
    expect(Math.min(...moved)).toBeGreaterThanOrEqual(Math.min(...before));
    const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
    if (facts.periodic![1]) expect(Math.abs(sum(moved) - sum(before)) / range).toBeLessThan(1e-2);
    else expect(Math.abs(at(moved, [to[0], ny - 1]) - at(before, [to[0], ny - 1]))).toBeLessThan(0.02 * range);
    expect(painted(before, field, [[mover, ...from]], facts)).toEqual(before); // picked up, and not moved
  },
);

test("a painted state without its brush is refused by no one and changes nothing", () => {
  const {facts, first} = opened(CONFIGS[0]);
  const plain = paintedState(facts, first, painting()).vorticity;
  expect(painted(plain, "vorticity", [[7, 1, 1]], facts)).toEqual(plain);
});

test("the meter reads a validation state as inside and white noise as outside", async () => {
  const [count, shape] = [12, [16, 16, 2]];
  const facts = {shape: [count, ...shape]} as unknown as SystemFacts;
  const random = Rng.from("meter");
  const wave = () => {
    const [a, b] = [random.normal(), random.normal()];
    return Array.from({length: 512}, (_, i) => a * Math.sin((i >> 5) * 0.4 + b) + 0.05 * random.normal());
  };
  const states = () => Float32Array.from(Array.from({length: count}, wave).flat());
  const config = {pixChannels: 2, latChannels: 4, hidChannels: [4, 8], hidBlocks: [1, 1], patchSize: 2, periodic: true};
  const model = Autoencoder.create(config, 1);
  const lesson = new Lesson(facts);
  lesson.setModel(4, {kind: "autoencoder", file: "one", config: model.config}, model.weights.dataSync<"float32">());
  const validation = states();
  const calibration = await calibrate(lesson, 4, [states(), states()], [validation]);
  expect(calibration.states).toBe(count);
  const places = async (values: Float32Array) =>
    (await measure(lesson, 4, values, calibration)).map((one) => placeOf(one, calibration));
  expect(Math.max(...(await places(validation)))).toBeLessThanOrEqual(1 + 1e-4);
  const noise = Float32Array.from({length: 512}, () => 3 * random.normal());
  expect((await places(noise))[0]).toBeGreaterThan(1.2);
  expect((await places(new Float32Array(512)))[0]).toBeGreaterThan(1); // too near to the mean
  lesson.dispose();
});
