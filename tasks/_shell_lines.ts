import process from "node:process";
import { createInterface, type Interface } from "node:readline/promises";
import type { Readable, Writable } from "node:stream";

/** What people type, line by line. */
export interface LineSource extends Disposable, AsyncIterable<string> {
  /** Whether what is typed stands on the screen already. */
  readonly isEchoed: boolean;
}

/** Options of {@linkcode openTerminalLines}. */
export interface TerminalLinesOptions {
  /** Earlier lines, the newest first. */
  readonly history: readonly string[];
  /** Words that the tabulator completes. */
  readonly words: readonly string[];
  /** Default: standard input. */
  readonly input?: Readable;
  /** Default: standard output. */
  readonly output?: Writable;
}

/** Stands before what is typed; as wide as the indentation of what is answered. */
const PROMPT = "> ";

/** Lines of a terminal, with history (up, down, Ctrl-R is the terminal's) and completion by tabulator. */
export function openTerminalLines(options: TerminalLinesOptions): LineSource {
  const { history, words, input = process.stdin, output = process.stdout } = options;
  const terminal = createInterface({
    input,
    output,
    terminal: true,
    prompt: PROMPT,
    history: [...history],
    completer: (line: string) => complete(line, words),
  });
  return {
    isEchoed: true,
    [Symbol.asyncIterator]: () => prompted(terminal),
    [Symbol.dispose]: () => terminal.close(),
  };
}

async function* prompted(terminal: Interface): AsyncGenerator<string> {
  terminal.prompt();
  for await (const line of terminal) {
    yield line;
    terminal.prompt();
  }
}

/** Lines of a pipe or a file. */
export function openPipedLines(stream: ReadableStream<Uint8Array>): LineSource {
  return {
    isEchoed: false,
    [Symbol.asyncIterator]: () => splitLines(stream),
    [Symbol.dispose]: () => {},
  };
}

async function* splitLines(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    yield* lines.map((line) => line.replace(/\r$/, ""));
  }
  if (rest !== "") yield rest;
}

/** The words that go on from the last one of a line, and that one. */
export function complete(line: string, words: readonly string[]): [string[], string] {
  const started = /\S*$/.exec(line)![0];
  if (started === "") return [[], ""];
  const folded = started.toLowerCase();
  const found = words.filter((word) => word.toLowerCase().startsWith(folded));
  return [[...new Set(found)].sort(), started];
}
