/** Text in pictures of indexed colours: letters of 5 x 7 pixels, drawn larger by a whole factor. */

/** Columns of a letter from the left, two hexadecimal digits each; the lowest bit is the upper pixel. */
// prettier-ignore
const LETTERS: Readonly<Record<string, string>> = {
  " ": "0000000000", "(": "001c224100", ")": "0041221c00", "+": "08083e0808", ",": "0050300000", "-": "0808080808",
  ".": "0060600000", "/": "2010080402", ":": "0036360000", "=": "1414141414", "÷": "08082a0808", "#": "147f147f14",
  "±": "44445f4444", "τ": "04043c4404", "%": "2313086462", "|": "00007f0000",
  "0": "3e5149453e", "1": "00427f4000", "2": "4261514946", "3": "2141454b31", "4": "1814127f10", "5": "2745454539",
  "6": "3c4a494930", "7": "0171090503", "8": "3649494936", "9": "064949291e",
  A: "7e1111117e", B: "7f49494936", C: "3e41414122", D: "7f4141221c", E: "7f49494941", F: "7f09090901", G: "3e4149497a",
  H: "7f0808087f", I: "00417f4100", J: "2040413f01", K: "7f08142241", L: "7f40404040", M: "7f020c027f", N: "7f0408107f",
  O: "3e4141413e", P: "7f09090906", Q: "3e4151215e", R: "7f09192946", S: "4649494931", T: "01017f0101", U: "3f4040403f",
  V: "1f2040201f", W: "3f4038403f", X: "6314081463", Y: "0708700807", Z: "6151494543",
  a: "2054545478", b: "7f48444438", c: "3844444420", d: "384444487f", e: "3854545418", f: "087e090102", g: "0c5252523e",
  h: "7f08040478", i: "00447d4000", j: "2040443d00", k: "7f10284400", l: "00417f4000", m: "7c04180478", n: "7c08040478",
  o: "3844444438", p: "7c14141408", q: "081414187c", r: "7c08040408", s: "4854545420", t: "043f444020", u: "3c4040207c",
  v: "1c2040201c", w: "3c4030403c", x: "4428102844", y: "0c5050503c", z: "4464544c44",
};

/** A picture of indexed colours, row by row from the top. */
export interface Pixels {
  readonly width: number;
  readonly data: Uint8Array;
}

/** Pixels per pixel of a letter. */
const FACTOR = 2;

/** Height of a line, and width of a letter with the gap after it. */
export const TEXT_HEIGHT = 7 * FACTOR;
const ADVANCE = 6 * FACTOR;

/** Compute the width of a text in pixels. */
export function textWidth(text: string): number {
  return ADVANCE * plain(text).length - FACTOR;
}

/** Draw a text in one colour, its upper left corner at (x, y). Letters outside of the picture are left out. */
export function drawText({width, data}: Pixels, text: string, [x, y]: readonly [number, number], colour: number): void {
  plain(text).forEach((letter, i) => {
    const left = x + i * ADVANCE;
    const columns = Buffer.from(LETTERS[letter] ?? LETTERS["-"], "hex");
    if (left < 0 || left + ADVANCE > width) return;
    columns.forEach((bits, column) => {
      for (let row = 0; row < TEXT_HEIGHT; row++) {
        if (!((bits >> Math.floor(row / FACTOR)) & 1)) continue;
        const start = (y + row) * width + left + column * FACTOR;
        data.fill(colour, start, start + FACTOR);
      }
    });
  });
}

/** Split a text into letters that can be drawn: subscripts and minus signs as plain ones. */
function plain(text: string): string[] {
  return [...text.normalize("NFKD").replace(/[−–]/g, "-").replace(/\p{M}/gu, "")];
}
