import type { FoundName, NounPhrase } from "../../../language/order.ts";
import { STAKING_VENUES } from "./known_names.ts";

/** "Into 3pool on Curve", "from the WETH/USDC pool on X": a pool, and the venue that has it. */
export function readPlaces(
  phrases: readonly NounPhrase[],
): { readonly places: readonly FoundName[]; readonly market: string | null } {
  const found = phrases.flatMap(({ prep, names, hints, front, joined }) =>
    names.filter(({ kind }) => kind === "place")
      .map((name) => ({ prep, name, hints, front, joined }))
  );
  const pairs = found.filter(({ name }) => name.name.includes("/"));
  const rest = found.filter(({ name }) => !name.name.includes("/"));
  const nested = pairs.length === 0 ? nestedPlace(rest) : null;
  if (nested) return nested;
  const market = pairs.length === 1 ? pairs[0]!.name.name.toUpperCase() : null;
  return {
    places: market === null ? found.map(({ name }) => name) : rest.map(({ name }) => name),
    market,
  };
}

interface PlacedName {
  readonly prep: string | null;
  readonly hints: readonly string[];
  readonly name: FoundName;
  readonly front: boolean;
  readonly joined: boolean;
}

const OUT_OF = /^(?:from|out of|off|off of|back from|out from)$/;
/** Names of what is inside of a venue. */
const INNER =
  /(?:\b|\d)(?:vault|pool|market|strategy|gauge|farm|module|position|savings|restaking|fund)$/;

/** "the Gauntlet vault on Morpho", "Liquity, stability pool": what is inside, and the venue that has it. */
function nestedPlace(
  rest: readonly PlacedName[],
): { readonly places: readonly FoundName[]; readonly market: string | null } | null {
  const [first, second] = rest;
  if (rest.length !== 2 || first!.name.name === second!.name.name) return null;
  // "from Lido and Rocket Pool": whatever their names end in
  if (second!.joined && second!.prep === null) return null;
  // "from aave to the spark vault" is two places
  const ways = rest.filter(({ prep }) => prep !== null).map(({ prep }) => OUT_OF.test(prep!));
  const isOn = ({ prep }: PlacedName) => /^(?:on|at|via|through|inside|by|in)$/.test(prep ?? "");
  if (new Set(ways).size > 1 && !isOn(second!)) return null;
  // "our Balancer pool tokens in the Aura gauge": what is brought, and where
  const brought = first!.prep === null && first!.hints.includes("liquidity") &&
    second!.prep !== null;
  // "EigenLayer, operator Nethermind"
  const runs = ({ prep, hints, name }: PlacedName) =>
    prep === null && hints.includes("stake") && STAKING_VENUES.includes(name.name);
  // "the GMX ETH pool": where one is named so, its neighbour is not
  const named = rest.filter(({ name }) => INNER.test(name.name));
  const isInner = (place: PlacedName) =>
    named.length === 1
      ? named.includes(place)
      : INNER.test(place.name.name) || place.hints.some((hint) => INNER.test(hint));
  const inner = brought
    ? [first!]
    : runs(second!) && !isInner(first!)
    ? [second!]
    : rest.filter(isInner);
  const [own] = inner.length === 1
    ? inner
    : first!.name.open && isOn(second!)
    ? [first!]
    : follows(first!, second!)
    ? [second!]
    : [];
  if (own === undefined) return null;
  const outer = own === first ? second! : first!;
  return { places: [outer.name], market: own.name.name };
}

/** "in the Curve Tricrypto", "to EigenLayer operator P2P": with nothing between, the second is of the first. */
function follows(first: PlacedName, second: PlacedName): boolean {
  const isLed = first.prep !== null || (first.front && second.front);
  // "operator" may stand between
  const between = second.name.from - first.name.to;
  return isLed && second.prep === null && !second.joined && !first.name.open &&
    !second.name.open && (between === 0 || between === 1 && first.hints.includes("stake"));
}

/** One name; two different ones are none. */
export function single(found: readonly FoundName[]): string | null {
  return distinct(found) === 1 ? found[0]!.name : null;
}

/** How many different names there are. */
export function distinct(found: readonly FoundName[]): number {
  return new Set(found.map(({ name }) => name)).size;
}
