import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from "node:fs";
import {tmpdir} from "node:os";
import path from "node:path";
import {brokenLinks, codeToHtml, renderMarkdown, slug} from "../../site/build/pages/markdown";
import {isLesson, renderNotebook} from "../../site/build/pages/notebook";

const linking = {source: "docs/a.md", addressOf: (file: string) => `to:${file}`};
const html = (text: string) => renderMarkdown(text, linking).html;

test("headings have GitHub's ids, each its own", () => {
  expect(slug("What of the paper is made, and what is not")).toBe("what-of-the-paper-is-made-and-what-is-not");
  expect(slug("4. It does not grow (by less than 10 %)")).toBe("4-it-does-not-grow-by-less-than-10-"); // no trim at the end
  expect(renderMarkdown("# A `b`\n\n## C\n\n## C\n", linking).headings).toEqual([
    {id: "a-b", text: "A b", level: 1},
    {id: "c", text: "C", level: 2},
    {id: "c-1", text: "C", level: 2},
  ]);
  const ids = renderMarkdown("# C sharp\n\n# C\n\n# C\n", linking).headings.map(({id}) => id);
  expect(ids).toEqual(["c-sharp", "c", "c-1"]);
});

test("links and pictures lead into the site, others stay", () => {
  expect(html("[x](../lib/b.ts#L3)")).toContain('href="to:lib/b.ts#L3"');
  expect(html("[x](https://example.org/a)")).toContain('href="https://example.org/a"');
  expect(html("![x](../figures/c.png)")).toContain('src="to:figures/c.png"');
  expect(html('<img src="../figures/c.png" width="3">')).toContain('src="to:figures/c.png"');
  expect(html("<a class=\"x\" href='../lib/b.ts'>x</a>")).toContain('<a class="x" href="to:lib/b.ts">');
  expect(html("[x](<a b.md#c-d>)")).toContain('href="to:docs/a%20b.md#c-d"');
  expect(html("[x](b.md?a&b)")).toContain('href="to:docs/b.md?a&amp;b"');
});

test("a link to nothing is dropped where the page has no address for it, and its text stays", () => {
  const {html: shown} = renderMarkdown("[x](gone.md) [y](#z)", {...linking, addressOf: () => undefined});
  expect(shown).toBe('<p><a>x</a> <a href="#z">y</a></p>\n');
});

test("formulas are rendered, and dollars in code are not", () => {
  expect(html("so $x_t^2$ and $$a_b * c_d$$")).toMatch(/class="katex"[\s\S]*katex-display/);
  expect(html("`$x$` costs $5 or $6")).not.toContain("katex");
});

test("code is marked, and nothing of it is lost", () => {
  const code = 'const a = "<b>"; // & so\n';
  expect(codeToHtml(code).replace(/<[^>]+>/g, "")).toBe("const a = &quot;&lt;b&gt;&quot;; // &amp; so\n");
  expect(codeToHtml(code)).toContain('<span class="word">const</span>');
  expect(codeToHtml("/* a\nb */")).toBe('<span class="comment">/* a</span>\n<span class="comment">b */</span>');
});

test("a notebook's stored outputs are shown, and its figures found", () => {
  const picture = {
    "image/png": Buffer.from("png").toString("base64"),
    "application/vnd.plotly.v1+json": {data: ["</script>"]},
  };
  const cells = [
    {cell_type: "markdown", source: ["# Title\n", "text"]},
    {
      ...{cell_type: "code", id: "abc", source: 'await lab.show(f, {name: "figure-04"});'},
      outputs: [
        {output_type: "stream", text: ["a <b>\n"]},
        {output_type: "display_data", data: picture, metadata: {"image/png": {width: 30, height: 20}}},
        {
          output_type: "display_data",
          data: {"text/html": ["<table></table>", '<a href="../figures/x.csv">x</a>'], "text/plain": "t"},
        },
      ],
    },
  ];
  const page = renderNotebook(
    "01",
    JSON.stringify({cells}),
    {...linking, source: "notebooks/01.ipynb"},
    (base64, mime, number) => `picture-${number}-${mime}-${Buffer.from(base64, "base64").toString()}`,
  );
  expect(page.title).toBe("Title");
  expect(page.figures.get("figure-04")).toBe("cell-abc");
  expect(page.html).toContain("a &lt;b&gt;");
  expect(page.html).toContain('<img src="picture-1-image/png-png" alt="Figure of 01" width="30" height="20"');
  expect(page.html).toContain("\\u003c/script>");
  expect(page.html).toContain('<table></table><a href="to:figures/x.csv">x</a>');
});

test("lessons are named by two digits and a title; other notebooks are their authors'", () => {
  const names = ["01-data.ipynb", "Untitled.ipynb", "1-x.ipynb", "01-data.html", "01-.ipynb", "12-a b.ipynb"];
  expect(names.filter(isLesson)).toEqual(["01-data.ipynb", "12-a b.ipynb"]);
});

test("broken links, places and pictures are named", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "lola-site-"));
  try {
    mkdirSync(path.join(folder, "sub"));
    writeFileSync(
      path.join(folder, "a.html"),
      '<a href="sub/b.html#x">1</a> <a href="#no">2</a> <img alt="" src="c.png">',
    );
    writeFileSync(
      path.join(folder, "sub/b.html"),
      '<h1 id="x">x</h1> <a href="../gone.html">3</a> <a href="https://e.org">4</a>',
    );
    expect(brokenLinks(folder)).toEqual([
      'a.html: expected a place "no" in a.html, found none.',
      "a.html: expected c.png in the site, found none.",
      "sub/b.html: expected ../gone.html in the site, found none.",
    ]);
    expect(brokenLinks(path.join(folder, "sub"))).toEqual(["b.html: expected ../gone.html in the site, found none."]);
    writeFileSync(path.join(folder, "gone.html"), "");
    expect(brokenLinks(path.join(folder, "sub"))).toHaveLength(1); // it is outside of the site
    expect(brokenLinks(path.join(folder, "sub"), folder)).toEqual([]);
  } finally {
    rmSync(folder, {recursive: true});
  }
});
