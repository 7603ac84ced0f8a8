"""Jupyter's own tests of a kernel, on the kernel of a connection file: `python protocol.py FILE`. No test waits for a time."""

import sys
import unittest

from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_kernel_test import KernelTests, validate_message

SECONDS = 300


class TypeScript(KernelTests):
    connection_file = ""
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = 'console.log("hello, world")'
    code_stderr = 'console.error("oops")'
    code_generate_error = 'throw new Error("oops")'
    code_display_data = [
        {"code": 'import {display} from "tslab";\ndisplay.html("<b>bold</b>")', "mime": "text/html"},
        {"code": 'display.png(Buffer.from("a picture"))', "mime": "image/png"},
    ]
    completion_samples = [{"text": "Math.atan", "matches": {"atan", "atan2", "atanh"}}]
    complete_code_samples = ["1 + 1", "const x = [1,\n 2];", "if (true) {}"]
    incomplete_code_samples = ["const x = [1,", "function f() {"]
    code_inspect_sample = "Math.max"

    @classmethod
    def setUpClass(cls):
        cls.kc = BlockingKernelClient(connection_file=cls.connection_file)
        cls.kc.load_connection_file()
        cls.kc.start_channels()
        cls.kc.wait_for_ready(timeout=SECONDS)
        get = cls.kc.iopub_channel.get_msg
        cls.kc.iopub_channel.get_msg = lambda timeout=None: get(timeout=SECONDS)

    @classmethod
    def tearDownClass(cls):
        cls.kc.stop_channels()

    def flush_channels(self):
        request = self.kc.kernel_info()
        while (reply := self.kc.get_shell_msg(timeout=SECONDS))["parent_header"].get("msg_id") != request:
            validate_message(reply)
        while True:
            message = self.kc.get_iopub_msg(timeout=SECONDS)
            validate_message(message)
            if message["parent_header"].get("msg_id") == request and message["content"].get("execution_state") == "idle":
                return

    def execute_helper(self, code, timeout=SECONDS, **options):
        return super().execute_helper(code, timeout=SECONDS, **options)


if __name__ == "__main__":
    TypeScript.connection_file = sys.argv.pop()
    unittest.main()
