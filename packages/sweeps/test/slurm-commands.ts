import {chmodSync, mkdirSync, writeFileSync} from "node:fs";
import path from "node:path";

/** Stand-ins for Slurm's commands: shell scripts in bin/ of a test's folder, which is first on the path until a test ends. */
export function slurmCommands(folder: (name: string) => string): (commands: Record<string, string>) => void {
  const before = process.env.PATH;
  afterEach(() => void (process.env.PATH = before));
  return (commands) => {
    const bin = folder("bin");
    mkdirSync(bin, {recursive: true});
    for (const [name, body] of Object.entries(commands)) {
      writeFileSync(path.join(bin, name), `#!/bin/sh\n${body}\n`);
      chmodSync(path.join(bin, name), 0o755);
    }
    process.env.PATH = `${bin}:${before}`;
  };
}
