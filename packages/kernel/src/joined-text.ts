/** Console text on its way to clients: lines that come close together travel as one message. */
import type {Message} from "./wire";

/** Milliseconds in which lines are collected. */
const TOGETHER_MS = 50;

/** Characters that are sent without waiting for more. */
const PIECE = 1 << 16;

export interface StreamContent {
  readonly name: string;
  readonly text: string;
  readonly [key: string]: unknown;
}

export class JoinedText {
  private name = "";
  private parent: Message | undefined;
  private pieces: string[] = [];
  private length = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly send: (content: StreamContent, parent: Message | undefined) => void) {}

  /** Add text of a request. */
  add({name, text}: StreamContent, parent: Message | undefined): void {
    if (name !== this.name || parent?.header.msg_id !== this.parent?.header.msg_id) this.flush();
    this.name = name;
    this.parent = parent;
    this.pieces.push(text);
    this.length += text.length;
    if (this.length > PIECE) this.flush();
    else this.timer ??= setTimeout(() => this.flush(), TOGETHER_MS);
  }

  /** Send what is collected. */
  flush(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    if (this.pieces.length > 0) this.send({name: this.name, text: this.pieces.join("")}, this.parent);
    this.pieces = [];
    this.length = 0;
  }
}
