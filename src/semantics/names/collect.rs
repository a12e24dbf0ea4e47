//! Collects the declarations of all files.

use super::builder::Builder;
use super::types::MAP;
use super::{
    Alias, AliasId, Base, DataId, Declared, Fn, FnId, HashMap, Imported, Item, ItemKind, Layered, Let, LetId,
    Lineage, ModuleId, Name, NameRef, Names, Program, RefinedId, Resolution, SchemaId, Span, Stacked, Tree,
    Type,
};
use crate::diagnostics::Diagnostic;
use crate::load::{Loaded, Target};
use crate::semantics::builtins;
use crate::semantics::codes::{ARGUMENTS, MISMATCH, STACKS, TAKEN};
use crate::semantics::findings::Findings;
use foldhash::HashSet;

/// The files of a program.
#[derive(Clone, Copy, Debug)]
pub struct Files<'t> {
    /// The built-in schema.
    pub builtin: Builtins<'t>,
    /// The stack's file and what it imports.
    pub loaded: &'t Loaded,
}

/// The built-in schema.
#[derive(Clone, Copy, Debug)]
pub enum Builtins<'t> {
    /// Its files, and the name of the root schema that they declare.
    Files(&'t [Tree], &'t str),
    /// Its precompiled form.
    Known(&'t Base<'t>),
}

