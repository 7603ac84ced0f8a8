import {execFileSync} from "node:child_process";
import {existsSync, writeFileSync} from "node:fs";
import path from "node:path";
import {Rng} from "@lola-ts/core";
import {Place} from "./runner/place";
import {allKinds} from "./runner/soak";
import {fingerprint, isPlain} from "./runner/trial";

test("each kind of trouble has a name of its own, and as many kinds are tried without mounts as with them", () => {
  const names = [true, false].map((mounted) => allKinds(mounted).map(({name}) => name));
  for (const list of names) expect(new Set(list).size).toBe(list.length);
  expect(names[0]).toHaveLength(names[1].length);
});

test("a sentence for users has nothing of the system's or the language's own words", () => {
  expect(isPlain("data/a.f32: no space left on the disk; nothing half-made was left")).toBe(true);
  expect(isPlain("ENOENT: no such file or directory, open 'a'")).toBe(false);
  expect(isPlain("Cannot read properties of undefined (reading 'x')")).toBe(false);
  expect(isPlain("two\nlines")).toBe(false);
});

test("a place is compared by the bytes of its files, but for times and for what killed exports left", () => {
  const places = [new Place(), new Place()];
  try {
    for (const [n, {data, out}] of places.entries()) {
      writeFileSync(path.join(data, "training.json"), `{"seconds":${n}}`);
      writeFileSync(path.join(data, "same.f32"), "abcd");
      writeFileSync(path.join(out, `.state.pth.${n}-0.tmp`), "half");
    }
    const [first, second] = places.map(fingerprint);
    expect([...first.keys()].sort()).toEqual(["data/same.f32", "data/training.json"]);
    expect(second).toEqual(first);
    writeFileSync(path.join(places[1].data, "same.f32"), "abce");
    expect(fingerprint(places[1])).not.toEqual(first);
    expect(places[0].drawFile(Rng.from(0), (file) => file.endsWith(".f32"))).toBe("same.f32");
  } finally {
    places.forEach((place) => place.remove());
  }
  expect(places.map(({root}) => existsSync(root))).toEqual([false, false]);
});

test("a clock is shifted for a whole process, and dates that are given stay", () => {
  const script = "process.stdout.write(JSON.stringify([Date.now(), +new Date(), +new Date(5)]))";
  const clock = path.join(__dirname, "programs/clock.cjs");
  const shift = -3_600_000;
  const output = execFileSync(process.execPath, ["-r", clock, "-e", script], {
    env: {...process.env, NODE_OPTIONS: "", LOLA_CLOCK: `${shift}`},
  });
  const [now, date, given] = JSON.parse(output.toString()) as number[];
  for (const time of [now, date]) expect(Math.abs(time - shift - Date.now())).toBeLessThan(60_000);
  expect(given).toBe(5);
});
