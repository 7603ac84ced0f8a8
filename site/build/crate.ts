/**
 * The committed results as a research object (RO-Crate 1.3): npm run lola -- crate --help
 *
 * figures/index.md says which cell or command makes each figure and table, tables.md of a system which run is behind a table, and
 * CITATION.cff and codemeta.json who made the project. A crate says the same to machines, with the SHA-256 of each file.
 */
import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from "node:fs";
import path from "node:path";
import {parse} from "yaml";
import {defaultRun, LabError, shown} from "@lola-ts/core";
import {systemNames, systemOf} from "@lola-ts/simulators";
import {digestOf} from "../../packages/paper/src/claims/committed-claims";
import {root} from "./library";

const SPECIFICATION = "https://w3id.org/ro/crate/1.3";
const METADATA = "ro-crate-metadata.json";
const INDEX = "figures/index.md";

/** A thing that a crate describes. Others are referred to by their identity alone. */
export interface Entity {
  readonly "@id": string;
  readonly "@type": string | readonly string[];
  readonly [property: string]: unknown;
}

/** The project in codemeta.json. */
interface CodeMeta extends Record<"name" | "description" | "version" | "license", string> {
  readonly author: readonly {readonly name: string}[];
  readonly keywords: readonly string[];
}

/** The paper in CITATION.cff. */
interface Citation {
  readonly "preferred-citation": Record<"title" | "url", string> & {
    readonly year: number;
    readonly authors: readonly Record<"given-names" | "family-names", string>[];
  };
}

/** Refer to things; JSON-LD's compact form makes no list of one. */
function referTo(...ids: readonly string[]) {
  const all = [...new Set(ids)].map((id) => ({"@id": id}));
  return all.length === 1 ? all[0] : all;
}

/** Output of a cell or command for one system, or for all together. */
interface Making {
  /** The cell or command, in the index's words. */
  readonly by: string;
  readonly system?: string;
  /** Files by what they show. */
  readonly files: Map<string, string>;
}

const LINK = /\[([^\]]*)\]\(([^)#]+)(?:#cell-)?([^)]*)\)/g;
const linksIn = (text: string) =>
  [...text.matchAll(LINK)].map(([, , link, cell]) => ({file: path.posix.join("figures", link), cell}));

/** Read the tables of the index: what a row shows, its files by system, and what makes them. */
function makings(index: string): Making[] {
  const found = new Map<string, Making>();
  let columns: readonly string[] = [];
  for (const line of index.split("\n").filter((one) => one.startsWith("| ") && !one.startsWith("| ---"))) {
    const [shows, ...cells] = line.slice(2, -2).split(" | ");
    const by = cells.pop()!;
    if (shows === "shows") columns = cells;
    else {
      cells.forEach((cell, i) => {
        const links = linksIn(cell);
        if (links.length === 0) return;
        const {dir} = path.posix.parse(links[0].file);
        const system = systemNames.find((name) => dir === `figures/${name}`);
        const key = `${by} ${system}`;
        const making = found.get(key) ?? {by, system, files: new Map<string, string>()};
        found.set(key, making);
        for (const {file} of links) making.files.set(file, system ? `${shows}, ${columns[i]}` : shows);
      });
    }
  }
  return [...found.values()];
}

const captionsIn = (text: string, folder: string) =>
  [...text.matchAll(/^- \[[^\]]*\]\(([^)]*)\): (.*)$/gm)].map(
    ([, table, caption]) => [path.posix.join(folder, table), caption] as const,
  );

const FORMATS: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".gif": "image/gif",
  ".ipynb": "application/x-ipynb+json",
  ".json": "application/json",
  ".md": "text/markdown",
  ".png": "image/png",
};

/**
 * Describe the committed results of a project: each figure and table, what made it from which files, and who made the project.
 *
 * @param published date of the crate, as ISO 8601 has it.
 * @throws Error naming a file that is not there.
 */
