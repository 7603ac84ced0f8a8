/** Comments of declarations, a tenth of the compiler's memory: they are read while help is asked for, and then left again. */
import type TypeScript from "@tslab/typescript-for-tslab";
import type {Compiler} from "./transforms";

interface Documented extends TypeScript.Node {
  jsDoc?: TypeScript.JSDoc[];
}

/** A file of a program; the compiler counts its symbols when it has read and bound it. */
interface BoundFile extends TypeScript.SourceFile {
  readonly symbolCount?: number;
}

interface Inside {
  readonly objectAllocator: {getNodeConstructor(): {readonly prototype: object}};
}

const DECLARATIONS = /\.d\.[cm]?ts$/;

/** Documentation that begins a line. */
const COMMENT = /^[ \t]*\/\*\*(?!\/)[^]*?\*\//gm;

export interface Comments {
  /** Read a file; declarations have comments of the same length that the compiler skips. */
  readonly skip: (read: TypeScript.System["readFile"]) => TypeScript.System["readFile"];
  /** Do some work that finds all comments. */
  readonly during: <T>(work: () => T) => T;
}

export function putOffComments(ts: Compiler): Comments {
  const skipped = new Map<string, TypeScript.System["readFile"]>();
  let files: Map<string, TypeScript.SourceFile> | undefined;

  /** Find what a node is in its file with all comments. */
  const counterpart = (node: TypeScript.Node, within: TypeScript.Node): TypeScript.Node | undefined => {
    if (within.pos === node.pos && within.end === node.end && within.kind === node.kind) return within;
    return ts.forEachChild(within, (child) =>
      child.pos <= node.pos && child.end >= node.end ? counterpart(node, child) : undefined,
    );
  };

  const commentsOf = (node: Documented): Documented["jsDoc"] => {
    const {fileName, symbolCount}: Partial<BoundFile> = (files && node.getSourceFile()) ?? {};
    const read = symbolCount ? skipped.get(fileName!) : undefined;
    if (!files || !read) return undefined;
    const {Latest} = ts.ScriptTarget;
    const file = files.get(fileName!) ?? ts.createSourceFile(fileName!, read(fileName!) ?? "", Latest, true);
    files.set(fileName!, file);
    const found: Documented | undefined = counterpart(node, file);
    if (!found || !Object.hasOwn(found, "jsDoc")) return undefined;
    found.jsDoc!.forEach((comment) => Object.assign(comment, {parent: node})); // names in it are this program's
    return found.jsDoc;
  };

  Object.defineProperty((ts as unknown as Inside).objectAllocator.getNodeConstructor().prototype, "jsDoc", {
    get(this: Documented) {
      return commentsOf(this);
    },
    set(this: Documented, value: unknown) {
      if (value === undefined) return; // the compiler begins with it
      Object.defineProperty(this, "jsDoc", {value, writable: true, configurable: true, enumerable: true});
    },
  });

  return {
    skip: (read) => (name, encoding) => {
      const text = read(name, encoding);
      if (text === undefined || !DECLARATIONS.test(name)) return text;
      skipped.set(name, read);
      return text.replace(COMMENT, (comment) => comment.replace("/**", "/* ").replace(/[^\0-\xff]/g, "?"));
    },
    during: (work) => {
      files = new Map();
      try {
        return work();
      } finally {
        files = undefined;
      }
    },
  };
}
