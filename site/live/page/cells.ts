/** The cell of a notebook that does what a view shows. */
import {guidedStates, guidedSteps, OBSERVATION_VARIANCE, type SystemFacts} from "../engine/facts";
import {SMALL} from "../engine/small";
import type {State, ViewName} from "./state";

/** Names that cells use, by what exports them. */
const EXPORTS: Readonly<Record<string, readonly string[]>> = {
  "@lola-ts/laboratory": [
    "decodeRollout",
    "encodeStates",
    "openLab",
    "openTrained",
    "reconstruction",
    "testTrajectory",
  ],
  "@lola-ts/figures": ["displayedView"],
  lola: ["Random", "tf"],
  "lola/data": ["standardize"],
  "lola/diffusion": ["KarrasDenoiser", "MaskedDenoiser", "observeDecoded", "Sampler"],
  "lola/emulate": ["diffusionEmulator", "guidedEmulator", "rollout"],
  "lola/evaluate": ["evaluateRollout", "fieldAt", "scorecard", "vrmse"],
  "lola/models": ["contextMask"],
};

const opening = ({name, preset}: SystemFacts) => `const lab = openLab({system: "${name}", preset: "${preset}"});
const dataset = await lab.dataset();`;

const diffusion = ({rate}: State) => `{kind: "diffusion", latentChannels: ${rate}}`;

function compress(state: State, facts: SystemFacts): string {
  const n = facts.trajectories[state.trajectory].index;
  return `${opening(facts)}
const {model} = await lab.autoencoder(${state.rate});
const [truth, decoded] = [testTrajectory(dataset, ${n}), reconstruction(dataset, model, ${n})];
const {name, channel} = displayedView(dataset.system);
const error = vrmse(fieldAt(truth, ${state.at}, channel), fieldAt(decoded, ${state.at}, channel));
console.log(\`\${name}: VRMSE \${error.toPrecision(3)} at lead time ${state.at * facts.stride}, ÷\${model.compression}\`);`;
}

const models = (state: State, facts: SystemFacts) => `${opening(facts)}
const {model: autoencoder} = await lab.autoencoder(${state.rate});
const denoiser = (await lab.emulator(${diffusion(state)})).model as KarrasDenoiser;`;

/** The first state of a number of members as latents, and their labels. */
const members = ({members}: State, n: number) =>
  `const z = tf.tile(tf.tensor(latents.data, [1, ...latents.shape]).slice([0, 0], [1, 1]), [${members}, ...latents.shape.map(() => 1)]);
const label = tf.tile(tf.tensor2d([[...dataset.labels("test")[${n}]]]), [${members}, 1]);`;

function window(state: State, facts: SystemFacts): string {
  const n = facts.trajectories[state.trajectory].index;
  return `${models(state, facts)}
const latents = encodeStates(autoencoder, standardize(testTrajectory(dataset, ${n}), dataset.standardization));
const trajectory = tf.tensor(latents.data, latents.shape);
const z = trajectory.slice(${state.start}, ${facts.window}).expandDims(0);
const label = tf.tensor2d([[...dataset.labels("test")[${n}]]]);
const bound = denoiser.condition(denoiser.layout.bind(denoiser.weights), label);
const masked = new MaskedDenoiser(bound, z, tf.tensor1d(contextMask(${facts.window}, 1)));`;
}

function noise(state: State, facts: SystemFacts): string {
  return `${window(state, facts)}
const {alpha, sigma} = denoiser.schedule(${state.t});
const noisy = z.mul(alpha).add(Random.of(${state.seed}, ${state.start}).normal(z.shape).mul(sigma));
const {mean} = masked.denoise(noisy, ${state.t});
console.log(\`RMSE of the whole window: \${mean.sub(z).square().mean().sqrt().dataSync()[0].toPrecision(3)}\`);`;
}

function sample(state: State, facts: SystemFacts): string {
  return `${window(state, facts)}
const sampler = new Sampler({steps: ${state.steps}, order: ${state.order}});
const random = Random.of(${state.seed}, ${state.start}).fold(0);
const path = sampler.trajectory(masked, sampler.start(denoiser.schedule, random.normal(z.shape.slice(1)).expandDims(0)), random);
console.log(\`\${path.length} states of the path, from noise to a sample\`);`;
}

