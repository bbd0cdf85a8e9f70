import { assertEquals } from "@std/assert";
import { DEFAULT_VECTOR_CACHE } from "../../src/encoders/mod.ts";
import { DEFAULT_ENCODER_FLAGS } from "../../tasks/_encoder_flags.ts";

Deno.test("tasks cache vectors where the library does", () => {
  assertEquals(DEFAULT_ENCODER_FLAGS.encoder_cache, DEFAULT_VECTOR_CACHE);
});
