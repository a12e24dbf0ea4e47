//! Entries that are set and removed, and the texts before and after.

use super::*;

/// A path; `[x]` is the element of a list whose name is `x`.
fn path(segments: &[&str]) -> Vec<Segment> {
    let segment = |text: &&str| match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(name) => Segment::Named(name.to_owned()),
        None => Segment::from(*text),
    };
    segments.iter().map(segment).collect()
}

fn set(before: &str, at: &[&str], value: &Yaml) -> Result<String, Refusal> {
    let mut editor = Editor::new(before.to_owned())?;
    editor.set(&[(&path(at), value)]).map_err(|(_, refusal)| refusal)?;
    Ok(editor.into_text())
}

#[track_caller]
fn sets(before: &str, at: &[&str], value: Yaml, after: &str) {
    assert_eq!(set(before, at, &value).as_deref(), Ok(after));
}

#[test]
fn an_entry_is_added_after_its_siblings() {
    sets("a: 1\n# tail\n", &["b"], Yaml::Int(2), "a: 1\n# tail\nb: 2\n");
    sets(
        "s:\n    x: 1 # c\n    # own\n\nt: 1\n",
        &["s", "z"],
        Yaml::Int(2),
        "s:\n    x: 1 # c\n    # own\n    z: 2\n\nt: 1\n",
    );
    sets("a: 1", &["b", "c"], Yaml::string("no"), "a: 1\nb:\n  c: \"no\"");
    sets("a: 1\r\n", &["b"], Yaml::Int(2), "a: 1\r\nb: 2\r\n");
}

#[test]
fn what_says_the_same_stays_with_its_comments() {
    let one = || Yaml::map([("a", Yaml::Int(1))]);
    for written in ["s:\n  a: 1 # own\n  # tail\n", "s:\n    a:   1\n    # tail"] {
        sets(written, &["s"], one(), written);
    }
}

#[test]
fn siblings_that_stand_apart_stay_so() {
    sets("a: 1\n\nb: 2\n", &["c"], Yaml::Int(3), "a: 1\n\nb: 2\n\nc: 3\n");
}

#[test]
fn an_empty_parent_is_opened() {
    sets("a: {} # c\nb: 1\n", &["a", "x"], Yaml::Int(1), "a: # c\n  x: 1\nb: 1\n");
    sets("a:\nb: 1\n", &["a", "x"], Yaml::Int(1), "a:\n  x: 1\nb: 1\n");
    sets("", &["a"], Yaml::Int(1), "a: 1\n");
    sets("# only\n", &["a"], Yaml::Int(1), "# only\na: 1\n");
    sets("d: []\n", &["d", "[x]"], Yaml::map([("name", Yaml::string("x"))]), "d:\n  - name: x\n");
}

#[test]
fn a_key_without_its_colon_is_left_alone() {
    for written in ["? a", "?\n  a\nb: 1\n", "{a}", "{a, b: 1}\n", "s: {a, b: 1}\n"] {
        let at: &[&str] = if written.starts_with('s') { &["s", "a", "x"] } else { &["a", "x"] };
        let refused = set(written, at, &Yaml::Int(1)).map_err(|refusal| refusal.reason);
        assert!(refused.as_ref().is_err_and(|reason| reason.contains("colon")), "{written:?}: {refused:?}");
    }
}

#[test]
fn flow_stays_flow() {
    sets("a: {x: 1}\n", &["a", "z"], Yaml::Int(2), "a: {x: 1, z: 2}\n");
    sets("a: {x: 1}\n", &["a", "x"], Yaml::string("b c"), "a: {x: b c}\n");
}

#[test]
fn a_value_is_replaced_and_its_comment_stays() {
    sets("a: 1 # one\nb: 2\n", &["a"], Yaml::Int(3), "a: 3 # one\nb: 2\n");
    sets(
        "a: # c\n  x: 1\n  # deep\nb: 2\n",
        &["a"],
        Yaml::map([("z", Yaml::Int(1))]),
        "a: # c\n  z: 1\n  # deep\nb: 2\n",
    );
    sets(
        "d:\n- name: a\n  v: 1\n- name: b\n",
        &["d", "[a]"],
        Yaml::map([("name", Yaml::string("a")), ("v", Yaml::Int(2))]),
        "d:\n- name: a\n  v: 2\n- name: b\n",
    );
}

