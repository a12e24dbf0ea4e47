//! Carries out what was decided about the values of a file, and says what a person should know of it.

use super::desk::{Desk, digests};
use super::outputs::Wanted;
use super::owned::record::{Owned, Place, Was};
use super::plan::Planner;
use crate::yaml::edit::{Editor, Filled, Refusal};
use crate::yaml::meaning;
use crate::yaml::path::dotted;
use crate::yaml::{Segment, Yaml};
use indexmap::IndexMap;
use std::rc::Rc;

impl Planner<'_, '_> {
    /// Sets what is to be set in a file, and takes out what goes.
    pub(super) fn apply(&mut self, mut desk: Desk, wanted: &Wanted, after: &mut Owned) {
        let file = Rc::clone(&desk.file);
        let sets: Vec<(&[Segment], &Yaml)> =
            desk.sets.iter().map(|(place, leaf)| (place.path.as_slice(), &leaf.value)).collect();
        if !sets.is_empty() {
            match desk.editor.set(&sets) {
                Ok(filled) => {
                    for (path, was) in filled {
                        let place = Place { file: Rc::clone(&file), path };
                        if let Some(token) = was
                            && !(place.path.is_empty() && after.was.contains_key(&place))
                        {
                            after.note(place, Was::Text(token));
                        }
                    }
                }
                Err((at, refusal)) => {
                    let (place, leaf) = desk.sets[at];
                    return self.report_refused(&file, &place.path, Some(&leaf.value), &desk.text, &refusal);
                }
            }
        }
        let gone = match self.take_out(&mut desk) {
            Ok(gone) => gone,
            Err((place, refusal)) => {
                return self.report_refused(&file, &place.path, None, &desk.text, &refusal);
            }
        };
        self.tell(&desk);
        if !gone {
            self.check_units(&file, &desk.text, &desk.editor, &desk.removes, wanted);
        }
        let text = desk.editor.into_text();
        self.put(&file, if gone { None } else { Some(text) });
    }

    /// Takes out what goes, and gives back what stood there. Returns whether the file goes with it.
    fn take_out(&mut self, desk: &mut Desk) -> Result<bool, (Place, Refusal)> {
        if desk.removes.is_empty() {
            return Ok(false);
        }
        let first = desk.removes[0].clone();
        let (mut back, mut keys, mut rest) = (Vec::new(), Vec::new(), Vec::new());
        for place in &desk.removes {
            let is_key = [&self.before, &self.sides]
                .iter()
                .any(|owned| digests(owned.leaves.get(place)).contains(&meaning::EMPTY_MAP));
            match self.before.was.get(place) {
                Some(Was::Text(_)) if is_key => {}
                Some(Was::Text(text)) => {
                    back.extend(Yaml::parse(text).map(|value| (place.path.clone(), value)))
                }
                _ if is_key => keys.push(place.path.clone()),
                _ => rest.push(place.path.clone()),
            }
        }
        let sets: Vec<(&[Segment], &Yaml)> =
            back.iter().map(|(path, value)| (path.as_slice(), value)).collect();
        let given: Vec<String> = back.iter().map(|(path, _)| format!("`{}`", dotted(path))).collect();
        if !sets.is_empty() {
            self.notes.push(format!(
                "gave back {} in `{}`: no stack writes it there any more",
                given.join(", "),
                desk.file
            ));
            let place = |at: usize| Place { file: Rc::clone(&desk.file), path: back[at].0.clone() };
            desk.editor.set(&sets).map_err(|(at, refusal)| (place(at), refusal))?;
        }
        let file = &desk.file;
        let before = self.before.was.iter().filter(|(place, _)| place.file == *file);
        let tokens: Filled = before
            .map(|(place, was)| {
                let token = match was {
                    Was::Text(text) => Some(text.clone()),
                    Was::NoFile => None,
                };
                (place.path.clone(), token)
            })
            .collect();
        let remove = |editor: &mut Editor, paths: &[Vec<Segment>]| {
            let paths: Vec<&[Segment]> = paths.iter().map(Vec::as_slice).collect();
            let removed = if paths.is_empty() { Ok(false) } else { editor.remove(&paths, &tokens) };
            removed.map_err(|refusal| (first.clone(), refusal))
        };
        if remove(&mut desk.editor, &rest)? {
            return Ok(true);
        }
        // A volume or network goes when no service names it, so it goes last.
        let named = super::remains::named_by_services(desk.editor.text());
        keys.retain(|path| !path.last().and_then(Segment::key).is_some_and(|name| named.contains(name)));
        remove(&mut desk.editor, &keys)
    }

    /// Says what is written again, what goes, and what is the user's now.
    fn tell(&mut self, desk: &Desk) {
        let file = &desk.file;
        let units = |places: &mut dyn Iterator<Item = &Place>| -> Vec<String> {
            let mut units: IndexMap<Vec<Segment>, Vec<Segment>> = IndexMap::new();
            for place in places {
                let unit = place.path[..place.path.len().min(2)].to_vec();
                let common = units.entry(unit).or_insert_with(|| place.path.clone());
                let same = place.path.iter().zip(&*common).take_while(|(a, b)| a == b).count();
                common.truncate(same);
            }
            units.values().map(|path| format!("`{}`", dotted(path))).collect()
        };
        let missing = units(&mut desk.missing.iter().copied());
        // What stood there before us stays.
        let gone = units(&mut desk.removes.iter().filter(|place| !self.before.was.contains_key(place)));
        if !missing.is_empty() {
            let was = if missing.len() == 1 { "was" } else { "were" };
            self.notes.push(format!("{} {was} not in `{file}`: written again", missing.join(", ")));
        }
        if !gone.is_empty() {
            let gone = gone.join(", ");
            self.notes.push(format!("removed {gone} from `{file}`: no stack writes it there any more"));
        }
        for place in &desk.released {
            self.notes.push(format!("`{}` in `{file}` stays: it is yours now", dotted(&place.path)));
        }
    }
}
