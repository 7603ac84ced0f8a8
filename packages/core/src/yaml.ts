/** YAML files, of which any may be hostile: plain data only, no name twice, and limits that bound the time of the parser. */
import {closeSync, readSync} from "node:fs";
import {LineCounter, parseDocument} from "yaml";
import {printable} from "./text";
import {openFile} from "./open-file";

/** Largest file in bytes: an official run's file has about two thousand. */
const MAX_BYTES = 2 ** 16;
/** Largest number of lists and sections that lie in each other. */
const MAX_DEPTH = 64;
/** Largest number of names that are marked by `?`, which are not seen but in attacks. */
const MAX_MARKED = 20;
/** Largest number of values that references (`*a`) may stand for. */
const MAX_ALIASES = 100;

/**
 * Read a YAML file.
 *
 * @throws Error naming the file if it is missing, too large, no UTF-8 or no YAML, if a section has a name twice, or if it has
 * tags of other kinds of data, deep nesting or many references.
 */
export function readYaml(path: string): unknown {
  const {fd, size} = openFile(path);
  const fail = (expected: string, found: string): never => {
    throw new Error(`${path}: expected ${expected}, found ${found}.`);
  };
  try {
    if (size > MAX_BYTES) fail(`a YAML file of at most ${MAX_BYTES} bytes`, `${size}`);
    const bytes = Buffer.alloc(size);
    const text = decode(bytes.subarray(0, readSync(fd, bytes, 0, size, 0))) ?? fail("a YAML file in UTF-8", "others");
    requireShallow(text, fail);
    // Of thousands of problems one is said: the parser's own words about each would take seconds.
    const lineCounter = new LineCounter();
    const rules = {schema: "core", logLevel: "error", stringKeys: true} as const;
    const document = parseDocument(text, {...rules, prettyErrors: false, lineCounter});
    const problem = document.errors[0] ?? document.warnings[0];
    if (problem?.code === "MULTIPLE_DOCS") fail("one YAML document", "several");
    if (problem) {
      const {line, col} = lineCounter.linePos(problem.pos[0]);
      fail("YAML", printable(`${problem.message} at line ${line}, column ${col}`));
    }
    return document.toJS({maxAliasCount: MAX_ALIASES});
  } catch (error) {
    // The parser's own complaints: too many references, too deep, a reference to nothing.
    if (error instanceof RangeError || error instanceof ReferenceError) fail("plain YAML", printable(error.message));
    throw error;
  } finally {
    closeSync(fd);
  }
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", {fatal: true}).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Refuse what costs the parser more than time in proportion; quoted brackets count too. */
function requireShallow(text: string, fail: (expected: string, found: string) => never): void {
  let depth = 0;
  for (const [bracket] of text.matchAll(/[[\]{}]/g)) {
    depth = Math.max(0, depth + ("[{".includes(bracket) ? 1 : -1));
    if (depth > MAX_DEPTH) fail(`at most ${MAX_DEPTH} lists and sections in each other`, "more");
  }
  for (const [indent] of text.matchAll(/^(?:[ \t]|[-?:][ \t])+/gm)) {
    if (indent.length > 4 * MAX_DEPTH) fail(`lines that begin within ${4 * MAX_DEPTH} columns`, `${indent.length}`);
  }
  const marked = text.match(/(?<![^\s,[{?:-])\?(?=\s|$)/g)?.length ?? 0;
  if (marked > MAX_MARKED) fail(`at most ${MAX_MARKED} names marked by "?"`, `${marked}`);
}
