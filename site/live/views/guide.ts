/** View 5: observations steer the ensemble. */
import {guidedStates, guidedSteps} from "../engine/facts";
import type {Cell} from "../engine/images";
import type {Guided} from "../engine/forecasts";
import {box, h, shortly, svg, uniqueId} from "../page/dom";
import {Picture, rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import {Results} from "../page/results";
import {MAX_CELLS, type State} from "../page/state";
import {
  amountPicture,
  compared,
  countOf,
  differenceOf,
  ensembleAt,
  errorLimitsOnce,
  fieldPicture,
  imageAt,
  limitsOnce,
  quantityOf,
} from "./pictures";
import {optionsOf, PATIENCE, type SharedResults} from "./shared";
import {viewOf, type Context} from "./view";

/** Let cells [x, y] of a picture be chosen, by mouse, finger or keys; `words` says where the cursor is, for those who use keys. */
function pickCells({canvas, element}: Picture, {facts: {shown}, store}: Context, words: HTMLElement): void {
  const [nx, ny] = shown.image;
  let cursor: Cell = [nx >> 1, ny >> 1];
  const marks = svg("svg", {class: "marks", "aria-hidden": "true", viewBox: `0 0 ${nx} ${ny}`});
  marks.style.aspectRatio = `${nx} / ${ny}`;
  element.append(marks);
  element.classList.add("picker");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "application");
  canvas.setAttribute("aria-roledescription", "picture of cells");

  /** The observed cell under the cursor or beside it. */
  const near = () =>
    store.state.cells.findIndex(([x, y]) => Math.max(...[x - cursor[0], y - cursor[1]].map(Math.abs)) <= 1);
  const draw = () => {
    const isFocused = document.activeElement === canvas;
    const mark = ([x, y]: Cell, kind: string) => svg("circle", {class: kind, cx: x + 0.5, cy: ny - y - 0.5, r: 1.6});
    marks.replaceChildren(
      ...store.state.cells.map((cell) => mark(cell, "observed")),
      ...(isFocused ? [mark(cursor, "cursor")] : []),
    );
    const [x, y] = cursor;
    words.textContent = isFocused ? `Cell ${x}, ${y}: ${near() >= 0 ? "observed" : "not observed"}.` : "";
  };
  const toggle = () => {
    const {cells} = store.state;
    if (near() >= 0) store.set({cells: cells.filter((_, i) => i !== near())});
    else if (cells.length < MAX_CELLS) store.set({cells: [...cells, cursor]});
  };
  const moves: Record<string, Cell> = {ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0]};
  canvas.addEventListener("keydown", (event) => {
    const move = moves[event.key];
    const isChoice = event.key === "Enter" || event.key === " ";
    if (!move && !isChoice) return;
    event.preventDefault();
    if (isChoice) return toggle();
    const far = event.shiftKey ? 8 : 1;
    cursor = [(cursor[0] + far * move[0] + nx) % nx, (cursor[1] + far * move[1] + ny) % ny];
    draw();
  });
  canvas.addEventListener("click", ({clientX, clientY}) => {
    const {left, top, width, height} = canvas.getBoundingClientRect();
    const cell = (part: number, n: number) => Math.max(0, Math.min(n - 1, Math.floor(part * n)));
    cursor = [cell((clientX - left) / width, nx), ny - 1 - cell((clientY - top) / height, ny)];
    toggle();
  });
  for (const event of ["focus", "blur"]) canvas.addEventListener(event, draw);
  store.subscribe(draw);
  draw();
}

function effectInWords({errors, atCells}: Guided, count: number, at: number, leads: readonly number[]): string {
  const begin = `${count} cells observed: at lead time ${leads[at]} the error of the whole picture is ${shortly(errors.guided[at])}`;
  if (count === 0) return `${begin}; choose cells to see it shrink.`;
  const whole = `${begin}, ${compared(errors.guided[at], errors.free[at])} ${shortly(errors.free[at])} without them`;
  if (at === 0) return `${whole}: the start is the same for both. Go on in time.`;
  return (
    `${whole}; at the cells it is ${shortly(atCells.guided[at])}, ${compared(atCells.guided[at], atCells.free[at])} ` +
    `${shortly(atCells.free[at])}.`
  );
}

const COST =
  "A guided step goes through denoiser and decoder and back, and costs as much as about ten free ones. So this forecast " +
  "is short, and takes 8 steps of the sampler at most; it takes ten to fifteen seconds, and shows each window as soon as it is there.";

