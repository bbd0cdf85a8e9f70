/**
 * What is special to one domain: the eight DeFi actions, ARC grids, domains from a folder.
 *
 * @module
 */
export { executeArcPlan } from "./arc/execute.ts";
export { applyArcOp } from "./arc/grid/apply.ts";
export { checkGrid, equalGrids, type Grid, gridSize, parseGrid } from "./arc/grid/grid.ts";
export { invertArcOp } from "./arc/grid/inverse.ts";
export { rotation } from "./arc/grid/ops.ts";
export { type CaptionedGrid, gridSequenceSvg, gridSvg } from "./arc/grid/render_svg.ts";
export { gridSequenceText, gridText } from "./arc/grid/render_text.ts";
export { planHash } from "./arc/plan_hash.ts";
export { formatArcOp, formatArcPlan, parseArcPlan } from "./arc/plan_text.ts";
export { parseArcPrompt } from "./arc/read/parse_prompt.ts";
export { canonicalArcLabel } from "./arc/taxonomy.ts";
export { verifyArcInverse, verifyArcPairs } from "./arc/verify.ts";
export { DEFI_DOMAIN } from "./defi/domain.ts";
export { verifyPlan, verifySteps } from "./defi/guards/guards.ts";
export { hfOf, ltvOf } from "./defi/ledger/account.ts";
export { buildPlan } from "./defi/plan.ts";
export { DEFI_LEXICON } from "./defi/read/lexicon.ts";
export { detectNonExecutable } from "./defi/read/nonexec.ts";
export { readOrders } from "./defi/read/orders.ts";
export { splitSteps } from "./defi/read/segment.ts";
export { readStep } from "./defi/read/steps.ts";
export { ABSTAIN_LABEL, canonicalLabel, type DefiPrimitive } from "./defi/taxonomy.ts";
export { mapperForm, orderWithin } from "./defi/training_forms.ts";
export { extendDomain } from "./extend_domain.ts";
export { isDomainPath } from "./folder/is_path.ts";
export { type Finding, type PlanStep } from "./gates/finding.ts";
export { gate, type GateVerdict, mapperGate, toMapping } from "./gates/gate.ts";
export { loadDomain } from "./load_domain.ts";
export { type DomainRequest, type Planner, type RunTools } from "./planner.ts";
export {
  DEFAULT_DOMAIN,
  detectDomain,
  type DetectedDomain,
  openDomainOf,
  openLabels,
  SHIPPED_NAMES,
} from "./registry.ts";
