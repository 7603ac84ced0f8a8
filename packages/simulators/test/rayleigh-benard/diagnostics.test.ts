import {budgetOf, nusseltOf, tailOf} from "../../src/rayleigh-benard/diagnostics";
import {RayleighBenardSolver} from "../../src/rayleigh-benard/solver";

const {PI, cos, sin, sqrt} = Math;
type Field = (x: number, z: number) => number;

/** A state of given buoyancy and velocity; wavenumbers are multiples of pi / 2, up to 5 of them. */
function state(buoyancy: Field, u: Field = () => 0, w: Field = () => 0): RayleighBenardSolver {
  const flow = new RayleighBenardSolver({rayleigh: 1e3, prandtl: 2, grid: [16, 32]});
  flow.set(buoyancy);
  const {nodes, size} = flow.geometry.basis;
  const plane = (f: Field) =>
    Float64Array.from({length: 16 * size}, (_, c) => f(Math.floor(c / size) / 4, nodes[c % size]));
  flow.transform.fromGrid(plane(u), plane(w), flow.u, flow.w);
  return flow;
}

test("conduction carries a Nusselt number of 1, without a tail", () => {
  const flow = state((_, z) => 1 - z);
  for (const nusselt of Object.values(nusseltOf(flow))) expect(nusselt).toBeCloseTo(1, 12);
  expect(tailOf(flow)).toEqual({x: 0, z: 0});
});

test("the mean buoyancy makes the fluxes through the walls and the thermal dissipation", () => {
  const nusselt = nusseltOf(state((x, z) => 1 - z + 0.1 * sin(PI * z) + 0.2 * cos(PI * x) * z * (1 - z)));
  expect(nusselt.bottom).toBeCloseTo(1 - 0.1 * PI, 10);
  expect(nusselt.top).toBeCloseTo(1 + 0.1 * PI, 10);
  // pi^2 <z^2 (1 - z)^2> + <(1 - 2 z)^2> = pi^2 / 30 + 1 / 3
  expect(nusselt.thermal).toBeCloseTo(1 + 0.01 * (PI ** 2 / 2) + 0.04 * 0.5 * (PI ** 2 / 30 + 1 / 3), 10);
  expect([nusselt.convection, nusselt.viscous]).toEqual([1, 1]);
});

test("walls that do not have their temperatures yet count in the thermal estimate", () => {
  expect(nusseltOf(state((_, z) => 0.5 * (1 - z))).thermal).toBeCloseTo(0.25, 12);
});

test("a roll has the energies and dissipations of its stream function", () => {
  // psi = sin(k x) sin^2(pi z), u = d psi / dz, w = -d psi / dx
  const k = PI / 2;
  const flow = state(
    (x, z) => 1 - z - 0.1 * cos(k * x) * sin(PI * z) ** 2,
    (x, z) => PI * sin(k * x) * sin(2 * PI * z),
    (x, z) => -k * cos(k * x) * sin(PI * z) ** 2,
  );
  const u2 = PI ** 2 / 4;
  const w2 = (k * k * 3) / 16;
  const {kinetic, variance, convection, dissipation, thermalDissipation} = budgetOf(flow);
  expect(kinetic).toBeCloseTo((u2 + w2) / 2, 11);
  expect(variance).toBeCloseTo((0.01 * 3) / 32, 11);
  expect(convection).toBeCloseTo((0.1 * k * 3) / 16, 11);
  expect(dissipation / flow.nu).toBeCloseTo(k * k * (u2 + w2) + PI ** 4 + k * k * u2, 9);
  expect(thermalDissipation / flow.kappa).toBeCloseTo(0.01 * ((k * k * 3) / 16 + u2), 11);
  const nusselt = nusseltOf(flow);
  expect(nusselt.convection).toBeCloseTo(1 + convection / flow.kappa, 12);
  expect(nusselt.viscous).toBeCloseTo(1 + dissipation / flow.kappa, 12);
});

describe("the tail", () => {
  const chebyshev = (n: number, z: number): number => cos(n * Math.acos(2 * z - 1));

  test.each<[string, Field, number, number]>([
    ["a long wave", (x, z) => cos((PI / 2) * x) * z * (1 - z), 0, 0],
    ["the shortest wave", (x, z) => cos((PI / 2) * 5 * x) * z * (1 - z), 1, 0],
    ["the last polynomial", (_, z) => chebyshev(32, z), 0, 1],
    ["both halves of a power", (x, z) => cos((PI / 2) * x) * z + sin((PI / 2) * 5 * x) * z, sqrt(0.5), 0],
  ])("of %s", (_, theta, x, z) => {
    const tail = tailOf(state((at, height) => 1 - height + theta(at, height)));
    expect(tail.x).toBeCloseTo(x, 10);
    expect(tail.z).toBeCloseTo(z, 10);
  });

  test("is that of the velocity where it is larger", () => {
    const flow = state(
      (x, z) => 1 - z + cos((PI / 2) * x) * z,
      (_, z) => chebyshev(31, z),
      (_, z) => chebyshev(2, z),
    );
    expect(tailOf(flow).z).toBeCloseTo(sqrt(0.5), 10);
  });
});
