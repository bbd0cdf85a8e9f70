import { MicroLmError } from "../core/errors.ts";
import type { Domain, OwnLabels } from "./domain.ts";
import { ABSTAIN_CLASS } from "../core/abstain_class.ts";

/** As the domains compare labels. */
export const foldLabel = (label: string): string => label.trim().toLowerCase();

/**
 * A domain that reads more labels. Slots, words, gates and guards stay those of the actions that the labels
 * ask for.
 *
 * @param domain The domain, which may read labels of somebody else already.
 * @param labels What to read beside them; empty or undefined leaves the domain as it is.
 */
export function withOwnLabels(domain: Domain, labels: OwnLabels | undefined): Domain {
  if (labels === undefined || Object.keys(labels).length === 0) return domain;
  const known = new Map(
    Object.entries(labels).map(([label, action]) => [foldLabel(label), action ?? ABSTAIN_CLASS]),
  );
  return {
    ...domain,
    ownLabels: { ...domain.ownLabels, ...labels },
    canonicalLabel: (label) => known.get(foldLabel(label)) ?? readKnown(domain, label, labels),
  };
}

/** Reads a label as the domain does; where it is unknown, the own labels count as known, too. */
function readKnown(domain: Domain, label: string, labels: OwnLabels): string {
  try {
    return domain.canonicalLabel(label);
  } catch (error) {
    if (!(error instanceof MicroLmError)) throw error;
    const own = `Labels of the taxonomy: ${Object.keys(labels).join(", ")}`;
    throw new MicroLmError(error.kind, error.message, {
      hint: error.hint === undefined ? own : `${error.hint}\n  ${own}`,
      cause: error,
    });
  }
}
