import path from "node:path";
import {committedFigures, dataFolder, figuresFolder, projectRoot, shown, wellFolder} from "../src/paths";

const root = path.resolve(__dirname, "../../..");
const environment = process.env;
afterEach(() => void (process.env = environment));

test("the project is the folder above lib", () => expect(projectRoot()).toBe(root));

test.each([
  [{}, ".out/rayleigh-benard-tour/figures"],
  [{LOLA_SYSTEM: "euler", LOLA_PRESET: "tour"}, ".out/euler-tour/figures"],
  [{LOLA_PRESET: "smoke"}, ".out/rayleigh-benard-smoke/figures"],
  [{LOLA_SYSTEM: "gravity-cooling", LOLA_PRESET: "mini"}, ".out/gravity-cooling-mini/figures"],
  [{LOLA_OUT: path.join(root, "elsewhere")}, "elsewhere/figures"],
  [{LOLA_OUT: path.join(root, "elsewhere"), LOLA_FIGURES: path.join(root, "figures")}, "figures"],
  [{LOLA_OUT: "", LOLA_FIGURES: ""}, ".out/rayleigh-benard-tour/figures"],
])("a run writes to .out/, unless told: %j", (variables, folder) => {
  const {LOLA_OUT: _, LOLA_FIGURES: __, LOLA_SYSTEM: ___, LOLA_PRESET: ____, ...rest} = environment;
  process.env = {...rest, ...variables};
  expect(figuresFolder()).toBe(path.join(root, folder));
});

test("the committed figures of a system have a folder of their own", () => {
  expect(committedFigures("kolmogorov")).toBe(path.join(root, "figures/kolmogorov"));
});

test("data can live elsewhere", () => {
  process.env = {...environment, LOLA_DATA: "/large/disk"};
  expect(dataFolder()).toBe("/large/disk");
  expect(wellFolder()).toBe(path.join("/large/disk", "well"));
  process.env = {...environment, LOLA_WELL: "/the/well"};
  expect(wellFolder()).toBe("/the/well");
});

test("an empty variable is as none, and never the current folder", () => {
  process.env = {...environment, LOLA_DATA: "", LOLA_WELL: ""};
  expect(dataFolder()).toBe(path.join(root, "data"));
  expect(wellFolder()).toBe(path.join(root, "data", "well"));
});

test("paths are shown relative to the project, others in full", () => {
  expect(shown(path.join(root, "figures/a.png"))).toBe(path.join("figures", "a.png"));
  expect(shown("/elsewhere/a.png")).toBe("/elsewhere/a.png");
});
