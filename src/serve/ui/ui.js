// The script of the playground: asks the server that the page came from, and shows what it answers. All
// that comes from prompts, records and errors is put in as text.
"use strict";
(() => {
  const facts = JSON.parse(document.getElementById("data").textContent);
  const root = document.documentElement;
  const $ = (id) => document.getElementById(id);
  const percent = (share) => (100 * share).toFixed(1) + "%";
  const BATCH = 200;
  const AT_A_TIME = 4;

  function element(name, props = {}, ...children) {
    const made = Object.assign(document.createElement(name), props);
    made.append(...children);
    return made;
  }

  /** What the sliders ask for: nothing where they stand as they came. */
  function limits() {
    const mapper = {};
    const threshold = Number($("threshold").value);
    const margin = Number($("margin").value);
    if (threshold !== facts.threshold) mapper.confidence_threshold = threshold;
    if (margin !== facts.margin) mapper.near_margin = margin;
    return Object.keys(mapper).length > 0 ? { policy: { mapper } } : {};
  }

  /** Coverage and wrong rate of the rows of a sweep where the sliders stand. */
  function showRates() {
    for (const name of ["threshold", "margin"]) {
      $(name + "-value").textContent = Number($(name).value).toFixed(2);
    }
    if (!facts.rows) return;
    const { confidence, margin, verdict } = facts.rows;
    const least = Math.round(Number($("threshold").value) * 1e4);
    const lead = Math.round(Number($("margin").value) * 1e4);
    let fired = 0;
    let wrong = 0;
    confidence.forEach((value, i) => {
      if (verdict[i] === "-" || value < least || margin[i] < lead) return;
      fired++;
      if (verdict[i] === "x") wrong++;
    });
    const rows = confidence.length;
    $("rates").textContent =
      `On ${rows.toLocaleString("en")} labelled prompts of ${facts.rowsFrom}: ` +
      `coverage ${percent(fired / rows)}, wrong actions ${percent(wrong / rows)} of all` +
      (fired > 0 ? `, ${percent(wrong / fired)} of those that fire.` : ".");
  }
  for (const name of ["threshold", "margin"]) $(name).addEventListener("input", showRates);
  showRates();

  async function ask(path, body) {
    const headers = { "content-type": "application/json" };
    const token = $("token");
    if (token && token.value !== "") headers.authorization = "Bearer " + token.value;
    const response = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
    const answer = await response.json();
    if (response.ok) return answer;
    const { title, detail, hint } = answer;
    throw new Error([detail || title, hint].flat().filter(Boolean).join(". "));
  }

  function context() {
    const text = $("context").value.trim();
    if (text === "") return {};
    try {
      return { context: JSON.parse(text) };
    } catch (error) {
      throw new Error("The context is no JSON: " + error.message);
    }
  }

  const run = (prompt) => ask("v1/run", { prompt, ...limits(), ...context() });
  const map = (prompt) => ask("v1/map", { prompt, top_k: 8, ...limits() });

  function reading(record) {
    const gate = record.aux.gates.find((gate) => gate.gate === "non_exec");
    return gate && gate.detail ? gate.detail : {};
  }

  function verdictOf(record) {
    return element("span", {
      className: record.ok ? "verdict pass" : "verdict",
      textContent: record.ok ? "ok" : "refused",
    });
  }

  function whyOf(record) {
    const { kind } = reading(record);
    const others = record.verify.failed.filter((reason) => reason !== record.reason);
    const reasons = [record.reason === "ok" ? [] : record.reason, others].flat().join(", ");
    return kind && kind !== record.reason ? `${reasons} (${kind})` : reasons;
  }

  /** The prompt with the words of each step, or those that were refused, marked. */
  function showWords(record) {
    const { prompt, plan, aux } = record;
    const { refused } = reading(record);
    const steps = plan.steps.length > 0 ? plan.steps : aux.mappings;
    const spans = refused
      ? refused.map((span) => ({ span, kind: "refused", note: "refused" }))
      : steps.map(({ span }, i) => ({
        span,
        kind: "step",
        note: "step " + (i + 1),
        number: i + 1,
      }));
    const parts = [];
    let at = 0;
    for (const { span: [start, end], kind, note, number } of spans) {
      if (start < at) continue;
      parts.push(prompt.slice(at, start));
      const mark = element("mark", { className: kind, title: note }, prompt.slice(start, end));
      if (number) mark.append(element("sup", { textContent: String(number) }));
      parts.push(mark);
      at = end;
    }
    $("words").replaceChildren(...parts, prompt.slice(at));
  }

  function showBars(mapped) {
    const limit = mapped.threshold;
    $("mapper-said").textContent = mapped.label
      ? `${mapped.label} fires`
      : `abstains: ${mapped.reason} (${mapped.predicted})`;
    $("bars").replaceChildren(...mapped.top.map(({ label, probability }) => {
      const fill = element("span", { className: "fill" });
      fill.style.inlineSize = percent(probability);
      const bar = element("span", { className: "bar" }, fill);
      if (limit !== null) {
        const line = element("span", { className: "limit" });
        line.style.insetInlineStart = percent(limit);
        bar.append(line);
      }
      return element(
        "li",
        {},
        element("span", { className: "name", textContent: label }),
        bar,
        element("span", { className: "num", textContent: percent(probability) }),
      );
    }));
    const numbers = [
      ["threshold", limit === null ? "never" : limit],
      ["margin", percent(mapped.margin)],
      ["order", mapped.order_score],
      ["novelty", mapped.novelty],
      ["out of scope", mapped.oos_score],
    ].filter(([, value]) => value !== undefined);
    $("numbers").textContent = numbers
      .map(([name, value]) =>
        `${name} ${typeof value === "number" && value !== limit ? percent(value) : value}`
      )
      .join(", ");
  }

  const NO_SLOT = new Set(["action", "text", "span", "amount_of", "from_step"]);
  function slotsOf({ slots, ...own }) {
    return Object.entries(slots || own).flatMap(([name, value]) => {
      const said = value && value.text !== undefined ? value.text : value;
      const isSlot = !NO_SLOT.has(name) && (typeof said === "string" || typeof said === "number");
      return isSlot ? [`${name} ${said}`] : [];
    });
  }

  function showPlan(record) {
    const refusals = record.verify.steps.flatMap(({ action, failed }, i) =>
      failed.map((reason) => `step ${i + 1}, ${action}: ${reason}`)
    );
    const steps = record.plan.steps.map((step) => [step.action, ...slotsOf(step)].join(" · "));
    $("plan").replaceChildren(...steps.map((text) => element("li", { textContent: text })));
    $("no-plan").textContent = steps.length > 0
      ? ""
      : ["No plan is handed out.", ...refusals.map((text) => text + ".")].join(" ");
    $("gates").replaceChildren(...record.aux.gates.map(({ gate, ok, reason }) =>
      element(
        "tr",
        {},
        element("th", { scope: "row", textContent: gate }),
        element("td", {
          className: ok ? "tag" : "tag wrong",
          textContent: ok ? "passed" : reason,
        }),
      )
    ));
    const { spans = [] } = reading(record);
    $("roles").replaceChildren(...spans.map(({ role, text }) =>
      element(
        "tr",
        {},
        element("th", { scope: "row", textContent: role }),
        element("td", { textContent: text }),
      )
    ));
    $("roles-part").hidden = spans.length === 0;
    const ignored = record.aux.policy ? record.aux.policy.ignored : [];
    $("ignored").textContent = ignored
      .map(({ path, kept }) => `${path} stays ${kept}: only the server's own policy loosens it.`)
      .join(" ");
  }

  async function decide(prompt) {
    const [record, mapped] = await Promise.all([
      facts.hasGates ? run(prompt) : null,
      facts.hasMapper ? map(prompt) : null,
    ]);
    $("answer").hidden = false;
    $("mapper-part").hidden = mapped === null;
    $("gates-part").hidden = record === null;
    if (record) {
      $("verdict").replaceChildren(verdictOf(record), " ", whyOf(record));
      showWords(record);
      showPlan(record);
    } else {
      $("verdict").replaceChildren();
      $("words").textContent = prompt;
    }
    if (mapped) showBars(mapped);
    $("record").textContent = JSON.stringify(record || mapped, null, 2);
    const said = record
      ? `${record.ok ? "ok" : "refused"} ${whyOf(record)}`
      : $("mapper-said").textContent;
    $("status").textContent = "Answer: " + said;
  }

  /** Buttons that fill in a prompt and what its example knows of accounts and prices. */
  function showExamples() {
    const { examples = [] } = facts;
    $("examples").hidden = examples.length === 0;
    $("examples").replaceChildren(...examples.map(({ prompt, context = {} }) => {
      const button = element("button", { type: "button", textContent: prompt });
      button.addEventListener("click", () => {
        $("prompt").value = prompt;
        $("context").value = JSON.stringify(context, null, 2);
        $("ask").requestSubmit();
      });
      return button;
    }));
  }
  showExamples();

  /** Runs a form's work, with its button off and its errors said. */
  function onSubmit(form, work) {
    const button = form.querySelector("button[type=submit]");
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      $("error").hidden = true;
      try {
        await work();
      } catch (error) {
        $("error").hidden = false;
        $("error").textContent = error.message;
      }
      button.disabled = false;
    });
  }
  onSubmit($("ask"), () => decide($("prompt").value));

  function rowOf(prompt, record, mapped, error) {
    const cells = error
      ? ["error", error.message, "", ""]
      : record
      ? [verdictOf(record), whyOf(record), record.sequence.join(" → "), percent(record.score)]
      : [
        mapped.label ? "fires" : "abstains",
        mapped.reason,
        mapped.label || "",
        percent(mapped.confidence),
      ];
    const names = ["verdict", "why", "plan", "confidence"];
    return element(
      "tr",
      {},
      element("th", { scope: "row", textContent: prompt }),
      ...cells.map((cell, i) => {
        const made = element("td", i === 3 ? { className: "num" } : {}, cell);
        made.dataset.label = names[i];
        return made;
      }),
    );
  }

  onSubmit($("many"), async () => {
    const prompts = $("prompts").value.split("\n").map((line) => line.trim()).filter(Boolean);
    if (prompts.length > BATCH) {
      throw new Error(`Expected at most ${BATCH} prompts, got ${prompts.length}`);
    }
    const rows = [];
    let next = 0;
    let fired = 0;
    const work = async () => {
      while (next < prompts.length) {
        const at = next++;
        try {
          const answer = await (facts.hasGates ? run : map)(prompts[at]);
          if (facts.hasGates ? answer.ok : answer.label) fired++;
          rows[at] = rowOf(prompts[at], facts.hasGates ? answer : null, answer);
        } catch (error) {
          rows[at] = rowOf(prompts[at], null, null, error);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, work));
    $("results").hidden = prompts.length === 0;
    $("results-body").replaceChildren(...rows);
    $("status").textContent =
      $("count").textContent =
        `${fired} of ${prompts.length} prompts lead to ${facts.hasGates ? "a plan" : "an action"}.`;
  });

  root.dataset.ready = "true";
})();
