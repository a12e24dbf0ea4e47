//! The tree-sitter grammar of this repository, as a person compiles it.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]
#![allow(dead_code)]

use crate::common::{must, repository};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the grammar.
pub fn folder() -> PathBuf {
    repository().join("editors/tree-sitter-vms")
}

/// Compiles the parser.
pub fn compile(to: &Path) {
    let source = folder().join("src");
    must(
        Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-std=c11", "-I"])
            .arg(&source)
            .arg(source.join("parser.c"))
            .arg("-o")
            .arg(to),
    );
}
