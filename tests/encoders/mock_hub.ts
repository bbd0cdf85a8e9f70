import { createHash } from "node:crypto";
import { sha256Hex } from "../../src/core/hash.ts";

/** What goes wrong with one answer. */
export type Fault =
  /** Half of what is asked for, then the connection breaks. */
  | "cut"
  /** Half of what is asked for, then silence. */
  | "stall"
  /** No answer. */
  | "hang"
  /** The whole file, whatever range is asked for. */
  | "ignore range"
  /** A byte is wrong. */
  | "corrupt"
  /** One byte too many, of unannounced length. */
  | "too long"
  /** In small pieces with pauses. */
  | "slow"
  /** To where the location says. */
  | { readonly redirect: string }
  /** An answer without content. */
  | { readonly status: number; readonly headers?: Record<string, string> };

/** A request that the hub got. */
export interface MockRequest {
  readonly path: string;
  readonly range: string | null;
  readonly ifRange: string | null;
}

/** A hub on this machine. */
export interface MockHub extends AsyncDisposable {
  readonly url: string;
  readonly requests: MockRequest[];
  /** Content by path. Paths that end in `.onnx` are kept on the content host, as large files are. */
  readonly files: Map<string, Uint8Array<ArrayBuffer>>;
  /** What goes wrong with the next answers for a path; `listing` is one, too. */
  readonly faults: Map<string, Fault[]>;
  /** Commit that `main` stands for. */
  commit: string;
  /** Bytes of bodies that were sent. */
  sent: number;
}

export const MODEL = "owner/tiny-model";

/** Starts a hub with one model, {@linkcode MODEL}. */
export function startMockHub(files: Readonly<Record<string, string | Uint8Array>>): MockHub {
  const stop = new AbortController();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {}, signal: stop.signal },
    (request) => answer(hub, request, stop.signal),
  );
  const hub: MockHub = {
    url: `http://127.0.0.1:${server.addr.port}`,
    requests: [],
    files: new Map(
      Object.entries(files).map(([path, content]) => [
        path,
        typeof content === "string" ? new TextEncoder().encode(content) : content.slice(),
      ]),
    ),
    faults: new Map(),
    commit: "0123456789abcdef0123456789abcdef01234567",
    sent: 0,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await server.finished;
    },
  };
  return hub;
}

function answer(hub: MockHub, request: Request, stop: AbortSignal): Response | Promise<Response> {
  const { pathname } = new URL(request.url);
  const path = decodeURIComponent(pathname);
  const headers = request.headers;
  hub.requests.push({ path, range: headers.get("range"), ifRange: headers.get("if-range") });
  if (path.startsWith(`/api/models/${MODEL}/revision/`)) {
    return faulty(hub, "listing", stop) ?? Response.json(listing(hub));
  }
  const [, place, name = ""] = /^\/(cdn|owner\/tiny-model\/resolve\/[0-9a-f]+)\/(.+)$/.exec(path) ??
    [];
  const content = hub.files.get(name);
  if (!content) return new Response("Not found", { status: 404 });
  const isLarge = name.endsWith(".onnx");
  if (isLarge && place !== "cdn") {
    return new Response(null, { status: 302, headers: { location: `/cdn/${name}` } });
  }
  return faulty(hub, name, stop) ?? serveFile(hub, name, content, request, stop);
}

/** Faults that need no content. The others stay for {@linkcode serveFile}. */
function faulty(
  hub: MockHub,
  name: string,
  stop: AbortSignal,
): Response | Promise<Response> | undefined {
  const fault = hub.faults.get(name)?.[0];
  if (fault === undefined || (typeof fault === "string" && fault !== "hang")) return undefined;
  hub.faults.get(name)!.shift();
  if (fault === "hang") return aborted(stop).then(() => new Response());
  if (typeof fault === "string") return undefined;
  if ("redirect" in fault) {
    return new Response(null, { status: 302, headers: { location: fault.redirect } });
  }
  return new Response(null, { status: fault.status, headers: fault.headers ?? {} });
}

function serveFile(
  hub: MockHub,
  name: string,
  content: Uint8Array<ArrayBuffer>,
  request: Request,
  stop: AbortSignal,
): Response {
  const fault = hub.faults.get(name)?.shift();
  const etag = `"${sha256Hex(content).slice(0, 16)}"`;
  const headers = new Headers({ etag });
  const ifRange = request.headers.get("if-range");
  const range = /^bytes=(\d+)-$/.exec(request.headers.get("range") ?? "");
  const mayContinue = fault !== "ignore range" && (ifRange === null || ifRange === etag);
  const from = range && mayContinue ? Number(range[1]) : 0;
  if (from >= content.length && from > 0) return new Response(null, { status: 416, headers });
  const status = from > 0 ? 206 : 200;
  if (from > 0) {
    headers.set("content-range", `bytes ${from}-${content.length - 1}/${content.length}`);
  }
  const body = content.slice(from);
  if (fault === "corrupt") body[0]! ^= 1;
  if (fault !== "too long") headers.set("content-length", String(body.length));
  return new Response(stream(hub, body, fault, stop), { status, headers });
}

function stream(
  hub: MockHub,
  body: Uint8Array<ArrayBuffer>,
  fault: Fault | undefined,
  stop: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const isPartial = fault === "cut" || fault === "stall";
  const end = isPartial ? Math.floor(body.length / 2) : body.length;
  const step = fault === "slow" ? Math.ceil(body.length / 50) : Math.max(1, end);
  let at = 0;
  return new ReadableStream({
    pull: async (controller) => {
      if (at < end) {
        const piece = body.slice(at, Math.min(end, at + step));
        controller.enqueue(piece);
        at += piece.length;
        hub.sent += piece.length;
        if (fault === "slow") await new Promise((done) => setTimeout(done, 20));
        return;
      }
      if (fault === "stall") await aborted(stop);
      if (fault === "too long") controller.enqueue(new Uint8Array(1));
      // Before the announced length, this breaks the connection.
      controller.close();
    },
  });
}

/** The answer of the hub's interface, reduced to what a client reads. */
function listing({ commit, files }: MockHub): unknown {
  const siblings = [...files].map(([rfilename, content]) => {
    const { length: size } = content;
    const blobId = createHash("sha1").update(`blob ${size}\0`).update(content).digest("hex");
    const lfs = rfilename.endsWith(".onnx")
      ? { lfs: { sha256: sha256Hex(content), size, pointerSize: 134 } }
      : {};
    return { rfilename, size, blobId, ...lfs };
  });
  return { id: MODEL, sha: commit, siblings, tags: ["sentence-transformers"] };
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
