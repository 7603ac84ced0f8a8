/** One cursor on pictures of the same cells: it follows mouse and finger over any of them, and arrow keys on the first. */
import type {Cell} from "../engine/images";
import {svg} from "../page/dom";
import type {Picture} from "../page/picture";

interface CursorEvents {
  /** The cursor came to another cell, or its picture got or lost the focus. */
  readonly onMove: () => void;
  /** Enter or Space was pressed. */
  readonly onChoose: () => void;
}

export class CellCursor {
  cell: Cell;
  /** Whether the mouse is over one of the pictures. */
  isOver = false;
  /** What is drawn over each picture, in cells from its upper left corner. */
  readonly marks: readonly SVGElement[];
  private readonly first: HTMLCanvasElement;

  constructor(
    pictures: readonly Picture[],
    private readonly size: Cell,
    {onMove, onChoose}: CursorEvents,
  ) {
    const [nx, ny] = size;
    this.cell = [nx >> 1, ny >> 1];
    this.first = pictures[0].canvas;
    this.marks = pictures.map(({canvas, element}) => {
      const marks = svg("svg", {class: "marks", "aria-hidden": "true", viewBox: `0 0 ${nx} ${ny}`});
      marks.style.aspectRatio = `${nx} / ${ny}`;
      element.append(marks);
      canvas.addEventListener("pointermove", (event) => {
        this.isOver = true;
        this.moveTo(event);
        onMove();
      });
      canvas.addEventListener("pointerleave", () => {
        this.isOver = false;
        onMove();
      });
      return marks;
    });
    const canvas = this.first;
    pictures[0].element.classList.add("picker");
    canvas.tabIndex = 0;
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-roledescription", "picture of cells");
    const moves: Record<string, Cell> = {ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0]};
    canvas.addEventListener("keydown", (event) => {
      const move = moves[event.key];
      const isChoice = event.key === "Enter" || event.key === " ";
      if (!move && !isChoice) return;
      event.preventDefault();
      if (isChoice) return onChoose();
      const far = event.shiftKey ? 8 : 1;
      this.cell = [(this.cell[0] + far * move[0] + nx) % nx, (this.cell[1] + far * move[1] + ny) % ny];
      onMove();
    });
    for (const event of ["focus", "blur"]) canvas.addEventListener(event, onMove);
  }

  get isFocused(): boolean {
    return document.activeElement === this.first;
  }

  /** Move to the cell of an event; beyond the picture, to the nearest. */
  moveTo({clientX, clientY, target}: MouseEvent): void {
    const {left, top, width, height} = (target as Element).getBoundingClientRect();
    const [nx, ny] = this.size;
    const cell = (part: number, n: number) => Math.max(0, Math.min(n - 1, Math.floor(part * n)));
    this.cell = [cell((clientX - left) / width, nx), ny - 1 - cell((clientY - top) / height, ny)];
  }
}
