//! What is wanted at a place: a declaration, a key, a value, a type.

use super::before::{Before, interpolation, lexed};
use super::place::{After, Place};
use crate::ide::settings;
use crate::ide::view::{Side, Token, View};
use crate::semantics::findings::Resolution;
use crate::semantics::ids::FieldRef;
use crate::semantics::types::Type;
use crate::syntax::tree::{Entry, EntryKind, Expr, ExprKind, Field, FieldValue, Item, ItemKind, Key, Node};
use crate::syntax::{TokenKind, token};
use std::ops::Range;

/// What is wanted.
pub(super) enum Context<'a> {
    /// A declaration of the file.
    Declaration(Place<'a>),
    /// A key of a record or a map, whose type is `expected`.
    Key(Place<'a>),
    /// The key of an entry after its field, as in `job "…" {`. The type of the map is `expected`.
    MapKey(Place<'a>),
    /// A label, a note or a help of a check.
    CheckPart(Place<'a>),
    /// A value.
    Value(Place<'a>),
    /// A member of a value of type `expected`, or of an imported file.
    Member(Place<'a>),
    /// A type.
    Type(Place<'a>),
    /// The name of a schema or a profile, after this word if it is not there yet.
    Reference(Place<'a>, &'static str),
    /// The inside of a string.
    Text(Place<'a>),
    /// An annotation.
    Annotation(Range<usize>),
    /// `as` and a name for an import.
    Alias(Place<'a>),
}

impl<'a> Context<'a> {
    /// What is wanted at a byte of a file; `None` if that is nothing, or anything.
    pub(super) fn at(view: View<'a>, byte: usize) -> Option<Context<'a>> {
        let text = view.text();
        let mut tokens = view.tokens_before(byte);
        if let Some(last) = tokens.last()
            && match last.kind {
                TokenKind::Comment => byte <= last.range.end,
                TokenKind::Sign => byte < last.range.end,
                _ => false,
            }
        {
            return None;
        }
        let path = view.path(byte, Side::Left);
        if let Some(last) = tokens.last()
            && matches!(last.kind, TokenKind::Text | TokenKind::OpenText { .. })
            && let Some(start) = interpolation(text, last.range.start, byte)
        {
            // The code in a string, as if it stood alone.
            tokens = lexed(text, start, byte);
        }
        if let Some(inside) = inside_text(&tokens, byte, &path) {
            return Some(Context::Text(Place::new(view, inside, path)));
        }
        let mut replaced = byte..byte;
        if text[byte..].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_') {
            // The word that begins here is what is meant.
            replaced.end = token(text, byte, 0).1;
        }
        if let Some(last) = tokens.last()
            && last.kind == TokenKind::Word
            && byte <= last.range.end
        {
            replaced = last.range.clone();
            tokens.pop();
        }
        if let [.., word, dot] = tokens.as_slice()
            && &text[dot.range.clone()] == "."
            && dot.range.end == replaced.start
            && word.range.end == dot.range.start
            && text[word.range.clone()].strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok())
        {
            // A version, up to its first dot.
            replaced.start = word.range.start;
            tokens.truncate(tokens.len() - 2);
        }
        let significant = |token: &Token| !matches!(token.kind, TokenKind::Newline | TokenKind::Comment);
        let line = text[..replaced.start].trim_end_matches([' ', '\t']);
        let fresh = match tokens.last() {
            Some(token) => !significant(token),
            None => line.is_empty() || line.ends_with(['\n', '\u{FEFF}']),
        };
        tokens.retain(significant);
        if tokens.is_empty() && !fresh {
            // Right behind an entry, on its line.
            return None;
        }
        let before = Before { text, tokens, fresh };
        let place = Place::new(view, replaced, path);
        classify(place, &before)
    }
}

/// The part of a string, without its quotes, that a byte is in.
fn inside_text(tokens: &[Token], byte: usize, path: &[Node]) -> Option<Range<usize>> {
    let last = tokens.last()?;
    let (start, end) = (last.range.start, last.range.end);
    let inside = match last.kind {
        TokenKind::Text => start < byte && byte < end,
        TokenKind::OpenText { .. } => start < byte && byte <= end,
        _ => false,
    };
    // An interpolation is code.
    let is_code = match path.last() {
        Some(Node::Expr(expr)) => !matches!(expr.kind, ExprKind::String(_)),
        _ => false,
    };
    if !inside || is_code {
        return None;
    }
    let close = if last.kind == TokenKind::Text { end - 1 } else { byte };
    Some(start + 1..close.max(byte))
}

fn classify<'a>(mut place: Place<'a>, before: &Before) -> Option<Context<'a>> {
    let (last, view) = (before.last(), place.view);
    if last == "@" {
        return Some(Context::Annotation(place.replaced));
    }
    if last == "." {
        return member(place);
    }
    if in_type(&place, before) {
        let complete =
            matches!(before.last_kind(), Some(TokenKind::Text | TokenKind::Word | TokenKind::Close));
        let complete = complete || matches!(last, "?" | ">");
        let whole = !matches!(place.after, After::Other | After::Part) && !is_known(&place) && !complete;
        return whole.then_some(Context::Type(place));
    }
    let Some(block) = place.block else { return of_item(place, before) };
    if let Some(item) = place.path.iter().find_map(item) {
        let is_reference = matches!(last, "extends" | "with") && !before.fresh;
        if is_reference && !matches!(item.kind, ItemKind::Test { .. }) {
            return Some(Context::Reference(place, ""));
        }
    }
    // Is an entry around the place, below the innermost block?
    let at =
        place.path.iter().rposition(|node| matches!(node, Node::Block(own) if std::ptr::eq(*own, block)));
    let inner = &place.path[at.map_or(place.path.len(), |at| at + 1)..];
    let entry = inner.iter().find_map(|node| match node {
        Node::Entry(entry) => Some(*entry),
        _ => None,
    });
    let in_expr = inner.iter().any(|node| matches!(node, Node::Expr(_)));
    let in_key = inner.iter().any(|node| matches!(node, Node::Key(_)));
    if let Some(Entry { kind: EntryKind::Check(check), .. }) = entry
        && (last == "{" || before.fresh)
        && !in_expr
        && view.range(check.condition.span).end < place.replaced.start
    {
        return (place.after == After::Nothing).then_some(Context::CheckPart(place));
    }
    let begins = matches!(last, "{" | ",") || before.fresh || in_key && entry_begins(entry, &place);
    if !in_expr && begins {
        // What follows would be part of the entry, unless it is already.
        let own = !place.replaced.is_empty();
        match place.after {
            After::Nothing => {}
            After::Brace | After::Value | After::Other if own && is_field(entry) => {}
            _ => return None,
        }
        let expected = view.findings().filled(block);
        place.expected = match expected {
            Type::Error => place.scope.record.clone().unwrap_or(Type::Error),
            known => known.clone(),
        };
        place.setting = settings::path_to(&place.outside);
        return Some(Context::Key(place));
    }
    if let Some(entry) = entry
        && let Some(map) = map_of(&place, entry, before)
    {
        place.expected = map;
        return (place.after == After::Nothing).then_some(Context::MapKey(place));
    }
    value(place, before)
}

fn is_field(entry: Option<&Entry>) -> bool {
    entry.is_some_and(|entry| matches!(entry.kind, EntryKind::Field(_)))
}

fn item<'a>(node: &Node<'a>) -> Option<&'a Item> {
    if let Node::Item(item) = node { Some(item) } else { None }
}

/// Whether the word being typed is the first of its entry.
fn entry_begins(entry: Option<&Entry>, place: &Place) -> bool {
    entry.is_none_or(|entry| place.view.range(entry.span).start == place.replaced.start)
}

/// The type of the map whose entry is being named, as in `job |`.
fn map_of(place: &Place, entry: &Entry, before: &Before) -> Option<Type> {
    let EntryKind::Field(field) = &entry.kind else { return None };
    let named = !before.fresh && before.last_kind() == Some(TokenKind::Word);
    let bare = matches!(field.value, FieldValue::Nothing) || !place.replaced.is_empty();
    let Some(Key::Name(name)) = field.path.first() else { return None };
    let Resolution::Field(known) = place.view.findings().name(name) else { return None };
    let ty = place.view.program().field(known)?.ty.plain().clone();
    (named && bare && field.path.len() <= 2 && ty.is_map()).then_some(ty)
}

/// Whether the word being typed names something already.
fn is_known(place: &Place) -> bool {
    let named = place.path.iter().rev().find_map(|node| match node {
        Node::Name(name) => Some(*name),
        _ => None,
    });
    named.is_some_and(|name| {
        let range = place.view.range(name.span);
        range == place.replaced && place.view.findings().name(name) != Resolution::Unknown
    })
}

/// Whether a type is wanted: after a colon that is no comprehension's, or where one is being typed.
fn in_type(place: &Place, before: &Before) -> bool {
    if place.path.iter().any(|node| matches!(node, Node::Type(_))) {
        return true;
    }
    let colon = before.last() == ":" && !before.fresh;
    let in_expr = place.path.iter().any(|node| matches!(node, Node::Expr(_)));
    let of_stack =
        matches!(place.path.first(), Some(Node::Item(item)) if matches!(item.kind, ItemKind::Stack { .. }));
    colon && !in_expr && !of_stack
}

/// Outside of all blocks.
fn of_item<'a>(place: Place<'a>, before: &Before) -> Option<Context<'a>> {
    let last = before.last();
    let first = before.tokens.first().map_or("", |token| &before.text[token.range.clone()]);
    let begins = |place: &Place| {
        let line = before.text[..place.replaced.start].rfind('\n').map_or(0, |at| at + 1);
        before.text[line..place.replaced.start].trim_start_matches('\u{FEFF}').is_empty()
    };
    if begins(&place) {
        return (place.after == After::Nothing).then_some(Context::Declaration(place));
    }
    let ends = matches!(place.after, After::Nothing | After::Brace);
    let of_text = before.last_kind() == Some(TokenKind::Text);
    match (first, last) {
        (_, "extends" | "with") | ("stack", ":") if is_known(&place) || !ends => None,
        (_, "extends" | "with") | ("stack", ":") => Some(Context::Reference(place, "")),
        ("import", _) if of_text && ends => Some(Context::Alias(place)),
        ("schema" | "profile", _) if before.tokens.len() == 2 && ends => {
            Some(Context::Reference(place, "extends "))
        }
        ("test", _) if of_text && ends => Some(Context::Reference(place, "with ")),
        ("let" | "fn" | "type", _) => value(place, before),
        // The code in a string.
        _ if place.path.iter().any(|node| matches!(node, Node::Expr(_))) => value(place, before),
        _ => None,
    }
}

fn member<'a>(mut place: Place<'a>) -> Option<Context<'a>> {
    let view = place.view;
    let base = place.path.iter().rev().find_map(|node| match node {
        Node::Expr(Expr { kind: ExprKind::Member(base, _), .. }) => Some(&**base),
        _ => None,
    });
    if let Some(base) = base
        && let Some(Node::Expr(whole)) = place
            .path
            .iter()
            .rev()
            .find(|node| matches!(node, Node::Expr(Expr { kind: ExprKind::Member(..), .. })))
    {
        (place.expected, place.field) = expected(&place, whole);
        if !place.replaced.is_empty() {
            place.now = view.findings().type_of(whole).clone();
        }
        place.path.push(Node::Expr(base));
        return (place.after != After::Part && place.after != After::Other).then_some(Context::Member(place));
    }
    if place.path.iter().any(|node| matches!(node, Node::Type(_) | Node::NameRef(_))) {
        return Some(Context::Type(place));
    }
    // A path of keys: `persistence.|`
    let field = place.path.iter().rev().find_map(|node| match node {
        Node::Entry(Entry { kind: EntryKind::Field(field), .. }) => Some(field),
        _ => None,
    })?;
    let record = record_before(view, field, place.replaced.start)?;
    if place.after == After::Part {
        return None;
    }
    place.expected = record;
    // The path ends before the key that is being typed.
    place.setting = place.setting.take().map(|mut path| {
        let mut outer = settings::path_to(&place.outside).unwrap_or_default();
        let before = field.path.iter().filter(|key| view.range(key.span()).end < place.replaced.start);
        outer.extend(before.filter_map(|key| match key {
            Key::Name(name) => Some(name.text.to_string()),
            Key::Computed(_) => None,
        }));
        path.clone_from(&outer);
        path
    });
    Some(Context::Key(place))
}

