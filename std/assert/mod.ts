/**
 * A stand-in for the part of `jsr:@std/assert` that this project uses, over `node:assert/strict`.
 * Taking the `links` line out of `deno.json` replaces it by the real package.
 *
 * @module
 */
import strict from "node:assert/strict";

/** The error that a failed assertion throws. */
export const AssertionError: typeof strict.AssertionError = strict.AssertionError;

// deno-lint-ignore no-explicit-any -- the real signature
type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** The message argument of an assertion; Node's types of it differ between versions. */
function detail(msg: string | undefined): [] {
  return (msg === undefined ? [] : [msg]) as [];
}

/** Asserts that `expr` is truthy. */
export function assert(expr: unknown, msg = ""): asserts expr {
  strict.ok(expr, msg || "Expected a truthy value");
}

/** Asserts that `expr` is falsy. */
export function assertFalse(expr: unknown, msg = ""): void {
  strict.ok(!expr, msg || "Expected a falsy value");
}

/** Asserts that two values are deeply equal. */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  strict.deepStrictEqual(actual, expected, ...detail(msg));
}

/** Asserts that two values are not deeply equal. */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  strict.notDeepStrictEqual(actual, expected, ...detail(msg));
}

/** Asserts that two values are the same by `Object.is`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  strict.strictEqual(actual, expected, ...detail(msg));
}

/** Asserts that a value is neither null nor undefined. */
export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T> {
  strict.ok(actual !== undefined && actual !== null, msg ?? `Expected a value, got ${actual}`);
}

/** Asserts that two numbers differ by at most `tolerance` (default: 1e-7 of the expected value). */
export function assertAlmostEquals(
  actual: number,
  expected: number,
  tolerance?: number,
  msg?: string,
): void {
  if (Object.is(actual, expected)) return;
  const limit = tolerance ?? (isFinite(expected) ? Math.abs(expected * 1e-7) : 1e-7);
  strict.ok(
    Math.abs(actual - expected) <= limit,
    msg ?? `Expected ${expected} within ${limit}, got ${actual}`,
  );
}

/** Asserts that `actual` is greater than `expected`. */
export function assertGreater<T>(actual: T, expected: T, msg?: string): void {
  strict.ok(actual > expected, msg ?? `Expected ${actual} > ${expected}`);
}

/** Asserts that `actual` is greater than or equal to `expected`. */
export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void {
  strict.ok(actual >= expected, msg ?? `Expected ${actual} >= ${expected}`);
}

/** Asserts that `actual` is less than `expected`. */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  strict.ok(actual < expected, msg ?? `Expected ${actual} < ${expected}`);
}

/** Asserts that `actual` is less than or equal to `expected`. */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  strict.ok(actual <= expected, msg ?? `Expected ${actual} <= ${expected}`);
}

/** Asserts that a string contains another. */
export function assertStringIncludes(actual: string, expected: string, msg?: string): void {
  strict.ok(
    actual.includes(expected),
    msg ?? `Expected to find ${JSON.stringify(expected)} in ${JSON.stringify(actual)}`,
  );
}

/** Asserts that a string matches a pattern. */
export function assertMatch(actual: string, expected: RegExp, msg?: string): void {
  strict.match(actual, expected, ...detail(msg));
}

/** Asserts that a value is an instance of a class. */
export function assertInstanceOf<T extends abstract new (...args: never[]) => unknown>(
  actual: unknown,
  expectedType: T,
  msg?: string,
): asserts actual is InstanceType<T> {
  strict.ok(actual instanceof expectedType, msg ?? `Expected an instance of ${expectedType.name}`);
}

function checkError<E extends Error>(
  error: unknown,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): void {
  strict.ok(error instanceof Error, msg ?? "A value that is no Error was thrown");
  if (errorClass && !(error instanceof errorClass)) {
    strict.fail(msg ?? `Expected ${errorClass.name}, got ${error.name}: ${error.message}`);
  }
  if (msgIncludes) assertStringIncludes(error.message, msgIncludes, msg);
}

/** Asserts that a function throws, optionally an error of a class whose message contains a text. */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E {
  try {
    fn();
  } catch (error) {
    checkError(error, errorClass, msgIncludes, msg);
    return error as E;
  }
  throw new strict.AssertionError({ message: msg ?? "Expected function to throw" });
}

/** Asserts that a promise is rejected, optionally with an error of a class and message. */
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  errorClass?: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E> {
  try {
    await fn();
  } catch (error) {
    checkError(error, errorClass, msgIncludes, msg);
    return error as E;
  }
  throw new strict.AssertionError({ message: msg ?? "Expected function to reject" });
}

/** Fails. */
export function fail(msg?: string): never {
  throw new strict.AssertionError({ message: msg ?? "Failed assertion" });
}
