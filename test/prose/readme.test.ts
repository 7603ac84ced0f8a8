/** The README is short and plain, and says of times, notebooks and references what other files say. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {parse} from "yaml";
import {sentencesOf, tableWith, wordsIn} from "./markdown";
import {notebooks} from "./sources";

const root = path.resolve(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");
const readme = read("README.md");
const lessons = read("notebooks/README.md");

describe("the README", () => {
  const lengths = sentencesOf(readme).map((sentence) => wordsIn(sentence).length);

  test("has at most 145 lines, and 1000 words of prose", () => {
    expect(readme.trimEnd().split("\n").length).toBeLessThanOrEqual(145);
    expect(sentencesOf(readme).flatMap(wordsIn).length).toBeLessThanOrEqual(1000);
  });

  test("has sentences of at most 17 words on average, and of at most 30", () => {
    expect(lengths.length).toBeGreaterThan(50);
    expect(lengths.reduce((sum, length) => sum + length, 0) / lengths.length).toBeLessThanOrEqual(17);
    expect(sentencesOf(readme).filter((sentence) => wordsIn(sentence).length > 30)).toEqual([]);
  });

  test("says first what it is, and shows a picture of at most 330 pixels", () => {
    const [title, , question] = readme.split("\n");
    expect([title, question]).toEqual([
      expect.stringMatching(/^# /),
      expect.stringContaining("What does compression cost"),
    ]);
    const [, file, width] = /<img src="([^"]+)" width="(\d+)"/.exec(readme)!;
    const picture = readFileSync(path.join(root, file)); // a PNG has its width and height in bytes 16 to 23
    const [across, down] = [picture.readUInt32BE(16), picture.readUInt32BE(20)];
    expect((down * Number(width)) / across).toBeLessThanOrEqual(330);
  });
});

describe("times", () => {
  const durations = (text: string) =>
    text.match(/(?:\d+|\b(?:an?|half|two|three|four|five|ten|few)) (?:min|s|h|seconds?|minutes?|hours?)\b/g) ?? [];
  const {rows} = tableWith("command", readme);

  test("of commands stand in the README's tables alone", () => {
    expect(durations(readme.replace(/^\|.*$/gm, ""))).toEqual([]);
    expect(durations("half a minute, 3 min 15 s, about 12 minutes, a few seconds")).toHaveLength(5);
  });

  test("of set-up and tour are the same where notebooks start", () => {
    const [[, , setUp], , [tour, , fast]] = rows;
    expect(tour).toBe("`npm start`");
    expect(lessons).toContain(`Set-up comes first and takes ${setUp}.`);
    expect(lessons).toContain(`${fast} with AVX-512`);
  });
});

describe("notebooks", () => {
  const course = tableWith("first run", lessons).rows;
  const shelf = tableWith("read after", lessons).rows;
  const fileOf = ([link]: readonly string[]) => /\((?:notebooks\/)?([^)]*)\)/.exec(link)![1];
  const firstOf = (name: string) => {
    const {cells} = JSON.parse(read(`notebooks/${name}`)) as {cells: readonly {source: readonly string[]}[]};
    return [cells[0].source].flat().join("");
  };

  test("of the course are listed alike in the README and where notebooks start, and the shelf in both", () => {
    const listed = tableWith("the course", readme).rows.map(([link, asks]) => [link.replace("(notebooks/", "("), asks]);
    expect(listed).toEqual(course.map(([link, asks]) => [link, asks]));
    expect([...course, ...shelf].map(fileOf)).toEqual(notebooks);
    for (const name of shelf.map(fileOf)) expect(readme).toContain(`](notebooks/${name})`);
  });

  test.each([...course, ...shelf].map((row) => [fileOf(row), row] as const))("%s asks the same", (name, [, asks]) => {
    expect(firstOf(name)).toContain(`*${asks}*`);
  });

  test.each(course.map((row) => [fileOf(row), row[2]] as const))("%s costs the same", (name, time) => {
    expect(/\*\*Costs:\*\* (?:about )?(.*)/i.exec(firstOf(name))![1].startsWith(time)).toBe(true);
  });
});

test("CITATION.cff has the version, and the paper with the authors that the README names", () => {
  const {version, license, "preferred-citation": paper} = parse(read("CITATION.cff"));
  const manifest = JSON.parse(read("package.json")) as {version: string; license: string};
  expect({version, license}).toEqual({version: manifest.version, license: manifest.license});
  const names = (paper.authors as Record<string, string>[]).map(
    (one) => `${one["family-names"]}, ${one["given-names"]}`,
  );
  expect(readme).toContain(`{${names.join(" and ")}}`);
  for (const fact of [paper.title, paper.year, paper.url]) expect(readme).toContain(`${fact}`);
});
