import {execFileSync} from "node:child_process";
import {readFileSync} from "node:fs";
import {join} from "node:path";
import {projectRoot} from "@lola-ts/core";
import {writeStateDict} from "../src/state-dict";
import {ZipArchive} from "../src/zip";
import {temporaryFolder} from "../../../test/folder";
import {writeZip} from "./archives";

const path = temporaryFolder();

test("contents begin at multiples of 64 bytes, as PyTorch needs them to map a file into memory", async () => {
  await writeZip(path("aligned"), {a: "x".repeat(100), "much/longer/name": "y".repeat(7), b: "z"});
  const bytes = readFileSync(path("aligned"));
  for (const content of ["xxxx", "yyyy", "zPK"]) expect(bytes.indexOf(content) % 64).toBe(0);
});

test("writes many entries by the extension for large archives", async () => {
  const entries = Object.fromEntries(Array.from({length: 66_000}, (_, i) => [`${i}`, ""]));
  await writeZip(path("many"), entries);
  const archive = ZipArchive.open(path("many"));
  expect(archive.entries.size).toBe(66_000);
  expect(archive.read("65999", 0)).toHaveLength(0);
  archive.close();
});

/** Python's own readers of zip archives and pickles, with substitutes for the two names of PyTorch. */
const PYTHON = `
import io, json, pickle, struct, sys, zipfile
archive = zipfile.ZipFile(sys.argv[1])
assert archive.testzip() is None
class Reader(pickle.Unpickler):
    def find_class(self, module, name):
        if module == "collections": return super().find_class(module, name)
        return (lambda *args: args[:4]) if name == "_rebuild_tensor_v2" else name
    def persistent_load(self, id):
        return id
state = Reader(io.BytesIO(archive.read("state/data.pkl"))).load()
def values(key, count):
    return struct.unpack("<%df" % count, archive.read("state/data/" + key))
out = {k: {"id": v[0], "rest": v[1:], "values": values(v[0][2], v[0][4])} for k, v in state.items()}
print(json.dumps({"type": type(state).__name__, "state": out, "order": archive.read("state/byteorder").decode()}))
`;

test("Python reads the archive and its pickle", async () => {
  const shapes = new Map([
    ["a.weight", [2, 3]],
    ["a.eps", []],
  ]);
  const read = (name: string) => (name === "a.eps" ? Float32Array.of(0.5) : Float32Array.of(1, 2, 3, 4, 5, 6));
  await writeStateDict(path("state.pth"), {shapes, read});
  const python = join(projectRoot(), "environment/.venv/bin/python");
  const found: unknown = JSON.parse(execFileSync(python, ["-c", PYTHON, path("state.pth")], {encoding: "utf8"}));
  expect(found).toEqual({
    type: "OrderedDict",
    order: "little",
    state: {
      "a.weight": {
        id: ["storage", "FloatStorage", "0", "cpu", 6],
        rest: [0, [2, 3], [3, 1]],
        values: [1, 2, 3, 4, 5, 6],
      },
      "a.eps": {id: ["storage", "FloatStorage", "1", "cpu", 1], rest: [0, [], []], values: [0.5]},
    },
  });
});
