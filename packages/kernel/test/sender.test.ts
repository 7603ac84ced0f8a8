import {Sender, type Outlet} from "../src/sender";

/** A socket that takes some messages at once, then one that it holds until the event loop turns, as ZeroMQ's binding does. */
class Busy implements Outlet {
  readonly taken: string[] = [];
  private held = false;

  constructor(private readonly atOnce: number) {}

  send([text]: string[]): Promise<void> {
    if (this.held) throw Object.assign(new Error("Socket is busy writing"), {code: "EBUSY"});
    this.taken.push(text);
    if (this.taken.length % this.atOnce !== 0) return Promise.resolve();
    this.held = true;
    return new Promise((resolve) =>
      setImmediate(() => {
        this.held = false;
        resolve();
      }),
    );
  }
}

test("messages are sent in their order, at once while the socket takes them", async () => {
  const socket = new Busy(10);
  const sender = new Sender(socket);
  const texts = Array.from({length: 95}, (_, i) => String(i));
  for (const text of texts) sender.send([text]);
  expect(socket.taken).toEqual(texts.slice(0, 10));
  await new Promise(setImmediate);
  sender.send(["later"]);
  await sender.settled();
  expect(socket.taken).toEqual([...texts, "later"]);
});
