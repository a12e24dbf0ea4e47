//! The meaning of each token, for colors.

use super::mention::mentions;
use super::symbol::Symbol;
use super::view::View;
use crate::syntax::tree::{Expr, ExprKind, Key, Node, StringPart};
use crate::syntax::{TokenKind, token};
use std::collections::HashMap;
use std::ops::Range;

/// A token with what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SemanticToken {
    /// Its bytes, on one line.
    pub range: Range<usize>,
    /// What it is.
    pub kind: Class,
    /// Whether it declares what it names.
    pub declares: bool,
    /// Whether it is part of vmsc itself.
    pub builtin: bool,
}

/// Classes of tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// A comment.
    Comment,
    /// A word of the language.
    Keyword,
    /// A string.
    String,
    /// A number, with its unit, or a version.
    Number,
    /// A sign.
    Operator,
    /// A field or a key.
    Property,
    /// A constant or a loop variable.
    Variable,
    /// A parameter.
    Parameter,
    /// A function.
    Function,
    /// An imported file.
    Namespace,
    /// A type.
    Type,
    /// A schema.
    Schema,
    /// A profile or a stack.
    Layer,
    /// An annotation.
    Annotation,
}

/// The words of the language.
const KEYWORDS: &[&str] = &[
    "import", "as", "let", "fn", "type", "where", "schema", "extends", "stack", "profile", "test", "with",
    "check", "warn", "label", "help", "note", "for", "in", "if", "else", "rejects", "true", "false",
    "absent", "self", "it",
];

/// The tokens of a file, or of those of its lines that touch a range.
pub fn tokens(view: View<'_>, within: Option<Range<usize>>) -> Vec<SemanticToken> {
    let mut tokens = Tokens {
        view,
        named: HashMap::new(),
        inside: HashMap::new(),
        keys: HashMap::new(),
        found: Vec::new(),
    };
    tokens.collect();
    let start = if view.text().starts_with('\u{FEFF}') { 3 } else { 0 };
    tokens.lex(start..view.text().len());
    let mut found = tokens.found;
    if let Some(within) = within {
        found.retain(|token| token.range.start < within.end && within.start < token.range.end);
    }
    found
}

struct Tokens<'a> {
    view: View<'a>,
    /// Classes of names, by where they start.
    named: HashMap<usize, (Range<usize>, Class, bool, bool)>,
    /// The interpolations of strings, by where the string starts.
    inside: HashMap<usize, Vec<Range<usize>>>,
    /// Keys and annotations that are known by their place alone, by where they start.
    keys: HashMap<usize, Class>,
    found: Vec<SemanticToken>,
}

impl<'a> Tokens<'a> {
    fn collect(&mut self) {
        let view = self.view;
        let mut params = Vec::new();
        for node in view.nodes() {
            match node {
                Node::Param(param) => params.push(param.name.span),
                Node::Key(Key::Name(name)) => {
                    self.keys.insert(view.range(name.span).start, Class::Property);
                }
                Node::Expr(Expr { kind: ExprKind::String(parts), span, .. }) => {
                    let values = parts.iter().filter_map(|part| match part {
                        StringPart::Value(value) => Some(view.range(value.span)),
                        StringPart::Plain(_) => None,
                    });
                    let values: Vec<_> = values.collect();
                    if !values.is_empty() {
                        self.inside.insert(view.range(*span).start, values);
                    }
                }
                Node::Expr(Expr { kind: ExprKind::Member(_, name), .. }) => {
                    self.keys.insert(view.range(name.span).start, Class::Property);
                }
                _ => {}
            }
        }
        for mention in mentions(view) {
            let class = match &mention.symbol {
                Symbol::Let(_) => Class::Variable,
                Symbol::Local(span) if params.contains(span) => Class::Parameter,
                Symbol::Local(_) => Class::Variable,
                Symbol::Fn(_) | Symbol::Builtin(_) => Class::Function,
                Symbol::Import(..) => Class::Namespace,
                Symbol::It => continue,
                // A code is one word, whatever signs are in it.
                Symbol::Code(_) => Class::Variable,
                Symbol::Field(_) | Symbol::Entry(_) => Class::Property,
                Symbol::Schema(_) => Class::Schema,
                Symbol::Refined(_) | Symbol::Alias(_) | Symbol::Primitive(_) => Class::Type,
                // `stack` is a word of the language where it is a value.
                Symbol::Stack if !mention.declares => continue,
                Symbol::Profile(_) | Symbol::Stack => Class::Layer,
            };
            let builtin = mention.symbol.is_builtin(view);
            self.named.insert(mention.range.start, (mention.range, class, mention.declares, builtin));
        }
    }

