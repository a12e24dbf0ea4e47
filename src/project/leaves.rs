//! Values in the user's files: those that are ours follow the stack, and what a person wrote stays.

use super::desk::{Desk, digests, indented};
use super::outputs::{Leaf, Wanted};
use super::owned::record::{Mark, Owned, Place, Was};
use super::owned::ruling::{Question, Ruling, rule};
use super::plan::Planner;
use crate::yaml::edit::{Editor, Found, Refusal};
use crate::yaml::meaning;
use crate::yaml::path::dotted;
use crate::yaml::{Segment, Yaml};
use indexmap::IndexMap;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;
use std::rc::Rc;

/// Digests by path, of files that are gone.
type Moved = HashMap<Vec<Segment>, Vec<Rc<str>>>;

impl Planner<'_, '_> {
    /// Decides every value in the user's files, and plans their texts.
    pub(super) fn users_files(&mut self, wanted: &Wanted, after: &mut Owned, standing: &mut Owned) {
        self.adopt_old_records(wanted);
        let moved = self.moved();
        let mut by_file: IndexMap<&str, Vec<(&Place, &Leaf)>> = IndexMap::new();
        for (place, leaf) in &wanted.leaves {
            by_file.entry(&place.file).or_default().push((place, leaf));
        }
        for file in self.users_files_of(wanted) {
            let mine = by_file.get(&*file).map(Vec::as_slice).unwrap_or_default();
            self.at = mine.first().and_then(|(_, leaf)| leaf.members.first().copied());
            self.users_file(&file, mine, wanted, &moved, after, standing);
        }
        self.at = None;
        after.was.extend(self.before.was.iter().map(|(place, was)| (place.clone(), was.clone())));
    }

    /// What is recorded in files that are gone: a file that was moved is known by it.
    fn moved(&mut self) -> Moved {
        let mut moved = Moved::new();
        let files: BTreeSet<Rc<str>> = self.before.leaves.keys().map(|place| place.file.clone()).collect();
        let gone: HashSet<Rc<str>> = files.into_iter().filter(|file| self.load(file) == Some(None)).collect();
        for (place, marks) in self.before.leaves.iter().filter(|(place, _)| gone.contains(&place.file)) {
            let digests = marks.iter().filter_map(|(_, mark)| match mark {
                Mark::Digest(digest) => Some(Rc::clone(digest)),
                Mark::Kept => None,
            });
            moved.entry(place.path.clone()).or_default().extend(digests);
        }
        moved
    }

    /// The recorded places of a file, on the sides of a merge as well.
    fn recorded(&self, file: &Rc<str>) -> Vec<Place> {
        let of = |owned: &Owned| -> BTreeSet<Place> {
            let from = Place { file: Rc::clone(file), path: Vec::new() };
            let places = owned.leaves.range(from..).map(|(place, _)| place);
            places.take_while(|place| place.file == *file).cloned().collect()
        };
        of(&self.before).union(&of(&self.sides)).cloned().collect()
    }

    fn users_file(
        &mut self,
        file: &Rc<str>,
        mine: &[(&Place, &Leaf)],
        wanted: &Wanted,
        moved: &Moved,
        after: &mut Owned,
        standing: &mut Owned,
    ) {
        let recorded = self.recorded(file);
        let old: Vec<Place> =
            recorded.into_iter().filter(|place| !wanted.leaves.contains_key(place)).collect();
        let (going, staying): (Vec<Place>, Vec<Place>) =
            old.into_iter().partition(|place| self.may_go(place, wanted));
        for place in staying.into_iter().filter(|place| self.before.leaves.contains_key(place)) {
            let mut marks = self.before.leaves.get(&place).cloned().unwrap_or_default();
            if self.looks_after(file) && !wanted.aside.contains(&place) {
                // Another stack says it; those of this build do not any more.
                marks.retain(|(stack, _)| !self.is_planned(stack));
            }
            after.leaves.insert(place, marks);
        }
        let Some((mut desk, mine)) = self.open_desk(file, mine, after) else { return };
        let errors = self.reports.of.len() + self.reports.general.len();
        for (place, leaf) in mine {
            if let Err(refusal) = self.decide(&mut desk, place, leaf, moved, after, standing) {
                return self.report_refused(file, &place.path, Some(&leaf.value), &desk.text, &refusal);
            }
        }
        for place in going {
            if let Err(refusal) = self.decide_old(&mut desk, &place, standing) {
                return self.report_refused(file, &place.path, None, &desk.text, &refusal);
            }
        }
        if errors == self.reports.of.len() + self.reports.general.len() {
            self.apply(desk, wanted, after);
        }
    }

