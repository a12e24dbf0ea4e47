//! `vmsc.owned`: which values in the user's files vmsc wrote, which files it generated, and what stood in
//! places before it came. The format is in `docs/owned.md`.

use crate::source::markers;
use crate::yaml::Segment;
use crate::yaml::path::{dotted, parse as parse_path, quoted_unless_plain, word};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// The file's name, at the project's root.
pub const NAME: &str = "vmsc.owned";

/// The format that is written; later ones are not read.
const FORMAT: u32 = 1;

/// The first line.
const TITLE: &str =
    "# vmsc 1: what vmsc wrote. Commit it. In a conflict leave it as it is and run vmsc build.\n";

/// A place in a file of the user's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The file, below the root.
    pub file: Rc<str>,
    /// The path of the value; empty for the whole file.
    pub path: Vec<Segment>,
}

impl Place {
    /// A place below a key of the root of a file.
    pub fn below(file: &str, key: &str, path: &[String]) -> Place {
        let path = std::iter::once(key).chain(path.iter().map(String::as_str));
        Place { file: file.into(), path: path.map(Segment::from).collect() }
    }
}

/// What is recorded of a place.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mark {
    /// The digest of a value that vmsc wrote, or `-` if nothing stood there.
    Digest(Rc<str>),
    /// The user keeps a value of their own.
    Kept,
}

/// What stood in a place before vmsc came.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Was {
    /// These bytes.
    Text(String),
    /// Not even the file.
    NoFile,
}

/// The content of `vmsc.owned`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owned {
    /// Values in the user's files, each with the stacks that wrote them.
    pub leaves: BTreeMap<Place, BTreeSet<(Rc<str>, Mark)>>,
    /// Generated files, each with the stacks that they were compiled from.
    pub files: BTreeMap<Rc<str>, BTreeSet<Rc<str>>>,
    /// What stood in a place before.
    pub was: BTreeMap<Place, Was>,
}

/// Why a record can't be used.
#[derive(Clone, Debug, PartialEq)]
pub struct Unusable {
    /// The line, from 0.
    pub line: usize,
    /// The reason.
    pub reason: String,
}

impl Owned {
    /// Parses a record. Conflict markers are skipped, so both sides of a merge count.
    pub fn parse(text: &str) -> Result<Owned, Unusable> {
        let mut owned = Owned::default();
        let mut base = false;
        for (n, line) in text.lines().enumerate() {
            let line = line.trim_end_matches('\r');
            match markers::of(line) {
                Some('|') => base = true,
                Some(_) => base = false,
                _ if base || line.is_empty() => {}
                _ if line.starts_with('#') => later(line).map_err(|reason| Unusable { line: n, reason })?,
                _ => {
                    let read = owned.read(line);
                    read.ok_or_else(|| Unusable {
                        line: n,
                        reason: "this line is not one of vmsc's".to_owned(),
                    })?;
                }
            }
        }
        Ok(owned)
    }

    fn read(&mut self, line: &str) -> Option<()> {
        let fields = fields(line)?;
        let name = |field: &str| {
            word(field, ".").filter(|(_, rest)| rest.is_empty()).map(|(name, _)| Rc::from(name))
        };
        match fields.as_slice() {
            ["-", file, "was", text] => {
                self.note(Place { file: name(file)?, path: Vec::new() }, read_was(text)?);
            }
            ["-", file, path, "was", text] => {
                self.note(Place { file: name(file)?, path: parse_path(path)? }, read_was(text)?);
            }
            ["-", ..] => return None,
            [stack, file] => {
                self.files.entry(name(file)?).or_default().insert(name(stack)?);
            }
            [stack, file, path, mark] => {
                let mark = match *mark {
                    "kept" => Mark::Kept,
                    digest => Mark::Digest(Rc::from(digest)),
                };
                let place = Place { file: name(file)?, path: parse_path(path)? };
                self.leaves.entry(place).or_default().insert((name(stack)?, mark));
            }
            _ => return None,
        }
        Some(())
    }

    /// Notes what stood in a place, unless that is known.
    pub fn note(&mut self, place: Place, was: Was) {
        self.was.entry(place).or_insert(was);
    }

    /// Adds what another record has.
    pub fn merge(&mut self, other: &Owned) {
        for (place, marks) in &other.leaves {
            self.leaves.entry(place.clone()).or_default().extend(marks.iter().cloned());
        }
        for (file, stacks) in &other.files {
            self.files.entry(file.clone()).or_default().extend(stacks.iter().cloned());
        }
        for (place, was) in &other.was {
            self.note(place.clone(), was.clone());
        }
    }

