//! `checks.yaml`: the language's checks and conditions as templates, with their own messages.

use super::formula::{At, Local, go_text};
use super::template::Template;
use crate::emit::Build;
use crate::semantics::formula::{Base, Enclosing, Field, FormulaKind, Rule, Shape};
use crate::semantics::ids::SchemaId;
use crate::semantics::quantity::Unit;
use crate::semantics::types::Type;
use crate::yaml::Traced;
use std::fmt::Display;

/// Each unit's pattern, and the message for values that do not match it.
const UNITS: &[(Unit, &str, &str)] = &[
    (
        Unit::Duration,
        "^([0-9.]+y)?([0-9.]+w)?([0-9.]+d)?([0-9.]+h)?([0-9.]+m)?([0-9.]+s)?([0-9.]+ms)?$",
        "is no duration; write numbers with units, as in 15s, 1h30m or 30d",
    ),
    (
        Unit::Bytes,
        "^[0-9]+([.][0-9]+)?(Ki|Mi|Gi|Ti|Pi|Ei|k|M|G|T|P|E)?$",
        "is no amount of bytes; write a number with a unit, as in 512Mi or 10Gi",
    ),
    (Unit::Cpu, "^[0-9]+([.][0-9]+)?m?$", "is no share of CPU; write it as in 100m, 0.5 or 2"),
];

/// A record whose settings are checked, with the loops around it if it is an element.
struct Site<'s, 'a> {
    build: &'a Build<'a>,
    shape: &'s Shape,
    at: At<'a>,
    /// The template expression of the record's path, for messages.
    shown: String,
    /// The enclosing loops and conditions, outermost first.
    around: Vec<Open>,
}

/// A loop or condition that encloses a record.
#[derive(Clone)]
struct Open {
    /// The condition for a record that may be absent, or the loop over a list or map.
    action: String,
    /// Whether it is a loop.
    each: bool,
    /// The setting it reads.
    setting: Vec<String>,
}

fn sites<'a>(build: &'a Build) -> Vec<Site<'a, 'a>> {
    let at = At {
        chart: build.name(),
        shape: build.shape,
        path: Vec::new(),
        record: ".Values".to_owned(),
        root: "$".to_owned(),
        element: None,
        it: String::new(),
        locals: Vec::new(),
    };
    let mut sites = Vec::new();
    let root = Site { build, shape: build.shape, at, shown: String::new(), around: Vec::new() };
    root.walk(&mut sites);
    sites
}

impl<'a> Site<'a, 'a> {
    /// Collects this record and the records in it that have something to check.
    fn walk(self, sites: &mut Vec<Site<'a, 'a>>) {
        for field in self.shape.values() {
            let Some(inside) = &field.inside else { continue };
            let (mut at, mut around) = (self.at.clone(), self.around.clone());
            at.path.push(field.name.clone());
            let setting = self.reads(|| vec![at.path.clone()]).pop().unwrap_or_default();
            let record = format!("{}.{}", at.record, field.name);
            let mut shown = match self.shown.as_str() {
                "" => field.name.clone(),
                record => format!("{record}.{}", field.name),
            };
            match field.ty.plain() {
                Type::Schema(_) => {
                    at.record = record;
                    let action = format!("if {}", at.record);
                    around.extend(field.optional.then_some(Open { action, each: false, setting }));
                }
                ty => {
                    at.path.push("*".to_owned());
                    shown.push_str(if matches!(ty, Type::Map(_)) { ".%v" } else { "#%v" });
                    around.push(Open {
                        action: format!("range $key, $element := {record}"),
                        each: true,
                        setting,
                    });
                    at.record = "$at.record".to_owned();
                    at.element = Some("$at".to_owned());
                }
            }
            Site { build: self.build, shape: inside, at, shown, around }.walk(sites);
        }
        if self.shape.values().any(|field| field.inside.is_none()) || !self.shape.rules.is_empty() {
            sites.push(self);
        }
    }
}

