import {escapeHtml, unescapeHtml} from "../src/text";

test("text is shown as it is, in content and in attributes", () => {
  expect(escapeHtml('<a href="x">&')).toBe("&lt;a href=&quot;x&quot;&gt;&amp;");
  expect(escapeHtml("it's &lt;")).toBe("it&#39;s &amp;lt;");
});

test("escaped text is read again, once", () => {
  for (const text of ['<a href="x">&', "it's &lt;", "&amp;lt;"]) expect(unescapeHtml(escapeHtml(text))).toBe(text);
  expect(unescapeHtml("&nbsp;&amp;nbsp;")).toBe("&nbsp;&nbsp;");
});
