/** The console text of a cell, within limits. */

const LINES = 10_000;

/** Characters that a cell shows: a page with more becomes slow. */
const CHARACTERS = 10_000_000;

export type Stream = "stdout" | "stderr";

const countLines = (text: string): number => {
  let count = 0;
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count++;
  return count;
};

const endOfLines = (text: string, lines: number): number => {
  let at = -1;
  for (let i = 0; i < lines; i++) at = text.indexOf("\n", at + 1);
  return at + 1;
};

/** Write a whole number with spaces between thousands. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, " ");

export class CellText {
  private lines = 0;
  private characters = 0;
  private full = false;
  private leftOut = 0;

  constructor(private readonly show: (name: Stream, text: string) => void) {}

  write(name: Stream, text: string): void {
    const shown = this.take(text);
    if (shown !== "") this.show(name, shown);
  }

  /** Say how many lines were left out. Text may still follow, as from a timer. */
  end(): void {
    const {leftOut} = this;
    this.leftOut = 0;
    if (leftOut === 0) return;
    this.show("stderr", `${grouped(leftOut)} more lines were left out: a cell shows ${grouped(LINES)}.\n`);
  }

  private take(text: string): string {
    const lines = countLines(text);
    const fits = this.lines + lines <= LINES && this.characters + text.length <= CHARACTERS;
    if (fits && !this.full) {
      this.lines += lines;
      this.characters += text.length;
      return text;
    }
    const shown = this.full ? "" : text.slice(0, this.room(text, lines));
    this.full = true;
    this.leftOut += Math.max(1, lines - countLines(shown));
    return shown;
  }

  private room(text: string, lines: number): number {
    const end = this.lines + lines <= LINES ? text.length : endOfLines(text, LINES - this.lines);
    return Math.min(end, CHARACTERS - this.characters);
  }
}
