/** View 9: a game in which the simulation is found among forecasts. */
import {box, h, shortly, uniqueId} from "../page/dom";
import {rangeInWords} from "../page/picture";
import {Plot} from "../page/plot";
import {candidates, MAX_ROUNDS, roundOf, ROUNDS, tally, type Candidate} from "../page/rounds";
import type {State} from "../page/state";
import {ensembleAt, fieldPicture, imageAt, leadInWords, limitsOnce} from "./pictures";
import type {SharedResults} from "./shared";
import {viewOf, type Context} from "./view";

const LETTERS = ["A", "B", "C", "D"] as const;

const NAMES: Readonly<Record<Candidate, string>> = {
  simulation: "the simulation",
  member: "a member of the ensemble",
  mean: "the mean of the members",
  solver: "the neural solver",
};

/** What gives a forecast away. */
const HINTS: Readonly<Record<Exclude<Candidate, "simulation">, string>> = {
  member: "A member is meant to look like a future: it differs from the simulation in where things are.",
  mean: "A mean is smoother than each of its members.",
  solver: "The solver was trained to be near the truth on average, which makes it smooth where the future is open.",
};

/** Say what distinguishes an image for those who do not see it: its range and how much neighbouring cells differ. */
function lookInWords(values: Float32Array, [nx, ny]: readonly [number, number]): string {
  let sum = 0;
  for (let i = ny; i < nx * ny; i++) sum += Math.abs(values[i] - values[i - ny]);
  return `${rangeInWords(values)}, neighbouring cells differ by ${shortly(sum / ((nx - 1) * ny))}`;
}

