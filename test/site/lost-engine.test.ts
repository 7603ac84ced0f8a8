/** A graphics processor that is lost while it computes: its results are refused, with a way back. */
import {KernelBackend, registerBackend, setBackend} from "@tensorflow/tfjs-core";
import {checkEngine} from "../../packages/engine/src/browser";

class LostBackend extends KernelBackend {
  readonly gpgpu;

  constructor(isLost: boolean) {
    super();
    this.gpgpu = {gl: {isContextLost: () => isLost}};
  }

  override dispose(): void {
    this.gpgpu.gl.isContextLost = () => true;
  }
}

test.each([true, false])("a graphics processor that is lost: %s", async (isLost) => {
  registerBackend(`lost ${isLost}`, () => new LostBackend(isLost));
  await setBackend(`lost ${isLost}`);
  if (isLost) expect(checkEngine).toThrow("the graphics processor was lost. Choose WebAssembly as the engine");
  else expect(checkEngine).not.toThrow();
});
