"""One notebook in one kernel: its cells in order, what they show, and the notebook that is left."""

import json
import os
import re
import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, DeadKernelError

from kernel import NAME

METADATA = {
    "kernelspec": {"display_name": "TypeScript", "language": "typescript", "name": NAME},
    "language_info": {"file_extension": ".ts", "mimetype": "text/typescript", "name": "typescript"},
}
# What the kernel prints where it should fail, and a printed error with its stack.
PRINTED = re.compile(r"^(Unhandled\w*Rejection|UncaughtException|unexpected error):", re.M)
# An exercise: code to paste into a cell, or a solution that the code judges. Blocks of `ts tour` ask of the tour what smaller
# presets do not have.
EXERCISE = re.compile(r"^```ts\n(.*?)^```", re.M | re.S)
SOLUTION = re.compile(r"^```ts solution\n(.*?)^```", re.M | re.S)
# Lines of a stack inside the kernel and Node.
FRAMES = re.compile(r"^\s+at .*(node_modules/tslab/|\(node:|at node:|sigintHandlersWrap).*\n?", re.M)
# Where a notebook keeps the state of its widgets, with which a page shows them without a kernel.
WIDGETS = "application/vnd.jupyter.widget-state+json"
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


class Notebook:
    """A notebook that runs. `stopping` ends it after the running cell."""

    def __init__(self, file, kernel, job):
        self.file = Path(file)
        self.kernel = kernel
        self.job = job
        self.current = None
        self.printed = ""
        self.stopping = False
        self.nb = nbformat.read(file, as_version=4)
        if job.get("exercises"):
            self.nb.cells += exercises(self.nb.cells[-1].source)

    def report(self, event, **fields):
        report(event, name=self.file.name, **fields)

    async def run(self):
        """Runs all cells and writes the notebook. Returns whether all is well; reports what failed."""
        cells = [cell for cell in self.nb.cells if cell.cell_type == "code" and cell.source.strip()]
        self.report("notebook", cells=len(cells))
        begin = time.monotonic()
        ok = True
        try:
            await self.kernel.started
            await self.execute()
        except (Failure, DeadKernelError, RuntimeError) as error:
            ok = False
            if not self.stopping:
                self.describe(error)
        if not self.stopping:
            self.write(Path(self.job["output" if ok else "failed"]) / self.file.name)
            self.report("end", ok=ok, seconds=time.monotonic() - begin, peak=self.kernel.peak())
        return ok

    async def execute(self):
        client = NotebookClient(self.nb, km=self.kernel.manager, timeout=None, record_timing=False, coalesce_streams=True)
        client.kc = self.kernel.client
        client.reset_execution_trackers()
        self.nb.metadata.pop("widgets", None)
        self.tap()
        title, count = "", 0
        for index, cell in enumerate(self.nb.cells):
            if cell.cell_type == "markdown":
                title = heading(cell.source) or title
                continue
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            count += 1
            self.report("cell", number=count, title=title)
            self.current, self.printed = index, ""
            try:
                await client.async_execute_cell(cell, index, execution_count=count)
            except CellExecutionError as error:
                raise Failure(index, self.printed or str(error)) from None
            await self.late(0.02)
            self.check(index)
            if self.stopping:
                raise Failure(index, "stopped")
        client.set_widgets_metadata()
        await self.kernel.settle()  # a rejection may follow the last cell
        if self.current is not None:
            self.check(self.current)

    def check(self, index):
        if PRINTED.search(self.printed) or STACK.search(self.printed):
            raise Failure(index, self.printed)

    def tap(self):
        """Sees every message of the kernel before nbclient does."""
        channel = self.kernel.client.iopub_channel
        get = channel.get_msg

        async def tapped(*args, **options):
            message = await get(*args, **options)
            self.see(message)
            return message

        channel.get_msg = tapped

    async def late(self, seconds):
        """Waits for messages that come after their cell has ended."""
        try:
            while True:
                await self.kernel.client.iopub_channel.get_msg(timeout=seconds)
        except Exception:  # queue.Empty: nothing more
            return

    def see(self, message):
        kind, content = message["msg_type"], message["content"]
        if kind == "stream":
            if content["name"] == "stderr":
                self.printed += content["text"]
            else:
                self.report("output", text=content["text"])
        elif kind == "error":
            self.printed += "\n".join(content.get("traceback") or [content.get("evalue", "")])
        elif kind in ("display_data", "update_display_data"):
            text = content["data"].get("text/plain", "")
            display = (content.get("transient") or {}).get("display_id") or ""
            self.report("progress" if display.startswith("progress-") else "output", text=text)

    def describe(self, error):
        index = getattr(error, "index", self.current)
        source = self.nb.cells[index].source if index is not None else ""
        text = str(error)
        if isinstance(error, DeadKernelError):
            text = f"The kernel died. {self.kernel.last_words()}"
        elif isinstance(error, RuntimeError):
            text = f"The kernel did not start: {error} {self.kernel.last_words()}"
        text = FRAMES.sub("", clean(text, self.job["root"]))
        self.report("failed", cell=0 if index is None else index + 1, source=source, text=text)

    def write(self, target):
        """Writes the notebook without what changes from run to run or from machine to machine; whole or not at all."""
        nb, root = self.nb, self.job["root"]
        others = {key: nb.metadata[key] for key in nb.metadata if key in ("lola", "widgets")}
        nb.metadata = nbformat.from_dict({**METADATA, **others})
        nb.cells = [cell for cell in nb.cells if "exercise" not in cell.metadata]
        for cell in nb.cells:
            cell.metadata.pop("execution", None)
            if cell.cell_type == "code":
                cell.outputs = [output for output in cell.outputs if any(output.get("data", {"text": True}).values())]
            for output in cell.get("outputs", []):
                if output.output_type == "stream":
                    output.text = clean(output.text, root)
                for mime, data in output.get("data", {}).items():
                    if isinstance(data, str) and mime.startswith("text/"):
                        output.data[mime] = clean(data, root)
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        with open(temporary, "w", encoding="utf-8") as file:
            file.write(with_numbered_widgets(nb))
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)


def with_numbered_widgets(nb):
    """The text of a notebook, with names of widgets that do not change from run to run."""
    text = nbformat.writes(nb)
    widgets = nb.metadata.get("widgets", {}).get(WIDGETS, {}).get("state", {})
    for number, name in enumerate(widgets, 1):
        text = text.replace(name, f"widget-{number}")
    return nbformat.writes(nbformat.reads(text, as_version=4)) + "\n"  # in the order of the new names


def exercises(markdown):
    """Cells of the exercises at the end of a notebook, each after its solution where the reader writes it."""
    codes = []
    for question in re.split(r"^(?=\*\*\d\. )", markdown, flags=re.M):
        solution = "".join(SOLUTION.findall(question))
        codes += [solution + asked for asked in EXERCISE.findall(question)]
    return [
        nbformat.v4.new_code_cell(code, metadata={"exercise": number}) for number, code in enumerate(codes, 1)
    ]


def heading(markdown):
    match = re.search(r"^#+\s+(.+)$", markdown, re.M)
    return re.sub(r"[*`_]", "", match[1]).strip() if match else ""


def clean(text, root):
    """Machine paths and terminal colours say nothing to a reader."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text).replace(root + os.sep, "")
