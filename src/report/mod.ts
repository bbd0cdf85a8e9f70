/**
 * What people look at: tables, pages with charts, notebook pictures.
 *
 * @module
 */
export { renderArcPage } from "./arc/page.ts";
export { type AuditRefutation, auditTables, renderAuditReport } from "./audit_report.ts";
export { confusionCounts } from "./charts/confusion.ts";
export {
  confidenceHistogram,
  judgeAnswers,
  reliabilityBins,
  riskCoverage,
  rowOutcome,
} from "./charts/data.ts";
export {
  type ComparedMapper,
  type CompareReportInput,
  renderCompareReport,
} from "./compare_report.ts";
export { decisionText, whyText } from "./decision/text.ts";
export { denoiseTable, ngfTable, renderNgfReport } from "./ngf_report.ts";
export { JUPYTER_DISPLAY, plot, show, table } from "./notebook/notebook.ts";
export { renderChartPage } from "./page/chart_page.ts";
export { markdownText, percent, percentWithInterval, printable } from "./page/escape.ts";
export { createPaint, type Paint } from "./paint.ts";
export { type NamedSweep } from "./stages/charts.ts";
export { renderStagesReport } from "./stages/report.ts";
export {
  comparisonsTable,
  costTable,
  recallTable,
  runsTable,
  seedsTable,
} from "./stages/tables.ts";
export { readPlotly, renderHtmlReport } from "./sweep/html_report.ts";
export { certificateLines, evidenceLines, qualityLines } from "./sweep/lines.ts";
export { type SweepContext, sweepMarkdown, sweepSummary } from "./sweep/report.ts";
export { chosenTable, classTable, metricsTable } from "./sweep/tables.ts";
export { markdownTable, type Table, textTable } from "./tables.ts";
