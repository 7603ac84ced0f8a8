/** The console text of a cell, within limits. */

const LINES = 10_000;

/** Characters that a cell shows: a page with more becomes slow. */
const CHARACTERS = 10_000_000;

export type Stream = "stdout" | "stderr";

const countLines = (text: string): number => text.match(/\n/g)?.length ?? 0;

/** Write a whole number with spaces between thousands. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, " ");

export class CellText {
  private lines = 0;
  private characters = 0;
  private full = false;
  private leftOut = 0;

  constructor(private readonly show: (name: Stream, text: string) => void) {}

  write(name: Stream, text: string): void {
    const shown = this.full ? "" : text.slice(0, this.roomFor(text));
    this.lines += countLines(shown);
    this.characters += shown.length;
    if (shown.length < text.length) {
      this.full = true;
      this.leftOut += Math.max(1, countLines(text) - countLines(shown));
    }
    if (shown !== "") this.show(name, shown);
  }

  /** Say how many lines were left out. Text may still follow, as from a timer. */
  end(): void {
    const {leftOut} = this;
    this.leftOut = 0;
    if (leftOut === 0) return;
    this.show("stderr", `${grouped(leftOut)} more lines were left out: a cell shows ${grouped(LINES)}.\n`);
  }

  /** Count the characters of a text that are within the limits. */
  private roomFor(text: string): number {
    let end = text.length;
    if (this.lines + countLines(text) > LINES) {
      end = 0;
      for (let i = this.lines; i < LINES; i++) end = text.indexOf("\n", end) + 1;
    }
    return Math.min(end, CHARACTERS - this.characters);
  }
}
