/** View 5: observations steer the ensemble. */
import {guidedStates, guidedSteps} from "../engine/guidance-plan";
import type {Guided, Progress, Truth} from "../engine/results";
import {h, shortly, svg, uniqueId} from "../page/dom";
import {Picture, rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import {Results} from "../page/results";
import {MAX_CELLS, type State} from "../page/state";
import {differenceOf, ensembleAt, optionsOf, PATIENCE, type SharedResults} from "./ensemble";
import {amountPicture, compared, errorLimitsOnce, fieldPicture, limitsOnce, quantityOf} from "./pictures";
import {ViewFrame, type Context, type View} from "./view";

type Cell = readonly [number, number];

/** A picture whose cells [x, y] are chosen, by mouse, finger or keys. */
class CellPicker {
  /** Says where the cursor is, for those who move it by keys. */
  readonly words = h("p", {class: "note", role: "status"});
  private readonly element: HTMLElement;
  private readonly marks = svg("svg", {class: "marks", "aria-hidden": "true"});
  private cursor: Cell;
  private cells: readonly Cell[] = [];

  constructor(
    picture: Picture,
    private readonly image: readonly [number, number],
    private readonly choose: (cells: readonly Cell[]) => void,
  ) {
    const [nx, ny] = image;
    this.cursor = [nx >> 1, ny >> 1];
    this.marks.setAttribute("viewBox", `0 0 ${nx} ${ny}`);
    this.marks.style.aspectRatio = `${nx} / ${ny}`;
    const {canvas} = picture;
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-roledescription", "picture of cells");
    canvas.addEventListener("click", (event) => {
      const box = canvas.getBoundingClientRect();
      const part = (at: number, from: number, size: number, n: number) =>
        Math.max(0, Math.min(n - 1, Math.floor(((at - from) / size) * n)));
      const down = part(event.clientY, box.top, box.height, ny);
      this.cursor = [part(event.clientX, box.left, box.width, nx), ny - 1 - down];
      this.toggle();
    });
    canvas.addEventListener("keydown", (event) => this.press(event));
    canvas.addEventListener("focus", () => this.draw());
    canvas.addEventListener("blur", () => this.draw());
    picture.element.append(this.marks);
    picture.element.classList.add("picker");
    this.element = picture.element;
  }

  /** Show the chosen cells. */
  set(cells: readonly Cell[]): void {
    this.cells = cells;
    this.draw();
  }

  private press(event: KeyboardEvent): void {
    const moves: Record<string, Cell> = {ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0]};
    const move = moves[event.key];
    const isChoice = event.key === "Enter" || event.key === " ";
    if (!move && !isChoice) return;
    event.preventDefault();
    if (isChoice) return this.toggle();
    const far = event.shiftKey ? 8 : 1;
    const [nx, ny] = this.image;
    this.cursor = [(this.cursor[0] + far * move[0] + nx) % nx, (this.cursor[1] + far * move[1] + ny) % ny];
    this.draw();
  }

  /** Observe the cell under the cursor, or one beside it no more. */
  private toggle(): void {
    const [x, y] = this.cursor;
    const near = this.cells.findIndex(([i, j]) => Math.abs(i - x) <= 1 && Math.abs(j - y) <= 1);
    if (near >= 0) this.choose(this.cells.filter((_, i) => i !== near));
    else if (this.cells.length < MAX_CELLS) this.choose([...this.cells, this.cursor]);
  }

  private draw(): void {
    const isFocused = document.activeElement?.parentElement === this.element;
    const mark = ([x, y]: Cell, kind: string) =>
      svg("circle", {class: kind, cx: x + 0.5, cy: this.image[1] - y - 0.5, r: 1.6});
    this.marks.replaceChildren(
      ...this.cells.map((cell) => mark(cell, "observed")),
      ...(isFocused ? [mark(this.cursor, "cursor")] : []),
    );
    const [x, y] = this.cursor;
    const isObserved = this.cells.some(([i, j]) => Math.abs(i - x) <= 1 && Math.abs(j - y) <= 1);
    this.words.textContent = isFocused ? `Cell ${x}, ${y}: ${isObserved ? "observed" : "not observed"}.` : "";
  }
}

/** Say what the observations change. */
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

