/** docs/options.md, made from the schema of the configuration: values and stages from its rules, the rest from its comments. */
import path from "node:path";
import * as z from "zod";
import ts from "typescript";
import {expectedOf, optionsOf, ruleFor, type Rule, type Rules} from "../../packages/core/src/options/rules";
import {configRule, stageOf} from "../../packages/laboratory/src/config";
import {systemNames} from "@lola-ts/simulators";

const INTRODUCTION =
  "An option has a path: `openLab({change: {rollout: {steps: 4}}})` changes `rollout.steps`. An option without a default has " +
  "a value in each preset. A change of an option computes the stage that reads it first, and all later stages, again. " +
  "[Paper or code?](differences.md#paper-or-code) says where paper and official code differ.";

const root = path.join(__dirname, "../..");

/** Sentence of a comment that names the default. */
const DEFAULT = /\s*\bDefault:\s+((?:[^.]|\.(?!\s|$)|\.(?=\s\d))*)\.?/;

/** An option: its path, its rule and its comment. */
interface Option {
  readonly path: string;
  readonly rule: Rule;
  readonly comment: string;
}

/** Read the type of the configuration. */
function configType(): {readonly checker: ts.TypeChecker; readonly type: ts.Type} {
  const file = path.join(root, "packages/laboratory/src/config.ts");
  const {config} = ts.readConfigFile(path.join(root, "tsconfig.json"), ts.sys.readFile) as {config: object};
  const {options} = ts.parseJsonConfigFileContent({...config, include: []}, ts.sys, root);
  const program = ts.createProgram([file], options);
  const checker = program.getTypeChecker();
  const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(file)!)!);
  const symbol = exported.find(({name}) => name === "Config")!;
  return {checker, type: checker.getDeclaredTypeOfSymbol(symbol)};
}

