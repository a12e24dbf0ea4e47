//! An edited text parses as if it were new: the first bytes say what is replaced, and by what.

#![no_main]

use libfuzzer_sys::fuzz_target;
use vmsc::source::SourceMap;

const MOST: usize = 64 * 1024;

fuzz_target!(|data: &[u8]| {
    let Some((head, rest)) = data.split_first_chunk::<6>() else { return };
    let Ok(rest) = std::str::from_utf8(rest) else { return };
    let boundary =
        |text: &str, at: usize| (at.min(text.len())..=text.len()).find(|at| text.is_char_boundary(*at));
    let number = |at: usize| usize::from(u16::from_le_bytes([head[at], head[at + 1]]));
    // The last bytes are what is put in; the others, over and over, are the text, for only big blocks
    // are cut into pieces.
    let Some(cut) = boundary(rest, rest.len().saturating_sub(usize::from(head[4]) % 16)) else { return };
    let (once, put) = rest.split_at(cut);
    let times = 1 + usize::from(head[5]) % 40;
    let text = once.repeat(times.min(MOST / once.len().max(1)).max(1));
    let Some(start) = boundary(&text, number(0) % (text.len() + 1)) else { return };
    let Some(end) = boundary(&text, start + number(2) % 64) else { return };
    let mut edited = text.clone();
    edited.replace_range(start..end, put);

    let mut map = SourceMap::for_editing();
    let file = map.add("a.vms", text);
    let (old, _) = vmsc::syntax::parse(file, &mut map);
    let (again, diagnostics) = vmsc::syntax::reparse(file, edited.clone(), &mut map, &old);
    let mut fresh_map = SourceMap::default();
    let fresh_file = fresh_map.add("a.vms", edited);
    let (fresh, expected) = vmsc::syntax::parse(fresh_file, &mut fresh_map);

    let told = |map: &SourceMap, diagnostics: &[vmsc::diagnostics::Diagnostic]| {
        let place = |one: &vmsc::diagnostics::Diagnostic| {
            let labels = one.labels.iter().map(|label| map.locate(label.span).1);
            (labels.map(|at| (at.start, at.end)).collect::<Vec<_>>(), one.title.clone())
        };
        let mut told: Vec<_> = diagnostics.iter().map(place).collect();
        told.sort();
        told
    };
    assert_eq!(told(&map, &diagnostics), told(&fresh_map, &expected));
    let blocks = |map: &SourceMap, tree: &vmsc::syntax::tree::Tree| {
        let spans = vmsc::syntax::tree::blocks(tree).into_iter().map(|span| map.locate(span).1);
        spans.map(|at| (at.start, at.end)).collect::<Vec<_>>()
    };
    assert_eq!(blocks(&map, &again), blocks(&fresh_map, &fresh));
});
