/** The live page on a graphics processor in software: right, wrong, slow and lost. */
import type {Page} from "puppeteer-core";
import {relativeError} from "../reference/parse-reference";
import {WITH_WEBGPU} from "./jupyter";
import {inEngine, isExact, LivePage, show, textOf} from "./live/page";

let live: LivePage;
beforeAll(async () => {
  live = await LivePage.start(WITH_WEBGPU);
});
afterAll(() => live?.stop());

const fragment = (engine: string, seed = 7) =>
  `#view=scores&system=tiny&trajectory=1&rate=2&members=3&steps=3&order=2&seed=${seed}&at=8&engine=${engine}`;

const engineOf = (page: Page) => page.evaluate(() => document.documentElement.dataset.engine);

/** Wait for the scores of a rollout, and compare them with the laboratory's. */
async function expectScores(page: Page): Promise<void> {
  await show(page, "scores");
  await isExact(page, "scores");
  const shown = await page.$eval("#scores .plot svg", (drawing) => drawing.getAttribute("aria-label"));
  for (const [name, errors] of Object.entries({
    diffusion: live.answer.vrmse.diffusion,
    solver: live.answer.vrmse.solver,
  })) {
    const found = Number(new RegExp(`${name} (\\d+(?:\\.\\d+)?)`).exec(shown!)![1]);
    expect(relativeError([found], [errors[8]])).toBeLessThan(5e-3); // three digits are printed
  }
}

/** Let reading a result from the graphics processor change the clock by some milliseconds. */
const clock = (milliseconds: number) => `{
  const [now, map] = [performance.now.bind(performance), GPUBuffer.prototype.mapAsync];
  let more = 0;
  performance.now = () => now() + more;
  GPUBuffer.prototype.mapAsync = async function (...all) { await map.apply(this, all); more += ${milliseconds}; };
}`;

test("WebGPU computes the laboratory's numbers once it has given WebAssembly's", async () => {
  const page = await live.open({fragment: fragment("webgpu")});
  await expectScores(page);
  expect(await engineOf(page)).toBe("webgpu");
  expect(await textOf(page, "#engine")).toMatch(
    /WebGPU \(google swiftshader\) computes forecasts: its numbers are WebAssembly's to \de-[5-8]\.$/,
  );
  await page.close();
});

test("without a wish WebGPU computes if it was faster, and WebAssembly if not", async () => {
  const fast = await live.open({fragment: fragment("auto"), damage: inEngine(clock(-1e6))});
  expect(await engineOf(fast)).toBe("webgpu");
  await fast.close();
  const slow = await live.open({fragment: fragment("auto"), damage: inEngine(clock(1e6))});
  expect(await engineOf(slow)).toBe("wasm");
  expect(await textOf(slow, "#engine")).toMatch(
    /WebGPU is not used: its numbers are right, but it takes \d+ ms where WebAssembly takes \d+ ms\.$/,
  );
  await expectScores(slow);
  await slow.close();
});

test("a wrong answer is not used, and the page says so", async () => {
  const wrong = `{
    const get = GPUBuffer.prototype.getMappedRange;
    GPUBuffer.prototype.getMappedRange = function (...all) {
      return new Float32Array(get.apply(this, all)).map((value) => 1.01 * value).buffer;
    };
  }`;
  const page = await live.open({fragment: fragment("webgpu"), damage: inEngine(wrong)});
  expect(await engineOf(page)).toBe("wasm");
  expect(await textOf(page, "#engine")).toMatch(
    /WebGPU is not used: its numbers are wrong: expected a difference below 0\.0001, found 0\.01/,
  );
  await expectScores(page);
  await page.close();
});

test("a graphics processor that is lost in a rollout costs a window's time: WebAssembly repeats it", async () => {
  const losing = `{
    const {requestDevice} = GPUAdapter.prototype;
    const {mapAsync} = GPUBuffer.prototype;
    let device, isDue = false;
    GPUAdapter.prototype.requestDevice = async function (...all) { return (device = await requestDevice.apply(this, all)); };
    GPUBuffer.prototype.mapAsync = function (...all) {
      if (isDue) device.destroy();
      return mapAsync.apply(this, all);
    };
    addEventListener("message", ({data}) => (isDue ||= JSON.stringify(data.parameters ?? 0).includes('"seed":7')));
  }`;
  const page = await live.open({fragment: fragment("webgpu", 8), damage: inEngine(losing)});
  await show(page, "scores");
  await isExact(page, "scores");
  expect(await engineOf(page)).toBe("webgpu");
  await page.evaluate((hash) => void (location.hash = hash), fragment("webgpu"));
  await page.waitForFunction(() => document.documentElement.dataset.engine === "wasm");
  expect(await textOf(page, "#engine")).toMatch(
    /WebGPU is not used: it was lost \(.+\), and WebAssembly repeated the window\.$/,
  );
  await expectScores(page);
  await page.close();
});