/** Say briefly which values a rule allows. */
const valuesOf = (rule: Rule) =>
  expectedOf(rule)
    .replace(/\ba whole number of (\d+) or more\b/g, "integer ≥ $1")
    .replace(/\ba finite number of (\d+) or more\b/g, "number ≥ $1")
    .replace(/\ba finite number above (\d+)\b/g, "number > $1")
    .replace(/\bwhole numbers of (\d+) or more\b/g, "integers ≥ $1")
    .replace(/\ba whole number from /g, "integer ")
    .replace(/\ba (?:finite )?number from /g, "number ")
    .replace(/ or (?=")/g, ", ");

const escaped = (text: string) => text.replace(/\s+/g, " ").replace(/\|/g, "\\|").trim();

/** List the words, under their tag, that say which options a section has; none for a section that has always the same. */
function kindsOf({path, rule}: Option): {readonly tag: string; readonly words: readonly string[]} {
  if (path === "data") return {tag: "system", words: systemNames};
  const chosen = ruleFor(rule, undefined);
  if (!(chosen instanceof z.ZodDiscriminatedUnion)) return {tag: "", words: []};
  const tag = chosen.def.discriminator;
  const any = optionsOf(chosen, {[tag]: "any"})!;
  return {tag, words: (ruleFor(any[tag], undefined) as z.ZodEnum).options as string[]};
}

/** Write the page. */
export function optionsPage(): string {
  const {checker, type: configuration} = configType();
  const printed = new Map<unknown, string>();

  const membersOf = (type: ts.Type): ts.Type[] => {
    const present = checker.getNonNullableType(type);
    return present.isUnion() ? present.types : [present];
  };
  /** Properties of a name: one for each kind of a section that has it. */
  const propertiesOf = (type: ts.Type, name: string) =>
    membersOf(type).flatMap((member) => checker.getPropertyOfType(member, name) ?? []);
  const typeOf = (type: ts.Type, name: string) => checker.getTypeOfSymbol(propertiesOf(type, name)[0]);
  const commentOf = (type: ts.Type, name: string): string =>
    propertiesOf(type, name)
      .map((property) => ts.displayPartsToString(property.getDocumentationComment(checker)))
      .find((comment) => comment !== "") ?? "";

  const isSection = (option: Option) =>
    kindsOf(option).words.length > 0 || Object.keys(optionsOf(option.rule) ?? {}).length > 0;

  /** List options; those of a section without comments have its own. */
  const optionsIn = (place: string, rules: Rules, type: ts.Type, comment = ""): Option[] =>
    Object.entries(rules).flatMap(([name, rule]) => {
      const option = {path: place ? `${place}.${name}` : name, rule, comment: commentOf(type, name) || comment};
      const names = kindsOf(option).words.length > 0 ? [] : Object.keys(optionsOf(rule) ?? {});
      const isBare = names.length > 0 && names.every((each) => commentOf(typeOf(type, name), each) === "");
      return isBare ? optionsIn(option.path, optionsOf(rule)!, typeOf(type, name), option.comment) : [option];
    });

  const rowOf = ({path, rule, comment}: Option) => {
    const usual = DEFAULT.exec(comment)?.[1] ?? "–";
    return {
      stage: stageOf(path),
      cells: [`\`${path}\``, valuesOf(rule), usual, comment.replace(DEFAULT, "")].map(escaped),
    };
  };
  type Row = ReturnType<typeof rowOf>;
  const isSame = (row: Row) => (other: Row) => row.cells.join() === other.cells.join();
  const COLUMNS = ["option", "values", "default", "meaning"];
  /** Write a table, with a column of stages if its options are first read by several. */
  const tableOf = (rows: readonly Row[]): string[] => {
    const stages = new Set(rows.map(({stage}) => stage));
    const line = (cells: readonly string[], stage: string) =>
      `| ${(stages.size > 1 ? [...cells, stage] : cells).join(" | ")} |`;
    const head = [
      line(COLUMNS, "first read by"),
      line(
        COLUMNS.map(() => "---"),
        "---",
      ),
    ];
    const table = [...head, ...rows.map(({cells, stage}) => line(cells, stage))].join("\n");
    if (rows.length === 0) return [];
    return stages.size > 1 ? [table] : [`First read by: ${[...stages].join()}.`, table];
  };
  const rowsIn = (place: string, rules: Rules, type: ts.Type) =>
    optionsIn(place, rules, type)
      .filter((option) => !isSection(option))
      .map(rowOf);

  /** Write the table of options, without rows that stand above it, and the sections below it. */
  const tables = (place: string, rules: Rules, type: ts.Type, above: readonly Row[] = []): string[] => {
    const sections = optionsIn(place, rules, type).filter(isSection);
    const rows = rowsIn(place, rules, type).filter((row) => !above.some(isSame(row)));
    return [...tableOf(rows), ...sections.flatMap((option) => section(option, type))];
  };

  const section = (option: Option, parent: ts.Type): string[] => {
    const {path, rule, comment} = option;
    const type = typeOf(parent, path.slice(path.lastIndexOf(".") + 1));
    const title = [`## \`${path}\``, escaped(comment)];
    const {tag, words} = kindsOf(option);
    const kinds = words.map((word) => {
      const isOf = (member: ts.Type) =>
        checker.getPropertyOfType(member, tag) && checker.typeToString(typeOf(member, tag)).includes(`"${word}"`);
      return {word, rules: optionsOf(rule, {[tag]: word})!, member: membersOf(type).find(isOf)!};
    });
    if (kinds.length > 0) {
      const [first = [], ...others] = kinds.map(({rules, member}) => rowsIn(path, rules, member));
      const shared = first.filter((row) => others.every((rows) => rows.some(isSame(row))));
      const ofKinds = kinds.flatMap(({word, rules, member}) => {
        const own = tables(path, rules, member, shared);
        return [`### \`${path}\` of ${tag} ${word}`, ...(own.length > 0 ? own : ["It has no other options."])];
      });
      return [...title, ...tableOf(shared), ...ofKinds];
    }
    const rules = optionsOf(rule)!;
    const same = printed.get(rules);
    printed.set(rules, path);
    return [...title, ...(same ? [`Its options are those of \`${same}\`.`] : tables(path, rules, type))];
  };

  return ["# Options", INTRODUCTION, ...tables("", configRule.shape, configuration), ""].join("\n\n");
}
