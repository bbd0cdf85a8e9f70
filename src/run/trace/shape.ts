import { z } from "zod";

const hash = z.string().regex(/^[0-9a-f]{64}$/);
const share = z.number().min(0).max(1);

/** What whoever reads a trace relies on: a seal says that a line is as it was written, not that it makes sense. */
const LINE = z.looseObject({
  n: z.int().min(1),
  prev: hash,
  at: z.string(),
  versions: z.record(z.string(), z.string()),
  repaired: z.looseObject({ bytes: z.int().min(1), sha256: hash }).optional(),
  inputs: z.looseObject({
    domain: z.string(),
    prompt: z.string(),
    rails: z.enum(["stage11", "stage10", "none"]),
    T: z.int().min(1).max(1_000_000),
    dry_run: z.boolean(),
    env: z.record(z.string(), z.string()),
    point: z.looseObject({
      point: z.looseObject({
        threshold: share,
        perClass: z.record(z.string(), share.nullable()).optional(),
        nearMargin: share.optional(),
        maxNovelty: share.optional(),
        minOrder: share.optional(),
      }),
      certificate: z.string().nullable(),
    }),
  }),
  artifacts: z.looseObject({
    mapper: z.looseObject({ backend: z.enum(["sbert", "wordmap"]), sha256: hash }).nullable(),
    is_fallback: z.boolean(),
  }),
  gates: z.array(z.looseObject({})),
  record: z.looseObject({}),
});

/** What makes a value no line of a trace: the key, and what was expected; null for nothing. */
export function traceShapeFault(line: unknown): string | null {
  const { error } = LINE.safeParse(line);
  if (!error) return null;
  const { path, message } = error.issues[0]!;
  return `is no line of a trace: ${message} at "${path.join(".")}"`;
}