    /// The text of the record; empty if nothing is recorded.
    pub fn to_text(&self) -> String {
        let mut lines = self.lines();
        lines.sort_unstable();
        lines.dedup();
        if lines.is_empty() { String::new() } else { format!("{TITLE}{}", lines.concat()) }
    }

    /// Its lines, unsorted, each with a newline.
    pub fn lines(&self) -> Vec<String> {
        let name = |text: &str| quoted_unless_plain(text, ".");
        let mut lines = Vec::with_capacity(self.leaves.len() + self.files.len());
        for (Place { file, path }, marks) in &self.leaves {
            for (stack, mark) in marks {
                let mark = match mark {
                    Mark::Digest(digest) => digest,
                    Mark::Kept => "kept",
                };
                lines.push(format!("{} {} {} {mark}\n", name(stack), name(file), dotted(path)));
            }
        }
        for (file, stacks) in &self.files {
            lines.extend(stacks.iter().map(|stack| format!("{} {}\n", name(stack), name(file))));
        }
        for (Place { file, path }, was) in &self.was {
            let was = match was {
                Was::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
                Was::NoFile => "nofile".to_owned(),
            };
            let path = if path.is_empty() { String::new() } else { format!("{} ", dotted(path)) };
            lines.push(format!("- {} {path}was {was}\n", name(file)));
        }
        lines
    }

    /// Every file that is named.
    pub fn named_files(&self) -> BTreeSet<&Rc<str>> {
        let places = self.leaves.keys().chain(self.was.keys()).map(|place| &place.file);
        places.chain(self.files.keys()).collect()
    }

    /// Every stack that is named.
    pub fn stacks(&self) -> BTreeSet<&Rc<str>> {
        let leaves = self.leaves.values().flatten().map(|(stack, _)| stack);
        leaves.chain(self.files.values().flatten()).collect()
    }
}

/// Refuses a later format.
fn later(line: &str) -> Result<(), String> {
    let format = line.strip_prefix("# vmsc ").and_then(|rest| rest.split(':').next()?.parse::<u32>().ok());
    match format {
        Some(format) if format > FORMAT => {
            Err(format!("this is format {format}, written by a later vmsc; this one reads format {FORMAT}"))
        }
        _ => Ok(()),
    }
}

/// The fields of a line, separated by single blanks outside of strings.
fn fields(line: &str) -> Option<Vec<&str>> {
    let (mut fields, mut start, mut quoted, mut escaped) = (Vec::new(), 0, false, false);
    for (at, c) in line.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ' ' if !quoted => {
                fields.push(&line[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    fields.push(&line[start..]);
    (!quoted && fields.iter().all(|field| !field.is_empty())).then_some(fields)
}

fn read_was(text: &str) -> Option<Was> {
    if text == "nofile" {
        return Some(Was::NoFile);
    }
    serde_json::from_str(text).ok().map(Was::Text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "# vmsc 1: what vmsc wrote. Commit it. In a conflict leave it as it is and run vmsc build.\n\
        - docker/a.yml networks.app-net was \"{}\"\n\
        - docker/a.yml services was \"\"\n\
        - docker/b.yml was nofile\n\
        stacks/a.vms \"a b.yml\" services.vm.image 5fc2e29f3cdd560e\n\
        stacks/a.vms charts/u/Chart.yaml dependencies.[vm].version -\n\
        stacks/a.vms charts/u/Chart.yaml dependencies.[vm].version 5fc2e29f3cdd560e\n\
        stacks/a.vms docker/a.yml services.vm.restart kept\n\
        stacks/a.vms docker/vm/scrape.yml\n";

    #[test]
    fn it_is_written_as_it_was_read() {
        let owned = Owned::parse(TEXT).unwrap();
        assert_eq!(owned.to_text(), TEXT);
        assert_eq!(Owned::parse(&TEXT.replace('\n', "\r\n")).unwrap(), owned);
        assert_eq!(Owned::default().to_text(), "");
    }

    #[test]
    fn both_sides_of_a_merge_count() {
        let base = "<<<<<<< a\ns f a 1\n||||||| c\ns f a 3\n=======\ns f a 2\n>>>>>>> b\n";
        let owned = Owned::parse(base).unwrap();
        assert_eq!(owned.leaves.values().map(BTreeSet::len).collect::<Vec<_>>(), [2]);
    }

    #[test]
    fn what_is_no_record_is_refused_at_its_line() {
        for wrong in ["s f a", "s f a 1 2", "- f a", "s  f", "s \"f", "s f a..b 1"] {
            assert_eq!(Owned::parse(&format!("# c\n{wrong}\n")).unwrap_err().line, 1, "{wrong}");
        }
        assert!(Owned::parse("# vmsc 2: x\nanything goes here too\n").unwrap_err().reason.contains("later"));
    }
}
