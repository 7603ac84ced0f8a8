/** Every long call says what it does within half a second, of the processor: a machine that does other things is no excuse, and no fault. */
import {compare} from "../../src/compare";
import type {DisplayWriter} from "../../src/notebook/kernel-output";
import type * as kernelOutput from "../../src/notebook/kernel-output";
import {whatIf} from "../../src/what-if";
import {smokeLabs} from "../smoke";

let send: DisplayWriter | undefined;
jest.mock("../../src/notebook/kernel-output", () => ({
  ...jest.requireActual<typeof kernelOutput>("../../src/notebook/kernel-output"),
  displayWriter: () => send,
}));

const {open} = smokeLabs();

/** Do something in a cell, and take the milliseconds of the processor before its first line, and this line. */
async function firstLine(call: () => Promise<unknown>): Promise<{milliseconds: number; line: string}> {
  const begin = process.cpuUsage();
  let first: {milliseconds: number; line: string} | undefined;
  const told = (line: string) => {
    const {user, system} = process.cpuUsage(begin);
    first ??= {milliseconds: (user + system) / 1000, line};
    return true;
  };
  send = (bundle) => void told(String(bundle["text/plain"]));
  const print = jest.spyOn(process.stdout, "write").mockImplementation((text) => told(String(text)));
  await call();
  print.mockRestore();
  send = undefined;
  return first ?? {milliseconds: Infinity, line: ""};
}

const lab = () => open();
const diffusion = {kind: "diffusion", latentChannels: 16} as const;
const methods = [diffusion];

// in this order: each makes what the next ones need, so that its own part is still to be done
test.each<[string, () => Promise<unknown>, RegExp]>([
  ["dataset", () => lab().dataset(), /^simulating /],
  ["autoencoder", () => lab().autoencoder(16), /^autoencoder, 16 latent channels .* 0\/\d+/],
  ["latents", () => lab().latents(16, "train"), /^encoding, train /],
  ["emulator", () => lab().emulator(diffusion), /^diffusion-c16 .* 0\/\d+/],
  ["rollout", () => lab().rollout(diffusion), /^(encoding, test|.*diffusion.*) /],
  ["evaluation", () => lab().evaluation({methods}), /^scoring, /],
  ["timing", () => lab().timing(), /^To train: /],
  ["timing, again", () => lab().timing({again: true}), /^timing .* 0\/\d+/],
  ["what-if", () => whatIf(lab(), {rollout: {steps: 2}}, {methods}), /^What if rollout\.steps = 2\?/],
  ["comparison", () => compare({four: lab(), two: lab().with({rollout: {steps: 3}})}, {methods}), /./],
  ["sweep", () => lab().sweep({"autoencoder.training.learningRate": [1e-3, 2e-3]}, {name: "lines"}), /./],
])("%s", async (_, call, expected) => {
  const {milliseconds, line} = await firstLine(call);
  expect(line).toMatch(expected);
  expect(milliseconds).toBeLessThan(500);
});
