import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { JSONRPCMessage } from "@modelcontextprotocol/sdk/types.js";
import { findRepeatedName } from "../../core/text/json_fault.ts";
import { nameOf } from "../../core/text/json_text.ts";
import { type Line, readLines } from "./read_lines.ts";

/** Milliseconds for the last answers once the input has ended. */
const END_MS = 15_000;

/** What {@linkcode openLineTransport} takes. */
export interface LineTransportOptions {
  readonly input: ReadableStream<Uint8Array>;
  /** Writes the first of some bytes and says how many, as `Deno.stdout.write` does. */
  readonly write: (bytes: Uint8Array) => Promise<number>;
  /** Bytes of a message. */
  readonly maxBytes: number;
  /** Whether the protocol takes a value for a message. */
  readonly isMessage: (value: unknown) => boolean;
}

/** Codes of JSON-RPC 2.0. */
const PARSE_ERROR = -32700;
const INVALID_REQUEST = -32600;

/**
 * Messages of JSON-RPC, one a line. What is no message is answered with an error as JSON-RPC 2.0 says
 * (the protocol's own transport drops it), and so is a line beyond the limit: the next one is read
 * all the same. Closes when the input has ended and what it asked is answered.
 */
export function openLineTransport(options: LineTransportOptions): Transport {
  const { input, write, maxBytes } = options;
  let isClosed = false;
  let writing: Promise<void> = Promise.resolve();
  let unwritten = 0;
  const unanswered = new Set<string | number>();
  const answered = Promise.withResolvers<void>();
  let hasEnded = false;
  const send = (message: unknown) => {
    const { id, method } = message as { id?: string | number; method?: string };
    if (id !== undefined && method === undefined) unanswered.delete(id);
    if (hasEnded && unanswered.size === 0) answered.resolve();
    const bytes = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
    unwritten += bytes.length;
    return writing = writing.then(() => writeAll(write, bytes))
      .then(() => void (unwritten -= bytes.length), () => transport.close());
  };
  const receive = (line: Line) => {
    const read = readMessage(line, options);
    if ("message" in read) {
      if ("method" in read.message && "id" in read.message) unanswered.add(read.message.id);
      return transport.onmessage?.(read.message);
    }
    transport.onerror?.(new Error(read.error.message));
    void send({ jsonrpc: "2.0", id: read.id, error: read.error });
  };
  const transport: Transport = {
    start: () => {
      void (async () => {
        for await (const line of readLines(input, maxBytes)) {
          // Who does not read the answers is not listened to
          while (unwritten > maxBytes && !isClosed) await writing;
          if (isClosed) break;
          receive(line);
        }
        hasEnded = true;
        if (unanswered.size > 0) await withinTime(answered.promise, END_MS);
        await writing;
      })().catch(() => {}).then(() => transport.close());
      return Promise.resolve();
    },
    send,
    close: () => {
      if (!isClosed) {
        isClosed = true;
        transport.onclose?.();
      }
      return Promise.resolve();
    },
  };
  return transport;
}

async function withinTime(done: Promise<void>, ms: number): Promise<void> {
  const { promise: late, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([done, late]);
  clearTimeout(timer);
}

type ReadMessage = { readonly message: JSONRPCMessage } | {
  readonly id: string | number | null;
  readonly error: { readonly code: number; readonly message: string };
};

function readMessage(
  { bytes, length }: Line,
  { maxBytes, isMessage }: LineTransportOptions,
): ReadMessage {
  if (bytes === null) {
    return fault(INVALID_REQUEST, `Expected at most ${maxBytes} bytes a message, got ${length}`);
  }
  let value: unknown;
  let twice: ReturnType<typeof findRepeatedName>;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    value = JSON.parse(text);
    twice = findRepeatedName(text);
  } catch (error) {
    const reason = error instanceof SyntaxError ? error.message : "it is not UTF-8";
    return fault(PARSE_ERROR, `Cannot parse the message: ${reason}`);
  }
  if (Array.isArray(value)) {
    return fault(INVALID_REQUEST, "Expected one message, got a batch: the protocol has none");
  }
  if (typeof value !== "object" || value === null) {
    return fault(INVALID_REQUEST, "Expected a message to be an object");
  }
  const message = value as Record<string, unknown>;
  const wrong = (twice && `Expected each name once, got ${nameOf(twice)} twice`) ??
    faultOf(message) ??
    (isMessage(value) ? null : "Expected a message of the protocol");
  if (wrong === null) return { message: value as JSONRPCMessage };
  return fault(INVALID_REQUEST, wrong, isId(message["id"]) ? message["id"] : null);
}

function fault(code: number, message: string, id: string | number | null = null): ReadMessage {
  return { id, error: { code, message } };
}

function faultOf(message: Readonly<Record<string, unknown>>): string | null {
  if (message["jsonrpc"] !== "2.0") return 'Expected "jsonrpc" to be "2.0"';
  if ("id" in message && !isId(message["id"])) return 'Expected "id" to be a text or whole number';
  if ("result" in message || "error" in message) return null;
  if (typeof message["method"] !== "string") return 'Expected "method" to be a text';
  const { params } = message;
  if (
    params === undefined ||
    (typeof params === "object" && params !== null && !Array.isArray(params))
  ) {
    return null;
  }
  return 'Expected "params" to be an object';
}

function isId(id: unknown): id is string | number {
  return typeof id === "string" || Number.isSafeInteger(id);
}

async function writeAll(
  write: LineTransportOptions["write"],
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await write(bytes.subarray(at));
}
