import {writeFileSync} from "node:fs";
import * as front from "./front-page";
import * as rows from "./results-rows";
test("dump", () => {
  const c = front.committed;
  const statements = Object.fromEntries(front.STATEMENTS.map(({about, says}) => [about, says(c)]));
  const strong = /better in (\d+) of 12 cells and worse in (\d+)/.exec(statements["the strongest rival"])!;
  const words = {STRONG_B: strong[1], STRONG_W: strong[2], NOISE: /in (\d+) of/.exec(statements["white noise around the solver"])![1], DRESSED: /\[(\d+) of/.exec(statements["the noisy solver"])![1]};
  writeFileSync("/tmp/climate/rows.json", JSON.stringify({errors: front.errorRows(c), rivals: front.rivalRows(c), resultErrors: rows.errorRows(), added: front.addedRows(c), growth: front.growthRows(c), ensembles: front.ensembleRows(c), dressed: rows.rivalRows(), solvers: rows.solverRows(), claims: rows.claimRows(), words, statements}, null, 1));
});
