import {execFile} from "node:child_process";
import path from "node:path";
import {interruptible} from "../src/interrupt";

const seen = (signal: AbortSignal) =>
  new Promise<never>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason as Error)));

test("an interrupt aborts the work, and listeners do not pile up", async () => {
  const before = process.listenerCount("SIGINT");
  const work = interruptible(seen);
  setTimeout(() => process.emit("SIGINT"), 20);
  await expect(work).rejects.toMatchObject({code: "interrupted"});
  expect(process.listenerCount("SIGINT")).toBe(before);
  expect(await interruptible(() => 42)).toBe(42);
  await expect(interruptible(() => Promise.reject(new Error("own")))).rejects.toThrow("own");
  expect(process.listenerCount("SIGINT")).toBe(before);
});

test("a knob that moves aborts the work of its cell", async () => {
  const controller = new AbortController();
  const {signal} = controller;
  const front = Symbol.for("@lola-ts/kernel/front");
  Object.assign(globalThis, {[front]: {sink: () => ({signal})}});
  const before = process.listenerCount("SIGINT");
  const work = interruptible(seen);
  while (process.listenerCount("SIGINT") === before) await new Promise(setImmediate);
  controller.abort();
  await expect(work).rejects.toMatchObject({code: "interrupted"});
  await expect(interruptible((own) => own.aborted)).resolves.toBe(true);
  expect(process.listenerCount("SIGINT")).toBe(before);
  delete (globalThis as Record<symbol, unknown>)[front];
});

test("Node does not take many that wait for a leak", async () => {
  const works = Promise.allSettled(Array.from({length: 30}, () => interruptible(seen)));
  while (process.listenerCount("SIGINT") < 30) await new Promise(setImmediate);
  expect(process.listenerCount("SIGINT")).toBeLessThanOrEqual(process.getMaxListeners());
  process.emit("SIGINT");
  expect((await works).every(({status}) => status === "rejected")).toBe(true);
});

test("works from the synchronous part of a cell, where a plain listener would be lost", async () => {
  const library = path.resolve(__dirname, "../dist/interrupt.js");
  const cell = `(async () => {
    await load("${library}").interruptible(async (signal) => {
      setTimeout(() => process.kill(process.pid, "SIGINT"), 50);
      while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
      process.stdout.write("saved");
      process.exit(0);
    });
  })()`;
  const script = `
    Object.assign(globalThis, {load: require, process});
    process.on("SIGINT", () => {});
    require("node:vm").runInThisContext(${JSON.stringify(cell)}, {breakOnSigint: true});
    setTimeout(() => {}, 5000);`;
  const output = await new Promise<string>((resolve) =>
    execFile(process.execPath, ["-e", script], (error, stdout) =>
      resolve(`${error?.signal ?? error?.code ?? 0} ${stdout}`),
    ),
  );
  expect(output).toBe("0 saved");
});
