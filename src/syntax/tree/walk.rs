//! Walks the nodes of a tree: the children of each, and the way to a place.

use super::{
    Block, Check, Entry, EntryKind, Expr, ExprKind, Field, FieldValue, Item, ItemKind, Key, Name, NameRef,
    Param, StringPart, TypeExpr, TypeKind,
};
use crate::source::Span;

/// A node of a tree.
#[derive(Clone, Copy, Debug)]
pub enum Node<'t> {
    /// A declaration.
    Item(&'t Item),
    /// A block.
    Block(&'t Block),
    /// An entry of a block.
    Entry(&'t Entry),
    /// A segment of an entry's path.
    Key(&'t Key),
    /// A type.
    Type(&'t TypeExpr),
    /// A name of the file or of one that it imports.
    NameRef(&'t NameRef),
    /// A parameter of a function.
    Param(&'t Param),
    /// A name that is not an expression.
    Name(&'t Name),
    /// An expression.
    Expr(&'t Expr),
}

impl<'t> Node<'t> {
    /// Its place.
    pub fn span(self) -> Span {
        match self {
            Node::Item(item) => item.span,
            Node::Block(block) => block.span,
            Node::Entry(entry) => entry.span,
            Node::Key(key) => key.span(),
            Node::Type(ty) => ty.span,
            Node::NameRef(name) => name.span(),
            Node::Param(param) => {
                let ends = param.ty.as_ref().map(|ty| ty.span).into_iter();
                let ends = ends.chain(param.default.as_ref().map(|value| value.span));
                ends.fold(param.name.span, Span::to)
            }
            Node::Name(name) => name.span,
            Node::Expr(expr) => expr.span,
        }
    }

    /// The nodes right below it, in source order.
    pub fn children(self) -> Vec<Node<'t>> {
        let mut found = Vec::new();
        match self {
            Node::Item(item) => of_item(item, &mut found),
            Node::Block(block) => found.extend(block.entries.iter().map(Node::Entry)),
            Node::Entry(entry) => of_entry(entry, &mut found),
            Node::Key(Key::Name(name)) => found.push(Node::Name(name)),
            Node::Key(Key::Computed(expr)) => found.push(Node::Expr(expr)),
            Node::Type(ty) => of_type(ty, &mut found),
            Node::NameRef(name) => found.extend(name.file.iter().chain([&name.name]).map(Node::Name)),
            Node::Param(param) => {
                found.push(Node::Name(&param.name));
                found.extend(param.ty.iter().map(Node::Type));
                found.extend(param.default.iter().map(Node::Expr));
            }
            Node::Name(_) => {}
            Node::Expr(expr) => of_expr(expr, &mut found),
        }
        found
    }

    /// Calls `visit` with the node and all nodes below it, in source order.
    pub fn walk(self, visit: &mut dyn FnMut(Node<'t>)) {
        visit(self);
        self.children().into_iter().for_each(|child| child.walk(visit));
    }
}

fn of_item<'t>(item: &'t Item, found: &mut Vec<Node<'t>>) {
    match &item.kind {
        ItemKind::Import { path, ty } => {
            found.extend([Node::Expr(path), Node::Name(&item.name)]);
            found.extend(ty.iter().map(Node::Type));
        }
        ItemKind::Let { ty, value } => {
            found.push(Node::Name(&item.name));
            found.extend(ty.iter().map(Node::Type));
            found.push(Node::Expr(value));
        }
        ItemKind::Fn { params, ty, body } => {
            found.push(Node::Name(&item.name));
            found.extend(params.iter().map(Node::Param));
            found.extend(ty.iter().map(Node::Type));
            found.push(Node::Expr(body));
        }
        ItemKind::Type { ty, condition, message } => {
            found.extend([Node::Name(&item.name), Node::Type(ty)]);
            found.extend(condition.iter().chain(message).map(Node::Expr));
        }
        ItemKind::Schema { parent, body } => {
            found.push(Node::Name(&item.name));
            found.extend(parent.iter().map(Node::NameRef));
            found.push(Node::Block(body));
        }
        ItemKind::Stack { schema, body } => {
            found.push(Node::Name(&item.name));
            found.extend(schema.iter().map(Node::NameRef));
            found.push(Node::Block(body));
        }
        ItemKind::Profile { parent, body } => {
            found.push(Node::Name(&item.name));
            found.extend(parent.iter().map(Node::Name));
            found.push(Node::Block(body));
        }
        ItemKind::Test { profile, body } => {
            found.push(Node::Name(&item.name));
            found.extend(profile.iter().map(Node::Name));
            found.push(Node::Block(body));
        }
    }
}

fn of_entry<'t>(entry: &'t Entry, found: &mut Vec<Node<'t>>) {
    match &entry.kind {
        EntryKind::Field(Field { annotations, path, ty, value }) => {
            found.extend(annotations.iter().map(Node::Name));
            found.extend(path.iter().map(Node::Key));
            found.extend(ty.iter().map(|ty| Node::Type(ty)));
            match value {
                FieldValue::Expr(expr) => found.push(Node::Expr(expr)),
                FieldValue::Block(block) => found.push(Node::Block(block)),
                FieldValue::Nothing => {}
            }
        }
        EntryKind::Check(check) => of_check(check, found),
        EntryKind::For { names, source, body } => {
            found.extend(names.iter().map(Node::Name));
            found.extend([Node::Expr(source), Node::Block(body)]);
        }
        EntryKind::If { condition, then, otherwise } => {
            found.extend([Node::Expr(condition), Node::Block(then)]);
            found.extend(otherwise.iter().map(Node::Block));
        }
        EntryKind::Rejects { body, code } => {
            found.push(Node::Block(body));
            found.extend(code.iter().map(Node::Name));
        }
    }
}

fn of_check<'t>(check: &'t Check, found: &mut Vec<Node<'t>>) {
    found.extend(check.code.iter().map(Node::Name));
    found.push(Node::Expr(&check.condition));
    found.extend(check.message.iter().map(Node::Expr));
    let labels = check.labels.iter().flat_map(|(at, text)| [Node::Expr(at), Node::Expr(text)]);
    found.extend(labels);
    found.extend(check.notes.iter().chain(&check.helps).map(Node::Expr));
    found.sort_by_key(|node| node.span().start);
}

fn of_type<'t>(ty: &'t TypeExpr, found: &mut Vec<Node<'t>>) {
    match &ty.kind {
        TypeKind::Name { name, argument } => {
            found.push(Node::NameRef(name));
            found.extend(argument.iter().map(|ty| Node::Type(ty)));
        }
        TypeKind::List(inner) | TypeKind::Optional(inner) => found.push(Node::Type(inner)),
        TypeKind::Either(types) => found.extend(types.iter().map(Node::Type)),
        TypeKind::Word(_) | TypeKind::Missing => {}
    }
}

fn of_expr<'t>(expr: &'t Expr, found: &mut Vec<Node<'t>>) {
    match &expr.kind {
        ExprKind::String(parts) => found.extend(parts.iter().filter_map(|part| match part {
            StringPart::Value(value) => Some(Node::Expr(value)),
            StringPart::Plain(_) => None,
        })),
        ExprKind::Member(base, name) => found.extend([Node::Expr(base), Node::Name(name)]),
        ExprKind::Index(base, index) => found.extend([Node::Expr(base), Node::Expr(index)]),
        ExprKind::Call(function, arguments) => {
            found.push(Node::Expr(function));
            found.extend(arguments.iter().map(Node::Expr));
        }
        ExprKind::Prefix(_, inner) => found.push(Node::Expr(inner)),
        ExprKind::Infix(_, _, left, right) => found.extend([Node::Expr(left), Node::Expr(right)]),
        ExprKind::If(condition, then, otherwise) => {
            found.extend([Node::Expr(condition), Node::Expr(then), Node::Expr(otherwise)]);
        }
        ExprKind::List(items) => found.extend(items.iter().map(Node::Expr)),
        ExprKind::Comprehension(clauses, body) => {
            for clause in clauses {
                found.extend(clause.names.iter().map(Node::Name));
                found.push(Node::Expr(&clause.source));
                found.extend(clause.filter.iter().map(Node::Expr));
            }
            found.push(Node::Expr(body));
        }
        ExprKind::Record(block) => found.push(Node::Block(block)),
        ExprKind::Missing
        | ExprKind::Bool(_)
        | ExprKind::Absent
        | ExprKind::Number(_)
        | ExprKind::Name(_)
        | ExprKind::SelfRecord
        | ExprKind::Stack => {}
    }
}
