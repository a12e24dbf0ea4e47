//! Where what is at a place is named, over all stacks of its project.

use super::mention::{Mention, mention_at, mentions};
use super::outputs::Place;
use super::symbol::Symbol;
use super::view::View;
use crate::compile::Live;
use camino::Utf8PathBuf;

/// A place that names something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Where.
    pub place: Place,
    /// Whether it declares it, or gives its value.
    pub writes: bool,
    /// Whether it declares it.
    pub declares: bool,
}

/// All places that name what is at a byte; `stacks` are those of the project.
pub fn references(view: View<'_>, byte: usize, stacks: &[&Live]) -> Vec<Reference> {
    let Some(mention) = mention_at(view, byte) else { return Vec::new() };
    of_symbol(view, &mention.symbol, stacks)
}

/// All places that name a symbol.
pub fn of_symbol(view: View<'_>, symbol: &Symbol, stacks: &[&Live]) -> Vec<Reference> {
    let mut found = Vec::new();
    let stays = matches!(symbol, Symbol::Local(_) | Symbol::Import(..) | Symbol::It);
    if stays {
        collect(view, symbol, &mut found);
    } else {
        let declared = symbol.declaration(view).map(|declared| view.map().locate(declared.name));
        let home = declared.map(|(file, range)| (view.live.path_of(file), range));
        for live in stacks {
            collect_in(view, symbol, home.as_ref(), live, &mut found);
        }
        if !stacks.iter().any(|live| std::ptr::eq(*live, view.live)) {
            view.all().into_iter().for_each(|view| collect(view, symbol, &mut found));
        }
    }
    let key = |found: &Reference| (found.place.file.clone(), found.place.range.start, found.place.range.end);
    found.sort_by_key(key);
    found.dedup_by_key(|found| key(found));
    found
}

fn collect_in(
    view: View<'_>,
    symbol: &Symbol,
    home: Option<&(Utf8PathBuf, std::ops::Range<usize>)>,
    live: &Live,
    found: &mut Vec<Reference>,
) {
    let Some(own) = View::own(live) else { return };
    let same_stack = std::ptr::eq(live, view.live);
    match symbol {
        // Of one stack.
        Symbol::Profile(_) | Symbol::Stack | Symbol::Entry(_) if !same_stack => {}
        Symbol::Code(_) => own.all().into_iter().for_each(|view| collect(view, symbol, found)),
        symbol if same_stack || symbol.is_builtin(view) => {
            own.all().into_iter().for_each(|view| collect(view, symbol, found));
        }
        // Another stack numbers its declarations otherwise.
        _ => {
            let declared = home.and_then(|(path, range)| {
                let view = own.of(live.file_at(path)?)?;
                mention_at(view, range.start).filter(|mention| mention.declares)
            });
            if let Some(Mention { symbol, .. }) = declared {
                own.all().into_iter().for_each(|view| collect(view, &symbol, found));
            }
        }
    }
}

fn collect(view: View<'_>, symbol: &Symbol, found: &mut Vec<Reference>) {
    let file = view.live.path_of(view.file);
    for mention in mentions(view).into_iter().filter(|mention| mention.symbol == *symbol) {
        let is_key = mention.setting.is_some() && !mention.declares;
        found.push(Reference {
            place: Place { file: file.clone(), range: mention.range.clone() },
            writes: mention.declares || is_key && gives(view, &mention),
            declares: mention.declares,
        });
    }
}

/// Whether a mention is the key of an entry, and no expression.
fn gives(view: View<'_>, mention: &Mention) -> bool {
    let before = view.text()[..mention.range.start].trim_end();
    !before.ends_with('.') || view.text()[mention.range.end..].trim_start().starts_with(['=', '{', '.'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::{cursor, stack, with_files};

    #[test]
    fn every_use_and_no_other() {
        let at = cursor("let $0a = 1\nlet b = a + a\nfn f(a: Int): Int = a\nlet c = { a = 2 }\n");
        let found = references(at.view(), at.byte, &[&at.live]);
        let starts: Vec<usize> = found.iter().map(|one| one.place.range.start).collect();
        assert_eq!(starts, [4, 18, 22]);
        assert!(found[0].declares && !found[1].writes);
        let at = with_files(
            "import \"lib.vms\" as lib\nlet a = lib.na$0me\n",
            &[("lib.vms", "let name = \"a\"\nlet other = name\n")],
        );
        assert_eq!(references(at.view(), at.byte, &[&at.live]).len(), 3);
        let at = cursor(&stack(
            "scrape { interval = 15s, job \"x\" { targets = [\"a:1\"], interval = stack.scrape.inter$0val } }",
        ));
        assert_eq!(references(at.view(), at.byte, &[&at.live]).len(), 2);
    }
}
