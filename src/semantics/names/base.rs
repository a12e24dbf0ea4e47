//! The built-in schema's declarations, precompiled: they are resolved, typed and stored as plain data
//! when vmsc itself is built, so that a run only reads them.

use super::Alias;
use super::Base;
use super::{
    AliasId, Annotations, Checked, Declared, Entry, EntryKind, FieldValue, Item, ItemKind, Key, Name, Names,
    Program, Rc, Refined, RefinedId, Schema, SchemaField, SchemaId, Span, Tree, Type,
};
use crate::semantics::findings::{ChunkSkeleton, Findings};
use serde::{Deserialize, Serialize};

/// A [`Base`] as plain data, with declarations as indices into the items of the files.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Skeleton {
    schemas: Vec<SchemaSkeleton>,
    refined: Vec<(u32, Type)>,
    aliases: Vec<(u32, Type)>,
    root: SchemaId,
    chunks: Vec<ChunkSkeleton>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SchemaSkeleton {
    item: u32,
    /// The entries that are fields, with their types.
    fields: Vec<(u32, Type)>,
    /// The entries that are checks, or contain some.
    checks: Vec<u32>,
}

fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Skeleton {
    /// Creates the skeleton of a program that is only the built-in schema, without errors. `trees` are its
    /// files.
    pub fn of(program: &Program, findings: &Findings, trees: &[Tree]) -> Skeleton {
        let items: Vec<&Item> = trees.iter().flat_map(Tree::items).collect();
        let item = |name: &Name| {
            place(items.iter().position(|item| item.name.span == name.span).unwrap_or(items.len()))
        };
        let schema = |schema: &Schema| {
            let at = item(schema.name);
            let entries = items.get(at as usize).map(|item| match &item.kind {
                ItemKind::Schema { body, .. } => body.entries.own(),
                _ => &[],
            });
            let entry = |span: Span| {
                let of = |entry: &Entry| match &entry.kind {
                    EntryKind::Field(field) => field.path.first().map_or(entry.span, Key::span),
                    _ => entry.span,
                };
                place(
                    entries
                        .unwrap_or_default()
                        .iter()
                        .position(|entry| of(entry) == span)
                        .unwrap_or(usize::MAX),
                )
            };
            SchemaSkeleton {
                item: at,
                fields: schema
                    .fields
                    .values()
                    .map(|field| (entry(field.name.span), field.ty.clone()))
                    .collect(),
                checks: schema.checks.iter().map(|check| entry(check.entry.span)).collect(),
            }
        };
        let alias = |alias: &Alias| (item(alias.name), alias.ty.clone());
        Skeleton {
            schemas: program.schemas.own().map(schema).collect(),
            refined: program
                .refined
                .own()
                .map(|refined| (item(refined.name), refined.base.clone()))
                .collect(),
            aliases: program.aliases.own().map(alias).collect(),
            root: program.root,
            chunks: findings.skeleton(trees.iter().flat_map(Tree::all_chunks)),
        }
    }
}

impl<'t> Base<'t> {
    /// Restores the declarations of `trees` from their skeleton.
    pub fn new(skeleton: Skeleton, trees: &'t [Tree]) -> Base<'t> {
        let module = Program::builtin();
        let items: Vec<&Item> = trees.iter().flat_map(Tree::items).collect();
        let mut names = Names::default();
        let schemas = skeleton.schemas.into_iter().enumerate().filter_map(|(at, schema)| {
            let item = items.get(schema.item as usize)?;
            let ItemKind::Schema { body, .. } = &item.kind else { return None };
            let id = SchemaId::new(at);
            names.types.insert(&item.name.text, (Declared::Schema(id), item.name.span));
            let fields = schema.fields.into_iter().filter_map(|(entry, ty)| {
                let entry = body.entries.own().get(entry as usize)?;
                let EntryKind::Field(field) = &entry.kind else { return None };
                let [Key::Name(name)] = field.path.as_slice() else { return None };
                let field = SchemaField {
                    owner: id,
                    module,
                    name,
                    doc: &entry.doc,
                    ty,
                    ty_span: field.ty.as_ref().map_or(name.span, |ty| ty.span),
                    default: match &field.value {
                        FieldValue::Expr(expr) => Some(expr),
                        _ => None,
                    },
                    annotations: Annotations::of(&field.annotations),
                };
                Some((Rc::from(&*name.text), field))
            });
            let fields = fields.collect();
            let check = |entry: u32| {
                Some(Checked { owner: id, module, entry: body.entries.own().get(entry as usize)? })
            };
            let checks = schema.checks.into_iter().filter_map(check).collect();
            Some(Schema { name: &item.name, doc: &item.doc, fields, checks })
        });
        let schemas = schemas.collect();
        let refined = skeleton.refined.into_iter().enumerate().filter_map(|(at, (item, base))| {
            let item = items.get(item as usize)?;
            let ItemKind::Type { ty, condition: Some(condition), message } = &item.kind else { return None };
            names
                .types
                .insert(&item.name.text, (Declared::Refined(RefinedId::new(at), ty, module), item.name.span));
            let (name, doc, message) = (&item.name, &*item.doc, message.as_ref());
            Some(Refined { name, doc, module, base, condition, message })
        });
        let refined = refined.collect();
        let aliases = skeleton.aliases.into_iter().enumerate().filter_map(|(at, (item, stands_for))| {
            let item = items.get(item as usize)?;
            let ItemKind::Type { ty, .. } = &item.kind else { return None };
            names
                .types
                .insert(&item.name.text, (Declared::Alias(AliasId::new(at), ty, module), item.name.span));
            Some(Alias { name: &item.name, ty: stands_for })
        });
        let aliases = aliases.collect();
        let findings = Findings::read(skeleton.chunks, trees.iter().flat_map(Tree::all_chunks));
        Base { schemas, refined, aliases, names, root: skeleton.root, findings }
    }

    /// The findings about the names and literals of the built-in files.
    pub fn findings(&self) -> &Findings {
        &self.findings
    }
}
