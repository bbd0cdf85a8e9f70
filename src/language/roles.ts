import type { Tag } from "./tokens/tags.ts";

/** What a token does in a prompt. */
export type Role =
  | "verb"
  | "amount"
  | "asset"
  | "place"
  | "chain"
  | "object"
  | "self"
  | "pronoun"
  | "determiner"
  | "adjective"
  | "connector"
  | "particle"
  | "manner"
  | "frame"
  | "label"
  | "list_mark"
  | "greeting"
  | "courtesy"
  | "filler"
  | "urgency"
  | "insistence"
  | "address"
  | "reason"
  | "aside"
  | "correction"
  | "punct"
  | "unread"
  | string;

/** Roles of the tokens of a prompt. */
export interface Roles {
  /** Gives the tokens of a tag a role. */
  readonly set: (tag: Tag, role: Role) => void;
  /** The role of a token; `unread` unless it was given one. */
  readonly of: (token: number) => Role;
}

/** Roles of so many tokens: those that they have already, or all unread. */
export function createRoles(count: number, marked?: Roles): Roles {
  const roles: Role[] = Array.from({ length: count }, (_, i) => marked?.of(i) ?? "unread");
  return {
    set: ({ from, to }, role) => roles.fill(role, from, to),
    of: (token) => roles[token] ?? "unread",
  };
}
