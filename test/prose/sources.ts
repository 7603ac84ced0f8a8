/** Documents whose numbers are looked up, and where: the results that each of them names. */
import {readdirSync, readFileSync} from "node:fs";
import path from "node:path";
import {defaultRun} from "@lola-ts/core";
import {passagesOf, type Passage} from "./markdown";
import {numbersOfText, recordsOf, type Records} from "./records";

/** Passages with the tables that may hold their numbers. */
export interface Source {
  readonly passages: readonly Passage[];
  readonly tables: readonly Records[];
}

const root = path.resolve(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** Results that a text links. */
const linkedIn = (text: string): Records[] =>
  [...text.matchAll(/\]\((?:\.\.\/)*((?:figures|data)\/[\w/-]+\.(?:csv|json))\)/g)].map(([, file]) => recordsOf(file));

/** Split a document into blocks, one below each heading of the second or third level. */
export const blocksOf = (markdown: string) => markdown.split(/^(?=###? )/m);

/** Whether a block says that its numbers have no file, which holds for all of them. */
export const isWithoutFile = (block: string) => /\bNo file of \w+( \w+)? (was|were)\s+kept\./.test(block);

/** A document by its blocks: each may hold numbers of the results that it links, or says that there are none. */
export function sectionsOf(document: string): Source[] {
  return blocksOf(read(document))
    .filter((block) => !isWithoutFile(block))
    .map((block) => ({passages: passagesOf(document, block), tables: linkedIn(block)}));
}

interface Cell {
  readonly cell_type: string;
  readonly source: string | readonly string[];
  readonly outputs?: readonly {readonly text?: unknown; readonly data?: Readonly<Record<string, unknown>>}[];
}

const joined = (text: unknown): string => (Array.isArray(text) ? text.join("") : typeof text === "string" ? text : "");

/** A notebook's prose: it may hold numbers of the files that its cells write or its prose links, and of what cells print. */
export function notebookSource(name: string): Source {
  const document = `notebooks/${name}`;
  const {cells} = JSON.parse(read(document)) as {cells: readonly Cell[]};
  const code = cells.filter(({cell_type}) => cell_type === "code");
  const text = code.map(({source}) => joined(source)).join("\n");
  const opened = [...text.matchAll(/openLab\(\{system: "([\w-]+)"/g)].map(([, system]) => system);
  const folders = [...new Set([defaultRun().system, ...opened])];
  const named = [...text.matchAll(/name: "([\w-]+)"/g)].map(([, file]) => file);
  const numbered = [...text.matchAll(/[pP]aperTable\(\w+, (\d+)/g)].map(
    ([, number]) => `table-${number.padStart(2, "0")}`,
  );
  const markdown = cells.filter(({cell_type}) => cell_type === "markdown").map(({source}) => joined(source));
  const printed = code
    .flatMap(({outputs = []}) => outputs)
    .map(({text, data}) => joined(text) + joined(data?.["text/html"]) + joined(data?.["text/plain"]));
  return {
    passages: markdown.flatMap((source) => passagesOf(document, exercisesAsSection(source))),
    tables: [
      ...linkedIn(markdown.join("\n")),
      ...folders.flatMap((folder) => [...named, ...numbered].map((file) => recordsOf(`figures/${folder}/${file}.csv`))),
      numbersOfText(printed.join("\n").replace(/<[^>]*>/g, " ")),
    ],
  };
}

/** Exercises end a notebook; make them a section of their own. */
const exercisesAsSection = (markdown: string) => markdown.replace("**Try it.**", "\n\n## Exercises\n\n");

export {lessons as notebooks} from "../notebooks/program";

/** Tables of the paper. */
export const paper: readonly Records[] = readdirSync(path.join(root, "data/paper")).map((file) =>
  recordsOf(`data/paper/${file}`),
);
