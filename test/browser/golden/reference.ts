/** Golden vectors in a page: the test puts them there before the page's script runs. */
import {parseReference, type Reference} from "../../reference/parse-reference";

export {relativeError, type Reference, type ReferenceTensor} from "../../reference/parse-reference";

const {GOLDEN} = globalThis as unknown as {GOLDEN: Record<string, {text: string; base64: string}>};

/** Get one topic. */
export function reference(topic: string): Reference {
  const {text, base64} = GOLDEN[topic];
  return parseReference(
    topic,
    text,
    Uint8Array.from(atob(base64), (character) => character.charCodeAt(0)),
  );
}
