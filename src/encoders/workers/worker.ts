/** Encodes parts of many texts beside the main thread: `pool.ts` talks to it. */
import type { Features } from "../../core/matrix.ts";
import type { Encoder } from "../encoder.ts";
import { type Answer, claim, type EncodeMessage, type OpenMessage } from "./messages.ts";

const scope = globalThis as unknown as {
  onmessage: (event: MessageEvent<OpenMessage | EncodeMessage>) => void;
  postMessage(answer: Answer, transfer: Transferable[]): void;
};

let encoder: Encoder;
let last: Promise<void> = Promise.resolve();

// One after the other: the encoder has to be open before it encodes.
scope.onmessage = ({ data }) => {
  last = last.then(async () => {
    try {
      const answer = await answerTo(data);
      scope.postMessage(answer, "blocks" in answer ? answer.blocks?.flatMap(buffersOf) ?? [] : []);
    } catch (error) {
      scope.postMessage({ error: String(error) }, []);
    }
  });
};

async function answerTo(message: OpenMessage | EncodeMessage): Promise<Answer> {
  if ("spec" in message) {
    const { openEncoder } = await import(message.module) as {
      openEncoder(spec: string, options: object): Promise<Encoder>;
    };
    encoder = await openEncoder(message.spec, message.options);
    return { fingerprint: encoder.fingerprint };
  }
  const { texts, claims, part, asBlocks } = message;
  if (!claim(claims, part)) return { blocks: null };
  const blocks = asBlocks ? await encoder.blocks!.encode(texts) : [await encoder.encode(texts)];
  return { blocks };
}

function buffersOf({ dense, sparse }: Features): ArrayBuffer[] {
  const arrays = [dense?.data, sparse?.indptr, sparse?.indices, sparse?.values];
  return arrays.flatMap((array) => array ? [array.buffer as ArrayBuffer] : []);
}
