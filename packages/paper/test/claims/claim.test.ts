import {judge, type JudgedScores} from "lola/evaluate";
import {decide, notMeasured, type Statement} from "../../src/claims/claim";

const scores = (method: string, samples: readonly number[]): JudgedScores => ({method, samples});
const solver = scores("neural solver", [1, 2, 3, 4]);
const times = (factor: number) =>
  scores(
    "diffusion",
    [1, 2.02, 2.99, 4.01].map((one) => factor * one),
  );
const statement = (...factors: number[]): Statement => ({
  source: "4",
  claim: "diffusion is better",
  test: "VRMSE over VRMSE of the solver",
  comparisons: factors.map((factor, i) => ({label: `÷${20 * (i + 1)}`, above: [times(factor)], below: [solver]})),
});

test("a claim has the judge's verdict, the changes, and what was compared", () => {
  const claim = decide(statement(0.9, 1.2), {about: "models"});
  expect(claim.verdict).toBe(judge(statement(0.9, 1.2).comparisons, {about: "models"}).verdict);
  expect(claim.statistic).toMatch(/^÷20 −9\.\d % ± 0\.\d; ÷40 \+20\.\d % ± 0\.\d$/);
  expect(claim.test).toMatch(
    /^VRMSE over VRMSE of the solver, of these models, 4 trajectories: better in 1, worse in 1 of 2 cells; together /,
  );
});

test("of a single seed a claim about methods is not measured, and one about models is", () => {
  expect(decide(statement(0.9)).verdict).toBe("not measured");
  expect(decide({...statement(0.9), about: "models"}).verdict).toBe("holds");
});

test("the paper's numbers are put to the same rule, cell by cell", () => {
  const printed = (...factors: number[]): Statement => ({
    ...statement(),
    comparisons: factors.map((factor) => ({label: "", above: [scores("a", [factor])], below: [scores("b", [1])]})),
  });
  const verdict = (on: Statement) => decide(statement(0.9), {about: "models"}, on).printed;
  expect(verdict(printed(0.9, 0.8))).toBe("holds");
  expect(verdict(printed(0.9, 1.01, 2))).toBe("fails in 2 of 3");
  expect(verdict({...printed(0.9, 1.01, 2), equalIsEnough: true})).toBe("fails in 1 of 3");
  expect(verdict(printed())).toBe("–");
  expect(decide(statement(0.9), {about: "models"}).printed).toBe("–");
});

test("a statement of ours says so, and one with nothing to compare has a reason", () => {
  expect(decide({...statement(0.9), source: undefined}, {about: "models"}).source).toBe("ours");
  expect(decide({...statement(), reason: "the system has no pixel-space solver"})).toEqual(
    notMeasured({source: "4", claim: "diffusion is better"}, "the system has no pixel-space solver"),
  );
  expect(decide(statement()).test).toBe("nothing to compare was scored");
});
