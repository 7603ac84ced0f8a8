/** JSON of files, in which no object may have a name twice: readers differ in which of the two values they take. */
import {printable} from "./text";

/** Parse JSON. @throws SyntaxError if the text is no JSON or an object has a name twice. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const repeated = findRepeatedName(text);
  if (repeated === undefined) return value;
  throw new SyntaxError(`expected each name once, found "${printable(repeated)}" twice`);
}

function findRepeatedName(text: string): string | undefined {
  const open: (Set<string> | undefined)[] = []; // names of each open object, undefined for lists
  let isName = false;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"': {
        const end = endOfString(text, at);
        const names = open[open.length - 1];
        if (names && isName) {
          const name = JSON.parse(text.slice(at, end + 1)) as string;
          if (names.has(name)) return name;
          names.add(name);
          isName = false;
        }
        at = end;
        break;
      }
      case "{":
        open.push(new Set());
        isName = true;
        break;
      case "[":
        open.push(undefined);
        break;
      case "}":
      case "]":
        open.pop();
        break;
      case ",":
        isName = open[open.length - 1] !== undefined;
        break;
    }
  }
  return undefined;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at;
}
