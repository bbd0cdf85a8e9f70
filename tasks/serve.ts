import { createLogWriter, startServer } from "../src/serve/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { runCommand } from "../src/cli/run_command.ts";
import { openFlaggedRuntime, readPolicyEnvironment, SERVE_FLAGS } from "./_serve_flags.ts";

await runCommand({
  name: "serve",
  summary:
    "Serves a mapper over HTTP: POST /v1/map, /v1/map/batch and /v1/run. GET /openapi.json " +
    "describes them. Logs are JSON lines on stderr. SIGTERM and SIGINT stop it gracefully.",
  example: "deno task serve --mapper_path .artifacts/defi_mapper.json --port 8088",
  flags: SERVE_FLAGS,
}, async (flags, context) => {
  const env = readPolicyEnvironment();
  const log = createLogWriter((bytes) => Deno.stderr.write(bytes));
  await using runtime = await openFlaggedRuntime(flags, env, context);
  const server = await startServer(runtime, {
    host: flags.host,
    port: flags.port,
    token: Deno.env.get("MICRO_LM_TOKEN"),
    limits: {
      maxBodyBytes: flags.max_body_bytes,
      maxBatch: flags.max_batch,
      maxInFlight: flags.max_in_flight,
      bodyTimeoutMs: 1000 * flags.body_seconds,
      stopTimeoutMs: 1000 * flags.stop_seconds,
    },
    log: (entry) => {
      if (!flags.quiet || entry["level"] === "error") log.write(entry);
    },
    logPrompts: flags.log_prompts,
    env,
  });
  log.write({ level: "info", event: "listening", url: server.url });
  context.say(`Listening on ${server.url}`);
  context.result({ url: server.url });
  const signal = await waitForStop();
  log.write({ level: "info", event: "stopping", signal });
  await server.stop();
  log.write({ level: "info", event: "stopped" });
  await log.close();
  return EXIT.ok;
});

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
