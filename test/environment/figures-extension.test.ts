/** JupyterLab's extension for figures, as JupyterLab loads it. */
import {readFileSync} from "node:fs";
import path from "node:path";
import {runInNewContext} from "node:vm";

const folder = path.resolve(__dirname, "../../environment/labextensions/lola-figures");

class Widget {
  addClass(): void {}
}

interface Extension {
  rendererFactory: {safe: boolean; mimeTypes: string[]; createRenderer: () => {box: {style: Record<string, string>}}};
}

/** Run the script in a page that has as much as it needs, and ask for the extension. */
async function load(): Promise<Extension> {
  const element = () => ({style: {}, append: () => undefined});
  const observer = class {};
  const script = readFileSync(path.join(folder, "static/figures.js"), "utf8");
  const window: {_JUPYTERLAB?: Record<string, {init: (scope: object) => void; get: () => Promise<() => unknown>}>} = {};
  class Node extends Widget {
    node = element();
  }
  runInNewContext(script, {
    window,
    document: {
      currentScript: {src: "http://host/lab/extensions/lola-figures/static/figures.js"},
      createElement: element,
    },
    ResizeObserver: observer,
    IntersectionObserver: observer,
  });
  const container = window._JUPYTERLAB!["lola-figures"];
  container.init({"@lumino/widgets": {"2.0.0": {get: () => Promise.resolve(() => ({Widget: Node}))}}});
  return ((await container.get())() as {default: Extension}).default;
}

test("renders figures, in notebooks that are not trusted too", async () => {
  const {rendererFactory} = await load();
  expect(rendererFactory).toMatchObject({safe: true, mimeTypes: ["application/vnd.plotly.v1+json"]});
  expect(rendererFactory.createRenderer().box.style).toBeDefined();
});

test("takes the place of the plotly package's renderer, and its file is where JupyterLab looks", () => {
  const {jupyterlab} = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
  expect(jupyterlab.disabledExtensions).toContain("@jupyterlab/plotly-extension:factory");
  expect(readFileSync(path.join(folder, jupyterlab._build.load), "utf8")).toContain("_JUPYTERLAB");
});