/// The declarations of all files by kind, in the order of their ids.
#[derive(Default)]
struct Declarations<'t> {
    lets: Vec<(ModuleId, &'t Item)>,
    fns: Vec<(ModuleId, &'t Item)>,
    /// With the index of the data among the loaded data files.
    data: Vec<(ModuleId, &'t Item, usize)>,
    refined: Vec<(ModuleId, &'t Item)>,
    aliases: Vec<(ModuleId, &'t Item)>,
}

/// Collects the declarations of the built-in schema, the stack's file and what it imports. Returns
/// `None` if the built-in files do not declare the root schema.
#[expect(clippy::too_many_lines, reason = "the tables of a program in one place, each by a call")]
pub fn collect<'t>(
    files: Files<'t>,
    findings: &mut Findings,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<Program<'t>> {
    let modules = files.loaded.modules.len();
    let (base, trees, root) = match files.builtin {
        Builtins::Files(trees, root) => (None, trees, root),
        Builtins::Known(base) => (Some(base), &[][..], ""),
    };
    let mut builder = Builder {
        base,
        names: (0..=modules).map(|_| Names::default()).collect(),
        declared: Vec::new(),
        schemas: Vec::new(),
        lineage: Lineage::default(),
        resolving: HashSet::default(),
        orphans: HashSet::default(),
        aliases: HashMap::default(),
        findings,
        diagnostics,
        muted: false,
    };
    let builtin = trees.iter().flat_map(Tree::items).map(|item| (Program::builtin(), item));
    let own = files.loaded.modules.iter().enumerate().flat_map(|(at, module)| {
        let named = module.tree.items().filter(|item| !item.name.text.is_empty());
        named.map(move |item| (ModuleId::new(at + 1), item))
    });
    let items: Vec<(ModuleId, &Item)> = builtin.chain(own).collect();

    // Declare all names first, because a declaration may use one that comes after it.
    let mut found = Declarations::default();
    for &(module, item) in &items {
        builder.poison(item);
        builder.muted(item.broken, |builder| builder.announce(module, item, files.loaded, &mut found));
    }
    builder.make_schemas();
    let lets = builder.constants(&found.lets);
    let fns = found
        .fns
        .iter()
        .filter_map(|(module, item)| builder.muted(item.broken, |builder| builder.function(*module, item)));
    let fns = fns.collect();
    let data = builder.imported_data(&found.data, files.loaded);
    let refined = found
        .refined
        .iter()
        .filter_map(|(module, item)| builder.muted(item.broken, |builder| builder.refined(*module, item)));
    let refined = refined.collect();
    let aliases = builder.alias_types(&found.aliases);
    builder.second_aliases(&items);

    let own: Vec<&Item> =
        items.iter().filter(|(module, _)| *module == Program::own()).map(|(_, i)| *i).collect();
    let builtin_root = match (base, builder.names(Program::builtin()).types.get(root)) {
        (Some(base), _) => base.root,
        (None, Some((Declared::Schema(id), _))) => *id,
        _ => return None,
    };
    let profiles = builder.profiles(&own);
    let tests = builder.tests(&own, &profiles);
    let (stack, root, open) = builder.stack(&own, builtin_root);
    let schemas = builder.schemas.into_iter().flatten().collect();
    Some(Program {
        schemas: Stacked::new(base.map_or(&[], |base| &base.schemas), schemas),
        refined: Stacked::new(base.map_or(&[], |base| &base.refined), refined),
        aliases: Stacked::new(base.map_or(&[], |base| &base.aliases), aliases),
        lets,
        fns,
        data,
        modules: builder.names,
        base,
        stack,
        profiles,
        tests,
        root,
        open,
        lineage: builder.lineage,
    })
}

impl<'t> Builder<'t, '_> {
    /// Declares the name of an item.
    fn announce(
        &mut self,
        module: ModuleId,
        item: &'t Item,
        loaded: &'t Loaded,
        found: &mut Declarations<'t>,
    ) {
        let name = &item.name;
        match &item.kind {
            ItemKind::Schema { .. } => {
                let id = SchemaId::new(self.known() + self.declared.len());
                if self.declare_type(module, name, Declared::Schema(id)) {
                    self.declared.push((item, module));
                }
            }
            ItemKind::Type { ty, condition: None, .. } => {
                let id = AliasId::new(self.base.map_or(0, |base| base.aliases.len()) + found.aliases.len());
                if self.declare_type(module, name, Declared::Alias(id, ty, module)) {
                    found.aliases.push((module, item));
                }
            }
            ItemKind::Type { ty, condition: Some(_), .. } => {
                let id = RefinedId::new(self.base.map_or(0, |base| base.refined.len()) + found.refined.len());
                if self.declare_type(module, name, Declared::Refined(id, ty, module)) {
                    found.refined.push((module, item));
                }
            }
            ItemKind::Let { .. } => {
                if self.declare(module, name, Resolution::Let(LetId::new(found.lets.len()))) {
                    found.lets.push((module, item));
                }
            }
            ItemKind::Fn { .. } => {
                if self.declare(module, name, Resolution::Fn(FnId::new(found.fns.len()))) {
                    found.fns.push((module, item));
                }
            }
            ItemKind::Import { path, ty } => {
                let imports = &loaded.modules[module.index() - 1].imports;
                let target = imports.get(&path.span).copied().unwrap_or(Target::Failed);
                let named = match target {
                    Target::Module(at) => Resolution::Module(ModuleId::new(at + 1)),
                    Target::Data(_) => Resolution::Data(DataId::new(found.data.len())),
                    Target::Failed => Resolution::Failed,
                };
                if let (Target::Module(_), Some(ty)) = (target, ty) {
                    self.typed_module(ty.span);
                }
                if self.declare(module, name, named)
                    && let Target::Data(at) = target
                {
                    found.data.push((module, item, at));
                }
            }
            ItemKind::Stack { .. } | ItemKind::Profile { .. } | ItemKind::Test { .. } => {
                if module != Program::own() {
                    self.not_imported(item);
                }
            }
        }
    }

    /// Builds the declared schemas.
    fn make_schemas(&mut self) {
        self.schemas.resize_with(self.declared.len(), || None);
        let known = self.known();
        self.lineage = Lineage::of(known + self.declared.len());
        self.ancestors();
        for at in 0..self.declared.len() {
            self.build_schema(SchemaId::new(known + at));
        }
        self.report_endless_defaults();
    }

    fn constants(&mut self, lets: &[(ModuleId, &'t Item)]) -> Vec<Let<'t>> {
        let constants = lets.iter().filter_map(|&(module, item)| match &item.kind {
            ItemKind::Let { ty, value } => {
                let ty = ty.as_ref();
                let ty = ty.map(|ty| self.muted(item.broken, |builder| builder.resolve(ty, module)));
                Some(Let { name: &item.name, module, ty, value })
            }
            _ => None,
        });
        constants.collect()
    }

    fn imported_data(
        &mut self,
        data: &[(ModuleId, &'t Item, usize)],
        loaded: &'t Loaded,
    ) -> Vec<Imported<'t>> {
        let imported = data.iter().filter_map(|&(module, item, at)| match &item.kind {
            ItemKind::Import { ty, .. } => {
                let ty = ty.as_ref();
                let ty = ty.map(|ty| self.muted(item.broken, |builder| builder.resolve(ty, module)));
                Some(Imported { name: &item.name, ty, node: &loaded.data[at] })
            }
            _ => None,
        });
        imported.collect()
    }

    fn alias_types(&mut self, aliases: &[(ModuleId, &'t Item)]) -> Vec<Alias<'t>> {
        let aliases = aliases.iter().filter_map(|&(module, item)| match &item.kind {
            ItemKind::Type { ty, .. } => {
                let resolved = |builder: &mut Self| builder.resolve_alias(&item.name, ty, module);
                Some(Alias { name: &item.name, ty: self.muted(item.broken, resolved) })
            }
            _ => None,
        });
        aliases.collect()
    }

    /// Resolves the types of duplicate aliases, whose names are not declared.
    fn second_aliases(&mut self, items: &[(ModuleId, &'t Item)]) {
        for &(module, item) in items {
            if let ItemKind::Type { ty, condition: None, .. } = &item.kind
                && self.findings.name(&item.name) == Resolution::Unknown
            {
                self.muted(item.broken, |builder| builder.resolve(ty, module));
            }
        }
    }

    fn report_taken(&mut self, name: &Name) {
        self.tell(
            Diagnostic::error(&TAKEN, format!("`{}` is a built-in name", name.text))
                .at(name.span, "can't be declared")
                .help("choose another name"),
        );
    }

    fn declare(&mut self, module: ModuleId, name: &'t Name, named: Resolution) -> bool {
        if builtins::find(&name.text).is_some() || RESERVED.contains(&&*name.text) {
            self.report_taken(name);
            return false;
        }
        if let Some((_, first)) = self.names[module.index()].values.get(&*name.text) {
            let first = *first;
            self.report_duplicate(name, first, "name");
            return false;
        }
        self.names[module.index()].values.insert(&name.text, (named, name.span));
        self.findings.resolve_name(name, named);
        true
    }

    fn declare_type(&mut self, module: ModuleId, name: &'t Name, declared: Declared<'t>) -> bool {
        if super::types::primitive(&name.text).is_some() || &*name.text == MAP {
            self.report_taken(name);
            return false;
        }
        // A user's type may shadow one of the built-in schema.
        if let Some((_, first)) = self.names[module.index()].types.get(&*name.text) {
            let first = *first;
            self.report_duplicate(name, first, "type");
            return false;
        }
        self.names[module.index()].types.insert(&name.text, (declared, name.span));
        self.findings.resolve_name(name, declared.resolution());
        true
    }

    fn typed_module(&mut self, span: Span) {
        self.tell(
            Diagnostic::error(&ARGUMENTS, "only imported data can have a type")
                .at(span, "a `.vms` file declares its own types")
                .help("leave it out"),
        );
    }

    fn not_imported(&mut self, item: &Item) {
        let (what, help) = match &item.kind {
            ItemKind::Stack { .. } => ("stack", "move what both files need to a file without a stack"),
            ItemKind::Profile { .. } => ("profile", "move it to the file of the stack"),
            _ => ("test", "move it to the file of the stack"),
        };
        self.tell(
            Diagnostic::error(&STACKS, format!("an imported file can't have a {what} of its own"))
                .at(item.name.span, format!("a {what}"))
                .help(help),
        );
    }

    fn function(&mut self, module: ModuleId, item: &'t Item) -> Option<Fn<'t>> {
        let ItemKind::Fn { params, ty, body } = &item.kind else { return None };
        let mut known: Vec<&Name> = Vec::new();
        let mut typed = Vec::new();
        for param in params {
            if RESERVED.contains(&&*param.name.text) {
                self.report_taken(&param.name);
            }
            if let Some(first) = known.iter().find(|name| name.text == param.name.text) {
                let first = first.span;
                self.report_duplicate(&param.name, first, "parameter");
            }
            known.push(&param.name);
            let ty = match &param.ty {
                Some(ty) => self.resolve(ty, module),
                None => {
                    self.tell(
                        Diagnostic::error(
                            &ARGUMENTS,
                            format!("the parameter `{}` needs a type", param.name.text),
                        )
                        .at(param.name.span, "missing a type")
                        .suggest(
                            format!("write `{}: String`, or another type", param.name.text),
                            param.name.span.after(),
                            ": String",
                        ),
                    );
                    Type::Error
                }
            };
            typed.push(super::Param { name: &param.name, ty, default: param.default.as_ref() });
        }
        if let Some(late) = typed.iter().skip_while(|p| p.default.is_none()).find(|p| p.default.is_none()) {
            self.tell(
                Diagnostic::error(&ARGUMENTS, format!("the parameter `{}` needs a default", late.name.text))
                    .at(late.name.span, "follows one that has a default")
                    .help("put the parameters with defaults last"),
            );
        }
        let ty = ty.as_ref().map(|ty| self.resolve(ty, module));
        Some(Fn { name: &item.name, module, params: typed, ty, body })
    }

    /// The stack, if there is one, and its schema.
    fn stack(&mut self, own: &[&'t Item], root: SchemaId) -> (Option<Layered<'t>>, SchemaId, bool) {
        let mut stacks = own.iter().filter_map(|item| match &item.kind {
            ItemKind::Stack { schema, body } => Some((*item, schema.as_ref(), body)),
            _ => None,
        });
        let Some((first, schema, body)) = stacks.next() else { return (None, root, false) };
        for (more, ..) in stacks {
            self.tell(
                Diagnostic::error(&STACKS, "a file can have only one stack")
                    .at(more.name.span, "a second stack")
                    .because(first.name.span, "the first")
                    .help("put it in a file of its own, or make it a profile"),
            );
        }
        let id = schema
            .map_or(Some(root), |name| self.muted(first.broken, |builder| builder.stack_schema(name, root)));
        let layered = Layered { name: &first.name, doc: &first.doc, parent: None, body };
        (Some(layered), id.unwrap_or(root), id.is_none())
    }

    fn stack_schema(&mut self, name: &'t NameRef, root: SchemaId) -> Option<SchemaId> {
        let ty = self.named(name, None, Program::own());
        match ty.plain() {
            Type::Schema(id) if self.lineage.is(*id, root) => return Some(*id),
            Type::Error => {}
            Type::Schema(id) if self.orphans.iter().any(|orphan| self.lineage.is(*id, *orphan)) => {}
            _ => {
                let of = &self.name_of(root).text;
                self.tell(
                    Diagnostic::error(&MISMATCH, format!("`{}` is not the schema of a stack", name.text()))
                        .at(name.span(), format!("does not extend `{of}`"))
                        .help(format!("write `schema {} extends {of} {{ … }}`", name.text())),
                );
            }
        }
        None
    }
}

/// Words with a meaning in expressions, which no declaration may have as its name.
const RESERVED: &[&str] = &["self", "stack", "it", "true", "false", "if", "else", "for", "in", "absent"];