/// The type of the record that the keys of a path before a byte lead to.
fn record_before(view: View<'_>, field: &Field, byte: usize) -> Option<Type> {
    let before = field.path.iter().rfind(|key| view.range(key.span()).end < byte)?;
    let Key::Name(name) = before else { return None };
    match view.findings().name(name) {
        Resolution::Field(field) => Some(view.program().field(field)?.ty.plain().clone()),
        _ => None,
    }
}

/// A value, where one may stand.
fn value<'a>(mut place: Place<'a>, before: &Before) -> Option<Context<'a>> {
    let touched = place.path.iter().rev().find_map(|node| match node {
        Node::Expr(expr) => Some(*expr),
        _ => None,
    });
    let complete = matches!(before.last_kind(), Some(TokenKind::Word | TokenKind::Text | TokenKind::Close));
    let operator = matches!(before.last(), "in" | "if" | "check" | "warn" | "else" | "where" | "label");
    if complete && !operator && !before.fresh {
        return None;
    }
    // What follows would be a second value, or be called or asked for a part.
    if matches!(place.after, After::Other | After::Part)
        || place.after == After::Value && !place.replaced.is_empty()
    {
        return None;
    }
    let expr = touched?;
    if matches!(expr.kind, ExprKind::Record(_)) {
        return None;
    }
    (place.expected, place.field) = expected(&place, expr);
    if !place.replaced.is_empty() {
        place.now = place.view.findings().type_of(expr).clone();
    }
    place.collection = before.last() == "in";
    Some(Context::Value(place))
}

