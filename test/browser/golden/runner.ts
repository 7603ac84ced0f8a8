/** As much of jest as the tests of golden vectors use, for a page. */

type Body = () => unknown;

interface Suite {
  readonly name: string;
  readonly parent?: Suite;
  readonly hooks: Record<"beforeAll" | "afterAll" | "beforeEach" | "afterEach", Body[]>;
  readonly tests: {readonly name: string; readonly body: Body}[];
  readonly suites: Suite[];
}

/** Result of a test. */
export interface Result {
  readonly name: string;
  /** Its error; none if it passed. */
  readonly error?: string;
}

const suiteOf = (name: string, parent?: Suite): Suite => ({
  name,
  parent,
  hooks: {beforeAll: [], afterAll: [], beforeEach: [], afterEach: []},
  tests: [],
  suites: [],
});

const text = (value: unknown) => JSON.stringify(value) ?? "undefined";

const shown = (value: unknown) => (typeof value === "string" ? value : text(value));

/** Fill jest's names into a title: %s, $name of an object's own keys. */
function titled(title: string, given: unknown): string {
  const row = Array.isArray(given) ? given : [given];
  const filled = row.reduce<string>((line, value) => line.replace(/%\w/, shown(value)), title);
  return filled.replace(/\$(\w+)/g, (whole, key: string) =>
    typeof given === "object" && given && key in given ? shown((given as Record<string, unknown>)[key]) : whole,
  );
}

const each =
  (declare: (name: string, body: Body) => void) =>
  (rows: readonly unknown[]) =>
  (title: string, body: (...row: unknown[]) => unknown): void =>
    rows.forEach((given) => declare(titled(title, given), () => body(...(Array.isArray(given) ? given : [given]))));

const same = (a: unknown, b: unknown): boolean => {
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return Object.is(a, b);
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return keys.every((key) => same((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]));
};

/** The matchers; each throws unless it holds. */
function expect(found: unknown): Record<string, (expected?: unknown) => void> {
  const require = (holds: boolean, how: string, expected: unknown) => {
    if (!holds) throw new Error(`expected ${text(found)} ${how} ${text(expected)}`);
  };
  const thrown = () => {
    try {
      (found as Body)();
    } catch (error) {
      return (error as Error).message;
    }
    return undefined;
  };
  return {
    toBe: (expected) => require(Object.is(found, expected), "to be", expected),
    toEqual: (expected) => require(same(found, expected), "to equal", expected),
    toBeLessThan: (limit) => require((found as number) < (limit as number), "to be less than", limit),
    toBeGreaterThan: (limit) => require((found as number) > (limit as number), "to be more than", limit),
    toHaveLength: (length) => require((found as ArrayLike<unknown>).length === length, "to have the length", length),
    toThrow: (message = "") => require(thrown()?.includes(message as string) ?? false, "to throw", message),
  };
}

/** Declare jest's names in this page. @returns the outermost suite. */
export function declareJest(): Suite {
  let current = suiteOf("");
  const rootSuite = current;
  const describe = (name: string, body: Body): void => {
    const suite = suiteOf(name, current);
    current.suites.push(suite);
    current = suite;
    body();
    current = suite.parent!;
  };
  const test = (name: string, body: Body): void => void current.tests.push({name, body});
  const hook = (kind: keyof Suite["hooks"]) => (body: Body) => void current.hooks[kind].push(body);
  Object.assign(globalThis, {
    describe: Object.assign(describe, {each: each(describe)}),
    test: Object.assign(test, {each: each(test)}),
    expect,
    beforeAll: hook("beforeAll"),
    afterAll: hook("afterAll"),
    beforeEach: hook("beforeEach"),
    afterEach: hook("afterEach"),
  });
  return rootSuite;
}

const lineage = (suite: Suite): Suite[] => (suite.parent ? [...lineage(suite.parent), suite] : [suite]);

/** Run all tests of a suite, in order; `attempt` runs each, perhaps several times. */
export async function runSuite(suite: Suite, attempt: (run: () => Promise<void>) => Promise<void>): Promise<Result[]> {
  const results: Result[] = [];
  const line = lineage(suite);
  const title = line.map(({name}) => name).filter(Boolean);
  for (const body of suite.hooks.beforeAll) await body();
  for (const {name, body} of suite.tests) {
    const full = [...title, name].join(", ");
    try {
      await attempt(async () => {
        for (const {hooks} of line) for (const before of hooks.beforeEach) await before();
        await body();
        for (const {hooks} of [...line].reverse()) for (const after of hooks.afterEach) await after();
      });
      results.push({name: full});
    } catch (error) {
      results.push({name: full, error: (error as Error).message});
    }
  }
  for (const inner of suite.suites) results.push(...(await runSuite(inner, attempt)));
  for (const body of suite.hooks.afterAll) await body();
  return results;
}
