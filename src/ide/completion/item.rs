//! A completion, and text with places to fill in.

use std::ops::Range;

/// What may be typed at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// What the list shows, and what is filtered by.
    pub label: String,
    /// What it is.
    pub kind: Kind,
    /// Its type or value, for beside the label.
    pub detail: String,
    /// Its description, in Markdown.
    pub doc: String,
    /// What is inserted.
    pub text: Snippet,
    /// The bytes that are replaced.
    pub replaced: Range<usize>,
    /// The lower, the further up.
    pub rank: u8,
    /// Whether more is offered right after it.
    pub goes_on: bool,
    /// Whether a check may refuse it.
    pub doubtful: bool,
}

/// Text with places to fill in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snippet(pub Vec<Part>);

/// Part of a snippet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Plain text; a tab is one level of indentation.
    Text(String),
    /// A place to fill in, with what stands there at first.
    Place(String),
    /// Where the cursor is in the end.
    End,
}

impl Snippet {
    /// Plain text.
    pub fn plain(text: impl Into<String>) -> Snippet {
        Snippet(vec![Part::Text(text.into())])
    }

    /// Appends text.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Snippet {
        self.0.push(Part::Text(text.into()));
        self
    }

    /// Appends a place to fill in.
    #[must_use]
    pub fn place(mut self, first: impl Into<String>) -> Snippet {
        self.0.push(Part::Place(first.into()));
        self
    }

    /// Appends the place where the cursor is in the end.
    #[must_use]
    pub fn end(mut self) -> Snippet {
        self.0.push(Part::End);
        self
    }

    /// Appends another snippet.
    #[must_use]
    pub fn then(mut self, other: Snippet) -> Snippet {
        self.0.extend(other.0);
        self
    }

    /// The text with its places as they are at first.
    pub fn filled(&self) -> String {
        self.0
            .iter()
            .map(|part| match part {
                Part::Text(text) | Part::Place(text) => text.as_str(),
                Part::End => "",
            })
            .collect()
    }

    /// Whether there is nothing to fill in.
    pub fn is_plain(&self) -> bool {
        self.0.iter().all(|part| matches!(part, Part::Text(_)))
    }
}

/// What a completion is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A field of a record.
    Field,
    /// A record to open.
    Record,
    /// An entry of a map.
    Entry,
    /// A value.
    Value,
    /// One of an enum's words.
    Word,
    /// A constant.
    Constant,
    /// A parameter or a loop variable.
    Variable,
    /// A function.
    Function,
    /// An imported file.
    File,
    /// A schema.
    Schema,
    /// A type.
    Type,
    /// A profile.
    Profile,
    /// A word of the language.
    Keyword,
    /// A declaration or block to fill in.
    Snippet,
}

impl Completion {
    /// A completion that inserts its label.
    pub(super) fn new(label: &str, kind: Kind, replaced: Range<usize>) -> Completion {
        Completion {
            label: label.to_owned(),
            kind,
            detail: String::new(),
            doc: String::new(),
            text: Snippet::plain(label),
            replaced,
            rank: 5,
            goes_on: false,
            doubtful: false,
        }
    }
}
