import {main} from "../../src/claims/claims-program";

/** Run the verb, and catch what it writes. */
async function run(options: Parameters<typeof main>[0]): Promise<{code: number; lines: string[]}> {
  let text = "";
  const write = jest.spyOn(process.stdout, "write").mockImplementation((part) => Boolean((text += String(part))));
  try {
    return {code: await main(options), lines: text.split("\n")};
  } finally {
    write.mockRestore();
  }
}

test("the list has a number, a claim and a verdict on each system", async () => {
  const {code, lines} = await run({system: "kolmogorov"});
  expect(code).toBe(0);
  expect(lines[0].trim()).toBe("kolmogorov");
  expect(lines[2]).toBe(" 1  Reconstruction degrades with the compression rate");
  expect(lines.slice(2, -3).filter((_, i) => i % 2 === 1)).toEqual(
    Array.from({length: (lines.length - 5) / 2}, () =>
      expect.stringMatching(
        /^ {4}(verified|falsified|toy|inconclusive) \((holds|fails|undecided|not measured)\)(, needs a run)?$/,
      ),
    ),
  );
});

test("the list marks what committed scores do not decide, and says which command does", async () => {
  const {lines} = await run({system: "kolmogorov"});
  const marked = lines
    .filter((_, i) => lines[i + 1]?.endsWith(", needs a run"))
    .map((line) => Number(line.slice(0, 2)));
  expect(marked).toEqual([10, 11, 18]);
  expect(lines.at(-2)).toMatch(/^needs a run: .*npm start -- --system NAME --preset mini --only 13$/);
});

test("one claim has the paper's sentence, what is recorded and computed again, what turns it, and digests", async () => {
  const {code, lines} = await run({words: [7], system: "kolmogorov"});
  const text = lines.join("\n");
  expect(code).toBe(0);
  expect(lines[0]).toBe("7. Diffusion has a lower VRMSE than the neural solver");
  expect(text).toContain("(section 4, Figures 8 and 9, Table 6)");
  expect(text).toMatch(/^ {2}again {7}the same$/m);
  expect(text).toMatch(/^ {2}threshold {3}\S/m);
  expect(text).toMatch(/^ {2}[0-9a-f]{64} {2}figures\/kolmogorov\/scores\.csv$/m);
  expect(text).toContain("The recorded results are what the committed scores give.");
});

test("a claim that no committed score decides says which command computes it", async () => {
  const {lines} = await run({words: [18], system: "kolmogorov"});
  expect(lines.join("\n")).toContain("npm start -- --system NAME --preset mini --only 13");
  expect(lines.at(-2)).toBe("Committed scores do not decide this claim: its recorded results were not computed again.");
});

test("there is no claim 99", async () => {
  await expect(main({words: [99]})).rejects.toThrow(/^claim: expected a number from 1 to \d+, found 99\.$/);
});
