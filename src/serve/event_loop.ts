/** How long the event loop has kept everybody waiting. */
export interface EventLoopWatch extends Disposable {
  /** The longest delay of the last 30 to 60 seconds, in seconds. */
  readonly worst: number;
}

/** Options of {@linkcode watchEventLoop}. */
export interface WatchEventLoopOptions {
  /** Milliseconds between two looks. Default: 50. */
  readonly intervalMs?: number;
  /** Is told of each delay, in seconds. */
  readonly onDelay?: (seconds: number) => void;
}

/** Looks whose worst delay is kept together. */
const WINDOW_MS = 30_000;

/**
 * Watches by how much a timer is late: for as long no request, probe or signal was looked at. Does not
 * keep a process alive.
 */
export function watchEventLoop(
  { intervalMs = 50, onDelay = () => {} }: WatchEventLoopOptions = {},
): EventLoopWatch {
  let [before, now] = [0, 0];
  let due = performance.now() + intervalMs;
  let windowEnd = due + WINDOW_MS;
  const timer = setInterval(() => {
    const time = performance.now();
    const seconds = Math.max(0, time - due) / 1000;
    due = time + intervalMs;
    if (time > windowEnd) {
      [before, now] = [now, 0];
      windowEnd = time + WINDOW_MS;
    }
    now = Math.max(now, seconds);
    onDelay(seconds);
  }, intervalMs);
  Deno.unrefTimer(timer);
  return {
    get worst() {
      return Math.max(before, now);
    },
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
