// Notebooks of one's own, which live in work/ and which git ignores, and the lessons as they were committed.
import {spawnSync} from "node:child_process";
import {copyFileSync, existsSync, mkdirSync} from "node:fs";
import path from "node:path";
import {usageError} from "./command-line.cjs";

/** A lesson is a notebook whose name begins with its number. */
const LESSON = /^notebooks\/\d\d-[^/]+\.ipynb$/;

/** Makes work/NAME.ipynb from the template. @returns its path from the project's folder. */
export function newNotebook(root, name) {
  if (!/^[\p{L}\d][\p{L}\d ._-]*$/u.test(name)) {
    throw usageError(`--new: expected a name of letters, digits, spaces, ".", "-" and "_", found "${name}".`);
  }
  const file = path.join("work", name.endsWith(".ipynb") ? name : `${name}.ipynb`);
  if (existsSync(path.join(root, file))) {
    throw usageError(`--new: ${file} is there already; \`npm run lab\` opens it, another name makes a new notebook.`);
  }
  mkdirSync(path.join(root, "work"), {recursive: true});
  copyFileSync(path.join(root, "environment/jupyter/template.ipynb"), path.join(root, file));
  return file;
}

/**
 * Brings the lessons back as they were committed. A lesson that differs is first copied to a folder of its own in work/.
 *
 * @param now names the folder of the copies.
 * @returns a sentence about the finished work.
 */
export function restoreLessons(root, now = new Date()) {
  const git = (...args) => {
    const {status, stdout, stderr, error} = spawnSync("git", args, {cwd: root, encoding: "utf8"});
    if (error) throw usageError(`--restore: git could not be started (${error.code}): is it installed?`);
    if (status !== 0) throw usageError(`--restore: git ${args[0]} failed: ${stderr.trim().split("\n")[0]}`);
    return stdout;
  };
  const changed = git("diff", "--name-only", "--relative", "-z", "HEAD", "--", "notebooks").split("\0");
  const lessons = changed.filter((name) => LESSON.test(name));
  if (lessons.length === 0) return "Every lesson is as it was committed.";
  const folder = path.join("work", `lessons ${now.toISOString().slice(0, 19).replace("T", " ").replaceAll(":", ".")}`);
  mkdirSync(path.join(root, folder), {recursive: true});
  for (const name of lessons.filter((lesson) => existsSync(path.join(root, lesson)))) {
    copyFileSync(path.join(root, name), path.join(root, folder, path.basename(name)));
  }
  git("checkout", "HEAD", "--", ...lessons);
  const names = lessons.map((name) => path.basename(name, ".ipynb")).join(", ");
  return `Restored ${names}. The changed notebooks are in ${folder}/.`;
}
