import { closest, distance } from "../core/text/edits.ts";
import { MicroLmError } from "../core/errors.ts";
import type { Domain, OwnLabels } from "./domain.ts";
import { isDomainPath } from "./folder/is_path.ts";
import { withOwnLabels } from "./own_labels.ts";
import { SHIPPED, SHIPPED_LABELS } from "./shipped.ts";

/** The domain of data that no domain of ours knows: any label is an action, nothing is masked. */
const GENERIC_DOMAIN: Domain = {
  name: "generic",
  source: "generic",
  slots: [],
  primitives: [],
  lexicon: null,
  trainingSha256: null,
  planner: null,
  canonicalLabel: (label) => label.trim(),
};

/** The domains that ship. */
export const SHIPPED_NAMES: readonly string[] = Object.keys(SHIPPED);

/** The domain of those who name none. */
export const DEFAULT_DOMAIN: string = SHIPPED_NAMES[0]!;

/** Names that {@linkcode openDomain} knows. */
const DOMAIN_NAMES: readonly string[] = [...SHIPPED_NAMES, GENERIC_DOMAIN.name];

/**
 * The domain of a name, or that of a folder: a path with a slash.
 *
 * @throws {MicroLmError} Kind `usage` for an unknown name, and as {@linkcode loadDomain}.
 *
 * @example
 * ```ts
 * import { openDomain } from "micro-lm";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals((await openDomain("defi")).name, "defi");
 * assertEquals((await openDomain("examples/home")).name, "home");
 * ```
 */
export async function openDomain(nameOrFolder: string): Promise<Domain> {
  if (isDomainPath(nameOrFolder)) {
    const { loadDomain } = await import("./load_domain.ts");
    return await loadDomain(nameOrFolder);
  }
  if (Object.hasOwn(SHIPPED, nameOrFolder)) return await SHIPPED[nameOrFolder]!();
  if (nameOrFolder === GENERIC_DOMAIN.name) return GENERIC_DOMAIN;
  const near = closest(nameOrFolder, [...DOMAIN_NAMES]);
  throw new MicroLmError("usage", `Unknown domain "${nameOrFolder}"`, {
    hint: `Did you mean "${near}"? Known: ${DOMAIN_NAMES.join(", ")}, ` +
      "or the folder of a domain, with a slash: ./home",
  });
}

/**
 * The same for somebody who maps prompts and runs none: `planner` is null where the labels of the domain
 * can be had alone.
 *
 * @throws {MicroLmError} As {@linkcode openDomain}.
 *
 * @example
 * ```ts
 * import { openDomain } from "micro-lm";
 * import { openLabels } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const { primitives, planner } = await openLabels("defi");
 * assertEquals([primitives, planner], [(await openDomain("defi")).primitives, null]);
 * ```
 */
export async function openLabels(nameOrFolder: string): Promise<Domain> {
  return Object.hasOwn(SHIPPED_LABELS, nameOrFolder)
    ? await SHIPPED_LABELS[nameOrFolder]!()
    : await openDomain(nameOrFolder);
}

/** What a mapper's file says of its domain. */
export interface MapperDomain {
  readonly domain: string;
  readonly flags: Readonly<Record<string, unknown>>;
  /** Labels of its data beside those of the domain. */
  readonly ownLabels?: OwnLabels;
}

/**
 * The domain of a trained mapper. A mapper of a folder's domain records its name and the hash of what it
 * was trained with; guards and lexicon may change without a new training. Where nobody names that
 * folder, its labels are all that is known: a domain without gates. Labels of its training data that the
 * file maps to actions are read as there.
 *
 * @param artifact What the mapper's file says.
 * @param given Name or folder that the user names; undefined for what the mapper's file says.
 * @param path The mapper's file, for messages.
 * @param open How a domain is opened. Default: {@linkcode openDomain}.
 * @throws {MicroLmError} Kind `data` if the mapper belongs to another domain or to other words of it;
 * and as {@linkcode openDomain}.
 */
export async function openDomainOf(
  artifact: MapperDomain,
  given: string | undefined,
  path?: string,
  open: (nameOrFolder: string) => Promise<Domain> = openDomain,
): Promise<Domain> {
  if (given !== undefined) {
    const domain = await open(given);
    checkMapperDomain(artifact, domain, path);
    return withOwnLabels(domain, artifact.ownLabels);
  }
  const domain = DOMAIN_NAMES.includes(artifact.domain)
    ? await open(artifact.domain)
    : { ...GENERIC_DOMAIN, name: artifact.domain };
  return withOwnLabels(domain, artifact.ownLabels);
}

