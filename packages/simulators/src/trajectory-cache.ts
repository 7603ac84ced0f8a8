/**
 * Store of finished trajectories: one atomically written file each, so that an interrupted simulation can resume.
 *
 * A file is one line of JSON (request, diagnostics, names and lengths of the fields, their checksum), then the fields as
 * raw float32, one after the other.
 */
import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import type {TrajectoryStore} from "./pool";
import type {Diagnostics, SimulatedTrajectory} from "./result";
import {writeAll, writeAtomically} from "@lola-ts/core";
import type {TrajectoryRequest} from "./registry";

interface Header {
  readonly request: TrajectoryRequest;
  readonly diagnostics: Diagnostics;
  readonly fields: readonly {readonly name: string; readonly length: number}[];
  readonly sha256: string;
}

const bytesOf = ({buffer, byteOffset, byteLength}: Float32Array) => new Uint8Array(buffer, byteOffset, byteLength);

/** Open the store of a folder, which is made when the first trajectory is finished. */
export function keepTrajectories(folder: string): TrajectoryStore {
  const path = (index: number) => join(folder, `${index}.trajectory`);
  return {
    read(index, request) {
      const found = readKept(path(index));
      return found && JSON.stringify(found.request) === JSON.stringify(request) ? found.trajectory : undefined;
    },

    async write(index, request, {fields, diagnostics}) {
      const entries = Object.entries(fields);
      const hash = createHash("sha256");
      for (const [, values] of entries) hash.update(bytesOf(values));
      const list = entries.map(([name, {length}]) => ({name, length}));
      const header: Header = {request, diagnostics, fields: list, sha256: hash.digest("hex")};
      await writeAtomically(path(index), (fd) => {
        writeAll(fd, Buffer.from(`${JSON.stringify(header)}\n`));
        for (const [, values] of entries) writeAll(fd, bytesOf(values));
      });
    },
  };
}

/** Read a stored trajectory; undefined if there is none or it is damaged. */
function readKept(path: string): {request: TrajectoryRequest; trajectory: SimulatedTrajectory} | undefined {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return undefined;
  }
  const header = parse(bytes.subarray(0, Math.max(0, bytes.indexOf(10))).toString("utf8"));
  if (!header) return undefined;
  const data = bytes.subarray(bytes.indexOf(10) + 1);
  if (createHash("sha256").update(data).digest("hex") !== header.sha256) return undefined;
  const values = new Float32Array(data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength));
  let first = 0;
  const fields = header.fields.map(({name, length}): [string, Float32Array] => [
    name,
    values.subarray(first, (first += length)),
  ]);
  return {request: header.request, trajectory: {fields: Object.fromEntries(fields), diagnostics: header.diagnostics}};
}

function parse(text: string): Header | undefined {
  try {
    return JSON.parse(text) as Header;
  } catch {
    return undefined;
  }
}
