import { Buffer } from "node:buffer";
import type { IncomingMessage } from "node:http";
import type { BodyLimits, RequestHeaders, ServeRequest } from "./exchange.ts";
import { incomplete, tooLarge, tooSlow } from "./read_body.ts";

/**
 * A request of the HTTP server.
 *
 * @param onRead Is called when its body is going to be read.
 */
export function fromNode(message: IncomingMessage, onRead: () => void): ServeRequest {
  return {
    method: message.method ?? "",
    target: message.url ?? "",
    headers: withOneHost(message),
    readBody: (limits) => {
      onRead();
      return readBody(message, limits);
    },
  };
}

/** Of two hosts Node keeps the first; what stands in front may have looked at the second. */
function withOneHost({ headers, rawHeaders }: IncomingMessage): RequestHeaders {
  const hosts = rawHeaders.filter((text, i) => i % 2 === 0 && text.toLowerCase() === "host");
  return hosts.length > 1 ? { ...headers, host: hosts.map(() => headers.host ?? "") } : headers;
}

function readBody(message: IncomingMessage, limits: BodyLimits): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const pieces: Uint8Array[] = [];
  let length = 0;
  const timer = setTimeout(() => fail(tooSlow(limits)), limits.bodyTimeoutMs);
  const leave = () => {
    clearTimeout(timer);
    message.off("data", onData).off("end", onEnd).off("close", onGone).off("error", onGone);
    // Without a listener an error would be a defect of ours
    message.on("error", () => {});
  };
  const fail = (problem: Error) => {
    leave();
    message.pause();
    reject(problem);
  };
  const onData = (piece: Uint8Array) => {
    length += piece.length;
    if (length > limits.maxBodyBytes) return fail(tooLarge(limits));
    pieces.push(piece);
  };
  const onEnd = () => {
    leave();
    resolve(pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
  };
  const onGone = () => fail(incomplete());
  message.on("data", onData).on("end", onEnd).on("close", onGone).on("error", onGone);
  return promise;
}
