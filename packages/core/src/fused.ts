/** Whether compiled parts run: operations of the tensor engine, and inner loops. */

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
