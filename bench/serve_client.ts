/** A client of the server under load, on one connection, that also sends what no ordinary client sends. */
export const HOST = "127.0.0.1";
export const PORT = 18_088;

/** What a request has beside its line. */
export interface RequestOptions {
  readonly type?: string;
  readonly body?: string | Uint8Array;
  /** Milliseconds to wait within the body. */
  readonly slowMs?: number;
  /** Send the body as a chunk, without saying how long it is. */
  readonly chunked?: boolean;
}

/** One connection; opened again when the server has closed it. */
export class Client {
  #connection: Deno.TcpConn | null = null;
  readonly #buffer = new Uint8Array(1 << 18);
  body = "";

  /** Sends a request and returns the status of the answer; 0 if there was none. */
  async request(
    line: string,
    { type = "application/json", body = "", slowMs = 0, chunked = false }: RequestOptions = {},
  ): Promise<number> {
    const content = typeof body === "string" ? UTF8.encode(body) : body;
    const size = content.length;
    const length = chunked
      ? `transfer-encoding: chunked\r\n\r\n${size.toString(16)}\r\n`
      : `content-length: ${size}\r\n\r\n`;
    const head = UTF8.encode(
      `${line} HTTP/1.1\r\nhost: ${HOST}\r\ncontent-type: ${type}\r\n${length}`,
    );
    const bytes = chunked ? concat(content, UTF8.encode("\r\n0\r\n\r\n")) : content;
    try {
      const connection = this.#connection ??= await connect();
      const whole = concat(head, bytes);
      if (slowMs === 0 && whole.length < 100_000) {
        await writeAll(connection, whole);
        return await this.#readStatus(connection);
      }
      // The answer may come before the body is through
      const writing = writeSlowly(connection, whole, head.length + 5, slowMs);
      const status = await this.#readStatus(connection);
      await writing;
      return status;
    } catch {
      this.close();
      return 0;
    }
  }

  async #readStatus(connection: Deno.TcpConn): Promise<number> {
    for (let length = 0;;) {
      const read = await connection.read(this.#buffer.subarray(length));
      if (read === null) throw new Error("The server hung up");
      length += read;
      const text = LATIN1.decode(this.#buffer.subarray(0, length));
      const end = text.indexOf("\r\n\r\n");
      if (end < 0) continue;
      const expected = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? 0);
      if (length < end + 4 + expected) continue;
      this.body = text.slice(end + 4);
      if (/connection: close/i.test(text.slice(0, end))) this.close();
      return Number(text.slice(9, 12));
    }
  }

  close(): void {
    this.#connection?.close();
    this.#connection = null;
  }
}

const UTF8 = new TextEncoder();
const LATIN1 = new TextDecoder("latin1");

async function connect(): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: HOST, port: PORT });
  connection.setNoDelay(true);
  return connection;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

async function writeSlowly(
  connection: Deno.TcpConn,
  bytes: Uint8Array,
  pauseAt: number,
  ms: number,
): Promise<void> {
  try {
    await writeAll(connection, bytes.subarray(0, pauseAt));
    if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
    await writeAll(connection, bytes.subarray(pauseAt));
  } catch {
    // The server has hung up before the end, as it may
  }
}

/** The command that serves a mapper on that port, with further flags of `serve`. */
export function serverOf(mapper: string, ...flags: string[]): Deno.ChildProcess {
  return new Deno.Command("deno", {
    args: [
      ...["run", "--frozen", "--no-prompt", "--allow-read=.", "--allow-write=.cache"],
      ...[`--allow-net=${HOST}`, "--allow-env", "tasks/serve.ts", "--port", String(PORT)],
      ...["--mapper_path", mapper, ...flags],
    ],
    stdout: "piped",
    stderr: "null",
  }).spawn();
}
