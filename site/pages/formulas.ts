/** Formulas of the API reference, its parts by name, its headings without gaps, and its way back to the site. */
import renderMathInElement from "katex/contrib/auto-render";

const delimiters = [
  {left: "$$", right: "$$", display: true},
  {left: "$", right: "$", display: false},
];

const content = document.querySelector<HTMLElement>(".col-content");
if (content) {
  content.setAttribute("role", "main");
  const above: string[] = [];
  for (const heading of content.querySelectorAll("h1, h2, h3, h4, h5")) {
    while (above.length > 0 && above[above.length - 1] >= heading.tagName) above.pop();
    heading.ariaLevel = `${above.push(heading.tagName)}`;
  }
  renderMathInElement(content, {delimiters, throwOnError: false});
}

document.querySelector(".page-menu")?.setAttribute("role", "complementary");

const back = document.createElement("a");
back.href = `${document.documentElement.dataset.base ?? ""}../index.html`;
back.textContent = "All pages";
document.querySelector("#tsd-toolbar-links")?.append(back);
