/**
 * The golden tests hold for other shapes and options: the same tests on vectors that the official implementation made
 * with other levels, periodic grids, heads, patches, windows and schedules.
 */
import {execFile} from "node:child_process";
import {readdirSync} from "node:fs";
import path from "node:path";
import {promisify} from "node:util";

const root = path.resolve(__dirname, "../..");
const folder = path.join(__dirname, "variant");
const topics = readdirSync(folder).flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -5)] : []));

// a folder that is given instead of the vectors here is itself a variant
(process.env.LOLA_REFERENCE ? test.skip : test)(
  "another set of sizes and options",
  async () => {
    const files = topics.map((topic) => path.join(__dirname, `${topic}.test.ts`));
    const env = {...process.env, LOLA_REFERENCE: folder, NODE_OPTIONS: "--experimental-vm-modules"};
    const jest = path.join(root, "node_modules/jest/bin/jest.js");
    const {stderr} = await promisify(execFile)(process.execPath, [jest, "--runInBand", "--runTestsByPath", ...files], {
      cwd: root,
      env,
    });
    expect(stderr).toMatch(new RegExp(`Test Suites: ${topics.length} passed`));
  },
  180_000,
);
