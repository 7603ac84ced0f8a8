/**
 * Sweeps that come with the project: how their trainings ended, in data/pretrained/sweeps/, a file per sweep.
 *
 * A shipped trial has the key of the one that it is a copy of, and stands for it where exactly that training would be measured;
 * its model is not shipped. Whatever is not shipped, or of another configuration or version, is trained as always.
 */
import {existsSync, readFileSync} from "node:fs";
import path from "node:path";
import {brotliCompressSync, brotliDecompressSync} from "node:zlib";
import * as z from "zod";
import {writeWhole, parseJson, shown} from "@lola-ts/core";
import {readEndedTrial, type EndedTrial} from "./trial";
import type {Config} from "@lola-ts/laboratory/stages";

const FORMAT = "lola-sweep-1";

/** Significant digits of what was measured: more than anybody reads. */
const DIGITS = 6;

export interface ShippedTrial {
  readonly key: string;
  readonly versions: Readonly<Record<string, number>>;
  readonly trial: EndedTrial;
}

export interface ShippedSweep {
  readonly system: string;
  readonly preset: string;
  readonly trials: readonly ShippedTrial[];
}

const sweepRule = z.object({
  format: z.literal(FORMAT),
  system: z.string(),
  preset: z.string(),
  trials: z.array(
    z.object({
      key: z.string(),
      versions: z.record(z.string(), z.number()),
      trial: z
        .unknown()
        .transform(readEndedTrial)
        .refine((trial) => trial?.measured ?? trial?.error),
    }),
  ),
});

const fileOf = (folder: string, name: string) => path.join(folder, `${name}.json.br`);

export async function writeShippedTrials(
  folder: string,
  name: string,
  {system, preset}: Config,
  trials: readonly ShippedTrial[],
): Promise<string> {
  const file = fileOf(folder, name);
  const round = (_: string, value: unknown): unknown =>
    typeof value === "number" && !Number.isInteger(value) ? Number(value.toPrecision(DIGITS)) : value;
  const text = JSON.stringify({format: FORMAT, system, preset, trials}, round);
  await writeWhole(file, brotliCompressSync(text));
  return file;
}

export class ShippedTrials {
  private readonly trials: ReadonlyMap<string, ShippedTrial>;

  private constructor(
    private readonly file: string,
    readonly sweep: ShippedSweep,
  ) {
    this.trials = new Map(sweep.trials.map((shipped) => [shipped.key, shipped]));
  }

  static open(folder: string, name: string): ShippedTrials | undefined {
    const file = fileOf(folder, name);
    if (!existsSync(file)) return undefined;
    try {
      const text = brotliDecompressSync(readFileSync(file)).toString();
      return new ShippedTrials(file, sweepRule.parse(parseJson(text)) as ShippedSweep);
    } catch {
      // reported below
    }
    throw new Error(
      `${shown(file)}: expected the trials of a sweep (format ${FORMAT}), found damaged or other content; fetch the project ` +
        "again, or train with openLab({pretrained: false}).",
    );
  }

  read(key: string): EndedTrial | undefined {
    const found = this.trials.get(key);
    return found && {...found.trial, shipped: true};
  }

  /** Say why no trial is of a configuration; nothing if they are of another system or preset, which is no surprise. */
  remark({system, preset}: Config, versionsOf: (method: string) => Record<string, number>): string | undefined {
    const {sweep, file} = this;
    if (sweep.system !== system || sweep.preset !== preset) return undefined;
    const stale = sweep.trials.flatMap(({versions, trial: {method}}) =>
      Object.entries(versionsOf(method)).filter(([stage, version]) => versions[stage] !== version),
    );
    const what =
      stale.length > 0
        ? `of another version of the code (${stale[0][0]}, which is ${stale[0][1]} here)`
        : "of another configuration";
    return `${shown(file)}: its trials are ${what}, so they are trained here.`;
  }
}
