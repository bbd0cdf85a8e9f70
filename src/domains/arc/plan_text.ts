import { MicroLmError } from "../../core/errors.ts";
import { type ArcOp, type ArcPlan, type ColorChange, rotation, type Sides } from "./grid/ops.ts";
import { ARC_PRIMITIVES, type ArcPrimitive } from "./taxonomy.ts";

/**
 * Writes a plan in one line: `rotate(90);flip_v`. Turns are degrees clockwise.
 *
 * @example
 * ```ts
 * import { formatArcPlan, parseArcPlan } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * const text = "rotate(270);translate(2,-1);recolor(1>2,2>1);crop(content)";
 * assertEquals(formatArcPlan(parseArcPlan(text)), text);
 * ```
 */
export function formatArcPlan(plan: ArcPlan): string {
  return plan.map(formatArcOp).join(";");
}

/**
 * Writes one operation: `translate(2,0)` for two to the right.
 *
 * @example
 * ```ts
 * import { formatArcOp } from "micro-lm/domains";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(formatArcOp({ op: "rotate", turns: 1 }), "rotate(90)");
 * assertEquals(formatArcOp({ op: "recolor", map: [{ from: "*", to: 3 }] }), "recolor(*>3)");
 * ```
 */
export function formatArcOp(step: ArcOp): string {
  const args = argumentsOf(step);
  return args === undefined ? step.op : `${step.op}(${args})`;
}

/**
 * Reads what {@linkcode formatArcPlan} writes.
 *
 * @throws {MicroLmError} Kind `data` for an unknown operation or arguments that do not fit it.
 *
 * @example
 * ```ts
 * import { parseArcPlan } from "micro-lm/domains";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(parseArcPlan("rotate(90);flip_v"), [{ op: "rotate", turns: 1 }, { op: "flip_v" }]);
 * assertThrows(() => parseArcPlan("rotate(45)"), Error, "arguments");
 * ```
 */
export function parseArcPlan(text: string): ArcPlan {
  return text.split(";").map((part) => {
    const match = /^(\w+)(?:\(([^()]*)\))?$/.exec(part.trim());
    const op = match?.[1] as ArcPrimitive | undefined;
    if (!op || !ARC_PRIMITIVES.includes(op)) {
      throw new MicroLmError("data", `Unknown operation "${part.trim()}"`, {
        hint: `Known operations: ${ARC_PRIMITIVES.join(", ")}`,
      });
    }
    const step = makeStep(op, match![2]);
    if (step) return step;
    throw new MicroLmError("data", `Cannot read the arguments of "${part.trim()}"`, {
      hint: `Expected for example ${EXAMPLES[op]}`,
    });
  });
}

const EXAMPLES: Readonly<Record<ArcPrimitive, string>> = {
  identity: "identity",
  rotate: "rotate(90), degrees clockwise: 90, 180 or 270",
  flip_h: "flip_h",
  flip_v: "flip_v",
  transpose: "transpose",
  anti_transpose: "anti_transpose",
  translate: "translate(2,-1), two to the right and one up",
  crop: "crop(0,0,1,-1), left, top, right and bottom, or crop(content), crop(top)",
  pad: "pad(1,1,1,1,0), left, top, right, bottom and colour",
  scale: "scale(2,2)",
  tile: "tile(2,3), two across and three down",
  recolor: "recolor(1>2,*>3)",
  largest_component: "largest_component",
};

function argumentsOf(step: ArcOp): string | undefined {
  switch (step.op) {
    case "rotate":
      return String(step.turns * 90);
    case "translate":
      return `${step.right},${step.down}`;
    case "crop":
      return typeof step.area === "string" ? step.area : sideNumbers(step.area).join(",");
    case "pad":
      return [...sideNumbers(step.sides), step.color].join(",");
    case "scale":
    case "tile":
      return `${step.across},${step.down}`;
    case "recolor":
      return step.map.map(({ from, to }) => `${from}>${to}`).join(",");
    default:
      return undefined;
  }
}

function makeStep(op: ArcPrimitive, text: string | undefined): ArcOp | undefined {
  const args = text === undefined ? [] : text.split(",").map((part) => part.trim());
  const numbers = args.map((arg) => /^-?\d{1,3}$/.test(arg) ? Number(arg) : NaN);
  const whole = (count: number, least = -Infinity, most = Infinity) =>
    numbers.length === count && numbers.every((n) => n >= least && n <= most);
  const [a, b, c, d, e] = numbers as [number, number, number, number, number];
  switch (op) {
    case "rotate":
      return whole(1, 90, 270) && a % 90 === 0 ? rotation(a / 90) : undefined;
    case "translate":
      return whole(2) ? { op, right: a + 0, down: b + 0 } : undefined;
    case "crop":
      if (isNamedArea(text)) return { op, area: text };
      return whole(4) ? { op, area: { left: a, top: b, right: c, bottom: d } } : undefined;
    case "pad":
      if (!whole(5, 0, 99) || e > 9) return undefined;
      return { op, sides: { left: a, top: b, right: c, bottom: d }, color: e };
    case "scale":
    case "tile":
      return whole(2, 1) ? { op, across: a, down: b } : undefined;
    case "recolor": {
      const map = args.map(parseChange);
      const unique = new Set(map.map((change) => change?.from)).size === map.length;
      return map.length > 0 && map.every((change) => change !== undefined) && unique
        ? { op, map }
        : undefined;
    }
    default:
      return text === undefined ? { op } : undefined;
  }
}

function sideNumbers({ left, top, right, bottom }: Sides): number[] {
  return [left, top, right, bottom];
}

function isNamedArea(
  text: string | undefined,
): text is "content" | "top" | "bottom" | "left" | "right" {
  return text !== undefined && ["content", "top", "bottom", "left", "right"].includes(text);
}

function parseChange(text: string): ColorChange | undefined {
  const match = /^([0-9]|\*)>([0-9])$/.exec(text);
  if (!match) return undefined;
  return { from: match[1] === "*" ? "*" : Number(match[1]), to: Number(match[2]) };
}
