import { HttpProblem } from "./http_problem.ts";
import type { MapQueue } from "./map_queue.ts";
import type { Gauges, ServeMetrics } from "./metrics.ts";

/** What a server knows of itself. */
export interface ProbeContext {
  readonly queue: MapQueue;
  readonly metrics: ServeMetrics;
  readonly state: { readonly inFlight: number; readonly isStopping: boolean };
  /** Numbers that others keep. */
  readonly gauges: () => Pick<Gauges, "connections" | "worstDelay" | "build">;
  /** The document that describes the server. */
  readonly openApi: string;
  /** Renders the playground, where there is one. */
  readonly playground?: () => string;
}

/** Answers a GET. */
export type Probe = (context: ProbeContext) => string;

/** `GET /healthz` */
export const answerHealth: Probe = () => OK;

/** `GET /readyz` */
export const answerReady: Probe = ({ state }) => {
  if (state.isStopping) throw stopping();
  return OK;
};

/** `GET /metrics` */
export const answerMetrics: Probe = ({ metrics, queue, state, gauges }) =>
  metrics.render({
    inFlight: state.inFlight,
    queued: queue.waiting,
    memory: Deno.memoryUsage(),
    ...gauges(),
  });

/** `GET /openapi.json` */
export const answerOpenApi: Probe = ({ openApi }) => openApi;

/** `GET /` */
export const answerPlayground: Probe = ({ playground }) => playground!();

/** The problem of a server that stops. */
export function stopping(): HttpProblem {
  return new HttpProblem("not_ready", "", { headers: { "retry-after": "1", connection: "close" } });
}

const OK = '{"ok":true}';
