/** Compiled modules: which file is loaded, and when its functions run. */
import {createHash} from "node:crypto";
import {copyFileSync, readFileSync, writeFileSync} from "node:fs";
import {Worker} from "node:worker_threads";
import {CompiledModule, compiledFile, loadCompiled} from "../src/compiled-module";
import {bothWays} from "../../../test/both-ways";
import {temporaryFolder} from "../../../test/folder";
import {withFused} from "../../../test/fused";

interface Fourier {
  readonly combine: unknown;
}

const file = compiledFile("fourier");
const folder = temporaryFolder();
const isThere = ({combine}: Fourier) => typeof combine === "function";
const load = (path: string) => loadCompiled<Fourier>("fourier", isThere, path);

test("threads load it beside each other, and end without taking it from the others", async () => {
  const program = `process.dlopen(module, ${JSON.stringify(file)});
    require("node:worker_threads").parentPort.postMessage(typeof module.exports.combine);`;
  const run = () =>
    new Promise((resolve, reject) => {
      new Worker(program, {eval: true}).on("message", resolve).on("error", reject);
    });
  expect(await Promise.all([run(), run(), run()])).toEqual(["function", "function", "function"]);
  expect(load(file)).toBeDefined();
});

describe("a file that is not what set-up made is not loaded", () => {
  const bytes = readFileSync(file);
  const checksum = (data: Buffer) => createHash("sha256").update(data).digest("hex");
  const written = (name: string, data: Buffer, sum?: string): string => {
    writeFileSync(folder(name), data);
    if (sum !== undefined) writeFileSync(folder(`${name}.sha256`), sum);
    return folder(name);
  };

  test("while a copy of it is", () => {
    copyFileSync(file, folder("copy.node"));
    copyFileSync(`${file}.sha256`, folder("copy.node.sha256"));
    expect(load(folder("copy.node"))).toBeDefined();
  });

  test("the reason is said", () => {
    const reasonOf = (at: string, agrees = isThere) => {
      const said: string[] = [];
      loadCompiled<Fourier>("fourier", agrees, at, (reason) => void said.push(reason));
      return said;
    };
    expect(reasonOf(folder("missing.node"))).toEqual(["it was not built"]);
    expect(reasonOf(written("changed.node", bytes, "0"))).toEqual(["its checksum is another"]);
    expect(reasonOf(file, () => false)).toEqual(["its numbers have other bits than those in JavaScript"]);
    expect(reasonOf(file)).toEqual([]);
  });

  test("missing, empty, without a checksum", () => {
    expect(load(folder("missing.node"))).toBeUndefined();
    expect(load(written("empty.node", Buffer.alloc(0)))).toBeUndefined();
    expect(load(written("alone.node", bytes))).toBeUndefined();
  });

  test("cut short, or with a bit turned", () => {
    const turned = Buffer.from(bytes);
    turned[bytes.length >> 1] ^= 1;
    expect(load(written("short.node", bytes.subarray(0, bytes.length >> 1), checksum(bytes)))).toBeUndefined();
    expect(load(written("turned.node", turned, checksum(bytes)))).toBeUndefined();
  });

  test("whole, but no module, or one for another machine", () => {
    const text = Buffer.from("no library");
    const foreign = Buffer.from(bytes);
    foreign.writeUInt16LE(foreign.readUInt16LE(18) === 8 ? 62 : 8, 18); // the machine in the header: MIPS
    expect(load(written("text.node", text, checksum(text)))).toBeUndefined();
    expect(load(written("foreign.node", foreign, checksum(foreign)))).toBeUndefined();
  });
});

test("one that yields other bits is not used", () => {
  expect(loadCompiled<Fourier>("fourier", () => false)).toBeUndefined();
  const message = "no such function";
  expect(
    loadCompiled<Fourier>("fourier", () => {
      throw new Error(message);
    }),
  ).toBeUndefined();
});

describe("a module runs", () => {
  const found = {combine: () => {}};
  const script = {combine: "in JavaScript"};
  const trial = ({combine}: Fourier) => [Number(typeof combine === "function" || combine === script.combine)];
  const fake = (exports?: Fourier) => new CompiledModule<Fourier>("fourier", script, trial, () => exports);

  test("where it is there, and not with LOLA_FUSED=off", () => {
    const module = fake(found);
    expect(bothWays(() => module.wanted)).toEqual([found, undefined]);
    expect(bothWays(() => module.loops)).toEqual([found, script]);
  });

  test("is loaded once, and not at all with LOLA_FUSED=off", () => {
    const once = jest.fn(() => found);
    const module = new CompiledModule<Fourier>("fourier", script, trial, once);
    bothWays(() => process.env.LOLA_FUSED === "off" && module.wanted);
    expect(once).not.toHaveBeenCalled();
    for (let i = 0; i < 2; i++) expect(bothWays(() => module.wanted)[0]).toBe(found);
    expect(once).toHaveBeenCalledTimes(1);
  });

  describe("or not, where it is missing", () => {
    describe("and nothing is wished", () => {
      withFused("");
      test("JavaScript runs, and a warning says so once", () => {
        const warn = jest.spyOn(process, "emitWarning").mockImplementation(() => {});
        const slow = new CompiledModule<Fourier>("nowhere", script, trial, () => undefined);
        expect([slow.wanted, slow.wanted]).toEqual([undefined, undefined]);
        expect(warn.mock.calls).toEqual([
          [expect.stringMatching("No compiled parts run with this build of nowhere, .*environment/setup.mjs")],
        ]);
        warn.mockRestore();
      });
    });

    describe("and LOLA_FUSED is on", () => {
      withFused("on");
      test("it refuses", () => {
        expect(() => fake().wanted).toThrow("LOLA_FUSED: expected off with this build of fourier, found on.");
      });
    });
  });

  test("set-up's is found", () => {
    expect(bothWays(() => new CompiledModule<Fourier>("fourier", script, trial).wanted)).toEqual([
      {combine: expect.any(Function)},
      undefined,
    ]);
  });
});