    /// Opens a file, with the values that go into it; `None` if there is nothing to do, or if it can't be
    /// edited, which is reported.
    fn open_desk<'w>(
        &mut self,
        file: &Rc<str>,
        mine: &[(&'w Place, &'w Leaf)],
        after: &mut Owned,
    ) -> Option<(Desk<'w>, Vec<(&'w Place, &'w Leaf)>)> {
        let mut mine = mine.to_vec();
        let text = match self.load(file)? {
            Some(text) => text,
            None if mine.is_empty() => return None,
            None if self.is_missing(file) => {
                self.report_gone_file(file);
                return None;
            }
            None => {
                mine.retain(|(_, leaf)| leaf.create);
                if mine.is_empty() {
                    return None;
                }
                after.note(Place { file: Rc::clone(file), path: Vec::new() }, Was::NoFile);
                String::new()
            }
        };
        if self.is_unresolved(file, &text) {
            return None;
        }
        let editor = match Editor::new(text.clone()) {
            Ok(editor) => editor,
            Err(refusal) => {
                let (path, value) = match mine.first() {
                    Some((place, leaf)) => (&place.path[..], Some(&leaf.value)),
                    None => (&[][..], None),
                };
                self.report_refused(file, path, value, &text, &refusal);
                return None;
            }
        };
        let file = Rc::clone(file);
        let (sets, missing, removes, released) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Some((Desk { file, text, editor, sets, missing, removes, released }, mine))
    }

    /// Whether a place that no stack of this build writes may be taken out.
    fn may_go(&self, place: &Place, wanted: &Wanted) -> bool {
        let of = |owned: &Owned| {
            let marks = owned.leaves.get(place);
            marks.is_none_or(|marks| marks.iter().all(|(stack, _)| self.is_planned(stack)))
        };
        self.looks_after(&place.file) && !wanted.aside.contains(place) && of(&self.before) && of(&self.sides)
    }

    /// Whether a file that vmsc wrote into, and did not make, is gone.
    fn is_missing(&self, file: &Rc<str>) -> bool {
        let whole = Place { file: Rc::clone(file), path: Vec::new() };
        let known = self.recorded(file).iter().any(|place| {
            let marks = self.before.leaves.get(place);
            marks.is_some_and(|marks| marks.iter().any(|(_, mark)| *mark != Mark::Digest("-".into())))
        });
        known && self.before.was.get(&whole) != Some(&Was::NoFile) && !self.options.forces(file, &[])
    }

    fn decide<'w>(
        &mut self,
        desk: &mut Desk<'w>,
        place: &'w Place,
        leaf: &'w Leaf,
        moved: &Moved,
        after: &mut Owned,
        standing: &mut Owned,
    ) -> Result<(), Refusal> {
        let known_before = Rc::clone(&self.before);
        let found = desk.editor.find(&place.path)?;
        let is_key = is_empty_map(&leaf.value);
        let there = found.as_ref().map(|found| there(found, is_key));
        let marks = known_before.leaves.get(place);
        let sides = Rc::clone(&self.sides);
        let known = digests_of(place, &known_before, &sides);
        let before: Vec<&str> =
            moved.get(&place.path).map(|all| all.iter().map(|one| &**one).collect()).unwrap_or_default();
        let question = Question {
            there: there.as_deref(),
            wanted: true,
            same: there.as_deref() == Some(&*leaf.digest),
            known: &known,
            mixture: found.as_ref().is_some_and(|found| is_mixture(found, &known)),
            moved: &before,
            kept: marks.is_some_and(|marks| marks.iter().any(|(_, mark)| *mark == Mark::Kept)),
            force: self.options.forces(&place.file, &place.path),
            keep: self.options.keeps(&place.file, &place.path),
        };
        let ruling = rule(&question);
        let sources: Vec<Rc<str>> = leaf.members.iter().map(|at| self.members[*at].source.into()).collect();
        let mark = if ruling == Ruling::Keep { Mark::Kept } else { Mark::Digest(Rc::clone(&leaf.digest)) };
        let others = marks.into_iter().flatten().filter(|(stack, _)| !self.is_planned(stack)).cloned();
        let marks = after.leaves.entry(place.clone()).or_default();
        marks.extend(sources.iter().map(|source| (Rc::clone(source), mark.clone())).chain(others));
        match ruling {
            Ruling::Same { found: true } if !question.force => {
                // What is below a volume or a network is a person's, and keeps it.
                if let Some(found) = found.as_ref().filter(|found| !is_key || found.is_empty) {
                    let was = bytes_of(&desk.text, &found.value);
                    after.note(place.clone(), Was::Text(was));
                }
            }
            Ruling::Write { missing } => {
                desk.sets.push((place, leaf));
                desk.missing.extend(missing.then_some(place));
                stand(standing, place, &sources, there.as_deref());
            }
            Ruling::Overwrite => {
                self.tell_discarded(desk, place, found.as_ref());
                desk.sets.push((place, leaf));
                stand(standing, place, &sources, there.as_deref());
            }
            Ruling::Keep if !question.kept => {
                self.notes.push(format!("`{}` in `{}` is kept as it is", dotted(&place.path), place.file));
            }
            Ruling::Stop => {
                if let Some(found) = &found {
                    self.report_owned(place, leaf, &desk.text, found);
                }
            }
            Ruling::Same { .. } | Ruling::Keep | Ruling::Remove | Ruling::Forget | Ruling::Release => {}
        }
        Ok(())
    }

    /// Says what `--force` overwrites.
    fn tell_discarded(&mut self, desk: &Desk, place: &Place, found: Option<&Found>) {
        if let Some(found) = found {
            let shown = indented(desk.text[found.value.clone()].trim());
            self.notes.push(format!("discarded `{}` in `{}`:{shown}", dotted(&place.path), place.file));
        }
    }

    /// Decides a place that no stack writes any more.
    fn decide_old(&mut self, desk: &mut Desk, place: &Place, standing: &mut Owned) -> Result<(), Refusal> {
        let known_before = Rc::clone(&self.before);
        let marks = known_before.leaves.get(place);
        let sides = Rc::clone(&self.sides);
        let known = digests_of(place, &known_before, &sides);
        let is_key = known.contains(&meaning::EMPTY_MAP);
        let found = desk.editor.find(&place.path)?;
        let there = found.as_ref().map(|found| there(found, is_key));
        let question = Question {
            there: there.as_deref(),
            known: &known,
            mixture: found.as_ref().is_some_and(|found| is_mixture(found, &known)),
            kept: marks.is_some_and(|marks| marks.iter().any(|(_, mark)| *mark == Mark::Kept)),
            ..Question::default()
        };
        match rule(&question) {
            // What is below a volume or a network is a person's, and so is the key then.
            Ruling::Remove if is_key && found.is_some_and(|found| !found.is_empty) => {}
            Ruling::Remove => {
                let marks = marks.into_iter().chain(sides.leaves.get(place)).flatten();
                let sources: Vec<Rc<str>> = marks.map(|(stack, _)| Rc::clone(stack)).collect();
                stand(standing, place, &sources, None);
                desk.removes.push(place.clone());
            }
            Ruling::Release => desk.released.push(place.clone()),
            _ => {}
        }
        Ok(())
    }
}