impl Site<'_, '_> {
    /// Writes checks inside the loops around the record.
    fn inside(&self, out: &mut Template, body: impl FnOnce(&mut Template)) {
        let mut checks = Template::default();
        body(&mut checks);
        if !checks.is_empty() {
            Self::open(&self.around, out, checks);
        }
    }

    fn open(around: &[Open], out: &mut Template, checks: Template) {
        match around {
            [] => out.append(checks.finish()),
            [open, rest @ ..] => {
                let setting = std::slice::from_ref(&open.setting);
                let setting = if open.setting.is_empty() { &[] } else { setting };
                out.reading(setting, |out| out.action(&open.action));
                if open.each {
                    out.action("$at := dict \"record\" $element \"root\" $");
                }
                Self::open(rest, out, checks);
                out.action("end");
            }
        }
    }

    /// The path of a field or of the record, as a template expression.
    fn name(&self, field: Option<&str>) -> String {
        let path = match (self.shown.as_str(), field) {
            ("", Some(field)) => field.to_owned(),
            (record, Some(field)) => format!("{record}.{field}"),
            (record, None) => record.to_owned(),
        };
        if path.contains("%v") { format!("(printf {path:?} $key)") } else { format!("{path:?}") }
    }

    fn value(&self, field: &str) -> String {
        // Parentheses are needed to read a record that may be null.
        match self.at.record.rsplit_once('.') {
            Some((before, last)) if self.at.in_nullable() => format!("(({before}).{last}).{field}"),
            _ => format!("{}.{field}", self.at.record),
        }
    }

    /// The paths of settings, if lines are traced to the settings they read.
    fn reads(&self, paths: impl FnOnce() -> Vec<Vec<String>>) -> Vec<Vec<String>> {
        if self.build.trace { paths() } else { Vec::new() }
    }

    fn path(&self, field: &Field) -> Vec<String> {
        [&self.at.path[..], std::slice::from_ref(&field.name)].concat()
    }
}

/// Appends an error to `$wrong`; `message` holds the arguments of a `printf` call.
pub(super) fn wrong(out: &mut Template, message: impl Display) {
    out.action(format!("$wrong = append $wrong (printf {message})"));
}

/// Appends an error to `$wrong` if a condition on some settings holds.
fn wrong_if(condition: &str, message: &str, settings: &[Vec<String>], out: &mut Template) {
    out.reading(settings, |out| out.action(format!("if {condition}")));
    out.reading(settings, |out| wrong(out, message));
    out.action("end");
}

/// Checks the units of all quantities: one list per unit for the fixed records, and a loop for elements.
pub(super) fn units(build: &Build) -> Traced {
    let sites = sites(build);
    let mut out = Template::default();
    for (unit, ..) in UNITS {
        let fixed = sites.iter().filter(|site| site.around.is_empty());
        let pairs: Vec<Measured> = fixed.flat_map(|site| quantities(site, *unit)).collect();
        of_unit(*unit, &pairs, &mut out);
    }
    for site in sites.iter().filter(|site| !site.around.is_empty()) {
        site.inside(&mut out, |out| {
            UNITS.iter().for_each(|(unit, ..)| of_unit(*unit, &quantities(site, *unit), out));
        });
    }
    out.finish()
}

/// A quantity whose unit is checked.
struct Measured {
    /// Its path for messages, and its value.
    pair: String,
    /// The path of its setting, if traced.
    setting: Vec<Vec<String>>,
}

/// A record's quantities of a given unit.
fn quantities(site: &Site, unit: Unit) -> Vec<Measured> {
    let of_unit = site.shape.values().filter(|field| *field.ty.plain() == Type::Quantity(unit));
    let measured = of_unit.map(|field| Measured {
        pair: format!("{} {}", site.name(Some(&field.name)), site.value(&field.name)),
        setting: site.reads(|| vec![site.path(field)]),
    });
    measured.collect()
}

