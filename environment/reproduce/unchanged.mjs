// Which notebooks would find everything as the last run left it, so that they need not run again.
//
// Notebooks hand on what they make as files in the folder of artefacts. A notebook is current while
// - its cells, its outputs, the library, the locked packages and the settings are as it left them,
// - every file that was made while it ran, artefact or figure, is as it was then, and
// - no artefact that was there before any run, or that a notebook that it needs makes, was changed, removed or made again.
import {createHash} from "node:crypto";
import {existsSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync} from "node:fs";
import path from "node:path";
import {fileURLToPath} from "node:url";

/** Milliseconds by which a file's time may lie before the clock's. */
const SLACK = 20;

/** Another way to record makes old records void. */
const SELF = fileURLToPath(import.meta.url);

/** Files below a folder, by name; hidden ones are left out. */
function filesBelow(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile() && !entry.name.startsWith("."))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function compiledFolders(root) {
  const packages = path.join(root, "packages");
  const names = existsSync(packages) ? readdirSync(packages) : [];
  return [path.join(root, "lib/dist"), ...names.map((name) => path.join(packages, name, "dist"))];
}

function hashFiles(names, ...more) {
  const hash = createHash("sha256").update(JSON.stringify(more));
  for (const name of names) hash.update(`${name}\n`).update(existsSync(name) ? readFileSync(name) : "missing");
  return hash.digest("hex");
}

export class Ledger {
  /**
   * @param file where the record is kept.
   * @param root the project's folder.
   * @param data folder of artefacts.
   * @param figures folder of figures and tables.
   * @param settings whatever else a run depends on.
   * @param order the notebooks (paths) with those that each needs.
   * @param resultOf where a notebook's outputs are written, by its path.
   */
  constructor({file, root, data, figures, settings, order, resultOf}) {
    Object.assign(this, {file, data, figures, resultOf});
    this.needs = Object.fromEntries(order.map(({file, needs}) => [file, needs]));
    const code = compiledFolders(root)
      .flatMap(filesBelow)
      .filter((name) => name.endsWith(".js"));
    const common = hashFiles([SELF, path.join(root, "package-lock.json"), ...code], settings, process.version);
    const known = this.read();
    const notebooks = known.common === common ? known.notebooks : {};
    this.record = {common, notebooks, files: known.files ?? {}, ended: known.ended};
  }

  read() {
    try {
      return JSON.parse(readFileSync(this.file, "utf8"));
    } catch {
      return {}; // none yet, or not readable: everything runs
    }
  }

  get ended() {
    return new Date(this.record.ended);
  }

  stale(notebooks) {
    const found = this.scan();
    return notebooks.filter((notebook) => !this.isCurrent(notebook, found));
  }

  isCurrent(notebook, found) {
    const known = this.record.notebooks[notebook];
    if (known?.content !== this.contentOf(notebook)) return false;
    return Object.entries(this.record.files).every(([name, {size, time, makers}]) => {
      const own = makers.includes(notebook);
      const foreign = makers.length === 0;
      const before = this.isArtefact(name) && (foreign || makers.some((maker) => this.needs[notebook].includes(maker)));
      if (!own && !before) return true;
      const now = found.get(name);
      const same = now?.size === size && now.time === time;
      return same && (own || foreign || time < known.began);
    });
  }

  /** Records notebooks that ran to their end, some side by side: `{notebook, began, ended}`, times in milliseconds. */
  ran(runs) {
    if (runs.length === 0) return;
    const {notebooks, files} = this.record;
    for (const {notebook, began} of runs) notebooks[notebook] = {began, content: this.contentOf(notebook)};
    const found = [...this.scan()].map(([name, {size, time}]) => {
      const known = files[name];
      const changed = known?.size !== size || known.time !== time;
      const writers = changed ? runs.filter(({began, ended}) => began - SLACK <= time && time <= ended + SLACK) : [];
      const makers = writers.length > 0 ? writers.map(({notebook}) => notebook) : (known?.makers ?? []);
      return [name, {size, time, makers}];
    });
    this.record.files = Object.fromEntries(found);
    this.record.ended = new Date().toISOString();
    mkdirSync(path.dirname(this.file), {recursive: true});
    writeFileSync(`${this.file}.tmp`, JSON.stringify(this.record));
    renameSync(`${this.file}.tmp`, this.file);
  }

  /** Artefacts lie in folders of their stages. */
  isArtefact(name) {
    const [stage, ...rest] = path.relative(this.data, name).split(path.sep);
    return stage !== ".." && rest.length > 0;
  }

  contentOf(notebook) {
    return hashFiles([...new Set([notebook, this.resultOf(notebook)])]);
  }

  scan() {
    const names = [...new Set([this.data, this.figures])].flatMap(filesBelow);
    return new Map(
      names.map((name) => {
        const {size, mtimeMs: time} = statSync(name);
        return [name, {size, time}];
      }),
    );
  }
}
