import { openEncoder } from "../../src/encoders/open.ts";
import { testEncoder } from "./battery.ts";

for (const spec of ["static", "ngram", "lite", "static*2+ngram*0.5", "ngram+ngram"]) {
  testEncoder(spec, () => openEncoder(spec));
}