#[test]
fn an_entry_is_removed_with_its_lines() {
    let removes = |before: &str, at: &[&[&str]], after: &str| {
        let mut editor = Editor::new(before.to_owned()).unwrap();
        let paths: Vec<Vec<Segment>> = at.iter().map(|at| path(at)).collect();
        let paths: Vec<&[Segment]> = paths.iter().map(Vec::as_slice).collect();
        assert_eq!(editor.remove(&paths, &Filled::new()), Ok(false));
        assert_eq!(editor.text(), after);
    };
    removes("a: 1\nb:\n  x: 1\nc: 3\n", &[&["b"]], "a: 1\nc: 3\n");
    removes("a:\n  x: 1\nc: 3\n", &[&["a", "x"]], "c: 3\n");
    removes("a: {x: 1, z: 2}\n", &[&["a", "x"]], "a: {z: 2}\n");
    removes("a: {x: 1, y: 2, z: 3}\n", &[&["a", "x"], &["a", "y"]], "a: {z: 3}\n");
    removes("d:\n  - name: a\n    x: 1\n    y: 2\n", &[&["d", "[a]"]], "{}\n");
    removes("a: 1\nb: 2\nc: 3", &[&["a"], &["c"]], "b: 2");
    // The blank line of a text that keeps its own is no gap.
    removes("a: |+\n  t\n\nm: 1\n\nv: 1\n", &[&["m"]], "a: |+\n  t\n\nv: 1\n");
    removes("d:\n- name: x\n- name: x\n  alias: z\n", &[&["d", "[x]"]], "d:\n- name: x\n  alias: z\n");
    removes("# top\na: 1\n", &[&["a"]], "# top\n{}\n");
}

/// Removing an added entry restores what was there before.
#[test]
fn removing_gives_back_what_stood_there() {
    for before in [
        "s:\nt: 1\n",
        "s: ~ # none\nt: 1\n",
        "s: {}\n",
        "s: {x: 1}\n",
        "s: [] # c\n",
        "{} # none\n",
        "# only\n",
        "",
        "a: 1",
        "t: 1\r\n",
        "s:\n  x: 1\n  # own\n\nt: 2\n",
        "s:\n  x: 1\n\n  y: 1\n\nt: 2\n",
        "r: 1\n\nt: 2\n",
    ] {
        let list = before.contains("[]");
        let at = path(if list { &["s", "[k]"] } else { &["s", "z", "deep"] });
        let value = if list { Yaml::map([("name", Yaml::string("k"))]) } else { Yaml::Int(1) };
        let mut editor = Editor::new(before.to_owned()).unwrap();
        let filled = editor.set(&[(&at, &value)]).unwrap();
        assert_ne!(editor.text(), before);
        let gone = editor.remove(&[&at], &filled).unwrap();
        assert!(!gone);
        assert_eq!(editor.text(), before);
    }
}

/// Setting many entries at once is the same as setting them one by one.
#[test]
fn a_batch_is_as_its_edits_in_turn() {
    let before = "a:\n  x: 1\n\nb: {}\n";
    let entries = [
        (path(&["a", "w"]), Yaml::Int(2)),
        (path(&["a", "x"]), Yaml::Int(3)),
        (path(&["b", "k", "l"]), Yaml::Int(4)),
        (path(&["b", "k", "m"]), Yaml::Int(5)),
        (path(&["c"]), Yaml::string("no")),
        (path(&["a", "z"]), Yaml::Int(6)),
    ];
    let all: Vec<(&[Segment], &Yaml)> = entries.iter().map(|(p, v)| (p.as_slice(), v)).collect();
    let mut batch = Editor::new(before.to_owned()).unwrap();
    batch.set(&all).unwrap();
    let mut turns = Editor::new(before.to_owned()).unwrap();
    for one in &all {
        turns.set(&[*one]).unwrap();
    }
    assert_eq!(batch.text(), turns.text());
    assert_eq!(batch.text(), "a:\n  x: 3\n  w: 2\n  z: 6\n\nb:\n  k:\n    l: 4\n    m: 5\n\nc: \"no\"\n");
}

#[test]
fn what_would_change_elsewhere_is_refused() {
    let refused = |text: &str, at: &[&str]| set(text, at, &Yaml::Int(1)).unwrap_err().reason;
    assert!(refused("a: &x {b: 1}\nc: *x\n", &["c", "d"]).contains("alias"));
    assert!(refused("a: &x {b: 1}\nc: *x\n", &["a", "d"]).contains("anchor"));
    assert!(refused("a: 1\na: 2\n", &["a"]).contains("duplicate"));
    assert!(refused("- a\n", &["a"]).contains("list"));
    assert!(refused("a: b\n", &["a", "c"]).contains("single value"));
    assert!(refused("x: &x {b: 1}\n<<: *x\n", &["c"]).contains("<<"));
    assert!(set("a: [\n", &["c"], &Yaml::Int(1)).unwrap_err().broken);
}

