/** Zip archives of stored entries: every entry has a checksum, so an accepted archive has the seed's entries. */
import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import path from "node:path";
import type {Rng} from "@lola-ts/core";
import {CENTRAL, END, END64, LOCAL, LOCATOR, ZipArchive} from "../../packages/torch-files/src/zip";
import {mutateBytes, pick, several, splice} from "./runner/mutations";
import type {FuzzTarget} from "./runner/target";

const runs = path.join(__dirname, "../reference/lola-run");

/** Positions of the records of an archive. */
function recordsOf(bytes: Buffer): number[] {
  const found: number[] = [];
  for (const signature of [LOCAL, CENTRAL, END, END64, LOCATOR]) {
    const word = Buffer.alloc(4);
    word.writeUInt32LE(signature);
    for (let at = bytes.indexOf(word); at >= 0; at = bytes.indexOf(word, at + 1)) found.push(at);
  }
  return found;
}

/** Damage a field of a record. */
function mutateRecord(bytes: Buffer, rng: Rng): Buffer {
  const records = recordsOf(bytes);
  if (records.length === 0) return mutateBytes(bytes, rng);
  const at = pick(rng, records);
  const record = bytes.subarray(at, at + 80);
  return splice(bytes, at, record.length, mutateBytes(Buffer.from(record), rng));
}

/** Damage an archive: its records, or any bytes. */
export function mutateZip(bytes: Buffer, rng: Rng): Buffer {
  return several(rng, (one) => (rng.integer(3) > 0 ? mutateRecord(one, rng) : mutateBytes(one, rng)), bytes);
}

export const target: FuzzTarget = {
  name: "zip",
  seeds: [readFileSync(path.join(runs, "sm/tiny_euler_all_f4c4_vit_tiny/state.pth"))],
  mutate: mutateZip,
  read: (file) => {
    const archive = ZipArchive.open(file);
    try {
      const contents = [...archive.entries.keys()].map((name) => {
        const hash = createHash("sha256").update(archive.read(name, 2 ** 20));
        return [name, hash.digest("hex")];
      });
      return JSON.stringify(contents);
    } finally {
      archive.close();
    }
  },
};
