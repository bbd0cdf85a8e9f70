// deno-lint-ignore-file no-console -- a script that prints
// How whole runs do on the fixtures: the mapper with the gates, slots and guards of the domain around it.
import { openRuntime, readLabeledCsv } from "micro-lm";

const HOME = "examples/home";
/** Everything is allowed, so that what is refused is refused for its words. */
const CONTEXT = { owner_home: true, alarm_armed: false, quiet_hours: false };

await using runtime = await openRuntime({
  domain: HOME,
  ...(Deno.args[0] === "wordmap"
    ? { backend: "wordmap" as const }
    : { modelPath: ".artifacts/home_mapper.json", useWordmapFallback: false }),
});

for (const name of ["held_out", "must_abstain", "unseen_abstain"]) {
  const { rows } = await readLabeledCsv(`${HOME}/fixtures/${name}.csv`);
  const counts = { right: 0, wrong: 0, refused: 0 };
  for (const { prompt, label } of rows) {
    const { sequence, reason } = await runtime.run({ prompt, context: CONTEXT });
    const planned = sequence.join(" then ") || "abstain";
    if (planned === label) counts.right++;
    else counts[planned === "abstain" ? "refused" : "wrong"]++;
    if (planned !== label) console.error(`${name}: "${prompt}" → ${planned} (${reason})`);
  }
  const { right, wrong, refused } = counts;
  console.log(
    `${name}: ${right} of ${rows.length} right, ${wrong} wrong plans, ${refused} orders refused`,
  );
}
