import { readLabeledCsv } from "../../../src/data/dataset.ts";
import { createMasker } from "../../../src/data/template.ts";
import { ASSETS, MORE_ASSETS } from "../../../src/domains/defi/read/slots.ts";
import { openDomain } from "../../../src/domains/registry.ts";
import { openEncoder } from "../../../src/encoders/open.ts";
import { saveMapper } from "../../../src/mapper/file/mapper_file.ts";
import { trainMapper } from "../../../src/mapper/train.ts";

/** The point at which the runtime is tested. */
export const POINT = { threshold: 0.4 };

/** An account that bears whatever the prompts ask for: it owes enough to pay back any of it. */
export const HEALTHY = {
  oracle: { age_sec: 5, max_age_sec: 30 },
  positions: { collateral_value: 1e12, debt_value: 1e8 },
  prices: Object.fromEntries(
    [...ASSETS, ...MORE_ASSETS].map((name) => [
      name.toUpperCase(),
      /btc/.test(name) ? 60_000 : /eth/.test(name) ? 2000 : 1,
    ]),
  ),
};

/** Trains the mapper of `deno task train --labels_csv …_large.csv --calibrate` into a folder. */
export async function trainInto(folder: string): Promise<string> {
  const path = `${folder}/mapper.json`;
  const domain = await openDomain("defi");
  const dataset = await readLabeledCsv("fixtures/defi/defi_mapper_labeled_large.csv");
  await using encoder = await openEncoder("lite");
  const mapper = await trainMapper(dataset, encoder, {
    C: 8,
    maxIter: 2000,
    classWeight: "balanced",
    method: "best",
    cv: 3,
    mask: createMasker(domain.slots),
  });
  await saveMapper(path, mapper, { domain: domain.name, flags: {} });
  return path;
}
