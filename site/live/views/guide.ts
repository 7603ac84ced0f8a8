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
  differenceOf,
  drawTruth,
  ensembleAt,
  errorLimitsOnce,
  fieldPicture,
  imageAt,
  limitsOnce,
  newestOf,
  quantityOf,
} from "./pictures";
import {optionsOf, PATIENCE, type SharedResults} from "./shared";
import {CellCursor} from "./cursor";
import {viewOf, type Context} from "./view";

/** Let cells [x, y] of a picture be chosen, by mouse, finger or keys; `words` says where the cursor is, for those who use keys. */
function pickCells(picture: Picture, {facts: {shown}, store}: Context, words: HTMLElement): void {
  /** The observed cell under the cursor or beside it. */
  const near = () =>
    store.state.cells.findIndex(([x, y]) => Math.max(...[x - cursor.cell[0], y - cursor.cell[1]].map(Math.abs)) <= 1);
  const draw = () => {
    const {isFocused, cell, marks} = cursor;
    const mark = ([x, y]: Cell, kind: string) =>
      svg("circle", {class: kind, cx: x + 0.5, cy: shown.image[1] - y - 0.5, r: 1.6});
    marks[0].replaceChildren(
      ...store.state.cells.map((one) => mark(one, "observed")),
      ...(isFocused ? [mark(cell, "cursor")] : []),
    );
    words.textContent = isFocused ? `Cell ${cell.join(", ")}: ${near() >= 0 ? "observed" : "not observed"}.` : "";
  };
  const toggle = () => {
    const {cells} = store.state;
    if (near() >= 0) store.set({cells: cells.filter((_, i) => i !== near())});
    else if (cells.length < MAX_CELLS) store.set({cells: [...cells, cursor.cell]});
  };
  const cursor = new CellCursor([picture], shown.image, {onMove: draw, onChoose: toggle});
  picture.canvas.addEventListener("click", (event) => {
    cursor.moveTo(event);
    toggle();
  });
  store.subscribe(draw);
  draw();
}

const cellsInWords = (count: number) => `${count} ${count === 1 ? "cell" : "cells"}`;

function effectInWords({errors, atCells}: Guided, count: number, at: number, leads: readonly number[]): string {
  const begin = `${cellsInWords(count)} observed: at lead time ${leads[at]} the error of the whole picture is ${shortly(errors.guided[at])}`;
  if (count === 0) return `${begin}; choose cells to see it shrink.`;
  const whole = `${begin}, ${compared(errors.guided[at], errors.free[at])} ${shortly(errors.free[at])} without them`;
  if (at === 0) return `${whole}: the start is the same for both. Move forward in time.`;
  return (
    `${whole}; at the cells it is ${shortly(atCells.guided[at])}, ${compared(atCells.guided[at], atCells.free[at])} ` +
    `${shortly(atCells.free[at])}.`
  );
}

const COST =
  "A guided step runs through denoiser and decoder and back, and costs about ten free steps. So this forecast " +
  "is short, and takes at most 8 steps of the sampler. It needs ten to fifteen seconds, and shows each window as soon as it is ready.";

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
        `Choose cells of the simulation: each is an [[observation]] in every later state. The same trained model follows them without ` +
        `new training. Sixteen of ${(nx * ny * facts.shape.at(-1)!).toLocaleString("en")} values pull the forecast back. The [[error|RMSE]] shrinks ` +
        "most at the observed cells; how far the rest follows shows what the model has learned. Begin " +
        `[with one cell](cells=${nx >> 1}.${ny >> 1}), or [with none](cells=none).`,
      seen: "A model that is trained once can follow any observations, because they enter while it samples. The rest of the field follows as far as the model has learned that it belongs together.",
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
            "Click the simulation to observe a cell, and click the cell again to drop it. By keys: focus the simulation, move by " +
              "arrows (with Shift by 8 cells) and press Enter.",
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
      const {limits} = drawTruth(pictures.truth, facts, truth, at, `${cellsInWords(observed)} observed`);
      if (found.work !== "running") isPartial = false;
      const newest = newestOf(facts, found.progress, state.members);
      if (newest) {
        const {mean} = newest;
        pictures.guided.draw(mean, limits, `${rangeInWords(mean)} so far, at lead time ${leads[newest.at]}`);
        isPartial = true;
      } else if (found.value && !isPartial) drawState(truth, found.value, at);
      return [found, words];
    },
  );
}
