export * from "./parse_stream.ts";
export * from "./stringify.ts";
