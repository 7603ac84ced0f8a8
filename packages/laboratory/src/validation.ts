/** Is the simulator right? Known results for each system's equations beside the simulator's own, and one picture of them. */
import {checkOptions, oneOf, type TableRow} from "@lola-ts/core";
import {validationFigure, type Figure} from "@lola-ts/figures";
import {systemNames, systemOf, type SystemName} from "@lola-ts/simulators";

/** A simulator's results beside known ones. */
export interface Validation {
  /** Reference, ours and source by quantity. */
  readonly rows: TableRow[];
  /** Disagreements, in words; empty if all is well. */
  readonly failures: string[];
  readonly figure: Figure;
}

/** Compare a system's simulator, given by its name, with known results; takes a few seconds. */
export function validation(system: SystemName): Validation {
  checkOptions("validation", oneOf(systemNames), system, "system");
  const simulated = systemOf(system);
  const all = simulated.references().map(({measure, ...row}) => ({...row, ours: measure()}));
  return {
    rows: all.map(({quantity, reference, ours, source}) => ({
      quantity,
      reference,
      ours,
      "difference, %": 100 * Math.abs(ours / reference - 1),
      source,
    })),
    failures: all
      .filter(({reference, ours, tolerance}) => !(Math.abs(ours / reference - 1) <= tolerance))
      .map(({quantity, reference, ours}) => `${quantity}: expected ${reference}, found ${ours}`),
    figure: validationFigure(simulated.referenceCurve()),
  };
}
