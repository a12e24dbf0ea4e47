//! `checks.yaml`: the language's checks and conditions as templates, with its own messages.

use super::formula::{At, Local, go_text};
use crate::deploy::flags;
use crate::emit::Build;

use crate::semantics::formula::{Around, Base, Field, FormulaKind, Rule, Shape};
use crate::semantics::ids::SchemaId;
use crate::semantics::quantity::Unit;
use crate::semantics::types::Type;
use std::fmt::Write;

/// How each unit is recognised, and what to say of something that is none.
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

/// One place that settings are checked in: a record, and the loop around it for elements.
struct Site<'s, 'a> {
    shape: &'s Shape,
    at: At<'a>,
    /// The template expression of the record's path, for messages.
    shown: String,
    /// Lines that open the loop, and how many ends close it.
    open: Vec<String>,
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
    walk(build.shape, at, String::new(), Vec::new(), &mut sites);
    sites
}

fn walk<'a>(shape: &'a Shape, at: At<'a>, shown: String, open: Vec<String>, sites: &mut Vec<Site<'a, 'a>>) {
    for field in shape.fields.iter().filter(|field| !field.build) {
        let Some(inside) = &field.inside else { continue };
        let mut inner = at.clone();
        inner.path.push(field.name.clone());
        let record = format!("{}.{}", at.record, field.name);
        let path = if shown.is_empty() { field.name.clone() } else { format!("{shown}.{}", field.name) };
        match field.ty.plain() {
            Type::Schema(_) => {
                inner.record = record;
                let mut open = open.clone();
                if field.optional {
                    open.push(format!("{{{{- if {} }}}}", inner.record));
                }
                walk(inside, inner, path, open, sites);
            }
            ty => {
                inner.path.push("*".to_owned());
                let key = if matches!(ty, Type::Map(_)) { "." } else { "#" };
                let mut open = open.clone();
                open.push(format!("{{{{- range $key, $element := {record} }}}}"));
                open.push("{{- $at := dict \"record\" $element \"root\" $ }}".to_owned());
                inner.record = "$at.record".to_owned();
                inner.element = Some("$at".to_owned());
                walk(inside, inner, format!("{path}{key}%v"), open, sites);
            }
        }
    }
    let of_record = |field: &&Field| field.inside.is_none() && !field.build;
    if shape.fields.iter().any(|f| of_record(&f)) || !shape.rules.is_empty() {
        sites.push(Site { shape, at, shown, open });
    }
}

