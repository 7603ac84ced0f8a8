import {instructionsOf, machineLine, type Machine} from "./machine";

/** An invented /proc/cpuinfo of two cores. */
const cpuinfo = (flags: string) =>
  [0, 1]
    .map((core) => `processor\t: ${core}\nmodel name\t: Invented 9\nflags\t\t: fpu ${flags}\nbugs\t\t:\n`)
    .join("\n");

test.each([
  ["sse4_2 avx", []],
  ["avx avx2 fma", ["avx2"]],
  ["avx2 avx512f avx512_vnni", ["avx2", "avx512"]],
  ["avx2 avx512f avx512_bf16 amx_bf16 amx_tile", ["avx2", "avx512", "avx512_bf16", "amx"]],
])("flags %s are instruction sets %j", (flags, expected) => {
  expect(instructionsOf(cpuinfo(flags), {})).toEqual({instructionSets: expected, oneDnn: true});
});

test("a processor of another kind has none of them", () => {
  expect(instructionsOf("processor: 0\nFeatures: asimd\n", {}).instructionSets).toEqual([]);
});

test("limits of oneDNN and its absence are read from the environment", () => {
  const found = (env: Record<string, string>) => instructionsOf(cpuinfo("avx2"), env);
  expect(found({ONEDNN_MAX_CPU_ISA: "AVX2"})).toMatchObject({maxIsa: "AVX2", oneDnn: true});
  expect(["0", "false", "1", "true"].map((value) => found({TF_ENABLE_ONEDNN_OPTS: value}).oneDnn)).toEqual([
    ...[false, false],
    ...[true, true],
  ]);
});

const machine: Machine = {
  date: "2026-12-01",
  processor: "Invented 9",
  instructionSets: ["avx2", "avx512"],
  oneDnn: true,
  cores: 2,
  memoryGiB: 24,
  node: "v20.19.2",
  tensorflow: "2.21.0",
  lola: "1.0.0",
  peakGflops: 100,
};

test("the line of a machine names instructions, size and versions", () => {
  expect(machineLine(machine)).toBe(
    "Invented 9: avx2, avx512; oneDNN on; 2 cores, 24 GiB; Node 20.19.2, TensorFlow 2.21.0; lola 1.0.0",
  );
  expect(machineLine({...machine, maxIsa: "AVX2", oneDnn: false, cores: 1, pytorch: "2.13.0", commit: "abc"})).toBe(
    "Invented 9: avx2, avx512; ONEDNN_MAX_CPU_ISA=AVX2, oneDNN off; 1 core, 24 GiB; " +
      "Node 20.19.2, TensorFlow 2.21.0, PyTorch 2.13.0; lola 1.0.0 (abc)",
  );
});
