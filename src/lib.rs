//! vmsc compiles one small typed file, a stack, to a Helm subchart and a Compose service for
//! VictoriaMetrics.
//!
//! Source flows one way; each stage is a module, in this order:
//!
//! ```text
//! text ──▶ syntax ──▶ load ──▶ semantics ──▶ model ──▶ deploy ──▶ emit ──▶ project
//! ```
//!
//! Every stage uses [`source`], [`diagnostics`], [`yaml`] and [`stack_space`]. [`prelude`] is the built-in
//! schema, [`compile`] runs the stages in order, and [`cli`] is the entry point. See `docs/architecture.md`
//! for details.

// pest's derive refers to `alloc` when pest's own stack probing is off. It is off because nesting is bounded
// before pest runs (`syntax::scan`), and probing at every rule took a seventh of the time.
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

pub mod ide;

pub mod lsp;

pub mod cli;
