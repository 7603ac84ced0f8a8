/**
 * Text from files, made safe to print.
 */

/** Control characters (C0, DEL, C1), line separators, marks that change the direction of text, lone surrogates. */
const UNSAFE =
  // eslint-disable-next-line no-control-regex -- these are what is looked for
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]|[\ud800-\udfff]/gu;

/**
 * Make a text from a file printable: control characters become `\u001b` and the like, so that no terminal obeys them, and
 * the middle of a long text becomes `…`.
 *
 * @param max most characters to keep. Default: 200.
 */
export function printable(text: string, max = 200): string {
  const half = Math.floor(max / 2);
  const short = text.length > max ? `${text.slice(0, max - half)}…${text.slice(text.length - half)}` : text;
  return short.replace(UNSAFE, (unsafe) => `\\u${unsafe.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
