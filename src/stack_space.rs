//! Grows the call stack: input at every limit at once recurses deeper than a default thread stack.

/// Stack size for a whole run, in bytes.
const WHOLE: usize = 256 << 20;

/// Stack size for one constant, function or step of a chain of values, in bytes. An expression is at most
/// about ten thousand levels deep.
const STEP: usize = 32 << 20;

/// Runs `run` with a stack for the whole run. A thread could have one too, but its allocator asks the system
/// for every few pages, which took a quarter of a cold check.
pub fn ensure_for_run<T>(run: impl FnOnce() -> T) -> T {
    // On a stack that was grown for a whole run, a nested run starts with nearly all of it left.
    stacker::maybe_grow(WHOLE / 2, WHOLE, run)
}

/// Runs one step, growing the stack if most of it is in use.
pub fn ensure_for_step<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(STEP, 4 * STEP, run)
}
