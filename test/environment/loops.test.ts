/** The inner loops' two modules, of Node.js and of WebAssembly: how they are made, which file is loaded, and that all bits agree. */
import {spawnSync} from "node:child_process";
import {createHash} from "node:crypto";
import {copyFileSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync} from "node:fs";
import path from "node:path";
import {Worker} from "node:worker_threads";
import {Rng} from "@lola-ts/core";
import {fourierPlan} from "../../packages/core/src/fft";
import {
  chooseLoops,
  constant,
  nativeFile,
  nativeLoops,
  wasmLoops,
  type Argument,
  type Loops,
} from "../../packages/core/src/loops";
import {bitsOf} from "../bits";
import {bothWays} from "../both-ways";
import {temporaryFolder} from "../folder";
import {withFused} from "../fused";

const root = path.resolve(__dirname, "../..");
const folder = temporaryFolder();
const file = nativeFile();
const sha256 = (data: Uint8Array) => createHash("sha256").update(data).digest("hex");

type Run = (command: string, args: string[]) => Promise<void>;
interface Build {
  buildLoops(options: {root: string; compiler: string; run: Run; output: string}): Promise<void>;
}
interface WasmBuild {
  compileWasm(): Buffer;
  recordOf(module: Uint8Array): {module: string; sources: string};
}
const program = <T>(name: string) => import(`${`../../packages/simulators/native/${name}.mjs`}`) as Promise<T>;

describe("set-up's module", () => {
  const compile: Run = async (command, args) => {
    const {status, stderr} = spawnSync(command, args, {encoding: "utf8"});
    if (status !== 0) throw new Error(stderr);
  };
  const build = async (output: string, run: Run) => {
    const {buildLoops} = await program<Build>("build");
    await buildLoops({root, compiler: process.env.CXX ?? "g++", run, output});
  };

  test("is one that the library loads, again over a file that is in use", async () => {
    const output = folder("built/loops.node");
    const commands: string[][] = [];
    await build(output, (command, args) => {
      commands.push(args);
      return compile(command, args);
    });
    expect(commands).toHaveLength(1);
    expect(commands[0]).toContain("-ffp-contract=off");
    expect(commands[0].filter((arg) => /^-.*(fast-math|native|associative|unsafe)/.test(arg))).toEqual([]);
    expect(Object.keys(nativeLoops(output)).sort()).toEqual(Object.keys(wasmLoops()).sort());
    const before = statSync(output).ino;
    await build(output, async (_, args) => copyFileSync(output, args.at(-1)!)); // alike, sooner
    expect(statSync(output).ino).not.toBe(before);
    expect(nativeLoops(output)).toBeDefined();
  });

  test("is an empty file where it does not compile, so that set-up does not try again", async () => {
    const output = folder("built/loops.node");
    await build(output, () => Promise.reject(new Error("no compiler")));
    expect(readdirSync(folder("built"))).toEqual(["loops.node"]);
    expect(statSync(output).size).toBe(0);
  });

  test("is loaded by threads beside each other, which end without taking it from the others", async () => {
    const text = `process.dlopen(module, ${JSON.stringify(file)});
      require("node:worker_threads").parentPort.postMessage(typeof module.exports.fourier);`;
    const run = () =>
      new Promise((resolve, reject) => {
        new Worker(text, {eval: true}).on("message", resolve).on("error", reject);
      });
    expect(await Promise.all([run(), run(), run()])).toEqual(["function", "function", "function"]);
    expect(nativeLoops()).toBeDefined();
  });

  test("is not loaded unless it is whole, and one for this machine", () => {
    const bytes = readFileSync(file);
    const written = (name: string, data: Buffer, sum = sha256(data)): string => {
      writeFileSync(folder(name), data);
      writeFileSync(folder(`${name}.sha256`), sum);
      return folder(name);
    };
    const turned = Buffer.from(bytes);
    turned[bytes.length >> 1] ^= 1;
    const foreign = Buffer.from(bytes);
    foreign.writeUInt16LE(foreign.readUInt16LE(18) === 8 ? 62 : 8, 18); // the machine in the header: MIPS
    expect(nativeLoops(written("copy.node", bytes))).toBeDefined();
    expect(() => nativeLoops(folder("missing.node"))).toThrow("ENOENT");
    expect(() => nativeLoops(written("short.node", bytes.subarray(9), sha256(bytes)))).toThrow(
      "its checksum is another",
    );
    expect(() => nativeLoops(written("turned.node", turned, sha256(bytes)))).toThrow("its checksum is another");
    expect(() => nativeLoops(written("text.node", Buffer.from("no library")))).toThrow();
    expect(() => nativeLoops(written("foreign.node", foreign))).toThrow();
  });
});

