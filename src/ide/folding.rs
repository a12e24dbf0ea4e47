//! What can be folded, and how a selection grows.

use super::view::{Side, View};
use crate::syntax::tree::{ExprKind, Node};
use crate::syntax::{TokenKind, token};
use std::ops::Range;

/// A part that can be folded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fold {
    /// Its bytes.
    pub range: Range<usize>,
    /// Whether it is a comment.
    pub is_comment: bool,
}

/// Blocks, lists, long strings and comments of more than one line.
pub fn folds(view: View<'_>) -> Vec<Fold> {
    let text = view.text();
    let mut found = Vec::new();
    for node in view.nodes() {
        let range = match node {
            Node::Block(block) if block.open => view.range(block.span),
            Node::Expr(expr)
                if matches!(
                    expr.kind,
                    ExprKind::List(_) | ExprKind::String(_) | ExprKind::Comprehension(..)
                ) =>
            {
                view.range(expr.span)
            }
            _ => continue,
        };
        found.push(Fold { range, is_comment: false });
    }
    let mut comment: Option<Range<usize>> = None;
    let mut at = 0;
    let mut breaks = 0;
    while at < text.len() {
        let (kind, end) = token(text, at, 0);
        match kind {
            TokenKind::Comment => {
                match &mut comment {
                    Some(known) if breaks <= 1 => known.end = end,
                    known => {
                        found.extend(known.take().map(|range| Fold { range, is_comment: true }));
                        *known = Some(at..end);
                    }
                }
                breaks = 0;
            }
            TokenKind::Newline => breaks += 1,
            TokenKind::Blanks => {}
            _ => found.extend(comment.take().map(|range| Fold { range, is_comment: true })),
        }
        at = end;
    }
    found.extend(comment.map(|range| Fold { range, is_comment: true }));
    found.retain(|fold| text[fold.range.clone()].contains('\n'));
    found.sort_by_key(|fold| (fold.range.start, fold.range.end));
    found.dedup();
    found
}

/// The ranges around a byte, innermost first, each inside the next.
pub fn selections(view: View<'_>, byte: usize) -> Vec<Range<usize>> {
    let whole = 0..view.text().len();
    let mut found: Vec<Range<usize>> = std::iter::once(whole)
        .chain(view.path(byte, Side::Right).into_iter().map(|node| view.range(node.span())))
        .collect();
    found.reverse();
    let mut last: Option<Range<usize>> = None;
    found.retain(|range| {
        let grows = last
            .as_ref()
            .is_none_or(|last| range.start <= last.start && last.end <= range.end && range != last);
        let keeps = grows && !range.is_empty();
        if keeps {
            last = Some(range.clone());
        }
        keeps
    });
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{cursor, stack, with_files};

    #[test]
    fn blocks_lists_and_comments_fold() {
        let at = cursor("# one\n# two\n\n# alone\nlet a = [\n  1,\n]\nstack m {\n  version = v1.106.1\n}\n");
        let folds = folds(at.view());
        let first = |fold: &Fold| at.text(&fold.range).lines().next().unwrap().to_owned();
        assert_eq!(folds.iter().map(first).collect::<Vec<_>>(), ["# one", "[", "{"]);
        let at = cursor(&stack("retention = 3$00d"));
        let grown: Vec<&str> =
            selections(at.view(), at.byte).iter().map(|range| at.text(range)).take(2).collect();
        assert_eq!(grown, ["30d", "retention = 30d"]);
        let _ = with_files;
    }
}
