/**
 * Slurm as far as a batch sees it: an array's tasks run one after the other, in the background, on the
 * cluster "fake", which has to be asked for by name. $FAKE_STATE is the state of all tasks, whatever
 * they do; arrays end below $FAKE_MAX.
 */
const PROGRAMS = {
  sbatch: `#!/usr/bin/env bash
set -eu
script=\${@: -1}
range=$(sed -n 's/^#SBATCH --array=0-\\([0-9]*\\).*/\\1/p' "$script")
indices=$(seq 0 "$range")
for arg in "$@"; do case $arg in --array=*) indices=$(echo "\${arg#--array=}" | tr , ' ');; esac; done
for i in $indices; do
  if [ "$i" -ge "\${FAKE_MAX:-1001}" ]; then
    echo "sbatch: error: Batch job submission failed: Invalid job array specification" >&2
    exit 1
  fi
done
id=$(( $(cat "$FAKE_SLURM/last" 2>/dev/null || echo 0) + 1 ))
echo "$id" > "$FAKE_SLURM/last"
for i in $indices; do echo "\${id}_$i|\${FAKE_STATE:-PENDING}" > "$FAKE_SLURM/$id.$i"; done
if [ -n "\${FAKE_STATE:-}" ]; then echo "$id;fake"; exit; fi
(
  for i in $indices; do
    echo "\${id}_$i|RUNNING" > "$FAKE_SLURM/$id.$i"
    state=FAILED
    SLURM_ARRAY_TASK_ID=$i SLURM_ARRAY_JOB_ID=$id bash "$script" && state=COMPLETED
    echo "\${id}_$i|$state" > "$FAKE_SLURM/$id.$i"
  done
) </dev/null >/dev/null 2>&1 &
echo "$id;fake"
`,
  squeue: `#!/usr/bin/env bash
case "$*" in
  *--clusters=fake*) ;;
  *) echo "slurm_load_jobs error: Invalid job id specified" >&2; exit 1;;
esac
for arg in "$@"; do case $arg in --jobs=*) id=\${arg#--jobs=};; esac; done
cat "$FAKE_SLURM/$id".*
`,
  sacct: `#!/usr/bin/env bash
echo "Slurm accounting storage is disabled" >&2
exit 1
`,
};

/** Puts the programs into a folder; returns the environment that finds them. */
export async function fakeSlurm(folder: string): Promise<Record<string, string>> {
  await Deno.mkdir(`${folder}/bin`);
  for (const [name, text] of Object.entries(PROGRAMS)) {
    await Deno.writeTextFile(`${folder}/bin/${name}`, text, { mode: 0o755 });
  }
  await Deno.mkdir(`${folder}/slurm`);
  const here = `${Deno.cwd()}/${folder}`;
  return { PATH: `${here}/bin:${Deno.env.get("PATH")}`, FAKE_SLURM: `${here}/slurm` };
}
