import { type ErrorKind, MicroLmError } from "../../core/errors.ts";
import type { BatchRun } from "../config/batch.ts";
import type { Experiment } from "../config/expand.ts";
import type { HeadEvaluation } from "../head/training.ts";
import type { RunStatus } from "../experiment/experiment_folder.ts";

/** An error on its way between two processes. */
export interface SentError {
  /** Null: a defect. */
  readonly kind: ErrorKind | null;
  readonly message: string;
  readonly hint?: string;
}

/** Outcome of one experiment on its way between two processes: what a status file holds. */
export interface SentRun {
  readonly name: string;
  readonly outcome: BatchRun["outcome"];
  readonly folder?: string;
  readonly status?: RunStatus;
  readonly error?: SentError;
}

/** What a worker is asked to do, one JSON line each. */
export interface WorkerRequest {
  readonly name: string;
  /** Go on with an earlier run of it, if there is one. */
  readonly resume: boolean;
}

/** What a worker says, one JSON line each. */
export type WorkerMessage =
  | { readonly type: "start"; readonly name: string }
  | { readonly type: "evaluation"; readonly name: string; readonly evaluation: HeadEvaluation }
  | { readonly type: "run"; readonly run: SentRun }
  | { readonly type: "fatal"; readonly error: SentError };

/** Makes an error fit for JSON. */
export function sendError(error: unknown): SentError {
  if (error instanceof MicroLmError) {
    const { kind, message, hint } = error;
    return { kind, message, ...(hint === undefined ? {} : { hint }) };
  }
  const message = error instanceof Error ? error.stack ?? error.message : String(error);
  return { kind: null, message };
}

/** The error that {@linkcode sendError} was given, as far as users see it. */
export function receiveError({ kind, message, hint }: SentError): Error {
  if (kind === null) return new Error(message);
  return new MicroLmError(kind, message, hint === undefined ? {} : { hint });
}

/** Makes an outcome fit for JSON. */
export function sendRun({ experiment, outcome, folder, status, error }: BatchRun): SentRun {
  return {
    name: experiment.name,
    outcome,
    ...(folder === undefined ? {} : { folder }),
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error: sendError(error) }),
  };
}

/** The outcome that {@linkcode sendRun} was given. */
export function receiveRun(experiment: Experiment, sent: SentRun): BatchRun {
  const { outcome, folder, status, error } = sent;
  return {
    experiment,
    outcome,
    ...(folder === undefined ? {} : { folder }),
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error: receiveError(error) }),
  };
}
