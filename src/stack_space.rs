//! Room on the stack: a program at every limit at once is deeper than a thread's own stack.

/// Bytes that a whole run may take.
const WHOLE: usize = 256 << 20;

/// Bytes that one constant, function or step of a chain of values may take: an expression is at most
/// some ten thousand levels deep.
const STEP: usize = 32 << 20;

/// Runs with room for everything. A thread would have it too, but its allocator asks the system for
/// every few pages, which took a quarter of a cold check.
pub fn ensure_for_run<T>(run: impl FnOnce() -> T) -> T {
    // Of a stack that has been made for a whole run, nearly all is left where the next one begins.
    stacker::maybe_grow(WHOLE / 2, WHOLE, run)
}

/// Runs one step with room for it, where what came before has taken most of the stack.
pub fn ensure_for_step<T>(run: impl FnOnce() -> T) -> T {
    stacker::maybe_grow(STEP, 4 * STEP, run)
}
