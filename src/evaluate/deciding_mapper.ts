import type { Dataset } from "../data/dataset.ts";
import { createMasker } from "../data/template.ts";
import type { Encoder } from "../encoders/encoder.ts";
import { loadMapper, openArtifact, openTrained } from "../mapper/file/mapper_file.ts";
import type { OpenMapperOptions } from "../mapper/file/mapper_file.ts";
import type { Mapper } from "../mapper/mapper.ts";
import { fromPinned } from "../mapper/pinned_point.ts";
import type { TrainedMapper, TrainMapperOptions } from "../mapper/train.ts";
import { type Decision, DEFAULT_POINT, type OperatingPoint } from "./decide.ts";
import { askingOrders, decideAll } from "./decide_texts.ts";

/** A mapper that decides. */
export interface DecidingMapper extends Mapper {
  /** When `decide` acts unless it is told: what the mapper's file pins, else a threshold of 0.7. */
  readonly point: OperatingPoint;
  /**
   * Decides on texts, one decision a text.
   *
   * @throws {MicroLmError} Kind `usage` for a point outside 0 to 1 or with unknown classes.
   */
  decide(texts: readonly string[], point?: OperatingPoint): Promise<Decision[]>;
}

/**
 * Opens a mapper that `train` or `saveMapper` wrote: loads the file and the encoder that it was trained with.
 *
 * @throws {MicroLmError} Kind `missing` if there is no file, `data` if it is no mapper of ours, if the
 * encoder is not the one of the training, or runs in another engine and `allowRuntimeDrift` is not set.
 *
 * @example
 * ```ts
 * import { openEncoder, openMapper, readLabeledCsv, saveMapper, trainMapper } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("ngram");
 * const trained = await trainMapper(data, encoder, { method: "none" });
 * const operating_point = { threshold: 0.6 };
 * const path = ".artifacts/example-open.json";
 * await saveMapper(path, trained, { domain: "defi", flags: {}, operating_point });
 * await using mapper = await openMapper(path);
 * const [decision] = await mapper.decide(["deposit 2 ETH into aave"]);
 * assertEquals([decision!.label, decision!.threshold], ["deposit_asset", 0.6]);
 * await Deno.remove(path);
 * ```
 */
export async function openMapper(
  path: string,
  options: OpenMapperOptions = {},
): Promise<DecidingMapper> {
  const artifact = await loadMapper(path);
  const { operating_point } = artifact;
  const mapper = await openArtifact(artifact, path, options);
  return decidingMapper(mapper, operating_point ? fromPinned(operating_point) : DEFAULT_POINT);
}

/** A trained mapper, not yet written, that already decides. The encoder stays the caller's to dispose. */
export interface TrainedDecidingMapper extends TrainedMapper, Omit<DecidingMapper, "classes"> {}

/**
 * Trains a mapper: encodes the prompts, fits and calibrates the classifier, and remembers of the data
 * what later overlap checks need. The order of the rows changes nothing: equal rows, equal bytes.
 *
 * @throws {MicroLmError} Kind `data` if a row has no label or one that is no class, or if fewer than two
 * classes occur; `usage` for a class that is named twice.
 *
 * @example
 * ```ts
 * import { openEncoder, readLabeledCsv, trainMapper } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * const data = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_mini.csv");
 * await using encoder = await openEncoder("lite");
 * const mapper = await trainMapper(data, encoder);
 * const [decision] = await mapper.decide(["deposit 10 ETH into aave"], { threshold: 0.5 });
 * assertEquals(decision!.label, "deposit_asset");
 * ```
 */
export async function trainMapper(
  dataset: Dataset,
  encoder: Encoder,
  { mask = createMasker([]), ...options }: Partial<TrainMapperOptions> = {},
): Promise<TrainedDecidingMapper> {
  // Loaded at the first training: whoever decides needs no optimiser and no calibration.
  const { trainMapper: train } = await import("../mapper/train.ts");
  const trained = await train(dataset, encoder, { ...options, mask });
  const deciding = decidingMapper(openTrained(trained, encoder), DEFAULT_POINT);
  return { ...trained, ...deciding };
}

function decidingMapper(mapper: Mapper, point: OperatingPoint): DecidingMapper {
  return {
    ...mapper,
    point: mapper.measureOrder ? askingOrders(point) : point,
    decide: (texts, other = point) => decideAll(mapper, texts, other),
  };
}
