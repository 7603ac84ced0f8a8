"""Runs notebooks one after another and reports each event as one line of JSON on stdout.

Usage: python run_notebook.py '{"notebooks": [...], "output": folder, "failed": folder, "root": folder, "log": file}'

With "exercises": true the exercises of a notebook, the blocks of code of its last cell, run after its cells; what they
print is not kept.

The kernel of the next notebook starts together with a notebook. A cell fails if the kernel says so, and also if an error is
only printed: an unhandled rejection leaves its cell green. SIGINT or SIGTERM, or the end of stdin (the parent is gone),
interrupts the running cell, gives it up to 4 s to save its work, and ends every kernel; a second signal ends them at once.
"""

import asyncio
import ctypes
import json
import os
import re
import resource
import signal
import sys
import time
from pathlib import Path

import nbformat
import psutil
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

KERNEL = "tslab"
METADATA = {
    "kernelspec": {"display_name": "TypeScript", "language": "typescript", "name": KERNEL},
    "language_info": {"file_extension": ".ts", "mimetype": "text/typescript", "name": "typescript"},
}
# Loads the library and starts the browser that draws, which a notebook's first picture would wait for.
AHEAD = 'import "lola"; import {warmExport} from "lola/dist/figures/render/export"; warmExport();'
# What the kernel prints where it should fail, and a printed error with its stack.
PRINTED = re.compile(r"^(Unhandled\w*Rejection|UncaughtException|unexpected error):", re.M)
# An exercise: code to paste into a cell. Blocks of `ts tour` ask of the tour what smaller presets do not have.
EXERCISE = re.compile(r"^```ts\n(.*?)^```", re.M | re.S)
# Lines of a stack inside the kernel and Node.
FRAMES = re.compile(r"^\s+at .*(node_modules/tslab/|\(node:|at node:|sigintHandlersWrap).*\n?", re.M)
STACK = re.compile(r"^.*\b\w*Error\b.*(?:\n.*){0,8}?\n\s+at .+", re.M)


def report(event, **fields):
    try:
        print(json.dumps({"event": event, **fields}), flush=True)
    except BrokenPipeError:  # nobody reads: the parent is gone, and stdin's end stops this process
        sys.stdout = open(os.devnull, "w")


class Failure(Exception):
    """A cell that failed: its index, and what the kernel said."""

    def __init__(self, index, text):
        super().__init__(text)
        self.index = index


