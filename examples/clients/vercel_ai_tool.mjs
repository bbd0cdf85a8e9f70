// A tool for agents of the Vercel AI SDK (npm i ai zod), version 5 and later:
//   generateText({ model, tools: { plan_prompt: planPrompt }, prompt })
// @ts-ignore: whoever uses this has the package
import { tool } from "ai";
import { z } from "zod";
import { ask } from "./client.mjs";

export const planPrompt = tool({
  description: "Turns a short order into a verified plan, or refuses and says why. Pass what the " +
    "person wrote, word for word. Carry out the steps only if ok is true.",
  inputSchema: z.object({ prompt: z.string().describe("What the person wrote, word for word.") }),
  // What is known of accounts comes from your own program, never from the model
  execute: async ({ prompt }) => {
    const { ok, reason, plan } = await ask("/v1/run", {
      prompt,
      context: { oracle: { age_sec: 5 } },
    });
    return { ok, reason, steps: plan.steps };
  },
});
