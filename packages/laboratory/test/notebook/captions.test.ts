import {preset} from "../../src/presets/presets";
import {boundariesInWords, gridInWords, parametersInWords} from "../../src/description";
import {simulatedSystem, type SimulationConfig} from "@lola-ts/simulators";

const tour = (system: string) => preset(system, "tour").data as SimulationConfig;

test("grids are powers where they are squares and cubes", () => {
  expect(["euler", "rayleigh-benard", "gravity-cooling"].map((system) => gridInWords(tour(system)))).toEqual([
    "32²",
    "64 × 16",
    "16³",
  ]);
});

const described = (data: SimulationConfig) => simulatedSystem(data).describe(data);

test("data are named by their system and parameters", () => {
  expect(described(tour("euler"))).toBe("periodic Euler");
  expect(described(tour("rayleigh-benard"))).toBe("convection, Ra 1e5, 1e6, Pr 0.5, 1, 2");
  expect(described(tour("gravity-cooling"))).toBe(
    "turbulence, density 44.5, 4.45, metallicity 0, 1, temperature 10, 100",
  );
});

test("parameters have the symbols of the literature, without the digits of single precision", () => {
  expect(parametersInWords({gamma: Math.fround(1.4)})).toBe("γ = 1.400");
  expect(parametersInWords({Rayleigh: 1e6, Prandtl: Math.fround(0.2)})).toBe("Ra = 10⁶, Pr = 0.2");
  expect(parametersInWords({Rayleigh: 31622776.6})).toBe("Ra = 3.162·10⁷");
  expect(parametersInWords({rho0: Math.fround(44.5), Z: Math.fround(0.1), T0: 1000})).toBe(
    "ρ₀ = 44.5, Z = 0.1, T₀ = 1000",
  );
});

test("boundaries have a word if all are alike", () => {
  expect(boundariesInWords([[1, 1], [1, 1]])).toBe("open boundaries"); // prettier-ignore
  expect(boundariesInWords([[2, 2]])).toBe("periodic boundaries");
  expect(boundariesInWords([[2, 2], [0, 0]])).toBe(""); // prettier-ignore
  expect(boundariesInWords()).toBe("");
});
