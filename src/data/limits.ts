/** Characters that a field of a table, a prompt or a line of plain text may have: no prompt has more. */
export const MAX_FIELD = 1 << 20;

/** Characters that a line of JSON may have, which can hold more than its prompt. */
export const MAX_JSON_LINE = 1 << 24;
