import { Buffer } from "node:buffer";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import { type AddressInfo, Server as NetServer, type Socket } from "node:net";
import { MicroLmError } from "../../core/errors.ts";
import { createConnections, endWith } from "./connections.ts";
import type { ServeRequest, ServeResponse } from "./exchange.ts";
import { HttpProblem, overloaded, type ProblemCode } from "../http_problem.ts";
import type { ServeLimits } from "../limits.ts";
import { fromNode } from "./node_request.ts";

/** What a listener is made with. */
export interface ListenOptions {
  readonly hostname: string;
  readonly port: number;
  readonly limits: ServeLimits;
  /** Never rejects. */
  readonly handle: (request: ServeRequest) => Promise<ServeResponse>;
  /** A connection that was ended before there was a request to answer. */
  readonly onRefused: (code: ProblemCode) => void;
}

/** Something that listens for HTTP/1.1. */
export interface HttpListener {
  readonly hostname: string;
  readonly port: number;
  readonly connections: number;
  /** From now on every answer ends its connection. */
  drain(): void;
  /** Listens until nothing arrives any more, then ends; cuts off what remains when `late` is done. */
  close(late: Promise<unknown>): Promise<void>;
}

/** Bodies of refused requests up to this size are read, so that the connection can go on. */
const SMALL_BODY = 1 << 14;
/** Turns of the event loop without anything new after which all has been read that was sent. */
const QUIET_TURNS = 4;
const TURN_MS = 25;
/** Milliseconds after which a server that was full listens anew. */
const REOPEN_MS = 100;
/** Milliseconds after which a listener ends although requests keep coming. */
const LONGEST_DRAIN = 1000;

/**
 * Listens for HTTP/1.1. Nothing is read of a body that nobody asked for, heads and connections are
 * limited, clients that neither send nor take an answer are cut off.
 *
 * The server is that of `node:http`: `Deno.serve` limits neither heads nor connections, waits for ever for
 * a head, and ends when no more files can be opened.
 *
 * @throws {MicroLmError} Kind `usage` for an address that cannot be listened on, `permission` without
 * `--allow-net` for it.
 */
export async function listen(options: ListenOptions): Promise<HttpListener> {
  const { hostname, port, limits, handle, onRefused } = options;
  checkPermission(hostname, port);
  const connections = createConnections({
    most: limits.maxConnections,
    refusal: wireText(problemResponse(overloaded())),
    onFull: (isRefused) => {
      if (isRefused) onRefused("overloaded");
      listenAgain();
    },
  });
  const state = { isDraining: false, isClosed: false, lastTurn: 0 };
  const server = createServer({
    maxHeaderSize: limits.maxHeadBytes,
    headersTimeout: limits.headTimeoutMs,
    // Bodies have their own limit; this one is for those that nobody reads
    requestTimeout: limits.headTimeoutMs + limits.bodyTimeoutMs + 1000,
    keepAliveTimeout: limits.headTimeoutMs,
    connectionsCheckingInterval: Math.min(1000, limits.headTimeoutMs / 2),
  });
  server.prependListener("connection", (socket: Socket) => {
    state.lastTurn = 0;
    connections.admit(socket);
  });
  const answer = async (message: IncomingMessage, response: ServerResponse) => {
    state.lastTurn = 0;
    const { socket } = message;
    if (!connections.begin(socket)) return;
    response.once("close", () => connections.end(socket));
    const expects = message.headers.expect !== undefined;
    const request = fromNode(message, () => expects && response.writeContinue());
    const { headers, ...rest } = await handle(request);
    const close = state.isDraining ? { connection: "close" } : {};
    send(message, response, { ...rest, headers: { ...headers, ...close } }, limits);
  };
  server.on("request", answer);
  // Says that the body may come only once somebody wants it
  server.on("checkContinue", answer);
  server.on("clientError", (error: Error, socket: Socket) => {
    const code = codeOf(error);
    if (!socket.writable || connections.isBusy(socket)) return void socket.destroy();
    onRefused(code);
    endWith(socket, wireText(problemResponse(new HttpProblem(code))));
  });
  await start(server, hostname, port);
  const address = server.address() as AddressInfo;
  const listenAgain = whileOpen(() => reopen(server, address), state);
  return {
    hostname: address.address,
    port: address.port,
    get connections() {
      return connections.size;
    },
    drain: () => {
      state.isDraining = true;
    },
    close: async (late) => {
      await Promise.race([untilQuiet(state), late]);
      state.isClosed = true;
      server.close();
      connections.closeIdle();
      await Promise.race([connections.closed(), late]);
      connections.destroyAll();
    },
  };
}

