//! vmsc compiles one small typed file, a stack, to a Helm subchart and a Compose service for
//! VictoriaMetrics.
//!
//! Source flows one way; each stage is a module, in this order:
//!
//! ```text
//! text ──▶ syntax ──▶ load ──▶ semantics ──▶ model ──▶ deploy ──▶ emit ──▶ project
//! ```
//!
//! [`source`], [`diagnostics`], [`yaml`] and [`stack_space`] are under every stage. [`prelude`] is the built-in schema,
//! [`compile`] runs the stages in a row, [`cli`] is the door in. `docs/architecture.md` tells more.

// What pest's derive names when its own probing of the stack is off: nesting is bounded before pest
// runs (`syntax::scan`), and the probe at every rule took a seventh of the time.
extern crate alloc;

pub mod source;

pub mod diagnostics;

pub mod yaml;

pub mod stack_space;

pub mod syntax;

pub mod load;

pub mod semantics;

pub mod prelude;

pub mod model;

pub mod deploy;

pub mod emit;

pub mod compile;

pub mod project;

pub mod cli;
