/** View 10: three small models that are trained while one watches. */
import {CHANNELS, compressionOf, SMALL, stages, STEPS, type Stage} from "../engine/small";
import {box, h, shortly} from "../page/dom";
import {limitsOf, Picture, rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import type {State} from "../page/state";
import {TrainClient, type Course} from "../page/train-client";
import {knob} from "./knobs";
import {compared, rateInWords} from "./pictures";
import {viewOf, type Context} from "./view";

const NAMES: Readonly<Record<Stage, string>> = {
  autoencoder: "autoencoder",
  solver: "neural solver",
  diffusion: "diffusion model",
};

const MADE: Readonly<Record<Stage, string>> = {
  autoencoder: "decoded copy",
  solver: "solver's forecast",
  diffusion: "mean of four members",
};

const {grid, frames, endTime} = SMALL.data;
const SIZE = [grid, grid] as const;

/** Say how far a training is, and what it has brought. */
function outcomeInWords(stage: Stage, {done, total, attempts}: Course, isRunning: boolean): string {
  const [first, last] = [attempts.at(0), attempts.at(-1)];
  if (!first || !last) return "";
  const state = done >= total ? "Trained" : isRunning ? "Training" : `Stopped after ${done} of ${total} steps`;
  const error = `the VRMSE of the ${MADE[stage]} is ${shortly(last.error)} after ${last.step} steps`;
  if (last === first) return `${state}: ${error}, on a trajectory that no model is trained on.`;
  const change = `${error}, ${compared(last.error, first.error)} ${shortly(first.error)} before the first`;
  const member = last.member
    ? ` One member has ${shortly(meanOf(last.member.errors.slice(1)))}: a mean is nearer, a member looks like a flow.`
    : "";
  return `${state}: ${change}, on a trajectory that no model is trained on.${member}`;
}

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

export function trainView(context: Context) {
  const {store, colours} = context;
  const client = new TrainClient(store.state.engine, () => context.redraw("train"));
  const picture = (title: string) => new Picture(title, colours.latent, "vorticity, dimensionless", SIZE);
  const pictures = {
    truth: picture("Simulation, not trained on"),
    autoencoder: picture("Decoded copy"),
    solver: picture("Neural solver"),
    diffusion: picture("Mean of four members"),
    member: picture("One member"),
  };
  const plots = {
    losses: new Plot({title: "Training loss", xTitle: "step"}),
    errors: new Plot({title: "VRMSE on the unknown trajectory", xTitle: "step"}),
    time: new Plot({title: "VRMSE of all three over time", xTitle: "state", top: 1}),
  };
  const clock = h("p", {class: "note"});

  const choices = stages.map((stage, i) =>
    h("button", {type: "button", class: "brush", onclick: () => store.set({stage})}, `${i + 1}. ${NAMES[stage]}`),
  );
  /** Whether the models before a stage are there. */
  const canTrain = ({channels, stage}: State) =>
    stage === "autoencoder" || (client.course(channels, "autoencoder")?.done ?? 0) > 0;
  const isOver = ({channels, stage}: State) => (client.course(channels, stage)?.done ?? 0) >= STEPS;
  const go = h("button", {
    type: "button",
    onclick: () => {
      const {channels, stage} = store.state;
      if (client.running) client.stop();
      else if (canTrain(store.state) && !isOver(store.state)) void client.train(channels, stage, STEPS);
    },
  });
  const reset = h("button", {
    type: "button",
    onclick: () => {
      void client.reset(store.state.channels, store.state.stage);
      go.focus();
    },
  });
  const showButtons = (state: State) => {
    const {running} = client;
    const course = client.course(state.channels, state.stage);
    choices.forEach((choice, i) => choice.setAttribute("aria-pressed", String(stages[i] === state.stage)));
    go.textContent = running ? "Stop" : course && course.done > 0 ? "Continue" : `Train the ${NAMES[state.stage]}`;
    go.setAttribute("aria-disabled", String(!running && (!canTrain(state) || isOver(state))));
    reset.textContent = `Reset the ${NAMES[state.stage]}`;
    reset.hidden = running !== undefined || !course;
  };
  showButtons(store.state);
  store.subscribe(showButtons);

  const channelKnob = knob(
    {store},
    "Compression",
    {
      ...{min: 0, max: CHANNELS.length - 1, dominant: true},
      words: (i) =>
        `${rateInWords(compressionOf(CHANNELS[i]))}, ${CHANNELS[i]} ${CHANNELS[i] === 1 ? "channel" : "channels"}`,
    },
    ({channels}) => CHANNELS.indexOf(channels),
    (i) => store.set({channels: CHANNELS[i]}),
  );

  const drawPictures = ({channels, at}: State) => {
    const {test} = client;
    const now = Math.min(at, frames - 1);
    const imageOf = (images: Float32Array) => images.subarray(now * grid * grid, (now + 1) * grid * grid);
    const limits = test ? limitsOf(test, true) : ([-1, 1] as const);
    const show = (one: Picture, images: Float32Array | undefined, errors?: readonly number[]) => {
      one.element.classList.toggle("unknown", !images);
      if (!images) return one.draw(new Float32Array(grid * grid), limits, "nothing yet");
      const image = imageOf(images);
      one.draw(image, limits, `${rangeInWords(image)}${errors ? `, VRMSE ${shortly(errors[now])}` : ""}`);
    };
    show(pictures.truth, test);
    const series = stages.flatMap((stage) => {
      const attempt = client.course(channels, stage)?.attempts.at(-1);
      show(pictures[stage], attempt?.images, attempt?.errors);
      if (stage === "diffusion") show(pictures.member, attempt?.member?.images, attempt?.member?.errors);
      return attempt ? [{name: MADE[stage], kind: stage as string, y: attempt.errors}] : [];
    });
    plots.time.set(
      Array.from({length: frames}, (_, i) => i),
      series,
    );
    plots.time.mark(now);
  };

  const drawCourse = (stage: Stage, {losses, attempts}: Course) => {
    plots.losses.set(
      losses.map(([step]) => step),
      [{name: "mean of the last steps", kind: stage, y: losses.map(([, loss]) => loss)}],
    );
    plots.errors.set(
      attempts.map(({step}) => step),
      [{name: MADE[stage], kind: `${stage} dots`, y: attempts.map(({error}) => error)}],
    );
  };

  /** What runs, for those who look; it changes too often to be announced. */
  const clockInWords = (): string => {
    const {running} = client;
    if (!running) return "";
    if (running.what === "data") return `Simulating: ${running.done} of ${running.total} trajectories are there.`;
    const {done, total} = client.course(running.latentChannels, running.what)!;
    const steps = done - running.from;
    const begin = `${NAMES[running.what]}, ${rateInWords(compressionOf(running.latentChannels))}: step ${done} of ${total}`;
    if (steps === 0) return `${begin}.`;
    const each = (performance.now() - running.since) / steps;
    return `${begin}, ${shortly(each)} ms a step, about ${Math.ceil((each * (total - done)) / 1000)} s left.`;
  };

  return viewOf(
    context,
    {
      name: "train",
      title: "10. Train",
      lead:
        `Train the three models yourself. The page simulates 41 short flows of ${grid} × ${grid} cells; an [[autoencoder]] learns to copy their ` +
        "states, then a [[neural solver]] and a [[denoiser]] learn from its [[latents|latent]]. " +
        "They are the library's models and its training loop, at small sizes. Try [little compression](channels=8) and [much](channels=1).",
      seen: "The copy improves first where structures are large. The forecasts can be no better than the latents that they are made of, and a minute is little: [the other views](view=machine) have models that were trained for longer.",
      notebook: "02-autoencoder",
    },
    [
      h("div", {class: "tools", role: "group", "aria-label": "What is trained"}, ...choices, go, reset),
      channelKnob.element,
      box("pictures five", pictures),
      clock,
      box("plots", plots),
      h(
        "p",
        {class: "note"},
        `A training has ${STEPS} steps, continues while you read other views or tabs, and can be ` +
          "stopped and continued. It is kept in this tab only: a reload starts again. To train the autoencoder further takes " +
          `the two others away, since its latents change. A flow lasts ${endTime} units of time in ${frames} states.`,
      ),
    ],
    (state) => {
      const {channels, stage} = state;
      const {running, error} = client;
      showButtons(state);
      drawPictures(state);
      const course = client.course(channels, stage);
      drawCourse(stage, course ?? {done: 0, total: 0, losses: [], attempts: []});
      clock.textContent = clockInWords();
      const isRunning = running?.what === stage && running.latentChannels === channels;
      const progress = running?.what === "data" ? running : isRunning ? course : undefined;
      const words = course
        ? outcomeInWords(stage, course, isRunning)
        : canTrain(state)
          ? `Nothing is trained yet at ${rateInWords(compressionOf(channels))}.`
          : `The ${NAMES[stage]} is trained on latents: train the autoencoder first.`;
      return [{isExact: true, note: error, progress, work: progress ? "running" : undefined}, words];
    },
  );
}
