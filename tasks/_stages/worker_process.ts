import {
  type MorePermissions,
  permissionFlags,
  type PermissionSet,
} from "../../src/cli/permission_flags.ts";
import type { FlagValues } from "../../src/cli/flags.ts";
import type { ENCODER_FLAGS } from "../_encoder_flags.ts";
import { encoderArguments } from "./encoder.ts";
import { TORCH_PYTHON } from "./torch.ts";

/** Folders that the tasks of the pipeline write to: the documented ones, and scratch space. */
const WORKER: PermissionSet = {
  read: ["."],
  write: [".artifacts", ".cache", "models", "results", "artifacts", "logs"],
  env: { ignore: ["LOG_TOKENS", "LOG_STREAM"] },
};

/**
 * The arguments of the deno program that start a worker, with no more than its parent has: a config
 * that names an endpoint opens no network.
 */
export function workerArguments(
  flags: FlagValues<typeof ENCODER_FLAGS>,
  models: readonly string[],
  more: readonly string[],
  { isTorch = false }: { readonly isTorch?: boolean } = {},
): string[] {
  const inherited: MorePermissions = {
    ...(flags.runtime !== "wasm" && { ffi: ["node_modules"] }),
    run: ["ln", ...(isTorch ? [TORCH_PYTHON] : [])],
    ...(models.some((model) => /https?:/.test(model)) && endpointPermissions(models)),
  };
  const lock = flags.runtime === "wasm" ? [] : ["--lock=deno.native.lock"];
  return [
    "run",
    "--quiet",
    "--no-prompt",
    "--frozen",
    ...lock,
    ...permissionFlags(WORKER, inherited),
    "tasks/stage_worker.ts",
    ...more,
    ...encoderArguments(flags),
  ];
}

/** Hosts of the models that this process itself may reach. */
function endpointPermissions(models: readonly string[]): MorePermissions {
  const hosts = models.flatMap((model) => model.match(/https?:\/\/[^#+]+/g) ?? [])
    .map((address) => new URL(address).host)
    .filter((host) => Deno.permissions.querySync({ name: "net", host }).state === "granted");
  return hosts.length === 0 ? {} : { net: hosts, env: ["MICRO_LM_API_KEY"] };
}
