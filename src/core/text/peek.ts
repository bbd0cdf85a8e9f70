/** A stream whose beginning is known. */
export interface Peeked {
  /** The beginning, as long as was asked for or to the end. */
  readonly head: string;
  /** The whole, beginning included. */
  readonly text: AsyncGenerator<string>;
}

/**
 * Reads the beginning of a text and gives the whole back: a pipe cannot be read twice.
 *
 * @param isEnough True once the beginning is long enough.
 */
export async function peekText(
  chunks: AsyncIterable<string>,
  isEnough: (head: string) => boolean,
): Promise<Peeked> {
  const iterator = chunks[Symbol.asyncIterator]();
  let head = "";
  while (!isEnough(head)) {
    const { done, value } = await iterator.next();
    if (done) break;
    head += value;
  }
  return { head, text: whole(head, iterator) };
}

async function* whole(head: string, rest: AsyncIterator<string>): AsyncGenerator<string> {
  try {
    if (head !== "") yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}
