const {readdirSync} = require("node:fs");
const {join} = require("node:path");

/** Two workers share two cores: with two threads each, the engine's threads would mostly wait for one another. */
for (const name of ["TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS"]) process.env[name] ??= "1";

/** The engine's variables reach it from here alone: process.env of a test is a copy. */
const {engine} = require("./environment/defaults.json");
for (const [name, value] of Object.entries(engine)) process.env[name] ??= value;

/** @type {import("jest").Config} */
const project = {
  testEnvironment: "<rootDir>/test/environment.cjs",
  roots: ["<rootDir>/test", "<rootDir>/packages"],
  testMatch: ["**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/"],
  modulePathIgnorePatterns: ["/dist/"],
  // packages are their sources, as the compiler sees them
  moduleNameMapper: {
    "^@lola-ts/([^/]+)$": "<rootDir>/packages/$1/src",
    "^@lola-ts/([^/]+)/([^/]+)$": "<rootDir>/packages/$1/src/$2",
    "^lola$": "<rootDir>/lib",
    "^lola/([^/]+)$": "<rootDir>/lib/$1",
  },
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      {
        jsc: {
          parser: {syntax: "typescript", decorators: true},
          transform: {decoratorVersion: "2022-03"},
          target: "es2022",
        },
        module: {type: "commonjs", ignoreDynamic: true},
      },
    ],
  },
};

/**
 * The golden tests hold for other shapes and options: the same tests on vectors that the official implementation made with
 * other levels, periodic grids, heads, patches, windows and schedules.
 */
const variant = join(__dirname, "test/reference/variant");
const topics = readdirSync(variant).flatMap((name) => (name.endsWith(".json") ? [name.slice(0, -5)] : []));
const golden = {
  ...project,
  displayName: "variant",
  globals: {REFERENCE_FOLDER: variant},
  testMatch: topics.map((topic) => `<rootDir>/test/reference/${topic}.test.ts`),
};

/** @type {import("jest").Config} */
module.exports = {
  testTimeout: 600_000, // ends tests that hang; others take seconds, and minutes on a core that others share
  maxWorkers: 2, // two cores; jest leaves one of them idle by default
  testSequencer: "<rootDir>/test/sequencer.cjs",
  // a folder that is given by LOLA_REFERENCE replaces both sets of vectors
  projects: [project, ...(process.env.LOLA_REFERENCE ? [] : [golden])],
};
