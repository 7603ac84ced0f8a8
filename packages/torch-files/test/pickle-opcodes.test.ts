import {execFileSync} from "node:child_process";
import {join} from "node:path";
import {projectRoot} from "@lola-ts/core";
import {REFUSED_OPERATIONS} from "../src/pickle-opcodes";

/** Operations by code, as Python names them. */
const known = JSON.parse(
  execFileSync(
    join(projectRoot(), "environment/.venv/bin/python"),
    ["-c", "import json, pickletools as p; print(json.dumps({ord(o.code): o.name for o in p.opcodes}))"],
    {encoding: "utf8"},
  ),
) as Record<string, string>;

test("refused operations have Python's codes and names", () => {
  expect(known).toMatchObject(REFUSED_OPERATIONS);
});

test("whatever makes or calls foreign objects beyond a state dict is refused", () => {
  const calling = ["INST", "OBJ", "NEWOBJ", "NEWOBJ_EX", "STACK_GLOBAL", "EXT1", "EXT2", "EXT4", "PERSID"];
  expect(Object.values(REFUSED_OPERATIONS)).toEqual(expect.arrayContaining(calling));
});

test("what PyTorch writes is not refused", () => {
  const written = ["PROTO", "GLOBAL", "REDUCE", "BINPERSID", "BINUNICODE", "EMPTY_DICT", "SETITEMS", "TUPLE", "STOP"];
  for (const name of written) expect(Object.values(REFUSED_OPERATIONS)).not.toContain(name);
});
