//! The input and the output of emitting.

use crate::deploy::Deployment;
use crate::deploy::platform::Platform;
use crate::deploy::scrape::JOBS;
use crate::deploy::workload::Workload;
use crate::semantics::data::{Value, ValueKind};
use crate::semantics::formula::Shape;
use crate::yaml::{Entry, Segment, Traced, Yaml};
use indexmap::IndexSet;
use std::collections::HashSet;
use std::ops::Range;

/// A deployment target, such as Helm or Compose.
#[derive(Debug)]
pub struct Target {
    /// Files that vmsc owns entirely.
    pub files: fn(&Build) -> Vec<File>,
    /// Entries in the user's files.
    pub edits: fn(&Build) -> Vec<Edit>,
    /// Paths of the files that may exist for a single profile.
    pub files_of: fn(&Build, &str) -> Vec<String>,
    /// Codes of the checks that the target can't express.
    pub not_lowered: fn(&Build) -> Vec<String>,
}

/// The input of a target.
#[derive(Debug)]
pub struct Build<'a> {
    /// The stack's file, as named in diagnostics.
    pub source: &'a str,
    /// The schema of settings.
    pub shape: &'a Shape,
    /// The stack alone, then each profile.
    pub variants: &'a [Variant],
    /// The defaults of the stack's schema, if the stack's own values stand in an umbrella: with every record
    /// of its maps, and nothing else of the stack.
    pub defaults: Option<&'a Value>,
    /// The umbrella's folder, below the root.
    pub parent: Option<String>,
    /// The compose file, below the root.
    pub compose_file: String,
    /// The umbrella's name.
    pub part_of: String,
    /// The user's Compose services that run several containers.
    pub replicated: Vec<String>,
    /// Whether to record which settings each output line comes from. This doubles the memory used.
    pub trace: bool,
}

/// The stack, with or without a profile.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The profile; `None` for the stack alone.
    pub profile: Option<String>,
    /// The resulting deployment.
    pub deployment: Deployment,
    /// All settings.
    pub values: Value,
}

/// How a generated file is marked as generated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentStyle {
    /// `# …`
    Hash,
    /// A template comment, which does not appear in the rendered output.
    Template,
    /// `<!-- … -->`
    Markdown,
    /// The first key of a JSON object.
    Json,
}

/// A file that vmsc owns entirely.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Path relative to the project root, with slashes.
    pub path: String,
    /// Its content, without the header.
    pub text: String,
    /// Line ranges of the content, counted from 0, each with the path of a setting that they come from.
    pub origins: Vec<(Range<usize>, Vec<String>)>,
    /// The digest of its meaning, if known.
    pub digest: Option<String>,
    /// Comment style of the header.
    pub mark: CommentStyle,
    /// The profile it belongs to; `None` if all profiles share it.
    pub profile: Option<String>,
}

/// An entry in one of the user's files.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Path relative to the project root.
    pub file: String,
    /// Path of the entry in the file.
    pub path: Vec<Segment>,
    /// The entry's value.
    pub value: Yaml,
    /// Whether to create the file if it does not exist.
    pub create: bool,
    /// The profile whose file it is; `None` if all profiles share it.
    pub profile: Option<String>,
}

impl Build<'_> {
    /// The stack without a profile.
    pub fn base(&self) -> &Variant {
        &self.variants[0]
    }

    /// The profiles.
    pub fn profiles(&self) -> &[Variant] {
        &self.variants[1..]
    }

    /// The stack's name.
    pub fn name(&self) -> &str {
        &self.base().deployment.name
    }

    /// The workloads.
    pub fn workloads(&self) -> impl Iterator<Item = &Workload> {
        self.base().deployment.workloads.iter()
    }

    /// The keys of a map of records, across the stack alone and all profiles, in order of appearance.
    pub fn keys<S: AsRef<str>>(&self, path: &[S]) -> Vec<&str> {
        let mut keys: IndexSet<&str> = IndexSet::new();
        for variant in self.variants {
            let at = path.iter().try_fold(&variant.values, |value, name| value.get(name.as_ref()));
            if let Some(ValueKind::Record(record)) = at.map(|value| &value.kind) {
                keys.extend(record.keys().map(|key| &**key));
            }
        }
        keys.into_iter().collect()
    }

    /// The keys of a map of records that the chart has: of the jobs, those that run in Kubernetes.
    pub fn chart_keys<S: AsRef<str>>(&self, path: &[S]) -> Vec<&str> {
        let mut keys = self.keys(path);
        if path.iter().map(AsRef::as_ref).eq(JOBS.iter().copied()) {
            let jobs = self.variants.iter().flat_map(|variant| &variant.deployment.jobs);
            let here = jobs.filter(|job| job.platforms.contains(&Platform::Kubernetes));
            let here: HashSet<&str> = here.map(|job| &*job.name).collect();
            keys.retain(|key| here.contains(key));
        }
        keys
    }

    /// Marks a node as coming from some settings, given by their dotted paths.
    pub fn from<S: AsRef<str>>(&self, settings: impl IntoIterator<Item = S>, node: Yaml) -> Yaml {
        if !self.trace {
            return node;
        }
        let paths = settings.into_iter();
        let paths = paths.map(|path| path.as_ref().split('.').map(str::to_owned).collect());
        Yaml::From(paths.collect(), Box::new(node))
    }

    /// Marks a node as coming from the setting at a path.
    pub fn from_path(&self, path: &[String], node: Yaml) -> Yaml {
        if self.trace && !path.is_empty() { Yaml::From(vec![path.to_vec()], Box::new(node)) } else { node }
    }
}

impl File {
    /// Creates a file that all profiles share.
    pub fn new(path: String, text: Traced, mark: CommentStyle) -> File {
        File { path, text: text.text, origins: text.origins, digest: text.digest, mark, profile: None }
    }
}

/// Converts a value to JSON. Quantities and versions stay as written; absent fields are left out.
pub fn json(value: &Value) -> serde_json::Value {
    match &value.kind {
        ValueKind::Error | ValueKind::Absent => serde_json::Value::Null,
        ValueKind::Bool(value) => (*value).into(),
        ValueKind::Int(value) => (*value).into(),
        ValueKind::Float(value) => (*value).into(),
        ValueKind::String(text) | ValueKind::Version(text) => (&**text).into(),
        ValueKind::Quantity(quantity) => quantity.to_string().into(),
        ValueKind::List(items) => items.iter().map(json).collect(),
        ValueKind::Record(record) => {
            let set = record.iter().filter(|(_, value)| !value.is_absent());
            set.map(|(key, value)| (key.to_string(), json(value))).collect::<serde_json::Map<_, _>>().into()
        }
    }
}

/// Converts a value to YAML. Quantities and versions stay as written; absent fields are left out.
pub fn yaml(value: &Value) -> Yaml {
    match &value.kind {
        ValueKind::Error | ValueKind::Absent => Yaml::Null,
        ValueKind::Bool(value) => Yaml::Bool(*value),
        ValueKind::Int(value) => Yaml::Int(*value),
        ValueKind::Float(value) => Yaml::Float(*value),
        ValueKind::String(text) | ValueKind::Version(text) => Yaml::string(&**text),
        ValueKind::Quantity(quantity) => Yaml::String(quantity.to_string()),
        ValueKind::List(items) => Yaml::List(items.iter().map(yaml).collect()),
        ValueKind::Record(record) => Yaml::Map(
            record
                .iter()
                .filter(|(_, value)| !value.is_absent())
                .map(|(key, value)| Entry::new(&**key, yaml(value)))
                .collect(),
        ),
    }
}
