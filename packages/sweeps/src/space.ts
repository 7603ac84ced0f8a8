/**
 * The space of a sweep: options by their paths, each with the values to try.
 *
 * A space becomes a list of variants, each a value for every option: all combinations of the values, as many random draws as
 * are asked for, or a list of variants as it is given.
 */
import {
  canonicalText,
  isPlainObject,
  checkOptions,
  valueInWords,
  anything,
  count,
  flag,
  list,
  number,
  optional,
  passing,
  section,
  text,
  where,
  type RulesOf,
  Rng,
  valueCell,
} from "@lola-ts/core";

/** Values of options by their paths: {"latent.hidChannels": 64}. */
export type Overrides = Readonly<Record<string, unknown>>;

/** Numbers from one to another. */
export interface Range {
  readonly from: number;
  readonly to: number;
  /** Number of values on a grid, both ends included. Random draws need none. */
  readonly count?: number;
  /** Whether values have equal ratios instead of equal differences. Default: false. */
  readonly log?: boolean;
  /** Whether values are rounded to whole numbers. Default: false. */
  readonly whole?: boolean;
}

/** Values of one option: a list, or a range of numbers. */
export type Knob = readonly unknown[] | Range;

/** Values of each option by its path, or a list of variants. */
export type Space = Readonly<Record<string, Knob>> | readonly Overrides[];

const MOST = 10_000;

const rangeRules: RulesOf<Range> = {
  from: number(),
  to: number(),
  count: optional(count),
  log: optional(flag),
  whole: optional(flag),
};

/** List the variants of a space, each once. @throws RangeError that begins with `where` and names what cannot be. */
export function variantsOf(
  where: string,
  space: Space,
  {draws, seed = 0}: {readonly draws?: number; readonly seed?: number} = {},
): Overrides[] {
  const variants = Array.isArray(space)
    ? listed(where, space as readonly Overrides[])
    : draws === undefined
      ? combined(where, space as Readonly<Record<string, Knob>>)
      : drawn(where, space as Readonly<Record<string, Knob>>, draws, seed);
  const different = new Map(variants.map((variant) => [canonicalText(variant), variant]));
  return [...different.values()];
}

function listed(place: string, variants: readonly Overrides[]): Overrides[] {
  if (variants.length === 0) throw new RangeError(`${place}: expected a space of one variant or more, found none.`);
  return variants.map((variant, i) => {
    if (!isPlainObject(variant)) {
      const example = '{"latent.hidChannels": 64}';
      throw new RangeError(
        `${place}: expected space[${i}] to be options such as ${example}, found ${valueInWords(variant)}.`,
      );
    }
    return flattened(variant);
  });
}

export function flattened(options: object, place = ""): Overrides {
  const entries = Object.entries(options).flatMap(([name, value]: [string, unknown]): [string, unknown][] => {
    const path = place ? `${place}.${name}` : name;
    return isPlainObject(value) && Object.keys(value).length > 0
      ? Object.entries(flattened(value, path))
      : [[path, value]];
  });
  return Object.fromEntries(entries);
}

function knobsOf(where: string, space: Readonly<Record<string, Knob>>): [string, Knob][] {
  if (!isPlainObject(space)) {
    throw new RangeError(
      `${where}: expected the space to be options with their values such as {"latent.hidChannels": [64, 128]}, found ${valueInWords(space)}.`,
    );
  }
  const knobs = Object.entries(space);
  if (knobs.length === 0) throw new RangeError(`${where}: expected a space of one option or more, found none.`);
  for (const [path, knob] of knobs) checkKnob(where, path, knob);
  return knobs;
}

const valuesRule = where(
  list(anything),
  "a list of values such as [64, 128], or a range such as {from: 1e-4, to: 1e-2, count: 5}",
  () => true,
);

function checkKnob(place: string, path: string, knob: Knob): void {
  if (isPlainObject(knob)) {
    checkOptions(place, section(rangeRules), knob, path);
    const {from, to, log = false} = knob as unknown as Range;
    if (!(from < to))
      throw new RangeError(`${place}: expected ${path} to range from less to more, found ${from} to ${to}.`);
    if (log && from <= 0)
      throw new RangeError(`${place}: expected ${path} to range over numbers above 0, found ${from}.`);
  } else if (Array.isArray(knob) && knob.length === 0) {
    throw new RangeError(`${place}: expected ${path} to have values, found an empty list.`);
  } else checkOptions(place, valuesRule, knob, path);
}

/** All combinations, the last option fastest. */
function combined(where: string, space: Readonly<Record<string, Knob>>): Overrides[] {
  const knobs = knobsOf(where, space).map(([path, knob]) => [path, gridOf(where, path, knob)] as const);
  const size = knobs.reduce((product, [, values]) => product * values.length, 1);
  if (size > MOST)
    throw new RangeError(`${where}: expected at most ${MOST} variants, found ${size}; draw some of them.`);
  return knobs.reduce<Overrides[]>(
    (variants, [path, values]) => variants.flatMap((variant) => values.map((value) => ({...variant, [path]: value}))),
    [{}],
  );
}

function gridOf(where: string, path: string, knob: Knob): readonly unknown[] {
  if (!isRange(knob)) return knob;
  const {count} = knob;
  if (count === undefined)
    throw new RangeError(`${where}: expected a count of values of ${path}, found none; or draw them.`);
  return Array.from({length: count}, (_, i) => within(knob, count === 1 ? 0.5 : i / (count - 1)));
}

const isRange = (knob: Knob): knob is Range => isPlainObject(knob);

/** Value of a range at a share of it, without the digits that rounding made up. */
function within({from, to, log = false, whole = false}: Range, share: number): number {
  const value = log ? from * (to / from) ** share : from + (to - from) * share;
  return whole ? Math.round(value) : Number(value.toPrecision(6));
}

function drawn(where: string, space: Readonly<Record<string, Knob>>, draws: number, seed: number): Overrides[] {
  checkOptions(where, count, draws, "draws");
  const knobs = knobsOf(where, space);
  return Array.from({length: draws}, (_, i) =>
    Object.fromEntries(
      knobs.map(([path, knob]) => {
        const random = Rng.from("sweep", seed, i, path);
        return [path, isRange(knob) ? within(knob, random.uniform()) : knob[random.integer(knob.length)]];
      }),
    ),
  );
}

/** Write values by paths as nested options. @throws RangeError if one path is inside of another. */
export function nested(where: string, overrides: Overrides): Record<string, unknown> {
  checkOptions("nested", text, where, "where");
  checkOptions("nested", passing("values of options by their paths", isPlainObject), overrides, "overrides");
  const paths = Object.keys(overrides);
  const options: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(overrides)) {
    const inner = paths.find((other) => other.startsWith(`${path}.`));
    if (inner !== undefined) {
      throw new RangeError(
        `${where}: expected options that are not part of each other, found ${inner} inside ${path}.`,
      );
    }
    const names = path.split(".");
    const last = names.pop()!;
    let inside = options;
    for (const name of names) {
      if (!Object.hasOwn(inside, name)) inside[name] = {};
      inside = inside[name] as Record<string, unknown>;
    }
    inside[last] = value;
  }
  return options;
}

/** Write overrides in words: "latent.hidChannels = 64, latent.hidBlocks = 2". */
export function overridesInWords(overrides: Overrides): string {
  return Object.entries(overrides)
    .map(([path, value]) => `${path} = ${valueCell(value)}`)
    .join(", ");
}
