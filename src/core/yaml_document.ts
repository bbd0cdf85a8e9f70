import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Node,
  parseDocument,
  visit,
} from "yaml";
import type { z } from "zod";
import { MicroLmError, type SourceLocation } from "./errors.ts";

/** A path of keys in a document. */
export type YamlPath = readonly PropertyKey[];

/** A YAML 1.2 document (JSON is YAML, too) that still knows where everything stood. */
export interface YamlDocument {
  readonly value: unknown;
  /** Where the value at a path stands, or the nearest one around it. */
  locate(path: YamlPath): SourceLocation;
  /** Where the key at the end of a path stands: its value may begin on another line. */
  locateKey(path: YamlPath): SourceLocation;
}

/**
 * Parses YAML. Nothing in it is executed.
 *
 * @param file What messages call it.
 * @throws {MicroLmError} Kind `data`, with line and column where there are any.
 */
export function parseYaml(text: string, file: string): YamlDocument {
  const lines = new LineCounter();
  refuseDepth(text, file);
  const document = withoutStacks(() =>
    parseDocument(text, {
      lineCounter: lines,
      prettyErrors: false,
      logLevel: "error",
      // The library compares each key with all before it
      uniqueKeys: false,
    })
  );
  const at = (offset: number | undefined): SourceLocation => {
    if (offset === undefined) return { file };
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  const [broken] = document.errors;
  if (broken) {
    throw new MicroLmError("data", `Expected YAML: ${broken.message}`, {
      at: at(broken.pos[0]),
      cause: broken,
    });
  }
  const fault = keyFault(document);
  if (fault) throw new MicroLmError("data", fault.message, { at: at(fault.key.range?.[0]) });
  return {
    value: toValue(document, file),
    locate: (path) => at(offsetOf(document, path)),
    locateKey: (path) => at(keyOffset(document, path)),
  };
}

/** Brackets that are open at a time, or close nothing: the library makes much of each. */
const MOST_DEPTH = 64;

/** Counts brackets wherever they stand: a config has few, and closes them. */
function refuseDepth(text: string, file: string): void {
  let depth = 0;
  let stray = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === "[" || char === "{") depth++;
    else if (char === "]" || char === "}") {
      if (depth > 0) depth--;
      else stray++;
    }
    if (Math.max(depth, stray) > MOST_DEPTH) {
      const what = depth > stray ? "open brackets" : "brackets that close none";
      throw new MicroLmError("data", `Expected at most ${MOST_DEPTH} ${what} in YAML`, {
        at: { file, line: text.slice(0, at).split("\n").length },
      });
    }
  }
}

/** Thousands of errors may be made of a text, and only the first is shown: their stacks are what takes time. */
function withoutStacks<T>(run: () => T): T {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

interface KeyFault {
  readonly key: Node;
  readonly message: string;
}

/**
 * A key that a map has twice, or that is no text: as text it would hold all below it, and that again at
 * each level.
 */
function keyFault(document: Document): KeyFault | null {
  let fault: KeyFault | null = null;
  visit(document, {
    Map: (_, { items }) => {
      const names = new Set<unknown>();
      for (const { key } of items) {
        const stands = isAlias(key) ? key.resolve(document) : key;
        const name = isScalar(stands) ? stands.value : stands;
        if (isCollection(stands)) {
          fault = { key: key as Node, message: "Expected a text as a key, found a list or a map" };
        } else if (names.has(name)) {
          fault = { key: key as Node, message: "Expected YAML: Map keys must be unique" };
        }
        if (fault) return visit.BREAK;
        names.add(name);
      }
      return undefined;
    },
  });
  return fault;
}

/** The name of a path in messages. */
export function yamlPathName(path: YamlPath): string {
  return path.length === 0 ? "the document" : path.map(String).join(".");
}

/** What a schema has to say, without the name of the library. */
export function yamlIssueText({ message }: z.core.$ZodIssue): string {
  return message.replace(/^Invalid input: /, "");
}

function toValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new MicroLmError("data", `Expected YAML: ${reason}`, { at: { file }, cause });
  }
}

function keyOffset(document: Document, path: YamlPath): number {
  const parent = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const items = isMap(parent) ? parent.items : [];
  const pair = items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1));
  return isScalar(pair?.key) ? pair.key.range?.[0] ?? 0 : 0;
}

function offsetOf(document: Document, path: YamlPath): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
