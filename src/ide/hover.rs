//! What a name is: its type, range, default and doc, its values, and what it becomes.

use super::describe::{self, code, paragraph, type_text};
use super::mention::{Mention, mention_at};
use super::outputs::Outputs;
use super::scope::Scope;
use super::settings::change_at;
use super::symbol::Symbol;
use super::view::{Side, View};
use crate::project::explanations::explanations;
use crate::semantics::types::Type;
use crate::syntax::tree::{ExprKind, Node};
use std::ops::Range;

/// A description of what is at a place.
#[derive(Clone, Debug)]
pub struct Hover {
    /// The bytes that it describes.
    pub range: Range<usize>,
    /// The description, in Markdown.
    pub text: String,
}

/// What is at a byte. `outputs` are those of the stack, if it has no errors.
pub fn hover(view: View<'_>, byte: usize, outputs: Option<&Outputs>) -> Option<Hover> {
    let Some(mention) = mention_at(view, byte) else { return of_value(view, byte) };
    let text = match &mention.symbol {
        Symbol::Field(_) | Symbol::Entry(_) => of_setting(view, &mention, outputs)?,
        Symbol::Let(_) | Symbol::Fn(_) | Symbol::Builtin(_) | Symbol::Local(_) | Symbol::It => {
            of_name(view, &mention.symbol, byte)
        }
        symbol => of_declaration(view, symbol)?,
    };
    Some(Hover { range: mention.range, text })
}

/// A field or an entry of a map.
fn of_setting(view: View<'_>, mention: &Mention, outputs: Option<&Outputs>) -> Option<String> {
    let program = view.program();
    Some(match &mention.symbol {
        Symbol::Field(field) => {
            let field = program.field(*field)?;
            let name = mention.setting.as_ref().map_or(field.name.text.to_string(), |path| path.join("."));
            let mut out = describe::field(view, &name, field);
            if let Some(setting) = &mention.setting {
                if !matches!(field.ty.plain(), Type::Schema(_) | Type::Map(_)) {
                    paragraph(&mut out, describe::values(view, setting).trim_end());
                }
                if let Some(change) = change_at(view, setting) {
                    paragraph(&mut out, change.sentence());
                }
                out.push_str(&reached(outputs, setting));
            }
            out
        }
        Symbol::Entry(path) => {
            let mut out = code(&path.join("."));
            paragraph(&mut out, describe::values(view, path).trim_end());
            out.push_str(&reached(outputs, path));
            out
        }
        _ => return None,
    })
}

/// A name of a value or a function.
fn of_name(view: View<'_>, symbol: &Symbol, byte: usize) -> String {
    let program = view.program();
    match symbol {
        Symbol::Let(id) => {
            let constant = program.constant(*id);
            let ty = type_text(view, view.findings().type_of_constant(*id));
            declared(view, symbol, &format!("let {}: {ty}", constant.name.text))
        }
        Symbol::Fn(id) => {
            let function = program.function(*id);
            let params: Vec<String> = function
                .params
                .iter()
                .map(|param| format!("{}: {}", param.name.text, type_text(view, &param.ty)))
                .collect();
            let result = type_text(view, view.findings().type_of_result(*id));
            let head = format!("fn {}({}): {result}", function.name.text, params.join(", "));
            declared(view, symbol, &head)
        }
        Symbol::Builtin(id) => code(&format!("fn {}", id.get().signature)),
        Symbol::Local(span) => {
            let path = view.path(byte, Side::Right);
            let scope = Scope::at(view, &path);
            let known = scope.locals.iter().find(|(name, _)| name.span == *span);
            let ty = match (known, path.last()) {
                (Some((_, ty)), _) => type_text(view, ty),
                (None, _) => String::new(),
            };
            let name = view.text_of(*span);
            code(&if ty.is_empty() { name.to_owned() } else { format!("{name}: {ty}") })
        }
        Symbol::It => "The value that the condition is about.\n".to_owned(),
        _ => String::new(),
    }
}

/// A declaration that is no value.
fn of_declaration(view: View<'_>, symbol: &Symbol) -> Option<String> {
    let program = view.program();
    Some(match symbol {
        Symbol::Import(file, name) => {
            let other = view.of(*file)?;
            let item = other.tree().items().find(|item| item.name.text.as_ref() == *name)?;
            let mut out = code(view.text_of(item.span).trim());
            paragraph(&mut out, &item.doc);
            out
        }
        Symbol::Schema(id) => {
            let schema = program.schema(*id);
            let fields = schema.fields.iter();
            let lines = fields.map(|(name, field)| format!("  {name}: {}\n", type_text(view, &field.ty)));
            let mut out = code(&format!("schema {} {{\n{}}}", schema.name.text, lines.collect::<String>()));
            paragraph(&mut out, schema.doc);
            out
        }
        Symbol::Refined(id) => {
            let refined = program.refinement(*id);
            let condition = view.text_of(refined.condition.span);
            let base = type_text(view, &refined.base);
            let mut out = code(&format!("type {} = {base} where {condition}", refined.name.text));
            paragraph(&mut out, refined.doc);
            out
        }
        Symbol::Alias(id) => {
            let alias = program.aliases.get(id.index());
            declared(view, symbol, &format!("type {} = {}", alias.name.text, type_text(view, &alias.ty)))
        }
        Symbol::Primitive(name) => primitive(name),
        Symbol::Profile(at) => {
            let profile = program.profiles.get(*at)?;
            let parent = profile.parent.and_then(|parent| program.profiles.get(parent));
            let extends = parent.map(|parent| format!(" extends {}", parent.name.text)).unwrap_or_default();
            let mut out = code(&format!("profile {}{extends}", profile.name.text));
            paragraph(&mut out, profile.doc);
            out
        }
        Symbol::Stack => {
            let stack = program.stack.as_ref()?;
            let mut out = code(&format!("stack {}", stack.name.text));
            paragraph(&mut out, stack.doc);
            out
        }
        Symbol::Code(name) => {
            let pages = explanations();
            let page = pages.iter().find(|page| page.code == *name)?;
            format!("**{}**: {}\n\n{}\n", page.code, page.title, page.why)
        }
        _ => return None,
    })
}

