"""One kernel, and a client that does what each line of stdin orders and answers with a line of JSON."""

import asyncio
import json
import os
import queue
import sys

from jupyter_client.manager import AsyncKernelManager

SPECS, NAME, FOLDER = sys.argv[1:]
os.environ["JUPYTER_PATH"] = SPECS
SECONDS = 300  # for the start


class Driver:
    async def start(self):
        self.manager = AsyncKernelManager(kernel_name=NAME)
        await self.manager.start_kernel(cwd=FOLDER)
        self.client = self.manager.client()
        self.places = {}
        self.client.start_channels()
        await self.client.wait_for_ready(timeout=SECONDS)
        return {"connection": self.manager.connection_file, "pid": self.manager.provisioner.pid}

    async def press(self, ended):
        """Interrupts as a user does: again, while the cell continues."""
        while not ended.is_set():
            await self.manager.interrupt_kernel()
            try:
                await asyncio.wait_for(ended.wait(), 2)
            except asyncio.TimeoutError:
                pass

    async def cells(self, sources, interrupt=None, stop=True):
        """Runs cells that are all asked for at once; the first is interrupted once it has printed the given text."""
        ids = [self.client.execute(source, stop_on_error=stop) for source in sources]
        results = [{"text": "", "error": None, "displays": 0, "messages": 0, "channels": []} for _ in ids]
        states, waiting, pressing, ended = [], set(ids), None, asyncio.Event()
        while waiting:
            message = await self.message(self.client.get_iopub_msg)
            kind, content = message["msg_type"], message["content"]
            request = message["parent_header"].get("msg_id")
            if kind == "status":
                states.append([content["execution_state"], ids.index(request) if request in ids else None])
                if content["execution_state"] == "idle":
                    waiting.discard(request)
            if "display" in kind:
                self.show(content)
            if request not in ids:
                continue
            result = results[ids.index(request)]
            result["messages"] += 1
            if kind == "stream":
                result["text"] += content["text"]
            elif kind == "error":
                result["error"] = "\n".join(content["traceback"])
            elif kind == "display_data":
                result["displays"] += 1
            elif kind == "comm_open":
                result["channels"].append(message["metadata"] | content)
            if interrupt and interrupt in result["text"] and not pressing:
                pressing = asyncio.create_task(self.press(ended))
        ended.set()
        if pressing:
            await pressing
        for _ in ids:
            reply = await self.reply("execute_reply")
            result = results[ids.index(reply["parent_header"]["msg_id"])]
            result.update(status=reply["content"]["status"], number=reply["content"].get("execution_count"))
        return {"results": results, "states": states}

    def show(self, content):
        """Keeps what is shown in each place; returns its text."""
        place = content["transient"].get("display_id", len(self.places))
        self.places[place] = content["data"]
        return content["data"].get("text/plain")

    async def page(self):
        """What is shown, place by place."""
        return list(self.places.values())

    async def moves(self, channel, states, until, pause):
        """Moves a knob, without waiting for answers; returns all texts up to the one that is waited for."""
        ids = set()
        for state in states:
            data = {"method": "update", "state": state, "buffer_paths": []}
            ids.add(self.tell("comm_msg", {"comm_id": channel, "data": data}))
            await asyncio.sleep(pause if state is not states[-1] else 0)
        texts, idle = [], set()
        while until not in texts or not idle.issuperset(ids):
            message = await self.message(self.client.get_iopub_msg)
            content, request = message["content"], message["parent_header"].get("msg_id")
            if "display" in message["msg_type"]:
                texts.append(self.show(content))
            elif content.get("execution_state") == "idle":
                idle.add(request)
        return texts

    async def stop_work(self, until):
        """Interrupts until a text appears."""
        ended = asyncio.Event()
        pressing = asyncio.create_task(self.press(ended))
        while True:
            message = await self.message(self.client.get_iopub_msg)
            if "display" in message["msg_type"] and self.show(message["content"]) == until:
                break
        ended.set()
        await pressing

    async def named(self, cell, source):
        """Runs a cell that the page names; returns the texts that it shows, and those of marks at other cells."""
        options = {"silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        request, texts = self.tell("execute_request", {"code": source, **options}, {"cellId": cell}), []
        while True:
            message = await self.message(self.client.get_iopub_msg)
            content = message["content"]
            if "display" in message["msg_type"]:
                texts.append(self.show(content))
            elif content.get("execution_state") == "idle" and message["parent_header"].get("msg_id") == request:
                return texts

    def tell(self, kind, content, metadata=None):
        message = self.client.session.msg(kind, content, metadata=metadata)
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    async def ask(self, kind, content):
        """Sends a message of no reply; returns what it causes for all clients."""
        request, found = self.tell(kind, content), []
        while True:
            message = await self.message(self.client.get_iopub_msg)
            if message["parent_header"].get("msg_id") != request:
                continue
            if message["msg_type"] != "status":
                found.append({"type": message["msg_type"], "content": message["content"]})
            elif message["content"]["execution_state"] == "idle":
                return found

    async def interrupt(self):
        """Interrupts whatever runs."""
        await self.manager.interrupt_kernel()

    async def restart(self):
        await self.manager.restart_kernel()
        await self.client.wait_for_ready(timeout=SECONDS)

    async def message(self, get):
        """The next message; an error if the kernel has ended."""
        while True:
            try:
                return await get(timeout=5)
            except queue.Empty:
                if not await self.manager.is_alive():
                    raise SystemExit("expected a message, found that the kernel has ended") from None

    async def last_words(self, source):
        """Runs a cell that ends the kernel; returns its text."""
        self.client.execute(source)
        text = ""
        while True:
            alive = await self.manager.is_alive()
            try:
                message = await self.client.get_iopub_msg(timeout=1)
                text += message["content"].get("text", "")
            except queue.Empty:
                if not alive:
                    return text

    async def reply(self, kind):
        while True:
            message = await self.message(self.client.get_shell_msg)
            if message["msg_type"] == kind:
                return message

    async def during(self, source, code):
        """Completes code while a cell waits; returns the states that the client hears until the cell has ended."""
        running = asyncio.create_task(self.cells([source]))
        await asyncio.sleep(0)
        self.client.complete(code)
        return await running

    async def complete(self, code):
        self.client.complete(code.replace("|", ""), code.index("|"))
        content = (await self.reply("complete_reply"))["content"]
        return {key: content[key] for key in ("matches", "cursor_start", "cursor_end")}

    async def inspect(self, code):
        self.client.inspect(code.replace("|", ""), code.index("|"))
        return (await self.reply("inspect_reply"))["content"]["data"].get("text/plain")


async def main():
    driver = Driver()
    print(json.dumps(await driver.start()), flush=True)
    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        order, *arguments = json.loads(line)
        print(json.dumps(await getattr(driver, order)(*arguments)), flush=True)
    driver.client.stop_channels()
    await driver.manager.shutdown_kernel()


asyncio.run(main())
