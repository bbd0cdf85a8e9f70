import { writeFileAtomic } from "../src/core/mod.ts";
import { readLines } from "../src/data/mod.ts";
import type { AuditRow } from "../src/rails/mod.ts";
import type { Shard } from "../src/run/mod.ts";

/** Names the format of a shard of an audit: lines of JSON, the first of which says what it is. */
const SCHEMA = "micro-lm/audit-part@1";

/** The rows of a shard, and what they belong to. */
export interface AuditPart {
  /** Names the audit. */
  readonly key: string;
  readonly shard: Shard;
  readonly rows: readonly AuditRow[];
}

/** Writes a shard of an audit. */
export async function writeAuditPart(path: string, { rows, ...about }: AuditPart): Promise<void> {
  const lines = async function* () {
    yield `${headOf({ ...about, count: rows.length })}\n`;
    for (const row of rows) yield `${JSON.stringify(row)}\n`;
  };
  await writeFileAtomic(path, lines());
}

/** The rows of a shard; null for a file that is another one, or of another audit. */
export async function readAuditPart(
  path: string,
  about: Omit<AuditPart, "rows">,
): Promise<AuditRow[] | null> {
  const rows: AuditRow[] = [];
  let head: string | undefined;
  for await (const line of readLines(path)) {
    if (head === undefined) head = line;
    else rows.push(JSON.parse(line));
  }
  return head === headOf({ ...about, count: rows.length }) ? rows : null;
}

function headOf(
  { key, shard, count }: Omit<AuditPart, "rows"> & { readonly count: number },
): string {
  return JSON.stringify({ schema: SCHEMA, key, shard, rows: count });
}
