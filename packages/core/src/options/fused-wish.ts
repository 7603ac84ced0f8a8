/**
 * The wish for compiled parts: the environment variable LOLA_FUSED.
 *
 * Set-up compiles parts of the laboratory that also exist without a compiler, slower. Where they were built they run; "off"
 * runs the others, and "on" insists.
 */

/** Places without compiled parts, of which each is told once; a page has none anyway. */
const slow = new Set<string>();

/**
 * Tell whether a compiled part runs.
 *
 * @param isThere whether it was built and works; not asked when it is not wanted.
 * @param where completes the sentence of a refusal, e.g. "with this engine".
 * @param wanted "on" or "off". Default: LOLA_FUSED, or else whether it is there.
 * @throws Error when `wanted` is something else, or "on" and it is not there.
 */
export function isFusedWanted(isThere: () => boolean, where: string, wanted = process.env.LOLA_FUSED): boolean {
  if (wanted === "off") return false;
  const has = isThere();
  if (!wanted && !has && !slow.has(where)) {
    slow.add(where);
    const advice = "`node environment/setup.mjs` builds them, and LOLA_FUSED=off asks for the slower parts.";
    globalThis.process?.emitWarning?.(
      `No compiled parts run ${where}, but slower ones with the same results: ${advice}`,
    );
  }
  if (!wanted || (has && wanted === "on")) return has;
  throw new Error(`LOLA_FUSED: expected ${has ? "on or off" : "off"} ${where}, found ${wanted}.`);
}
