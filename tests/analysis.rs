//! What is known of a file, whole and broken: what each name means, and what is expected of a value
//! that is missing.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use vmsc::compile::Analysis;
use vmsc::diagnostics::Diagnostic;
use vmsc::load::{StackLocation, load};
use vmsc::semantics::findings::Resolution;
use vmsc::semantics::stop::{Stop, Stopped};
use vmsc::semantics::types::Type;
use vmsc::source::SourceMap;
use vmsc::syntax::tree::{
    Block, Entry, EntryKind, Expr, ExprKind, Field, FieldValue, ItemKind, Key, Name, NameRef, StringPart,
    Tree, TypeExpr, TypeKind,
};

/// A file that uses the whole language but imports.
const WHOLE: &str = include_str!("analysis/whole.vms");

/// Everything of a tree that has a meaning of its own.
#[derive(Default)]
struct Parts<'t> {
    exprs: Vec<&'t Expr>,
    names: Vec<&'t Name>,
    keys: Vec<&'t Expr>,
}

impl<'t> Parts<'t> {
    fn of(tree: &'t Tree) -> Parts<'t> {
        let mut parts = Parts::default();
        for item in tree.items() {
            match &item.kind {
                ItemKind::Import { ty, .. } => {
                    parts.names.push(&item.name);
                    ty.iter().for_each(|ty| parts.ty(ty));
                }
                ItemKind::Let { ty, value } => {
                    parts.names.push(&item.name);
                    ty.iter().for_each(|ty| parts.ty(ty));
                    parts.expr(value);
                }
                ItemKind::Fn { params, ty, body } => {
                    parts.names.push(&item.name);
                    for param in params {
                        param.ty.iter().for_each(|ty| parts.ty(ty));
                        param.default.iter().for_each(|value| parts.expr(value));
                    }
                    ty.iter().for_each(|ty| parts.ty(ty));
                    parts.expr(body);
                }
                ItemKind::Type { ty, condition, message } => {
                    parts.names.push(&item.name);
                    parts.ty(ty);
                    condition.iter().chain(message).for_each(|expr| parts.expr(expr));
                }
                ItemKind::Schema { parent, body } => {
                    parts.names.push(&item.name);
                    parent.iter().for_each(|parent| parts.name_ref(parent));
                    parts.block(body);
                }
                ItemKind::Stack { schema, body } => {
                    schema.iter().for_each(|schema| parts.name_ref(schema));
                    parts.block(body);
                }
                ItemKind::Profile { parent, body } => {
                    parts.names.extend(parent);
                    parts.block(body);
                }
                ItemKind::Test { profile, body } => {
                    parts.names.extend(profile);
                    parts.block(body);
                }
            }
        }
        parts
    }

    fn name_ref(&mut self, name: &'t NameRef) {
        self.names.extend(&name.file);
        self.names.push(&name.name);
    }

    fn ty(&mut self, ty: &'t TypeExpr) {
        match &ty.kind {
            TypeKind::Name { name, argument } => {
                self.name_ref(name);
                argument.iter().for_each(|ty| self.ty(ty));
            }
            TypeKind::List(inner) | TypeKind::Optional(inner) => self.ty(inner),
            TypeKind::Either(types) => types.iter().for_each(|ty| self.ty(ty)),
            TypeKind::Word(_) | TypeKind::Missing => {}
        }
    }

    fn block(&mut self, block: &'t Block) {
        block.entries.iter().for_each(|entry| self.entry(entry));
    }

    fn entry(&mut self, entry: &'t Entry) {
        match &entry.kind {
            EntryKind::Field(field) => self.field(field),
            EntryKind::Check(check) => {
                self.names.extend(&check.code);
                self.expr(&check.condition);
                check.message.iter().chain(&check.notes).chain(&check.helps).for_each(|expr| self.expr(expr));
                for (at, label) in &check.labels {
                    self.expr(at);
                    self.expr(label);
                }
            }
            EntryKind::For { source, body, .. } => {
                self.expr(source);
                self.block(body);
            }
            EntryKind::If { condition, then, otherwise } => {
                self.expr(condition);
                self.block(then);
                otherwise.iter().for_each(|block| self.block(block));
            }
            EntryKind::Rejects { body, code } => {
                self.names.extend(code);
                self.block(body);
            }
        }
    }

    fn field(&mut self, field: &'t Field) {
        for key in &field.path {
            match key {
                Key::Name(name) => self.names.push(name),
                // The key of an entry is no value.
                Key::Computed(expr) => self.keys.push(expr),
            }
        }
        field.ty.iter().for_each(|ty| self.ty(ty));
        match &field.value {
            FieldValue::Expr(expr) => self.expr(expr),
            FieldValue::Block(block) => self.block(block),
            FieldValue::Nothing => {}
        }
    }

    fn expr(&mut self, expr: &'t Expr) {
        self.exprs.push(expr);
        match &expr.kind {
            ExprKind::String(texts) => {
                for part in texts {
                    if let StringPart::Value(value) = part {
                        self.expr(value);
                    }
                }
            }
            ExprKind::Member(base, _) => self.expr(base),
            ExprKind::Index(base, index) => [base, index].into_iter().for_each(|expr| self.expr(expr)),
            ExprKind::Call(function, arguments) => {
                self.expr(function);
                arguments.iter().for_each(|expr| self.expr(expr));
            }
            ExprKind::Prefix(_, inner) => self.expr(inner),
            ExprKind::Infix(_, _, left, right) => [left, right].into_iter().for_each(|expr| self.expr(expr)),
            ExprKind::If(a, b, c) => [a, b, c].into_iter().for_each(|expr| self.expr(expr)),
            ExprKind::List(items) => items.iter().for_each(|expr| self.expr(expr)),
            ExprKind::Comprehension(clauses, body) => {
                for clause in clauses {
                    self.expr(&clause.source);
                    clause.filter.iter().for_each(|expr| self.expr(expr));
                }
                self.expr(body);
            }
            ExprKind::Record(block) => self.block(block),
            _ => {}
        }
    }
}

fn analyse(text: &str) -> (Analysis, SourceMap, Vec<String>) {
    let mut map = SourceMap::default();
    map.attach(vmsc::prelude::get().sources.clone());
    let file = map.add("stacks/whole.vms", text);
    let (mut syntax, mut diagnostics) = (Vec::new(), Vec::new());
    let loaded = load(file, &StackLocation::default(), &mut map, &mut syntax, &mut diagnostics);
    let analysis = Analysis::new(loaded, &mut diagnostics).unwrap();
    let said = syntax.iter().chain(&diagnostics).map(|report| report.title.clone()).collect();
    (analysis, map, said)
}

#[test]
fn every_name_of_a_file_is_resolved() {
    let (analysis, map, diagnostics) = analyse(WHOLE);
    assert_eq!(diagnostics, [] as [String; 0]);
    let parts = Parts::of(&analysis.loaded().modules[0].tree);
    assert!(parts.names.len() > 60 && parts.exprs.len() > 60);
    for name in parts.names {
        assert_ne!(analysis.findings().name(name), Resolution::Unknown, "`{}`", name.text);
    }
    for expr in parts.exprs {
        if matches!(expr.kind, ExprKind::Name(_) | ExprKind::Member(..)) {
            let text = map.text(expr.span);
            assert_ne!(analysis.findings().resolution(expr), Resolution::Unknown, "`{text}`");
        }
    }
}

#[test]
fn every_expression_of_a_file_has_a_type() {
    let (analysis, map, _) = analyse(WHOLE);
    for expr in Parts::of(&analysis.loaded().modules[0].tree).exprs {
        let of_function =
            matches!(analysis.findings().resolution(expr), Resolution::Fn(_) | Resolution::Builtin(_));
        if !of_function {
            assert_ne!(*analysis.findings().type_of(expr), Type::Error, "`{}`", map.text(expr.span));
        }
    }
}

/// What is expected of a missing element or argument: a list or a call may be without, so that they
/// are asked.
fn of_element(analysis: &Analysis, parts: &Parts, map: &SourceMap, at: usize) -> Option<Type> {
    let findings = analysis.findings();
    let around = parts.exprs.iter().rev().find(|expr| {
        let (_, range) = map.locate(expr.span);
        matches!(expr.kind, ExprKind::List(_) | ExprKind::Call(..)) && range.start < at && at < range.end
    })?;
    let expected = findings.expected(around).map(|expected| expected.ty.plain());
    match (&around.kind, expected) {
        (ExprKind::List(_), Some(Type::List(element))) => Some(element.plain().clone()),
        (ExprKind::Call(function, arguments), expected) => match findings.resolution(function) {
            Resolution::Fn(id) => {
                let before =
                    arguments.iter().filter(|argument| map.locate(argument.span).1.end <= at).count();
                Some(analysis.program().function(id).params[before].ty.plain().clone())
            }
            Resolution::Builtin(_) => expected.cloned(),
            _ => None,
        },
        _ => None,
    }
}

/// With each value deleted in turn, the type that is expected in its place is known.
#[test]
fn what_is_expected_is_known_where_a_value_is_missing() {
    let (analysis, map, _) = analyse(WHOLE);
    let mut tried = 0;
    let mut wrong = Vec::new();
    for expr in Parts::of(&analysis.loaded().modules[0].tree).exprs {
        let Some(expected) = analysis.findings().expected(expr) else { continue };
        let (_, range) = map.locate(expr.span);
        let broken = format!("{}{}", &WHOLE[..range.start], &WHOLE[range.end..]);
        let (after, places, _) = analyse(&broken);
        let parts = Parts::of(&after.loaded().modules[0].tree);
        let missing = parts.exprs.iter().find(|expr| {
            let (_, at) = places.locate(expr.span);
            let between = &broken[at.start.min(range.start)..at.start.max(range.start)];
            matches!(expr.kind, ExprKind::Missing) && between.trim().is_empty()
        });
        let found = match missing {
            Some(expr) => after.findings().expected(expr).map(|expected| expected.ty.plain().clone()),
            None => of_element(&after, &parts, &places, range.start),
        };
        tried += 1;
        if found.as_ref() != Some(expected.ty.plain()) {
            let line = WHOLE[..range.start].lines().count();
            wrong.push(format!(
                "line {line}, `{}`: {:?}, not {:?}",
                map.text(expr.span),
                found.as_ref().map(Type::in_words),
                expected.ty.in_words()
            ));
        }
    }
    assert!(tried > 40, "{tried}");
    assert!(wrong.is_empty(), "{tried} places, of which wrong:\n{}", wrong.join("\n"));
}

// --------------------------------------------------------------------------------------- recovery

/// The settings of a stack that a broken text gives, by their paths' first names.
fn given(text: &str) -> (Vec<String>, Analysis, SourceMap) {
    let (analysis, map, _) = analyse(text);
    let items = analysis.loaded().modules[0].tree.items();
    let mut names = Vec::new();
    for item in items {
        if let ItemKind::Stack { body, .. } | ItemKind::Profile { body, .. } = &item.kind {
            for entry in body.entries.iter() {
                if let EntryKind::Field(field) = &entry.kind {
                    names.push(map.text(field.path[0].span()).to_owned());
                }
            }
        }
    }
    (names, analysis, map)
}

/// What stands behind something that is not closed is in the tree all the same.
#[test]
fn what_is_not_closed_takes_nothing_with_it() {
    // Lines of the first column belong to the block before them, where they can be nothing else.
    let text = "stack m {\nversion = v1.106.1\nretention = 30d\n\nprofile p {\nretention = 7d\n}\n";
    assert_eq!(given(text).0, ["version", "retention", "retention"]);
    // A text without its end ends with its lines.
    let text = "stack m {\n  version = v1.106.1\n  nameOverride = \"\"\"\n    a\n\n  retention = 30d\n}\nprofile p { retention = 7d }\n";
    assert_eq!(given(text).0, ["version", "nameOverride", "retention", "retention"]);
    // A string without its end keeps what is interpolated.
    let text = "let name = \"a\"\nstack m {\n  version = v1.106.1\n  nameOverride = \"x-\\(name)-y\n  fullnameOverride = \"x-\\(name\n  retention = 30d\n}\n";
    let (names, analysis, map) = given(text);
    assert_eq!(names, ["version", "nameOverride", "fullnameOverride", "retention"]);
    let parts = Parts::of(&analysis.loaded().modules[0].tree);
    let uses = parts.exprs.iter().filter(|expr| map.text(expr.span) == "name");
    let resolved = uses.filter(|expr| matches!(analysis.findings().resolution(expr), Resolution::Let(_)));
    assert_eq!(resolved.count(), 2);
    // However many closers are missing.
    let job = |n: usize| format!("    job \"j{n}\" {{\n      targets = [\"h{n}:1\"]\n");
    let jobs: String = (0..200).map(job).collect();
    let text = format!("stack m {{\n  version = v1.106.1\n  scrape {{\n{jobs}  }}\n  retention = 30d\n}}\n");
    let (names, analysis, _) = given(&text);
    assert_eq!(names, ["version", "scrape", "retention"]);
    let strings = |expr: &&&Expr| matches!(expr.kind, ExprKind::List(_));
    assert_eq!(Parts::of(&analysis.loaded().modules[0].tree).exprs.iter().filter(strings).count(), 200);
}

// ------------------------------------------------------------------------------------------ edits

/// A stack with blocks that are big enough to be cut.
fn large() -> String {
    let job = |n: usize| {
        format!(
            "    job \"j{n}\" {{\n      targets  = [\"h{n}:1\"]\n      interval = every\n      path     = \"/metrics\"\n    }}\n"
        )
    };
    let jobs: String = (0..150).map(job).collect();
    format!(
        "let every = 30s\nstack m {{\n  version = v1.106.1\n  scrape {{\n{jobs}  }}\n  retention = 30d\n}}\nprofile p {{ retention = 7d }}\n"
    )
}

/// All that is known of a file, to compare.
fn known(analysis: &Analysis, map: &SourceMap, reports: &[Diagnostic]) -> Vec<String> {
    let findings = analysis.findings();
    let parts = Parts::of(&analysis.loaded().modules[0].tree);
    let of_expr = |expr: &&Expr| {
        let (_, at) = map.locate(expr.span);
        let expected = findings.expected(expr).map(|expected| (&expected.ty, expected.field));
        let poisoned = findings.is_poisoned(expr);
        let found = (findings.type_of(expr), findings.resolution(expr), expected, poisoned);
        format!("{at:?} {found:?}")
    };
    let of_name = |name: &&Name| format!("{:?} {:?}", map.locate(name.span).1, findings.name(name));
    let of_report = |report: &Diagnostic| {
        let places: Vec<_> = report.labels.iter().map(|label| map.locate(label.span).1).collect();
        format!("{places:?} {} {:?}", report.title, report.notes)
    };
    let mut reports: Vec<String> = reports.iter().map(of_report).collect();
    reports.sort();
    parts.exprs.iter().map(of_expr).chain(parts.names.iter().map(of_name)).chain(reports).collect()
}

/// What is found out after an edit is what is found out of the new text.
#[test]
fn an_edited_file_is_known_as_if_it_were_new() {
    let fresh = |text: &str| {
        let mut map = SourceMap::for_editing();
        map.attach(vmsc::prelude::get().sources.clone());
        let file = map.add("stacks/large.vms", text);
        let (mut syntax, mut diagnostics) = (Vec::new(), Vec::new());
        let loaded = load(file, &StackLocation::default(), &mut map, &mut syntax, &mut diagnostics);
        let analysis = Analysis::new(loaded, &mut diagnostics).unwrap();
        (analysis, map, file, diagnostics)
    };
    let mut text = large();
    let (mut analysis, mut map, file, _) = fresh(&text);
    let edits = [
        // Values: right ones, wrong ones, and ones that are being typed.
        ("\"h70:1\"", "\"h70:12\""),
        ("\"h70:12\"", "\"h70\""),
        ("\"h70\"", "\"h70:12\", \"h71:1\""),
        (
            "interval = every\n      path     = \"/metrics\"\n    }\n    job \"j31\"",
            "interval = ever\n      path     = \"/metrics\"\n    }\n    job \"j31\"",
        ),
        ("interval = ever\n", "interval = \n"),
        ("interval = \n", "interval = 15s\n"),
        // A value in another piece while the first is wrong.
        ("\"h120:1\"", "12"),
        ("\"h20:1\"", "every"),
        ("[12]", "[\"h120:1\"]"),
        // Keys, which may be given twice now.
        ("path     = \"/metrics\"\n    }\n    job \"j10\"", "interval = 5s\n    }\n    job \"j10\""),
        ("job \"j90\"", "job \"j89\""),
        ("\"h91:1\"", "\"h91:2\""),
        ("  retention = 30d\n}", "  retention = 31d\n}"),
        // A field of none, of the record around, and one outside of it.
        ("job \"j50\" {", "jobb \"j50\" {"),
        ("\"h52:1\"", "\"h52:2\""),
        ("jobb", "job"),
        // Declarations.
        ("let every = 30s", "let every = 45"),
        ("\"h53:1\"", "\"h53:2\""),
        ("let every = 45", "let every = 45s\nlet more = 1"),
        ("{ retention = 7d }", "{ retention = \"x\" }"),
        ("job \"j140\" {", "job \"j140\" "),
        ("job \"j140\" ", "job \"j140\" {"),
    ];
    for (from, to) in edits {
        assert!(text.contains(from), "{from}");
        text = text.replacen(from, to, 1);
        let (tree, _) =
            vmsc::syntax::reparse(file, text.clone(), &mut map, &analysis.loaded().modules[0].tree);
        let mut reports = Vec::new();
        analysis = analysis.edited(tree, &mut reports).unwrap();
        let (new, new_map, _, diagnostics) = fresh(&text);
        let (one, other) = (known(&analysis, &map, &reports), known(&new, &new_map, &diagnostics));
        assert_eq!(one.len(), other.len(), "{from} → {to}");
        for (one, other) in one.iter().zip(&other) {
            assert_eq!(one, other, "{from} → {to}");
        }
    }
}

/// A long evaluation ends soon when it is told to, without a report.
#[test]
fn evaluation_stops_when_it_is_told_to() {
    let text = "stack m {\n  version = v1.106.1\n  for a in range(0, 100) { for b in range(0, 20) { scrape.job \"j\\(a)-\\(b)\" { targets = [\"h:1\"] } } }\n}\n";
    let (analysis, _, _) = analyse(text);
    let stop = Stop::default();
    // It was told before it began, so that no time is guessed: the first expressions see it.
    stop.clone().stop();
    let mut reports = Vec::new();
    assert_eq!(analysis.evaluate(&stop, &mut reports).err(), Some(Stopped));
    assert!(reports.is_empty(), "{reports:?}");
    assert!(analysis.evaluate(&Stop::default(), &mut reports).is_ok_and(|values| values.len() == 1));
    // Nothing of a stopped evaluation is left: a list in whose middle it stopped has its elements.
    let texts = (0..200).map(|n| format!("\"h{n}:1\"")).collect::<Vec<_>>().join(", ");
    let list = format!(
        "let hosts = [{texts}]\nstack m {{\n  enabled = hosts[150] == \"h150:1\"\n  version = v1.106.1\n}}\n"
    );
    let (analysis, _, _) = analyse(&list);
    assert!(analysis.evaluate(&stop, &mut reports).is_err());
    let values = analysis.evaluate(&Stop::default(), &mut reports).unwrap();
    assert!(!values[0].root.has_error() && reports.is_empty(), "{reports:?}");
    let (analysis, _, _) = analyse(text);
    // And from another thread, in the middle: it ends, with or without a result.
    let (told, stop) = (Stop::default(), Stop::default());
    let other = std::thread::spawn({
        let (told, stop) = (told.clone(), stop.clone());
        move || {
            while !told.is_told() {
                std::thread::yield_now();
            }
            stop.stop();
        }
    });
    told.stop();
    let ended = analysis.evaluate(&stop, &mut reports);
    other.join().unwrap();
    assert!(ended.is_err() || reports.is_empty());
}

/// What is imported is what an editor has open, saved or not.
#[test]
fn unsaved_texts_are_what_counts() {
    let root = camino::Utf8PathBuf::from(env!("CARGO_MANIFEST_DIR")).canonicalize_utf8().unwrap();
    let place =
        StackLocation { root: root.clone(), folder: root.join("stacks"), file: root.join("stacks/open.vms") };
    let titles = |open: &[(&str, &str)]| {
        let mut map = SourceMap::default();
        map.attach(vmsc::prelude::get().sources.clone());
        for (path, text) in open {
            map.overlay.open(root.join(path), *text);
        }
        let text = "import \"new.vms\" as new\nstack m { version = v1.106.1, retention = new.kept }\n";
        let file = map.add("stacks/open.vms", text);
        let outcome = vmsc::compile::compile(file, &place, &mut map);
        outcome.reports.iter().map(|report| report.title.clone()).collect::<Vec<_>>()
    };
    assert_eq!(titles(&[]), ["there is no file `new.vms`"]);
    assert_eq!(titles(&[("stacks/new.vms", "let kept = 30d\n")]), [] as [&str; 0]);
    assert_eq!(titles(&[("stacks/new.vms", "let kept = \"30d\"\n")]).len(), 1);
}
