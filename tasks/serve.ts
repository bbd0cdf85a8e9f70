import type { MicroRuntime } from "../mod.ts";
import {
  createLogWriter,
  DEFAULT_SERVE_LIMITS,
  type LogEntry,
  type MicroServer,
  type PlaygroundOptions,
  readSweepRows,
  startServer,
} from "../src/serve/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import {
  listOf,
  openOperatorRuntime,
  OPERATOR_FLAGS,
  type OperatorRuntime,
} from "./_policy_flags.ts";
import { RUNTIME_FLAGS } from "./_runtime_flags.ts";

/** Flags of `serve`. */
const SERVE_FLAGS = {
  host: {
    type: "string",
    value: "ADDRESS",
    default: "127.0.0.1",
    help: "Address to listen on. Others than loopback addresses need a token in $MICRO_LM_TOKEN " +
      "and the task serve:public.",
  },
  port: {
    type: "integer",
    min: 0,
    max: 65535,
    default: 8088,
    help: "Port; 0 takes any that is free.",
  },
  ...RUNTIME_FLAGS,
  ...OPERATOR_FLAGS,
  allowed_hosts: {
    type: "string",
    value: "NAMES",
    help: "Names, separated by commas, that requests may ask for beside this machine's own. " +
      "Default: none where no token is asked for, else any.",
  },
  cors: {
    type: "string",
    value: "ORIGINS",
    help: "Origins, separated by commas, whose pages may ask: https://app.example.org. Default: " +
      "none but the server's own.",
  },
  max_connections: {
    type: "integer",
    min: 1,
    max: 65_536,
    default: DEFAULT_SERVE_LIMITS.maxConnections,
    help: "Open connections; more are told to come back (503). Fewer where the process may open " +
      "fewer files.",
  },
  max_body_bytes: {
    type: "integer",
    min: 1024,
    max: 1 << 28,
    default: DEFAULT_SERVE_LIMITS.maxBodyBytes,
    help: "Larger bodies are refused (413).",
  },
  max_batch: {
    type: "integer",
    min: 1,
    max: 1_000_000,
    default: DEFAULT_SERVE_LIMITS.maxBatch,
    help: "Larger batches are refused (413).",
  },
  max_in_flight: {
    type: "integer",
    min: 1,
    max: 100_000,
    default: DEFAULT_SERVE_LIMITS.maxInFlight,
    help: "Requests at a time; more are told to come back (503).",
  },
  head_seconds: {
    type: "number",
    min: 0.1,
    max: 3600,
    default: DEFAULT_SERVE_LIMITS.headTimeoutMs / 1000,
    help: "Time for the head of a request to arrive (408), and to wait for a next one.",
  },
  body_seconds: {
    type: "number",
    min: 0.1,
    max: 3600,
    default: DEFAULT_SERVE_LIMITS.bodyTimeoutMs / 1000,
    help: "Time for a body to arrive (408).",
  },
  stop_seconds: {
    type: "number",
    min: 0.1,
    max: 3600,
    default: DEFAULT_SERVE_LIMITS.stopTimeoutMs / 1000,
    help: "Time for open requests to end after SIGTERM or SIGINT.",
  },
  ui: { type: "boolean", help: "Show a page at / to try prompts on." },
  ui_rows: {
    type: "string",
    value: "FILE",
    help: "With --ui: rows CSV of a sweep over the mapper, for the sliders of the page.",
  },
  quiet: { type: "boolean", help: "Log defects only, not every request." },
  log_prompts: { type: "boolean", help: "Log what people wrote, too." },
} as const;