    fn push(&mut self, range: Range<usize>, kind: Class, declares: bool, builtin: bool) {
        // A token is on one line.
        let text = &self.view.text()[range.clone()];
        let mut at = range.start;
        for line in text.split_inclusive('\n') {
            let length = line.trim_end_matches(['\n', '\r']).len();
            if length > 0 {
                self.found.push(SemanticToken { range: at..at + length, kind, declares, builtin });
            }
            at += line.len();
        }
    }

    fn lex(&mut self, range: Range<usize>) {
        let text = self.view.text();
        let mut at = range.start;
        while at < range.end {
            let (kind, end) = token(text, at, 0);
            let whole = self.named.get(&at).map_or(end, |(named, ..)| named.end.max(end));
            let (kind, end) = if whole > end { (TokenKind::Word, whole) } else { (kind, end) };
            let end = end.min(range.end);
            self.one(kind, at..end);
            at = end;
        }
    }

    fn one(&mut self, kind: TokenKind, range: Range<usize>) {
        let text = &self.view.text()[range.clone()];
        match kind {
            TokenKind::Newline
            | TokenKind::Blanks
            | TokenKind::Open
            | TokenKind::Close
            | TokenKind::Comma => {}
            TokenKind::Comment => self.push(range, Class::Comment, false, false),
            TokenKind::Text | TokenKind::OpenText { .. } => self.string(range),
            TokenKind::Sign if text == "@" => self.push(range, Class::Annotation, false, false),
            TokenKind::Sign if matches!(text, "." | ":") => {}
            TokenKind::Sign => self.push(range, Class::Operator, false, false),
            TokenKind::Word => {
                if let Some((named, class, declares, builtin)) = self.named.get(&range.start).cloned()
                    && named == range
                {
                    return self.push(range, class, declares, builtin);
                }
                let before = self.view.text()[..range.start].ends_with('@');
                let class = match text {
                    _ if before => Class::Annotation,
                    _ if text.starts_with(|c: char| c.is_ascii_digit()) || is_version(text) => Class::Number,
                    _ if self.keys.contains_key(&range.start) => Class::Property,
                    word if KEYWORDS.contains(&word) => Class::Keyword,
                    _ => Class::Variable,
                };
                self.push(range, class, false, false);
            }
        }
    }

    fn string(&mut self, range: Range<usize>) {
        if let Some((named, class, declares, builtin)) = self.named.get(&range.start).cloned()
            && named == range
        {
            return self.push(range, class, declares, builtin);
        }
        let Some(values) = self.inside.remove(&range.start) else {
            return self.push(range, Class::String, false, false);
        };
        let mut at = range.start;
        for value in values {
            if value.start < at || value.end > range.end {
                continue;
            }
            self.push(at..value.start, Class::String, false, false);
            self.lex(value.clone());
            at = value.end;
        }
        self.push(at..range.end, Class::String, false, false);
    }
}

fn is_version(text: &str) -> bool {
    text.strip_prefix('v')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()) && rest.contains('.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{cursor, stack, with_files};

    #[test]
    fn tokens_have_the_class_of_what_they_mean() {
        let at = cursor("let a = \"x-\\(b)-y\" # c\nlet b = 30d\n");
        let found = tokens(at.view(), None);
        let shown: Vec<(&str, Class)> = found.iter().map(|one| (at.text(&one.range), one.kind)).collect();
        assert_eq!(
            shown[..8],
            [
                ("let", Class::Keyword),
                ("a", Class::Variable),
                ("=", Class::Operator),
                ("\"x-\\(", Class::String),
                ("b", Class::Variable),
                (")-y\"", Class::String),
                ("# c", Class::Comment),
                ("let", Class::Keyword),
            ]
        );
        let _ = (stack, with_files);
    }
}