/// The digest of what stands in a place. A volume or a network is its key: whatever is below it is a
/// person's.
fn there(found: &Found, is_key: bool) -> String {
    if is_key && found.is_map { meaning::EMPTY_MAP.to_owned() } else { found.digest.clone() }
}

/// The bytes of a value; one on lines of its own keeps its indentation.
fn bytes_of(text: &str, value: &Range<usize>) -> String {
    let line = text[..value.start].rfind('\n').map_or(0, |newline| newline + 1);
    let alone = line > 0 && text[line..value.start].trim().is_empty();
    let found = if alone { &text[line - 1..value.end] } else { text[value.clone()].trim_start() };
    found.trim_end().to_owned()
}

fn is_empty_map(value: &Yaml) -> bool {
    matches!(value.plain(), Yaml::Map(entries) if entries.is_empty())
}

/// Whether a list has only elements of lists that are known: git mixed two of ours.
fn is_mixture(found: &Found, known: &[&str]) -> bool {
    if known.iter().filter(|digest| **digest != meaning::NOTHING).count() < 2 || !found.is_list {
        return false;
    }
    let elements: HashSet<&str> = known.iter().flat_map(|digest| meaning::elements(digest)).collect();
    meaning::elements(&found.digest).all(|element| elements.contains(element))
}

/// Records what stands in a place that is about to change.
fn stand(standing: &mut Owned, place: &Place, sources: &[Rc<str>], there: Option<&str>) {
    let mark = Mark::Digest(Rc::from(there.unwrap_or(meaning::NOTHING)));
    let marks = standing.leaves.entry(place.clone()).or_default();
    marks.extend(sources.iter().map(|source| (Rc::clone(source), mark.clone())));
}

/// The digests of a place: those that are recorded, and those of the sides of a merge. A place that
/// only a side knows need not be there.
fn digests_of<'o>(place: &Place, own: &'o Owned, sides: &'o Owned) -> Vec<&'o str> {
    let mut known = digests(own.leaves.get(place));
    let more = digests(sides.leaves.get(place));
    if known.is_empty() && !more.is_empty() {
        known.push(meaning::NOTHING);
    }
    known.extend(more);
    known
}
