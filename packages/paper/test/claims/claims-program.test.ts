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
  expect(lines.slice(2, -1).filter((_, i) => i % 2 === 1)).toEqual(
    Array.from({length: (lines.length - 3) / 2}, () =>
      expect.stringMatching(
        /^ {4}(holds here|fails our rule here(, and .* fail it)?|undecided|out of range|not measured)$/,
      ),
    ),
  );
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

test("there is no claim 99", async () => {
  await expect(main({words: [99]})).rejects.toThrow(/^claim: expected a number from 1 to \d+, found 99\.$/);
});
