/** The kernel of a connection. */
import type {Prepared} from "./prepare";
import {Server} from "./server";
import {Session} from "./session";
import type {Settings} from "./settings";
import {readConnection} from "./wire";

/** Start to answer the clients of a connection file. */
export async function start(file: string, {root}: Settings, prepared: Prepared): Promise<void> {
  const session = new Session({...prepared, folder: process.cwd(), root});
  await new Server(session, prepared.converter).start(readConnection(file));
}
