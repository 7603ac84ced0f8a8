/** Elements of the page. */

type Child = Node | string | undefined | false;
type Attributes = Readonly<Record<string, string | number | boolean | ((event: Event) => void) | undefined>>;

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

export function svg(tag: string, attributes: Attributes = {}, ...children: Child[]): SVGElement {
  return filled(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children) as SVGElement;
}

/** Make a box of parts: pictures, plots or knobs. */
export const box = (
  kind: string,
  parts: Readonly<Record<string, {readonly element: Element}>> | readonly {readonly element: Element}[],
): HTMLElement => h("div", {class: kind}, ...Object.values(parts).map(({element}) => element));

let serial = 0;

export const uniqueId = (): string => `e${++serial}`;

/** Make a choice with its label; options without a value are shown and cannot be chosen. */
export function select(
  label: string,
  options: readonly (readonly [value: string | undefined, text: string])[],
  chosen: string,
  choose: (value: string) => void,
): HTMLElement {
  const id = uniqueId();
  const element = h(
    "select",
    {id, onchange: (event) => choose((event.target as HTMLSelectElement).value)},
    ...options.map(([value, text]) =>
      h("option", {value: value ?? "", selected: value === chosen, disabled: value === undefined}, text),
    ),
  );
  return h("span", {class: "choice"}, h("label", {for: id}, label), element);
}

/** Write a number for readers: three significant digits. */
export const shortly = (value: number | null | undefined): string =>
  typeof value === "number" && Number.isFinite(value) ? Number(value.toPrecision(3)).toString() : "–";

export function perFrame(run: () => void): () => void {
  let isDue = false;
  return () => {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => {
      isDue = false;
      run();
    });
  };
}
