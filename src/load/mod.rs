//! Loads the import graph: the stack's file, the files it imports, and their imports.
//!
//! [`codes`] has the diagnostics, and [`data`] reads YAML and JSON with a span for each value.

pub mod codes;
pub mod data;

use crate::diagnostics::{Diagnostic, wording};
use crate::source::read::{self, ReadError};
use crate::source::{FileId, SourceMap, Span, markers};
use crate::syntax;
use crate::syntax::tree::{Expr, ItemKind, Tree};
use camino::{Utf8Path, Utf8PathBuf};
use codes::{IMPORT, LEADS_OUT, LONG, unreadable};
use std::collections::HashMap;

/// Longest chain of files that import each other.
pub const MAX_CHAIN: usize = 32;

/// Location of a stack, for resolving its imports.
#[derive(Clone, Debug, Default)]
pub struct StackLocation {
    /// The project's root, links resolved; imports must be below it.
    pub root: Utf8PathBuf,
    /// The folder of the stack's file, links resolved.
    pub folder: Utf8PathBuf,
    /// The stack's file, links resolved; empty for standard input.
    pub file: Utf8PathBuf,
}

/// A file and all that it imports.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The stack's file first, then the imported ones.
    pub modules: Vec<Module>,
    /// Imported data.
    pub data: Vec<data::DataFile>,
}

/// A `.vms` file.
#[derive(Clone, Debug, Default)]
pub struct Module {
    /// The file.
    pub file: FileId,
    /// Its declarations.
    pub tree: Tree,
    /// Targets of its imports, by the span of the path.
    pub imports: HashMap<Span, Target>,
}

/// Target of an import.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Index of a module.
    Module(usize),
    /// Index of a data file.
    Data(usize),
    /// A file that could not be read, which is already reported.
    Failed,
}

/// Loads a file of the map and everything it imports. Syntax diagnostics are kept apart from the others,
/// because they explain many of those.
pub fn load(
    file: FileId,
    place: &StackLocation,
    map: &mut SourceMap,
    syntax: &mut Vec<Diagnostic>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Loaded {
    let mut loader = Loader {
        place,
        map,
        syntax,
        diagnostics,
        loaded: Loaded::default(),
        known: HashMap::new(),
        chain: vec![place.file.clone()],
    };
    loader.module(file, &place.folder);
    loader.loaded
}

struct Loader<'a> {
    place: &'a StackLocation,
    map: &'a mut SourceMap,
    syntax: &'a mut Vec<Diagnostic>,
    diagnostics: &'a mut Vec<Diagnostic>,
    loaded: Loaded,
    /// Files that were read, by their full path.
    known: HashMap<Utf8PathBuf, Target>,
    /// The files being read, each imported by the previous one.
    chain: Vec<Utf8PathBuf>,
}

