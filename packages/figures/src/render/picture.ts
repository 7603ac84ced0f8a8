/**
 * Pictures of figures, which plotly.js draws in a page of the headless browser. The browser is started by the first
 * picture, or ahead of it, draws one at a time and rests after a while.
 */
import {existsSync} from "node:fs";
import {readFile} from "node:fs/promises";
import path from "node:path";
import {projectRoot} from "@lola-ts/core";
import {Browser, PageError, type BrowserOptions} from "./browser";

/** Canvas of too many pixels as a URL. */
const EMPTY = "data:,";

export interface ImageSize {
  /** Width in CSS pixels. Default: the layout's own, or 900. */
  width?: number;
  /** Height in CSS pixels. Default: the layout's own, or 500. */
  height?: number;
  /** Pixels of the file per CSS pixel. Default: 1. */
  scale?: number;
}

/** Compute the size of a figure's picture in CSS pixels. */
export function sizeOf(figure: object, {width, height}: ImageSize = {}): {width: number; height: number} {
  const {layout = {}} = figure as {layout?: {width?: number; height?: number}};
  return {width: width ?? layout.width ?? 900, height: height ?? layout.height ?? 500};
}

export interface PainterOptions extends Omit<BrowserOptions, "script"> {
  /** The plotly.js file that draws. Default: the installed package's. */
  plotly?: string;
  /** Seconds without a picture after which the browser is closed. Default: 20. */
  rest?: number;
  /** Seconds that one picture may take. Default: 60. */
  limit?: number;
}

/** One browser and the queue of pictures that it draws. */
export class Painter {
  private browser: Browser | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: PainterOptions = {}) {}

  /** Process id of the browser while it runs. */
  get pid(): number | undefined {
    return this.browser?.pid;
  }

  /**
   * Draw a plotly specification. Requests wait for each other; one that the browser dies of is tried once more.
   *
   * @returns the picture: base64 for PNG and JPEG, text for SVG.
   * @throws Error if the browser is missing or does not start, if plotly refuses the specification, or if the browser dies
   *   twice.
   */
  image(figure: object, format: "png" | "svg", size: ImageSize = {}): Promise<string> {
    const options = {format, ...sizeOf(figure, size), scale: size.scale ?? 1, imageDataOnly: true};
    const request = `Plotly.toImage(JSON.parse(${JSON.stringify(JSON.stringify(figure))}), ${JSON.stringify(options)})`;
    const turn = this.queue.then(async () => {
      clearTimeout(this.timer);
      try {
        return await this.draw(request);
      } finally {
        this.timer = setTimeout(() => void this.close(), 1000 * (this.options.rest ?? 20)).unref();
      }
    });
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** Start the browser before the first picture, which then waits for less. Why it does not start is that picture's to say. */
  warm(): void {
    const turn = this.queue.then(() => this.start());
    this.queue = turn.catch(() => undefined);
  }

  /** End the browser. A later picture starts another. */
  async close(): Promise<void> {
    clearTimeout(this.timer);
    const {browser} = this;
    this.browser = undefined;
    await browser?.close();
  }

  private async draw(request: string): Promise<string> {
    const seconds = this.options.limit ?? 60;
    for (let again = true; ; again = false) {
      const browser = await this.start();
      try {
        const picture = (await browser.evaluate(request, seconds)) as string;
        if (picture !== EMPTY) return picture;
        throw new PageError("the picture has more pixels than the browser can hold.");
      } catch (error) {
        if (error instanceof PageError) throw new Error(`plotly cannot draw this figure: ${error.message}`);
        if (!again) throw error;
      }
    }
  }

  /** Start a browser unless one runs, and load plotly.js into its page. */
  private async start(): Promise<Browser> {
    if (this.browser?.alive) return this.browser;
    const plotly = this.options.plotly ?? path.join(projectRoot(), "node_modules/plotly.js/dist/plotly.min.js");
    if (!existsSync(plotly)) throw new Error(`Pictures need plotly.js and ${plotly} was not found: run \`npm ci\`.`);
    const script = `${await readFile(plotly, "utf8")};undefined`;
    this.browser = await Browser.start({...this.options, script});
    return this.browser;
  }
}
