//! The "never" list of `docs/architecture.md`, read off the paths that the code names.

// A test may fail where a program may not, and looks at files itself.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::disallowed_methods)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use syn::visit::{self, Visit};

/// The stages in order: a stage names only those before it, and what is under all of them.
const ORDER: &[&str] = &[
    "source",
    "diagnostics",
    "yaml",
    "stack_space",
    "syntax",
    "load",
    "semantics",
    "prelude",
    "model",
    "deploy",
    "emit",
    "compile",
    "project",
    "ide",
    "lsp",
    "cli",
];

/// Every path of a file, as its segments, and every string constant.
#[derive(Default)]
struct Names {
    paths: Vec<Vec<String>>,
    words: Vec<String>,
    /// What it imports, by the last names, with the whole paths.
    imported: BTreeMap<String, Vec<String>>,
}

impl<'ast> Visit<'ast> for Names {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        // Tests may look at whatever is there.
        if module.ident != "tests" {
            visit::visit_item_mod(self, module);
        }
    }

    // Who may see a thing is nothing that it names.
    fn visit_vis_restricted(&mut self, _: &'ast syn::VisRestricted) {}

    fn visit_path(&mut self, path: &'ast syn::Path) {
        self.paths.push(path.segments.iter().map(|segment| segment.ident.to_string()).collect());
        visit::visit_path(self, path);
    }

    fn visit_use_tree(&mut self, tree: &'ast syn::UseTree) {
        let first = self.paths.len();
        flatten(tree, &mut Vec::new(), &mut self.paths);
        let own = self.paths[first..].iter().filter_map(|path| Some((path.last()?.clone(), path.clone())));
        self.imported.extend(own);
    }

    fn visit_lit_str(&mut self, text: &'ast syn::LitStr) {
        self.words.push(text.value());
    }
}

fn flatten(tree: &syn::UseTree, before: &mut Vec<String>, paths: &mut Vec<Vec<String>>) {
    match tree {
        syn::UseTree::Path(path) => {
            before.push(path.ident.to_string());
            flatten(&path.tree, before, paths);
            before.pop();
        }
        syn::UseTree::Group(group) => group.items.iter().for_each(|item| flatten(item, before, paths)),
        // `{self}` is the path itself.
        syn::UseTree::Name(name) if name.ident == "self" => paths.push(before.clone()),
        syn::UseTree::Name(name) => paths.push([before.clone(), vec![name.ident.to_string()]].concat()),
        syn::UseTree::Rename(rename) => paths.push([before.clone(), vec![rename.ident.to_string()]].concat()),
        syn::UseTree::Glob(_) => paths.push(before.clone()),
    }
}

/// The files of `src` with what they name: (module path, names).
fn modules() -> Vec<(String, Names)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    walk(&root, &root, &mut files);
    assert!(files.len() > 40, "the sources are found");
    files
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<(String, Names)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(root, &path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let parsed = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            let mut names = Names::default();
            names.visit_file(&parsed);
            let module = path.strip_prefix(root).unwrap().with_extension("");
            let module = module.display().to_string().replace('/', "::").replace("::mod", "");
            files.push((module, names));
        }
    }
}

/// The stages that a file names, by `crate::stage` (or `vmsc::stage` in the binary).
fn stages(names: &Names) -> BTreeSet<String> {
    let of_crate = |path: &&Vec<String>| path.len() > 1 && (path[0] == "crate" || path[0] == "vmsc");
    names.paths.iter().filter(of_crate).map(|path| path[1].clone()).collect()
}

#[test]
fn a_stage_never_names_a_later_one() {
    let place = |stage: &str| ORDER.iter().position(|known| *known == stage);
    for (module, names) in modules() {
        let stage = module.split("::").next().unwrap();
        let Some(own) = place(stage) else { continue };
        for named in stages(&names) {
            let other =
                place(&named).unwrap_or_else(|| panic!("{module} names crate::{named}, which has no place"));
            assert!(other <= own, "{module} names {named}, a later stage");
        }
    }
}

