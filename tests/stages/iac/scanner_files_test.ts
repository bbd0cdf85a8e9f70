import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { MicroLmError } from "../../../src/core/errors.ts";
import { buildIacData, type BuildIacDataOptions } from "../../../src/stages/iac/iac_data.ts";
import { readRules } from "../../../src/stages/iac/rules.ts";
import { readSarif } from "../../../src/stages/iac/sarif.ts";
import { inTempFolder, write } from "../../temp.ts";

const INIT = "class web {\n  $password = 'letmein'\n  # TODO: split\n\n}\n";

/** Builds from a file beside a folder of scripts. */
async function build(
  name: string,
  text: string | ((scripts: string) => string),
  options: BuildIacDataOptions = {},
) {
  let data: Awaited<ReturnType<typeof buildIacData>> | undefined;
  await inTempFolder(async (folder) => {
    const scripts = `${folder}/scripts`;
    await Deno.mkdir(`${scripts}/web`, { recursive: true });
    await write(scripts, "web/init.pp", INIT);
    await write(scripts, "web/main.tf", 'password = "x"\n');
    const written = typeof text === "string" ? text : text(`${Deno.cwd()}/${scripts}`);
    data = await buildIacData(await write(folder, name, written), scripts, options);
  });
  return data!;
}

const brief = ({ records }: Awaited<ReturnType<typeof build>>) =>
  records.map(({ smell, tech, file, line, label }) => [smell, tech, file, line, label]);

Deno.test("labels may stand in words, lines as spreadsheets have them, paths absolute", async () => {
  const data = await build("found.csv", (scripts) =>
    `file,line,smell,label
web/init.pp,2.0,hard_coded_secret,True Positive
${scripts}/web/init.pp,3.0,suspicious_comment,false-positive
`);
  assertEquals(data.faults, []);
  assertEquals(brief(data), [
    ["hard_coded_secret", "puppet", "web/init.pp", 2, "TP"],
    ["suspicious_comment", "puppet", "web/init.pp", 3, "FP"],
  ]);
});

Deno.test("rules of any name map to kinds, and those without a kind are left out", async () => {
  const rules = { CKV_SECRET_6: "hard_coded_secret", style: null, "*": "other" };
  const csv = `file,line,rule,label
web/init.pp,2,CKV_SECRET_6,TP
web/init.pp,3,style,FP
web/main.tf,1,b3a1-uuid,fp
`;
  const data = await build("found.csv", csv, { rules });
  assertEquals(data.faults, []);
  assertEquals(data.unmapped, 1);
  assertEquals(brief(data), [
    ["hard_coded_secret", "puppet", "web/init.pp", 2, "TP"],
    ["other", "terraform", "web/main.tf", 1, "FP"],
  ]);
  const unknown = await build("found.csv", csv, { rules: { CKV_SECRET_6: "hard_coded_secret" } });
  assertEquals(unknown.faults.length, 2);
  assertStringIncludes(unknown.faults[0]!.message, "--rules");
});

Deno.test("readRules() reads a mapping and names the place of a fault", async () => {
  await inTempFolder(async (folder) => {
    const good = await write(folder, "rules.yaml", "X1: use_of_http\nX2:\n'*': other\n");
    assertEquals(await readRules(good), { X1: "use_of_http", X2: null, "*": "other" });
    const bad = await write(folder, "bad.yaml", "X1: Use of HTTP\n");
    const error = await assertRejects(() => readRules(bad), MicroLmError);
    assertStringIncludes(error.message, "bad.yaml:1:5: X1: expected a kind such as use_of_http");
  });
});

const result = (uri: string, startLine: number, more: Record<string, unknown>) => ({
  message: { text: "…" },
  locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine } } }],
  ...more,
});

const sarif = (results: readonly unknown[]) =>
  JSON.stringify({
    version: "2.1.0",
    runs: [{
      tool: { driver: { name: "scanner", rules: [{ id: "X1", name: "plain-secret" }] } },
      results,
    }],
  });

Deno.test("a SARIF log gives rows: labels of reviewers, suppressions, addresses", async () => {
  const text = (scripts: string) =>
    sarif([
      result("web/init.pp", 2, { ruleIndex: 0, properties: { label: "TP", reason: "literal" } }),
      result(`file://${scripts}/web/init.pp`, 3, {
        ruleId: "suspicious_comment",
        suppressions: [{ kind: "external", status: "accepted" }],
      }),
      result("web/main.tf", 1, { ruleId: "X1", kind: "pass" }),
      result("web/main.tf", 1, { ruleId: "X1", suppressions: [{ status: "underReview" }] }),
    ]);
  const data = await build("found.sarif", text, { rules: { "plain-secret": "hard_coded_secret" } });
  assertEquals(brief(data), [
    ["hard_coded_secret", "puppet", "web/init.pp", 2, "TP"],
    ["suspicious_comment", "puppet", "web/init.pp", 3, "FP"],
  ]);
  assertEquals(data.records[0]!.reason, "literal");
  const [fault] = data.faults;
  assertStringIncludes(fault!.at.file!, "found.sarif, result 4");
  assertStringIncludes(fault!.message, "write properties.label");
});

Deno.test("readSarif() refuses what is none, and follows bases and artifacts", async () => {
  await inTempFolder(async (folder) => {
    for (
      const [text, message] of [
        ["{", "found no JSON"],
        ['{ "version": "2.1.0" }', "at runs"],
        ['{ "version": "2.1.0", "runs": [{}] }', "at runs.0.tool"],
      ] as const
    ) {
      const path = await write(folder, "bad.sarif", text);
      await assertRejects(() => readSarif(path), MicroLmError, message);
    }
    const physicalLocation = { artifactLocation: { index: 0 }, region: { startLine: 7 } };
    const path = await write(
      folder,
      "good.sarif",
      JSON.stringify({
        version: "2.1.0",
        runs: [{
          tool: { driver: { name: "scanner" } },
          originalUriBaseIds: { ROOT: { uri: "file:///home/me/repo/" } },
          artifacts: [{ location: { uri: "a%20b/x.tf", uriBaseId: "ROOT" } }],
          results: [{ rule: { id: "R" }, locations: [{ physicalLocation }] }],
        }],
      }),
    );
    const { results: [found] } = await readSarif(path);
    assertEquals([found!.rule, found!.file, found!.line], ["R", "/home/me/repo/a b/x.tf", 7]);
  });
});
