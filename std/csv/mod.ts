export * from "./parse_stream.ts";
