/**
 * Jupyter's messages on ZeroMQ's sockets.
 *
 * Format: https://jupyter-client.readthedocs.io/en/stable/messaging.html#the-wire-protocol.
 */
import {createHmac, randomUUID, timingSafeEqual} from "node:crypto";

const PROTOCOL = "5.3";

/** The kernel's description of itself. Notebooks store the language, and opening one must not change it. */
export const INFO = {
  status: "ok",
  protocol_version: PROTOCOL,
  implementation: "lola-kernel",
  implementation_version: "1.0.0",
  language_info: {name: "typescript", mimetype: "text/typescript", file_extension: ".ts"},
  banner: "TypeScript",
};

/** How a client reaches a kernel: the content of the connection file. */
export type Connection = Readonly<
  Record<"transport" | "ip" | "key", string> & Record<`${"shell" | "iopub" | "control" | "stdin" | "hb"}_port`, number>
>;

type Header = Readonly<Record<"msg_id" | "msg_type" | "session" | "username" | "date" | "version", string>>;

export type Content = Readonly<Record<string, unknown>>;

export interface Message {
  /** Routing prefix of the client that asks. */
  readonly identities: readonly Uint8Array[];
  readonly header: Header;
  readonly metadata: Content;
  readonly content: Content;
}

export type Frames = readonly (string | Uint8Array)[];

const DELIMITER = Buffer.from("<IDS|MSG>");

const sign = (key: string, parts: readonly (string | Uint8Array)[]): string => {
  const hash = createHmac("sha256", key);
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};

/**
 * Read a message from its frames.
 *
 * @throws Error for frames without a delimiter or with another signature than the key's.
 */
export function readMessage(key: string, frames: readonly Uint8Array[]): Message {
  const buffers = frames.map((frame) => Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength));
  const at = buffers.findIndex((frame) => frame.equals(DELIMITER));
  if (at < 0) throw new Error("expected a message with the delimiter <IDS|MSG>, found none");
  const [signature, ...parts] = buffers.slice(at + 1);
  const expected = Buffer.from(sign(key, parts));
  if (key !== "" && !(signature.length === expected.length && timingSafeEqual(signature, expected)))
    throw new Error("expected a message that is signed with the kernel's key, found another signature");
  const [header, , metadata, content] = parts.slice(0, 4).map((part) => JSON.parse(part.toString()) as Content);
  return {identities: buffers.slice(0, at), header: header as Header, metadata, content};
}

/** Make the frames of a message that a request caused: its reply with `identities`, or one that is published to all clients. */
export function framesOf(
  key: string,
  parent: Message | undefined,
  type: string,
  content: Content,
  identities: Frames = [],
  metadata: Content = {},
): Frames {
  const {session = randomUUID(), username = "kernel"} = parent?.header ?? {};
  const header: Header = {
    msg_id: randomUUID(),
    msg_type: type,
    session,
    username,
    date: new Date().toISOString(),
    version: PROTOCOL,
  };
  const parts = [header, parent?.header ?? {}, metadata, content].map((part) => JSON.stringify(part));
  return [...identities, DELIMITER, key === "" ? "" : sign(key, parts), ...parts];
}
