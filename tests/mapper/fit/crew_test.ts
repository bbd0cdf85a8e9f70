import { assert, assertEquals } from "@std/assert";
import { createRandom } from "../../../src/core/random.ts";
import { readLabeledCsv } from "../../../src/data/dataset.ts";
import { createMasker } from "../../../src/data/template.ts";
import { openEncoder } from "../../../src/encoders/open.ts";
import { serializeArtifact } from "../../../src/mapper/file/artifact.ts";
import { openCrew } from "../../../src/mapper/fit/crew.ts";
import { createTrainer } from "../../../src/mapper/fit/logistic_regression.ts";
import { trainMapper } from "../../../src/mapper/train.ts";

const [ROWS, DENSE, SPARSE, CLASSES] = [900, 90, 3000, 60] as const;
const random = createRandom(3);
const labels = Int32Array.from({ length: ROWS }, (_, row) => row % CLASSES);
const indices: number[] = [];
const indptr = [0];
for (let row = 0; row < ROWS; row++) {
  for (let column = random.integer(90); column < SPARSE; column += 1 + random.integer(90)) {
    indices.push(column);
  }
  indptr.push(indices.length);
}
const features = {
  rows: ROWS,
  dense: {
    data: Float32Array.from(
      { length: ROWS * DENSE },
      (_, at) => random.normal() + (at % DENSE === labels[Math.floor(at / DENSE)] ? 2 : 0),
    ),
    rows: ROWS,
    cols: DENSE,
  },
  sparse: {
    indptr: Uint32Array.from(indptr),
    indices: Uint32Array.from(indices),
    values: Float32Array.from(indices, () => random.normal()),
    rows: ROWS,
    cols: SPARSE,
  },
};
const folds = [0, 1, 2].map((fold) =>
  Uint32Array.from([...labels.keys()].filter((row) => Math.floor(row / CLASSES) % 3 === fold))
);

/** All rows, a fold that starts from them, and a rough one: in float32 with a finish, and with a spread. */
function fits(threads: number, spread: number) {
  using crew = openCrew(threads);
  assertEquals(crew?.threads, threads > 1 ? threads : undefined);
  const trainer = createTrainer(features, labels, folds, {
    ...{ classes: CLASSES, spread, tol: 1e-6 },
    ...(crew && { crew }),
  });
  const all = [
    trainer.fit([0, 1, 2]),
    trainer.fit([0, 2]),
    trainer.fit([1, 2], { C: 1, rough: true }),
  ];
  if (crew) assert(crew.helped() > 0, "the others did something");
  return all;
}

for (const spread of [0, 50]) {
  Deno.test(`one, two and three threads give the same bits, spread ${spread}`, () => {
    const alone = fits(1, spread);
    assert(alone.every(({ converged, iterations }) => converged && iterations > 2));
    for (const threads of [2, 3]) assertEquals(fits(threads, spread), alone, `${threads} threads`);
  });
}

Deno.test({
  name: "without the permission to read there is one thread",
  permissions: { read: false },
  fn: () => assertEquals(openCrew(2), undefined),
});

Deno.test("artifacts have the same bytes for one, two and three threads", async () => {
  const all = await readLabeledCsv("fixtures/defi/defi_mapper_train.csv");
  const data = { ...all, rows: all.rows.filter((_, i) => i % 4 === 0) };
  await using encoder = await openEncoder("lite");
  const train = async (threads: number) => {
    const mapper = await trainMapper(data, encoder, {
      ...{ mask: createMasker([]), method: "temperature", orderHead: "off", tol: 1e-3, threads },
    });
    return serializeArtifact(mapper, { domain: "generic", flags: {} });
  };
  const alone = await train(1);
  for (const threads of [2, 3]) assertEquals(await train(threads) === alone, true, `${threads}`);
});

Deno.test("what an engine puts in the place of the global Worker does not matter", () => {
  const { Worker } = globalThis;
  globalThis.Worker = class {
    constructor() {
      throw new TypeError("not this one");
    }
  } as unknown as typeof Worker;
  try {
    using crew = openCrew(2);
    assertEquals(crew?.threads, 2);
  } finally {
    globalThis.Worker = Worker;
  }
});
