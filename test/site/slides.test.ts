import {existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {slidesOf, writeSlides} from "../../site/build/slides";

const md = (source: string) => ({cell_type: "markdown", source});
const code = (outputs: object[], tags: string[] = []) => ({
  cell_type: "code",
  source: "const a = 1;",
  outputs,
  metadata: {tags},
});
const picture = {
  output_type: "display_data",
  data: {"image/png": "aGk=", "application/vnd.plotly.v1+json": {data: []}},
};
const table = (html: string) => ({output_type: "display_data", data: {"text/html": html}});
const notebook = JSON.stringify({
  cells: [
    md("# 3 · Noise\n\n*Why?*\n\n**Costs:** nothing."),
    code([picture]),
    md("## One\n\nWords on one.\n\n## Two\n\n$$ a = b $$\n\nWords on two."),
    code([{output_type: "stream", text: "✓ so it is\n"}]),
    code([picture, table("<details><summary>x</summary><table></table></details>")], ["code"]),
    code([picture], ["skip"]),
    code([table("<table><tr><td>1</td></tr></table>")]),
    md("**What to notice.**\n\n- First.\n\n**Try it.**\n\n**1. Really?**"),
  ],
});
const linking = {source: "notebooks/03-noise.ipynb", addressOf: () => undefined};

test("pictures, equations, tagged code and open tables are slides, and texts are their notes", () => {
  const slides = slidesOf("03-noise", notebook, linking, (_, mime, number) => `${number}.${mime}`);
  expect(slides.map(({title}) => title)).toEqual([
    "3 · Noise",
    "3 · Noise",
    "Two",
    "Two",
    "Two",
    "Two",
    "What to notice",
  ]);
  const [first, shown, formula, tagged, beside, cells, last] = slides;
  expect(first.html).toContain("Why?");
  expect(first.notes).toContain("Costs");
  expect(shown.html).toContain('src="1.image/png"');
  expect(shown.html).not.toContain("script");
  expect(formula.html).toContain("katex-display");
  expect(formula.notes).toMatch(/Words on one[^]*Words on two/);
  expect(tagged.html).toContain("<pre");
  expect(beside.html).toContain('src="2.image/png"');
  expect(cells.html).toContain("<td>1</td>");
  expect(last.html).toContain("First.");
  expect(last.html).not.toContain("Really");
});

test("a deck is one folder that asks nothing of the network, and an unknown notebook is refused", async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "slides-"));
  try {
    mkdirSync(path.join(folder, "notebooks"));
    writeFileSync(path.join(folder, "notebooks/03-noise.ipynb"), notebook);
    const page = await writeSlides("03", path.join(folder, "out"), path.join(folder, "notebooks"));
    const html = readFileSync(page, "utf8");
    const files = [...html.matchAll(/(?:src|href)="([^"#]+)"/g)].map(([, file]) => file);
    expect(files.length).toBeGreaterThan(6);
    for (const file of files) expect(existsSync(path.join(path.dirname(page), file))).toBe(true);
    await expect(writeSlides("09", folder, path.join(folder, "notebooks"))).rejects.toThrow('(03), found "09"');
  } finally {
    rmSync(folder, {recursive: true});
  }
});
