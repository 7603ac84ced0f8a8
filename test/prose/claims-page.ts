/** docs/claims.md, made from the catalogue of claims and the committed results of every system. */
import path from "node:path";
import {committedFigures, shown} from "@lola-ts/core";
import {readTrajectoryScores} from "lola/evaluate";
import {adversary, KINDS, type Attack} from "../../packages/paper/src/claims/adversary";
import {CATALOGUE} from "../../packages/paper/src/claims/catalogue";
import {
  agrees,
  digestOf,
  placeOf,
  trialsOf,
  wordFor,
  type Trial,
  type Word,
} from "../../packages/paper/src/claims/committed-claims";
import {readTrend, trendRows} from "../../packages/paper/src/claims/trend";
import {systems} from "./results-rows";

/** Say what the adversary found on a system, claim by claim. */
function attacksOn(system: string, trials: readonly Trial[]): readonly (readonly Attack[])[] {
  const attack = adversary(readTrajectoryScores(path.join(committedFigures(system), "scores.csv")));
  return CATALOGUE.map(({begins}, i) => {
    const trial = trials.find((one) => one.system === system && one.number === i + 1);
    return trial ? attack(begins, trial.again.verdict) : [];
  });
}

const WORDS: Readonly<Record<Word, string>> = {
  verified: "a statement of ours, about our models, holds",
  falsified:
    "a statement of ours fails; or a claim of the paper fails here, and the same rule fails on the numbers that the paper prints",
  toy: "a claim of the paper holds or fails here, at a reduced size, which decides nothing about the paper's size",
  inconclusive: "the judge is undecided, or no committed number decides the claim",
};

const INTRODUCTION = [
  "Every claim of the paper that this project judges, and statements of ours that the README leads with. Each is on trial on four systems ([words](glossary.md)). The page is made from committed results, and a test keeps the page equal to them.",
  "The judge says whether a claim holds for our models ([rule](metrics.md#verdicts)). The first word of a verdict says what this means for the claim as it was made. In brackets stands what the judge says:",
];

const CHECKING =
  "`npm run lola -- claim 7` takes one claim: it computes every cell again from the scores of single trajectories, compares the " +
  "verdict with the recorded one, and ends with exit code 1 if they differ. `npm run lola -- claims` does this for all. On this page no " +
  "verdict differs.";

const ADVERSARY = [
  "A verdict that a small change of its evidence turns is fragile. The adversary looks for the smallest such change of each kind, in stored scores, and trains nothing. It tries changes from the smallest to the largest until the verdict is another word. The last columns count the claims whose verdict is turned, of those that the kind of change touches. Each claim's own table names the change, and the new verdict.",
  "What it does not find may exist: it leaves out trajectories in one order only, and it combines no two changes.",
];

