/** What a program can check of the English: short sentences, native words, and terms that are explained where they begin. */
import {execFileSync} from "node:child_process";
import {existsSync, readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {cellsOf, lessons, textOf} from "../notebooks/program";
import {sentencesOf, visible, wordsIn} from "./markdown";

const root = path.join(__dirname, "../..");
const proseOf = (notebook: string) =>
  cellsOf(notebook).flatMap((cell) => (cell.cell_type === "markdown" ? [textOf(cell)] : []));
/** A page, or the texts of a notebook; an equation in a line is one word. */
const read = (file: string) => {
  const whole = path.join(root, file);
  if (!file.endsWith(".ipynb")) return readFileSync(whole, "utf8");
  const texts = proseOf(whole).join("\n\n");
  return texts.replace(/\$\$[^]*?\$\$/g, "").replace(/\$[^$\n]*\$/g, "Equation");
};

const docs = readdirSync(path.join(root, "docs"))
  .filter((name) => name.endsWith(".md"))
  .map((name) => `docs/${name}`);
/** Pages that programs write from comments, help and results. */
const GENERATED = ["docs/claims.md", "docs/commands.md", "docs/options.md"];
/** Pages that users do not need. */
const LOGS = ["docs/performance.md", "docs/reliability.md"];
const others = ["README.md", "CHANGELOG.md", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "SECURITY.md"];
const written = [...docs, ...others, "notebooks/README.md", "data/README.md"].filter((one) => !GENERATED.includes(one));
const notebooks = lessons.map((name) => `notebooks/${name}`);
const forUsers = written.filter((file) => !LOGS.includes(file));

test.each([...written, ...notebooks])("%s has no sentence over 40 words", (file) => {
  expect(sentencesOf(read(file)).filter((sentence) => wordsIn(sentence).length > 40)).toEqual([]);
});

/** Words that a native reader stumbles over, and what to write instead. */
const BANNED: readonly [RegExp, string][] = [
  [/\bmend(s|ed|ing)?\b/i, "fixed"],
  [/\banew\b/i, "again"],
  [/\bbut for\b/i, "except"],
  [/\b(go|goes|went|going) on\b/i, "continue"],
  [/, for (they|it|he|she) /i, "because"],
  [/\b(speak|speaks|speaking) against\b/i, "contradicts"],
  [/\bso asked\b/i, "with the same method"],
  [/\b(?<!the )(larger|smaller|other|different|new|old) ones\b/i, "the noun again"],
  [/\b(in|with) (a|one) sentence\b/i, "with an error message"],
  [/\bfiles of others\b/i, "other people's files"],
  [/\bwhere this was written\b/i, "nothing: it is history"],
];

/** List the translated words of a text, with the native ones. */
const translated = (text: string): string[] =>
  BANNED.flatMap(([word, better]) => {
    const [use] = word.exec(text) ?? [];
    return use === undefined ? [] : [`${use}: write ${better}`];
  });

test.each([...written, ...GENERATED, ...notebooks])("%s has no words that sound translated", (file) => {
  expect(translated(visible(read(file).replace(/```[^]*?```/g, "")))).toEqual([]);
});

/** Sources of the product. */
const sources = execFileSync("git", ["ls-files", "-z", "lib", "packages/*/src/*", "site", "environment"], {cwd: root})
  .toString()
  .split("\0")
  .filter((file) => /\.(ts|mjs|cjs)$/.test(file) && existsSync(path.join(root, file)));

test("comments and messages of the sources have no words that sound translated, and none defines by What", () => {
  const found = sources.flatMap((file) =>
    readFileSync(path.join(root, file), "utf8")
      .split("\n")
      .flatMap((line, i) => {
        const [, text = ""] = /(?:^\s*\*|\/\*\*|\/\/|["'`])(.*)/.exec(line) ?? [];
        const isDefined = /^\s*(\/\*\*|\*|\/\/) What [^?]*$/.test(line);
        const faults = [...translated(text), ...(isDefined ? ["What: write the noun"] : [])];
        return faults.map((fault) => `${file}:${i + 1}: ${fault}`);
      }),
  );
  expect(sources.length).toBeGreaterThan(300);
  expect(found).toEqual([]);
});

test.each(forUsers)("%s explains VRMSE, CRPS and ÷ before or where it uses one of them first", (file) => {
  const blocks = read(file)
    .replace(/```[^]*?```/g, "")
    .split(/\n\s*\n/);
  const first = blocks.findIndex((block) => /\bV?RMSE\b|\bCRPS\b|÷\d/.test(visible(block)));
  const before = blocks.slice(0, first + 1).join("\n\n");
  if (first >= 0 && file !== "docs/glossary.md") expect(before).toMatch(/\]\((?:[./]*docs\/)?glossary\.md/);
});

test("docs/README.md lists every page of docs/ once", () => {
  const linked = [...read("docs/README.md").matchAll(/\]\(([\w-]+\.md)\)/g)].map(([, name]) => `docs/${name}`);
  expect(linked.sort()).toEqual(docs.filter((name) => name !== "docs/README.md"));
});
