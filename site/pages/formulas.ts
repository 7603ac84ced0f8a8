/** Formulas of the API reference. */
import renderMathInElement from "katex/contrib/auto-render";

const delimiters = [
  {left: "$$", right: "$$", display: true},
  {left: "$", right: "$", display: false},
];

const content = document.querySelector<HTMLElement>(".col-content");
if (content) renderMathInElement(content, {delimiters, throwOnError: false});
