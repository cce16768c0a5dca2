//! TypeScript declarations from JSON Schema.