describe("WebAssembly's module", () => {
  const native = path.join(root, "packages/simulators/native");
  const bytes = readFileSync(path.join(native, "loops.wasm"));

  test("was made of the sources that are there: else run `npm run build:wasm`", async () => {
    const {recordOf} = await program<WasmBuild>("wasm");
    expect(JSON.parse(readFileSync(path.join(native, "loops.json"), "utf8"))).toEqual(recordOf(bytes));
  });

  const hasCompiler = existsSync(path.join(root, "environment/.build/ziglang-0.17.1"));
  const compiled = hasCompiler ? test : test.skip;
  compiled("is made again, byte by byte (needs the compiler that `npm run build:wasm` installs)", async () => {
    const {compileWasm} = await program<WasmBuild>("wasm");
    expect(sha256(compileWasm())).toBe(sha256(bytes));
  });

  test("imports nothing, and is small", () => {
    expect(WebAssembly.Module.imports(new WebAssembly.Module(Uint8Array.from(bytes)))).toEqual([]);
    expect(bytes.length).toBeLessThan(100_000);
  });
});

describe("the loops that run", () => {
  const isNative = ({fourier}: Loops) => /native code/.test(String(fourier));

  test("are set-up's where they are there, and WebAssembly's with LOLA_FUSED=off", () => {
    expect(bothWays(() => isNative(chooseLoops()))).toEqual([true, false]);
  });

  describe("where set-up's are missing", () => {
    const missing = "with this build of the loops (it was not built)";
    describe("and nothing is wished", () => {
      withFused("");
      test("are WebAssembly's, and a warning says so", () => {
        const warn = jest.spyOn(process, "emitWarning").mockImplementation(() => {});
        expect(isNative(chooseLoops(folder("missing.node")))).toBe(false);
        expect(warn.mock.calls).toEqual([[expect.stringContaining(`${missing}, but slower ones`)]]);
        warn.mockRestore();
      });
    });

    describe("and LOLA_FUSED is on", () => {
      withFused("on");
      test("are refused", () => {
        expect(() => chooseLoops(folder("missing.node"))).toThrow(`LOLA_FUSED: expected off ${missing}, found on.`);
      });
    });
  });
});

type Draw = (random: Rng) => number;
/** Make an array of drawn numbers. */
type Make = (count: number, draw?: Draw) => Float64Array;

const normal: Draw = (random) => random.normal();
const SENSELESS = [NaN, Infinity, -Infinity, 0, -0, -1, 5e-324, -1e-310, 1e-160, 1e160, 1.7e308, 1, 2];
const senseless: Draw = (random) => SENSELESS[random.integer(SENSELESS.length)];
const DRAWS: Record<string, Draw> = {
  numbers: normal,
  "large and small numbers": (random) => random.normal() * 10 ** (40 * random.normal()),
  "zeros of both signs": (random) => [0, -0, 1, -1][random.integer(4)],
  "numbers without sense": senseless,
  "a few numbers without sense": (random) => (random.uniform() < 0.01 ? senseless(random) : random.normal()),
};

/** Primitive and conserved states of a gas with shocks and near-vacuum, or of numbers that are drawn. */
function gas(make: Make, size: number, dimensions: number, from: Draw): [u: Float64Array, w: Float64Array] {
  const positive = make(2 * size, (random) => (from === normal ? 10 ** (3 * random.normal()) : from(random)));
  const velocity = make(dimensions * size, from);
  const states = Array.from({length: size}, (_, c) => {
    const [r, p] = positive.subarray(2 * c, 2 * c + 2);
    const v = [...velocity.subarray(dimensions * c, dimensions * (c + 1))];
    const energy = p / 0.4 + 0.5 * r * v.reduce((sum, x) => sum + x * x, 0);
    const more = dimensions === 3 ? [p / 0.4, 0] : [];
    return {u: [r, ...v.map((x) => r * x), energy, ...more], w: [r, ...v, p]};
  });
  return [Float64Array.from(states.flatMap(({u}) => u)), Float64Array.from(states.flatMap(({w}) => w))];
}

const LENGTHS = [1, 2, 3, 4, 5, 8, 9, 12, 15, 16, 25, 27, 30, 32, 45, 60, 64, 75, 160, 1000];
const CONVOLVED = [
  [1, 1, 1, 2, 2],
  [3, 2, 7, 4, 16],
  [2, 17, 9, 36, 18],
  [3, 20, 25, 40, 50],
  [1, 45, 3, 90, 6],
];
const modes = (make: Make, half: number, rows: number, count: number): Float64Array[] =>
  Array.from({length: count}, () => make(rows * (2 * half + 1)));
