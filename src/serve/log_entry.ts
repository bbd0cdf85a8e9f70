import { toHttpProblem } from "./http_problem.ts";
import type { LogEntry } from "./log_writer.ts";

/** A method can be any text: the log has those that it knows. */
const METHODS: readonly string[] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/** What is known of a request when it is logged. */
export interface RequestFacts {
  path: string;
  method: string;
  bytes?: number;
  prompts?: readonly string[];
  error?: unknown;
}

/** The entry of a request that was answered; of what people wrote only if asked. */
export function describeRequest(
  id: string,
  status: number,
  ms: number,
  { path, method, bytes, prompts, error }: RequestFacts,
  logPrompts: boolean,
): LogEntry {
  const isDefect = status === 500;
  return {
    level: isDefect ? "error" : "info",
    event: "request",
    id,
    method: METHODS.includes(method) ? method : "other",
    route: path,
    status,
    ms: Math.round(ms * 1000) / 1000,
    ...(bytes !== undefined && { bytes }),
    ...(prompts && { count: prompts.length }),
    ...(error !== undefined && { code: toHttpProblem(error).code }),
    // Where a defect happened, without its message, which may quote the prompt
    ...(isDefect && { defect: error instanceof Error ? stackOf(error) : typeof error }),
    ...(logPrompts && prompts && { prompts }),
  };
}

function stackOf(error: Error): string {
  const frames = (error.stack ?? "").split("\n").filter((line) => /^\s+at /.test(line));
  return [error.name, ...frames.slice(0, 5).map((line) => line.trim())].join(" ");
}
