/** Index entry of a section of a page, and the reading of a question: shared by the builder and the pages. */
import type {Options} from "minisearch";

export interface SearchEntry {
  readonly id: number;
  readonly page: string;
  /** Heading of the section; empty before the first one. */
  readonly section: string;
  /** Address of the section, from the folder of all pages. */
  readonly address: string;
  readonly text: string;
}

/** A page answers before a claim and a name of the reference, and code comes last. */
const weightOf = (address: string) => (/^source/.test(address) ? 0.05 : /^(api|figures)/.test(address) ? 0.3 : 1);

export const searchOptions: Options<SearchEntry> = {
  fields: ["page", "section", "text"],
  storeFields: ["page", "section", "address", "text"],
  searchOptions: {
    boost: {page: 6, section: 4},
    boostDocument: (_, __, stored) => weightOf(String(stored?.address)),
    combineWith: "AND",
    prefix: true,
    fuzzy: (term) => (term.length > 4 ? 0.2 : false),
  },
};
