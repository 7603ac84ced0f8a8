/**
 * The page of claims is what the committed results say. `LOLA_RECORD=1 npm test -- test/prose/claims-page` renews it, which takes
 * two minutes. The test repeats the adversary's search on one system; that the page has the other systems' current scores is
 * known from their digests.
 */
import {readFileSync, writeFileSync} from "node:fs";
import path from "node:path";
import {format, resolveConfig} from "prettier";
import type {Attack} from "../../packages/paper/src/claims/adversary";
import {allTrials, attacksOn, claimsPage} from "./claims-page";
import {tablesOf} from "./markdown";
import {systems} from "./results-rows";

const file = path.join(__dirname, "../../docs/claims.md");
const REPEATED = "euler";
const folders = systems.map(({folder}) => path.basename(folder));
const isRecording = process.env.LOLA_RECORD === "1";

/** Read what the page says of the adversary's finds on a system, claim by claim. */
function attacksIn(page: string, name: string): Attack[][] {
  const sections = page.split(/^## (?=\d+\. )/m).slice(1);
  return sections.map((section) => {
    const found = tablesOf(section).find(({columns}) => columns[0] === "what turns it");
    const column = found?.columns.indexOf(name) ?? -1;
    if (!found || column < 0) return [];
    return found.rows.flatMap((row): Attack[] => {
      const kind = row[0] as Attack["kind"];
      if (row[column] === "not touched") return [];
      const [, change, verdict] = /^(.*): (\w[\w ]*)$/.exec(row[column]) ?? [];
      return [{kind, tried: 1, flip: change ? {change, verdict: verdict as "holds"} : undefined}];
    });
  });
}

test("docs/claims.md is what the committed results say", async () => {
  const trials = allTrials();
  const before = isRecording ? "" : readFileSync(file, "utf8");
  const attacks = Object.fromEntries(
    systems.map(({name}, i) => [
      folders[i],
      isRecording || folders[i] === REPEATED ? attacksOn(folders[i], trials) : attacksIn(before, name),
    ]),
  );
  const page = await format(claimsPage(trials, attacks), {...(await resolveConfig(file)), filepath: file});
  if (isRecording) writeFileSync(file, page);
  expect(readFileSync(file, "utf8")).toBe(page);
});

test("every verdict that can be computed again is the recorded one", () => {
  expect(readFileSync(file, "utf8")).not.toContain("**differs");
});