const TREND = [
  "Do larger models move towards the paper's results? The effect of a claim is the mean ratio over its cells, less 1, and a value below 0 speaks for the claim. Claims that compare compression rates have the effect of one doubling of the rate. Sizes are counted in operations of the training of the diffusion model at the middle rate.",
  "One line a claim is fitted to effects over the logarithm of the operations, with the same slope in all systems. The paper's training takes about a million times the operations of ours. A straight line over such a distance is an assumption, and a prediction with a wide interval decides nothing. Presets differ in their data, too. Intervals of 95 % are of the scatter about the line, and contain the scatter from one training to the next.",
  "`npm run lola -- trend` prints the table from [trend.csv](../figures/trend.csv). `npm run lola -- trend --add --system euler --preset paper` adds the paper's own size, where GPUs and The Well's files are at hand.",
];

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
const table = (columns: readonly string[], rows: readonly (readonly string[])[]) =>
  [columns, columns.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

const nameOf = (folder: string) => path.basename(folder);
const saidOf = (trial: Trial) => `${wordFor(trial.recorded)} (${trial.recorded.verdict})`;

/** Write the page. */
export function claimsPage(): string {
  const folders = systems.map(({folder}) => nameOf(folder));
  const trials = folders.flatMap((folder) => trialsOf(folder));
  const attacks = Object.fromEntries(folders.map((folder) => [folder, attacksOn(folder, trials)]));
  const of = (number: number, folder: string) =>
    trials.filter((one) => one.number === number && one.system === nameOf(folder));
  const titles = CATALOGUE.map(({title}, i) => title ?? trials.find(({number}) => number === i + 1)!.recorded.claim);
  const names = systems.map(({name}) => name);
  const summary = titles.map((title, i) => [
    `${i + 1}`,
    `[${title}](#${anchorOf(`${i + 1}. ${title}`)})`,
    ...systems.map(
      ({folder}) =>
        of(i + 1, folder)
          .map(saidOf)
          .join("; ") || "–",
    ),
  ]);
  const counts = Object.entries(WORDS).map(([word, meaning]) => [
    `**${word}**`,
    meaning,
    ...systems.map(({folder}) => {
      const own = trials.filter(({system}) => system === nameOf(folder));
      return `${own.filter(({recorded}) => wordFor(recorded) === word).length}`;
    }),
  ]);
  const turned = Object.entries(KINDS).map(([kind, meaning]) => [
    kind,
    meaning,
    ...systems.map(({folder}) => {
      const own = attacks[nameOf(folder)].flatMap((list) => list.filter((one) => one.kind === kind));
      return `${own.filter(({flip}) => flip).length} of ${own.length}`;
    }),
  ]);
  const files = [...new Set(trials.flatMap((one) => one.files))].sort();
  return [
    "# Claims on trial",
    ...INTRODUCTION,
    table(["verdict", "means", ...names], counts),
    "The paper's own size was never trained here, so no claim of the paper is verified. Scores are of one training on 40 test trajectories, except where a claim says otherwise.",
    "![A row for each measured claim, a column for each system, and in each cell the word holds, undecided or fails](../figures/claims-matrix.png)",
    "## Check a claim",
    CHECKING,
    table(["what is computed again", "command", "time", "memory"], COSTS),
    "The date beside a pass condition is of the commit that set the statement and its margins. Since 2026-11-29 one judge decides all. The scores on this page are of models that were trained on that day or later. Some margins were chosen after scores of earlier models had been seen.",
    "## All claims",
    table(["no.", "claim", ...names], summary),
    "## What turns a verdict?",
    ...ADVERSARY,
    table(["kind", "what it does", ...names], turned),
    "## The trend",
    ...TREND,
    "![The effects of three claims over the size of the models, what a line predicts at the paper's size, and the paper's numbers](../figures/claims-trend.png)",
    trendTable(),
    ...titles.flatMap((title, i) => sectionOf(i + 1, title, trials, attacks)),
    "## Evidence",
    "The SHA-256 of every file that a verdict rests on.",
    table(
      ["file", "SHA-256"],
      files.map((file) => [`[${shown(file)}](../${shown(file)})`, `\`${digestOf(file)}\``]),
    ),
    "",
  ].join("\n\n");
}

/** Tabulate the trends of the main claims, with links to their sections. */
function trendTable(): string {
  const [first, ...rows] = trendRows(readTrend());
  const columns = Object.keys(first);
  return table(
    columns,
    [first, ...rows].map((row) => columns.map((name) => String(row[name]))),
  );
}

const COSTS = [
  ["a verdict, from committed scores", "`npm run lola -- claim 7`", "5 seconds", "0.2 GB"],
  [
    "its scores, from the committed models",
    "`npm start -- --system euler --preset mini --only 06,12,13 --again`",
    "minutes",
    "3.5 GiB",
  ],
  [
    "the models, from nothing",
    "`npm start -- --system euler --preset mini --only 06,12,13 --train`",
    "[hours](recipes.md#cost)",
    "3.5 GiB",
  ],
];

/** Anchor of a heading, as sites make it. */
const anchorOf = (heading: string) =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s-]/gu, "")
    .trim()
    .replace(/ /g, "-");