/** As few points as hold the wavenumbers, or more, in an order in which none but the first is where it was. */
function orderOf(half: number, rows: number): Int32Array {
  const points = Math.max(1, 2 * rows - 1 + (half % 3));
  return Int32Array.from({length: points}, (_, i) => (points - i) % points);
}

/** Arguments of calls of each loop, of size `n`. */
const CALLS: Record<string, (make: Make, n: number, from: Draw) => Argument[][]> = {
  fourier: (make, n) =>
    [1, 2, 7, 33].flatMap((count, i) => {
      const length = LENGTHS[n % LENGTHS.length];
      const {order, tables} = fourierPlan(length);
      const signal = () => make(length * count * (1 + i));
      return [new Int32Array(0), order].map((one) => [signal(), signal(), count, length, one, tables]);
    }),
  eulerSweep: (make, n, from) =>
    [0.02, 0.3].map((a) => {
      const [nx, ny] = [1 + (n % 5), n];
      const [u, w] = gas(make, (nx + 4) * (ny + 4), 2, from);
      return [u, w, new Int32Array(2), nx, ny, a, 0.7 * a, 1.4];
    }),
  cloudSweep: (make, n, from) =>
    [0.01, 0.2].map((a) => {
      const [nx, ny, nz] = [1 + (n % 3), 1 + (n % 4), n];
      const [u, w] = gas(make, (nx + 4) * (ny + 4) * (nz + 4), 3, from);
      return [u, w, new Int32Array(2), nx, ny, nz, a, 1.4, n % 2 ? 1e-3 : 0.5];
    }),
  evolve: (make, n, from) => {
    const dense: Draw = (random) => (Math.abs(from(random)) > 1e10 ? NaN : 10 ** random.uniform(-4, 5)); // those take forever
    const warm: Draw = (random) => (from === normal ? 10 ** random.uniform(0, 7) : from(random));
    const cells = () => [make(40 * n, warm), make(40 * n, dense), 40 * n];
    return [0, -1, 1e7, 1e12, NaN].map((seconds) => [...cells(), seconds, 1.2e-11, 1.2e-10, 5, 0.1]);
  },
  convolve: (make, n) => {
    const [planes, ny, nz, my, mz] = CONVOLVED[n % CONVOLVED.length];
    const [y, z] = [fourierPlan(my), fourierPlan(mz)];
    const kernel = make(planes * (my / 2 + 1) * (mz / 2 + 1));
    const signal = () => make(planes * ny * nz);
    return [[signal(), signal(), kernel, planes, ny, nz, y.order, y.tables, z.order, z.tables]];
  },
  kick: (make, n, from) =>
    [0, 1].map((periodic) => {
      const [nx, ny, nz] = [1 + (n % 4), 1 + (n % 3), n];
      const [u, w] = gas(make, (nx + 4) * (ny + 4) * (nz + 4), 3, from);
      return [u, w, make(nx * ny * nz), nx, ny, nz, -0.3, periodic];
    }),
  applyHalves: (make, half) =>
    [1, 4].map((rows) => [
      ...[(half + 1) ** 2, half ** 2].map((numbers) => make(rows * numbers)),
      half,
      ...modes(make, half, rows, 4),
    ]),
  differentiate: (make, half) =>
    [1, 4].map((rows) => [make((half + 1) * half), make((half + 1) * half), half, ...modes(make, half, rows, 4)]),
  truncate: (make, half) =>
    [1, 3, 7].map((rows) => {
      const [evens, odds] = [(rows % 4) * (half + 1), (half % 3) * half];
      return [make(evens), make(evens), make(odds), make(odds), half, ...modes(make, half, rows, 2)];
    }),
  combineHeat: (make, half) => [1, 6].map((rows) => [make(rows), make(4), ...modes(make, half, rows, 12)]),
  combineSpin: (make, half) => [1, 6].map((rows) => [make(rows), make(4), ...modes(make, half, rows, 12)]),
  multiply: (make, half) => [
    [...modes(make, half, 0, 4), 1.7, make(2 * half + 1), make(2 * half + 1)],
    [...modes(make, half, 5, 4), 1.7, make(2 * half + 1), make(2 * half + 1)],
  ],
  spread: (make, half) =>
    [1, 2, 7].map((rows) => {
      const order = orderOf(half, rows);
      return [order, half, ...modes(make, half, rows, 4), ...modes(make, half, order.length, 2)];
    }),
  arrange: (make, half) =>
    [1, 7].map((rows) => [orderOf(half, rows), ...modes(make, half, orderOf(half, rows).length, 4)]),
  collect: (make, half) =>
    [1, 2, 7].map((rows) => {
      const points = orderOf(half, rows).length;
      return [points, half, ...modes(make, half, points, 2), ...modes(make, half, rows, 4)];
    }),
  variogram: (make, n) =>
    [2, 9, 20].flatMap((count) =>
      [-(n >> 1), n >> 1].map((offset) => {
        const run = Int32Array.of(Math.max(0, -offset), n - Math.abs(offset));
        return [make(count * n), count, run, offset];
      }),
    ),
  distances: (make, n) => [1, 2, 9, 20, 41].map((count) => [make(count * n), count, make(count * (count - 1))]),
  places: (make, n) => [1, 2, 9].map((count) => [make(count * n), count, new Int32Array(3 * n)]),
};

