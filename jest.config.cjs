/** @type {import("jest").Config} */
module.exports = {
  testEnvironment: "node",
  roots: ["<rootDir>/test"],
  testPathIgnorePatterns: ["/node_modules/", "/test/bench/"],
  modulePathIgnorePatterns: ["<rootDir>/lib/dist/"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      {jsc: {parser: {syntax: "typescript"}, target: "es2022"}, module: {type: "commonjs", ignoreDynamic: true}},
    ],
  },
  testTimeout: 60000,
};
