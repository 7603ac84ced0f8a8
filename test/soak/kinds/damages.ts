/** Damages: files of artefacts and of interrupted work are changed, cut, emptied, removed or exchanged between two runs. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import type {Rng} from "@lola-ts/core";
import {pick} from "../../fuzz/runner/mutations";
import {STAGES} from "../runner/place";
import type {Trial} from "../runner/trial";
import type {Kind} from "./kind";
import {killOnce} from "./kills";

type Damage = (file: string, rng: Rng) => void;

const DAMAGES: Readonly<Record<string, Damage>> = {
  flip: (file, rng) => {
    const bytes = readFileSync(file);
    if (bytes.length > 0) bytes[rng.integer(bytes.length)] ^= 1 << rng.integer(8);
    writeFileSync(file, bytes);
  },
  truncate: (file, rng) => truncateSync(file, rng.integer(Math.max(1, statSync(file).size))),
  empty: (file) => truncateSync(file),
  delete: (file) => rmSync(file),
};

/** Damage up to three finished files, and run: all that is read is made as it was. */
async function damageFinished(trial: Trial, damage: Damage): Promise<void> {
  trial.begin(STAGES.length);
  const {place, rng} = trial;
  for (let i = rng.integer(3); i >= 0; i--) trial.damage(place.drawFile(rng)!, (file) => damage(file, rng));
  await trial.finish();
}

const isInterrupted = (file: string) => file.includes(".partial");

/** Damage what an interrupted run left to go on from, and run again. */
async function damageInterrupted(trial: Trial, damage: Damage): Promise<void> {
  for (let round = 0; round < 5 && !trial.place.drawFile(trial.rng, isInterrupted); round++) {
    const events = trial.begin(pick(trial.rng, [0, 1, 3]));
    await killOnce(trial, events, {signal: "SIGKILL", target: "group"});
  }
  const file = trial.place.drawFile(trial.rng, isInterrupted);
  if (file !== undefined) {
    trial.damage(file, (found) => damage(found, trial.rng));
    trial.forget();
  }
  await trial.finish();
}

/** Put an artefact in the place of another one of its stage, with its manifest or without it. */
async function exchangeFinished(trial: Trial): Promise<void> {
  trial.begin(STAGES.length);
  const {place, rng} = trial;
  const isPayload = (file: string) =>
    /^(latents|rollout|evaluation)\/[^/]*\.(f32|json)$/.test(file) && !isManifest(file);
  const to = place.drawFile(rng, isPayload)!;
  const from = place.drawFile(
    rng,
    (file) => isPayload(file) && path.dirname(file) === path.dirname(to) && file !== to,
  )!;
  for (const end of rng.integer(2) === 0 ? ["", ".manifest.json"] : [""]) {
    trial.damage(`${to}${end}`, (file) => {
      const other = path.join(place.data, `${from}${end}`);
      copyFileSync(other, file);
      const {atime, mtime} = statSync(other);
      utimesSync(file, atime, mtime);
    });
  }
  await trial.finish();
}

const isManifest = (file: string) => file.endsWith(".manifest.json");

/** Texts of locks that nobody holds. */
const LOCKS = [
  "",
  "{",
  "null",
  '{"token":"x","pid":1,"host":"another machine"}',
  " ".repeat(1024),
  "\u0000".repeat(64),
];

/** Leave a lock behind that names no owner, or one that has ended, with a time of the future, and run. */
async function leaveLock(trial: Trial): Promise<void> {
  const {rng, place, reference} = trial;
  trial.begin(pick(rng, [0, 1, 3, 5]));
  const isWanted = (file: string) => isManifest(file) && !existsSync(path.join(place.data, file));
  const manifest = pick(rng, reference.place.files().filter(isWanted));
  const file = `${path.join(place.data, manifest).replace(/\.manifest\.json$/, "")}.lock`;
  const text = pick(rng, LOCKS);
  const shift = pick(rng, [-3600, -1, 0, 3600, 86_400 * 365]);
  const time = Date.now() / 1000 + (text.includes("another") ? -Math.abs(shift) - 60 : shift);
  mkdirSync(path.dirname(file), {recursive: true});
  writeFileSync(file, text);
  utimesSync(file, time, time);
  trial.tried++;
  await trial.finish();
  if (existsSync(file)) trial.fail(`left over: ${path.relative(place.root, file)}`);
}

const named = Object.entries(DAMAGES);

export const damages: readonly Kind[] = [
  ...named.map(([name, damage]): Kind => ({name, run: (trial) => damageFinished(trial, damage)})),
  ...named.map(([name, damage]): Kind => ({
    name: `${name}, interrupted`,
    run: (trial) => damageInterrupted(trial, damage),
  })),
  {name: "another artefact in its place", run: exchangeFinished},
  {name: "lock left behind", run: leaveLock},
];
