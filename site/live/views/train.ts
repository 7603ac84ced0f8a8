/** View 10: three small models that are trained while one watches. */
import {CHANNELS, compressionOf, SMALL, stages, STATES, STEPS, type Stage} from "../engine/small";
import type {Tested} from "../engine/training";
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

const {grid, frames, endTime, trajectories} = SMALL.data;
const SIZE = [grid, grid] as const;

/** Average errors over the states that a forecast makes: the first one is given. */
const meanOf = ([, ...errors]: readonly number[]) => errors.reduce((sum, error) => sum + error, 0) / errors.length;

/** Say how far a training is, and what it has brought: a copy is compared with the untrained one, a forecast with no change. */
function outcomeInWords(stage: Stage, {done, total, attempts}: Course, {still}: Tested, isRunning: boolean): string {
  const [first, last] = [attempts.at(0), attempts.at(-1)];
  if (!first || !last) return "";
  const state = done >= total ? "Trained" : isRunning ? "Training" : `Stopped after ${done} of ${total} steps`;
  const [before, name] =
    stage === "autoencoder" ? [first.error, "before the first"] : [meanOf(still), "of a flow that stands still"];
  const change = `${compared(last.error, before)} ${shortly(before)} ${name}`;
  const member = last.member
    ? ` One member has ${shortly(meanOf(last.member.errors))}: a mean is nearer, a member looks like a flow.`
    : "";
  return `${state}: the VRMSE of the ${MADE[stage]} is ${shortly(last.error)} after ${last.step} steps, ${change}.${member}`;
}

export function trainView(context: Context) {
  const {store, colours} = context;
  const client = new TrainClient(store.state.engine, () => context.redraw("train"));
  const picture = (title: string) => new Picture(title, colours.latent, "vorticity, dimensionless", SIZE);
  const pictures = {
    truth: picture("Simulation, unknown to all"),
    autoencoder: picture("Decoded copy"),
    solver: picture("Neural solver"),
    diffusion: picture("Mean of four members"),
    member: picture("One member"),
  };
  const plots = {
    losses: new Plot({title: "Training loss", xTitle: "step"}),
    errors: new Plot({title: "VRMSE on the unknown flow", xTitle: "step", top: 1}),
    time: new Plot({title: "VRMSE over time: 0 is exact", xTitle: "state", top: 1}),
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
    const now = Math.min(at, STATES - 1);
    const imageOf = (images: Float32Array) => images.subarray(now * grid * grid, (now + 1) * grid * grid);
    const limits = test ? limitsOf(test.images, true) : ([-1, 1] as const);
    const show = (one: Picture, images: Float32Array | undefined, errors?: readonly number[]) => {
      one.element.classList.toggle("unknown", !images);
      if (!images) return one.draw(new Float32Array(grid * grid), limits, "nothing yet");
      const image = imageOf(images);
      one.draw(image, limits, `${rangeInWords(image)}${errors ? `, VRMSE ${shortly(errors[now])}` : ""}`);
    };
    show(pictures.truth, test?.images);
    const series = stages.flatMap((stage) => {
      const attempt = client.course(channels, stage)?.attempts.at(-1);
      show(pictures[stage], attempt?.images, attempt?.errors);
      if (stage === "diffusion") show(pictures.member, attempt?.member?.images, attempt?.member?.errors);
      return attempt ? [{name: MADE[stage], kind: stage as string, y: attempt.errors}] : [];
    });
    if (test) series.push({name: "first state, unchanged", kind: "ideal", y: test.still});
    plots.time.set([...Array(STATES).keys()], series);
    plots.time.mark(now);
  };

  const drawCourse = (stage: Stage, {losses, attempts}: Course) => {
    plots.losses.set(
      losses.map(([step]) => step),
      [{name: "mean of the last steps", kind: stage, y: losses.map(([, loss]) => loss)}],
    );
    plots.errors.set(
      attempts.map(({step}) => step),
      [
        {name: MADE[stage], kind: `${stage} dots`, y: attempts.map(({error}) => error)},
        ...(client.test && stage !== "autoencoder"
          ? [{name: "first state, unchanged", kind: "ideal", y: attempts.map(() => meanOf(client.test!.still))}]
          : []),
      ],
    );
  };

  /** What runs, for those who look; it changes too often to be announced. */
  const clockInWords = (): string => {
    const {running} = client;
    if (!running) return "";
    if (running.what === "data") return `Simulating flow ${running.done} of ${running.total}.`;
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
        `Train the three models yourself, in this order. The page simulates ${trajectories.train + 1} flows of ${grid} × ${grid} cells. An [[autoencoder]] ` +
        "learns to copy their states; then a [[neural solver]] and a [[denoiser]] learn to forecast its [[latents|latent]]. " +
        "Watch each [[VRMSE]] fall: the copy's towards 0, the forecasts' below the dotted line of a flow that stands still. " +
        "Try [little compression](channels=8) and [much](channels=1).",
      seen: "The copy learns large structures first. A forecast must beat the simplest guess, that nothing changes. [The other views](view=machine) have larger models that were trained for longer.",
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
        `A training has ${STEPS} steps and continues while you read other views or tabs. It is kept in this tab only: a reload ` +
          "starts again. If you continue the autoencoder, its latents change, and the two others start again. " +
          `A flow lasts ${endTime} units of time in ${frames} states; the pictures show ${STATES} states of a flow that no model is trained on. ` +
          "Models and training loop are the library's, in small.",
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
      const words =
        course && client.test
          ? outcomeInWords(stage, course, client.test, isRunning)
          : canTrain(state)
            ? `Nothing is trained yet at ${rateInWords(compressionOf(channels))}.`
            : `The ${NAMES[stage]} is trained on latents: train the autoencoder first.`;
      return [{isExact: true, note: error, progress, work: progress ? "running" : undefined}, words];
    },
  );
}