/**
 * Checks that a mapper was trained for a domain as it is now.
 *
 * @param path The mapper's file, for messages.
 * @throws {MicroLmError} Kind `data`.
 */
export function checkMapperDomain(
  artifact: MapperDomain,
  domain: Domain,
  path?: string,
): void {
  const at = path === undefined ? {} : { at: { file: path } };
  if (artifact.domain !== domain.name) {
    throw new MicroLmError(
      "data",
      `Expected a mapper of the domain ${domain.name}, found one of ${artifact.domain}`,
      {
        ...at,
        hint: DOMAIN_NAMES.includes(artifact.domain)
          ? `Train one with --domain ${domain.source}`
          : `Name the folder of its domain, --domain PATH/${artifact.domain}, or train another`,
      },
    );
  }
  const { trainingSha256: trained, source } = domain;
  if (trained === null || artifact.flags["domain_sha256"] === trained) return;
  throw new MicroLmError(
    "data",
    `The mapper was trained with other actions, aliases or slot words than ${source} has`,
    { ...at, hint: `Train it again with --domain ${source}` },
  );
}

/** A guess, and what it rests on. */
export interface DetectedDomain {
  readonly domain: Domain;
  /** Labels that the domain spells otherwise, with its spelling. */
  readonly renamed: ReadonlyMap<string, string>;
  /** A domain that was not taken although some labels are its actions, and the others. */
  readonly nearly?: { readonly name: string; readonly others: readonly string[] };
}

/** Letters that a misspelt label may be off by. */
const MOST_TYPOS = 2;

/**
 * Guesses the domain of a set of labels. A domain of ours is taken where it leaves no label unknown: one
 * of them is an action in its canonical spelling, or they name all of its actions; a label that is
 * nearly one of them is taken for a misspelt one, so that reading it is an error rather than a new
 * class. Anything else is `generic`: labels stay what they are.
 *
 * @example
 * ```ts
 * import { detectDomain } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals((await detectDomain(["swap_asset", "swap_aset"])).domain.name, "defi");
 * assertEquals((await detectDomain(["deposit", "withdraw"])).domain.name, "generic");
 * const { renamed } = await detectDomain(["deposit_asset", "repay_loan"]);
 * assertEquals([...renamed], [["repay_loan", "repay_asset"]]);
 * ```
 */
export async function detectDomain(labels: Iterable<string>): Promise<DetectedDomain> {
  const distinct = [...new Set(labels)].filter((label) => label !== "abstain");
  let nearly: DetectedDomain["nearly"];
  for (const name of DOMAIN_NAMES) {
    const domain = await openDomain(name);
    const renamed = spellingsOf(domain, distinct);
    if (renamed) return { domain, renamed };
    const others = distinct.filter((label) => !domain.primitives.includes(label));
    if (others.length < distinct.length) nearly ??= { name, others };
  }
  return { domain: GENERIC_DOMAIN, renamed: new Map(), ...(nearly && { nearly }) };
}

/** The labels that a domain spells otherwise; undefined if the labels are not its own. */
function spellingsOf(
  domain: Domain,
  labels: readonly string[],
): Map<string, string> | undefined {
  const renamed = new Map<string, string>();
  const actions = new Set<string>();
  let exact = 0;
  for (const label of labels) {
    const action = actionOf(domain, label);
    if (action === undefined && !isTypo(domain, label)) return undefined;
    if (action !== undefined) actions.add(action);
    if (action === label) exact++;
    else if (action !== undefined) renamed.set(label, action);
  }
  const isOwn = exact > 0 || (actions.size > 0 && actions.size === domain.primitives.length);
  return isOwn ? renamed : undefined;
}

function actionOf(domain: Domain, label: string): string | undefined {
  try {
    const action = domain.canonicalLabel(label);
    return domain.primitives.includes(action) ? action : undefined;
  } catch {
    return undefined;
  }
}

function isTypo(domain: Domain, label: string): boolean {
  return domain.primitives.some((action) => distance(label, action) <= MOST_TYPOS);
}
