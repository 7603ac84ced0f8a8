/** Data in words, for captions and tables. */
import type {SimulationConfig} from "../../systems/simulate";

const SUPERSCRIPTS: Readonly<Record<number, string>> = {2: "²", 3: "³"};

/** Write the cells of a state: 32² where all axes have as many, else 64 × 16. */
export function gridInWords(data: SimulationConfig): string {
  const axes = data.system === "gravity-cooling" ? 3 : 2;
  const grid = typeof data.grid === "number" ? new Array<number>(axes).fill(data.grid) : [...data.grid];
  return grid.every((cells) => cells === grid[0]) ? `${grid[0]}${SUPERSCRIPTS[axes]}` : grid.join(" × ");
}

/** Write which system it is, and its parameters where there are few. */
export function dataInWords(data: SimulationConfig): string {
  const list = (values: readonly number[]) => values.join(", ");
  switch (data.system) {
    case "rayleigh-benard": {
      const rayleigh = data.rayleigh.map((value) => value.toExponential().replace("e+", "e"));
      return `convection, Ra ${rayleigh.join(", ")}, Pr ${list(data.prandtl)}`;
    }
    case "gravity-cooling": {
      const {rho0, metallicity, temperature} = data;
      return `turbulence, density ${list(rho0)}, metallicity ${list(metallicity)}, temperature ${list(temperature)}`;
    }
    case "euler":
    case undefined:
      return `${data.boundaries.join(" and ")} Euler`;
  }
}

const SYMBOLS: Readonly<Record<string, string>> = {gamma: "γ", Rayleigh: "Ra", Prandtl: "Pr", rho0: "ρ₀", T0: "T₀"};

/** Write the parameters of a trajectory: "γ = 1.400", "Ra = 1e6, Pr = 0.5". */
export function parametersInWords(scalars: Readonly<Record<string, number>>): string {
  const write = (name: string, value: number) => {
    if (name === "gamma") return value.toFixed(3);
    const short = Number(value.toPrecision(4)); // files keep single precision
    return short >= 1e4 ? short.toExponential().replace("e+", "e") : `${short}`;
  };
  return Object.entries(scalars)
    .map(([name, value]) => `${SYMBOLS[name] ?? name} = ${write(name, value)}`)
    .join(", ");
}
