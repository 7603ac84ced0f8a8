/** What `npm test` checks before the tests: everything, or the format and lint of what was named. */
type Step = {readonly name: string; readonly command: readonly string[]};

let checksOf: (words: readonly string[]) => Step[];
beforeAll(async () => {
  ({checksOf} = (await import(`${"../../environment/check.mjs"}`)) as {checksOf: typeof checksOf});
});

/** The last words of each check's command. */
const placesOf = (words: readonly string[]) => {
  const ends = checksOf(words).map(({name, command}) => [name, command.slice(1 + command.indexOf(OPTION))]);
  return Object.fromEntries(ends) as Record<string, string[]>;
};
const OPTION = "--no-error-on-unmatched-pattern";

test.each([
  {words: [], places: ["."]},
  {words: ["-t", "standardisation"], places: ["."]},
  {words: ["-t", "lib"], places: ["."]},
  {words: ["packages/core/"], places: ["packages/core/"]},
  {words: ["lib/", "test/nn/", "^test/reference/(bures|optim)"], places: ["lib/", "test/nn/"]},
])("format and lint of the arguments $words are of $places", ({words, places}) => {
  const {format, lint} = placesOf(words);
  expect([format, lint]).toEqual([places, places]);
});

test("types are checked in the whole project, whatever is named", () => {
  const types = (words: string[]) => checksOf(words).find(({name}) => name === "types");
  expect(types(["packages/core/"])).toEqual(types([]));
});
