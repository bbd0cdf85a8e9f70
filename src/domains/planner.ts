import type { z } from "zod";
import type { Decision } from "../evaluate/decide.ts";
import type { GuardPolicy } from "./defi/guards/inputs.ts";
import type { TrainingForms } from "../mapper/training_rows.ts";
import type { AskedEvidence, Finding, RunPhase } from "./gates/finding.ts";
import type { ProvedPrompt } from "./gates/proof.ts";

/** How a domain comes from a prompt to a plan: it reads, asks, and guards. */
export interface Planner<Plan = unknown, Context = unknown> {
  /** Whether steps are labelled by a mapper; false where the words alone say what to do. */
  readonly needsMapper: boolean;
  /** Whether requests may bring grids. */
  readonly takesGrids: boolean;
  /** The other forms that prompts have, for training; undefined where prompts come to the mapper as they are. */
  readonly trainingForms?: TrainingForms;
  /** The shape of what `readContext` takes, for documents; any object if it is not told. */
  readonly contextType?: z.ZodType;
  /** Requests to try first, each with an answer that somebody checked. */
  readonly examples?: readonly RunExample[];
  /** What the words say before anybody maps them: is it an order, and of which steps. */
  read(prompt: string): DomainReading;
  /**
   * Checks what a caller states of the world.
   *
   * @throws {MicroLmError} Kind `usage`, naming the path.
   */
  readContext(given: unknown, policy: GuardPolicy): Context;
  /** The last gate: whether a plan may be carried out. Guards never see a score. */
  guard(before: Finding, plan: Plan, request: DomainRequest<Context>): Finding;
  /**
   * Asks all gates in order; the first that fails ends the run.
   *
   * @throws {MicroLmError} Kind `usage` for a grid that is not understood.
   */
  run(request: DomainRequest<Context>, tools: RunTools): Promise<Finding>;
}

/** A request as an example. */
export interface RunExample {
  /** A name in one word. */
  readonly name: string;
  readonly prompt: string;
  readonly policy?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly grid?: readonly (readonly number[])[];
}

/** What the words of a prompt say. */
export interface DomainReading {
  /** Why it is no order to act on now, and where; null for an order. */
  readonly refusal: { readonly kind: string; readonly span: readonly [number, number] } | null;
  /** The steps in order; empty where the prompt is refused. */
  readonly steps: readonly {
    readonly text: string;
    /** Where the words stand in the prompt: `[start, end)` in UTF-16 units. */
    readonly span: readonly [number, number];
  }[];
}

/** A request, checked. */
export interface DomainRequest<Context = unknown> {
  readonly prompt: string;
  /** Limits that guards honour. */
  readonly policy: GuardPolicy;
  /** What `readContext` made of what the caller stated. */
  readonly context: Context;
  readonly grid?: unknown;
  readonly pairs?: unknown;
}

/** What a run lends to a domain. */
export interface RunTools {
  /** What the mapper says of texts at the operating point; null where there is no mapper. */
  readonly decide:
    | ((texts: readonly string[], proved?: ProvedPrompt) => Promise<Decision[]>)
    | null;
  /** What is said of the mapper in the record: `mapper:wordmap_fallback`. */
  readonly flags: readonly string[];
  /**
   * Asks the rails, if the policy wants them.
   *
   * @param planned The actions of the plan so far.
   */
  askEvidence(planned: readonly string[]): Promise<AskedEvidence>;
  /** Is told when a part of the run begins. */
  phase(name: RunPhase): void;
}
