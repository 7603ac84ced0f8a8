/**
 * Store of finished trajectories, so that an interrupted simulation can resume: a safetensors file each, with its checksum, that
 * holds the fields, the request and the diagnostics.
 */
import {join} from "node:path";
import {openSafetensors, writeSafetensors} from "@lola-ts/core";
import type {TrajectoryStore} from "./pool";
import type {TrajectoryRequest} from "./registry";
import type {Diagnostics, SimulatedTrajectory} from "./result";

/** Open the store of a folder, which is made when the first trajectory is finished. */
export function keepTrajectories(folder: string): TrajectoryStore {
  const path = (index: number) => join(folder, `${index}.trajectory`);
  return {
    read(index, request) {
      try {
        return readKept(path(index), request);
      } catch {
        return undefined; // there is none, or it is damaged
      }
    },

    async write(index, request, {fields, diagnostics}) {
      const tensors = Object.entries(fields).map(([name, data]) => [name, {shape: [data.length], data}] as const);
      const texts = Object.entries({request, diagnostics}).map(
        ([name, value]) => [name, JSON.stringify(value)] as const,
      );
      await writeSafetensors(path(index), new Map(tensors), new Map(texts));
    },
  };
}

function readKept(path: string, request: TrajectoryRequest): SimulatedTrajectory | undefined {
  const file = openSafetensors(path);
  try {
    if (file.metadata.get("request") !== JSON.stringify(request)) return undefined;
    const fields = [...file.shapes.keys()].map((name) => [name, file.read(name).data as Float32Array] as const);
    const diagnostics = JSON.parse(file.metadata.get("diagnostics")!) as Diagnostics;
    return {fields: Object.fromEntries(fields), diagnostics};
  } finally {
    file.close();
  }
}
