import { MicroLmError } from "../mod.ts";
import { clearVectorCache, vectorCacheStats } from "../src/encoders/mod.ts";
import { textTable } from "../src/report/mod.ts";
import { EXIT } from "../src/cli/exit_codes.ts";
import { formatBytes } from "./_format_bytes.ts";
import { runCommand } from "../src/cli/run_command.ts";

await runCommand({
  name: "cache",
  summary: "Shows or clears the cache of vectors.",
  example: "deno task cache stats",
  positional: "stats | clear [ENCODER]",
  flags: {
    encoder_cache: {
      type: "string",
      value: "DIR",
      default: ".cache/embeddings",
      help: "Folder of the cache.",
    },
  },
}, async ({ encoder_cache }, { positional, say, result }) => {
  const [action, spec, ...rest] = positional;
  const isClear = action === "clear";
  if ((action !== "stats" && !isClear) || rest.length > 0 || (!isClear && spec !== undefined)) {
    throw new MicroLmError("usage", "Expected stats, or clear with or without an encoder", {
      hint: "For example: deno task cache clear use-lite",
    });
  }
  const entries = isClear
    ? await clearVectorCache(encoder_cache, { ...(spec !== undefined && { spec }) })
    : await vectorCacheStats(encoder_cache);
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (entries.length > 0) {
    say(textTable({
      columns: ["encoder", "vectors", "dims", "size", "file"],
      rows: entries.map((entry) => [
        entry.spec || "damaged",
        String(entry.records),
        String(entry.dims),
        formatBytes(entry.bytes),
        entry.path,
      ]),
    }));
  }
  const what = entries.length === 1 ? "1 file" : `${entries.length} files`;
  say(`${isClear ? "Deleted" : "Found"} ${what}, ${formatBytes(total)}, in ${encoder_cache}`);
  result({ action, dir: encoder_cache, bytes: total, entries });
  return EXIT.ok;
});
