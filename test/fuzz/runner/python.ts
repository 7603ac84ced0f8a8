/** Independent readers in Python, whose standard library has readers of most formats. */
import {spawn, type ChildProcess} from "node:child_process";
import path from "node:path";
import {createInterface, type Interface} from "node:readline";

const PYTHON = path.join(__dirname, "../../../environment/.venv/bin/python");

/** Loop that answers each path with one line: the JSON of `read(path)`, or nothing where that raises. */
const LOOP = `
import json, sys
for line in sys.stdin:
    try:
        answer = json.dumps(read(json.loads(line)), separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    except (Exception, RecursionError):
        answer = ""
    sys.stdout.buffer.write(answer.encode("utf-8", "surrogatepass") + b"\\n")
    sys.stdout.flush()
`;

/**
 * Make an independent reader.
 *
 * @param program Python that defines `read(path)`, which returns plain data or raises.
 * @returns function that reads a file: canonical JSON, or undefined if the reader raised.
 */
export function pythonReader(program: string): (file: string) => Promise<string | undefined> {
  let python: {child: ChildProcess; lines: Interface} | undefined;
  const start = () => {
    const child = spawn(PYTHON, ["-c", program + LOOP], {stdio: ["pipe", "pipe", "inherit"]});
    return {child, lines: createInterface({input: child.stdout!})};
  };
  return (file) => {
    python ??= start();
    const {child, lines} = python;
    return new Promise((resolve) => {
      lines.once("line", (line) => resolve(line === "" ? undefined : line));
      child.stdin!.write(`${JSON.stringify(file)}\n`);
    });
  };
}
