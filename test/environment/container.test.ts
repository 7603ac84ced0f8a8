/** The container's files beside what they build on: nobody has built the image here. */
import {existsSync, readFileSync} from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";

const root = path.resolve(__dirname, "../..");
const read = (file: string) => readFileSync(path.join(root, file), "utf8");

/** Instructions of a Dockerfile: lines that end in a backslash go on. */
const instructions = read("environment/Dockerfile")
  .replace(/^\s*#.*\n/gm, "")
  .replace(/\\\n\s*/g, "")
  .split("\n")
  .filter(Boolean)
  .map((line) => /^([A-Z]+) (.*)$/.exec(line)!.slice(1) as [name: string, rest: string]);
const all = (name: string) => instructions.flatMap(([one, rest]) => (one === name ? [rest] : []));
const container = JSON.parse(read(".devcontainer/devcontainer.json")) as {
  build: {dockerfile: string; context: string; target: string};
  remoteUser: string;
  postCreateCommand: string;
  forwardPorts: number[];
};

test("the image has a Node that the project allows, and what set-up asks for", () => {
  const [, major] = /^node:(\d+)-bookworm AS tools$/.exec(all("FROM")[0])!;
  expect((JSON.parse(read("package.json")) as {engines: {node: string}}).engines.node).toBe(">=20.15 <23");
  expect([20, 22]).toContain(Number(major));
  for (const tool of ["g++", "python3", "python3-venv", "git"]) expect(all("RUN")[0]).toContain(` ${tool} `);
});

test("its programs exist", () => {
  const programs = [...all("RUN"), container.postCreateCommand].flatMap((line) => /^node (\S+)$/.exec(line)?.[1] ?? []);
  expect(programs).toEqual(["environment/setup.mjs", "environment/setup.mjs"]);
  for (const file of programs) expect(existsSync(path.join(root, file))).toBe(true);
  expect(all("CMD")).toEqual(['["npm", "start"]']);
});

test("what is left out of the image is what git leaves out, and what belongs to it stays", () => {
  const lines = read("environment/Dockerfile.dockerignore").trim().split("\n");
  const ignored = read(".gitignore");
  for (const line of lines.filter((one) => !one.startsWith("!") && one !== ".git" && one !== "data/*")) {
    expect(ignored).toContain(path.basename(line));
  }
  for (const kept of lines.filter((one) => one.startsWith("!"))) {
    expect(existsSync(path.join(root, kept.slice(1)))).toBe(true);
  }
});

test("the dev container uses a stage that exists, as somebody who is not root, and forwards the programs' ports", () => {
  const {build, remoteUser, forwardPorts} = container;
  expect(existsSync(path.join(root, ".devcontainer", build.dockerfile))).toBe(true);
  expect(path.join(".devcontainer", build.context)).toBe(".");
  expect(all("FROM").map((line) => line.split(" AS ")[1])).toContain(build.target);
  expect([remoteUser, ...all("USER")]).toEqual(["node", "node"]);
  const {commands} = createRequire(__filename)("../../environment/commands.cjs") as {
    commands: Record<"lab" | "site", {options: {port: {default: string}}}>;
  };
  const ports = [commands.lab, commands.site].map(({options}) => Number(options.port.default));
  expect(forwardPorts).toEqual(ports);
});
