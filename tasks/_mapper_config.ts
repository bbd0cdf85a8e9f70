import { z } from "zod";
import { MicroLmError, type OperatingPoint } from "../mod.ts";
import { readJsonAs } from "./_json_file.ts";

const SHARE = z.number().min(0).max(1);

const CONFIG = z.strictObject({
  backend: z.enum(["sbert", "wordmap"]),
  model_path: z.string().nullable().default(null),
  threshold: SHARE,
  per_class_thresholds: z.record(z.string(), SHARE.nullable()).optional(),
  near_margin: SHARE.optional(),
  max_novelty: SHARE.optional(),
  certificate: z.looseObject({ id: z.string() }).optional(),
});

/** A pinned operating point: which mapper decides, and when it acts. */
export type MapperConfig = z.infer<typeof CONFIG>;

/**
 * Reads a pinned operating point, as `--pin` writes it.
 *
 * @throws {MicroLmError} Kind `missing`, `permission`, or `data` for anything else.
 */
export async function readMapperConfig(path: string): Promise<MapperConfig> {
  const config = await readJsonAs(
    path,
    CONFIG,
    'Write one with --pin, or: {"backend": "sbert", "model_path": "mapper.json", "threshold": 0.7}',
  );
  if (config.backend === "sbert" && config.model_path === null) {
    throw new MicroLmError("data", "Expected a model_path for the backend sbert", {
      at: { file: path },
    });
  }
  return config;
}

/** The operating point of a config. */
export function configPoint(config: MapperConfig): OperatingPoint {
  const { threshold, per_class_thresholds, near_margin, max_novelty } = config;
  return {
    threshold,
    ...(per_class_thresholds && { perClass: per_class_thresholds }),
    ...(near_margin !== undefined && { nearMargin: near_margin }),
    ...(max_novelty !== undefined && { maxNovelty: max_novelty }),
  };
}

/** The config of an operating point. */
export function toMapperConfig(
  backend: "sbert" | "wordmap",
  modelPath: string | null,
  { threshold, perClass, nearMargin, maxNovelty }: OperatingPoint,
  certificate?: { readonly id: string },
): MapperConfig {
  return {
    backend,
    model_path: modelPath,
    threshold,
    ...(perClass && { per_class_thresholds: { ...perClass } }),
    ...(nearMargin !== undefined && { near_margin: nearMargin }),
    ...(maxNovelty !== undefined && { max_novelty: maxNovelty }),
    ...(certificate && { certificate: { ...certificate } }),
  };
}