function sectionOf(
  number: number,
  title: string,
  trials: readonly Trial[],
  attacks: Readonly<Record<string, readonly (readonly Attack[])[]>>,
): string[] {
  const {sentence, since, limitation} = CATALOGUE[number - 1];
  const own = systems.flatMap(({name, folder}) =>
    trials.filter((one) => one.number === number && one.system === nameOf(folder)).map((trial) => ({name, trial})),
  );
  const [{trial: first}] = own;
  const head = [
    `## ${number}. ${title}`,
    sentence ? `> ${sentence}\n>\n> ${placeOf(first.recorded)}` : "A statement of ours.",
  ];
  const reasons = new Set(own.map(({trial: {recorded}}) => (isMeasured(recorded) ? undefined : recorded.test)));
  const [reason] = reasons;
  if (reasons.size === 1 && reason) return [...head, `**No run decides it**, on any system: ${reason}.`];
  const rows = own.map(({name, trial}) => {
    const {recorded, again} = trial;
    const [, measured] = /: (better in .*)$/.exec(recorded.test) ?? [undefined, recorded.test];
    const repeated = agrees(trial) ? "" : `; **differs: ${again.verdict}; ${again.test}**`;
    return [name, saidOf(trial), recorded.printed, `${measured}${repeated}`];
  });
  const attacked = systems.filter(({folder}) => attacks[nameOf(folder)][number - 1].length > 0);
  const kinds = Object.keys(KINDS).filter((kind) =>
    attacked.some(({folder}) => attacks[nameOf(folder)][number - 1].some((one) => one.kind === kind)),
  );
  const flips = kinds.map((kind) => [
    kind,
    ...attacked.map(({folder}) => {
      const found = attacks[nameOf(folder)][number - 1].find((one) => one.kind === kind);
      if (!found) return "not touched";
      return found.flip ? `${found.flip.change}: ${found.flip.verdict}` : "–";
    }),
  ]);
  return [
    ...head,
    [
      conditionOf(
        own.map(({trial}) => trial),
        since,
      ),
      `\`npm run lola -- claim ${number}\` checks it.`,
    ].join(" "),
    table(["system", "verdict", "the rule on the paper's numbers", "measured"], rows),
    ...(kinds.length > 0 ? [table(["what turns it", ...attacked.map(({name}) => name)], flips)] : []),
    [
      ...(limitation ? [`**Limitations.** ${limitation}`] : []),
      `**Evidence:** ${evidenceOf(own.flatMap(({trial}) => trial.files))}.`,
    ].join(" "),
  ];
}

/** List the base names of a claim's evidence files without repetition. */
function evidenceOf(files: readonly string[]): string {
  const isOurs = (file: string) => shown(file).startsWith("figures/");
  const names = (chosen: readonly string[]) =>
    [...new Set(chosen.map((file) => path.basename(file)))]
      .sort()
      .join(", ")
      .replace(/, ([^,]*)$/, " and $1");
  const [ours, printed] = [names(files.filter(isOurs)), names(files.filter((file) => !isOurs(file)))];
  return `${ours} of each system${printed ? `; ${printed} of the paper` : ""} ([digests](#evidence))`;
}

const isMeasured = ({verdict}: Trial["recorded"]) => verdict !== "not measured";

/** Say when a claim passes: by the words of its test on the first system that decides it. */
function conditionOf(trials: readonly Trial[], since: string): string {
  const decided = trials.find(({recorded}) => isMeasured(recorded)) ?? trials[0];
  const {test} = decided.recorded;
  if (test.startsWith("test of Mantel")) return `**Passes if** p of the test of Mantel is below 0.05. Set on ${since}.`;
  const [words] = /^.*?(?=, (of these models|over seeds),)/.exec(decided.again?.test ?? test) ?? [test];
  return `**Passes if** every cell is on its side: ${words}. Set on ${since}.`;
}
