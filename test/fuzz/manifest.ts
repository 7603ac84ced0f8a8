/** JSON lists of remote files: what is accepted must be what Python's reader makes of them. */
import {readFileSync} from "node:fs";
import {parsePage, readEntries} from "../../packages/well/src/download/hub";
import {mutateBytes, mutateText, several} from "./runner/mutations";
import {pythonReader} from "./runner/python";
import type {FuzzTarget} from "./runner/target";

const entry = (name: string) => ({
  type: "file",
  path: `data/test/${name}.hdf5`,
  size: 130,
  lfs: {oid: "0123456789abcdef".repeat(4), size: 5_368_709_120},
});

export const target: FuzzTarget = {
  name: "manifest",
  seeds: [
    Buffer.from(JSON.stringify([entry("a_1"), entry("b_2"), {type: "directory", path: "data/test/x"}])),
    Buffer.from(JSON.stringify([{...entry("c"), path: "c.h5"}], null, 1)),
  ],
  mutate: (bytes, rng) =>
    several(
      rng,
      (one) => (rng.integer(3) === 0 ? mutateBytes(one, rng) : Buffer.from(mutateText(`${one}`, rng))),
      bytes,
    ),
  read: (file) => {
    return JSON.stringify(
      readEntries(file, parsePage(file, readFileSync(file, "utf8"))).map(({name, size, sha256}) => [
        name,
        size,
        sha256,
      ]),
    );
  },
  expected: pythonReader(`
import json
def whole(text):
    return int(text) if len(text) < 400 else float("inf") # Python limits the digits of a number
def refuse(constant):
    raise ValueError(constant)
def read(path):
    text = open(path, "rb").read().decode("utf-8", "replace")
    entries = json.loads(text, parse_int=whole, parse_constant=refuse)
    assert isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)
    out = []
    for entry in entries:
        name = entry.get("path")
        if entry.get("type") != "file" or not isinstance(name, str) or not name.endswith((".h5", ".hdf5")):
            continue
        lfs = entry.get("lfs") if isinstance(entry.get("lfs"), dict) else {}
        size = lfs.get("size", entry.get("size"))
        out.append([name.split("/")[-1], int(size), lfs.get("oid")])
    return sorted(out)
`),
};
