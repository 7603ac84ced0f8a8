import {axisName, domains, frame, logTicks, wrap} from "../src/layout";
import {colours, dash, diverging, palette, round, sequentialScale} from "../src/style";

test("a colour means the rank of a compression rate, with and without pixel space", () => {
  const [blue, orange, green, red] = colours;
  expect([...palette([80, 1, 5, 20, 5])]).toEqual([
    [1, blue],
    [5, orange],
    [20, green],
    [80, red],
  ]);
  expect(palette([768, 48, 192]).get(48)).toBe(orange);
});

test("lines: solid for diffusion, dashed for the solver, neither for anything else", () => {
  expect([dash("diffusion"), dash("neural solver")]).toEqual(["solid", "dash"]);
  expect(["solid", "dash"]).not.toContain(dash("first frame"));
});

describe("the diverging scale", () => {
  const channels = (colour: string) => colour.match(/\d+/g)!.map(Number);
  test("is blue low, white in the middle, red high, over [0, 1] in order", () => {
    const scale = diverging();
    const [[first, low], [middle, centre], [last, high]] = [scale[0], scale[32], scale[64]];
    expect([first, middle, last]).toEqual([0, 0.5, 1]);
    expect(channels(low)[2]).toBeGreaterThan(channels(low)[0]);
    expect(channels(centre)).toEqual([247, 247, 247]);
    expect(channels(high)[0]).toBeGreaterThan(channels(high)[2]);
    scale.slice(1).forEach(([position], i) => expect(position).toBeGreaterThan(scale[i][0]));
  });

  test("raises contrast: a small deviation has the colour of v^(1/1.5)", () => {
    const v = 0.125; // v^(2/3) = 0.25
    const raised = diverging(1.5);
    const plain = diverging(1);
    expect(raised[32 + 32 * v][1]).toBe(plain[32 + 32 * 0.25][1]);
    expect(raised[32 - 32 * v][1]).toBe(plain[32 - 32 * 0.25][1]);
  });
});

test("title and caption come on top of the height and lie outside the panels", () => {
  const plain = frame({height: 300}) as {height: number; margin: {t: number; b: number}; annotations: object[]};
  const full = frame({height: 300, title: "T", caption: "a ".repeat(150)}) as typeof plain;
  expect(plain).toMatchObject({height: 300, width: 900, paper_bgcolor: "white", annotations: []});
  const above = full.margin.t - plain.margin.t;
  const below = full.margin.b - plain.margin.b;
  expect(above).toBeGreaterThan(20);
  expect(below).toBeGreaterThan(40); // three lines
  expect(full.height).toBe(300 + above + below);
  expect(full.annotations).toHaveLength(1);
});

test("wrap breaks at spaces and loses nothing", () => {
  const text = "one two three four five six seven";
  const lines = wrap(text, 13);
  expect(lines).toEqual(["one two three", "four five six", "seven"]);
  expect(wrap("unbreakable", 4)).toEqual(["unbreakable"]);
});

test("logTicks: fine steps within a decade, powers over many", () => {
  expect(logTicks([0.12, 0.9, NaN, -1]).ticktext).toEqual(expect.arrayContaining(["0.1", "0.15", "0.3", "0.7", "1"]));
  expect(logTicks([0.55, 0.95]).ticktext).toEqual(expect.arrayContaining(["0.6", "0.7", "0.8", "0.9"]));
  const {tickvals, ticktext} = logTicks([2e-5, 3e5]);
  expect(tickvals.every((value) => Number.isInteger(Math.log10(value)))).toBe(true);
  expect(tickvals.length).toBeLessThan(10);
  expect(ticktext[0]).toBe("10<sup>−5</sup>");
  expect(logTicks([1e4, 3e5]).ticktext).toEqual(
    expect.arrayContaining(["50000", "10<sup>5</sup>", "2·10<sup>5</sup>"]),
  );
  const {ticktext: million} = logTicks([1e6, 9e6]);
  expect(million).toContain("1.5·10<sup>6</sup>");
  expect(new Set(million).size).toBe(million.length);
  expect(logTicks([], [2e6, 0.5])).toEqual({tickvals: [2e6, 0.5], ticktext: ["2·10<sup>6</sup>", "0.5"]});
  expect(logTicks([]).tickvals.length).toBeGreaterThan(1);
  expect(logTicks([1, 1, 1]).tickvals).toContain(1);
});

test("domains, axis names, rounding", () => {
  expect(domains(1, 0.1)).toEqual([[0, 1]]);
  expect(domains(2, 0.2)).toEqual([
    [0, 0.4],
    [0.6000000000000001, 1],
  ]);
  expect([axisName("x", 0), axisName("y", 2)]).toEqual([
    {trace: "x", layout: "xaxis"},
    {trace: "y3", layout: "yaxis3"},
  ]);
  expect([round(1.23456), round(NaN), round(Infinity)]).toEqual([1.235, null, null]);
});

test("maps of fields without a sign go from dark to light over [0, 1]", () => {
  const luminance = (colour: string) => {
    const [red, green, blue] = colour.match(/\d+/g)!.map(Number);
    return 0.299 * red + 0.587 * green + 0.114 * blue;
  };
  for (const name of ["viridis", "inferno", "plasma", "cividis"] as const) {
    const scale = sequentialScale(name);
    expect([scale[0][0], scale[scale.length - 1][0]]).toEqual([0, 1]);
    const light = scale.map(([, colour]) => luminance(colour));
    expect(light).toEqual([...light].sort((a, b) => a - b));
  }
});