#[test]
fn source_and_yaml_name_nobody_and_diagnostics_only_source() {
    for (module, names) in modules() {
        let allowed: &[&str] = match module.split("::").next().unwrap() {
            "source" => &["source"],
            "yaml" => &["yaml"],
            "diagnostics" => &["diagnostics", "source"],
            _ => continue,
        };
        for named in stages(&names) {
            assert!(allowed.contains(&named.as_str()), "{module} names {named}");
        }
    }
}

#[test]
fn pest_never_leaves_syntax() {
    for (module, names) in modules() {
        let pest = names.paths.iter().any(|path| {
            path[0] == "pest"
                || path[0] == "pest_derive"
                || path.contains(&"Rule".into()) && module.starts_with("syntax")
        });
        assert!(!pest || module.starts_with("syntax"), "{module} names pest");
    }
}

#[test]
fn helm_and_compose_never_name_each_other() {
    for (module, names) in modules() {
        let named = |word: &str| names.paths.iter().any(|path| path.iter().any(|segment| segment == word));
        if module.starts_with("emit::helm") {
            assert!(!named("compose"), "{module} names compose");
        }
        if module.starts_with("emit::compose") {
            assert!(!named("helm"), "{module} names helm");
        }
    }
}

/// `semantics` knows no domain; `deploy` knows no target. Rules may speak of a target in a report.
#[test]
fn stages_speak_only_of_what_they_know() {
    let says = |names: &Names, word: &str| names.words.iter().any(|text| text.to_lowercase().contains(word));
    for (module, names) in modules() {
        if module.starts_with("semantics") {
            for word in ["victoria", "helm", "compose", "vmagent"] {
                assert!(!says(&names, word), "{module} speaks of {word}");
            }
        }
        if module.starts_with("deploy") && !module.starts_with("deploy::rules") {
            assert!(!says(&names, "helm") && !says(&names, ".values"), "{module} speaks of Helm");
        }
    }
}

/// The module that a path leads to from another one: the file with the longest name that it begins with.
/// A name that a file only imports, and who looks there finds, leads to where it is from.
fn leads_to<'m>(
    module: &str,
    path: &[String],
    known: &'m BTreeSet<String>,
    imported: &BTreeMap<String, BTreeMap<String, Vec<String>>>,
) -> Option<&'m String> {
    let parent =
        |module: &str| module.rsplit_once("::").map_or(String::new(), |(parent, _)| parent.to_owned());
    let (base, rest) = match path[0].as_str() {
        "crate" => (String::new(), &path[1..]),
        "super" => {
            let ups = path.iter().take_while(|segment| *segment == "super").count();
            let base = (0..ups).fold(module.to_owned(), |module, _| parent(&module));
            (base, &path[ups..])
        }
        "self" => (module.to_owned(), &path[1..]),
        _ => (module.to_owned(), path),
    };
    let full = [base.as_str(), &rest.join("::")].join("::");
    let full = full.trim_matches(':');
    let target = known
        .iter()
        .filter(|known| full == **known || full.starts_with(&format!("{known}::")))
        .max_by_key(|known| known.len())?;
    let name = full[target.len()..].trim_start_matches(':').split("::").next().unwrap_or_default();
    match imported.get(target).and_then(|names| names.get(name)) {
        Some(path) if target != module => leads_to(target, path, known, imported).filter(|to| *to != module),
        _ => (target != module).then_some(target),
    }
}