/// The type that is expected of an expression, and the field that expects it.
pub(super) fn expected(place: &Place, expr: &Expr) -> (Type, Option<FieldRef>) {
    let findings = place.view.findings();
    if let Some(expected) = findings.expected(expr) {
        let ty = expected.ty.clone();
        let is_inside = matches!(expr.kind, ExprKind::List(_))
            && place.view.range(expr.span).start < place.replaced.start;
        return match (is_inside, ty.plain()) {
            (true, Type::List(element)) => ((**element).clone(), expected.field),
            (true, _) => (Type::Error, None),
            (false, _) => (ty, expected.field),
        };
    }
    if let ExprKind::Call(function, arguments) = &expr.kind {
        let start = place.replaced.start;
        let at = arguments.iter().filter(|argument| place.view.range(argument.span).end < start).count();
        return (of_argument(place, function, at), None);
    }
    // An operand is of its neighbour's type.
    let neighbour = place.path.iter().rev().find_map(|node| match node {
        Node::Expr(Expr { kind: ExprKind::Infix(_, _, left, right), .. }) => {
            let (left, right) = (&**left, &**right);
            match (std::ptr::eq(left, expr), std::ptr::eq(right, expr)) {
                (true, _) => Some(right),
                (_, true) => Some(left),
                _ => None,
            }
        }
        _ => None,
    });
    if let Some(neighbour) = neighbour {
        return (findings.type_of(neighbour).present().clone(), None);
    }
    (Type::Error, None)
}

fn of_argument(place: &Place, function: &Expr, at: usize) -> Type {
    match place.view.findings().resolution(function) {
        Resolution::Fn(id) => {
            let params = &place.view.program().function(id).params;
            params.get(at).map_or(Type::Error, |param| param.ty.clone())
        }
        _ => Type::Error,
    }
}
