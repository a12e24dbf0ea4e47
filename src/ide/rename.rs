//! Renames: exactly the places that name one thing, or a word on why not.

use super::edit::Edits;
use super::mention::{Mention, mention_at};
use super::references::{Reference, of_symbol};
use super::settings;
use super::symbol::Symbol;
use super::trial;
use super::view::View;
use crate::compile::Live;
use std::ops::Range;

/// A rename.
#[derive(Clone, Debug)]
pub struct Rename {
    /// The edits.
    pub edits: Edits,
    /// What follows for what is deployed, if anything does.
    pub consequence: Option<String>,
}

/// What would be renamed at a byte: its bytes and its name.
pub fn prepare(view: View<'_>, byte: usize) -> Result<(Range<usize>, String), String> {
    let mention = mention_at(view, byte).ok_or("there is no name here")?;
    refused(view, &mention)?;
    let name = view.text()[mention.range.clone()].trim_matches('"').to_owned();
    let range = inner(view, &mention.range);
    Ok((range, name))
}

/// The bytes of a name without its quotes.
fn inner(view: View<'_>, range: &Range<usize>) -> Range<usize> {
    let quoted = view.text()[range.clone()].starts_with('"') && range.len() >= 2;
    if quoted { range.start + 1..range.end - 1 } else { range.clone() }
}

fn refused(view: View<'_>, mention: &Mention) -> Result<(), String> {
    match &mention.symbol {
        Symbol::Stack if !mention.declares => Err("`stack` is a word of the language".to_owned()),
        Symbol::Entry(path) if is_flag(view, path) => {
            Err("a flag is named by the program that takes it: it can't be renamed".to_owned())
        }
        Symbol::It => Err("`it` is a word of the language".to_owned()),
        Symbol::Code(code) if is_builtin_code(code) => {
            Err(format!("`{code}` is a code of vmsc: it can't be renamed"))
        }
        symbol if symbol.is_builtin(view) => {
            Err("this is a name of vmsc's own schema or language: it can't be renamed".to_owned())
        }
        Symbol::Field(_) if mention.symbol.declaration(view).is_none() => {
            Err("this field's declaration is not known".to_owned())
        }
        _ => Ok(()),
    }
}

fn is_flag(view: View<'_>, path: &[String]) -> bool {
    let map = path.split_last().and_then(|(_, map)| settings::annotations_at(view, map));
    map.is_some_and(|annotations| annotations.flags)
}

fn is_builtin_code(code: &str) -> bool {
    code.len() == 5 && code.starts_with(['E', 'W']) && code[1..].bytes().all(|b| b.is_ascii_digit())
}

/// Renames what is at a byte; `stacks` are those of the project.
pub fn rename(view: View<'_>, byte: usize, new: &str, stacks: &[&Live]) -> Result<Rename, String> {
    let mention = mention_at(view, byte).ok_or("there is no name here")?;
    let symbol = &mention.symbol;
    refused(view, &mention)?;
    valid(symbol, new)?;
    let references = of_symbol(view, symbol, stacks);
    let mut edits = Edits::default();
    // The word `stack` stays what it is, whatever the stack is called.
    let named = references.iter().filter(|one| one.declares || *symbol != Symbol::Stack);
    for reference in named {
        edits.replace(reference.place.clone(), written(reference, symbol, new, stacks, view)?);
    }
    verify(view, &references, &edits, new, stacks)?;
    Ok(Rename { edits, consequence: consequence(view, symbol, new) })
}

fn valid(symbol: &Symbol, new: &str) -> Result<(), String> {
    let is_name = new.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && new.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    let ok = match symbol {
        Symbol::Entry(_) => !new.is_empty() && !new.contains(['"', '\\', '\n']),
        Symbol::Code(_) => {
            !new.is_empty() && new.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        }
        _ => is_name,
    };
    match ok {
        true => Ok(()),
        false => Err(format!("`{new}` is no name: letters, digits and `_`, and no digit first")),
    }
}

fn written(
    reference: &Reference,
    symbol: &Symbol,
    new: &str,
    stacks: &[&Live],
    view: View<'_>,
) -> Result<String, String> {
    if !matches!(symbol, Symbol::Entry(_)) {
        return Ok(new.to_owned());
    }
    let holder = stacks.iter().copied().chain([view.live]);
    let text = holder.into_iter().find_map(|live| {
        let file = live.file_at(&reference.place.file)?;
        let text = &live.map().file(file).text;
        Some((
            text.get(reference.place.range.clone())?.to_owned(),
            text[..reference.place.range.start].ends_with('.'),
        ))
    });
    let is_name = new.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && new.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    match text {
        Some((text, _)) if text.starts_with('"') => Ok(format!("\"{new}\"")),
        _ if is_name => Ok(new.to_owned()),
        Some((_, false)) => Ok(format!("\"{new}\"")),
        _ => Err(format!("`{new}` can't follow a dot: write `[\"…\"]` there first")),
    }
}

/// Compiles what the edits would give: nothing may break, and exactly the same places may name the same.
fn verify(
    view: View<'_>,
    references: &[Reference],
    edits: &Edits,
    new: &str,
    stacks: &[&Live],
) -> Result<(), String> {
    let touched = |live: &&&Live| edits.files().any(|(file, _)| live.file_at(file).is_some());
    let mut lives: Vec<&Live> = stacks.iter().filter(touched).copied().collect();
    if lives.is_empty() {
        lives.push(view.live);
    }
    let before: Vec<Live> = lives.iter().map(|live| trial::edited(live, &Edits::default())).collect();
    let after: Vec<Live> = lives.iter().map(|live| trial::edited(live, edits)).collect();
    let worse = before.iter().zip(&after).find(|(before, after)| trial::is_worse(before, after));
    if let Some((before, after)) = worse {
        let why = trial::first_new(before, after).map(|title| format!(": {title}")).unwrap_or_default();
        return Err(format!("with the name `{new}` the stack would be wrong{why}"));
    }
    let all: Vec<&Live> = after.iter().collect();
    let Some(first) = references.first() else { return Ok(()) };
    let holder = all.iter().find_map(|live| View::new(live, live.file_at(&first.place.file)?));
    let Some(holder) = holder else { return Ok(()) };
    // The first place in a file keeps its start.
    let found =
        mention_at(holder, first.place.range.start).map(|mention| of_symbol(holder, &mention.symbol, &all));
    match found.is_some_and(|found| found.len() == references.len()) {
        true => Ok(()),
        false => Err(format!("`{new}` would be taken for something else that has this name")),
    }
}

fn consequence(view: View<'_>, symbol: &Symbol, new: &str) -> Option<String> {
    match symbol {
        Symbol::Stack => Some(format!(
            "The stack's outputs move to `{new}`: in a cluster that is a new release's objects and a new, empty volume"
        )),
        Symbol::Profile(at) => {
            let old = &view.program().profiles.get(*at)?.name.text;
            Some(format!(
                "The files of the profile `{old}` are replaced by those of `{new}`: commands that name them must too"
            ))
        }
        Symbol::Entry(path) => {
            let old = path.last()?;
            Some(format!(
                "Samples are stored under the new name from now on: queries and alerts that ask for `{old}` must ask for `{new}` too"
            ))
        }
        _ => None,
    }
}
