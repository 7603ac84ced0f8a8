/**
 * Inner loops that set-up compiles (packages/simulators/native): modules of Node.js that need nothing else, so that threads which
 * simulate or score load no tensor engine.
 *
 * Each does what a function in JavaScript does, with the same operations in the same order. It is used only if it is the file
 * that set-up made and yields the same bits, so that no result depends on whether there is one.
 */
import {createHash} from "node:crypto";
import {readFileSync} from "node:fs";
import path from "node:path";
import {Lazy} from "./lazy";
import {projectRoot} from "./paths";
import {printable} from "./text";

/**
 * Load a module. Its checksum is compared first: a library that is not whole would end the process.
 *
 * @param agrees Tells whether its functions yield the bits of those in JavaScript.
 * @param at its file. Default: the one that set-up makes.
 * @param refuse Called with the reason in words if it is not loaded.
 * @returns what it exports, undefined if it is missing, damaged, for another machine or wrong, or in a browser.
 */
export function loadCompiled<T extends object>(
  name: string,
  agrees: (found: T) => boolean,
  at?: string,
  refuse: (reason: string) => void = () => undefined,
): T | undefined {
  try {
    const file = at ?? compiledFile(name);
    const found = createHash("sha256").update(readFileSync(file)).digest("hex");
    if (found !== readFileSync(`${file}.sha256`, "utf8")) throw new Error("its checksum is another");
    const loaded = {exports: {} as T};
    process.dlopen(loaded, file);
    if (agrees(loaded.exports)) return loaded.exports;
    throw new Error("its numbers have other bits than those in JavaScript");
  } catch (error) {
    const {code, message} = error as NodeJS.ErrnoException;
    refuse(code === "ENOENT" ? "it was not built" : printable(message));
    return undefined;
  }
}

/** Name the file that set-up makes of a source in packages/simulators/native. */
export function compiledFile(name: string): string {
  return path.join(projectRoot(), `environment/.build/simulators/${name}.node`);
}

/** Tell whether numbers have the same bits, with one NaN for all: zeros keep their signs. */
function haveSameBits(found: ArrayLike<number>, expected: ArrayLike<number>): boolean {
  return found.length === expected.length && Array.prototype.every.call(found, (x, i) => Object.is(x, expected[i]));
}

/**
 * Loops with two texts: in a module, which is loaded when it is first wanted, and in JavaScript.
 *
 * @example const {combine} = new CompiledModule<Fourier>("fourier", scriptLoops, trial).loops;
 */
export class CompiledModule<T extends object> {
  private readonly loaded: Lazy<{readonly exports?: T}>;
  private reason?: string;

  /**
   * @param name of the source.
   * @param script the loops in JavaScript.
   * @param trial runs all loops, and returns what they write: a module has to yield the bits of the script.
   * @param load loads the module. Default: what set-up made.
   */
  constructor(
    private readonly name: string,
    private readonly script: T,
    private readonly trial: (loops: T) => ArrayLike<number>,
    load?: () => T | undefined,
  ) {
    const whatSetUpMade = () =>
      loadCompiled(
        name,
        (found: T) => this.agrees(found),
        undefined,
        (reason) => (this.reason = reason),
      );
    this.loaded = new Lazy(() => ({exports: (load ?? whatSetUpMade)()}));
  }

  /** Tell whether loops yield the bits of those in JavaScript. */
  agrees(loops: T): boolean {
    return haveSameBits(this.trial(loops), this.trial(this.script));
  }

  /**
   * Get the module's functions where set-up built them, unless LOLA_FUSED is "off".
   *
   * @throws Error when LOLA_FUSED is "on" and there are none, or is neither "on" nor "off".
   */
  get wanted(): T | undefined {
    const isThere = () => this.loaded.get().exports !== undefined || (this.reason ?? false);
    return isFusedWanted(isThere, `with this build of ${this.name}`) ? this.loaded.get().exports : undefined;
  }

  /** Get the loops: the module's where they are {@link wanted}, otherwise those in JavaScript. @throws Error likewise. */
  get loops(): T {
    return this.wanted ?? this.script;
  }
}

/** Places without compiled parts, of which each is told once; a page has none anyway. */
const slow = new Set<string>();

/**
 * Tell whether a compiled part runs.
 *
 * @param isThere whether it was built and works, or the reason why not; not asked when it is not wanted.
 * @param where completes the sentence of a refusal, e.g. "with this engine".
 * @param wanted "on" or "off". Default: LOLA_FUSED, or else whether it is there.
 * @throws Error when `wanted` is something else, or "on" and it is not there.
 */
export function isFusedWanted(
  isThere: () => boolean | string,
  where: string,
  wanted = process.env.LOLA_FUSED,
): boolean {
  if (wanted === "off") return false;
  const found = isThere();
  const has = found === true;
  const reason = typeof found === "string" ? ` (${found})` : "";
  if (!wanted && !has && !slow.has(where)) {
    slow.add(where);
    const advice = "`node environment/setup.mjs` builds them, and LOLA_FUSED=off asks for the slower parts.";
    globalThis.process?.emitWarning?.(
      `No compiled parts run ${where}${reason}, but slower ones with the same results: ${advice}`,
    );
  }
  if (!wanted || (has && wanted === "on")) return has;
  throw new Error(`LOLA_FUSED: expected ${has ? "on or off" : "off"} ${where}${reason}, found ${wanted}.`);
}