const native = nativeLoops();
const wasm = wasmLoops();
const copied = (args: readonly Argument[]) => args.map((arg) => (typeof arg === "number" ? arg : arg.slice()));

/** Run a loop on copies of its arguments; returns its result and what it leaves behind, as bits with one NaN for all. */
function after(loop: Loops[string], args: readonly Argument[]) {
  const own = copied(args);
  const result = loop(...own);
  return [result, ...own].map((arg) =>
    arg instanceof Int32Array ? arg : bitsOf(Float64Array.from([arg].flat() as never)),
  );
}

test("each loop is compared", () => {
  expect(Object.keys(CALLS).sort()).toEqual(Object.keys(native).sort());
});

describe.each(Object.keys(CALLS))("%s", (name) => {
  const callsOf = (n: number, draw: Draw) => {
    const random = Rng.from(name, n);
    return CALLS[name]((count, one = draw) => Float64Array.from({length: count}, () => one(random)), n, draw);
  };

  test.each(Object.keys(DRAWS))("has the same bits both ways, for %s", (draw) => {
    for (const n of [1, 2, 3, 4, 5, 7, 8, 9, 12, 16, 17, 20, 31, 33, 40, 65]) {
      for (const args of callsOf(n, DRAWS[draw])) {
        const [found, expected] = [wasm, native].map((loops) => after(loops[name], args));
        expect(found).toEqual(expected);
      }
    }
  });

  test("refuses arrays that do not fit", () => {
    const args = callsOf(4, normal).at(-1)!;
    args.forEach((arg, i) => {
      if (typeof arg === "number") return;
      const changed = copied(args).map((one, j) => (j === i ? arg.slice(1) : one));
      for (const loops of [native, wasm]) expect(() => loops[name](...changed)).toThrow(": expected ");
    });
  });
});

test("fractions in place of whole numbers are refused, in Node also arrays of a wrong type", () => {
  const [args] = CALLS.eulerSweep((count) => new Float64Array(count).fill(1), 4, normal);
  const message = "eulerSweep: expected u, w, counts, nx, ny, ax, ay, gamma of a grid.";
  const changed = (at: number, value: unknown) => args.map((arg, i) => (i === at ? value : arg)) as Argument[];
  for (const value of [NaN, -4, 1.5, 0, 2 ** 31, Infinity]) {
    for (const {eulerSweep} of [native, wasm]) expect(() => eulerSweep(...changed(3, value))).toThrow(message);
  }
  const u = args[0] as Float64Array;
  for (const value of [new Float32Array(u.length), new BigInt64Array(u.length), u.buffer, undefined, "u", 7]) {
    expect(() => native.eulerSweep(...changed(0, value))).toThrow(message);
  }
  expect(() => native.eulerSweep()).toThrow(message);
});

test("exponentials have the same bits at many temperatures", () => {
  // Gas so dense that it would lose all heat at the first rate: the last bit of an exponential shows in what is left.
  for (const exponents of [
    [0.3, 3],
    [3, 3.5],
    [3, 9],
  ] as const) {
    const random = Rng.from("exponentials");
    const temperatures = Float64Array.from({length: 30000}, () => 10 ** random.uniform(...exponents));
    const densities = temperatures.map((t) => t / (1e-1 * 0.014 * Math.sqrt(t) * Math.exp(-92 / t)));
    const args = [temperatures, densities, 30000, 1e9, 0, 1.2e-10, 0, 1];
    expect(after(wasm.evolve, args)).toEqual(after(native.evolve, args));
  }
});

test("WebAssembly keeps constants from call to call, also when its memory grows", () => {
  const own = wasmLoops();
  const [even, odd] = [constant(Float64Array.of(2, 0, 0, 2)), constant(Float64Array.of(3))];
  const x = Float64Array.of(1, 2, 3);
  for (const size of [0, 2 ** 22, 1]) {
    const [re, im] = [new Float64Array(3), new Float64Array(3)];
    own.applyHalves(even, odd, 1, x, x, re, im);
    expect([...re, ...im]).toEqual([2, 4, 9, 2, 4, 9]);
    const sums = new Float64Array(2);
    own.distances(new Float64Array(2 * size).fill(1, size), 2, sums);
    expect([...sums]).toEqual([size, size]);
  }
});
