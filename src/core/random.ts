/** A source of reproducible random numbers. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Uniform integer in [0, n). */
  integer(n: number): number;
  /** Standard normal (Box–Muller). */
  normal(): number;
  /** Shuffles in place (Fisher–Yates) and returns its argument. */
  shuffle<T>(items: T[]): T[];
  /** One of the items, uniformly. */
  pick<T>(items: readonly T[]): T;
}

/**
 * The generator that all randomness of this project goes through: xoshiro128** (Blackman and Vigna,
 * 2018), seeded by splitmix32. Equal seeds give equal streams on every machine.
 *
 * @param seed Any integer; its low 32 bits count.
 *
 * @example
 * ```ts
 * import { createRandom } from "micro-lm/core";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(createRandom(7).uniform(), createRandom(7).uniform());
 * ```
 */
export function createRandom(seed: number): Random {
  const next = xoshiro128(seed);
  const uniform = () => next() / 4294967296;
  const integer = (n: number) => Math.floor(uniform() * n);
  return {
    uniform,
    integer,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    shuffle: <T>(items: T[]) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const held = items[i]!;
        items[i] = items[j]!;
        items[j] = held;
      }
      return items;
    },
    pick: <T>(items: readonly T[]) => {
      if (items.length === 0) throw new RangeError("Cannot pick from an empty list");
      return items[integer(items.length)]!;
    },
  };
}

function xoshiro128(seed: number): () => number {
  let state = seed | 0;
  const splitmix = () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let d = splitmix();
  return () => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result >>> 0;
  };
}
