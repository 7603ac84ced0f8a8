import type {Denoise} from "../../lib/diffusion/denoiser";
import {Sampler, adamsBashforth} from "../../lib/diffusion/sampler";
import {createSchedule, logLinear, logLogit, type Schedule} from "../../lib/diffusion/schedule";
import {compile} from "../../lib/tensor/compile";
import {tf} from "../../lib/tensor/backend";
import {reference, relativeError} from "../reference/reference";

const topic = reference("sampler");

describe("adamsBashforth", () => {
  const cases = (topic.config.coefficients as {steps: number; order: number}[]).map((config, i) => ({i, ...config}));

  test.each(cases)("equals coefficients$i (order $order, $steps steps)", ({i, steps, order}) => {
    const rows = adamsBashforth([...topic.tensor(`coefficients${i}/in/rho`).data], order);
    const padded = rows.flatMap((row) => [...new Array<number>(order - row.length).fill(0), ...row]);
    const expected = topic.tensor(`coefficients${i}/out/ab`);
    expect(expected.shape).toEqual([steps, order]);
    expect(relativeError(padded, expected.data)).toBeLessThan(1e-6);
    rows.forEach((row, n) => {
      const official = [...expected.data.subarray((n + 1) * order - row.length, (n + 1) * order)];
      expect(relativeError(row, official)).toBeLessThan(1e-5); // also where steps are small
    });
  });

  test("integrates polynomials up to its order exactly on a grid of any spacing", () => {
    const rho = [10, 7, 4.5, 4, 1, 0.2, 0.1];
    for (const order of [1, 2, 3, 4]) {
      for (let power = 0; power < order; power++) {
        adamsBashforth(rho, order).forEach((row, i) => {
          if (row.length <= power) return;
          const sum = row.reduce((total, c, j) => total + c * rho[i + 1 - row.length + j] ** power, 0);
          const exact = (rho[i + 1] ** (power + 1) - rho[i] ** (power + 1)) / (power + 1);
          expect(sum).toBeCloseTo(exact, 8);
        });
      }
    }
  });

  test("has the textbook's coefficients on an even grid", () => {
    const row = adamsBashforth([0, 1, 2, 3, 4], 3)[3];
    [5 / 12, -16 / 12, 23 / 12].forEach((c, j) => expect(row[j]).toBeCloseTo(c, 12));
  });

  test("refuses grids and orders without a method", () => {
    expect(() => adamsBashforth([2, 1, 1], 2)).toThrow("strictly monotonic grid, found 1 followed by 1");
    expect(() => adamsBashforth([Infinity, 1], 1)).toThrow("found Infinity followed by 1");
    expect(() => adamsBashforth([2, 1], 0)).toThrow("expected an order of 1 or more, found 0");
    expect(() => new Sampler({steps: 0})).toThrow("expected steps to be an integer of 1 or more, found 0");
  });
});

/** The exact denoiser of $\mathcal{N}(m, \operatorname{diag} v)$. */
function gaussian(schedule: Schedule, m: tf.Tensor, v: tf.Tensor): Denoise {
  return {
    schedule,
    denoise: (xt, t) => {
      const {alpha, sigma} = schedule(t as number);
      const gain = v.mul(alpha).div(v.mul(alpha ** 2).add(sigma ** 2));
      return {mean: xt.sub(m.mul(alpha)).mul(gain).add(m), variance: tf.scalar(sigma ** 2 / (alpha ** 2 + sigma ** 2))};
    },
  };
}

const {name, sigma_min: sigmaMin, sigma_max: sigmaMax, scale, shift} = topic.config.schedule;
const schedule = createSchedule({name: name.replace("_", "-"), sigmaMin, sigmaMax, scale, shift});
const load = (tensor: string) => tf.tensor(topic.tensor(tensor).data, topic.tensor(tensor).shape);

