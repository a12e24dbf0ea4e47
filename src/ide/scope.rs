//! What is in scope at a place: parameters and loop variables, the fields of a schema, `self`.

use super::view::View;
use crate::semantics::findings::Resolution;
use crate::semantics::ids::SchemaId;
use crate::semantics::types::Type;
use crate::syntax::tree::{EntryKind, Expr, ExprKind, Item, ItemKind, Name, Node, Param};
use std::rc::Rc;

/// The scope of an expression.
#[derive(Clone, Debug, Default)]
pub struct Scope<'a> {
    /// Parameters and loop variables, outermost first.
    pub locals: Vec<(&'a Name, Type)>,
    /// The schema whose fields are in scope by their names.
    pub fields: Option<SchemaId>,
    /// The type of `it`.
    pub it: Option<Type>,
    /// The type of `self`.
    pub record: Option<Type>,
    /// Whether `stack` is in scope.
    pub stack: bool,
}

impl<'a> Scope<'a> {
    /// The scope at the end of a path of nodes, outermost first.
    pub fn at(view: View<'a>, path: &[Node<'a>]) -> Scope<'a> {
        let mut scope = Scope::default();
        for (at, node) in path.iter().enumerate() {
            scope.enter(view, *node, path.get(at + 1).copied());
        }
        scope
    }

    /// Goes from a node to one of its children.
    pub fn enter(&mut self, view: View<'a>, node: Node<'a>, child: Option<Node<'a>>) {
        let findings = view.findings();
        match node {
            Node::Item(item) => match &item.kind {
                ItemKind::Schema { .. } => {
                    self.stack = true;
                    if let Resolution::Schema(id) = findings.name(&item.name) {
                        (self.fields, self.record) = (Some(id), Some(Type::Schema(id)));
                    }
                }
                ItemKind::Fn { params, .. } => self.params(view, item, params, child),
                ItemKind::Type { .. } => {
                    if let Resolution::Refined(id) = findings.name(&item.name) {
                        self.it = Some(view.program().refinement(id).base.clone());
                    }
                }
                ItemKind::Stack { .. } | ItemKind::Profile { .. } | ItemKind::Test { .. } => {
                    self.stack = true;
                    self.record = Some(Type::Schema(view.program().root));
                }
                ItemKind::Import { .. } | ItemKind::Let { .. } => {}
            },
            Node::Block(block) => match findings.filled(block) {
                Type::Error => {}
                // The blocks of a loop, an `if` or a schema fill nothing of their own.
                filled => self.record = Some(filled.clone()),
            },
            Node::Entry(entry) => {
                if let (EntryKind::For { names, source, .. }, Some(Node::Block(_))) = (&entry.kind, child) {
                    self.variables(view, names, source);
                }
            }
            Node::Expr(expr) => {
                if let ExprKind::Comprehension(clauses, _) = &expr.kind {
                    let is =
                        |expr: &Expr| matches!(child, Some(Node::Expr(child)) if std::ptr::eq(child, expr));
                    for clause in clauses {
                        if is(&clause.source) {
                            break;
                        }
                        self.variables(view, &clause.names, &clause.source);
                        if clause.filter.as_ref().is_some_and(is) {
                            break;
                        }
                    }
                }
            }
            _ => {}
        }
    }

    /// The parameters that are in scope in a child of a function: in a default, those before it.
    fn params(&mut self, view: View<'a>, item: &'a Item, params: &'a [Param], child: Option<Node<'a>>) {
        let before = params.iter().take_while(|param| match child {
            Some(Node::Param(own)) => !std::ptr::eq(own, *param),
            child => matches!(child, Some(Node::Expr(_)) | None),
        });
        let ids = match view.findings().name(&item.name) {
            Resolution::Fn(id) => Some(id),
            _ => None,
        };
        for (at, param) in before.enumerate() {
            let known = ids.and_then(|id| view.program().function(id).params.get(at));
            let ty = known.map_or(Type::Error, |param| param.ty.clone());
            self.locals.push((&param.name, ty));
        }
    }

    fn variables(&mut self, view: View<'a>, names: &'a [Name], source: &Expr) {
        let (key, value) = elements(view.findings().type_of(source));
        match names {
            [one] => self.locals.push((one, value)),
            [first, second] => {
                self.locals.push((first, key.unwrap_or(Type::Int)));
                self.locals.push((second, value));
            }
            _ => {}
        }
    }
}

/// The types of the keys and of the values of what is looped over.
fn elements(source: &Type) -> (Option<Type>, Type) {
    match source.plain() {
        Type::List(inner) => (None, (**inner).clone()),
        Type::Map(inner) => (Some(Type::String), (**inner).clone()),
        Type::Record(fields) => {
            let mut types = fields.values();
            let first = types.next().cloned().unwrap_or(Type::Data);
            let same = types.all(|ty| *ty == first);
            (Some(Type::String), if same { first } else { Type::Data })
        }
        Type::Data => (None, Type::Data),
        _ => (None, Type::Error),
    }
}

/// The fields of a type that has some, with their types.
pub fn fields_of(view: View<'_>, ty: &Type) -> Vec<(Rc<str>, Type)> {
    match ty.plain() {
        Type::Schema(id) => {
            let fields = view.program().schema(*id).fields.iter();
            fields.map(|(name, field)| (name.clone(), field.ty.clone())).collect()
        }
        Type::Record(fields) => fields.iter().map(|(name, ty)| (name.clone(), ty.clone())).collect(),
        _ => Vec::new(),
    }
}
