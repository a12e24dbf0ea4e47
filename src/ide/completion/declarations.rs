//! Declarations of a file, at the start of a line.

use super::item::{Completion, Kind, Snippet};
use super::place::Place;
use crate::semantics::names::Program;
use crate::source::read;
use crate::syntax::tree::{ItemKind, Node};

/// Offers what a file may declare there.
pub(super) fn offer(place: &Place, found: &mut Vec<Completion>) {
    let view = place.view;
    let has_stack = view.tree().items().any(|item| matches!(item.kind, ItemKind::Stack { .. }));
    let is_own = view.module() == Program::own();
    let mut add = |label: &str, doc: &str, text: Snippet| {
        found.push(Completion {
            doc: doc.to_owned(),
            text,
            ..Completion::new(label, Kind::Snippet, place.replaced.clone())
        });
    };
    let free = |base: &str| free_name(place, base);
    if !has_stack && is_own {
        let stack = Snippet::plain("stack ").place("victoriametrics").text(" {\n\tversion   = ");
        let stack =
            stack.place(super::sample::newest()).text("\n\tretention = ").place("30d").text("\n\t").end();
        add("stack", "A VictoriaMetrics deployment.", stack.text("\n}"));
    }
    if has_stack && is_own {
        let profile = Snippet::plain("profile ").place(free("prod")).text(" {\n\t").end().text("\n}");
        add("profile", "Settings that differ for one environment.", profile);
        let test = Snippet::plain("test \"").place("title").text("\" {\n\tcheck ").place("stack.enabled");
        add("test", "Checks the values of the stack; `vmsc test` runs it.", test.text("\n}"));
    }
    let constant = Snippet::plain("let ").place(free("name")).text(" = ").place("1");
    add("let", "A constant.", constant);
    let function =
        Snippet::plain("fn ").place(free("name")).text("(").place("text").text(": ").place("String");
    let function = function.text("): ").place("String").text(" = ").place("text");
    add("fn", "A function.", function);
    let ty = Snippet::plain("type ").place(free("Name")).text(" = ").place("String");
    add("type", "A type, with a condition after `where`.", ty);
    let schema = Snippet::plain("schema ").place(free("Name")).text(" {\n\t").place("name").text(": ");
    add("schema", "The fields of a record.", schema.place("String").text("\n}"));
    if let Some(file) = importable(place) {
        let name = free(&name_for(&file));
        let import = Snippet::plain("import \"").place(file).text("\" as ").place(name);
        add("import", "Another file's declarations, or data.", import);
    }
}

/// Offers `as` with a name for the import around the place.
pub(super) fn offer_alias(place: &Place, found: &mut Vec<Completion>) {
    let Some(Node::Item(item)) = place.path.first() else { return };
    let ItemKind::Import { path, .. } = &item.kind else { return };
    let is_named = !item.name.text.is_empty();
    if let (Some(file), false) = (path.plain_text(), is_named) {
        let name = free_name(place, &name_for(file));
        let text = Snippet::plain("as ").place(name.clone());
        let completion = Completion::new(&format!("as {name}"), Kind::Keyword, place.replaced.clone());
        found.push(Completion { text, ..completion });
    }
}

/// A name for what is imported from a file.
fn name_for(file: &str) -> String {
    let name = file.rsplit('/').next().and_then(|name| name.split('.').next()).unwrap_or_default();
    let name: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    if name.starts_with(|c: char| c.is_ascii_alphabetic()) { name } else { "data".to_owned() }
}

/// A name that is not declared yet.
fn free_name(place: &Place, base: &str) -> String {
    let taken = |name: &str| place.view.tree().items().any(|item| *item.name.text == *name);
    let numbered = (2..).map(|n| format!("{base}{n}"));
    std::iter::once(base.to_owned()).chain(numbered).find(|name| !taken(name)).unwrap_or_default()
}

/// The first file beside this one that can be imported and is not.
fn importable(place: &Place) -> Option<String> {
    let view = place.view;
    let own = view.live.path_of(view.file);
    let imported = |name: &str| {
        view.tree().items().any(|item| match &item.kind {
            ItemKind::Import { path, .. } => path.plain_text() == Some(name),
            _ => false,
        })
    };
    let names = read::names(own.parent()?).into_iter().filter(|name| Some(name.as_str()) != own.file_name());
    let mut names = names.filter(|name| super::strings::can_be_imported(name) && !imported(name));
    // A stack can't be imported.
    names.find(|name| !name.ends_with(".vms") || !super::strings::has_stack(&own.with_file_name(name)))
}
