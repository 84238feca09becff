"""KServe: InferenceServices, the runtimes that they run on, LLMInferenceServices and caches of models on nodes."""
