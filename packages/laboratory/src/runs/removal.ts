/** Which artefacts may go, and their removal. */
import {rm} from "node:fs/promises";
import type {Stage} from "../store/artifacts";
import {isHeld} from "../store/lock";
import {STAGES, storedRuns, type StoredRun} from "./stored-runs";

/** Which artefacts to remove: all conditions that are given hold for each. */
export interface RemovalOptions {
  /** Milliseconds since the last change, at least. */
  readonly olderThan?: number;
  /** Part of the name with its identifier; `*` stands for any text. */
  readonly name?: string;
  /** Paths that a preset's laboratory reads, which stay. */
  readonly reachable?: ReadonlySet<string>;
  readonly stages?: readonly Stage[];
}

/** List artefacts that fit the conditions; those that are being made are never among them. */
export function removable(
  root: string,
  {olderThan, name, reachable, stages = STAGES}: RemovalOptions,
  now = Date.now(),
): StoredRun[] {
  const pattern = name === undefined ? undefined : globPattern(name);
  return storedRuns(root, stages).filter(
    (run) =>
      run.state !== "being made" &&
      (olderThan === undefined || now - run.changed >= olderThan) &&
      (pattern === undefined || pattern.test(`${run.name}-${run.id}`)) &&
      (reachable === undefined || !reachable.has(run.path)),
  );
}

function globPattern(text: string): RegExp {
  const parts = text.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(parts.join(".*"));
}

/** Remove artefacts with their manifests and what was begun of them. @returns the bytes that were freed. */
export async function removeRuns(runs: readonly StoredRun[]): Promise<number> {
  let freed = 0;
  for (const {path, bytes} of runs) {
    if (isHeld(`${path}.lock`)) continue; // began since
    await rm(`${path}.manifest.json`, {force: true}); // first: without it the rest counts for nothing
    for (const ending of ["", ".partial"]) await rm(`${path}${ending}`, {recursive: true, force: true});
    freed += bytes;
  }
  return freed;
}