await runCommand({
  name: "serve",
  summary:
    "Serves a mapper over HTTP: POST /v1/map, /v1/map/batch and /v1/run. GET /openapi.json " +
    "describes them. Logs are JSON lines on stderr. SIGTERM and SIGINT stop it gracefully; SIGHUP " +
    "reads mapper, policy and facts anew.",
  example: "deno task serve --mapper_path .artifacts/defi_mapper.json --port 8088",
  flags: SERVE_FLAGS,
}, async (flags, context) => {
  const log = createLogWriter((bytes) => Deno.stderr.write(bytes));
  const { runtime, ...operator } = await openOperatorRuntime(flags, context);
  const server = await startServer(runtime, {
    ...operator,
    host: flags.host,
    port: flags.port,
    token: Deno.env.get("MICRO_LM_TOKEN"),
    limits: {
      maxBodyBytes: flags.max_body_bytes,
      maxBatch: flags.max_batch,
      maxInFlight: flags.max_in_flight,
      maxConnections: flags.max_connections,
      headTimeoutMs: 1000 * flags.head_seconds,
      bodyTimeoutMs: 1000 * flags.body_seconds,
      stopTimeoutMs: 1000 * flags.stop_seconds,
    },
    log: (entry) => {
      if (!flags.quiet || entry["level"] === "error") log.write(entry);
    },
    logPrompts: flags.log_prompts,
    allowedHosts: listOf(flags.allowed_hosts),
    corsOrigins: listOf(flags.cors),
    ...(flags.ui && { playground: await readPlayground(flags.ui_rows) }),
  });
  const current = { runtime };
  const open = () => openOperatorRuntime(flags, context);
  const stopReloading = onReload(() => reload(server, current, { open, log: log.write }));
  const stopped = waitForStop();
  // Whoever reads this may send signals at once
  log.write({ level: "info", event: "listening", url: server.url });
  context.say(`Listening on ${server.url}`);
  context.result({ url: server.url });
  const signal = await stopped;
  stopReloading();
  log.write({ level: "info", event: "stopping", signal });
  await server.stop();
  await current.runtime[Symbol.asyncDispose]();
  log.write({ level: "info", event: "stopped" });
  await log.close();
  return EXIT.ok;
});

async function readPlayground(path: string | undefined): Promise<PlaygroundOptions> {
  return path === undefined ? {} : { rows: await readSweepRows(path), rowsFrom: path };
}

interface ReloadOptions {
  readonly open: () => Promise<OperatorRuntime>;
  readonly log: (entry: LogEntry) => void;
}

/** Serves what the files say now; what cannot be opened leaves everything as it is. */
async function reload(
  server: MicroServer,
  current: { runtime: MicroRuntime },
  { open, log }: ReloadOptions,
): Promise<void> {
  try {
    const { runtime, ...operator } = await open();
    const before = current.runtime;
    const unused = server.reload(runtime, operator);
    current.runtime = runtime;
    log({ level: "info", event: "reloaded", mapper_sha256: runtime.source?.sha256 ?? null });
    await unused;
    await before[Symbol.asyncDispose]();
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    log({ level: "error", event: "reload_failed", message });
  }
}

/** Runs something at each SIGHUP, one after the other; signals that come meanwhile are one. */
function onReload(run: () => Promise<void>): () => void {
  let running: Promise<void> | null = null;
  let isWanted = false;
  let isStopping = false;
  const listener = () => {
    if (isStopping) return;
    isWanted = true;
    running ??= (async () => {
      while (isWanted) {
        isWanted = false;
        await run();
      }
      running = null;
    })();
  };
  if (Deno.build.os === "windows") return () => {};
  Deno.addSignalListener("SIGHUP", listener);
  // The listener stays: without it a late signal would end a server that is answering its last requests
  return () => {
    isStopping = true;
  };
}

/** The first signal to stop; a second one ends the process at once, as signals do. */
function waitForStop(): Promise<Deno.Signal> {
  const signals: readonly Deno.Signal[] = ["SIGTERM", "SIGINT"];
  return new Promise((resolve) => {
    const listeners = signals.map((signal) => {
      const listener = () => {
        listeners.forEach((remove) => remove());
        resolve(signal);
      };
      Deno.addSignalListener(signal, listener);
      return () => Deno.removeSignalListener(signal, listener);
    });
  });
}