#[test]
fn only_the_first_document_is_edited() {
    sets("a: 1\n---\na: 2\n", &["b"], Yaml::Int(1), "a: 1\nb: 1\n---\na: 2\n");
}

#[test]
fn comments_stay_where_a_value_changes() {
    let list = |items: &[&str]| Yaml::strings(items.iter().copied());
    sets(
        "a:\n  # one\n  - \"x\" # x\n  - y\n  # z\n  - z # end\n  # tail\nb: 1\n",
        &["a"],
        list(&["w", "x", "z", "v"]),
        "a:\n  - w\n  # one\n  - \"x\" # x\n  # z\n  - z # end\n  # tail\n  - v\nb: 1\n",
    );
    sets("a:\n  - x # x\n  - p # y\n", &["a"], list(&["q", "p"]), "a:\n  - q # x\n  - p # y\n");
    sets("a:\n- x # x\n- y\n", &["a"], list(&[]), "a: []\n# x\n");
    sets("a: | # c\n  text\n  more\nb: 1\n", &["a"], Yaml::Int(1), "a: 1 # c\nb: 1\n");
    sets("a: # c\n  # d\n  x: 1 # e\n", &["a"], Yaml::Int(1), "a: 1 # c\n# d\n# e\n");
    sets("a: !!str 1 # c\n", &["a"], Yaml::string("b"), "a: b # c\n");
    sets("a:\n- x: 1 # c\n- y: 1\n", &["a"], list(&["k"]), "a:\n- k\n# c\n");
    sets("a: [x, p] # c\n", &["a"], list(&["z"]), "a: [z] # c\n");
    sets("a: [x, # c\n  p]\n", &["a"], list(&["z"]), "a: # c\n  - z\n");
    let refused = set("s: {a: [x, # c\n  p]}\n", &["s", "a"], &list(&["z"])).unwrap_err();
    assert_eq!((refused.reason.contains("comment"), refused.at), (true, 11..14));
}

#[test]
fn comments_stay_where_an_entry_goes() {
    #[track_caller]
    fn removes(before: &str, at: &[&[&str]], after: &str) {
        let mut editor = Editor::new(before.to_owned()).unwrap();
        let paths: Vec<Vec<Segment>> = at.iter().map(|at| path(at)).collect();
        let paths: Vec<&[Segment]> = paths.iter().map(Vec::as_slice).collect();
        assert_eq!(editor.remove(&paths, &Filled::new()), Ok(false));
        assert_eq!(editor.text(), after);
    }
    removes("s:\n  a: 1 # a\n  # b\n  b: 2\n", &[&["s", "a"]], "s:\n  # a\n  # b\n  b: 2\n");
    removes(
        "s:\n  v: # v\n    # i\n    i: x # x\n    # hangs\n  w: 1\n",
        &[&["s", "v", "i"]],
        "s:\n  # v\n  # i\n  # x\n  # hangs\n  w: 1\n",
    );
    removes("l:\n  - name: a # c\n    x: 1\n", &[&["l", "[a]", "name"]], "l:\n  - # c\n    x: 1\n");
    removes("a: 1\nb: 2 # c", &[&["b"]], "a: 1\n# c");
}

#[test]
fn commented_out_keys_stay_with_the_entry_above() {
    let below = |rest: &str| format!("s:\n  web:\n    image: x\n{rest}");
    for (rest, after) in [
        // A heading leads what follows.
        ("# Volumes\nv: 1\n", "  new: 1\n# Volumes\nv: 1\n"),
        ("\n#  a\nv: 1\n", "  new: 1\n\n#  a\nv: 1\n"),
        // A key that was commented out belongs to the entry above it, and so does all at the end.
        ("#    ports:\nv: 1\n", "#    ports:\n  new: 1\nv: 1\n"),
        ("    # ports:\n\n# Volumes\nv: 1\n", "    # ports:\n  new: 1\n\n# Volumes\nv: 1\n"),
        ("\n# end\n", "\n# end\n  new: 1\n"),
    ] {
        sets(&below(rest), &["s", "new"], Yaml::Int(1), &below(after));
    }
    sets(
        "s:\n  # web:\n  #   image: x\nv: 1\n",
        &["s", "new"],
        Yaml::Int(1),
        "s:\n  # web:\n  #   image: x\n  new: 1\nv: 1\n",
    );
}
