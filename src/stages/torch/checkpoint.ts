import { join } from "node:path";
import { readJson, writeJson } from "../experiment/experiment_folder.ts";
import type { ProgressState } from "../progress.ts";

const SCHEMA = "micro-lm/torch-checkpoint@1";

/** How far a training is; its weights stand in a file of the worker's. */
export interface TorchCheckpoint {
  readonly progress: ProgressState;
  readonly best: { readonly step: number; readonly value: number | null };
  /** Name of the worker's file in the run folder. */
  readonly weights: string;
}

interface Stored extends TorchCheckpoint {
  readonly schema: string;
  readonly key: string;
}

/** The checkpoint of a run folder; null if there is none, or one of another experiment. */
export async function readTorchCheckpoint(
  folder: string,
  key: string,
): Promise<TorchCheckpoint | null> {
  const stored = await readJson<Stored>(join(folder, FILE), { optional: true });
  if (stored?.schema !== SCHEMA || stored.key !== key) return null;
  const hasWeights = await Deno.stat(join(folder, stored.weights)).then(() => true, () => false);
  return hasWeights ? stored : null;
}

/** Notes how far a training is, and removes the weights of checkpoints before. */
export async function writeTorchCheckpoint(
  folder: string,
  key: string,
  checkpoint: TorchCheckpoint,
): Promise<void> {
  const stored: Stored = { schema: SCHEMA, key, ...checkpoint };
  await writeJson(join(folder, FILE), stored);
  await removeWeights(folder, checkpoint.weights);
}

/** Removes what only a resumed training needs. */
export async function removeTorchCheckpoint(folder: string): Promise<void> {
  await Deno.remove(join(folder, FILE)).catch(() => {});
  await removeWeights(folder);
}

/** The name of the worker's file after some updates. */
export function torchWeightsFile(step: number): string {
  return `checkpoint_${step}.pt`;
}

const FILE = "checkpoint_torch.json";

async function removeWeights(folder: string, but?: string): Promise<void> {
  const names = await Array.fromAsync(Deno.readDir(folder), ({ name }) => name);
  for (const name of names) {
    if (/^checkpoint_\d+\.pt(\.tmp)?$/.test(name) && name !== but) {
      await Deno.remove(join(folder, name));
    }
  }
}
