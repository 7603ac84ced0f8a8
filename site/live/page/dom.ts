/** Elements of the page. */

type Child = Node | string | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | ((event: Event) => void) | undefined>>;

const SVG = "http://www.w3.org/2000/svg";

function filled<E extends Element>(element: E, attributes: Attributes, children: readonly Child[]): E {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== false) element.setAttribute(name, `${value}`);
  }
  element.append(...children.filter((child) => child !== undefined && child !== false));
  return element;
}

/** Make an element; attributes that begin with "on" are listeners. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  return filled(document.createElement(tag), attributes, children);
}

/** Make an element of a drawing. */
export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  return filled(document.createElementNS(SVG, tag), attributes, children) as SVGElement;
}

let serial = 0;

/** Make a name that no other element has. */
export const uniqueId = (): string => `e${++serial}`;

/** Write a number for readers: three significant digits. */
export const shortly = (value: number | null | undefined): string =>
  typeof value === "number" && Number.isFinite(value) ? Number(value.toPrecision(3)).toString() : "–";

/** Call a function at most once a frame, with the last arguments. */
export function perFrame<A extends unknown[]>(run: (...all: A) => void): (...all: A) => void {
  let latest: A | undefined;
  return (...all) => {
    if (!latest) {
      requestAnimationFrame(() => {
        const given = latest!;
        latest = undefined;
        run(...given);
      });
    }
    latest = all;
  };
}
