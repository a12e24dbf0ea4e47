//! What a build wrote into the user's files, so that the next build recognizes it.
//!
//! The record is a generated file in the subchart's folder; the user's files get no marker comments.

use crate::yaml::Segment;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// File name of the record in the subchart's folder.
pub const NAME: &str = ".vmsc.json";

/// What a build wrote.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Files that vmsc owns entirely.
    #[serde(default)]
    pub files: Vec<String>,
    /// Entries in the user's files.
    #[serde(default)]
    pub entries: Vec<OwnedEntry>,
    /// The user's collections that were empty or missing before, so that removing our entries restores them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub filled: Vec<FilledCollection>,
}

/// A collection in one of the user's files that our entries filled.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FilledCollection {
    /// The file, below the root.
    pub file: String,
    /// Its path; empty for the whole file.
    pub path: Vec<Segment>,
    /// What was there before (`{}`, `~`, nothing); `None` if it did not exist.
    pub was: Option<String>,
}

/// An entry that we wrote into one of the user's files.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OwnedEntry {
    /// The file, below the root.
    pub file: String,
    /// Its path.
    pub path: Vec<Segment>,
    /// Digest of its text.
    pub digest: String,
}

impl Record {
    /// Parses a record; an unreadable one counts as empty, and its entries as the user's.
    pub fn parse(text: &str) -> Record {
        let without_mark: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        serde_json::from_value(without_mark).unwrap_or_default()
    }

    /// Serializes the record.
    pub fn to_text(&self) -> String {
        format!("{}\n", serde_json::to_string_pretty(self).unwrap_or_default())
    }

    /// The digests of our entries, by file and path.
    pub fn digests(&self) -> HashMap<(&str, &[Segment]), &str> {
        let entries = self.entries.iter();
        entries.map(|e| ((e.file.as_str(), e.path.as_slice()), e.digest.as_str())).collect()
    }
}
