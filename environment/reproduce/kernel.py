"""A TypeScript kernel from its start to its end."""

import asyncio
import ctypes
import os
import queue
import re
import resource
import signal
import sys
import time
from pathlib import Path

import psutil
from jupyter_client.manager import AsyncKernelManager
from nbclient.exceptions import DeadKernelError

NAME = "tslab"
# Loads the library and starts the browser that draws, which a notebook's first picture would wait for.
AHEAD = 'import "@lola-ts/laboratory"; import {warmExport} from "@lola-ts/figures"; warmExport();'
# Waits, two seconds at most, until no timer or file request is pending: a promise that nobody awaits may reject until then.
# Node fires timers in the order of their times, so the kernel cannot miss a rejection that is due, however slow the machine is.
SETTLE = """{
  const pending = ["Timeout", "Immediate", "FSReqCallback", "FSReqPromise"];
  const end = performance.now() + 2000;
  while (performance.now() < end && process.getActiveResourcesInfo().some((name) => pending.includes(name)))
    await new Promise((resolve) => setTimeout(resolve, 10).unref());
  await new Promise((resolve) => setImmediate(resolve));
}"""


def die_with_parent():
    """Asks Linux to end the kernel with this process, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Kernel:
    """A kernel process, which starts at once; `started` ends when it is ready."""

    def __init__(self, folder, log):
        self.manager = AsyncKernelManager(kernel_name=NAME)
        self.client = None
        self.pid = None
        log.parent.mkdir(parents=True, exist_ok=True)
        self.log_name = log
        self.log = open(log, "w+b")
        self.started = asyncio.ensure_future(self._start(folder))
        self.started.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def _start(self, folder):
        # The kernel's own stdout and stderr carry notices of native libraries; they are shown if it dies.
        await self.manager.start_kernel(cwd=folder, stdout=self.log, stderr=self.log, preexec_fn=die_with_parent)
        self.pid = self.manager.provisioner.pid
        self.client = self.manager.client()
        self.client.start_channels()
        await self.client.wait_for_ready(timeout=60)
        self.client.allow_stdin = False
        # While another notebook still runs; silent: no output, no execution count.
        self.client.execute(AHEAD, silent=True, store_history=False)

    async def settle(self):
        """Waits until the kernel has sent everything that its cells still cause.

        Raises DeadKernelError if the kernel ends meanwhile.
        """
        request = self.client.execute(SETTLE, silent=True, store_history=False)
        while True:
            try:
                message = await self.client.iopub_channel.get_msg(timeout=5)
            except queue.Empty:
                if await self.manager.is_alive():
                    continue
                raise DeadKernelError("Kernel died") from None
            if message["parent_header"].get("msg_id") == request and message["content"].get("execution_state") == "idle":
                return

    def rename_log(self, log):
        os.replace(self.log_name, log)
        self.log_name = log

    def peak(self):
        """Peak memory in bytes."""
        try:
            status = Path(f"/proc/{self.pid}/status").read_text()
            return 1024 * int(re.search(r"VmHWM:\s+(\d+)", status)[1])
        except (OSError, TypeError):
            return 1024 * resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss

    def last_words(self):
        self.log.flush()
        self.log.seek(0)
        text = self.log.read().decode(errors="replace")
        return "\n".join(line for line in text.splitlines()[-12:] if line.strip())

    async def interrupt(self, seconds):
        """Interrupts the running cell and waits until the process has nothing left to do, `seconds` at most."""
        end = time.monotonic() + seconds
        try:
            await self.manager.interrupt_kernel()
            process = psutil.Process(self.pid)
            before = process.cpu_times()
            while time.monotonic() < end:
                await asyncio.sleep(0.4)
                now = process.cpu_times()
                used = now.user + now.system - before.user - before.system
                if used < 0.04 and not self.is_runnable():
                    return
                before = now
        except Exception:  # it is gone already
            return

    def is_runnable(self):
        """Whether a thread computes, waits for a core on a busy machine, or writes to a disk."""
        states = (task.joinpath("stat").read_text().rpartition(") ")[2][0] for task in Path(f"/proc/{self.pid}/task").iterdir())
        return any(state in "RD" for state in states)

    def kill(self):
        """Ends the process and its children at once."""
        if self.pid:
            try:
                os.killpg(self.pid, signal.SIGKILL)
            except OSError:
                pass

    async def stop(self):
        self.started.cancel()
        if self.client:
            self.client.stop_channels()
        if self.manager.has_kernel:
            await self.manager.shutdown_kernel(now=True)
        self.log.close()