export function guideView(context: Context, shared: SharedResults): View {
  const {facts, first, store, colours, follow} = context;
  const {shown, stride} = facts;
  const T = guidedStates(facts);
  const size = shown.image[0] * shown.image[1];
  const changed = () => context.redraw("guide");
  const results = new Results<Guided>(context.engine, changed);
  const {trajectory, latentChannels, cells, at: _at, ...options} = first.parameters;
  const parametersOf = (state: Pick<State, "members" | "steps" | "order" | "seed">) => ({
    ...optionsOf(state),
    steps: guidedSteps(state.steps),
  });
  results.prepare([trajectory, latentChannels, cells, T, parametersOf(options)], first.guided);
  const pictures = {
    truth: fieldPicture(context, "Simulation: choose cells here"),
    guided: fieldPicture(context, "Mean, guided"),
    free: fieldPicture(context, "Mean, free"),
    difference: new Picture("What guidance changed: guided − free", colours.latent, quantityOf(facts)),
    guidedError: amountPicture(context, "Error, guided"),
    freeError: amountPicture(context, "Error, free"),
  };
  const picker = new CellPicker(pictures.truth, shown.image, (chosen) => store.set({cells: chosen}));
  const howId = uniqueId();
  pictures.truth.canvas.setAttribute("aria-describedby", howId);
  const errors = new Plot({title: `RMSE of the ensemble's mean: ${quantityOf(facts)}`, xTitle: "lead time"});
  const clear = h("button", {type: "button", onclick: () => store.set({cells: []})}, "Observe nothing");
  const frame = new ViewFrame(
    follow,
    {
      name: "guide",
      title: "5. Guide",
      lead:
        `Choose cells of the simulation: each is an [[observation]] at every later state, and the same trained model follows them, ` +
        `nothing is trained for it. Sixteen values of ${(size * facts.shape.at(-1)!).toLocaleString("en")} pull the forecast back: at the observed ` +
        "cells the [[error|RMSE]] shrinks most, and how far the rest follows is what the model has learned. The difference shows where. Begin " +
        "[with one cell](cells=" +
        `${shown.image[0] >> 1}.${shown.image[1] >> 1}` +
        "), or [with none](cells=none).",
      seen: "A model that was trained once takes observations of any kind, because they enter while it samples. The rest of the field follows as far as the ensemble believes that it belongs together.",
      notebook: "14-guidance",
      onStop: () => results.toggle(),
    },
    h("div", {class: "pictures six"}, ...Object.values(pictures).map(({element}) => element)),
    h(
      "div",
      {class: "plots"},
      errors.element,
      h(
        "div",
        {class: "knobs"},
        clear,
        h(
          "p",
          {id: howId},
          "Click the simulation, or focus it, move by arrows (with Shift by 8 cells) and press Enter. An observed cell is " +
            "chosen again to be left out.",
        ),
        picker.words,
        h("p", {class: "note"}, COST),
      ),
    ),
  );
  const leads = Array.from({length: T}, (_, i) => i * stride);

  const drawState = (truth: Truth, guided: Guided, at: number) => {
    const limits = limitsOnce(truth.images, shown.signed);
    const amount = errorLimitsOnce(truth.images.subarray(0, T * size), guided.free);
    const real = truth.images.subarray(at * size, (at + 1) * size);
    const [withThem, without] = [guided.guided, guided.free].map((images) => ensembleAt(images, size, T, at).mean);
    const draw = (name: keyof typeof pictures, values: Float32Array, ends: readonly [number, number], note: string) => {
      pictures[name].draw(values, shown.image, ends);
      pictures[name].describe([rangeInWords(values), note].filter(Boolean).join(", "));
    };
    draw("guided", withThem, limits, `RMSE ${shortly(guided.errors.guided[at])}`);
    draw("free", without, limits, `RMSE ${shortly(guided.errors.free[at])}`);
    draw("guidedError", differenceOf(real, withThem), amount, "");
    draw("freeError", differenceOf(real, without), amount, "");
    draw(
      "difference",
      withThem.map((value, i) => value - without[i]),
      [-amount[1], amount[1]],
      "",
    );
    const {errors: everywhere, atCells} = guided;
    errors.set([
      {name: "guided", kind: "diffusion", x: leads, y: everywhere.guided},
      {name: "free", kind: "solver", x: leads, y: everywhere.free},
      {name: "guided, at the cells", kind: "diffusion thin", x: leads, y: atCells.guided},
      {name: "free, at the cells", kind: "solver thin", x: leads, y: atCells.free},
    ]);
    errors.mark(leads[at]);
  };

  let isPartial = false;

  /** Show the newest state of a guided forecast that is running. */
  const drawProgress = ({images}: Truth, {members: made, from}: Progress, count: number) => {
    if (!made || from === undefined) return;
    const states = made.length / (count * size);
    const limits = limitsOnce(images, shown.signed);
    const {mean} = ensembleAt(made, size, states, states - 1);
    const lead = `so far, at lead time ${leads[from + states - 1]}`;
    pictures.guided.draw(mean, shown.image, limits);
    pictures.guided.describe(`${rangeInWords(mean)} ${lead}`);
  };

  return {
    name: "guide",
    element: frame.element,
    draw: (state: State) => {
      const at = Math.min(state.at, T - 1);
      picker.set(state.cells);
      const {trajectory: n, rate} = state;
      const truth = shared.truth(state);
      const found = results.get({
        call: "guide",
        trajectory: n,
        rate,
        parameters: [n, rate, state.cells, T, parametersOf(state)],
        patience: 2 * PATIENCE,
      });
      if (truth.value) {
        pictures.truth.draw(
          truth.value.images.subarray(at * size, (at + 1) * size),
          shown.image,
          limitsOnce(truth.value.images, shown.signed),
        );
        pictures.truth.describe(`${state.cells.length} cells are observed`);
      }
      if (found.work !== "running") isPartial = false;
      if (truth.value && found.progress?.members) {
        drawProgress(truth.value, found.progress, state.members);
        isPartial = true;
      } else if (truth.value && found.value && !isPartial) drawState(truth.value, found.value, at);
      frame.say(found, found.value ? effectInWords(found.value, state.cells.length, at, leads) : "");
    },
  };
}
