/** A choice among names. */
import {h, uniqueId} from "./dom";

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
