/**
 * Golden vectors of the official implementation: one JSON and one safetensors file per topic. The folder is this one,
 * `variant/` in the project of that name (jest.config.cjs), or the one named by the environment variable LOLA_REFERENCE;
 * tests take sizes and options from `config`, never from here.
 */
import {existsSync, readFileSync} from "node:fs";
import {resolve} from "node:path";
import {parseReference, type Reference} from "./parse-reference";

export {type Reference, type ReferenceTensor} from "./parse-reference";

const {REFERENCE_FOLDER} = globalThis as {REFERENCE_FOLDER?: string};

/** The folder of golden vectors. */
export const referenceFolder = resolve(REFERENCE_FOLDER ?? (process.env.LOLA_REFERENCE || __dirname));

/** Whether the folder holds this topic. */
export function hasReference(topic: string): boolean {
  return existsSync(resolve(referenceFolder, `${topic}.json`));
}

/** Load one topic, e.g. `reference("vit")`; topics without tensors (parameter-counts) have no names. */
export function reference(topic: string): Reference {
  const text = readFileSync(resolve(referenceFolder, `${topic}.json`), "utf8");
  const file = resolve(referenceFolder, `${topic}.safetensors`);
  return parseReference(topic, text, existsSync(file) ? readFileSync(file) : undefined);
}

export {relativeError} from "./parse-reference";
