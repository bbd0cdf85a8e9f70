import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { readJsonFile } from "../../src/core/text/json_text.ts";
import { decodeText, readText, readWholeText } from "../../src/core/text/text_stream.ts";
import { MKFIFO, whyNoProgram } from "../programs.ts";
import { inTempFolder, write } from "../temp.ts";

const utf8 = (text: string) => [...new TextEncoder().encode(text)];

function utf16(text: string, littleEndian: boolean): number[] {
  return Array.from({ length: text.length }, (_, i) => {
    const low = text.charCodeAt(i) & 255;
    const high = text.charCodeAt(i) >> 8;
    return littleEndian ? [low, high] : [high, low];
  }).flat();
}

const TEXT = "né 中 🚀\nਅ\u0A0A,x\n";

const UNDERSTOOD: readonly (readonly [string, readonly number[], string])[] = [
  ["UTF-8", utf8(TEXT), TEXT],
  ["UTF-8 with a mark", [0xef, 0xbb, 0xbf, ...utf8(TEXT)], TEXT],
  ["two marks", [0xef, 0xbb, 0xbf, 0xef, 0xbb, 0xbf, ...utf8("a\n")], "a\n"],
  ["UTF-16, little end first", [0xff, 0xfe, ...utf16(TEXT, true)], TEXT],
  ["UTF-16, big end first", [0xfe, 0xff, ...utf16(TEXT, false)], TEXT],
  ["UTF-16 with carriage returns alone", [0xff, 0xfe, ...utf16("a\rb\r", true)], "a\nb\n"],
  ["carriage returns alone", utf8("a,b\rc,d\re"), "a,b\nc,d\ne"],
  ["CRLF", utf8("a\r\nb\r\n"), "a\r\nb\r\n"],
  ["a carriage return among line feeds", utf8("a\rb\nc"), "a\rb\nc"],
  ["nothing", [], ""],
  ["a mark alone", [0xef, 0xbb, 0xbf], ""],
];

async function* pieces(bytes: Uint8Array, cut: number): AsyncGenerator<Uint8Array> {
  yield bytes.subarray(0, cut);
  yield bytes.subarray(cut);
}

for (const [what, bytes, text] of UNDERSTOOD) {
  Deno.test(`decodeText() reads ${what}, however the bytes are cut`, async () => {
    const whole = Uint8Array.from(bytes);
    for (let cut = 0; cut <= whole.length; cut++) {
      const found = (await Array.fromAsync(decodeText(pieces(whole, cut), "f"))).join("");
      assertEquals(found, text, `cut at ${cut}`);
    }
  });
}

const REFUSED: readonly (readonly [string, readonly number[], string, string])[] = [
  ["Windows-1252", [...utf8("prompt\ncaf"), 0xe9, 10], "f:2:4: Expected text", "Windows-1252"],
  ["other bytes", [...utf8("a\n"), 0x81, 1], "f:2:1: Expected text", "looks binary"],
  [".xlsx", [0x50, 0x4b, 3, 4, 20, 0], "f:1:1: Expected text, found a zip archive", "as CSV"],
  [".xls", [0xd0, 0xcf, 0x11, 0xe0, 0xa1], "found an .xls workbook", "as CSV"],
  ["gzip", [0x1f, 0x8b, 8], "found gzip data", "Unpack"],
  ["Parquet", utf8("PAR1x"), "found a Parquet file", "JSONL"],
  ["UTF-32", [0xff, 0xfe, 0, 0, 97, 0, 0, 0], "found UTF-32", "UTF-8"],
  ["half a surrogate", [0xff, 0xfe, 97, 0, 10, 0, 0, 0xdc, 98, 0], "f:2:1: Expected", "UTF-16"],
  ["a NUL", [...utf8("a\nb"), 0], "f:2:2: Expected text, found a NUL", "binary"],
];

for (const [what, bytes, message, hint] of REFUSED) {
  Deno.test(`decodeText() names ${what}, and where`, async () => {
    const source = pieces(Uint8Array.from(bytes), 0);
    const error = await assertRejects(() => Array.fromAsync(decodeText(source, "f")), MicroLmError);
    assertEquals(error.kind, "data");
    assertStringIncludes(error.message, message);
    assertStringIncludes(error.hint!, hint);
  });
}

const noPipe = whyNoProgram(MKFIFO);

Deno.test({
  name: `readText() refuses folders and pipes before it opens them${noPipe ? ` (${noPipe})` : ""}`,
  ignore: noPipe !== null,
  fn: async () => {
    await inTempFolder(async (folder) => {
      const pipe = `${folder}/pipe`;
      await new Deno.Command(MKFIFO, { args: [pipe] }).output();
      const device = { name: "read", path: "/dev/zero" } as const;
      const mayLook = Deno.permissions.querySync(device).state === "granted";
      for (
        const [path, what, kind] of [
          [folder, "a folder", "missing"],
          [pipe, "a pipe", "missing"],
          // The tests' own permissions end at the project
          [device.path, ...(mayLook ? ["a device", "missing"] : ["No permission", "permission"])],
        ]
      ) {
        const error = await assertRejects(
          () => Array.fromAsync(readText(path!)),
          MicroLmError,
          what!,
        );
        assertEquals(error.kind, kind);
      }
    });
  },
});

Deno.test("readWholeText() refuses what is larger than it may be", async () => {
  await inTempFolder(async (folder) => {
    const path = await write(folder, "f", "abcdef");
    assertEquals(await readWholeText(path, 6), "abcdef");
    await assertRejects(() => readWholeText(path, 5), MicroLmError, "at most 5 bytes, found 6");
    const sparse = `${folder}/sparse`;
    await Deno.writeTextFile(sparse, "");
    await Deno.truncate(sparse, 2 ** 40);
    await assertRejects(() => readWholeText(sparse), MicroLmError, "found 1099511627776");
  });
});

Deno.test("readJsonFile() drops a mark and says where the fault is", async () => {
  await inTempFolder(async (folder) => {
    assertEquals(await readJsonFile(await write(folder, "a.json", '\uFEFF{"a": [1]}\n')), {
      a: [1],
    });
    const bad = await write(folder, "b.json", '\uFEFF{\n  "a": x}\n');
    const error = await assertRejects(() => readJsonFile(bad), MicroLmError);
    assertEquals(error.message, `${bad}:2:8: Expected JSON, found "x}\\n"`);
  });
});