/// Writes the loop that checks the quantities of a unit.
fn of_unit(unit: Unit, measured: &[Measured], out: &mut Template) {
    let Some((_, pattern, what)) = UNITS.iter().find(|(known, ..)| *known == unit) else { return };
    let Some((last, others)) = measured.split_last() else { return };
    let text = match unit {
        // A large plain number reaches the template as a float.
        Unit::Bytes => {
            "kindIs \"float64\" $value | ternary ($value | toString | float64 | int64 | toString) (toString $value)"
        }
        _ => "toString $value",
    };
    out.line("{{- range $path, $value := dict");
    for one in others {
        out.reading(&one.setting, |out| out.line(format!("  {}", one.pair)));
    }
    out.reading(&last.setting, |out| out.line(format!("  {} }}}}", last.pair)));
    out.action(format!("$text := {text}"));
    let pattern = go_text(pattern);
    out.block(
        format!("if not (or (kindIs \"invalid\" $value) (and $text (regexMatch {pattern} $text)))"),
        |out| wrong(out, format!("\"%s: %q {what}\" $path $text")),
    );
    out.action("end");
}

/// Writes the conditions of types, and the checks.
pub(super) fn rules(build: &Build) -> Traced {
    let mut out = Template::default();
    for site in sites(build) {
        site.inside(&mut out, |out| {
            for field in site.shape.values().filter(|field| field.inside.is_none()) {
                for rule in &field.conditions {
                    condition(&site, field, rule, out);
                }
                for rule in &field.elements {
                    of_elements(&site, field, rule, out);
                }
            }
            for rule in site.shape.rules.iter().filter(|rule| !rule.build && !rule.warn) {
                check(&site, rule, out);
            }
        });
    }
    out.finish()
}

fn condition(site: &Site, field: &Field, rule: &Rule, out: &mut Template) {
    let Some(formula) = &rule.condition else { return };
    let value = site.value(&field.name);
    let at = At { it: value.clone(), ..site.at.clone() };
    let guard = match field.optional || field.default.is_some() {
        true => format!("and (not (kindIs \"invalid\" {value})) (not {})", at.truth(formula)),
        false => format!("not {}", at.truth(formula)),
    };
    let settings = site.reads(|| vec![site.path(field)]);
    let (name, message) = (site.name(Some(&field.name)), at.text(&rule.message));
    let message = format!("\"%s: %s, and this is %v\" {name} {message} {value}");
    wrong_if(&guard, &message, &settings, out);
}

/// Checks a condition of the elements of a list or map.
fn of_elements(site: &Site, field: &Field, rule: &Rule, out: &mut Template) {
    let Some(formula) = &rule.condition else { return };
    let at = At { it: "$one".to_owned(), ..site.at.clone() };
    let settings = site.reads(|| vec![site.path(field)]);
    let (name, message) = (site.name(Some(&field.name)), at.text(&rule.message));
    let loops = format!("range $one := {}", site.value(&field.name));
    out.reading(&settings, |out| {
        out.block(loops, |out| {
            let guard = format!("not {}", at.truth(formula));
            wrong_if(&guard, &format!("\"%s: %s, and this is %v\" {name} {message} $one"), &settings, out);
        });
    });
}

fn check(site: &Site, rule: &Rule, out: &mut Template) {
    let Some(formula) = &rule.condition else { return };
    let (at, opens) = around(site, rule);
    let mut parts = vec!["%s: %s".to_owned()];
    let mut values = vec![site.name(None), at.text(&rule.message)];
    for (path, remark) in &rule.labels {
        if let FormulaKind::Path(base, path) = &path.kind {
            let path = path.join(".");
            match base {
                Base::Local(n) => {
                    parts.push(if path.is_empty() {
                        " (%s: %s)".to_owned()
                    } else {
                        format!(" (%s.{path}: %s)")
                    });
                    values.push(at.locals[*n].shown.clone());
                }
                Base::Record | Base::Root => parts.push(format!(" ({path}: %s)")),
            }
            values.push(at.text(remark));
        }
    }
    if let Some(help) = &rule.help {
        parts.push("; %s".to_owned());
        values.push(at.text(help));
    }
    if site.shown.is_empty() {
        values[0] = "\"values\"".to_owned();
    }
    let settings = site.reads(|| {
        let mut read = at.reads(formula);
        read.extend(rule.labels.iter().flat_map(|(path, _)| at.reads(path)));
        read.sort();
        read.dedup();
        read
    });
    let message = format!("{:?} {}", parts.concat(), values.join(" "));
    let condition = format!("not {}", at.truth(formula));
    nested(&opens, out, &mut |out| wrong_if(&condition, &message, &settings, out));
}

