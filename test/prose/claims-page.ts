/** docs/claims.md, made from the catalogue of claims and the committed results of every system. */
import path from "node:path";
import {committedFigures, shown} from "@lola-ts/core";
import {readTrajectoryScores} from "lola/evaluate";
import {adversary, KINDS, type Attack} from "../../packages/paper/src/claims/adversary";
import {CATALOGUE} from "../../packages/paper/src/claims/catalogue";
import {
  agrees,
  digestOf,
  isOurs,
  outOfRange,
  placeOf,
  saidOf,
  trialsOf,
  wordFor,
  type Trial,
  type Word,
} from "../../packages/paper/src/claims/committed-claims";
import {readTrend, trendRows} from "../../packages/paper/src/claims/trend";
import {slug} from "../../site/build/pages/markdown";
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
  "holds here": "every cell is significantly on the claim's side",
  "fails our rule here": "at least one cell is significantly on the other side",
  undecided: "neither: some cells are equal or undecided",
  "out of range":
    "the claim is about forecasts that reconstruction does not limit; here compression alone makes more than half of the error",
  "not measured": "no committed number decides the claim, for the reason that its section gives",
};

const INTRODUCTION = [
  "Every claim of the paper that this project judges, and seven claims of ours, which are counted separately. Each is judged on four systems ([words](glossary.md)). The page is made from committed results, and a test keeps it equal to them.",
  "A verdict is about our models, which are hundreds of times smaller than the paper's ([rule](metrics.md#verdicts)), so no verdict here decides what holds at the paper's size. The same rule, with the same thresholds, is applied to the numbers that the paper prints. Where a claim fails our rule here, the tables say whether the paper's own numbers fail it, too.",
];

const CHECKING =
  "`npm run lola -- claim 7` takes one claim: it computes every cell again from the scores of single trajectories, compares the " +
  "verdict with the recorded one, and ends with exit code 1 if they differ. `npm run lola -- claims` does this for all. On this page no " +
  "verdict differs.";

const ADVERSARY = [
  "A verdict is fragile if a small change in the data reverses it. We search stored scores for the smallest such change of each kind, and train nothing. Changes are tried from the smallest to the largest until the rule gives another verdict. The last columns count the claims whose verdict changes, out of those that this kind of change affects. Each claim's own table names the change and the new verdict.",
  "The search may miss changes that exist, because it leaves out trajectories in one order only and never combines two changes.",
];

const TREND = [
  "Do larger models move towards the paper's results? The effect of a claim is the mean ratio over its cells, less 1, so a value below 0 supports the claim. For claims that compare compression rates, it is the effect of doubling the rate. Sizes are counted in operations of the training of the diffusion model at the middle rate.",
  "For each claim, one line is fitted to the effects over the logarithm of the operations, with the same slope in all systems. The paper's training takes about a million times the operations of ours. A straight line over such a distance is an assumption, and a prediction with a wide interval decides nothing. Presets differ in their data and resolution, too. The 95 % intervals describe the scatter about the line, which includes the scatter between training runs. They are not corrected for the number of claims: after such a correction, no slope is significant.",
  "`npm run lola -- trend` prints the table from [trend.csv](../figures/trend.csv). `npm run lola -- trend --add --system euler --preset paper` adds the paper's own size, where GPUs and The Well's files are at hand.",
];

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll("<", "&lt;");
const table = (columns: readonly string[], rows: readonly (readonly string[])[]) =>
  [columns, columns.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

const nameOf = (folder: string) => path.basename(folder);

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
    `[${title}](#${slug(`${i + 1}. ${title}`)})`,
    ...systems.map(
      ({folder}) =>
        of(i + 1, folder)
          .map(saidOf)
          .join("; ") || "–",
    ),
  ]);
  const counts = [false, true].flatMap((ours) =>
    Object.keys(WORDS).map((word) => [
      ours ? "ours" : "the paper's",
      word,
      ...systems.map(({folder}) => {
        const own = trials.filter(({system, recorded}) => system === nameOf(folder) && isOurs(recorded) === ours);
        return `${own.filter(({system, recorded}) => wordFor(system, recorded) === word).length}`;
      }),
    ]),
  );
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
    table(
      ["verdict", "means that"],
      Object.entries(WORDS).map(([word, meaning]) => [`**${word}**`, meaning]),
    ),
    "The number of claims by verdict, the paper's and ours:",
    table(["claims", "verdict", ...names], counts),
    "The paper's own size was never trained here. Scores are of one training run, on 40 test trajectories, except where a claim says otherwise.",
    "![A row for each measured claim, a column for each system, and in each cell the word holds, undecided, fails or out of range](../figures/claims-matrix.png)",
    "## Check a claim",
    CHECKING,
    table(["what is computed again", "command", "time", "memory"], COSTS),
    "The date next to a pass condition is that of the commit that set the statement and its margins. Since 2026-11-29 one judge decides all. The scores on this page are of models that were trained on that day or later. Some margins were chosen after scores of earlier models had been seen.",
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
    "[hours](../data/study/recipes/README.md#cost)",
    "3.5 GiB",
  ],
];

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
    sentence ? `> ${sentence}\n>\n> ${placeOf(first.recorded)}` : "A claim of ours, not the paper's.",
  ];
  const reasons = new Set(own.map(({trial: {recorded}}) => (isMeasured(recorded) ? undefined : recorded.test)));
  const [reason] = reasons;
  if (reasons.size === 1 && reason) return [...head, `**No run decides it**, on any system: ${reason}.`];
  const rows = own.map(({name, trial}) => {
    const {recorded, again} = trial;
    const [, measured] = /: (better in .*)$/.exec(recorded.test) ?? [undefined, recorded.test];
    const repeated = agrees(trial) ? "" : `; **differs: ${again.verdict}; ${again.test}**`;
    const range = outOfRange(trial.system, recorded.claim);
    const why = isMeasured(recorded) && range ? `${range}; the rule itself: ${recorded.verdict}, ` : "";
    return [name, saidOf(trial), recorded.printed, `${why}${measured}${repeated}`];
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