/// The head of a declaration with its doc comment.
fn declared(view: View<'_>, symbol: &Symbol, head: &str) -> String {
    let mut out = code(head);
    let doc = symbol.declaration(view).and_then(|found| {
        let other = view.of(view.map().locate(found.name).0)?;
        let item = other.tree().items().find(|item| item.name.span == found.name)?;
        Some(item.doc.as_str())
    });
    paragraph(&mut out, doc.unwrap_or_default());
    out
}

fn primitive(name: &str) -> String {
    let what = match name {
        "Bool" => "`true` or `false`",
        "Int" => "A whole number.",
        "Float" => "A number.",
        "String" => "A text.",
        "Duration" => "An amount of time: `15s`, `2h`, `30d`, `1y`.",
        "Bytes" => "An amount of memory or disk: `512Mi`, `10Gi`.",
        "Cpu" => "A share of CPU: `100m` or `0.5`; `1` is a core.",
        "Version" => "A version: `v1.106.1`.",
        "Endpoint" => "An address with a port: `\"host:8080\"`.",
        "Data" => "Any plain data.",
        "Map" => "A map from strings to values of one type.",
        _ => "",
    };
    let mut out = code(name);
    paragraph(&mut out, what);
    out
}

/// The type of a value that is no name.
fn of_value(view: View<'_>, byte: usize) -> Option<Hover> {
    let path = view.path(byte, Side::Right);
    let Some(Node::Expr(expr)) = path.last() else { return None };
    let is_literal = matches!(expr.kind, ExprKind::Number(_) | ExprKind::String(_) | ExprKind::Bool(_));
    let ty = match view.findings().expected(expr) {
        Some(expected) if is_literal => expected.ty.present().clone(),
        _ => view.findings().type_of(expr).clone(),
    };
    if matches!(ty, Type::Error) || !is_literal {
        return None;
    }
    Some(Hover { range: view.range(expr.span), text: code(&type_text(view, &ty)) })
}

/// The lines of the outputs that change with a setting.
fn reached(outputs: Option<&Outputs>, setting: &[String]) -> String {
    let Some(outputs) = outputs else { return String::new() };
    let mut out = String::new();
    for (file, lines) in outputs.reached(setting) {
        let (first, more) = (lines[0] + 1, lines.len() - 1);
        let text = outputs.line(&file, lines[0]).unwrap_or_default().trim().to_owned();
        let text = text.chars().take(60).collect::<String>().replace('`', "'");
        let more = if more > 0 { format!(", and {more} more") } else { String::new() };
        out.push_str(&format!("- `{file}:{first}`{more}: `{text}`\n"));
    }
    if out.is_empty() { out } else { format!("\nBecomes:\n\n{out}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ide::testing::cursor;

    fn text(text: &str) -> String {
        let at = cursor(text);
        hover(at.view(), at.byte, Outputs::new(&at.live).as_ref())
            .map_or_else(String::new, |found| found.text)
    }

    #[test]
    fn a_setting_has_its_type_values_and_outputs() {
        let said =
            text("stack m {\n  version = v1.106.1\n  reten$0tion = 40d\n}\nprofile p { retention = 7d }\n");
        for part in [
            "retention: Retention = 30d",
            "How long samples are kept",
            "`40d`, given in line 3",
            "in `p`: `7d`, given in line 5",
            "A change restarts the server.",
            "docker/docker-compose.yml",
        ] {
            assert!(said.contains(part), "{part}: {said}");
        }
    }

    #[test]
    fn a_change_does_what_the_record_says_unless_the_setting_says_else() {
        let of = |setting: &str| text(&format!("stack m {{\n  version = v1.106.1\n  {setting}\n}}\n"));
        assert!(of("server.podL$0abels = { a = \"b\" }").contains("A change restarts the server."));
        assert!(of("persistence.si$0ze = 20Gi").contains("A change restarts nothing."));
        assert!(of("persistence.storage$0Class = \"a\"").contains("Once installed, it can't be changed."));
        assert!(!of("chart.ver$0sion = 0.2.0").contains("change"));
    }

    #[test]
    fn names_have_their_declarations() {
        assert!(text("## How long.\nlet every = 15s\nlet b = ev$0ery\n").contains("let every: Duration"));
        assert!(text("fn f(a: Int = 1): Int = a\nlet b = f$0(2)\n").contains("fn f(a: Int): Int"));
        assert!(text("let a = [for x in [1, 2]: x$0]\n").contains("x: Int"));
        assert!(text("let a = le$0n(\"x\")\n").contains("len(text or list)"));
        assert!(text("let a: Dura$0tion = 1s\n").contains("An amount of time"));
        assert!(text("type Port = In$0t\n").contains("whole number"));
        assert_eq!(text("let a = 1 $0\n"), "");
    }
}
