/** Folders of a trial: data and results, on a small disk of their own where that may be mounted. */
import {execFileSync} from "node:child_process";
import {chmodSync, closeSync, cpSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import type {Rng} from "@lola-ts/core";
import {pick} from "../../fuzz/runner/mutations";

/** Size of the disk of a trial: larger than what a run needs and what it keeps free. */
const SIZE = "256m";

/** Stages in the order of their folders' making. */
export const STAGES = ["dataset", "autoencoder", "latents", "emulator", "rollout", "evaluation", "sweeps"] as const;

/** Tell whether this process may mount: then disks are filled and made read-only as a whole. */
export function mayMount(): boolean {
  const folder = mkdtempSync(path.join(tmpdir(), "lola-soak-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], {stdio: "ignore"});
    execFileSync("umount", [folder], {stdio: "ignore"});
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, {recursive: true});
  }
}

/** Folders of a trial. */
export class Place {
  readonly root = mkdtempSync(path.join(tmpdir(), "lola-soak-"));
  readonly data = path.join(this.root, "data");
  readonly out = path.join(this.root, "out");

  /** @param mounted whether it is a disk of its own. */
  constructor(readonly mounted = false) {
    if (mounted) execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE}`, "tmpfs", this.root]);
    mkdirSync(this.data);
    mkdirSync(this.out);
  }

  /** Copy the first stages of a finished place, with the times of its files or with new ones. */
  begin(from: Place, stages: number, rng: Rng): void {
    const preserveTimestamps = rng.integer(2) === 0;
    for (const stage of STAGES.slice(0, stages)) {
      cpSync(path.join(from.data, stage), path.join(this.data, stage), {recursive: true, preserveTimestamps});
    }
  }

  /** List all files below the data, relative to it. */
  files(): string[] {
    const entries = readdirSync(this.data, {recursive: true, withFileTypes: true});
    const files = entries.filter((entry) => entry.isFile());
    return files.map((entry) => path.relative(this.data, path.join(entry.parentPath, entry.name))).sort();
  }

  /** Draw a file below the data, of those whose name is accepted. @returns its path below the data. */
  drawFile(rng: Rng, accepts: (file: string) => boolean = () => true): string | undefined {
    const files = this.files().filter(accepts);
    return files.length === 0 ? undefined : pick(rng, files);
  }

  /** Fill its disk to the last byte. @returns function that frees it. */
  fill(): () => void {
    const file = path.join(this.root, "filler");
    const fd = openSync(file, "w");
    for (const size of [2 ** 20, 4096]) {
      const block = Buffer.alloc(size);
      try {
        for (;;) writeSync(fd, block);
      } catch {
        // full
      }
    }
    closeSync(fd);
    return () => rmSync(file);
  }

  /** Let nobody write to it, or again. */
  setReadOnly(isReadOnly: boolean): void {
    if (this.mounted) {
      // a read-only view on top: open files could not become read-only
      if (isReadOnly) execFileSync("mount", ["-o", "bind,ro", this.root, this.root]);
      else execFileSync("umount", ["-l", this.root]);
      return;
    }
    const folders = readdirSync(this.root, {recursive: true, withFileTypes: true}).filter((entry) =>
      entry.isDirectory(),
    );
    for (const {parentPath, name} of folders) chmodSync(path.join(parentPath, name), isReadOnly ? 0o555 : 0o755);
  }

  /** Remove it. */
  remove(): void {
    if (this.mounted) execFileSync("umount", ["-l", this.root]);
    removeFolder(this.root);
  }
}

/** Remove a folder into which others may still write. */
export function removeFolder(folder: string): void {
  for (let tries = 0; ; tries++) {
    try {
      return rmSync(folder, {recursive: true, force: true});
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOTEMPTY" || tries === 100) throw error;
    }
  }
}
