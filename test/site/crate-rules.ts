/** What RO-Crate 1.3 demands of a package on disk (https://w3id.org/ro/crate/1.3): its words MUST, and some of its SHOULD. */
import {existsSync, readFileSync, statSync} from "node:fs";
import path from "node:path";
import type {Entity} from "../../site/build/crate";

const METADATA = "ro-crate-metadata.json";
const CONTEXT = "https://w3id.org/ro/crate/1.3/context";

/** Types and properties of the specification's context that crates of this project use. */
const TERMS = new Set(
  (
    "about agent author citation conformsTo contentSize datePublished description encodingFormat hasPart instrument " +
    "isBasedOn keywords license mentions name object result sha256 version " +
    "CreateAction CreativeWork Dataset File Organization Person ScholarlyArticle SoftwareApplication SoftwareSourceCode"
  ).split(" "),
);

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);
const isReference = (value: unknown): value is {readonly "@id": string} =>
  typeof value === "object" && value !== null && Object.keys(value).join() === "@id";

/** List what is wrong with the crate in a folder; nothing if it keeps the rules. */
export function faultsOf(folder: string): string[] {
  const document = JSON.parse(readFileSync(path.join(folder, METADATA), "utf8"));
  const graph: readonly Entity[] = document["@graph"] ?? [];
  const things = new Map(graph.map((entity) => [entity["@id"], entity]));
  const typesOf = (entity?: Entity) => listOf(entity?.["@type"] ?? []);
  const referred = (entity: Entity, property: string) =>
    listOf(entity[property] ?? [])
      .filter(isReference)
      .map((one) => one["@id"]);
  const faults: string[] = [];
  const demand = (isRight: unknown, fault: string) => void (isRight || faults.push(fault));

  demand(listOf(document["@context"]).includes(CONTEXT), "context: not by reference");
  demand(things.size === graph.length, "graph: two things of one identity");
  for (const entity of graph) {
    const {"@id": id, "@type": _, ...properties} = entity;
    demand(typeof id === "string" && encodeURI(decodeURI(id)) === encodeURI(id), `${id}: no URI`);
    demand(!id.includes(" ") && !id.startsWith("../"), `${id}: no URI inside of the crate`);
    demand(typesOf(entity).length > 0, `${id}: no type`);
    for (const term of [...typesOf(entity), ...Object.keys(properties)]) {
      demand(TERMS.has(term), `${id}: the context has no ${term}`);
    }
    for (const [property, value] of Object.entries(properties)) {
      demand(
        listOf(value).every((one) => typeof one === "string" || isReference(one)),
        `${id}: ${property} is not flat`,
      );
      demand(!Array.isArray(value) || value.length > 1, `${id}: ${property} is a list of one`);
      for (const other of referred(entity, property)) {
        const isOutside = id === METADATA && property === "conformsTo";
        demand(isOutside || things.has(other), `${id}: ${property} ${other} is not described`);
      }
    }
  }

  const entry = things.get(METADATA);
  demand(typesOf(entry).includes("CreativeWork"), `${METADATA}: not described as a CreativeWork`);
  const root = things.get(entry ? (referred(entry, "about")[0] ?? "") : "");
  demand(entry && referred(entry, "conformsTo").join() === "https://w3id.org/ro/crate/1.3", `${METADATA}: no version`);
  demand(root && /^\.\/$|^https?:/.test(root["@id"]) && typesOf(root).includes("Dataset"), "root: no Dataset ./");
  if (!root) return faults;
  for (const property of ["name", "description"]) demand(typeof root[property] === "string", `root: no ${property}`);
  demand(/^\d{4}-\d\d-\d\d(T[\d:.]+(Z|[+-]\d\d:\d\d))?$/.test(String(root.datePublished)), "root: no ISO 8601 date");
  const license = things.get(referred(root, "license")[0] ?? "");
  demand(license?.name && license.description, "root: no licence with name and description");

  const reached = new Set<string>();
  const visit = (entity: Entity) => {
    for (const part of referred(entity, "hasPart")) {
      if (reached.has(part)) continue;
      reached.add(part);
      if (things.has(part)) visit(things.get(part)!);
    }
  };
  visit(root);
  const mentioned = new Set(graph.flatMap((entity) => Object.keys(entity).flatMap((one) => referred(entity, one))));
  for (const entity of graph) {
    const {"@id": id} = entity;
    const isFile = typesOf(entity).includes("File");
    const isData = (isFile || typesOf(entity).includes("Dataset")) && entity !== root && !id.startsWith("#");
    demand(entity === entry || mentioned.has(id), `${id}: nothing refers to it`);
    if (!isData) continue;
    demand(reached.has(id), `${id}: no part of the crate`);
    if (/^https?:/.test(id)) continue;
    const place = path.join(folder, decodeURI(id));
    if (!existsSync(place)) faults.push(`${id}: not in the folder`);
    else
      demand(
        isFile ? statSync(place).isFile() : id.endsWith("/") && statSync(place).isDirectory(),
        `${id}: wrong kind`,
      );
  }
  for (const action of graph.filter((entity) => typesOf(entity).includes("CreateAction"))) {
    for (const property of ["agent", "instrument", "result"]) {
      demand(referred(action, property).length > 0, `${action["@id"]}: no ${property}`);
    }
  }
  return faults;
}
