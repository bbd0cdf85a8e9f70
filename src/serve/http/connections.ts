import type { Socket } from "node:net";

/** A connection that has done nothing for so long gives way to a new one, in milliseconds. */
const IDLE_MS = 1000;
/** Connections beyond the limit that are being told to come back. */
const MOST_REFUSED = 16;
/** Milliseconds for a client to read why its connection ends. */
const LINGER_MS = 500;

/** The open connections of a server. */
export interface Connections {
  readonly size: number;
  /** Takes a connection, or tells it to come back. */
  admit(socket: Socket): boolean;
  /** A request has begun on a connection; false if it is one that was told to come back. */
  begin(socket: Socket): boolean;
  /** It is answered. */
  end(socket: Socket): void;
  isBusy(socket: Socket): boolean;
  /** Ends the connections that wait for a next request. */
  closeIdle(): void;
  /** Ends all. */
  destroyAll(): void;
  /** Done when none is open. */
  closed(): Promise<void>;
}

/** What {@linkcode createConnections} takes. */
export interface ConnectionsOptions {
  readonly most: number;
  readonly refusal: string;
  readonly onFull: (isRefused: boolean) => void;
}

/**
 * Connections up to a limit. Beyond it the one that has been idle longest gives way, if it has been
 * for a second; else the new one gets an answer that says when to come back, and ends. So neither
 * clients that send nothing nor a flood keep others out for long.
 *
 * @param options.refusal The answer, as it is on the wire.
 * @param options.onFull Is told of each connection beyond the limit, and whether it was refused.
 */
export function createConnections({ most, refusal, onFull }: ConnectionsOptions): Connections {
  const open = new Set<Socket>();
  const refused = new Set<Socket>();
  // In the order in which they became idle
  const idle = new Map<Socket, number>();
  let waiting: (() => void) | null = null;

  const forget = (socket: Socket) => {
    open.delete(socket);
    refused.delete(socket);
    idle.delete(socket);
    if (open.size === 0) waiting?.();
  };
  const makeRoom = () => {
    const [first] = idle;
    if (!first || performance.now() - first[1] < IDLE_MS) return false;
    forget(first[0]);
    first[0].destroy();
    return true;
  };
  return {
    get size() {
      return open.size;
    },
    admit: (socket) => {
      socket.once("close", () => forget(socket));
      const isFull = open.size >= most;
      const isRefused = isFull && !makeRoom();
      if (isFull) onFull(isRefused);
      if (isRefused) {
        if (refused.size >= MOST_REFUSED) socket.destroy();
        else {
          refused.add(socket);
          endWith(socket, refusal);
        }
        return false;
      }
      open.add(socket);
      idle.set(socket, performance.now());
      return true;
    },
    begin: (socket) => {
      idle.delete(socket);
      return open.has(socket);
    },
    end: (socket) => {
      if (open.has(socket)) idle.set(socket, performance.now());
    },
    isBusy: (socket) => open.has(socket) && !idle.has(socket),
    closeIdle: () => {
      for (const socket of [...idle.keys()]) socket.end(() => socket.destroy());
    },
    destroyAll: () => {
      for (const socket of [...open, ...refused]) socket.destroy();
    },
    closed: () => {
      if (open.size === 0) return Promise.resolve();
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = resolve;
      return promise;
    },
  };
}

/**
 * Sends the last bytes of a connection and reads no more from it. It stays for a moment: a
 * connection that ends with bytes unread is reset, and the answer with it.
 */
export function endWith(socket: Socket, text: string): void {
  socket.pause();
  socket.on("error", () => {});
  socket.end(text);
  const timer = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once("close", () => clearTimeout(timer));
}
