/** View 8: a painted state, the simulator and the emulators that race from it. */
import {brushesOf, canvasOf, lineTo, painted, radiusOf, type Stroke} from "../engine/painting";
import type {SystemFacts} from "../engine/facts";
import {box, h, perFrame, select, shortly, svg} from "../page/dom";
import {rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import {RaceClient, type Race, type RaceProgress} from "../page/race-client";
import {Results} from "../page/results";
import {MAX_POINTS, MAX_STROKES, type State} from "../page/state";
import {CellCursor} from "./cursor";
import {honestPart} from "./honest";
import {numberKnob, rateKnob} from "./knobs";
import {
  compared,
  drawForecast,
  ensembleAt,
  errorLimitsOnce,
  fieldPicture,
  forecastPictures,
  imageAt,
  limitsOnce,
  memberStrip,
} from "./pictures";
import {optionsOf, type SharedResults} from "./shared";
import {viewOf, type Context} from "./view";

const HELD = "A patch is held: arrows move it, Enter drops it, Escape puts it back.";

/** Milliseconds without another stroke after which a race begins. */
const PATIENCE = 150;

/** End of the meter's scale, in distances of the farthest validation state. */
const FARTHEST = 2;

const UNPAINTED = "Nothing is painted yet: this is a trajectory of the data, and its forecasts.";

/** Whether a race is needed: the prepared results begin at the state as it is. */
const isPainted = ({canvas, strokes, share}: State, {shares = [1]}: SystemFacts) =>
  canvas !== "data" || strokes.length > 0 || share !== shares[0];

const inMilliseconds = (value: number | undefined) => (value === undefined ? "–" : `${shortly(value)} ms`);

/** Say how long a state takes, each with its decoder, and who is first. */
function clocksInWords({milliseconds, missing}: Race, share: number): string {
  const {simulator, solver, members} = milliseconds;
  const coarse = share < 1 ? ` The simulator has ${shortly(100 * share)} % of the data's points along each axis.` : "";
  const own = `Time per state: simulator ${inMilliseconds(simulator)}`;
  if (missing !== undefined) return `${own}.${coarse}`;
  const all = `${own}, neural solver ${inMilliseconds(solver)}, ensemble ${inMilliseconds(members)}; they run at the same time.`;
  if (simulator === undefined || solver === undefined || members === undefined) return `${all}${coarse}`;
  if (simulator < Math.min(solver, members))
    return `${all} The simulator wins: on so few cells an emulator saves nothing.${coarse}`;
  if (simulator < members) return `${all} The solver wins, and the simulator is faster than the ensemble.${coarse}`;
  return `${all} The ensemble is faster than the simulator.${coarse}`;
}

function outcomeInWords(
  {scores, stopped, missing, reached, place}: Race,
  at: number,
  leads: readonly number[],
): string {
  if (stopped !== undefined)
    return `The simulator gave up after lead time ${leads[reached.simulator - 1]}: ${stopped} Undo a stroke, or reset.`;
  if (missing !== undefined) return `The simulator races alone. ${missing}`;
  if (!scores) return "";
  const [mean, solver] = [scores.vrmse.diffusion[at], scores.vrmse.solver[at]];
  return (
    `Lead time ${leads[at]}: the VRMSE of the ensemble's mean is ${shortly(mean)}, ${compared(mean, solver)} the solver's ${shortly(solver)}; ` +
    `the spread is ${shortly(scores.ratio[at])} of the error. The state is ${place !== undefined && place > 1 ? "outside of" : "inside"} the data.`
  );
}

export function raceView(context: Context, shared: SharedResults) {
  const {facts, store} = context;
  const {shown, shape, stride, rates, shares = [1]} = facts;
  const [nx, ny] = shown.image;
  const brushes = brushesOf(facts);
  const leads = Array.from({length: shape[0]}, (_, i) => i * stride);
  const client = new RaceClient(facts, context.engine);
  const results = new Results<Race, RaceProgress>(
    () => (context.engine().isPending ? {note: context.engine().note} : {client}),
    () => context.redraw("race"),
  );
  const start = fieldPicture(context, "Paint here: the first state");
  const pictures = forecastPictures(context);
  const plots = {
    errors: new Plot({title: "VRMSE against the simulator", xTitle: "lead time"}),
    spectrum: new Plot({title: "Power spectrum at this time", xTitle: "wavenumber, cycles per cell", log: true}),
    ratio: new Plot({title: "Spread over error: 1 is honest", xTitle: "lead time", top: 1.5}),
  };
  const strip = memberStrip(context);
  const honest = honestPart(facts);
  const readout = h("p", {class: "note readout", role: "status"});
  const clocks = h("p", {class: "clocks"});
  const meter = h("meter", {
    min: 0,
    low: 1,
    high: 1.25,
    optimum: 0.5,
    max: FARTHEST,
    value: 0,
    "aria-label": "Distance from the data",
  });
  const meterWords = h("span", {}, "Paint to read the distance from the data.");

  /** A stroke that is being painted. */
  let stroke: Stroke | undefined;
  const strokesNow = () => [...store.state.strokes, ...(stroke ? [stroke] : [])];
  const add = (one: Stroke) => {
    const {strokes} = store.state;
    if (strokes.length < MAX_STROKES) store.set({strokes: [...strokes, one]});
    else readout.textContent = `${MAX_STROKES} strokes are painted; undo one to paint another.`;
  };
  const isMover = (brush = store.state.brush) => brushes[brush] !== undefined && !brushes[brush].change;
  const begin = () => (stroke ??= [store.state.brush, ...cursor.cell]);
  const finish = () => {
    const done = stroke;
    stroke = undefined;
    redraw();
    if (!done) return;
    const [brush, ...places] = done;
    const isMoved = places.slice(0, 2).join() !== places.slice(-2).join();
    if (isMoved || !isMover(brush)) add(done);
  };
  const giveUp = () => {
    stroke = undefined;
    redraw();
  };
  /** Paint a spot at the cursor; a patch is picked up first and dropped the second time. */
  const spot = () => {
    if (brushes.length === 0) return;
    const isHeld = stroke !== undefined;
    begin();
    if (isHeld || !isMover()) finish();
    else redraw();
  };
  const extend = () => {
    if (!stroke) return;
    const [brush, ...places] = stroke;
    const from = [places[places.length - 2], places[places.length - 1]] as const;
    const room = MAX_POINTS - places.length / 2;
    if (isMover(brush)) stroke = [brush, places[0], places[1], ...cursor.cell];
    else stroke = [...stroke, ...lineTo(from, cursor.cell, radiusOf(shown.image)).slice(0, room).flat()];
    redraw();
  };

  const valuesAt = () => {
    const at = cursor.cell[0] * ny + cursor.cell[1];
    const {race, members} = last;
    const here = Math.min(store.state.at, ...Object.values(race.reached).map((count) => count - 1));
    if (here < 0) return "";
    const {mean, spread} = ensembleAt(facts, members, here);
    const [simulated, answer] = [race.simulated, race.solver].map((images) =>
      shortly(imageAt(facts, images, here)[at]),
    );
    return ` at lead time ${leads[here]}: simulation ${simulated}, solver ${answer}, mean ${shortly(mean[at])} ± ${shortly(spread[at])}`;
  };
  /** The mark of a stroke that the shown field does not show. */
  const hiddenMark = ([number, ...points]: Stroke) => {
    if (brushes[number].field === shown.name) return [];
    const places = points.map((at, i) => (i % 2 ? ny - at - 0.5 : at + 0.5));
    const d = `M${places.join(" ")}${points.length === 2 ? `L${places.join(" ")}` : ""}`;
    return [svg("path", {class: "hidden-stroke", d, "stroke-width": 2 * radiusOf(shown.image)})];
  };
  const drawCursor = () => {
    const {cell, isFocused, isOver, marks} = cursor;
    const [x, y] = [cell[0] + 0.5, ny - cell[1] - 0.5];
    const isShown = isFocused || isOver;
    const radius = radiusOf(shown.image);
    const cross = () => (isShown ? [svg("path", {class: "cross", d: `M${x},0V${ny}M0,${y}H${nx}`})] : []);
    const brush = isShown ? [svg("circle", {class: "cursor", cx: x, cy: y, r: radius})] : [];
    const [first, ...others] = marks;
    first.replaceChildren(...strokesNow().flatMap(hiddenMark), ...cross(), ...brush);
    for (const layer of others) layer.replaceChildren(...cross());
    readout.textContent = isShown
      ? `Cell ${cell.join(", ")}${valuesAt()}.${stroke && isMover(stroke[0]) ? ` ${HELD}` : ""}`
      : "";
    showAtCross(store.state);
  };
  const drawCursorSoon = perFrame(drawCursor);
  const cursor = new CellCursor([start, ...Object.values(pictures)], shown.image, {
    onMove: () => {
      extend();
      drawCursorSoon();
    },
    onChoose: spot,
  });

  const drawStart = (base: Float32Array, {images, signed}: {images: Float32Array; signed: boolean}) => {
    const {canvas} = store.state;
    const image = painted(canvasOf(canvas, shown.name, base, facts), shown.name, strokesNow(), facts);
    const many = strokesNow().length;
    start.draw(
      image,
      limitsOnce(images, signed),
      `${rangeInWords(image)}, ${many} ${many === 1 ? "stroke" : "strokes"}`,
    );
  };
  const redraw = perFrame(() => {
    const images = shared.truth(store.state).value?.images;
    if (images) drawStart(imageAt(facts, images, 0), {images, signed: shown.signed});
    drawCursor();
  });
  const {canvas} = start;
  canvas.addEventListener("pointerdown", (event) => {
    if (brushes.length === 0 || event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    cursor.moveTo(event);
    begin();
    client.warm();
    extend();
  });
  canvas.addEventListener("pointerup", finish);
  canvas.addEventListener("pointercancel", giveUp);
  canvas.addEventListener("keydown", ({key}) => key === "Escape" && giveUp());

  const button = (text: string, onclick: () => void) => h("button", {type: "button", onclick}, text);
  const undo = button("Undo", () => {
    const {strokes} = store.state;
    if (strokes.length > 0) store.set({strokes: strokes.slice(0, -1)});
  });
  const reset = button("Reset", () => {
    if (isPainted(store.state, facts)) store.set({strokes: [], canvas: "data", share: shares[0]});
  });
  const atCross = button("", () => {
    spot();
    if (stroke) canvas.focus();
  });
  const brushChoice = brushes.map(({name}, i) => {
    const choose = button(name, () => {
      giveUp();
      store.set({brush: i});
    });
    choose.classList.add("brush");
    return choose;
  });
  const canvasChoice = select(
    "Paint over",
    [
      ["data", "a state of the data"],
      ["rest", "a state at rest"],
    ],
    store.state.canvas,
    (value) => store.set({canvas: value as State["canvas"]}),
  );
  const gridChoice = select(
    "Simulator",
    [...shares]
      .sort((a, b) => b - a)
      .map((share) => [`${share}`, share === 1 ? "grid of the data" : "half of the points along each axis"]),
    `${store.state.share}`,
    (value) => store.set({share: Number(value)}),
  );
  const showAtCross = ({brush}: State) => {
    const text = isMover(brush)
      ? `${stroke ? "Drop" : "Pick up"} the patch at the cross`
      : `Add a ${brushes[brush]?.noun} at the cross`;
    if (atCross.textContent !== text) atCross.textContent = text;
  };
  const showChoices = ({brush, canvas, share}: State) => {
    brushChoice.forEach((choose, i) => choose.setAttribute("aria-pressed", String(i === brush)));
    atCross.hidden = brushes.length === 0;
    showAtCross(store.state);
    for (const [choice, value] of [[canvasChoice, canvas] as const, [gridChoice, `${share}`] as const])
      choice.querySelector("select")!.value = value;
  };
  showChoices(store.state);
  store.subscribe(showChoices);

  const [across, up] = [(part: number) => Math.round(part * nx), (part: number) => Math.round(part * ny)];
  const painting = brushes.filter(({change}) => change).length;
  const pair = `strokes=0.${across(0.4)}.${up(0.5)},${painting > 2 ? 2 : 1}.${across(0.6)}.${up(0.5)}`;
  const many = Array.from(
    {length: 8},
    (_, i) => `${i % Math.max(1, painting)}.${across((i + 0.5) / 8)}.${up(i % 2 ? 0.7 : 0.3)}`,
  );

  /** Limits of the errors: of the forecasts of the data, where they were seen. */
  let amount: readonly [number, number] | undefined;
  let last: {race: Pick<Race, "simulated" | "solver" | "reached">; members: Float32Array} = {
    race: {simulated: new Float32Array(), solver: new Float32Array(), reached: {simulator: 0, solver: 0, members: 0}},
    members: new Float32Array(),
  };
  const drawScores = (scores: NonNullable<Race["scores"]>, at: number) => {
    const {vrmse, ratio, spectra, truth, k} = scores;
    const lines = <T>(score: {readonly diffusion: T; readonly solver: T}) => [
      {name: "ensemble's mean", kind: "diffusion", y: score.diffusion},
      {name: "neural solver", kind: "solver", y: score.solver},
    ];
    plots.errors.set(leads.slice(0, truth.length), lines(vrmse));
    plots.ratio.set(leads.slice(0, truth.length), [{name: "ensemble", kind: "diffusion", y: ratio}]);
    for (const plot of [plots.errors, plots.ratio]) plot.mark(leads[at]);
    honest.draw(scores, at);
    const now = Math.min(at, truth.length - 1);
    plots.spectrum.set(k, [
      {name: "simulator", kind: "truth", y: truth[now]},
      ...lines({diffusion: spectra.diffusion[now], solver: spectra.solver[now]}).map((line) => ({
        ...line,
        name: line.name.replace("'s mean", ""),
      })),
    ]);
  };

  return viewOf(
    context,
    {
      name: "race",
      title: "8. Paint and race",
      lead:
        "Paint over the first state: the simulator and the emulators run from it side by side. Try " +
        `[a pair](${pair}), [eight spots](strokes=${many.join()}) or [a pair at rest](canvas=rest&${pair}), which no model has seen. ` +
        `Or [move a patch](brush=${Math.max(0, painting)}): drag it elsewhere, and watch the members part until the ensemble breaks. ` +
        "The meter says how far the state lies from the training data, in the [[latent]] space and by what the latent loses.",
      seen: "An emulator saves time only where the simulator is slow. It knows only states like its data: compare error and spread inside and outside of the data.",
      notebook: "12-rivals",
      onStop: () => results.toggle(),
    },
    [
      h(
        "div",
        {class: nx > 2 * ny ? "race wide" : "race"},
        h(
          "div",
          {},
          start.element,
          h("div", {class: "tools", role: "group", "aria-label": "Brush"}, ...brushChoice),
          h("div", {class: "tools"}, atCross, undo, reset),
          h("div", {class: "tools"}, canvasChoice, gridChoice),
        ),
        h(
          "div",
          {},
          box("pictures three", pictures),
          rateKnob(context).element,
          numberKnob(context, "members", "Members").element,
          readout,
          h("div", {class: "reading"}, meter, meterWords),
          clocks,
        ),
      ),
      strip.element,
      h("div", {class: "plots"}, ...honest.elements, ...Object.values(plots).map(({element}) => element)),
      box("knobs", [
        numberKnob(context, "steps", "Steps of the sampler"),
        numberKnob(context, "seed", "Seed of the noise"),
      ]),
    ],
    (state) => {
      const {at, trajectory, rate, canvas, strokes, share} = state;
      const truth = shared.truth(state);
      if (!truth.value) return [truth];
      const {images} = truth.value;
      const limits = limitsOnce(images, shown.signed);
      drawStart(imageAt(facts, images, 0), {images, signed: shown.signed});
      drawCursor();
      if (!isPainted(state, facts)) {
        const free = shared.rollout(state);
        results.drop();
        clocks.textContent = "";
        meter.value = 0;
        meterWords.textContent = "Paint to read the distance from the data.";
        if (!free.value) return [free];
        const all = {simulator: shape[0], solver: shape[0], members: shape[0]};
        last = {race: {simulated: images, solver: free.value.solver, reached: all}, members: free.value.members};
        amount = errorLimitsOnce(images, free.value.solver);
        strip.draw(drawForecast(pictures, facts, {...free.value, truth: images}, at, limits, amount).members, limits);
        drawScores({...free.value.scores, truth: truth.value.spectra, k: truth.value.k}, at);
        const words =
          brushes.length > 0 ? UNPAINTED : "This system has no simulator on the page, so nothing can be painted.";
        return [free, words];
      }
      const from = {trajectory, canvas, strokes, share};
      const options = optionsOf(state);
      const found = results.get({
        call: "race",
        trajectory,
        rate,
        parameters: [from, rate, options],
        patience: PATIENCE,
      });
      const race = found.progress?.race ?? found.value;
      if (!race) return [found];
      last = {race, members: race.members};
      amount ??= [0, (limits[1] - limits[0]) / 2];
      const shownNow = drawForecast(
        pictures,
        facts,
        {...race, truth: race.simulated},
        at,
        limits,
        amount,
        race.reached,
      );
      if (race.reached.members > 0) strip.draw(shownNow.members, limits);
      if (race.scores) drawScores(race.scores, at);
      const {calibration} = rates.find(({latentChannels}) => latentChannels === rate)!;
      if (race.place !== undefined && calibration) {
        meter.value = Math.min(FARTHEST, race.place);
        const side = race.place <= 1 ? "Inside" : "Outside of";
        meterWords.textContent = `${side} the data: ${shortly(race.place)}, where 1 is the edge of ${calibration.states} validation states.`;
      }
      clocks.textContent = clocksInWords(race, share);
      return [found, outcomeInWords(race, at, leads)];
    },
  );
}
