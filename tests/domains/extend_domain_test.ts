import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { MicroLmError } from "../../src/core/errors.ts";
import { extendDomain } from "../../src/domains/extend_domain.ts";
import { openDomain, openDomainOf } from "../../src/domains/registry.ts";
import { inTempFolder, write } from "../temp.ts";

const YAML = `# Ours
extends: defi
labels:
  park_funds: deposit_asset
  Cash Out: withdraw_asset
  small_talk: null
`;

Deno.test("extendDomain() reads labels beside those of the domain and leaves the rest of it", async () => {
  const defi = await openDomain("defi");
  await inTempFolder(async (folder) => {
    const domain = await extendDomain(await write(folder, "t.yaml", YAML));
    const labels = ["park_funds", " PARK_FUNDS ", "cash out", "small_talk", "swap", "abstain"];
    assertEquals(labels.map(domain.canonicalLabel), [
      "deposit_asset",
      "deposit_asset",
      "withdraw_asset",
      "abstain",
      "swap_asset",
      "abstain",
    ]);
    const { ownLabels, canonicalLabel: _, ...rest } = domain;
    const { canonicalLabel: __, ...own } = defi;
    assertEquals(rest, own);
    assertEquals(ownLabels, {
      park_funds: "deposit_asset",
      "Cash Out": "withdraw_asset",
      small_talk: null,
    });
    const error = assertThrows(() => domain.canonicalLabel("parkfunds"), MicroLmError);
    assertStringIncludes(error.message, 'Unknown label "parkfunds"');
    assertStringIncludes(error.hint!, "Labels of the taxonomy: park_funds, Cash Out, small_talk");
  });
});

Deno.test("extendDomain() takes JSON, a folder's domain, and labels that add to others", async () => {
  await inTempFolder(async (folder) => {
    const text = JSON.stringify({ extends: "examples/home", labels: { lights_on: "turn_on" } });
    const home = await extendDomain(await write(folder, "home.json", text));
    assertEquals([home.name, home.canonicalLabel("lights_on")], ["home", "turn_on"]);
    // A mapper of a folder's domain, where nobody names the folder: its labels are all that is known.
    const known = await openDomainOf(
      { domain: "home", flags: {}, ownLabels: home.ownLabels! },
      undefined,
    );
    assertEquals(["lights_on", "turn_off"].map(known.canonicalLabel), ["turn_on", "turn_off"]);
    const more = JSON.stringify({ extends: "examples/home", labels: { lights_off: "turn_off" } });
    const both = await extendDomain(await write(folder, "more.json", more), known);
    assertEquals(["lights_on", "lights_off"].map(both.canonicalLabel), ["turn_on", "turn_off"]);
    assertEquals(Object.keys(both.ownLabels!), ["lights_on", "lights_off"]);
  });
});

Deno.test("the example of a taxonomy can be used as it stands", async () => {
  const { canonicalLabel } = await extendDomain("examples/own_labels.yaml");
  assertEquals(canonicalLabel("top_up"), "deposit_asset");
});

const WRONG: readonly (readonly [what: string, text: string, place: string, message: string])[] = [
  [
    "an unknown action",
    YAML.replace("withdraw_asset", "withdraw_aset"),
    "5:13",
    'Unknown action "withdraw_aset", did you mean "withdraw_asset"?',
  ],
  ["abstain as an action", YAML.replace("null", "abstain"), "6:15", 'Unknown action "abstain"'],
  ["an unknown domain", YAML.replace("defi", "dfi"), "2:10", 'Unknown domain "dfi"'],
  ["a domain without actions", YAML.replace("defi", "generic"), "2:10", "has no actions to extend"],
  [
    "another meaning of a label",
    `${YAML}  swap: deposit_asset\n`,
    "7:9",
    '"swap" means swap_asset already',
  ],
  ["an action as another one", `${YAML}  stake_asset: null\n`, "7:16", "means stake_asset already"],
  ["abstain as a label", `${YAML}  abstain: stake_asset\n`, "7:12", "means abstain already"],
  ["a label in two spellings", `${YAML}  PARK_funds: stake_asset\n`, "7:15", "stands there twice"],
  ["a key twice", `${YAML}  park_funds: stake_asset\n`, "7:3", ""],
  ["an unknown key", `${YAML}label: {}\n`, "7:1", "label: unknown key"],
  ["a list", "extends: defi\nlabels: [park_funds]\n", "2:9", "labels"],
  ["a number", "extends: defi\nlabels: { park: 3 }\n", "2:17", "labels.park"],
  ["no labels", "extends: defi\n", "", "labels"],
  ["nothing", "", "", ""],
  ["no YAML", "extends: [defi\n", "", ""],
];

for (const [what, text, place, message] of WRONG) {
  Deno.test(`extendDomain() refuses ${what} and says where`, async () => {
    await inTempFolder(async (folder) => {
      const path = await write(folder, "t.yaml", text);
      const error = await assertRejects(() => extendDomain(path), MicroLmError);
      assertEquals(error.kind, "data", error.message);
      assertStringIncludes(error.message, `t.yaml:${place}`);
      assertStringIncludes(error.message, message);
    });
  });
}

Deno.test("extendDomain() refuses a file for another domain than the one that is open", async () => {
  await inTempFolder(async (folder) => {
    const path = await write(folder, "t.yaml", YAML);
    const error = await assertRejects(async () => {
      await extendDomain(path, await openDomain("arc"));
    }, MicroLmError);
    assertEquals(error.kind, "data");
    assertStringIncludes(error.message, "t.yaml:2:10");
    assert(error.hint === "The file extends defi", error.hint);
    const gone = await assertRejects(() => extendDomain(`${folder}/no.yaml`), MicroLmError);
    assertEquals(gone.kind, "missing");
  });
});
