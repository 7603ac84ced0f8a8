/**
 * HDF5 files in The Well's layout, by our own writer and by the HDF5 library (`-library`) and h5py (`chunked`).
 *
 * Values, texts and the names of a dataset and a grid have no checksum, so a changed one may be a right one; the structure
 * of a file that is accepted without a report must be its seed's, also where the checksums of headers were made to fit.
 */
import {copyFileSync, rmSync} from "node:fs";
import path from "node:path";
import type {Rng} from "@lola-ts/core";
import {lookup3} from "../../packages/well/src/hdf5-writer";
import {openWell, type WellDataset} from "@lola-ts/well";
import {mutateBytes, pick, several, splice} from "./runner/mutations";
import type {FuzzTarget} from "./runner/target";

/** Header messages: links, dataspaces, datatypes, fill values, external files, layouts, continuations, attributes. */
const MESSAGES = [0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0x08, 0x0a, 0x0b, 0x0c, 0x10, 0x15];

/** Texts of the layout and worse, which take the place of others. */
const TEXTS = [
  ...["density", "energy", "pressure", "momentum", "gamma", "time", "mask", "x", "y", "z", "WALL", "OPEN", "PERIODIC"],
  ...["t0_fields", "scalars", "field_names", "dim_varying", "__proto__", "constructor", "..", "/", "a/b", "\u001b[31m"],
];

/** Find a text as a header or heap holds it, and write another over it, cut or filled to its length. */
function mutateName(bytes: Buffer, rng: Rng): Buffer {
  const old = Buffer.from(pick(rng, TEXTS));
  const places: number[] = [];
  for (let at = bytes.indexOf(old); at >= 0; at = bytes.indexOf(old, at + 1)) places.push(at);
  if (places.length === 0) return mutateBytes(bytes, rng);
  const text = Buffer.alloc(old.length, rng.integer(2) === 0 ? 0 : 95);
  Buffer.from(pick(rng, TEXTS)).copy(text);
  return splice(bytes, pick(rng, places), old.length, text);
}

/** Object headers of version 2 with a length of 4 bytes, as our writer makes them. */
function headers(bytes: Buffer): {start: number; end: number}[] {
  const found: {start: number; end: number}[] = [];
  for (let at = bytes.indexOf("OHDR"); at >= 0; at = bytes.indexOf("OHDR", at + 4)) {
    if (at + 10 > bytes.length || (bytes[at + 5] & 0x33) !== 2) continue;
    const end = at + 10 + bytes.readUInt32LE(at + 6);
    if (end + 4 <= bytes.length) found.push({start: at, end});
  }
  return found;
}

/** Make a hard link soft or external, in the bytes that it has. */
function mutateLink(header: Buffer, rng: Rng): void {
  for (let at = 10; at + 4 <= header.length; at += 4 + header.readUInt16LE(at + 1)) {
    if (header[at] !== 0x06 || rng.integer(2) === 0) continue;
    const length = header[at + 7];
    const name = Buffer.from(header.subarray(at + 8, at + 8 + length));
    const external = rng.integer(2) === 0;
    const target = Buffer.from(external ? "\0a\0/\0" : pick(rng, ["/time", "../..", "t0_fi", "/a/b/"]));
    Buffer.concat([Buffer.of(1, 0x18, external ? 64 : 1, 1, length), name, Buffer.of(5, 0), target]).copy(
      header,
      at + 4,
    );
    return;
  }
}

/** Change the type of a message. */
function mutateMessage(header: Buffer, rng: Rng): void {
  const places: number[] = [];
  for (let at = 10; at + 4 <= header.length; at += 4 + header.readUInt16LE(at + 1)) places.push(at);
  if (places.length > 0) header[pick(rng, places)] = pick(rng, MESSAGES);
}

/** Damage an object header and make its checksum fit again. */
function mutateSealed(bytes: Buffer, rng: Rng): Buffer {
  const all = headers(bytes);
  if (all.length === 0) return mutateBytes(bytes, rng);
  const {start, end} = pick(rng, all);
  const out = Buffer.from(bytes);
  const kind = rng.integer(4);
  if (kind === 0) mutateLink(out.subarray(start, end), rng);
  else if (kind === 1) mutateMessage(out.subarray(start, end), rng);
  else mutateBytes(out.subarray(start + 10, end), rng).copy(out, start + 10, 0, end - start - 10);
  out.writeUInt32LE(lookup3(out.subarray(start, end)), end);
  return out;
}

/** Damage anything: bytes, names, or headers whose checksums fit. */
function mutate(bytes: Buffer, rng: Rng): Buffer {
  const kinds = [mutateBytes, mutateName, mutateSealed, mutateSealed];
  return several(rng, (one) => pick(rng, kinds)(one, rng), bytes);
}

/** Structure of a dataset, all of whose values are read. */
function structure(dataset: WellDataset): string {
  const {axes, grid, fields, constantFields, scalars, variableScalars, trajectories} = dataset;
  const sizes = trajectories.map((_, n) => {
    const parts = [dataset.read(n).shape, dataset.readConstants(n).shape, dataset.readScalars(n).shape];
    return [
      parts,
      dataset.times(n).length,
      axes.map((axis) => dataset.coordinates(axis, n).length),
      dataset.label(n).length,
    ];
  });
  return JSON.stringify({axes, grid, fields, constantFields, scalars, variableScalars, sizes});
}

let copies = 0;

async function readCopy(file: string): Promise<string> {
  const dataset = await openWell([file]);
  try {
    const [report] = dataset.checks; // what is reported is not silent
    if (report !== undefined) throw new Error(report);
    return structure(dataset);
  } finally {
    dataset.close();
  }
}

export const target: FuzzTarget = {
  name: "hdf5",
  extension: ".hdf5",
  seeds: path.join(__dirname, "seeds/hdf5"),
  mutate,
  read: async (file) => {
    const copy = `${file}-${copies++}`; // the library keeps a file open in which it met an error, and knows it by its inode
    copyFileSync(file, copy);
    try {
      return await readCopy(copy);
    } finally {
      rmSync(copy);
    }
  },
};