/** Read the game that an address of a system holds, if there is one. */
function gameIn(address: string, system: string): (readonly number[])[] {
  const entries = new URLSearchParams(address.trim().replace(/^[^#]*#/, ""));
  const text = entries.get("guesses") ?? "";
  if (entries.get("system") !== system || !/^[0-3](,[0-3])*$/.test(text)) return [];
  return [text.split(",").slice(0, MAX_ROUNDS).map(Number)];
}

export function gameView(context: Context, results: SharedResults) {
  const {facts, store} = context;
  const {shown, shape, stride, trajectories} = facts;
  const lead = leadInWords(facts);
  const start = fieldPicture(context, "All start from this");
  const choices = LETTERS.map((letter, i) => {
    const picture = fieldPicture(context, letter);
    const answer = h("strong", {});
    picture.caption.append(answer);
    picture.element.classList.add("pressed", "guess");
    const button = picture.control(h("button", {type: "button", onclick: () => choose(i)}));
    return {picture, answer, button, element: picture.element};
  });
  const next = h("button", {type: "button", onclick: () => goOn()}, "Next round");
  const reset = h("button", {type: "button", onclick: () => begin()}, "Reset the game");
  const plot = new Plot({title: "Rounds in which the simulation was found", xTitle: "lead time", top: 1});

  /** The round that is shown, and whether it is decided; an address may say a later one than was played. */
  const nowOf = ({round, guesses}: State) => {
    const n = Math.min(round, guesses.length);
    return {n, ...roundOf(n, shape[0]), guess: guesses.at(n)};
  };
  let canChoose = false;
  const choose = (i: number) => {
    const {guesses} = store.state;
    const {n, guess} = nowOf(store.state);
    if (!canChoose || guess !== undefined) return;
    store.set({round: n, guesses: [...guesses, i]});
    (next.hidden ? reset : next).focus();
  };
  const goOn = () => {
    const round = nowOf(store.state).n + 1;
    const trajectory = (store.state.trajectory + (round % ROUNDS === 0 ? 1 : 0)) % trajectories.length;
    store.set({round, trajectory});
    choices[0].button.focus();
  };
  const begin = () => {
    store.set({round: 0, guesses: [], trajectory: 0});
    choices[0].button.focus();
  };
  const showButtons = (state: State) => {
    const {n, guess} = nowOf(state);
    next.hidden = guess === undefined || n + 1 === MAX_ROUNDS;
    reset.hidden = state.guesses.length === 0;
  };
  showButtons(store.state);
  store.subscribe(showButtons);

  const addresses = h("textarea", {id: uniqueId(), rows: 3, oninput: () => context.redraw("game")});
  const addressesRead = h("p", {class: "note", role: "status"});
  const ofClass = h(
    "details",
    {},
    h("summary", {}, "Compare with a class"),
    h("label", {for: addresses.id}, "Addresses of this page after a game, one a line. They stay here."),
    addresses,
    addressesRead,
  );
  let drawn: string | undefined;
  const drawScore = ({guesses, system}: State) => {
    const key = JSON.stringify([guesses, addresses.value]);
    if (key === drawn) return;
    drawn = key;
    const lines = addresses.value.split("\n").filter((line) => line.trim());
    const others = lines.flatMap((line) => gameIn(line, system));
    addressesRead.textContent =
      lines.length > 0 ? `${others.length} of ${lines.length} lines hold a game of this system.` : "";
    const of = (name: string, kind: string, games: readonly (readonly number[])[]) => {
      const counts = [...tally(games, shape[0]).values()];
      return {name, kind: `${kind} dots`, y: counts.map(({found, asked}) => (asked > 0 ? found / asked : null))};
    };
    const places = [...tally([], shape[0]).keys()];
    plot.set(
      places.map((at) => at * stride),
      [
        of("you", "diffusion", [guesses]),
        ...(others.length > 0 ? [of("the class", "solver", others)] : []),
        {name: "by chance", kind: "ideal", y: places.map(() => 1 / candidates.length)},
      ],
    );
  };

  function outcomeInWords(state: State): string {
    const {n, at, order, guess} = nowOf(state);
    const counts = [...tally([state.guesses], shape[0]).values()];
    const [found, asked] = [counts.reduce((sum, one) => sum + one.found, 0), state.guesses.length];
    const score = asked === 0 ? "" : ` Found in ${found} of ${asked} rounds; by chance it would be one of four.`;
    if (guess === undefined)
      return `Round ${n + 1} of ${MAX_ROUNDS}, ${lead(at)}: which of A, B, C and D is the simulation?${score}`;
    const [chosen, truth] = [order[guess], LETTERS[order.indexOf("simulation")]];
    if (chosen === "simulation") return `Right: ${truth} is the simulation.${score}`;
    return `No: ${LETTERS[guess]} is ${NAMES[chosen]}, and ${truth} is the simulation. ${HINTS[chosen]}${score}`;
  }

  return viewOf(
    context,
    {
      name: "game",
      title: "9. Which one is the truth?",
      lead:
        "One of four pictures is the simulation. The others are forecasts from the state on the left: a member of the [[ensemble]], the mean " +
        `of its members, and the [[neural solver]]. Choose the simulation, ${MAX_ROUNDS} times at ${ROUNDS} [[lead times|lead time]].`,
      seen:
        "A forecast can look right and be wrong, and look wrong and be near. [The scores](view=scores) measure both: VRMSE asks who is near, " +
        "the spectrum who looks right.",
      notebook: "05-rollouts",
      onStop: () => results.toggle(),
    },
    [
      box("pictures five", [start, ...choices]),
      h("div", {class: "tools"}, next, reset),
      h("div", {class: "plots"}, plot.element, ofClass),
    ],
    (state) => {
      const {n, at, order, guess} = nowOf(state);
      const [truth, rollout] = [results.truth(state), results.rollout(state)];
      drawScore(state);
      plot.mark(at * stride);
      const isDecided = guess !== undefined;
      canChoose = truth.isExact && rollout.isExact && !isDecided;
      choices.forEach(({answer, button}, i) => {
        button.setAttribute("aria-disabled", String(!canChoose));
        button.setAttribute("aria-pressed", String(guess === i));
        answer.textContent = isDecided ? NAMES[order[i]] : "";
      });
      if (!truth.value || !rollout.value) return [rollout];
      const {members, solver} = rollout.value;
      const limits = limitsOnce(truth.value.images, shown.signed);
      const ensemble = ensembleAt(facts, members, at);
      const images: Readonly<Record<Candidate, Float32Array>> = {
        simulation: imageAt(facts, truth.value.images, at),
        member: ensemble.members[n % ensemble.members.length],
        mean: ensemble.mean,
        solver: imageAt(facts, solver, at),
      };
      const first = imageAt(facts, truth.value.images, 0);
      start.draw(first, limits, lookInWords(first, shown.image));
      choices.forEach(({picture}, i) => {
        const image = images[order[i]];
        const name = isDecided ? `${NAMES[order[i]]}, ` : "";
        picture.draw(image, limits, `${name}${lookInWords(image, shown.image)}`);
      });
      return [truth.isExact ? rollout : truth, outcomeInWords(state)];
    },
  );
}
