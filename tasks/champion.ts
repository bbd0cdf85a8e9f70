import { runCommand } from "../src/cli/run_command.ts";
import { CHAMPION_FLAGS, championCommand } from "./_stages_champion.ts";

await runCommand({
  name: "champion",
  summary: "Chooses the champion among seeds by F1 on the validation set, and freezes it.",
  example: "deno task champion --config configs/encoder/stage4_offline.yaml --select_only",
  flags: CHAMPION_FLAGS,
}, championCommand);
