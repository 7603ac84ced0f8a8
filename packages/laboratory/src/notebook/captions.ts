/** Data in words, for captions and tables. */
import {checkOptions, either, notANumber, number, BOUNDARY, type BoundaryCodes} from "@lola-ts/core";
import {simulatedSystem, systemNames, systemOf, type SimulationConfig} from "@lola-ts/simulators";

const scalarRule = either(number(), notANumber);
const SUPERSCRIPTS: Readonly<Record<number, string>> = {1: "", 2: "²", 3: "³"};

/** Write the cells of a state: 32² where all axes have the same number, else 64 × 16. */
export function gridInWords(data: SimulationConfig): string {
  const axes = simulatedSystem(data).axes.length;
  const grid = typeof data.grid === "number" ? new Array<number>(axes).fill(data.grid) : [...data.grid];
  return grid.every((cells) => cells === grid[0]) ? `${grid[0]}${SUPERSCRIPTS[axes]}` : grid.join(" × ");
}

/** Write the system of simulated data, and its parameters where there are few. */
export function dataInWords(data: SimulationConfig): string {
  return simulatedSystem(data).describe(data);
}

/** Write the parameters of a trajectory: "γ = 1.400", "Ra = 10⁶, Pr = 0.5". Those of no known system keep their names. */
export function parametersInWords(scalars: Readonly<Record<string, number>>): string {
  const known = systemNames.flatMap((name) => systemOf(name).scalars);
  return Object.entries(scalars)
    .map(([name, value]) => {
      checkOptions("parametersInWords", scalarRule, value, name);
      const {symbol = name, decimals} = known.find((scalar) => scalar.name === name) ?? {};
      return `${symbol} = ${decimals === undefined ? short(value) : value.toFixed(decimals)}`;
    })
    .join(", ");
}

/** Write boundaries, if all are of one kind: "open boundaries". */
export function boundariesInWords(boundary: BoundaryCodes = []): string {
  const kinds = new Set(boundary.flat());
  const [kind] = Object.entries(BOUNDARY).flatMap(([name, code]) => (kinds.has(code) ? [name.toLowerCase()] : []));
  return kinds.size === 1 ? `${kind} boundaries` : "";
}

/** Write a number without the digits of single precision, in which files keep it; large ones as powers of ten. */
function short(value: number): string {
  const rounded = Number(value.toPrecision(4));
  if (!(rounded >= 1e4)) return `${rounded}`;
  const [digits, power] = rounded.toExponential().split("e+");
  const raised = [...power].map((digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]).join("");
  return digits === "1" ? `10${raised}` : `${digits}·10${raised}`;
}
