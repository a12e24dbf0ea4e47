//! What a build wrote into files of the user's, so that the next one knows what is its own.
//!
//! Kept in one generated file beside the subchart, not in comments of the user's files.

use serde::{Deserialize, Serialize};

/// Name of the record in the subchart's folder.
pub const NAME: &str = ".vmsc.json";

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Files that are ours whole.
    #[serde(default)]
    pub files: Vec<String>,
    /// Entries in files of the user's.
    #[serde(default)]
    pub entries: Vec<Written>,
}

/// An entry in a file of the user's.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// The file, below the root.
    pub file: String,
    /// The keys to it.
    pub path: Vec<String>,
    /// Digest of its text.
    pub digest: String,
}

impl Record {
    /// Reads a record; one that can't be read counts as none, and what it knew as the user's.
    pub fn parse(text: &str) -> Record {
        let without_mark: serde_json::Value = serde_json::from_str(text).unwrap_or_default();
        serde_json::from_value(without_mark).unwrap_or_default()
    }

    /// Its text.
    pub fn to_text(&self) -> String {
        format!("{}\n", serde_json::to_string_pretty(self).unwrap_or_default())
    }

    /// The digest of an entry, if it is ours.
    pub fn digest(&self, file: &str, path: &[String]) -> Option<&str> {
        let found = self.entries.iter().find(|entry| entry.file == file && entry.path == path)?;
        Some(&found.digest)
    }
}
