//! What a build writes, as data: values in the user's files, and generated files.

use super::owned::record::Place;
use crate::compile::Compiled;
use crate::emit::{Build, Edit, File};
use crate::semantics::data::Value;
use crate::semantics::formula::Shape;
use crate::yaml::{Segment, Yaml};
use indexmap::IndexMap;
use std::collections::HashSet;
use std::rc::Rc;

/// A value that a build writes into a file of the user's.
#[derive(Debug)]
pub(super) struct Leaf {
    pub(super) value: Yaml,
    pub(super) digest: Rc<str>,
    /// The stacks that write it, by their index.
    pub(super) members: Vec<usize>,
    /// Whether the file is made if it does not exist.
    pub(super) create: bool,
}

/// A file that a build generates.
#[derive(Debug)]
pub(super) struct Generated {
    /// Its text, with its header.
    pub(super) text: String,
    pub(super) member: usize,
}

/// Where a stack's outputs go.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) parent: Option<String>,
    pub(super) compose_file: String,
    pub(super) part_of: String,
    pub(super) replicated: Vec<String>,
    /// The stack's name.
    pub(super) name: String,
    /// The defaults of the stack's schema, under an umbrella.
    pub(super) defaults: Option<Value>,
}

/// What a build writes.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    pub(super) leaves: IndexMap<Place, Leaf>,
    pub(super) files: IndexMap<String, Generated>,
    /// Places and files of profiles that were not selected: they stay as they are.
    pub(super) aside: HashSet<Place>,
    pub(super) members: Vec<Home>,
    pub(super) not_lowered: Vec<String>,
    pub(super) traced_files: Vec<File>,
    pub(super) traced_edits: Vec<Edit>,
}

impl Home {
    /// The input of the targets for a stack.
    pub(super) fn build<'b>(
        &'b self,
        compiled: &'b Compiled,
        source: &'b str,
        shape: &'b Shape,
        trace: bool,
    ) -> Build<'b> {
        Build {
            source,
            shape,
            variants: &compiled.variants,
            defaults: self.defaults.as_ref(),
            parent: self.parent.clone(),
            compose_file: self.compose_file.clone(),
            part_of: self.part_of.clone(),
            replicated: self.replicated.clone(),
            trace,
        }
    }
}

/// Splits a value into its leaves: scalars, lists, empty maps, and what has a tag. The values of maps are
/// places of their own, so that what a person adds beside them stays theirs.
pub(super) fn explode(path: &mut Vec<Segment>, value: Yaml, leaves: &mut Vec<(Vec<Segment>, Yaml)>) {
    match value {
        Yaml::Map(entries) if !entries.is_empty() => {
            for entry in entries {
                path.push(Segment::Key(entry.key));
                explode(path, entry.value, leaves);
                path.pop();
            }
        }
        Yaml::From(_, node) => explode(path, *node, leaves),
        value => leaves.push((path.clone(), value)),
    }
}
