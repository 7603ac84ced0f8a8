// Reads the project's command lines and prints their help, by the list in commands.cjs. It needs nothing but Node.
const {parseArgs} = require("node:util");
const {commands} = require("./commands.cjs");

/** Width of help's lines: terminals have 80 columns or more. */
const WIDTH = 80;

/** Makes the error of a command line that cannot be; its code is that of packages/core/src/lab-error.ts. */
const usageError = (message) => Object.assign(new Error(message), {code: "usage"});

const number =
  (expected, pattern, min, max = Infinity) =>
  (text) => {
    const value = Number(text);
    if (pattern.test(text) && value >= min && value <= max) return value;
    throw usageError(`expected ${expected}, found "${text}".`);
  };
const wholeNumber = number("a whole number of 1 or more", /^\d{1,9}$/, 1);
const wholeFromZero = number("a whole number of 0 or more", /^\d{1,10}$/, 0);
const positive = number("a number of 0 or more", /^\d+(\.\d+)?$/, 0);

/** Readers of values by what stands for them in help: each gets the text; what they throw follows the option's name. */
const READERS = {
  N: wholeNumber,
  SECONDS: wholeNumber,
  I: wholeFromZero,
  S: wholeFromZero,
  MINUTES: positive,
  DAYS: positive,
  PORT: number("a port from 1 to 65535", /^\d{1,5}$/, 1, 65535),
  NAME: (text) => {
    if (/^[\w-][\w.-]*$/.test(text)) return text;
    throw usageError(`expected a name of letters, digits, "-", "_" and ".", found "${text}".`);
  },
  LIST: splitAtCommas,
  "A:P,B:P": splitAtCommas,
  "A,B": (text) => {
    const parts = splitAtCommas(text);
    if (parts.length === 2) return parts;
    throw usageError(`expected two words such as A,B, found "${text}".`);
  },
  FILES: (text) => (/^\d+$/.test(text) ? wholeNumber(text) : splitAtCommas(text)),
  URL: (text) => {
    if (/^https?:\/\//.test(text) && globalThis.URL.canParse(text.replaceAll("{dataset}", "x"))) return text;
    throw usageError(`expected an address such as https://example.org/datasets, found "${text}".`);
  },
  "PATH=VALUE": (text) => {
    const [path, values] = readKnob(text);
    if (Array.isArray(values) && values.length === 1) return [path, values[0]];
    throw usageError(`expected one value of ${path}, found "${text}"; npm run lola -- sweep tries several.`);
  },
  "PATH=VALUES": readKnob,
};

/** Reads an option by its path and the values to try: "latent.hidChannels=64,128". */
function readKnob(text) {
  const [, path, values] = /^\s*([^=]*[^=\s])\s*=\s*(\S.*?)\s*$/s.exec(text) ?? [];
  if (path === undefined) {
    throw usageError(`expected PATH=VALUES such as latent.hidChannels=64,128, found "${text}".`);
  }
  return [path, readRange(path, values) ?? splitAtCommas(values).map(readValue)];
}

/** Reads "log(1e-4,1e-2,5)". */
function readRange(path, text) {
  const [, kind, inside] = /^(log|linear|whole)\((.*)\)$/.exec(text) ?? [];
  if (kind === undefined) return undefined;
  const numbers = inside.split(",").map((part) => (part.trim() === "" ? NaN : Number(part)));
  if (numbers.some(Number.isNaN) || numbers.length < 2 || numbers.length > 3) {
    throw usageError(`expected ${path} to be ${kind}(FROM,TO,COUNT), found "${text}".`);
  }
  const [from, to, count] = numbers;
  return {from, to, ...(count !== undefined && {count}), ...(kind !== "linear" && {[kind]: true})};
}

/** A value as JSON has it, or a text without quotes. */
function readValue(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** Splits a list at commas that are not inside brackets or quotes. */
function splitAtCommas(text) {
  const parts = [""];
  let depth = 0;
  let isQuoted = false;
  for (const letter of text) {
    if (letter === '"') isQuoted = !isQuoted;
    else if (!isQuoted && "[{".includes(letter)) depth++;
    else if (!isQuoted && "]}".includes(letter)) depth--;
    if (letter === "," && depth === 0 && !isQuoted) parts.push("");
    else parts[parts.length - 1] += letter;
  }
  return parts.map((part) => part.trim());
}

/** Reads one value of an option or word, called `label` in errors. */
function readText({value, choices}, text, label) {
  const expected = choices?.join(", ") ?? value;
  try {
    if (text.trim() === "") throw usageError(`expected ${expected}, found nothing.`);
    if (!choices) return (READERS[value] ?? String)(text);
    if (choices.includes(text)) return text;
    throw usageError(`expected ${expected}, found "${text}".`);
  } catch (error) {
    throw usageError(`${label}: ${error.message}`);
  }
}

const usageOf = (name, {value}) => `--${name}${value === undefined ? "" : ` ${value}`}`;

/**
 * Reads the arguments of a verb.
 *
 * @returns the options by their names, with their defaults: switches are booleans, values of PATH=VALUE one object, others as
 *   READERS have them; and `words`, the arguments without a name, where the verb has some.
 */
function readCommandLine(verb, argv) {
  const {options = {}, words, others} = commands[verb];
  if (others) return {words: argv};
  const list = [...Object.keys(options), "help"].map((name) => `--${name}`).join(", ");
  const refuse = (problem) => {
    throw usageError(`${problem}: known are ${list}.`);
  };
  const types = Object.entries(options).map(([name, {value}]) => [name, {type: value ? "string" : "boolean"}]);
  const {tokens} = parseArgs({
    args: argv.filter((word) => word !== "--"),
    options: Object.fromEntries(types),
    strict: false,
    tokens: true,
  });
  const values = {};
  const bare = [];
  for (const {kind, name, rawName, value, inlineValue} of tokens) {
    if (kind === "positional") {
      if (!words) refuse(`Unknown argument "${value}"`);
      bare.push(readText(words, value, verb));
      continue;
    }
    if (!Object.hasOwn(options, name)) refuse(`Unknown option ${rawName}`);
    const option = options[name];
    if (option.value === undefined) {
      if (value !== undefined) refuse(`${rawName} takes no value`);
      values[name] = true;
      continue;
    }
    if (value === undefined || (!inlineValue && value.startsWith("-"))) refuse(`${rawName} has no value`);
    const content = readText(option, value, rawName);
    values[name] = option.value.startsWith("PATH=") ? {...values[name], [content[0]]: content[1]} : content;
  }
  const isGiven = (name) => name in values && values[name] !== options[name].default;
  for (const [name, {needs}] of Object.entries(options)) {
    if (!isGiven(name) || !needs || needs.some(isGiven)) continue;
    const expected = needs.map((other) => usageOf(other, options[other])).join(" or ");
    throw usageError(`--${name}: expected ${expected} with it, found none.`);
  }
  for (const [name, option] of Object.entries(options)) {
    const variable = option.env && process.env[option.env];
    const standard = option.value === undefined ? false : option.default;
    if (!(name in values) && variable) values[name] = readText(option, variable, option.env);
    else if (!(name in values) && standard !== undefined) values[name] = standard;
    if (option.required && !(name in values)) readText(option, "", `--${name}`);
  }
  if (words?.count !== undefined && bare.length !== words.count) {
    const expected = `${words.count} ${words.value} (${words.text})`;
    throw usageError(`${verb}: expected ${expected}, found ${bare.join(" ") || "none"}.`);
  }
  return words ? {...values, words: bare} : values;
}

function wrap(words, width) {
  const lines = [];
  for (const word of words) {
    if (lines.length === 0 || lines.at(-1).length + 1 + word.length > width) lines.push(word);
    else lines.push(`${lines.pop()} ${word}`);
  }
  return lines;
}

const paragraph = (text, width = WIDTH) => wrap(text.split(" "), width);

/** Breaks a long command line before options, as a shell takes it. */
const commandLines = (line) =>
  wrap(line.split(/ (?=--\w)/), WIDTH - 4)
    .join(" \\\n  ")
    .split("\n");

/** Sets names and texts in two columns; the text of a name that is too long stands below it. */
function columns(rows, most) {
  const fits = rows.map(([name]) => name.length).filter((length) => length <= most);
  const left = Math.max(4, ...fits) + 2;
  return rows.flatMap(([name, text]) => {
    const lines = text ? paragraph(text, WIDTH - left).map((line) => " ".repeat(left) + line) : [];
    if (name.length + 2 > left || lines.length === 0) return [...commandLines(name), ...lines];
    return [name.padEnd(left) + lines[0].slice(left), ...lines.slice(1)];
  });
}

/** Describes an option or word: its text, or its choices, and its default. */
function describe({value, choices = [], text = "", default: standard}) {
  const isShown = standard !== undefined && standard !== "local" && String(standard) !== "[object Object]";
  const listed = choices.includes(value) ? [] : [choices.join(", ")];
  return [...listed, text, isShown ? `(default: ${standard})` : ""].filter(Boolean).join(" ");
}

/** Writes the help of a verb: examples first, then its options. */
function helpOf(verb) {
  const {does, examples, words, options = {}, notes} = commands[verb];
  const rows = Object.entries(options).map(([name, option]) => [usageOf(name, option), describe(option)]);
  if (words) rows.unshift([words.value, describe(words)]);
  const parts = [paragraph(does), columns(examples, 50), columns(rows, 24), notes ? paragraph(notes) : []];
  const filled = parts.filter((lines) => lines.length > 0);
  return filled.map((lines) => `${lines.join("\n")}\n`).join("\n");
}

function listOfCommands() {
  const rows = Object.entries(commands).map(([verb, {script, does}]) => [script ?? `npm run lola -- ${verb}`, does]);
  return `${columns(rows, 28).join("\n")}\n\nOptions and examples of a verb: npm run lola -- train --help\n`;
}

module.exports = {commands, helpOf, listOfCommands, readCommandLine, usageError};
