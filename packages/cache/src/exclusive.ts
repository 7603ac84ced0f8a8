/** Work that only one process does at a time, while others wait; an interrupt ends the wait. */
import {Lock, isHeld, waitFor, type Holder} from "@lola-ts/core";
import {interruptible} from "./interrupt";

type OnWait = (holder: Holder | undefined) => void;

/** Run work that only one process does at a time. @param onWait gets the owner that is waited for, a few times a second. */
export async function exclusively<T>(file: string, work: (lock: Lock) => T | Promise<T>, onWait: OnWait): Promise<T> {
  const lock =
    Lock.take(file) ?? (await interruptible((signal) => waitFor(() => Lock.take(file), file, onWait, signal)));
  try {
    return await work(lock);
  } finally {
    lock.release();
  }
}

export async function untilFree(file: string, onWait: OnWait): Promise<void> {
  if (!isHeld(file)) return;
  await interruptible((signal) => waitFor(() => (isHeld(file) ? undefined : true), file, onWait, signal));
}