export function crateOf(project: string, published: string): Entity[] {
  const described = new Map<string, Entity>();
  const placeOf = (file: string) => {
    const place = path.join(project, file);
    if (!existsSync(place)) throw new Error(`crate: expected ${file} in the project, found none.`);
    return place;
  };
  const read = (file: string) => readFileSync(placeOf(file), "utf8");
  const add = (entity: Entity) => {
    if (!described.has(entity["@id"])) described.set(entity["@id"], entity);
    return entity["@id"];
  };
  const addNamed = (type: string, name: string) =>
    add({"@id": `#${name.toLowerCase().replaceAll(" ", "-")}`, "@type": type, name});
  const addFile = (file: string, facts: Readonly<Record<string, unknown>>, type: Entity["@type"] = "File") => {
    const place = placeOf(file);
    const bytes = {contentSize: `${statSync(place).size}`, sha256: digestOf(place)};
    return add({
      ...{"@id": file, "@type": type, encodingFormat: FORMATS[path.extname(file)] ?? "text/plain"},
      ...{...bytes, ...facts},
    });
  };

  const {name, description, version, author, license, keywords} = JSON.parse(read("codemeta.json")) as CodeMeta;
  const {"preferred-citation": paper} = parse(read("CITATION.cff")) as Citation;
  const [licenseName] = read("LICENSE").split("\n");
  add({"@id": license, "@type": "CreativeWork", name: licenseName, description: "Its text is the file LICENSE."});
  const people = paper.authors.map((one) => addNamed("Person", `${one["given-names"]} ${one["family-names"]}`));
  add({
    ...{"@id": paper.url, "@type": "ScholarlyArticle", name: paper.title, datePublished: `${paper.year}`},
    author: referTo(...people),
  });
  const authors = referTo(...author.map((one) => addNamed("Organization", one.name)));
  const ours = {author: authors, license: referTo(license)};
  const software = add({"@id": "#software", "@type": "SoftwareApplication", name, version, ...ours});
  addFile("LICENSE", {name: licenseName});
  addFile("CITATION.cff", {name: "How to cite", ...ours});
  addFile(INDEX, {name: "Index of figures and tables", ...ours});
  const index = read(INDEX);
  const captions = new Map(
    linksIn(index).flatMap(({file}) => {
      if (!file.endsWith("/tables.md")) return [];
      const folder = path.posix.dirname(file);
      addFile(file, {name: `Captions of the tables in ${folder}`, ...ours});
      return captionsIn(read(file), folder);
    }),
  );

  /** Sources of a figure or table, by its name and caption. */
  const sourcesOf = (file: string, system: string | undefined): string[] => {
    const table = file.replace(/\.\w+$/, ".csv");
    const printed = `data/paper/${path.posix.basename(table)}`;
    const sources: string[] = [];
    if (file === table && existsSync(path.join(project, printed))) {
      sources.push(addFile(printed, {name: "Numbers that the paper prints", isBasedOn: referTo(paper.url)}));
    }
    if (system && captions.get(table)?.includes(`preset ${defaultRun().trained},`)) {
      const folder = `data/pretrained/${system}/`;
      const list = addFile(`${folder}index.json`, {name: "Trained models and scores by SHA-256", ...ours});
      add({
        ...{"@id": folder, "@type": "Dataset", name: `Trained models and scores of ${systemOf(system).title}`},
        ...{description: "index.json has the SHA-256 of each file.", hasPart: referTo(list), ...ours},
      });
      sources.push(list);
    }
    return sources;
  };

  const actions = makings(index).map(({by, system, files}, i) => {
    const results = [...files].map(([file, shows]) =>
      addFile(file, {name: shows, ...(captions.has(file) && {description: captions.get(file)}), ...ours}),
    );
    const sources = results.flatMap((file) => sourcesOf(file, system));
    const links = linksIn(by);
    const instruments = links.map(({file}) =>
      addFile(
        file,
        {name: path.posix.basename(file), ...ours},
        file.endsWith(".ipynb") ? ["File", "SoftwareSourceCode"] : "File",
      ),
    );
    const words = by
      .replace(LINK, (_, text: string, link: string, cell: string) =>
        cell ? `cell ${text} of ${path.posix.basename(link)}` : text,
      )
      .replaceAll("`", "")
      .replace("NAME", system ?? "NAME");
    return add({
      ...{"@id": `#making-${i + 1}`, "@type": "CreateAction", agent: authors},
      name: system && !words.includes(system) ? `${words}, on ${system}` : words,
      instrument: referTo(...(instruments.length > 0 ? instruments : [software])),
      ...(sources.length > 0 && {object: referTo(...sources)}),
      result: referTo(...results),
    });
  });

  const isData = ({"@type": type}: Entity) => [type].flat().some((one) => one === "File" || one === "Dataset");
  const parts = [...described.values()].filter(isData).map((entity) => entity["@id"]);
  const entry = {"@id": METADATA, "@type": "CreativeWork", about: referTo("./"), conformsTo: referTo(SPECIFICATION)};
  const whole = {
    ...{"@id": "./", "@type": "Dataset", name: `${name}: figures and tables`, description, version},
    ...{datePublished: published, keywords: keywords.join(", "), ...ours, citation: referTo(paper.url)},
    ...{hasPart: referTo(...parts), mentions: referTo(...actions)},
  };
  return [entry, whole, ...described.values()];
}

/** Find out if a folder may be written: if it is not there, is empty, or holds an earlier crate of the same name. */
function isFree(folder: string, name: unknown): boolean {
  if (!existsSync(folder)) return true;
  if (!statSync(folder).isDirectory()) return false;
  if (readdirSync(folder).length === 0) return true;
  const metadata = path.join(folder, METADATA);
  return existsSync(metadata) && readFileSync(metadata, "utf8").includes(JSON.stringify(name));
}

/**
 * Write a crate: copies of all files that it describes, and its metadata.
 *
 * @returns how many things it describes.
 * @throws LabError `usage` for a folder with other files.
 */
export function writeCrate(folder: string, project = root): number {
  const graph = crateOf(project, new Date().toISOString().slice(0, 10));
  const [, whole, ...things] = graph;
  if (!isFree(folder, whole.name)) {
    throw new LabError("usage", `crate: expected a new or empty folder, found other files in ${shown(folder)}.`);
  }
  rmSync(folder, {recursive: true, force: true});
  mkdirSync(folder, {recursive: true});
  for (const {"@id": id} of things) {
    if (!/^(#|https?:)/.test(id)) cpSync(path.join(project, id), path.join(folder, id), {recursive: true});
  }
  const metadata = {"@context": `${SPECIFICATION}/context`, "@graph": graph};
  writeFileSync(path.join(folder, METADATA), `${JSON.stringify(metadata, undefined, 1)}\n`);
  return graph.length;
}

export async function main({to}: {readonly to: string}): Promise<void> {
  const count = writeCrate(path.resolve(to));
  process.stdout.write(`${shown(path.resolve(to, METADATA))}: ${count} things are described.\n`);
}
