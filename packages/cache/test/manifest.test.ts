import {readManifest, readSealedJson, sealedJson, type Manifest} from "../src/payload";

const entry = {file: "data/a.hdf5", bytes: 3, changed: 1.5, sha256: "ab".repeat(32)};
const manifest: Manifest = {
  key: "0123",
  stage: "dataset",
  name: "euler",
  config: {steps: {16: 1, 4: 2}, none: undefined},
  inputs: [],
  files: [entry, {...entry, file: ""}],
};
const {sha256: _, ...unsigned} = JSON.parse(sealedJson(manifest)) as Manifest & {sha256: string};

test("a manifest is read as it was written, and refused without its checksum", () => {
  const plain: unknown = JSON.parse(JSON.stringify(manifest));
  expect(readManifest(sealedJson(manifest))).toEqual(plain);
  expect(readManifest(JSON.stringify(unsigned))).toBeUndefined();
});

test("a changed number behind a damaged checksum's name is noticed", () => {
  const text = sealedJson({values: {"vrmse@1:20": 1.17}});
  const last = text.lastIndexOf('"sha256"');
  const renamed = `${text.slice(0, last)}"sha257"${text.slice(last + 8)}`.replace("1.17", "3.17");
  expect(readSealedJson(text)).toEqual({values: {"vrmse@1:20": 1.17}});
  expect(readSealedJson(renamed)).toBeUndefined();
});

test("no changed byte passes", () => {
  const text = sealedJson(manifest);
  for (let at = 0; at < text.length; at++) {
    const changed = text.slice(0, at) + String.fromCharCode(text.charCodeAt(at) ^ 1) + text.slice(at + 1);
    const found = readManifest(changed);
    if (found) expect(found).toEqual(JSON.parse(JSON.stringify(manifest))); // another space
  }
});

describe("a sealed manifest is refused", () => {
  const change = (edit: object) => readManifest(sealedJson({...unsigned, ...edit}));

  test.each<[string, object]>([
    ["without files", {files: []}],
    ["with an unknown name", {sha257: "x"}],
    ["without a key", {key: 5}],
    ["with a file outside of the payload", {files: [{...entry, file: "../../etc/passwd"}]}],
    ["with a file that a terminal obeys", {files: [{...entry, file: "\u001b[2J"}]}],
    ["with a negative size", {files: [{...entry, bytes: -1}]}],
    ["without a time", {files: [{...entry, changed: null}]}],
    ["with a checksum that is none", {files: [{...entry, sha256: "ab"}]}],
    ["with files that are none", {files: [5]}],
  ])("%s", (__, edit) => {
    expect(change(edit)).toBeUndefined();
  });

  test("that is no object, or has a name twice", () => {
    for (const text of ["", "[]", "null", '{"key": "1", "key": "2"}']) expect(readManifest(text)).toBeUndefined();
  });
});
