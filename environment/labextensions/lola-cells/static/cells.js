// Adds "Run Stale Cells" to JupyterLab's menu Run and to its palette: the cells below which the kernel says that what they were
// made from has changed. Above knobs that no kernel hears any more it says what to do, and the notebook keeps them. Above cells
// of lessons it says what they would make, and for how long, before they run.
(() => {
  const COMMAND = "lola-cells:run";
  const STATE = "application/vnd.jupyter.widget-state+json";

  const isStale = ({model}) =>
    model.type === "code" &&
    Array.from({length: model.outputs.length}, (_, i) => model.outputs.get(i)).some(({metadata}) => metadata.stale);

  const style = document.createElement("style");
  style.textContent = `.jp-Cell-outputArea:has(.jupyter-widgets-disconnected)::before {
    content: "⚠ The kernel does not know these knobs: run this cell.";
    font-size: small;
  }
  .jp-CodeCell[data-cost]::before {
    content: "⏱ " attr(data-cost);
    display: block;
    margin-left: calc(var(--jp-cell-prompt-width) + var(--jp-cell-collapser-width) + var(--jp-cell-padding));
    color: var(--jp-ui-font-color2);
    font-size: small;
  }
  .jp-RenderedText pre { /* words and numbers stay whole */
    word-break: normal;
    overflow-wrap: anywhere;
  }`;
  document.head.append(style);

  let shared;
  const load = async (name) => {
    const [{get}] = Object.values(shared[name]);
    const module = await get();
    return module();
  };

  const get = async () => {
    const [{INotebookTracker, NotebookActions}, {IMainMenu}, {ICommandPalette}] = await Promise.all(
      ["@jupyterlab/notebook", "@jupyterlab/mainmenu", "@jupyterlab/apputils"].map(load),
    );

    /** Run stale cells from the top; each once, because one that fails stays as it is. */
    const runStale = async ({content, context}) => {
      const ran = new Set();
      const next = () => content.widgets.find((cell) => isStale(cell) && !ran.has(cell));
      for (let cell = next(); cell; cell = next()) {
        ran.add(cell);
        if (!(await NotebookActions.runCells(content, [cell], context.sessionContext))) return;
      }
    };

    /**
     * JupyterLab's widget manager marks a notebook as changed when it only reads its knobs. When the notebook is saved it
     * stores the knobs that a kernel hears, and so forgets the others.
     */
    const keepKnobs = async ({context}) => {
      await context.ready;
      const {model} = context;
      let isChanged = false;
      const takeBack = () => {
        if (!isChanged) model.dirty = false;
      };
      model.contentChanged.connect(() => void (isChanged = true));
      model.stateChanged.connect((_, {name, newValue}) => {
        if (name === "dirty" && newValue) window.setTimeout(takeBack); // JupyterLab tells of a change after the mark
      });
      model.metadataChanged.connect((_, {key, oldValue, newValue}) => {
        if (key !== "widgets") return;
        const [before, after] = [oldValue, newValue].map((widgets) => widgets?.[STATE]?.state ?? {});
        const shown = JSON.stringify(model.toJSON().cells).matchAll(/"model_id":"([\w-]+)"/g);
        if (![...shown].some(([, id]) => id in before && !(id in after))) return;
        model.setMetadata("widgets", {...newValue, [STATE]: {...newValue[STATE], state: {...before, ...after}}});
      });
    };

    const needOf = ({model}) => model.getMetadata("lola")?.makes && model.getMetadata("lola");

    /** Ask the kernel what cells of a lesson would make now: it knows what is there, and how long such work took here. */
    const showCosts = async ({content, context}) => {
      const cells = content.widgets.filter(needOf);
      const {kernel} = context.sessionContext.session ?? {};
      if (cells.length === 0 || !kernel) return;
      const needs = JSON.stringify(cells.map(needOf));
      const code = `{
        const {lessonCosts} = await import("@lola-ts/laboratory/stages" as string); // without reading its types
        console.log(JSON.stringify(await lessonCosts(${needs})));
      }`;
      let text = "";
      const request = kernel.requestExecute({code, silent: true, store_history: false});
      request.onIOPub = ({header, content}) => {
        if (header.msg_type === "stream" && content.name === "stdout") text += content.text;
      };
      const {content: reply} = await request.done;
      if (reply.status !== "ok") return; // a kernel without the laboratory
      JSON.parse(text).forEach((cost, i) => {
        if (cost) cells[i].node.dataset.cost = cost;
        else delete cells[i].node.dataset.cost;
      });
    };

    /** Show costs when a lesson is opened, and again when a cell has made what others need, too. */
    const keepCosts = async (notebook) => {
      const {sessionContext} = notebook.context;
      await sessionContext.ready;
      const show = () => showCosts(notebook).catch(() => undefined); // the kernel has ended, and costs are of no use
      NotebookActions.executed.connect((_, {notebook: content, cell}) => {
        if (content === notebook.content && needOf(cell)) show();
      });
      await show();
    };

    const plugin = {
      id: "lola-cells:menu",
      autoStart: true,
      requires: [INotebookTracker, IMainMenu, ICommandPalette],
      activate: ({commands}, notebooks, menu, palette) => {
        commands.addCommand(COMMAND, {
          label: "Run Stale Cells",
          caption: "Run the cells whose inputs have changed since",
          isEnabled: () => notebooks.currentWidget?.content.widgets.some(isStale) ?? false,
          execute: () => runStale(notebooks.currentWidget),
        });
        menu.runMenu.addGroup([{command: COMMAND}], 20);
        palette.addItem({command: COMMAND, category: "Notebook Cell Operations"});
        notebooks.widgetAdded.connect((_, notebook) => {
          void keepKnobs(notebook);
          void keepCosts(notebook);
        });
      },
    };
    return () => ({__esModule: true, default: plugin});
  };

  (window._JUPYTERLAB ??= {})["lola-cells"] = {init: (scope) => void (shared = scope), get};
})();
