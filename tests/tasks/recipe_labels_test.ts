import { assertEquals, assertStringIncludes } from "@std/assert";
import { inTempFolder, write } from "../temp.ts";
import { runTask } from "./run_task.ts";

/** Two prompts each of the names that the documented recipe uses beside the eight actions. */
const CSV = `prompt,label
deposit 10 ETH into aave,deposit_asset
put 5 DAI into compound,deposit_asset
post 2 ETH as collateral,add_collateral
add 100 USDC to my collateral,add_collateral
take 2 ETH of my collateral back,remove_collateral
reduce collateral by 1 ETH,remove_collateral
pay my loan of 100 DAI back,repay_loan
settle the USDC loan,repay_loan
swap 1 ETH for DAI,swap_asset
trade USDC for ETH,swap_asset
`;

Deno.test("the recipe's own names train, sweep and are read as actions, and that is said", async () => {
  await inTempFolder(async (folder) => {
    const csv = await write(folder, "a.csv", CSV);
    const out = ["--out_path", `${folder}/m.json`];
    const trained = await runTask("train", ["--labels_csv", csv, ...out, "--json"]);
    assertEquals(trained.code, 0, trained.stderr);
    assertEquals(JSON.parse(trained.stdout).classes, [
      "deposit_asset",
      "repay_asset",
      "swap_asset",
      "withdraw_asset",
    ]);
    assertStringIncludes(trained.stderr, "add_collateral as deposit_asset");
    assertStringIncludes(trained.stderr, "--domain generic keeps them as they stand");
    const names = "deposit_asset,add_collateral,remove_collateral,repay_loan,swap_asset";
    const named = await runTask("train", ["--labels_csv", csv, ...out, "--class_names", names]);
    assertEquals(named.code, 0, named.stderr);
    const swept = await runTask("sweep", [
      ...["--mapper_path", `${folder}/m.json`, "--prompts_jsonl", csv, "--labels_csv", csv],
      ...["--thresholds", "0", "--min_overall_acc", "0.5", "--max_abstain_rate", "1"],
    ]);
    assertEquals(swept.code, 0, swept.stderr);
    const kept = await runTask("train", [
      ...["--labels_csv", csv, ...out, "--json", "--domain", "generic"],
    ]);
    assertEquals(JSON.parse(kept.stdout).classes.length, 5);
  });
});

Deno.test("a class that is named twice is a slip", async () => {
  await inTempFolder(async (folder) => {
    const csv = await write(folder, "a.csv", CSV);
    const args = ["--labels_csv", csv, "--out_path", `${folder}/m.json`];
    const { code, stderr } = await runTask("train", [
      ...[...args, "--class_names", "swap_asset,deposit_asset,swap_asset"],
    ]);
    assertEquals(code, 64);
    assertStringIncludes(stderr, 'Class "swap_asset" is named twice');
  });
});
