/** The results for programs say what the committed tables say. */
import path from "node:path";
import {existsSync} from "node:fs";
import {readCsv} from "lola/evaluate";
import {systemNames} from "@lola-ts/simulators";
import {CATALOGUE} from "../../packages/paper/src/claims/catalogue";
import {digestOf} from "../../packages/paper/src/claims/committed-claims";
import {resultsJson} from "../../site/build/results-json";

const root = path.resolve(__dirname, "../..");
const {claims, systems} = JSON.parse(resultsJson());

test("every claim of the catalogue is there, with its verdict on each system and the digests of its evidence", () => {
  expect(claims.map(({number}: {number: number}) => number)).toEqual(CATALOGUE.map((_, i) => i + 1));
  for (const {results} of claims) {
    for (const {system, word, computedAgain, evidence} of results) {
      expect(systemNames).toContain(system);
      expect(["holds here", "fails our rule here", "undecided", "out of range", "not measured"]).toContain(word);
      expect(computedAgain).toBe("the same");
      expect(evidence.length).toBeGreaterThan(0);
      for (const {file} of evidence) expect(existsSync(path.join(root, file))).toBe(true);
    }
  }
  const [{evidence}] = claims[0].results;
  expect(evidence[0].sha256).toBe(digestOf(path.join(root, evidence[0].file)));
});

test("scorecards are the committed rows, as numbers", () => {
  expect(systems.map(({name}: {name: string}) => name)).toEqual([...systemNames]);
  for (const {file, scores} of systems) {
    const rows = readCsv(path.join(root, file));
    expect(scores.length).toBe(rows.length);
    expect(scores[0].VRMSE).toBe(Number(rows[0].VRMSE));
    expect(typeof scores[0].method).toBe("string");
  }
});
