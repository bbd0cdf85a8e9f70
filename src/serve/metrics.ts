import { OUTCOMES } from "../evaluate/decide.ts";
import { type ProblemCode, PROBLEMS } from "./http_problem.ts";

const STATUSES = [...new Set([200, 204, ...Object.values(PROBLEMS).map(([status]) => status)])];
/** Upper bounds in seconds. */
const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
/** Upper bounds of what a timer is late, in seconds. */
const DELAYS = [0.001, 0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 5];
/** Upper bounds in prompts. */
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** Numbers that are looked up when they are asked for. */
export interface Gauges {
  readonly inFlight: number;
  readonly queued: number;
  readonly connections: number;
  /** Seconds; see {@linkcode EventLoopWatch}. */
  readonly worstDelay: number;
  /** What answers: version, domain, mapper. */
  readonly build: Readonly<Record<string, string>>;
  readonly memory: Pick<Deno.MemoryUsage, "rss" | "heapUsed" | "external">;
}

/** Counts what a server does; memory is taken at the start, and once a label. */
export interface ServeMetrics {
  /** A request that was answered; what no route knows is counted as `other`. */
  request(path: string, status: number, seconds: number): void;
  /** What became of a mapped prompt, and its most probable class. */
  decision(reason: typeof OUTCOMES[number], predicted: string): void;
  /** Prompts of one encoder call. */
  batch(rows: number): void;
  /** A run that ended, and the label of its first step. */
  run(isOk: boolean, label: string | null): void;
  /** A connection that ended before there was a request. */
  refused(code: ProblemCode): void;
  /** By how much the event loop was late. */
  delay(seconds: number): void;
  /** All numbers in the text format of Prometheus, version 0.0.4. */
  render(gauges: Gauges): string;
}

const CODES = Object.keys(PROBLEMS) as readonly ProblemCode[];

/**
 * Counters that start at zero.
 *
 * @param routes The paths that are counted one by one.
 */
