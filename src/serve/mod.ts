/**
 * The HTTP sidecar and the Model Context Protocol server.
 *
 * @module
 */
export { type Facts } from "./handlers.ts";
export { DEFAULT_SERVE_LIMITS } from "./limits.ts";
export { createLogWriter, type LogEntry } from "./log_writer.ts";
export { startMcpServer } from "./mcp/server.ts";
export { type MicroServer, startServer } from "./start_server.ts";
export { type PlaygroundOptions } from "./ui/playground.ts";
export { readSweepRows } from "./ui/sweep_rows.ts";
