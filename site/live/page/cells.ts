/** The cell of a notebook that does what a view shows. */
import type {SystemFacts} from "../engine/facts";
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
  "lola/diffusion": ["KarrasDenoiser", "MaskedDenoiser", "Sampler"],
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

function sample(state: State, facts: SystemFacts): string {
  const n = facts.trajectories[state.trajectory].index;
  return `${opening(facts)}
const {model: autoencoder} = await lab.autoencoder(${state.rate});
const denoiser = (await lab.emulator(${diffusion(state)})).model as KarrasDenoiser;
const latents = encodeStates(autoencoder, standardize(testTrajectory(dataset, ${n}), dataset.standardization));
const trajectory = tf.tensor(latents.data, latents.shape);
const z = trajectory.slice(0, ${facts.window}).expandDims(0);
const label = tf.tensor2d([[...dataset.labels("test")[${n}]]]);
const bound = denoiser.condition(denoiser.layout.bind(denoiser.weights), label);
const masked = new MaskedDenoiser(bound, z, tf.tensor1d(contextMask(${facts.window}, 1)));
const sampler = new Sampler({steps: ${state.steps}, order: ${state.order}});
const random = Random.of(${state.seed}, 0).fold(0);
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

function results({scored}: State): string {
  return `const lab = openTrained(openLab({system: "${scored}"}));
const evaluation = await lab.evaluation();
await lab.showTable(scorecard(evaluation.results(), evaluation.calibrations()), lab.caption, {name: "scorecard"});`;
}

const CELLS: Readonly<Record<ViewName, (state: State, facts: SystemFacts) => string>> = {
  ...{compress, sample, rollout, results},
  scores: rollout,
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
