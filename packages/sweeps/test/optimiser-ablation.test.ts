import {errorAt, stepsToTarget, table4, table4Verdicts} from "../src/optimiser-ablation";
import {trial} from "./trials";

/** Trials whose error falls on a straight line to `last`, at a pace of so many seconds for 100 steps. */
function ways(errors: Record<string, number>, seconds: Record<string, number> = {}) {
  return Object.entries(errors).flatMap(([way, last]) =>
    [0, 1, 2].map((seed) => {
      const [optimiser, identity] = way.split(" ");
      const own = trial(
        {
          "autoencoder.training.optimiser": optimiser,
          "autoencoder.model.identityInit": identity === "with",
          "autoencoder.training.learningRate": 1e-3,
        },
        seed,
        last + 0.001 * seed,
      );
      const validation = Array.from(
        {length: 20},
        (_, i) => [5 * (i + 1), 1 + ((last - 1) * (i + 1)) / 20 + 0.001 * seed] as const,
      );
      return {...own, measured: {...own.measured, validation, seconds: seconds[optimiser] ?? 50}};
    }),
  );
}

const all = ways(
  {
    "adamw without": 0.4,
    "adamw with": 0.3,
    "psgd without": 0.35,
    "psgd with": 0.2,
    "soap without": 0.3,
    "soap with": 0.25,
  },
  {psgd: 100},
);

test("errors between validations lie on straight lines", () => {
  const validation = [
    [10, 8],
    [20, 4],
  ] as const;
  expect([5, 10, 15, 20, 30, Infinity].map((step) => errorAt({validation}, step))).toEqual([8, 8, 6, 4, 4, 4]);
});

test("the table has the paper's columns beside ours", () => {
  const rows = table4(all);
  expect(rows).toHaveLength(6);
  const [first, , , psgd] = rows;
  expect(first).toMatchObject({
    optimiser: "AdamW",
    "identity init": "no",
    "learning rate": 1e-3,
    seeds: 3,
    "paper, epoch 100": 0.029,
    "paper, epoch 1000": 0.017,
    "paper, hours": 19,
  });
  expect(first["MAE, 10 % of steps"]).toBeCloseTo(0.941, 9);
  expect(first["MAE, all steps"]).toBeCloseTo(0.401, 9);
  expect(first["MAE, equal time"]).toBeCloseTo(0.401, 9);
  expect(psgd).toMatchObject({optimiser: "PSGD", "identity init": "yes", "paper, epoch 1000": 0.011, seconds: 100});
  expect(psgd["MAE, equal time"]).toBeCloseTo(0.601, 9); // half of its steps
  expect(psgd["steps to target"]).toBeCloseTo((100 * 0.6) / 0.8, 0);
  expect(rows[4]).toMatchObject({optimiser: "SOAP", "paper, epoch 1000": null});
  expect(rows[2]).toMatchObject({optimiser: "PSGD", "identity init": "no", "paper, epoch 1000": null});
});

/** Mean change in percent of errors that are 0.001 above these per seed. */
function ratio(own: number, other: number): number {
  const logs = [0, 1, 2].map((seed) => Math.log((own + 0.001 * seed) / (other + 0.001 * seed)));
  return 100 * Math.expm1(logs.reduce((a, b) => a + b, 0) / 3);
}

test("verdicts are paired by seeds and say what the paper has", () => {
  const [identity, psgd, both] = table4Verdicts(all);
  expect(identity).toMatchObject({claim: "identity initialisation, AdamW", verdict: "holds"});
  expect(identity["change, %"]).toBeCloseTo(ratio(0.3, 0.4), 9);
  expect(identity["paper: change, %"]).toBeCloseTo(100 * (0.014 / 0.017 - 1), 9);
  expect(psgd["change, %"]).toBeCloseTo(ratio(0.2, 0.3), 9);
  expect(both["change, %"]).toBeCloseTo(ratio(0.2, 0.4), 9);
  expect(both["times fewer steps"]).toBeCloseTo(0.8 / 0.6, 1);
  expect(table4Verdicts(all)[5]["paper: change, %"]).toBeNull();
});

test("a difference that seeds do not agree on is undecided, one for the worse contradicts", () => {
  const noisy = all.map((one, i) =>
    i < 3 ? {...one, measured: {...one.measured, validation: [[100, 0.3 + (i - 1) * 0.2]] as const}} : one,
  );
  expect(table4Verdicts(noisy)[0].verdict).toBe("undecided");
  const worse = ways({
    "adamw without": 0.1,
    "adamw with": 0.3,
    "psgd without": 0.3,
    "psgd with": 0.2,
    "soap without": 0.3,
    "soap with": 0.25,
  });
  expect(table4Verdicts(worse)[0].verdict).toBe("fails");
});

test("a way to train that is missing is named", () => {
  expect(() => table4(all.slice(3))).toThrow(
    "table4: expected trials of AdamW without identity initialisation, found none.",
  );
  expect(() => table4Verdicts(all.slice(0, 6))).toThrow("expected trials of PSGD with identity initialisation");
});

test("steps to an error lie on straight lines between validations", () => {
  const validation = [[10, 8], [20, 4], [30, 2]] as const; // prettier-ignore
  expect(stepsToTarget({validation}, 3)).toBe(25);
  expect(stepsToTarget({validation}, 4)).toBe(20);
  expect(stepsToTarget({validation}, 9)).toBe(10);
  expect(stepsToTarget({validation}, 1)).toBeUndefined();
});
