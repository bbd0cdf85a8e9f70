/**
 * Sentence encoders: static pieces, hashed n-grams, use-lite, sentence-transformers models, endpoints.
 *
 * @module
 */
export { clearVectorCache, DEFAULT_VECTOR_CACHE, vectorCacheStats } from "./cache/folder.ts";
export { withVectorCache } from "./cache/vector_cache.ts";
export { composeEncoders } from "./compose.ts";
export { openEndpointEncoder } from "./endpoint/encoder.ts";
export { pullModel } from "./hub/hub.ts";
export { type WeightsFormat } from "./hub/listing.ts";
export { listModels, removeModel, resolveModel, verifyModel } from "./hub/model_store.ts";
export { isModelId, readModel, type StoredModel } from "./hub/store_manifest.ts";
export { openNgramEncoder } from "./lite/ngram.ts";
export { openStaticEncoder } from "./lite/static.ts";
export { createUnigram, loadUnigram, repairScores } from "./lite/unigram.ts";
export { type EngineChoice, type EngineName, loadEngine, resolveEngine } from "./onnx/engine.ts";
export { openSession } from "./onnx/session.ts";
export { openSentenceTransformer } from "./sentence_transformer/encoder.ts";
export { type ModelDtype } from "./sentence_transformer/onnx.ts";
export { type PoolingMode } from "./sentence_transformer/pooling.ts";
export { parseEncoderSpec } from "./spec.ts";
export { openUseLiteEncoder } from "./use_lite/encoder.ts";
export { loadUseLiteModel } from "./use_lite/file.ts";
export { type UseLiteDtype } from "./use_lite/shape.ts";