impl Site<'_, '_> {
    /// Wraps lines in the loop.
    fn inside(&self, body: &str, out: &mut String) {
        if body.is_empty() {
            return;
        }
        for line in &self.open {
            let _ = writeln!(out, "{line}");
        }
        out.push_str(body);
        for _ in self.open.iter().filter(|line| !line.contains(":= dict")) {
            let _ = writeln!(out, "{{{{- end }}}}");
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
        // A record that may be null is read through parentheses.
        match self.at.record.rsplit_once('.') {
            Some((before, last)) if before.contains("resources") || last == "resources" => {
                format!("(({before}).{last}).{field}")
            }
            _ => format!("{}.{field}", self.at.record),
        }
    }
}

/// Units of all quantities: those of the fixed records in one list a unit, those of elements in
/// their loop.
pub(super) fn units(build: &Build) -> String {
    let sites = sites(build);
    let mut out = String::new();
    for (unit, ..) in UNITS {
        let fixed = sites.iter().filter(|site| site.open.is_empty());
        let pairs: Vec<String> = fixed.flat_map(|site| quantities(site, *unit)).collect();
        out.push_str(&of_unit(*unit, &pairs));
    }
    for site in sites.iter().filter(|site| !site.open.is_empty()) {
        let body: String = UNITS.iter().map(|(unit, ..)| of_unit(*unit, &quantities(site, *unit))).collect();
        site.inside(&body, &mut out);
    }
    out
}

/// The paths and values of a record's quantities of a unit.
fn quantities(site: &Site, unit: Unit) -> Vec<String> {
    let of_unit =
        site.shape.fields.iter().filter(|field| !field.build && *field.ty.plain() == Type::Quantity(unit));
    of_unit.map(|field| format!("{} {}", site.name(Some(&field.name)), site.value(&field.name))).collect()
}

/// The loop over paths and values of a unit.
fn of_unit(unit: Unit, pairs: &[String]) -> String {
    let Some((_, pattern, what)) =
        UNITS.iter().find(|(known, ..)| *known == unit).filter(|_| !pairs.is_empty())
    else {
        return String::new();
    };
    let text = match unit {
        // A large plain number reaches a template as a float.
        Unit::Bytes => {
            "kindIs \"float64\" $value | ternary ($value | toString | float64 | int64 | toString) (toString $value)"
        }
        _ => "toString $value",
    };
    format!(
        "{{{{- range $path, $value := dict\n  {} }}}}\n{{{{- $text := {text} }}}}\n{{{{- if not (or (kindIs \"invalid\" $value) (and $text (regexMatch {} $text))) }}}}\n{{{{- $wrong = append $wrong (printf \"%s: %q {what}\" $path $text) }}}}\n{{{{- end }}}}\n{{{{- end }}}}\n",
        pairs.join("\n  "),
        go_text(pattern)
    )
}

/// Conditions of types, and checks.
pub(super) fn rules(build: &Build) -> String {
    let mut out = String::new();
    for site in sites(build) {
        let mut body = String::new();
        for field in site.shape.fields.iter().filter(|f| !f.build && f.inside.is_none()) {
            for rule in &field.conditions {
                condition(&site, field, rule, &mut body);
            }
        }
        for rule in site.shape.rules.iter().filter(|rule| !rule.build && !rule.warn) {
            check(&site, rule, &mut body);
        }
        site.inside(&body, &mut out);
    }
    out
}

fn condition(site: &Site, field: &Field, rule: &Rule, out: &mut String) {
    let Some(formula) = &rule.condition else { return };
    let value = site.value(&field.name);
    let at = At { it: value.clone(), ..site.at.clone() };
    let guard = match field.optional || field.default.is_some() {
        true => format!("and (not (kindIs \"invalid\" {value})) (not {})", at.truth(formula)),
        false => format!("not {}", at.truth(formula)),
    };
    let _ = writeln!(out, "{{{{- if {guard} }}}}");
    let _ = writeln!(
        out,
        "{{{{- $wrong = append $wrong (printf \"%s: %s, and this is %v\" {} {} {value}) }}}}",
        site.name(Some(&field.name)),
        at.text(&rule.message)
    );
    let _ = writeln!(out, "{{{{- end }}}}");
}

fn check(site: &Site, rule: &Rule, out: &mut String) {
    let Some(formula) = &rule.condition else { return };
    let (at, open, ends) = around(site, rule);
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
    out.push_str(&open);
    let _ = writeln!(out, "{{{{- if not {} }}}}", at.truth(formula));
    let _ =
        writeln!(out, "{{{{- $wrong = append $wrong (printf {:?} {}) }}}}", parts.concat(), values.join(" "));
    for _ in 0..=ends {
        let _ = writeln!(out, "{{{{- end }}}}");
    }
}

/// The loops and choices around a check: where it stands in them, their first lines, and how many
/// ends they need.
fn around<'a>(site: &Site<'_, 'a>, rule: &Rule) -> (At<'a>, String, usize) {
    let mut at = site.at.clone();
    let mut open = String::new();
    for one in &rule.around {
        let (names, source) = match one {
            Around::When(condition) => {
                let _ = writeln!(open, "{{{{- if {} }}}}", at.truth(condition));
                continue;
            }
            Around::Each { names, source } => (names, source),
        };
        // In a loop the dot is the element.
        if at.record.starts_with('.') {
            at.record.insert(0, '$');
        }
        let first = at.locals.len();
        let variables: Vec<String> = (first..first + names.len()).map(|n| format!("$each{n}")).collect();
        let (Some(key), Some(value)) = (variables.first(), variables.last()) else { continue };
        let _ = writeln!(open, "{{{{- range {} := {} }}}}", variables.join(", "), at.raw(source));
        let (path, element) = (at.of(source), format!("$at{first}"));
        let known = path.as_ref().is_some_and(|_| element_of(&source.ty).is_some());
        if known {
            let _ = writeln!(open, "{{{{- {element} := dict \"record\" {value} \"root\" $ }}}}");
        }
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
    (at, open, rule.around.len())
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

/// Flags that settings set, and flags that open ports.
pub(super) fn flags(build: &Build) -> String {
    let base = &build.base().deployment;
    let mut out = String::new();
    for program in [&base.server, &base.agent] {
        let reserved: Vec<String> = program.flags().iter().map(|flag| format!("{flag:?}")).collect();
        let _ = writeln!(out, "{{{{- range $flag, $value := .Values.{}.extraArgs }}}}", program.path);
        let _ = writeln!(out, "{{{{- if has $flag (list {}) }}}}", reserved.join(" "));
        let _ = writeln!(
            out,
            "{{{{- $wrong = append $wrong (printf \"{}.extraArgs: -%s is set by a setting already; set that instead\" $flag) }}}}",
            program.path
        );
        let _ = writeln!(out, "{{{{- else if hasSuffix {:?} $flag }}}}", flags::LISTEN);
        let _ = writeln!(
            out,
            "{{{{- $wrong = append $wrong (printf \"{}.extraArgs: -%s opens a port that neither the Service nor the network policy knows of\" $flag) }}}}",
            program.path
        );
        let _ = writeln!(out, "{{{{- end }}}}\n{{{{- end }}}}");
    }
    out
}

/// Codes of checks that are not part of the chart.
pub(super) fn not_lowered(build: &Build) -> Vec<String> {
    fn collect(shape: &Shape, found: &mut Vec<String>) {
        for rule in shape.rules.iter().filter(|rule| rule.build || rule.condition.is_none()) {
            // One without a code is known by its words.
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
