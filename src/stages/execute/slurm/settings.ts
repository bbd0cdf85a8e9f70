import { z } from "zod";
import { parseYamlConfig } from "../../../core/strict_yaml.ts";

/** What a cluster's scheduler is told: the block `slurm` of a config. */
export interface SlurmSettings {
  /** Default: the cluster's. */
  readonly partition?: string | undefined;
  /** Default: the user's. */
  readonly account?: string | undefined;
  readonly qos?: string | undefined;
  /** Features that the nodes must have, for example `a100|h100`. Default: none. */
  readonly constraint?: string | undefined;
  /** Nodes to keep away from, for example `node[01-03],node7`. Default: none. */
  readonly exclude?: string | undefined;
  /** Longest time of one experiment, as Slurm writes it. Default: `04:00:00`. */
  readonly time: string;
  /** Memory of one experiment: a number of megabytes, or `4000M`, `32G`, `32GB`. Default: `4G`. */
  readonly mem: string;
  /** Default: 1. */
  readonly cpus_per_task: number;
  /** For example `gpu:1`. Default: none. */
  readonly gres?: string | undefined;
  /** Disk of the node, written as `mem`. Default: none. */
  readonly tmp?: string | undefined;
  readonly mail_user?: string | undefined;
  /** Default: none. */
  readonly mail_type?: string | undefined;
  /** Default: `batch_encoder`. */
  readonly job_name: string;
  /** Experiments that run at once. Default: as many as the cluster gives. */
  readonly max_parallel?: number | undefined;
  /** Tasks of one array: longer batches are several arrays. Default: 1000, as Slurm comes. */
  readonly max_array: number;
  /** How often an array task that died is begun again. Default: 1. */
  readonly retries: number;
  /** Seconds between two looks at the queue. Default: 10. */
  readonly poll_seconds: number;
  /**
   * Lines of shell before the training, for example `module load …`; one that fails ends the task.
   * They may read variables that are not set.
   */
  readonly setup: readonly string[];
  /** More arguments for sbatch, for example `--constraint=avx2`. */
  readonly extra: readonly string[];
  /** The program on the nodes. Default: the one that submits. */
  readonly deno?: string | undefined;
}

/** Goes into a line of its own, so it must not end it. */
const text = z.union([z.string(), z.number()]).transform(String);
const word = text.pipe(z.string().regex(/^[\w.,:=@/+%-]+$/, "expected one word"));
const nodes = text.pipe(z.string().regex(/^[\w.,:=@/+%&|*()[\]-]+$/, "expected one word"));
/** Slurm reads one letter on every version, and megabytes without one. */
const size = text.pipe(z.string().regex(/^\d+([KMGT]B?)?$/i, "expected a size such as 32G"))
  .transform((value) => value.toUpperCase().replace(/B$/, ""));
const line = z.string().regex(/^[^\r\n]+$/, "expected one line");

const SLURM = z.strictObject({
  partition: word.optional(),
  account: word.optional(),
  qos: word.optional(),
  constraint: nodes.optional(),
  exclude: nodes.optional(),
  time: text.pipe(
    z.string().regex(/^(\d+-)?\d+(:\d+){0,2}$/, "expected a time such as 04:00:00"),
  ).default("04:00:00"),
  mem: size.default("4G"),
  cpus_per_task: z.int().min(1).default(1),
  gres: word.optional(),
  tmp: size.optional(),
  mail_user: word.optional(),
  mail_type: word.optional(),
  job_name: word.default("batch_encoder"),
  max_parallel: z.int().min(1).optional(),
  max_array: z.int().min(1).default(1000),
  retries: z.int().min(0).max(10).default(1),
  poll_seconds: z.number().min(0.05).default(10),
  setup: z.array(line).default([]),
  extra: z.array(z.string().regex(/^--[\w.,:=@/+%&|*()[\]-]+$/, "expected --name=value")).default(
    [],
  ),
  deno: z.string().min(1).optional(),
});

const CONFIG = z.looseObject({ slurm: SLURM.prefault({}) });

/**
 * Reads the block `slurm` of a config (YAML) and fills in the defaults.
 *
 * @param file What messages call the file.
 * @throws {MicroLmError} Kind `data`, naming the path of each fault in the document.
 *
 * @example
 * ```ts
 * import { parseSlurmSettings } from "micro-lm/stages";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const { partition, time } = parseSlurmSettings("slurm: { partition: gpu }", "config.yaml");
 * assertEquals([partition, time], ["gpu", "04:00:00"]);
 * assertThrows(() => parseSlurmSettings("slurm: { partitoin: gpu }", "config.yaml"));
 * ```
 */
export function parseSlurmSettings(text: string, file: string): SlurmSettings {
  return parseYamlConfig(text, CONFIG, { file }).slurm;
}
