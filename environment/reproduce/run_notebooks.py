"""Runs notebooks and reports each event as one line of JSON on stdout.

Usage: python run_notebooks.py '{"notebooks": [...], "output": folder, "failed": folder, "root": folder, "log": folder}'

Each of the notebooks is {"file": path, "needs": [paths], "beside": true or false}: it starts when those that it needs have
ended, and only one that may run beside others does not wait until it is alone. Two run at a time at most, on one core one.
With "exercises": true the exercises of a notebook, the blocks of code of its last cell, run after its cells; what they
print is not kept.

The kernel of the next notebook starts together with a notebook. A cell fails if the kernel says so, and also if an error is
only printed: an unhandled rejection leaves its cell green. A cell that fails stops the notebook beside it, too. SIGINT or
SIGTERM, or the end of stdin (the parent is gone), interrupts the running cells, gives them up to 4 s to save their work, and
ends every kernel; a second signal ends them at once.
"""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path

from kernel import Kernel
from notebook import Notebook

AT_A_TIME = min(2, os.cpu_count() or 1)


class Runner:
    """Runs the notebooks of a job, each in a kernel of its own."""

    def __init__(self, job):
        self.job = job
        self.waiting = list(job["notebooks"])
        self.running = {}  # by task: the entry of the job and its Notebook
        self.ending = []
        self.spare = None  # the kernel that starts while a notebook runs, for the next one

    async def run(self):
        """Returns the exit code: 0, or 1 once a notebook has failed; others may run then."""
        self.prepare()
        while self.waiting or self.running:
            while entry := self.ready():
                self.begin(entry)
            done, _ = await asyncio.wait(self.running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                _, notebook = self.running.pop(task)
                self.ending.append(asyncio.ensure_future(notebook.kernel.stop()))
                if not task.result():
                    return 1
        return 0

    def ready(self):
        """The first waiting notebook that may start now."""
        running = [entry for entry, _ in self.running.values()]
        if len(running) >= AT_A_TIME or not all(entry["beside"] for entry in running):
            return None
        unfinished = {entry["file"] for entry in self.waiting + running}
        for entry in self.waiting:
            if unfinished.isdisjoint(entry["needs"]) and (entry["beside"] or not running):
                return entry
        return None

    def begin(self, entry):
        self.waiting.remove(entry)
        kernel, self.spare = self.spare, None
        kernel.rename_log(self.log(Path(entry["file"]).stem))
        if self.waiting:
            self.prepare()
        notebook = Notebook(entry["file"], kernel, self.job)
        self.running[asyncio.ensure_future(notebook.run())] = entry, notebook

    def prepare(self):
        self.spare = Kernel(str(Path(self.waiting[0]["file"]).parent), self.log("next"))

    def log(self, name):
        return Path(self.job["log"]) / f"{name}.log"

    def kernels(self):
        return [notebook.kernel for _, notebook in self.running.values()] + ([self.spare] if self.spare else [])

    async def stop(self):
        """Interrupts the running cells, lets them save, and ends every kernel."""
        notebooks = [notebook for _, notebook in self.running.values()]
        for notebook in notebooks:
            notebook.stopping = True
        await asyncio.gather(*(notebook.kernel.interrupt(3.6) for notebook in notebooks))
        await asyncio.gather(*(kernel.stop() for kernel in self.kernels()), *self.ending, return_exceptions=True)


async def main():
    runner = Runner(json.loads(sys.argv[1]))
    loop = asyncio.get_running_loop()
    work = asyncio.ensure_future(runner.run())
    asked = asyncio.Event()

    def on_signal():
        if asked.is_set():
            for kernel in runner.kernels():
                kernel.kill()
            os._exit(130)
        asked.set()

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, on_signal)
    loop.add_reader(sys.stdin, lambda: os.read(sys.stdin.fileno(), 1024) or (loop.remove_reader(sys.stdin), asked.set()))

    interrupted = asyncio.ensure_future(asked.wait())
    await asyncio.wait([work, interrupted], return_when=asyncio.FIRST_COMPLETED)
    code = work.result() if work.done() else 130
    if not work.done():
        work.cancel()
    await runner.stop()
    return code


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
