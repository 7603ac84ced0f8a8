/**
 * State dicts of PyTorch (state.pth), converted from and to safetensors by a program that needs only Python's standard library.
 * The program knows what describes tensors and nothing else, so it runs no code in a file.
 */
import {spawnSync} from "node:child_process";
import {closeSync, mkdtempSync, openSync, rmSync} from "node:fs";
import {tmpdir} from "node:os";
import {join} from "node:path";
import {
  openSafetensors,
  projectRoot,
  writeAtomically,
  writeSafetensors,
  type NamedArrays,
  type SafetensorsFile,
} from "@lola-ts/core";

const PROGRAM = join(__dirname, "../state_dict.py");

/** Convert a file into an open one. @throws Error naming the state dict. */
function convert(verb: "read" | "write", source: string, to: number, path: string): void {
  const python = join(projectRoot(), "environment/.venv/bin/python");
  const {error, status, signal, stderr} = spawnSync(python, ["-I", PROGRAM, verb, source], {
    encoding: "utf8",
    stdio: ["ignore", to, "pipe"],
  });
  if (error) throw new Error(`${path}: expected set-up's Python, found ${error.message}.`, {cause: error});
  if (status !== 0) throw new Error(`${path}: ${stderr.trim() || `Python was ended by ${signal}.`}`);
}

const temporaryFolder = () => mkdtempSync(join(tmpdir(), "lola-state-"));

/**
 * Open a state dict. Close it after use. All its numbers are float32.
 *
 * @throws Error naming the file if it is missing, truncated or damaged, was not written by `torch.save` of version 1.6 or
 * later, or holds anything but named tensors of floating-point numbers.
 */
export function openStateDict(path: string): SafetensorsFile {
  const folder = temporaryFolder();
  try {
    const file = join(folder, "state.safetensors");
    const to = openSync(file, "w");
    try {
      convert("read", path, to, path);
    } finally {
      closeSync(to);
    }
    return openSafetensors(file); // an open file stays after its folder is removed
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/**
 * Write a state dict that `torch.load` reads, also with `weights_only`; atomically.
 *
 * @throws Error naming the file if the disk is full or the folder cannot be written; what was there stays.
 */
export async function writeStateDict(path: string, {shapes, read}: NamedArrays): Promise<void> {
  const folder = temporaryFolder();
  try {
    const file = join(folder, "state.safetensors");
    await writeSafetensors(file, new Map([...shapes].map(([name, shape]) => [name, {shape, read: () => read(name)}])));
    await writeAtomically(path, (to) => convert("write", file, to, path));
  } finally {
    rmSync(folder, {recursive: true});
  }
}
