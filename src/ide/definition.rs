//! Where a name is declared, and where a stack and its profiles give a setting.

use super::mention::{Mention, mention_at};
use super::settings;
use super::symbol::Symbol;
use super::view::{Side, View};
use crate::load;
use crate::prelude;
use crate::semantics::types::Type;
use crate::source::{FileId, Span};
use crate::syntax::tree::{Entry, EntryKind, ItemKind, Node, has_code};
use std::ops::Range;

/// A place in a file of a stack's map, which may be one of vmsc's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The file.
    pub file: FileId,
    /// The bytes.
    pub range: Range<usize>,
}

/// Where what is at a byte is declared.
pub fn definition(view: View<'_>, byte: usize) -> Vec<Target> {
    if let Some(file) = imported(view, byte) {
        return vec![Target { file, range: 0..0 }];
    }
    let Some(mention) = mention_at(view, byte) else { return Vec::new() };
    let spans: Vec<Span> = match &mention.symbol {
        Symbol::Entry(path) => givers(view, path),
        Symbol::Code(code) => checks(view, code),
        symbol => symbol.declaration(view).map(|found| found.name).into_iter().collect(),
    };
    spans.into_iter().map(|span| place(view, span)).collect()
}

fn place(view: View<'_>, span: Span) -> Target {
    let (file, range) = view.map().locate(span);
    Target { file, range }
}

/// The file that an import at a byte leads to.
fn imported(view: View<'_>, byte: usize) -> Option<FileId> {
    let path = view.path(byte, Side::Right);
    let Some(Node::Item(item)) = path.first() else { return None };
    let ItemKind::Import { path, .. } = &item.kind else { return None };
    let loaded = view.analysis.loaded();
    let module = loaded.modules.iter().find(|module| module.file == view.file)?;
    match module.imports.get(&path.span)? {
        load::Target::Module(at) => Some(loaded.modules[*at].file),
        load::Target::Data(at) => Some(view.map().locate(loaded.data[*at].span(&(0..0))).0),
        load::Target::Failed => None,
    }
}

/// Where the stack and its profiles give the setting at a byte.
pub fn implementation(view: View<'_>, byte: usize) -> Vec<Target> {
    let Some(Mention { setting: Some(path), .. }) = mention_at(view, byte) else { return Vec::new() };
    let Some(own) = View::own(view.live) else { return Vec::new() };
    givers(own, &path).into_iter().map(|span| place(own, span)).collect()
}

/// The keys of the entries that give a setting.
fn givers(view: View<'_>, path: &[String]) -> Vec<Span> {
    let given = view.tree().items().flat_map(settings::given);
    given.filter(|one| one.path == path).map(|one| one.key).collect()
}

/// The schema of what is at a byte.
pub fn type_definition(view: View<'_>, byte: usize) -> Vec<Target> {
    let Some(mention) = mention_at(view, byte) else { return Vec::new() };
    let program = view.program();
    let ty = match &mention.symbol {
        Symbol::Field(field) => program.field(*field).map(|field| field.ty.clone()),
        Symbol::Let(id) => Some(view.findings().type_of_constant(*id).clone()),
        Symbol::Entry(path) => settings::type_at(view, path),
        _ => None,
    };
    let mut ty = ty.as_ref().map(Type::plain);
    while let Some(Type::List(inner) | Type::Map(inner)) = ty {
        ty = Some(inner.plain());
    }
    match ty {
        Some(Type::Schema(id)) => vec![place(view, program.schema(*id).name.span)],
        _ => Vec::new(),
    }
}

/// The checks that report a code.
fn checks(view: View<'_>, code: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let builtin = prelude::get().trees.iter().flat_map(|tree| tree.items());
    let own = view.all();
    let own = own.iter().flat_map(|view| view.tree().items());
    for item in builtin.chain(own) {
        if let ItemKind::Schema { body, .. } = &item.kind {
            let with_code = body.entries.iter().filter(|entry| has_code(entry, code));
            found.extend(with_code.filter_map(|entry| code_of(entry, code)));
        }
    }
    found
}

fn code_of(entry: &Entry, code: &str) -> Option<Span> {
    let mut found = None;
    Node::Entry(entry).walk(&mut |node| {
        if let Node::Entry(Entry { kind: EntryKind::Check(check), .. }) = node
            && let Some(name) = &check.code
            && *name.text == *code
        {
            found = found.or(Some(name.span));
        }
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{stack, with_files};

    fn found(text: &str, find: fn(View<'_>, usize) -> Vec<Target>) -> Vec<String> {
        let at = with_files(text, &[("lib.vms", "let name = \"a\"\n")]);
        let map = at.live.map();
        let line = |target: &Target| {
            let (line, column) = map.line_column(target.file, target.range.start);
            format!("{}:{line}:{column}", map.file(target.file).name)
        };
        find(at.view(), at.byte).iter().map(line).collect()
    }

    #[test]
    fn names_lead_to_their_declarations() {
        assert_eq!(found("let a = 1\nlet b = a$0\n", definition), ["stacks/cursor.vms:1:5"]);
        assert_eq!(found("fn f(x: Int): Int = x$0\n", definition), ["stacks/cursor.vms:1:6"]);
        assert_eq!(
            found("import \"lib.vms\" as lib\nlet a = lib.na$0me\n", definition),
            ["stacks/lib.vms:1:5"]
        );
        assert_eq!(
            found("import \"li$0b.vms\" as lib\nlet a = lib.name\n", definition),
            ["stacks/lib.vms:1:1"]
        );
        let own = found(&stack("reten$0tion = 30d"), definition);
        assert!(own[0].contains("stack.vms"), "{own:?}");
    }

    #[test]
    fn a_setting_leads_to_where_it_is_given() {
        let text = format!("{}profile p {{ reten$0tion = 7d }}\n", stack("retention = 30d"));
        assert_eq!(found(&text, implementation), ["stacks/cursor.vms:3:3", "stacks/cursor.vms:5:13"]);
        let schema = found(&stack("pers$0istence { size = 1Gi }"), type_definition);
        assert_eq!(schema.len(), 1);
    }
}