/** Node's server throws what it may not do where nobody can catch it: it is asked before. */
function checkPermission(hostname: string, port: number): void {
  const name = hostname.includes(":") ? `[${hostname.replace(/[[\]]/g, "")}]` : hostname;
  const host = port === 0 ? name : `${name}:${port}`;
  if (Deno.permissions.requestSync({ name: "net", host }).state === "granted") return;
  const other = ["0.0.0.0", "[::]"].includes(name) ? ": deno task serve:public has it" : "";
  throw new MicroLmError("permission", `No permission to listen on ${host}${other}`, {
    hint: `Grant it with --allow-net=${host}`,
  });
}

function start(server: Server, hostname: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: unknown) => reject(explain(cause, hostname, port));
    server.once("error", fail);
    try {
      server.listen({ port, host: hostname, backlog: 1024 }, () => {
        server.off("error", fail);
        resolve();
      });
    } catch (error) {
      fail(error);
    }
  });
}

/**
 * Listens anew. A process that has run out of descriptors stops accepting without a word, and does not
 * begin again when they are free; the connections that it has stay.
 */
function reopen(server: Server, { address, port }: AddressInfo): Promise<void> {
  // That of HTTP would also end connections that wait for their next request
  NetServer.prototype.close.call(server);
  return start(server, address, port);
}

/** Calls a function soon, once for many calls, again where it fails, and not after the end. */
function whileOpen(act: () => Promise<void>, state: { readonly isClosed: boolean }): () => void {
  let isDue = false;
  const attempt = () => {
    if (state.isClosed) return;
    act().then(() => isDue = false, () => setTimeout(attempt, REOPEN_MS));
  };
  return () => {
    if (isDue) return;
    isDue = true;
    setTimeout(attempt, REOPEN_MS);
  };
}

function explain(cause: unknown, hostname: string, port: number): MicroLmError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new MicroLmError("usage", `Cannot listen on ${hostname}:${port}: ${reason}`, { cause });
}

/** Sends an answer. What has not come of the body is left unread unless it is small. */
function send(
  message: IncomingMessage,
  response: ServerResponse,
  answer: ServeResponse,
  { answerTimeoutMs }: ServeLimits,
): void {
  const { socket } = message;
  if (socket.destroyed) return;
  const { status, headers, body } = answer;
  const isUnread = !message.complete && (headers["connection"] === "close" || !isSmall(message));
  // An answer to an earlier request may still be on its way
  if (isUnread && response.socket === socket && !response.headersSent) {
    return endWith(socket, wireText(answer, message.method));
  }
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
  if (socket.writableLength === 0) return;
  const timer = setTimeout(() => socket.destroy(), answerTimeoutMs);
  response.once("close", () => clearTimeout(timer));
}

function isSmall({ headers }: IncomingMessage): boolean {
  const length = headers["content-length"];
  return length === undefined
    ? headers["transfer-encoding"] === undefined
    : Number(length) <= SMALL_BODY;
}

function codeOf(error: Error): ProblemCode {
  const { code } = error as { code?: string };
  if (code === "HPE_HEADER_OVERFLOW") return "head_too_large";
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? "slow_head" : "bad_request";
}

/** A problem of which no request handler knows. */
function problemResponse(problem: HttpProblem): ServeResponse {
  const type = { "content-type": "application/problem+json", connection: "close" };
  return {
    status: problem.status,
    headers: { ...type, ...problem.headers },
    body: JSON.stringify(problem.toBody()),
  };
}

/** An answer as it is on the wire; the connection ends with it. */
function wireText({ status, headers, body }: ServeResponse, method?: string): string {
  const fields = Object.entries({
    ...headers,
    connection: "close",
    "content-length": String(Buffer.byteLength(body)),
  });
  const head = fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
  return `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${head}\r\n${
    method === "HEAD" ? "" : body
  }`;
}

/** What clients had sent lies in the kernel: a few turns of the event loop take it in. */
async function untilQuiet(state: { lastTurn: number }): Promise<void> {
  const end = performance.now() + LONGEST_DRAIN;
  while (state.lastTurn++ < QUIET_TURNS && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, TURN_MS));
  }
}
