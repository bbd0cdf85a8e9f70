import { openRuntime } from "../../src/run/runtime.ts";
import {
  type MicroServer,
  startServer,
  type StartServerOptions,
} from "../../src/serve/start_server.ts";

/** Runs a test against a server with the keyword mapper on a free port. */
export async function withServer(
  options: StartServerOptions,
  run: (server: MicroServer) => Promise<void>,
): Promise<void> {
  await using runtime = await openRuntime({ backend: "wordmap" });
  await using server = await startServer(runtime, { port: 0, ...options });
  await run(server);
}

/** An answer whose body was read. */
export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  // deno-lint-ignore no-explicit-any -- tests look at whatever is there
  readonly body: any;
}

/** Sends a request and reads the answer as JSON, or else as text. */
export async function ask(
  { url }: MicroServer,
  path: string,
  init: RequestInit = {},
): Promise<Answered> {
  const response = await fetch(`${url}${path}`, init);
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? JSON.parse(text) : text,
  };
}

/** A POST of a JSON value. */
export function posted(value: unknown, headers: Record<string, string> = {}): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof value === "string" ? value : JSON.stringify(value),
  };
}

/** Opens a connection for requests that no ordinary client sends. */
export async function connect({ url }: { readonly url: string }): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(url);
  return await Deno.connect({ hostname, port: Number(port) });
}

/** Writes text to a connection. */
export async function writeText(connection: Deno.TcpConn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(text));
}

/** Reads from a connection until the text holds what is looked for, or until its end. */
export async function readUntil(connection: Deno.TcpConn, pattern: RegExp): Promise<string> {
  const buffer = new Uint8Array(65_536);
  let text = "";
  while (!pattern.test(text)) {
    const length = await connection.read(buffer);
    if (length === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, length));
  }
  return text;
}