impl Loader<'_> {
    /// Parses a file and reads what it imports.
    fn module(&mut self, file: FileId, folder: &Utf8Path) -> Target {
        let (mut tree, mut diagnostics) = syntax::parse(file, self.map);
        if let Some(lines) = markers::unresolved(&self.map.file(file).text) {
            // Two versions of a text in one mean nothing.
            tree = Tree::default();
            diagnostics = vec![self.unresolved(file, &lines)];
        }
        self.syntax.append(&mut diagnostics);
        let at = self.loaded.modules.len();
        self.loaded.modules.push(Module::default());
        let mut imports = HashMap::new();
        for item in tree.items() {
            if let ItemKind::Import { path, .. } = &item.kind {
                imports.insert(path.span, self.import(path, item.broken, folder));
            }
        }
        self.loaded.modules[at] = Module { file, tree, imports };
        Target::Module(at)
    }

    fn unresolved(&mut self, file: FileId, lines: &std::ops::Range<usize>) -> Diagnostic {
        let text = &self.map.file(file).text;
        let at = markers::first_marker(text, lines);
        let report = codes::unresolved(&self.map.file(file).name, lines);
        let span = self.map.whole(file, at);
        report.at(span, "git marks the first difference here").help("resolve it, and build again")
    }

    /// Resolves an import; if it is `broken`, a failure may be a consequence of its syntax error.
    fn import(&mut self, path: &Expr, broken: bool, folder: &Utf8Path) -> Target {
        self.resolve(path, folder).unwrap_or_else(|report| {
            self.diagnostics.extend((!broken).then_some(*report));
            Target::Failed
        })
    }

    fn resolve(&mut self, path: &Expr, folder: &Utf8Path) -> Result<Target, Box<Diagnostic>> {
        let Some(text) = path.plain_text() else {
            return Err(Box::new(
                Diagnostic::error(&IMPORT, "an import path must be a plain string")
                    .at(path.span, "can't be computed")
                    .help("write the path out"),
            ));
        };
        let failed = |title: String, label: &str| Diagnostic::error(&IMPORT, title).at(path.span, label);
        let is_data = match Utf8Path::new(text).extension() {
            Some("vms") => false,
            Some("yaml" | "yml" | "json") => true,
            _ => {
                return Err(Box::new(
                    failed(format!("`{text}` can't be imported"), "unsupported file type")
                        .help("import a `.vms`, `.yaml`, `.yml` or `.json` file"),
                ));
            }
        };
        if Utf8Path::new(text).is_absolute() {
            return Err(Box::new(outside(text, path.span)));
        }
        let full = match self.map.overlay.canonical(&folder.join(text)) {
            Ok(full) => full,
            Err(ReadError::NotFound) => return Err(Box::new(self.not_found(text, path.span, folder))),
            Err(_) => {
                return Err(Box::new(failed(format!("`{text}` can't be read"), "not a readable file")));
            }
        };
        if !full.starts_with(&self.place.root) {
            return Err(Box::new(outside(text, path.span)));
        }
        if self.chain.contains(&full) {
            return Err(Box::new(
                failed(format!("`{text}` imports itself"), "that file imports this one")
                    .help("move what both need to a third file"),
            ));
        }
        if let Some(known) = self.known.get(&full) {
            return Ok(*known);
        }
        if self.chain.len() >= MAX_CHAIN {
            let title = format!("imports are nested more than {MAX_CHAIN} files deep");
            return Err(Box::new(
                Diagnostic::error(&LONG, title).at(path.span, "one too many").help("import from fewer files"),
            ));
        }
        self.read(full, is_data, path.span)
    }

    /// Reads a file that is imported for the first time.
    fn read(&mut self, full: Utf8PathBuf, is_data: bool, imported: Span) -> Result<Target, Box<Diagnostic>> {
        let name = full.strip_prefix(&self.place.root).unwrap_or(&full).to_string();
        let content = self.map.overlay.text(&full).map_err(|error| {
            let report = unreadable(error, &name, self.map);
            Box::new(report.because(imported, "imported here"))
        })?;
        let file = self.map.add(name, content);
        self.chain.push(full.clone());
        let target = if is_data {
            data::read(file, self.map, self.diagnostics).map_or(Target::Failed, |node| {
                self.loaded.data.push(node);
                Target::Data(self.loaded.data.len() - 1)
            })
        } else {
            let parent = full.parent().unwrap_or(&full).to_owned();
            self.module(file, &parent)
        };
        self.chain.pop();
        self.known.insert(full, target);
        Ok(target)
    }

    /// Diagnostic for an import of a file that does not exist.
    fn not_found(&self, text: &str, span: Span, folder: &Utf8Path) -> Diagnostic {
        let report = Diagnostic::error(&IMPORT, format!("there is no file `{text}`")).at(span, "not found");
        let (parent, name) = text.rsplit_once('/').map_or(("", text), |(p, n)| (p, n));
        let mut names = read::names(&folder.join(parent));
        names.retain(|other| self.chain.last().is_none_or(|own| own.file_name() != Some(other)));
        match wording::nearest(name, names.iter().map(String::as_str)) {
            Some(near) => {
                let right = if parent.is_empty() { near.to_owned() } else { format!("{parent}/{near}") };
                report.suggest(format!("did you mean `{right}`?"), span, &format!("\"{right}\""))
            }
            None => report.help("a path is relative to the file that imports it"),
        }
    }
}

fn outside(text: &str, span: Span) -> Diagnostic {
    Diagnostic::error(&LEADS_OUT, format!("`{text}` is outside the project"))
        .at(span, "only files of the project can be imported")
        .note("the project is the nearest folder above the stack with a `.git`, or that of `--root`")
        .help("copy the file into the project")
}
