/**
 * The HTTP sidecar and the Model Context Protocol server.
 *
 * @module
 */
export { DEFAULT_SERVE_LIMITS } from "./limits.ts";
export { createLogWriter } from "./log_writer.ts";
export { startMcpServer } from "./mcp_server.ts";
export { startServer } from "./start_server.ts";