export function createServeMetrics(routes: readonly string[]): ServeMetrics {
  const paths = [...routes, "other"];
  const requests = new Float64Array(paths.length * STATUSES.length);
  const durations = paths.map(() => createHistogram(SECONDS));
  const decisions = new Float64Array(OUTCOMES.length);
  const runs = new Float64Array(2);
  const labels = new Map<string, number>();
  // Labels come from mappers and domains, never from a request: there are as many as there are classes
  const countLabel = (route: string, label: string, isOk: boolean) => {
    const key = `route="${route}",label="${escapeLabel(label)}",fired="${isOk}"`;
    labels.set(key, (labels.get(key) ?? 0) + 1);
  };
  const batches = createHistogram(ROWS);
  const delays = createHistogram(DELAYS);
  const refusals = new Float64Array(CODES.length);
  return {
    request: (path, status, seconds) => {
      const found = paths.indexOf(path);
      const at = found < 0 ? paths.length - 1 : found;
      requests[at * STATUSES.length + STATUSES.indexOf(status)]! += 1;
      durations[at]!.observe(seconds);
    },
    decision: (reason, predicted) => {
      countLabel("map", predicted, reason === "fired");
      decisions[OUTCOMES.indexOf(reason)]! += 1;
    },
    batch: (rows) => batches.observe(rows),
    run: (isOk, label) => {
      countLabel("run", label ?? "none", isOk);
      runs[isOk ? 1 : 0]! += 1;
    },
    refused: (code) => {
      refusals[CODES.indexOf(code)]! += 1;
    },
    delay: (seconds) => delays.observe(seconds),
    render: (gauges) => {
      const byRoute = paths.flatMap((route, i) =>
        STATUSES.flatMap((status, j): string[] => {
          const count = requests[i * STATUSES.length + j]!;
          return count > 0
            ? [`${NAME}_requests_total{route="${route}",status="${status}"} ${count}`]
            : [];
        })
      );
      const name = `${NAME}_request_seconds`;
      const seconds = paths.flatMap((route, i) => durations[i]!.lines(name, `route="${route}"`));
      return [
        ...family("requests_total", "counter", "Requests by route and status.", byRoute),
        ...family("request_seconds", "histogram", "From the head to the answer.", seconds),
        ...family(
          "decisions_total",
          "counter",
          "Mapped prompts by what became of them.",
          OUTCOMES.map((reason, i) =>
            `${NAME}_decisions_total{reason="${reason}"} ${decisions[i]}`
          ),
        ),
        ...family(
          "runs_total",
          "counter",
          "Runs by whether a plan was handed out.",
          ["false", "true"].map((ok, i) => `${NAME}_runs_total{ok="${ok}"} ${runs[i]}`),
        ),
        ...family(
          "labels_total",
          "counter",
          "Prompts by their most probable label, and runs by that of their first step.",
          [...labels].map(([key, count]) => `${NAME}_labels_total{${key}} ${count}`),
        ),
        ...family(
          "encoder_batch_rows",
          "histogram",
          "Prompts of one encoder call.",
          batches.lines(`${NAME}_encoder_batch_rows`, ""),
        ),
        ...family(
          "refused_connections_total",
          "counter",
          "Connections that ended before there was a request, by problem.",
          CODES.flatMap((code, i) =>
            refusals[i]! > 0
              ? [`${NAME}_refused_connections_total{code="${code}"} ${refusals[i]}`]
              : []
          ),
        ),
        ...family(
          "event_loop_delay_seconds",
          "histogram",
          "By how much timers are late: for as long nothing is answered.",
          delays.lines(`${NAME}_event_loop_delay_seconds`, ""),
        ),
        ...gauge(
          "event_loop_delay_worst_seconds",
          "The longest delay of the last 30 to 60 seconds.",
          gauges.worstDelay,
        ),
        ...family("build_info", "gauge", "What answers.", [
          `${NAME}_build_info{${
            Object.entries(gauges.build).map(([key, value]) => `${key}="${escapeLabel(value)}"`)
          }} 1`,
        ]),
        ...gauge("open_connections", "Connections.", gauges.connections),
        ...gauge("in_flight_requests", "Requests with a body in progress.", gauges.inFlight),
        ...gauge("queued_prompts", "Prompts that wait for the encoder.", gauges.queued),
        ...gauge("resident_memory_bytes", "Memory of the process.", gauges.memory.rss),
        ...gauge("heap_used_bytes", "Objects of the program.", gauges.memory.heapUsed),
        ...gauge("external_memory_bytes", "Buffers beside the heap.", gauges.memory.external),
        "",
      ].join("\n");
    },
  };
}

const NAME = "micro_lm";

function escapeLabel(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function family(name: string, type: string, help: string, lines: readonly string[]): string[] {
  return [`# HELP ${NAME}_${name} ${help}`, `# TYPE ${NAME}_${name} ${type}`, ...lines];
}

function gauge(name: string, help: string, value: number): string[] {
  return family(name, "gauge", help, [`${NAME}_${name} ${value}`]);
}

interface Histogram {
  observe(value: number): void;
  lines(name: string, label: string): string[];
}

function createHistogram(bounds: readonly number[]): Histogram {
  const counts = new Float64Array(bounds.length + 1);
  let sum = 0;
  return {
    observe: (value) => {
      let at = 0;
      while (at < bounds.length && value > bounds[at]!) at++;
      counts[at]! += 1;
      sum += value;
    },
    lines: (name, label) => {
      const total = counts.reduce((a, b) => a + b, 0);
      if (total === 0) return [];
      const comma = label === "" ? "" : `${label},`;
      const braces = label === "" ? "" : `{${label}}`;
      let below = 0;
      const buckets = [...bounds.map(String), "+Inf"].map((bound, i) => {
        below += counts[i]!;
        return `${name}_bucket{${comma}le="${bound}"} ${below}`;
      });
      return [...buckets, `${name}_sum${braces} ${sum}`, `${name}_count${braces} ${total}`];
    },
  };
}
