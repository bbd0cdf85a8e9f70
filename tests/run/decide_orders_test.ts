import { assertEquals } from "@std/assert";
import { readOrders } from "../../src/domains/mod.ts";
import type { Mapper } from "../../src/mapper/mapper.ts";
import { proofOf } from "../../src/domains/defi/run.ts";
import type { ActivePoint } from "../../src/run/operating_point.ts";
import { decideOrders } from "../../src/run/decide_orders.ts";

const STRICT = "deposit 5 ETH into aave";
const LAX = "decant 300 USDC into compound";

/** Always sure of a deposit; the score as an order is given, of whole prompts and of words alone. */
function mapperScoring(
  score: number | ((text: string) => number),
  asked: string[] = [],
  orderGroups?: number,
  confidence = 1,
): Mapper {
  const scoreOf = typeof score === "number" ? () => score : score;
  return {
    ...(orderGroups !== undefined && { orderGroups }),
    classes: ["deposit_asset", "swap_asset"],
    source: { backend: "sbert", sha256: "0" },
    predictProbabilities: (texts, options) => {
      options?.onOrder?.(Float64Array.from(texts, scoreOf), 0);
      return Promise.resolve({
        data: Float64Array.from(texts.flatMap(() => [confidence, 1 - confidence])),
        rows: texts.length,
        cols: 2,
      });
    },
    measureOrder: (texts) => {
      asked.push(...texts);
      return Promise.resolve(Float64Array.from(texts, scoreOf));
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

async function decideOn(prompt: string, mapper: Mapper, active: ActivePoint) {
  const { orders } = readOrders(prompt);
  const proved = { prompt, proof: proofOf(orders) };
  return await decideOrders(mapper, orders.map(({ order }) => order), active, proved);
}

async function reasonsOf(
  prompt: string,
  score: number,
  minOrder?: number,
  certificate = null as null | string,
) {
  const point = { threshold: 0.5, ...(minOrder !== undefined && { minOrder }) };
  const decisions = await decideOn(prompt, mapperScoring(score), { point, certificate });
  return decisions.map(({ reason }) => reason);
}

Deno.test("a strict proof needs a low score, a lax one a sure one", async () => {
  assertEquals([proofOf(readOrders(STRICT).orders), proofOf(readOrders(LAX).orders)], [
    "strict",
    "lax",
  ]);
  assertEquals(await reasonsOf(STRICT, 0.1), ["fired"]);
  assertEquals(await reasonsOf(STRICT, 0.09), ["not_an_order"]);
  assertEquals(await reasonsOf(STRICT, 0.1, 0.8), ["fired"]);
  assertEquals(await reasonsOf(STRICT, 0.03, 0.02), ["fired"]);
  assertEquals(await reasonsOf(LAX, 0.49), ["not_an_order"]);
  assertEquals(await reasonsOf(LAX, 0.51, 0.2), ["fired"]);
  assertEquals(await reasonsOf(LAX, 0.51, 0.8), ["not_an_order"]);
});

Deno.test("of a lax proof the words of the order alone count, too", async () => {
  const reason = async (whole: number, own: number) => {
    const texts = ["stake 2 ETH"];
    const prompt = "the bank is shut, stake 2 ETH";
    const mapper = mapperScoring((text) => text === prompt ? whole : own);
    const point = { point: { threshold: 0.5 }, certificate: null };
    const [decision] = await decideOrders(mapper, texts, point, { prompt, proof: "lax" });
    return [decision!.reason, Number(decision!.order_score!.toFixed(3))];
  };
  assertEquals(await reason(0.4, 0.5), ["not_an_order", 0.43]);
  assertEquals(await reason(0.4, 0.95), ["fired", 0.646]);
  assertEquals(await reason(0.2, 0.95), ["not_an_order", 0.478]);
  assertEquals(await reason(1, 0), ["fired", 1]);
});

Deno.test("what no reading proves needs a head that many authors taught, and its sure score", async () => {
  const reason = async (
    score: number,
    groups: number | undefined,
    headless = false,
    proof: "none" | "tail" = "none",
  ) => {
    const { measureOrder, ...rest } = mapperScoring(score, [], groups);
    const mapper = headless ? rest : { ...rest, measureOrder: measureOrder! };
    const point = { point: { threshold: 0.5 }, certificate: null };
    const proved = { prompt: "aave 5 eth in", proof };
    const [decision] = await decideOrders(mapper, ["aave 5 eth in"], point, proved);
    return [decision!.label, decision!.reason];
  };
  assertEquals(await reason(0.8, 5), ["deposit_asset", "fired"]);
  assertEquals(await reason(0.79, 5), [null, "not_an_order"]);
  assertEquals(await reason(0.99, 4), [null, "not_an_order"]);
  assertEquals(await reason(0.99, undefined), [null, "not_an_order"]);
  assertEquals(await reason(0.99, 5, true), [null, "not_an_order"]);
  // Where only the end shows an order
  assertEquals(await reason(0.6, 5, false, "tail"), ["deposit_asset", "fired"]);
  assertEquals(await reason(0.59, 5, false, "tail"), [null, "not_an_order"]);
  assertEquals(await reason(0.99, 4, false, "tail"), [null, "not_an_order"]);
});

Deno.test("of the actions that the words leave open one has to be clearly likelier", async () => {
  const reason = async (confidence: number, choices: string[], texts = ["stash 5 eth"]) => {
    const point = { point: { threshold: 0.5 }, certificate: null };
    const proved = {
      prompt: texts.join(),
      proof: "strict",
      choices: texts.map(() => choices),
    } as const;
    const decisions = await decideOrders(
      mapperScoring(0.9, [], 5, confidence),
      texts,
      point,
      proved,
    );
    return decisions.map((one) => one.reason).join();
  };
  assertEquals(await reason(0.69, ["deposit_asset", "swap_asset"]), "low_confidence");
  assertEquals(await reason(0.71, ["deposit_asset", "swap_asset"]), "fired");
  assertEquals(await reason(0.6, ["deposit_asset"]), "fired");
  assertEquals(await reason(0.6, ["deposit_asset", "unknown_to_the_mapper"]), "fired");
  // Several steps are proved by their words
  assertEquals(await reason(0.6, ["deposit_asset", "swap_asset"], ["a", "b"]), "fired,fired");
});

Deno.test("a certified point is not lowered", async () => {
  assertEquals(await reasonsOf(STRICT, 0.3, 0.4, "c1"), ["not_an_order"]);
  assertEquals(await reasonsOf(STRICT, 0.4, 0.4, "c1"), ["fired"]);
});

Deno.test("several orders share the score of the whole prompt, which a strict proof of them does not need", async () => {
  const asked: string[] = [];
  const prompt = "swap 2 ETH for USDC, then deposit it into aave";
  const point = { point: { threshold: 0.5 }, certificate: null };
  const decisions = await decideOn(prompt, mapperScoring(0.3, asked), point);
  assertEquals(asked, [prompt]);
  assertEquals(decisions.map(({ order_score }) => order_score), [0.3, 0.3]);
  const unlikely = await decideOn(prompt, mapperScoring(0.01), point);
  assertEquals(unlikely.map(({ reason }) => reason), ["fired", "fired"]);
  const certified = { point: { threshold: 0.5, minOrder: 0.2 }, certificate: "c1" };
  const refused = await decideOn(prompt, mapperScoring(0.01), certified);
  assertEquals(refused.map(({ reason }) => reason), ["not_an_order", "not_an_order"]);
});
