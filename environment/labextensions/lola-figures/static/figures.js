// Shows plotly figures in JupyterLab. The renderer of the plotly package leaves the stored picture, at its file's size,
// until the mouse enters, and then changes the notebook; this one draws the figure as soon as it is scrolled into view, at
// the picture's place and size, shrinks both alike to the cell and the screen, and leaves the notebook as it is.
(() => {
  const MIME = "application/vnd.plotly.v1+json";
  /** The server shows the project's folder, and so the installed plotly.js. */
  const SOURCE = document.currentScript.src.replace(
    /lab\/extensions\/.*$/,
    "files/node_modules/plotly.js/dist/plotly.min.js",
  );

  let plotly;
  /** Load plotly.js once, for the first figure that is seen. */
  const loadPlotly = () =>
    (plotly ??= new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = SOURCE;
      script.onload = () => resolve(window.Plotly);
      script.onerror = () => reject(new Error(`${SOURCE} cannot be loaded: run \`node environment/setup.mjs\`.`));
      // With a module loader in the page plotly.js would register there instead.
      const {define} = window;
      window.define = undefined;
      script.addEventListener("load", () => (window.define = define));
      document.head.append(script);
    }));

  /** Width and height of a figure in CSS pixels: those of its layout, else of its stored picture. */
  const sizeOf = ({data, metadata}) => {
    const {layout = {}} = data[MIME];
    const picture = metadata?.["image/png"] ?? {};
    return {width: picture.width ?? layout.width ?? 900, height: picture.height ?? layout.height ?? 450};
  };

  const figureClass = (Widget) =>
    class LolaFigure extends Widget {
      constructor() {
        super();
        this.addClass("lola-figure");
        this.box = document.createElement("div");
        this.box.style.cssText = "position:relative;overflow:hidden;background:white";
        this.node.append(this.box);
        this.resized = new ResizeObserver(() => this.fit());
        this.seen = new IntersectionObserver(
          (entries) => {
            if (entries.some(({isIntersecting}) => isIntersecting)) this.draw();
          },
          {rootMargin: "300px"},
        );
      }

      async renderModel(model) {
        this.model = model;
        this.size = sizeOf(model);
        const png = model.data["image/png"];
        this.box.replaceChildren();
        this.drawn = false;
        if (png) {
          const picture = document.createElement("img");
          picture.src = `data:image/png;base64,${png}`;
          picture.style.cssText = "display:block;width:100%;height:100%";
          this.box.append(picture);
        }
        this.fit();
        this.resized.disconnect();
        this.resized.observe(this.node);
        this.seen.disconnect();
        this.seen.observe(this.box);
      }

      async draw() {
        if (this.drawn || !this.model) return;
        this.drawn = true;
        const {data, layout, frames, config} = this.model.data[MIME];
        const copy = structuredClone({data, layout, frames, config});
        const {width, height} = this.size;
        const live = document.createElement("div");
        live.className = "lola-figure-live";
        // a shrunk figure has letters as narrow as plotly has measured them, not rounded to pixels
        live.style.cssText = `position:absolute;left:0;top:0;width:${width}px;height:${height}px;transform-origin:0 0;visibility:hidden;text-rendering:geometricPrecision`;
        this.box.append(live);
        this.live = live;
        this.fit();
        try {
          const library = await loadPlotly();
          await library.newPlot(live, {
            data: copy.data,
            layout: {...copy.layout, width, height, autosize: false},
            frames: copy.frames,
            config: {displaylogo: false, ...copy.config, responsive: false},
          });
          live.style.visibility = "visible";
          for (const picture of this.box.querySelectorAll(":scope > img")) picture.style.visibility = "hidden";
        } catch (error) {
          live.remove();
          console.error("figure", error); // the picture stays
        }
      }

      /** Shrink the figure to the width of the cell and the height of the notebook's window. */
      fit() {
        if (!this.size || !this.node.isConnected) return;
        const {width, height} = this.size;
        const view = this.node.closest(".jp-WindowedPanel-outer, .jp-Notebook")?.clientHeight || window.innerHeight;
        const room = this.node.clientWidth || width;
        const scale = Math.min(1, room / width, Math.max(240, view - 24) / height);
        this.box.style.width = `${Math.floor(width * scale)}px`;
        this.box.style.height = `${Math.floor(height * scale)}px`;
        if (this.live) this.live.style.transform = scale < 1 ? `scale(${scale})` : "";
      }

      onAfterAttach() {
        this.fit();
      }

      onAfterShow() {
        this.fit();
      }

      dispose() {
        this.resized.disconnect();
        this.seen.disconnect();
        if (this.live && window.Plotly) window.Plotly.purge(this.live);
        super.dispose();
      }
    };

  let shared;
  const get = async () => {
    const [{get: load}] = Object.values(shared["@lumino/widgets"]);
    const {Widget} = (await load())();
    const Figure = figureClass(Widget);
    const extension = {
      id: "lola-figures:factory",
      rendererFactory: {safe: true, mimeTypes: [MIME], createRenderer: () => new Figure()},
      rank: 0,
      dataType: "json",
    };
    return () => ({__esModule: true, default: extension});
  };

  (window._JUPYTERLAB ??= {})["lola-figures"] = {init: (scope) => void (shared = scope), get};
})();
