//! What is emitted from, and what comes of it.

use crate::deploy::Deployment;
use crate::deploy::workload::Workload;
use crate::semantics::data::{Value, ValueKind};
use crate::semantics::formula::Shape;
use crate::yaml::{Entry, Segment, Traced, Yaml};
use indexmap::IndexSet;
use std::ops::Range;

/// A platform that a stack is deployed to, as a build sees it.
#[derive(Debug)]
pub struct Target {
    /// The files that are ours whole.
    pub files: fn(&Build) -> Vec<File>,
    /// The entries in files of the user's.
    pub edits: fn(&Build) -> Vec<Edit>,
    /// The files that a profile may have for itself, by their paths.
    pub files_of: fn(&Build, &str) -> Vec<String>,
    /// Codes of the checks that the target can't repeat.
    pub not_lowered: fn(&Build) -> Vec<String>,
}

/// Everything that is emitted from.
#[derive(Debug)]
pub struct Build<'a> {
    /// The stack's file, as reports name it.
    pub source: &'a str,
    /// The schema of settings.
    pub shape: &'a Shape,
    /// The stack alone, then each profile.
    pub variants: &'a [Variant],
    /// The umbrella's name.
    pub part_of: String,
    /// Compose services of the user's that run several containers.
    pub replicated: Vec<String>,
    /// Whether the outputs say which settings their lines come from. That takes as much memory again.
    pub trace: bool,
}

/// The stack with or without a profile.
#[derive(Clone, Debug)]
pub struct Variant {
    /// The profile; none for the stack alone.
    pub profile: Option<String>,
    /// What is installed.
    pub deployment: Deployment,
    /// All settings.
    pub values: Value,
}

/// How a generated file says that it is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommentStyle {
    /// `# …`
    Hash,
    /// A template's comment, which leaves nothing in what is rendered.
    Template,
    /// `<!-- … -->`
    Markdown,
    /// The first key of a JSON object.
    Json,
}

/// A file that is ours whole.
#[derive(Clone, Debug, PartialEq)]
pub struct File {
    /// Path below the project root, with slashes.
    pub path: String,
    /// Its text, without the mark.
    pub text: String,
    /// Lines of the text, counted from 0, with the path of a setting that they come from.
    pub origins: Vec<(Range<usize>, Vec<String>)>,
    /// How it is marked.
    pub mark: CommentStyle,
    /// The profile that it is for; none for what all share.
    pub profile: Option<String>,
}

/// An entry in a file of the user's.
#[derive(Clone, Debug, PartialEq)]
pub struct Edit {
    /// Path below the project root.
    pub file: String,
    /// The way to the entry.
    pub path: Vec<Segment>,
    /// What stands there.
    pub value: Yaml,
    /// Whether the entry may be the user's: then it is only made where it is absent.
    pub shared: bool,
    /// Whether the file is made where it does not exist.
    pub create: bool,
    /// The profile whose file it is; none for one that all share.
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

    /// The programs that run.
    pub fn workloads(&self) -> impl Iterator<Item = &Workload> {
        self.base().deployment.workloads.iter()
    }

    /// The keys of a map of records, of the stack alone and of its profiles, in order of appearance.
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

    /// A node that comes from some settings, by their dotted paths.
    pub fn from<S: AsRef<str>>(&self, settings: impl IntoIterator<Item = S>, node: Yaml) -> Yaml {
        if !self.trace {
            return node;
        }
        let paths = settings.into_iter();
        let paths = paths.map(|path| path.as_ref().split('.').map(str::to_owned).collect());
        Yaml::From(paths.collect(), Box::new(node))
    }

    /// A node that comes from the setting at a path.
    pub fn from_path(&self, path: &[String], node: Yaml) -> Yaml {
        if self.trace && !path.is_empty() { Yaml::From(vec![path.to_vec()], Box::new(node)) } else { node }
    }
}

impl File {
    /// A file that all profiles share.
    pub fn new(path: String, text: Traced, mark: CommentStyle) -> File {
        File { path, text: text.text, origins: text.origins, mark, profile: None }
    }
}

/// A value as JSON; quantities and versions as written, absent fields left out.
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

/// A value as YAML; quantities and versions as written, absent fields left out.
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