def die_with_parent():
    """Asks Linux to end the kernel with this process, however that ends."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Kernel:
    """A kernel process from its start to its end."""

    def __init__(self, folder, log):
        self.manager = AsyncKernelManager(kernel_name=KERNEL)
        self.client = None
        self.pid = None
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
        # While the notebook before still runs; silent: no output, no execution count.
        self.client.execute(AHEAD, silent=True, store_history=False)

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

    async def settle(self, seconds):
        """Waits until the process has nothing left to do, `seconds` at most."""
        end = time.monotonic() + seconds
        try:
            process = psutil.Process(self.pid)
            before = process.cpu_times()
            while time.monotonic() < end:
                await asyncio.sleep(0.4)
                now = process.cpu_times()
                if now.user + now.system - before.user - before.system < 0.04:
                    return
                before = now
        except (psutil.Error, ValueError):
            return

    async def stop(self):
        self.started.cancel()
        if self.client:
            self.client.stop_channels()
        if self.manager.has_kernel:
            await self.manager.shutdown_kernel(now=True)
        self.log.close()


class Runner:
    def __init__(self, job):
        self.job = job
        self.kernels = []
        self.ending = []
        self.current = None
        self.printed = ""
        self.stopping = False

    def start(self, notebook):
        log = Path(self.job["log"]) / f"{Path(notebook).stem}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        kernel = Kernel(str(Path(notebook).parent), log)
        self.kernels.append(kernel)
        return kernel

    async def run(self):
        notebooks = self.job["notebooks"]
        following = self.start(notebooks[0])
        for i, name in enumerate(notebooks):
            kernel, following = following, None
            ok = True
            begin = time.monotonic()
            self.current = None
            nb = nbformat.read(name, as_version=4)
            if self.job.get("exercises"):
                nb.cells += exercises(nb.cells[-1].source)
            cells = [cell for cell in nb.cells if cell.cell_type == "code" and cell.source.strip()]
            report("notebook", name=Path(name).name, cells=len(cells))
            if i + 1 < len(notebooks):
                following = self.start(notebooks[i + 1])
            try:
                await kernel.started
                await self.execute(nb, kernel)
            except (Failure, DeadKernelError, RuntimeError) as error:
                if self.stopping:
                    return 130
                ok = False
                self.describe(error, nb, kernel)
            self.write(nb, Path(self.job["output" if ok else "failed"]) / Path(name).name)
            report("end", name=Path(name).name, ok=ok, seconds=time.monotonic() - begin, peak=kernel.peak())
            self.kernels.remove(kernel)  # an interrupt is for the next one
            self.ending.append(asyncio.ensure_future(kernel.stop()))
            if not ok:
                return 1
        return 0

    async def execute(self, nb, kernel):
        client = NotebookClient(nb, km=kernel.manager, timeout=None, record_timing=False, coalesce_streams=True)
        client.kc = kernel.client
        client.reset_execution_trackers()
        self.tap(kernel.client)
        title, count = "", 0
        for index, cell in enumerate(nb.cells):
            if cell.cell_type == "markdown":
                title = heading(cell.source) or title
                continue
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            count += 1
            report("cell", number=count, title=title)
            self.current, self.printed = index, ""
            try:
                await client.async_execute_cell(cell, index, execution_count=count)
            except CellExecutionError as error:
                raise Failure(index, self.printed or str(error)) from None
            await self.late(kernel.client, 0.02)
            self.check(index)
            if self.stopping:
                raise Failure(index, "stopped")
        await self.late(kernel.client, 0.3)  # a rejection may follow the last cell
        if self.current is not None:
            self.check(self.current)

    def check(self, index):
        if PRINTED.search(self.printed) or STACK.search(self.printed):
            raise Failure(index, self.printed)

    def tap(self, client):
        """Sees every message of the kernel before nbclient does."""
        channel, get = client.iopub_channel, client.iopub_channel.get_msg

        async def tapped(*args, **options):
            message = await get(*args, **options)
            self.see(message)
            return message

        channel.get_msg = tapped

    async def late(self, client, seconds):
        """Waits for messages that come after their cell has ended."""
        try:
            while True:
                await client.iopub_channel.get_msg(timeout=seconds)
        except Exception:  # queue.Empty: nothing more
            return

    def see(self, message):
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            if content["name"] == "stderr":
                self.printed += content["text"]
            else:
                report("print", text=content["text"])
        elif kind == "error":
            self.printed += "\n".join(content.get("traceback") or [content.get("evalue", "")])
        elif kind in ("display_data", "update_display_data"):
            text = content["data"].get("text/plain", "")
            display = (content.get("transient") or {}).get("display_id") or ""
            report("progress" if display.startswith("progress-") else "output", text=text)

    def describe(self, error, nb, kernel):
        index = getattr(error, "index", self.current)
        source = nb.cells[index].source if index is not None else ""
        text = str(error)
        if isinstance(error, DeadKernelError):
            text = f"The kernel died. {kernel.last_words()}"
        elif isinstance(error, RuntimeError):
            text = f"The kernel did not start: {error} {kernel.last_words()}"
        text = FRAMES.sub("", clean(text, self.job["root"]))
        report("failed", cell=0 if index is None else index + 1, source=source, text=text)

    def write(self, nb, target):
        """Writes a notebook without what changes from run to run or from machine to machine; whole or not at all."""
        nb.metadata = nbformat.from_dict({**METADATA, **{key: nb.metadata[key] for key in nb.metadata if key == "lola"}})
        nb.cells = [cell for cell in nb.cells if "exercise" not in cell.metadata]
        root = self.job["root"]
        for cell in nb.cells:
            cell.metadata.pop("execution", None)
            for output in cell.get("outputs", []):
                if output.output_type == "stream":
                    output.text = clean(output.text, root)
                for mime, data in output.get("data", {}).items():
                    if isinstance(data, str) and mime.startswith("text/"):
                        output.data[mime] = clean(data, root)
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        with open(temporary, "w", encoding="utf-8") as file:
            nbformat.write(nb, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)

    async def stop(self):
        """Interrupts the running cell, lets it save, and ends every kernel."""
        self.stopping = True
        running = [kernel for kernel in self.kernels if kernel.manager.has_kernel]
        if running:
            try:
                await running[0].manager.interrupt_kernel()
                await running[0].settle(3.6)
            except Exception:  # it is gone already
                pass
        await asyncio.gather(*(kernel.stop() for kernel in running), return_exceptions=True)


def exercises(markdown):
    """Cells of the exercises at the end of a notebook."""
    return [
        nbformat.v4.new_code_cell(code, metadata={"exercise": number})
        for number, code in enumerate(EXERCISE.findall(markdown), 1)
    ]


def heading(markdown):
    match = re.search(r"^#+\s+(.+)$", markdown, re.M)
    return re.sub(r"[*`_]", "", match[1]).strip() if match else ""


def clean(text, root):
    """Machine paths and terminal colours say nothing to a reader."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).replace(root + os.sep, "")


async def main():
    runner = Runner(json.loads(sys.argv[1]))
    loop = asyncio.get_running_loop()
    work = asyncio.ensure_future(runner.run())
    stop = asyncio.Event()

    def on_signal():
        if stop.is_set():
            for kernel in runner.kernels:
                if kernel.pid:
                    try:
                        os.killpg(kernel.pid, signal.SIGKILL)
                    except OSError:
                        pass
            os._exit(130)
        stop.set()

    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, on_signal)
    loop.add_reader(sys.stdin, lambda: os.read(sys.stdin.fileno(), 1024) or (loop.remove_reader(sys.stdin), stop.set()))

    interrupted = asyncio.ensure_future(stop.wait())
    await asyncio.wait([work, interrupted], return_when=asyncio.FIRST_COMPLETED)
    code = 130
    if work.done():
        code = work.result()
        await asyncio.gather(*runner.ending, return_exceptions=True)
        await asyncio.gather(*(kernel.stop() for kernel in runner.kernels), return_exceptions=True)
    else:
        await runner.stop()
        work.cancel()
    return code


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
