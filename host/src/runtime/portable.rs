//! An engine whose machine code runs on other machines of the same kind, too.

use super::engine::{EngineError, configuration};
use wasmtime::Engine;

/// The processor features that machine code may use: those of x86-64-v2, which processors have had since 2009. Without
/// them rounding a number is a call, and scripts that compute with fractions take twice as long. Other architectures have
/// what scripts need from their beginning.
#[cfg(target_arch = "x86_64")]
const FEATURES: [&str; 6] = ["has_cmpxchg16b", "has_sse3", "has_ssse3", "has_sse41", "has_sse42", "has_popcnt"];
#[cfg(not(target_arch = "x86_64"))]
const FEATURES: [&str; 0] = [];

/// An engine like [`engine`](super::engine())'s, for this architecture and operating system, but not for this processor
/// alone. Whoever loads its code has wasmtime check that the processor has what it uses.
#[allow(unsafe_code)]
pub fn portable_engine() -> Result<Engine, EngineError> {
    let mut config = configuration();
    config.target(env!("BOBBIN_TARGET")).map_err(EngineError::from)?;
    for feature in FEATURES {
        // SAFETY: such a setting lets the compiler use instructions; it has no influence on what the code means.
        unsafe { config.cranelift_flag_enable(feature) };
    }
    Engine::new(&config).map_err(EngineError::from)
}
