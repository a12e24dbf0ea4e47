//! Explanations of codes: prose with a wrong and a right example.
//!
//! Each stage keeps its explanations beside its diagnostics, as text: a code (with a title, if no
//! [`DiagnosticKind`] has it), a paragraph, and the two examples, with `-` and `+` before their lines.

use super::DiagnosticKind;

/// The explanation of a code.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// The code.
    pub code: String,
    /// What is wrong, in one line.
    pub title: String,
    /// Why it is wrong.
    pub why: String,
    /// An example that is reported with this code; empty if no stack alone can show it.
    pub wrong: String,
    /// The corrected example.
    pub right: String,
}

/// Parses the explanations in a text; `titles` has the titles of those without one.
pub fn pages(text: &str, titles: &[DiagnosticKind]) -> Vec<Explanation> {
    text.split("\n\n").filter_map(|page| explanation(page.trim_matches('\n'), titles)).collect()
}

fn explanation(page: &str, titles: &[DiagnosticKind]) -> Option<Explanation> {
    let (head, rest) = page.split_once('\n')?;
    let (code, own) = head.split_once(' ').unwrap_or((head, ""));
    let known = titles.iter().find(|title| title.code == code).map(|title| title.title);
    let lines = |mark: char| {
        let marked = rest.lines().filter_map(|line| line.strip_prefix(mark));
        let marked = marked.map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line)));
        marked.collect::<String>()
    };
    let why: Vec<&str> = rest.lines().filter(|line| !line.starts_with(['-', '+'])).collect();
    Some(Explanation {
        code: code.to_owned(),
        title: if own.is_empty() { known.unwrap_or_default().to_owned() } else { own.to_owned() },
        why: why.join("\n"),
        wrong: lines('-'),
        right: lines('+'),
    })
}

const DECLARATIONS: &[&str] = &["import", "let", "fn", "type", "schema", "stack", "profile", "test"];

/// Completes an example to a whole file: anything but declarations is wrapped in a stack.
pub fn whole(example: &str) -> String {
    let (mut outside, mut inside) = (String::new(), String::new());
    let mut declares = false;
    for line in example.lines() {
        let word = line.split(|c: char| !c.is_ascii_alphabetic()).next().unwrap_or_default();
        if !line.is_empty() && !line.starts_with([' ', '}', ')', ']']) {
            declares = DECLARATIONS.contains(&word);
        }
        match declares {
            true => outside.push_str(&format!("{line}\n")),
            false if line.is_empty() => inside.push('\n'),
            false => inside.push_str(&format!("  {line}\n")),
        }
    }
    let has_stack = example.lines().any(|line| line.starts_with("stack"));
    if has_stack {
        return example.to_owned();
    }
    format!("{outside}stack m {{\n  version = v1.106.1\n{inside}}}\n")
}

impl Explanation {
    /// Renders the explanation for a terminal.
    pub fn text(&self) -> String {
        let mut out = format!("{}: {}\n\n{}\n", self.code, self.title, wrapped(&self.why, 80));
        for (what, example) in [("Wrong", &self.wrong), ("Right", &self.right)] {
            if !example.is_empty() {
                let indented = example.lines().map(|line| format!("    {line}\n"));
                out.push_str(&format!("\n{what}:\n\n{}", indented.collect::<String>()));
            }
        }
        out
    }

    /// Renders the explanation for the error reference.
    pub fn markdown(&self) -> String {
        let mut out = format!("# {}: {}\n\n{}\n", self.code, self.title, self.why);
        for (what, example) in [("Wrong", &self.wrong), ("Right", &self.right)] {
            if !example.is_empty() {
                out.push_str(&format!("\n{what}:\n\n```vms\n{example}```\n"));
            }
        }
        out
    }
}

/// Wraps text into lines of at most `width` characters.
pub fn wrapped(text: &str, width: usize) -> String {
    let mut out = String::new();
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            out.push('\n');
            used = 0;
        } else if used > 0 {
            out.push(' ');
            used += 1;
        }
        out.push_str(word);
        used += length;
    }
    out
}
