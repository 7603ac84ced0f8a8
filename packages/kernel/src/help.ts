/** Help while a cell is written: completions (Tab) and explanations (Shift-Tab). */
import type TypeScript from "@tslab/typescript-for-tslab";
import type {Converter} from "tslab/dist/converter";

export interface Completion {
  readonly start: number;
  readonly end: number;
  readonly names: readonly string[];
}

/** Find the text of a string literal around a place, if the place is in one: what stands behind its quotation mark. */
function stringBefore(source: string, position: number, names: readonly string[]): number | undefined {
  const [text] = /["'`][^"'`\n]*$/.exec(source.slice(0, position)) ?? [];
  if (text === undefined) return undefined;
  const written = text.slice(1);
  return names.some((name) => name.startsWith(written)) ? position - written.length : undefined;
}

export function complete(converter: Converter, declarations: string, source: string, position: number): Completion {
  const {start, end, candidates, original} = converter.complete(declarations, source, position);
  const isString = original?.entries.some(({kind}) => kind === ("string" as TypeScript.ScriptElementKind));
  const begin = isString ? stringBefore(source, position, candidates) : undefined;
  if (begin === undefined) return {start, end, names: candidates};
  const written = source.slice(begin, position);
  const [rest] = /^[^"'`\n,;)}\]]*(?=["'`])/.exec(source.slice(position)) ?? [""];
  return {start: begin, end: position + rest.length, names: candidates.filter((name) => name.startsWith(written))};
}

const join = (parts: readonly TypeScript.SymbolDisplayPart[] | undefined): string =>
  (parts ?? []).map(({text}) => text).join("");

const HEADINGS: Readonly<Record<string, string>> = {
  returns: "Returns",
  return: "Returns",
  throws: "Throws",
  example: "Example",
  remarks: "Remarks",
  defaultValue: "Default",
  deprecated: "Deprecated",
  see: "See",
};

/** TypeScript's answer about a name that it does not know. */
const UNKNOWN = "any";

/**
 * Explain what an inspection found: its type, its sentence, parameters, result, errors and examples, each under its name.
 *
 * @returns an empty text for nothing.
 */
export function explain(info: TypeScript.QuickInfo | undefined): string {
  const {displayParts, documentation, tags = []} = info ?? {};
  if (!info || join(displayParts) === UNKNOWN) return "";
  const parameters = tags.filter(({name}) => name === "param").map(({text}) => `  ${join(text).trim()}`);
  const others = tags
    .filter(({name, text}) => name !== "param" && text)
    .map(({name, text}) => {
      const heading = HEADINGS[name] ?? name;
      const content = join(text).trim();
      return content.includes("\n") ? `${heading}:\n${content}` : `${heading}: ${content}`;
    });
  const listed = parameters.length > 0 ? ["Parameters:", ...parameters].join("\n") : "";
  const sections = [join(displayParts), join(documentation), [listed, ...others].filter(Boolean).join("\n")];
  return sections.filter(Boolean).join("\n\n");
}