describe("on an exact Gaussian", () => {
  const [m, v] = [load("gaussian/mean"), load("gaussian/var")];
  const denoise = gaussian(schedule, m, v);
  const runs = Object.entries(topic.config.runs as Record<string, {steps: number; order?: number}>)
    .filter(([run]) => /^(ab|ddim)\d/.test(run))
    .map(([run, {steps, order = 1}]) => ({run, steps, order})); // DDIM is order 1

  test.each(runs)("$run equals the official trajectory", ({run, steps, order}) => {
    const before = tf.memory().numTensors;
    const x1 = load(`gaussian/${run}/in/x_1`);
    const sampler = new Sampler({steps, order});
    const states = sampler.trajectory(denoise, x1);
    const all = states.flatMap((state) => [...state.dataSync()]);
    const official = topic.tensor(`gaussian/${run}/out/states`).data;
    expect(relativeError(all, official)).toBeLessThan(1e-4);
    states.forEach((state, i) => {
      expect(relativeError(state.dataSync(), official.subarray(i * state.size, (i + 1) * state.size))).toBeLessThan(
        2e-4,
      );
    });
    const x0 = sampler.sample(denoise, x1);
    expect(relativeError(x0.dataSync(), topic.tensor(`gaussian/${run}/out/x_0`).data)).toBeLessThan(1e-4);
    tf.dispose([x1, x0, states]);
    expect(tf.memory().numTensors).toBe(before);
  });

  test("compiled equals eager, and runs again with other noise", () => {
    const sampler = new Sampler();
    const compiled = compile((x1) => [sampler.sample(denoise, x1)], "gaussian");
    const x1 = load(`gaussian/${runs[0].run}/in/x_1`);
    compiled(x1)[0].dispose();
    const before = tf.memory().numTensors;
    for (const factor of [1, -0.5]) {
      const other = x1.mul(factor);
      const [[fast], slow] = [compiled(other), sampler.sample(denoise, other)];
      expect(relativeError(fast.dataSync(), slow.dataSync())).toBeLessThan(1e-6);
      tf.dispose([other, fast, slow]);
    }
    expect(tf.memory().numTensors).toBe(before);
    compiled.dispose();
    x1.dispose();
  });

  test("converges to the probability flow's exact solution with the order of the method", () => {
    // a narrow range of noise, so that neither float32 nor the first, low-order steps hide the order
    const narrow = logLinear({sigmaMin: 0.5, sigmaMax: 4});
    const error = (order: number, steps: number) =>
      tf.tidy(() => {
        const [one, mean] = [tf.ones([1]), tf.tensor1d([0.3])];
        const x1 = tf.tensor1d([3]);
        const exact = 0.3 + Math.sqrt((1 + 0.5 ** 2) / (1 + 4 ** 2)) * (3 - 0.3);
        return Math.abs(new Sampler({order, steps}).sample(gaussian(narrow, mean, one), x1).dataSync()[0] - exact);
      });
    const rate = (order: number, steps: number) => Math.log2(error(order, steps) / error(order, 2 * steps));
    expect(rate(1, 32)).toBeGreaterThan(0.9);
    expect(rate(1, 32)).toBeLessThan(1.2);
    expect(rate(2, 16)).toBeGreaterThan(1.8);
    expect(error(3, 16)).toBeLessThan(error(2, 16));
    expect(error(2, 16)).toBeLessThan(error(1, 16) / 5);
  });

  test("starts from data of unit variance, diffused", () => {
    const noise = tf.tensor1d([1, -2]);
    const x1 = new Sampler().start(logLogit({sigmaMax: 10}), noise);
    [Math.sqrt(101), -2 * Math.sqrt(101)].forEach((value, i) => expect(x1.dataSync()[i]).toBeCloseTo(value, 4));
  });

  test("needs no other noise schedule to give the same sample: rectified flow, rescaled", () => {
    const x0 = tf.tidy(() => {
      const x1 = load(`gaussian/${runs[0].run}/in/x_1`);
      const paper = createSchedule({name: "rectified", sigmaMin, sigmaMax});
      const rescaled = x1.mul(paper(1).alpha);
      return [new Sampler().sample(denoise, x1), new Sampler().sample(gaussian(paper, m, v), rescaled)];
    });
    const end = createSchedule({name: "rectified", sigmaMin, sigmaMax})(0).alpha;
    expect(relativeError(x0[1].div(end).dataSync(), x0[0].dataSync())).toBeLessThan(1e-4);
  });
});