#[test]
fn modules_of_a_stage_form_no_ring() {
    let all = modules();
    let known: BTreeSet<String> = all.iter().map(|(module, _)| module.clone()).collect();
    let imported: BTreeMap<String, BTreeMap<String, Vec<String>>> =
        all.iter().map(|(module, names)| (module.clone(), names.imported.clone())).collect();
    // An arrow from each module to the modules of its own stage that it names.
    let mut arrows: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (module, names) in &all {
        let stage = module.split("::").next().unwrap();
        for path in &names.paths {
            let target = leads_to(module, path, &known, &imported);
            if let Some(target) = target.filter(|target| target.split("::").next() == Some(stage)) {
                arrows.entry(module).or_default().insert(target);
            }
        }
    }
    let mut rings = BTreeSet::new();
    for from in arrows.keys() {
        // Everything that is reached from a module; a ring is a way back.
        let mut reached = BTreeSet::new();
        let mut open: Vec<&str> = arrows[from].iter().copied().collect();
        while let Some(module) = open.pop() {
            if reached.insert(module) {
                open.extend(arrows.get(module).into_iter().flatten());
            }
        }
        if reached.contains(from) {
            let back = |other: &&&str| arrows.get(**other).is_some_and(|targets| targets.contains(from));
            rings.insert((*from, reached.iter().filter(back).copied().collect::<Vec<_>>()));
        }
    }
    assert_eq!(rings, BTreeSet::new(), "from each of these a way leads back to it, through the others");
}

/// The most lines that a file of `src` has outside of its tests.
const MOST_LINES: usize = 450;

#[test]
fn a_file_is_one_idea_and_says_which() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    texts(&root, &mut files);
    assert!(files.len() > 100, "the sources are found");
    for (path, text) in files {
        let path = path.strip_prefix(&root).unwrap().display();
        assert!(text.starts_with("//!"), "{path} does not say what it is");
        let own = text.split("\n#[cfg(test)]\nmod ").next().unwrap().lines().count();
        assert!(own <= MOST_LINES, "{path} has {own} lines, more than {MOST_LINES}");
    }
}

fn texts(folder: &Path, files: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, files);
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
}

/// What is once named here as gone is not there again.
#[test]
fn what_is_gone_stays_gone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for gone in ["src/compile.rs", "src/semantics/checks.rs", "src/semantics/builtins.rs"] {
        assert!(!root.join(gone).exists(), "{gone} is a folder now");
    }
}

/// The built-in schema and the Rust types of the model say the same.
#[test]
fn the_prelude_and_the_model_agree() {
    use vmsc::model::stack::*;
    let records: &[(&str, &[&str])] = &[
        ("Stack", Stack::FIELDS),
        ("Persistence", Persistence::FIELDS),
        ("Image", Image::FIELDS),
        ("Amounts", Amounts::FIELDS),
        ("Resources", Resources::FIELDS),
        ("Probe", Probe::FIELDS),
        ("EnvVar", EnvVar::FIELDS),
        ("Server", Server::FIELDS),
        ("SecretKey", SecretKey::FIELDS),
        ("RemoteUrl", RemoteUrl::FIELDS),
        ("RemoteWrite", RemoteWrite::FIELDS),
        ("Rbac", Rbac::FIELDS),
        ("Agent", Agent::FIELDS),
        ("Relabel", Relabel::FIELDS),
        ("Job", Job::FIELDS),
        ("Scrape", Scrape::FIELDS),
        ("Service", Service::FIELDS),
        ("ServiceAccount", ServiceAccount::FIELDS),
        ("NetworkPolicy", NetworkPolicy::FIELDS),
        ("Chart", Chart::FIELDS),
        ("Compose", Compose::FIELDS),
    ];
    let mut declared = BTreeMap::new();
    for item in vmsc::prelude::get().trees.iter().flat_map(vmsc::syntax::tree::Tree::items) {
        let vmsc::syntax::tree::ItemKind::Schema { body, .. } = &item.kind else { continue };
        let fields = body.entries.iter().filter_map(|entry| match &entry.kind {
            vmsc::syntax::tree::EntryKind::Field(field) => match field.path.first() {
                Some(vmsc::syntax::tree::Key::Name(name)) => Some(name.text.to_string()),
                _ => None,
            },
            _ => None,
        });
        declared.insert(item.name.text.to_string(), fields.collect::<BTreeSet<_>>());
    }
    assert_eq!(declared.len(), records.len(), "every schema has its record");
    for (name, fields) in records {
        let ours: BTreeSet<String> = fields.iter().map(|field| (*field).to_owned()).collect();
        assert_eq!(declared.get(*name), Some(&ours), "{name}");
    }
}