export function guideView(context: Context, shared: SharedResults) {
  const {facts, first, store, colours} = context;
  const {shown, stride} = facts;
  const [nx, ny] = shown.image;
  const count = guidedStates(facts);
  const results = new Results<Guided>(context.engine, () => context.redraw("guide"));
  const parametersOf = (
    trajectory: number,
    rate: number,
    cells: State["cells"],
    options: Parameters<typeof optionsOf>[0],
  ) => [...[trajectory, rate, cells, count, {...optionsOf(options), steps: guidedSteps(options.steps)}]];
  const {trajectory, latentChannels, cells, ...options} = first.parameters;
  results.prepare(parametersOf(trajectory, latentChannels, cells, options), first.guided);
  const pictures = {
    truth: fieldPicture(context, "Simulation: choose cells here"),
    guided: fieldPicture(context, "Mean, guided"),
    free: fieldPicture(context, "Mean, free"),
    difference: new Picture("What guidance changed: guided − free", colours.latent, quantityOf(facts), shown.image),
    guidedError: amountPicture(context, "Error, guided"),
    freeError: amountPicture(context, "Error, free"),
  };
  const cursorWords = h("p", {class: "note", role: "status"});
  pickCells(pictures.truth, context, cursorWords);
  const howId = uniqueId();
  pictures.truth.canvas.setAttribute("aria-describedby", howId);
  const errors = new Plot({title: `RMSE of the ensemble's mean: ${quantityOf(facts)}`, xTitle: "lead time"});
  const leads = Array.from({length: count}, (_, i) => i * stride);

  const drawState = (truth: Float32Array, {guided, free, errors: everywhere, atCells}: Guided, at: number) => {
    const limits = limitsOnce(truth, shown.signed);
    const amount = errorLimitsOnce(truth.subarray(0, count * nx * ny), free);
    const real = imageAt(facts, truth, at);
    const [withThem, without] = [guided, free].map((images) => ensembleAt(facts, images, at, count).mean);
    const words = (image: Float32Array, error: number) => `${rangeInWords(image)}, RMSE ${shortly(error)}`;
    pictures.guided.draw(withThem, limits, words(withThem, everywhere.guided[at]));
    pictures.free.draw(without, limits, words(without, everywhere.free[at]));
    pictures.guidedError.draw(differenceOf(real, withThem), amount);
    pictures.freeError.draw(differenceOf(real, without), amount);
    pictures.difference.draw(
      withThem.map((value, i) => value - without[i]),
      [-amount[1], amount[1]],
    );
    errors.set(leads, [
      {name: "guided", kind: "diffusion", y: everywhere.guided},
      {name: "free", kind: "solver", y: everywhere.free},
      {name: "guided, at the cells", kind: "diffusion thin", y: atCells.guided},
      {name: "free, at the cells", kind: "solver thin", y: atCells.free},
    ]);
    errors.mark(leads[at]);
  };

  let isPartial = false;
  return viewOf(
    context,
    {
      name: "guide",
      title: "5. Guide",
      lead:
        `Choose cells of the simulation: each is an [[observation]] at every later state, and the same trained model follows them, ` +
        `nothing is trained for it. Sixteen values of ${(nx * ny * facts.shape.at(-1)!).toLocaleString("en")} pull the forecast back: at the observed ` +
        "cells the [[error|RMSE]] shrinks most, and how far the rest follows is what the model has learned. The difference shows where. Begin " +
        `[with one cell](cells=${nx >> 1}.${ny >> 1}), or [with none](cells=none).`,
      seen: "A model that was trained once takes observations of any kind, because they enter while it samples. The rest of the field follows as far as the ensemble believes that it belongs together.",
      notebook: "14-guidance",
      onStop: () => results.toggle(),
    },
    [
      box("pictures six", pictures),
      h(
        "div",
        {class: "plots"},
        errors.element,
        h(
          "div",
          {class: "knobs"},
          h("button", {type: "button", onclick: () => store.set({cells: []})}, "Observe nothing"),
          h(
            "p",
            {id: howId},
            "Click the simulation, or focus it, move by arrows (with Shift by 8 cells) and press Enter. An observed cell is " +
              "chosen again to be left out.",
          ),
          cursorWords,
          h("p", {class: "note"}, COST),
        ),
      ),
    ],
    (state) => {
      const at = Math.min(state.at, count - 1);
      const observed = state.cells.length;
      const truth = shared.truth(state).value?.images;
      const found = results.get({
        ...{call: "guide", trajectory: state.trajectory, rate: state.rate, patience: 2 * PATIENCE},
        parameters: parametersOf(state.trajectory, state.rate, state.cells, state),
      });
      const words = found.value && effectInWords(found.value, observed, at, leads);
      if (!truth) return [found, words];
      const limits = limitsOnce(truth, shown.signed);
      pictures.truth.draw(imageAt(facts, truth, at), limits, `${observed} cells are observed`);
      if (found.work !== "running") isPartial = false;
      const {members, from = 0} = found.progress ?? {};
      if (members) {
        const states = countOf(facts, members) / state.members;
        const {mean} = ensembleAt(facts, members, states - 1, states);
        const lead = leads[from + states - 1];
        pictures.guided.draw(mean, limits, `${rangeInWords(mean)} so far, at lead time ${lead}`);
        isPartial = true;
      } else if (found.value && !isPartial) drawState(truth, found.value, at);
      return [found, words];
    },
  );
}