/// A loop or condition around a check: its opening action, and an optional first line.
struct Nest {
    open: String,
    first: Option<String>,
}

fn nested(opens: &[Nest], out: &mut Template, body: &mut dyn FnMut(&mut Template)) {
    match opens {
        [] => body(out),
        [nest, rest @ ..] => out.block(&nest.open, |out| {
            nest.first.iter().for_each(|line| out.action(line));
            nested(rest, out, body);
        }),
    }
}

/// The loops and conditions around a check, and the check's scope inside them.
fn around<'a>(site: &Site<'_, 'a>, rule: &Rule) -> (At<'a>, Vec<Nest>) {
    let mut at = site.at.clone();
    let mut opens = Vec::new();
    for one in &rule.around {
        let (names, source) = match one {
            Enclosing::When(condition) => {
                opens.push(Nest { open: format!("if {}", at.truth(condition)), first: None });
                continue;
            }
            Enclosing::Each { names, source } => (names, source),
        };
        // Inside a loop, the dot is the element.
        if at.record.starts_with('.') {
            at.record.insert(0, '$');
        }
        let first = at.locals.len();
        let variables: Vec<String> = (first..first + names.len()).map(|n| format!("$each{n}")).collect();
        let (Some(key), Some(value)) = (variables.first(), variables.last()) else { continue };
        let (path, element) = (at.of(source), format!("$at{first}"));
        let known = path.as_ref().is_some_and(|_| element_of(&source.ty).is_some());
        opens.push(Nest {
            open: format!("range {} := {}", variables.join(", "), at.raw(source)),
            first: known.then(|| format!("{element} := dict \"record\" {value} \"root\" $")),
        });
        let shown = match &path {
            Some(path) if names.len() == 2 => {
                format!("(printf {:?} {key})", format!("{}.%v", path.join(".")))
            }
            Some(path) => format!("{:?}", path.join(".")),
            None => format!("{:?}", names[names.len() - 1]),
        };
        let path = path.map(|path| [path, vec!["*".to_owned()]].concat()).unwrap_or_default();
        let local = |value: &String, path| Local {
            value: value.clone(),
            path,
            element: element.clone(),
            shown: shown.clone(),
        };
        if names.len() == 2 {
            at.locals.push(local(key, Vec::new()));
        }
        at.locals.push(local(value, path));
    }
    (at, opens)
}

/// The record type of the elements of a list or map.
fn element_of(ty: &Type) -> Option<SchemaId> {
    match ty.plain() {
        Type::List(inner) | Type::Map(inner) => match inner.plain() {
            Type::Schema(id) => Some(*id),
            _ => None,
        },
        _ => None,
    }
}

/// Codes of the checks that the chart leaves out.
pub(super) fn not_lowered(build: &Build) -> Vec<String> {
    fn collect(shape: &Shape, found: &mut Vec<String>) {
        for rule in shape.rules.iter().filter(|rule| rule.build || rule.condition.is_none()) {
            // A check without a code is identified by its title.
            found.extend(rule.code.clone().or_else(|| Some(format!("\"{}\"", rule.title()?))));
        }
        for inside in shape.fields.iter().filter_map(|field| field.inside.as_ref()) {
            collect(inside, found);
        }
    }
    let mut found = Vec::new();
    collect(build.shape, &mut found);
    found.sort();
    found.dedup();
    found
}
