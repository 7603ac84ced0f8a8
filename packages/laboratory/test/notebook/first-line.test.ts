/** Every long call says what it does before the engine runs a single kernel: no machine is too slow for this test. */
import {tf} from "@lola-ts/engine";
import {compare} from "../../src/compare";
import type {DisplayWriter} from "@lola-ts/cache";
import type * as kernelOutput from "../../../cache/src/kernel-output";
import {whatIf} from "../../src/what-if";
import {smokeLabs, rolloutOf} from "../smoke";

let send: DisplayWriter | undefined;
jest.mock("../../../cache/src/kernel-output", () => ({
  ...jest.requireActual<typeof kernelOutput>("../../../cache/src/kernel-output"),
  displayWriter: () => send,
}));

const {open} = smokeLabs();

/** Do something in a cell, and take its first line with the number of kernels that the engine ran before the line. */
async function firstLine(call: () => Promise<unknown>): Promise<{line: string; kernels: number}> {
  const backend = tf.engine().backend as unknown as Record<"executeSingleOutput" | "executeMultipleOutputs", jest.Func>;
  const runs = [jest.spyOn(backend, "executeSingleOutput"), jest.spyOn(backend, "executeMultipleOutputs")];
  const kernels = () => runs.reduce((sum, {mock}) => sum + mock.calls.length, 0);
  let first: {line: string; kernels: number} | undefined;
  const told = (line: string) => {
    first ??= {line, kernels: kernels()};
    return true;
  };
  send = (bundle) => void told(String(bundle["text/plain"]));
  const print = jest.spyOn(process.stdout, "write").mockImplementation((text) => told(String(text)));
  try {
    await call();
    return first ?? {line: "", kernels: kernels()};
  } finally {
    send = undefined;
    for (const spy of [print, ...runs]) spy.mockRestore();
  }
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
  ["rollout", () => rolloutOf(lab(), diffusion), /^(encoding, test|.*diffusion.*) /],
  ["evaluation", () => lab().evaluation({methods}), /^scoring, /],
  ["timing", () => lab().timing(), /^To train: /],
  ["timing, again", () => lab().timing({again: true}), /^timing .* 0\/\d+/],
  ["what-if", () => whatIf(lab(), {rollout: {steps: 2}}, {methods}), /^What if rollout\.steps = 2\?/],
  ["comparison", () => compare({four: lab(), two: lab().with({rollout: {steps: 3}})}, {methods}), /./],
])("%s", async (_, call, expected) => {
  const {line, kernels} = await firstLine(call);
  expect(line).toMatch(expected);
  expect(kernels).toBe(0);
});
