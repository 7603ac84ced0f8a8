/** What test/environment.cjs does to the globals of all tests. */

test("a global that begins with a capital letter is a constant, found without jest's sandbox", () => {
  const kept = globalThis.Math;
  try {
    Object.assign(globalThis, {Math: undefined});
    expect(globalThis.Math).toBe(undefined);
    expect(Math).toBe(kept);
  } finally {
    Object.assign(globalThis, {Math: kept});
  }
});

test("fake timers replace Date", () => {
  jest.useFakeTimers({now: 0});
  expect(Date.now()).toBe(0);
  expect(new Date().getTime()).toBe(0);
  jest.useRealTimers();
  expect(Date.now()).toBeGreaterThan(0);
});
