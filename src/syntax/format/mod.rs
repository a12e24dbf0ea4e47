//! One style for every stack: `vmsc fmt`.
//!
//! The formatter works on tokens, not on the tree: comments, blank lines and line breaks stay where the
//! author put them. It changes only the spacing between tokens, the indentation, the alignment of adjacent
//! lines, and redundant commas.
//!
//! [`tokens`] tokenizes the text, [`spacing`] decides the space between two tokens, and [`lines`] indents
//! and aligns.

mod lines;
mod spacing;
mod tokens;

use super::tree::Tree;
use crate::diagnostics::Diagnostic;
use crate::source::SourceMap;
use serde_json::Value;

/// Formats source text without syntax errors.
pub fn format(text: &str) -> String {
    let text = text.trim_start_matches('\u{FEFF}').replace("\r\n", "\n");
    lines::layout(&tokens::lines(&text))
}

/// Why a text is not formatted.
#[derive(Debug)]
pub enum Unformatted {
    /// It has syntax errors, which are not sorted; what they point into is with them.
    Errors(Vec<Diagnostic>, Box<SourceMap>),
    /// It would mean something else, which is a mistake of the formatter.
    Changed,
}

/// Formats source text, unless it has syntax errors or would mean something else afterwards. `name` is the
/// file's name in diagnostics.
pub fn checked(name: &str, text: &str) -> Result<String, Unformatted> {
    let mut map = SourceMap::default();
    let file = map.add(name, text);
    let (tree, reports) = super::parse(file, &mut map);
    if reports.iter().any(Diagnostic::is_error) {
        return Err(Unformatted::Errors(reports, Box::new(map)));
    }
    let formatted = format(text);
    let again = map.add(name, formatted.as_str());
    let (after, reports) = super::parse(again, &mut map);
    if reports.is_empty() && same(&tree, &after) { Ok(formatted) } else { Err(Unformatted::Changed) }
}

/// Whether two trees are equal except for their spans.
pub fn same(a: &Tree, b: &Tree) -> bool {
    plain(a) == plain(b)
}

/// The items of a tree, without spans and ids.
fn plain(tree: &Tree) -> Vec<Value> {
    let items = tree.items().map(|item| serde_json::to_value(item).unwrap_or_default());
    items
        .map(|mut item| {
            strip(&mut item);
            item
        })
        .collect()
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            let place =
                fields.len() == 3 && ["chunk", "start", "end"].iter().all(|key| fields.contains_key(*key));
            match place {
                true => *value = Value::Null,
                false => {
                    fields.remove("id");
                    fields.values_mut().for_each(strip);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::format;

    #[track_caller]
    fn becomes(before: &str, after: &str) {
        assert_eq!(format(before), after);
        assert_eq!(format(after), after, "a second time");
    }

    #[test]
    fn spaces_between_tokens() {
        becomes("let a=1+2 *-3\n", "let a = 1 + 2 * -3\n");
        becomes("let a = [ 1,2 , 3 ]\n", "let a = [1, 2, 3]\n");
        becomes("fn f( a :Int=1 ):[String]=g( a )\n", "fn f(a: Int = 1): [String] = g(a)\n");
        becomes("type A=Map< [String] >?\n", "type A = Map<[String]>?\n");
        becomes("schema A{ b :lib.c<d>={} }\n", "schema A { b: lib.c<d> = {} }\n");
        becomes("let a = !b&&c<3 || -1>d\n", "let a = !b && c < 3 || -1 > d\n");
        becomes("let a = b.c[ 0 ]??d\n", "let a = b.c[0] ?? d\n");
        becomes(
            "stack m{version=v1.106.1,retention=3d}\n",
            "stack m { version = v1.106.1, retention = 3d }\n",
        );
        becomes("let a = {}\n", "let a = {}\n");
        becomes("let a=v1.106-rc\n", "let a = v1.106-rc\n");
        becomes("let a=1.2.3-rc.1+b-4 \n", "let a = 1.2.3-rc.1+b-4\n");
        becomes("stack m{warn\"a\"{b=1}}\n", "stack m { warn\"a\" { b = 1 } }\n");
        becomes("stack m{,,a=1,,b=2,,}\n", "stack m { a = 1, b = 2 }\n");
        becomes("let a=1.5-2\n", "let a = 1.5 - 2\n");
    }

    #[test]
    fn indentation_and_alignment() {
        becomes(
            "stack m {\n version = v1.1.1\n     a=1\n\n\n  job \"b\" { x=1 }\n  longer \"c\" { x=1 }\n}\n",
            "stack m {\n  version = v1.1.1\n  a       = 1\n\n  job \"b\"    { x = 1 }\n  longer \"c\" { x = 1 }\n}\n",
        );
        becomes(
            "stack m {\n  a = [\n  1,\n  2\n  ]\n  b = 1 +\n  2\n}\n",
            "stack m {\n  a = [\n    1,\n    2,\n  ]\n  b = 1 +\n    2\n}\n",
        );
    }

    #[test]
    fn comments_and_texts_stay() {
        becomes("# a\n\n## b\nlet a = 1 # c\n", "# a\n\n## b\nlet a = 1  # c\n");
        becomes(
            "stack m {\n    # last\n    a = \"\"\"\n      x {\n      \"\"\"\n    # end\n}\n",
            "stack m {\n  # last\n  a = \"\"\"\n      x {\n      \"\"\"\n  # end\n}\n",
        );
        becomes(
            "let a = 1 # b\nlet long = 2 #c\n\nlet d = 3 # e\n",
            "let a = 1     # b\nlet long = 2  #c\n\nlet d = 3  # e\n",
        );
        becomes("let a = r\"x  {\" + \"\\(  b  )\"\n", "let a = r\"x  {\" + \"\\(  b  )\"\n");
    }

    #[test]
    fn layouts_that_are_found_in_the_wild() {
        becomes(
            "let l = [\n{\nname = \"a\"\n},\n{ name = \"b\"\n}\n]\n",
            "let l = [\n  {\n    name = \"a\"\n  },\n  { name = \"b\"\n  },\n]\n",
        );
        becomes("let l = [{\na = 1\n}, {\na = 2\n}]\n", "let l = [{\n  a = 1\n}, {\n  a = 2\n}]\n");
        becomes("let l = [\nfor h in [\"a\"]:\nh\n]\n", "let l = [\n  for h in [\"a\"]:\n    h\n]\n");
        becomes("schema S {\ncheck [x] a > 1,\n\"no\"\n}\n", "schema S {\n  check [x] a > 1,\n  \"no\"\n}\n");
        becomes("let d=[1,2,3\n\n,]\n", "let d = [1, 2, 3,\n]\n");
        becomes("let a = {b=1\n\n,}\n", "let a = { b = 1\n}\n");
        becomes("let y = 1\n ## d\nlet x = 1\n", "let y = 1\n## d\nlet x = 1\n");
        becomes("schema S {}\ntest \"x\" {}\n", "schema S {}\ntest \"x\" {}\n");
    }

    #[test]
    fn commas_that_separate_nothing_go() {
        becomes("stack m {\n  a = 1,\n  b = 2,\n}\n", "stack m {\n  a = 1\n  b = 2\n}\n");
        becomes("let a = [1, 2, ]\n", "let a = [1, 2]\n");
    }
}
