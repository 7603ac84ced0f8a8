import {riemann, starState, type GasState} from "../../src/euler/riemann";

const gas = (density: number, velocity: number, pressure: number): GasState => ({density, velocity, pressure});

const SOD: [GasState, GasState] = [gas(1, 0, 1), gas(0.125, 0, 0.1)];

/** Flux of mass, momentum and energy in a frame that moves at `speed`. */
function flux({density, velocity, pressure}: GasState, speed: number, gamma: number): number[] {
  const relative = velocity - speed;
  const energy = pressure / (gamma - 1) + 0.5 * density * velocity ** 2;
  return [density * relative, density * velocity * relative + pressure, energy * relative + pressure * velocity];
}

describe("starState", () => {
  test.each([
    ["Sod", ...SOD, 1.4, 0.30313, 0.927453, 0.426319, 0.265574],
    ["near vacuum", gas(1, -2, 0.4), gas(1, 2, 0.4), 1.4, 0.00189387, 0, 0.0218521, 0.0218521],
    ["left blast", gas(1, 0, 1000), gas(1, 0, 0.01), 1.4, 460.894, 19.5975, 0.575062, 5.99924],
    ["right blast", gas(1, 0, 0.01), gas(1, 0, 100), 1.4, 46.095, -6.19633, 5.99242, 0.575113],
    [
      "colliding",
      gas(5.99924, 19.5975, 460.894),
      gas(5.99242, -6.19633, 46.095),
      1.4,
      1691.65,
      8.68977,
      14.2823,
      31.0426,
    ],
    ["Sod, gamma 1.13", ...SOD, 1.13, 0.316918, 1.046043, 0.361709, 0.338334],
    ["Sod, gamma 1.76", ...SOD, 1.76, 0.291401, 0.816013, 0.496288, 0.221188],
  ])("of %s equals the literature", (_, left, right, gamma, pressure, velocity, densityLeft, densityRight) => {
    const star = starState(left, right, gamma);
    const near = (found: number, expected: number): void =>
      expect(Math.abs(found - expected)).toBeLessThan(6e-6 * Math.max(Math.abs(expected), 1e-6) + 1e-12);
    near(star.pressure, pressure);
    near(star.velocity, velocity);
    near(star.densityLeft, densityLeft);
    near(star.densityRight, densityRight);
  });

  test("refuses vacuum and negative pressure", () => {
    expect(() => starState(gas(1, -10, 0.4), gas(1, 10, 0.4), 1.4)).toThrow("where a vacuum opens, found 20");
    expect(() => starState(gas(1, 0, -1), gas(1, 0, 1), 1.4)).toThrow("on the left, found 1, -1 and 0");
  });
});

describe("riemann", () => {
  test("puts Sod's waves where they belong", () => {
    const solution = riemann(...SOD, 1.4);
    const at = (x: number): GasState => solution((x - 0.5) / 0.2);
    expect(at(0.2633)).toEqual(SOD[0]);
    expect(at(0.2634).density).toBeLessThan(1);
    expect(at(0.4859).density).toBeGreaterThan(at(0.486).density);
    expect(at(0.486).density).toBeCloseTo(0.426319, 5);
    expect(at(0.6854).density).toBeCloseTo(0.426319, 5);
    expect(at(0.6855).density).toBeCloseTo(0.265574, 5);
    expect(at(0.8504).density).toBeCloseTo(0.265574, 5);
    expect(at(0.8505)).toEqual(SOD[1]);
  });

  test("conserves mass, momentum and energy across a shock", () => {
    const speed = 1.752156;
    const solution = riemann(...SOD, 1.4);
    const before = flux(solution(speed + 1e-3), speed, 1.4);
    flux(solution(speed - 1e-3), speed, 1.4).forEach((value, k) => expect(value).toBeCloseTo(before[k], 5));
  });

  test("keeps entropy and the Riemann invariant inside of a rarefaction", () => {
    const solution = riemann(...SOD, 1.4);
    for (const xi of [-1.1, -0.7, -0.2]) {
      const {density, velocity, pressure} = solution(xi);
      expect(pressure / density ** 1.4).toBeCloseTo(1, 12);
      const c = Math.sqrt((1.4 * pressure) / density);
      expect(velocity + 5 * c).toBeCloseTo(5 * Math.sqrt(1.4), 12);
      expect(velocity - c).toBeCloseTo(xi, 12);
    }
  });

  test("mirrors", () => {
    const solution = riemann(gas(1, 0.3, 1), gas(0.2, -0.1, 0.4), 1.3);
    const mirrored = riemann(gas(0.2, 0.1, 0.4), gas(1, -0.3, 1), 1.3);
    for (const xi of [-2, -0.5, 0, 0.4, 1, 1.5]) {
      expect(mirrored(-xi).density).toBeCloseTo(solution(xi).density, 12);
      expect(mirrored(-xi).velocity).toBeCloseTo(-solution(xi).velocity, 12);
    }
  });
});
