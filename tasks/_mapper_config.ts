import { z } from "zod";
import type { Mapper, OperatingPoint } from "../mod.ts";
import { MicroLmError } from "../src/core/errors.ts";
import type { FileCheck } from "../src/core/mod.ts";
import { readJsonAs } from "../src/core/text/json_text.ts";
import type { PinnedPoint } from "../src/mapper/mod.ts";
import { fromPinned, PINNED_POINT, pinnedFault, toPinned } from "../src/mapper/pinned_point.ts";

const CONFIG = z.strictObject({
  backend: z.enum(["sbert", "wordmap"]),
  model_path: z.string().nullable().default(null),
  ...PINNED_POINT,
});

/** A pinned operating point: which mapper decides, and when it acts. */
export type MapperConfig = z.infer<typeof CONFIG>;

/**
 * Reads a pinned operating point, as `--pin` writes it.
 *
 * @throws {MicroLmError} Kind `missing`, `permission`, or `data` for anything else.
 */
export async function readMapperConfig(
  path: string,
  check?: FileCheck,
): Promise<MapperConfig> {
  const config = await readJsonAs(
    path,
    CONFIG,
    'Write one with --pin, or: {"backend": "sbert", "model_path": "mapper.json", "threshold": 0.7}',
    check,
  );
  if (config.backend === "sbert" && config.model_path === null) {
    throw new MicroLmError("data", "Expected a model_path for the backend sbert", {
      at: { file: path },
    });
  }
  const fault = pinnedFault(config as PinnedPoint);
  if (fault !== null) {
    throw new MicroLmError("data", `Cannot use this operating point: ${fault}`, {
      at: { file: path },
      hint: "Pin it again with --pin, or take the certificate out: decisions then cite none",
    });
  }
  return config;
}

/**
 * Checks that the certificate of a config, if it has one, is about the mapper in use.
 *
 * @throws {MicroLmError} Kind `data` if it is about another one.
 */
export function requireCertifiedMapper(config: MapperConfig, path: string, mapper: Mapper): void {
  const fault = pinnedFault(config as PinnedPoint, mapper.coreSha256 ?? mapper.source.sha256);
  if (fault === null) return;
  throw new MicroLmError("data", `Cannot use this operating point: ${fault}`, {
    at: { file: path },
    hint: "Certify this mapper: deno task m8 --max_wrong_rate … --pin",
  });
}

/** The operating point of a config. */
export function configPoint(config: MapperConfig): OperatingPoint {
  return fromPinned(config as PinnedPoint);
}

/** The config of an operating point. */
export function toMapperConfig(
  backend: "sbert" | "wordmap",
  modelPath: string | null,
  point: OperatingPoint,
  certificate?: { readonly id: string },
): MapperConfig {
  return { backend, model_path: modelPath, ...toPinned(point, certificate) } as MapperConfig;
}