function rollout(state: State, facts: SystemFacts): string {
  const {index} = facts.trajectories[state.trajectory];
  const change = `{rollout: {members: ${state.members}, steps: ${state.steps}, order: ${state.order}}}`;
  const seed = state.seed === 0 ? "" : `\n// the page drew its noise from seed ${state.seed}; the laboratory's is 0`;
  return `${opening(facts)}${seed}
const [rollout] = await lab.rollouts([{...${diffusion(state)}, changes: ${change}}]);
const forecast = decodeRollout(rollout, ${index}, dataset.standardization, rollout.autoencoder);
const rows = evaluateRollout(testTrajectory(dataset, ${index}), forecast, {fields: dataset.system.channels});
console.log(rows.find(({field, state}) => field === dataset.system.displayed && state === ${state.at}));`;
}

function guide(state: State, facts: SystemFacts): string {
  const n = facts.trajectories[state.trajectory].index;
  const cells = JSON.stringify(state.cells);
  return `${models(state, facts)}
const {data, shape} = standardize(testTrajectory(dataset, ${n}), dataset.standardization);
const truth = tf.tensor(data, [1, ...shape]);
const mask = tf.buffer([1, 1, ...shape.slice(1)]); // 1 at the observed cells
for (const [x, y] of ${cells} as number[][]) mask.set(1, 0, 0, x, y, ${facts.shown.channel});
const observe = (x: tf.Tensor) => x.mul(mask.toTensor());
const emulator = guidedEmulator(denoiser, {
  ...{seed: ${state.seed}, steps: ${guidedSteps(state.steps)}, order: ${state.order}, varY: ${OBSERVATION_VARIANCE}},
  observe: observeDecoded(autoencoder, observe),
  observations: ({from, to}) => observe(truth.slice([0, from], [1, Math.min(to, ${facts.shape[0]}) - from])),
});
const latents = encodeStates(autoencoder, standardize(testTrajectory(dataset, ${n}), dataset.standardization));
${members(state, n)}
console.log((await rollout(emulator, z, {steps: ${guidedStates(facts)}, window: ${facts.window}, label})).shape);`;
}

function race(state: State, facts: SystemFacts): string {
  const n = facts.trajectories[state.trajectory].index;
  return `${models(state, facts)}
const states = testTrajectory(dataset, ${n});
// paint over the first state here, in physical units: states.set(0, x, y, ${facts.shown.channel}, value);
const latents = encodeStates(autoencoder, standardize(states, dataset.standardization));
${members(state, n)}
const emulator = diffusionEmulator(denoiser, {seed: ${state.seed}, steps: ${state.steps}, order: ${state.order}});
console.log((await rollout(emulator, z, {steps: ${facts.shape[0]}, window: ${facts.window}, label})).shape);`;
}

function results({scored}: State): string {
  return `const lab = openTrained(openLab({system: "${scored}"}));
const evaluation = await lab.evaluation();
await lab.showTable(scorecard(evaluation.results(), evaluation.calibrations()), lab.caption, {name: "scorecard"});`;
}

/** The small models as a change of the laboratory's smallest preset. */
function train({channels, stage}: State): string {
  const {autoencoder, rollout, ...shared} = SMALL;
  const change = {
    ...shared,
    stride: 1,
    latentChannels: [channels],
    autoencoder: {...autoencoder, steps: {[channels]: autoencoder.steps}},
    rollout: {...rollout, trajectories: 1},
    horizons: [[1, SMALL.data.frames - 1]],
  };
  const [name, trained] =
    stage === "autoencoder"
      ? ["autoencoder", `lab.autoencoder(${channels})`]
      : ["emulator", `lab.emulator({kind: "${stage}", latentChannels: ${channels}})`];
  const whole = {system: SMALL.data.system, preset: "smoke", name: "small", change};
  return `const lab = openLab(${JSON.stringify(whole, undefined, 2)});
const ${name} = await ${trained};
console.log(\`the last losses: \${[...${name}.history.loss.slice(-3)].join(", ")}\`);`;
}

const CELLS: Readonly<Record<ViewName, (state: State, facts: SystemFacts) => string>> = {
  ...{compress, noise, sample, rollout, guide, results, race, train},
  machine: rollout,
  scores: rollout,
  game: rollout,
};

/** Write the cell of a view: the lines that import its names, and its text. */
export function cellOf(view: ViewName, state: State, facts: SystemFacts): string {
  const text = CELLS[view](state, facts);
  const lines = Object.entries(EXPORTS).flatMap(([from, all]) => {
    const used = all.filter((name) => new RegExp(`(?<![.\\w])${name}(\\(|\\.\\w+\\(|;)`).test(text));
    return used.length > 0 ? [`import {${used.join(", ")}} from "${from}";`] : [];
  });
  return `${lines.join("\n")}\n\n${text}\n`;
}
