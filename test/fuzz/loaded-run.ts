/**
 * Folders of runs, ours and official ones: what is accepted has its seed's weights, and in our own files everything else too.
 *
 * A case is a whole folder in one file: names, lengths and bytes of its files.
 */
import {createHash} from "node:crypto";
import {mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import type {Rng} from "@lola-ts/core";
import {loadRun, saveRun} from "@lola-ts/official-runs";
import {autoencoderRun, denoiserRun, solverRun} from "../../packages/official-runs/test/models";
import {mutateBytes, mutateText, several, splice} from "./runner/mutations";
import type {FuzzTarget} from "./runner/target";

type Folder = readonly (readonly [name: string, content: Buffer])[];

/** Join the files of a folder. */
function pack(folder: Folder): Buffer {
  return Buffer.concat(
    folder.flatMap(([name, content]) => {
      const lengths = Buffer.alloc(8);
      lengths.writeUInt32LE(Buffer.byteLength(name), 0);
      lengths.writeUInt32LE(content.length, 4);
      return [lengths, Buffer.from(name), content];
    }),
  );
}

function unpack(bytes: Buffer): Folder {
  const files: [string, Buffer][] = [];
  for (let at = 0; at < bytes.length;) {
    const start = at + 8 + bytes.readUInt32LE(at);
    const end = start + bytes.readUInt32LE(at + 4);
    files.push([bytes.toString("utf8", at + 8, start), bytes.subarray(start, end)]);
    at = end;
  }
  return files;
}

function readFolder(folder: string): Folder {
  const entries = readdirSync(folder, {recursive: true, withFileTypes: true}).filter((entry) => entry.isFile());
  const files = entries.map((entry) => path.join(entry.parentPath, entry.name));
  return files.map((file) => [path.relative(folder, file), readFileSync(file)]);
}

async function labRuns(): Promise<Folder[]> {
  const root = mkdtempSync(path.join(tmpdir(), "lola-fuzz-run-"));
  try {
    for (const run of [autoencoderRun(), denoiserRun(), solverRun()]) await saveRun(path.join(root, run.kind), run);
    return ["autoencoder", "denoiser", "solver"].map((kind) => readFolder(path.join(root, kind)));
  } finally {
    rmSync(root, {recursive: true});
  }
}

const official = (name: string): Folder => readFolder(path.join(__dirname, "../reference/lola-run", name));

/** Damage one file of a folder, or remove it; a run within a run may be missing. */
function mutateFile(folder: Folder, rng: Rng): Folder {
  const n = rng.integer(folder.length);
  const [name, content] = folder[n];
  if (rng.integer(20) === 0 && folder.length > 1 && !name.includes(path.sep)) return folder.filter((_, i) => i !== n);
  return folder.map((file, i) => (i === n ? [name, mutateContent(name, content, rng)] : file));
}

function mutateContent(name: string, content: Buffer, rng: Rng): Buffer {
  if (rng.integer(3) === 0) return mutateBytes(content, rng);
  if (name.endsWith(".yaml")) return Buffer.from(mutateText(`${content}`, rng));
  if (name.endsWith(".pth")) return mutateBytes(content, rng);
  if (content.length < 8 || content.readUInt32LE(0) + 8 > content.length) return mutateBytes(content, rng);
  const length = content.readUInt32LE(0); // of the header, which is less than 4 GB
  const header = Buffer.from(mutateText(content.toString("utf8", 8, 8 + length), rng));
  const out = splice(content, 8, length, header);
  out.writeUInt32LE(header.length, 0);
  return out;
}

const hash = (values: Float32Array) =>
  createHash("sha256")
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest("hex");

export const target: FuzzTarget = {
  name: "loaded-run",
  seeds: async () => [
    ...(await labRuns()).map(pack),
    ...["ae/tiny_euler_all_dcae_f4c4_tiny", "dm/tiny_euler_all_f4c4_vit_tiny"].map((name) => pack(official(name))),
  ],
  mutate: (bytes, rng) => several(rng, (one) => pack(mutateFile(unpack(one), rng)), bytes),
  read: (file) => {
    const folder = `${file}-run`;
    rmSync(folder, {recursive: true, force: true});
    for (const [name, content] of unpack(readFileSync(file))) {
      const place = path.join(folder, name);
      mkdirSync(path.dirname(place), {recursive: true});
      writeFileSync(place, content);
    }
    const run = loadRun(folder);
    const models = [run.model, ...(run.kind === "autoencoder" || !run.autoencoder ? [] : [run.autoencoder.model])];
    try {
      const weights = models.map((model) => hash(model.weights.dataSync<"float32">()));
      // an official configuration has no checksum: a changed option may be a right one
      const isOurs = readdirSync(folder).includes("model.safetensors");
      return JSON.stringify([run.kind, weights, isOurs ? [run.model.config, run.data, run.trajectory] : null]);
    } finally {
      models.forEach((model) => model.dispose());
    }
  },
};
