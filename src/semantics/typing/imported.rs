//! Checks data files against the type of their import; errors point into the file.

use super::{
    DataId, Diagnostic, Lineage, MISMATCH, NUMBER, Number, Rc, Span, Subject, Trail, Type, Typing, Value,
    endpoint, quantity,
};
use crate::load::data::{Data, DataFile};
use crate::semantics::data::{Map, ValueKind};
use crate::semantics::quantity::Quantity;
use crate::yaml::located::{Entry, Spanned};

impl<'p, 't> Typing<'p, 't> {
    /// Reads imported data as its type.
    pub(super) fn imported(&mut self, id: DataId) {
        let program = self.program;
        let import = program.imported(id);
        let (ty, value) = match &import.ty {
            Some(ty) => (ty.clone(), self.read(import.node, &import.node.root, ty, "")),
            None => {
                let ty = shape(&import.node.root);
                let value = self.read(import.node, &import.node.root, &ty, "");
                (ty, value)
            }
        };
        self.findings.data.push((ty, value));
    }

    #[expect(clippy::too_many_lines, reason = "one arm per type and kind of data")]
    fn read(&mut self, node: &DataFile, at: &Spanned, ty: &Type, path: &str) -> Value {
        let span = node.span(&at.range);
        let kind = match (ty.present(), &at.data) {
            (_, Data::Null) if ty.is_optional() => ValueKind::Absent,
            (_, Data::Null) => {
                let report = Diagnostic::error(&MISMATCH, format!("{} has no value", named(path)))
                    .at(span, "`null` is not a value")
                    .help("write a value, or leave the key out");
                return self.wrong(span, report);
            }
            (Type::Refined(_, base), _) => return self.read(node, at, base, path),
            (Type::Optional(_) | Type::Error | Type::Data, _) => {
                let ty = shape(at);
                if matches!(ty, Type::Data) {
                    ValueKind::Error
                } else {
                    return self.read(node, at, &ty, path);
                }
            }
            (Type::Bool, Data::Bool(value)) => ValueKind::Bool(*value),
            (Type::Int, Data::Number(text)) if text.parse::<i64>().is_ok() => {
                text.parse().map_or(ValueKind::Error, ValueKind::Int)
            }
            (Type::Float | Type::Int, Data::Number(text)) if !exact(text) => {
                let title = format!("{} is out of range", named(path));
                let report = Diagnostic::error(&NUMBER, title).at(span, "too many digits for a number");
                return self.wrong(span, report.help("quote it, where it is no amount"));
            }
            (Type::Float, Data::Number(text)) => text.parse().map_or(ValueKind::Error, ValueKind::Float),
            (Type::Quantity(unit), Data::Number(text) | Data::String(text)) => {
                match Quantity::literal(text, *unit) {
                    Some(quantity) => ValueKind::Quantity(quantity),
                    None if text.bytes().all(|b| b.is_ascii_digit()) => {
                        let mut report = self.bare(
                            span,
                            text,
                            *unit,
                            Some(&Subject { trail: &Trail::of(last(path)), field: None }),
                        );
                        // The syntax depends on the data file, so no edit is offered.
                        report.helps.iter_mut().for_each(|help| help.edit = None);
                        return self.wrong(span, report);
                    }
                    None => return self.mismatch(span, at, ty, path),
                }
            }
            (Type::Version, Data::Number(text) | Data::String(text)) => match quantity::read(text) {
                Number::Version => ValueKind::Version(text.clone()),
                _ => return self.mismatch(span, at, ty, path),
            },
            (Type::String, Data::String(text)) => ValueKind::String(text.clone()),
            (Type::Endpoint | Type::Enum(_), Data::String(text)) => {
                match self.not_allowed(span, text, ty, path) {
                    Some(report) => return self.wrong(span, report),
                    None => ValueKind::String(text.clone()),
                }
            }
            (Type::List(inner), Data::List(items)) => {
                let read = items.iter().enumerate();
                let read = read.map(|(n, item)| self.read(node, item, inner, &format!("{path}[{n}]")));
                ValueKind::List(Rc::new(read.collect()))
            }
            (Type::Map(_) | Type::Record(_) | Type::Schema(_), Data::Map(entries)) => {
                self.read_entries(node, entries, ty, path)
            }
            _ => return self.mismatch(span, at, ty, path),
        };
        Value::new(kind, span)
    }

    /// Builds the diagnostic for a string that is not among the values its type allows.
    fn not_allowed(&self, span: Span, text: &str, ty: &Type, path: &str) -> Option<Diagnostic> {
        match ty.present() {
            Type::Endpoint => {
                let why = endpoint(text).err()?;
                let title = format!("{} must be a host and port, `host:port`", named(path));
                Some(Diagnostic::error(&MISMATCH, title).at(span, why))
            }
            Type::Enum(words) if !words.iter().any(|word| &**word == text) => {
                let place = Subject { trail: &Trail::of(last(path)), field: None };
                Some(self.wrong_word(span, text, words, Some(&place)))
            }
            _ => None,
        }
    }

    fn read_entries(&mut self, node: &DataFile, entries: &[Entry], ty: &Type, path: &str) -> ValueKind {
        let mut record = Map::with_capacity_and_hasher(entries.len(), Default::default());
        for Entry { key, at: key_at, value } in entries {
            let below = if path.is_empty() { key.to_string() } else { format!("{path}.{key}") };
            let ty = match ty.plain() {
                Type::Map(inner) => (**inner).clone(),
                Type::Record(fields) => fields.get(key).cloned().unwrap_or(Type::Data),
                Type::Schema(id) => match self.program.schema(*id).fields.get(key) {
                    Some(field) => field.ty.clone(),
                    None => {
                        let report = self.unknown_field(*id, key, node.span(key_at), path);
                        self.tell(report);
                        continue;
                    }
                },
                _ => Type::Data,
            };
            record.insert(key.clone(), self.read(node, value, &ty, &below));
        }
        ValueKind::Record(Rc::new(record.into_iter().collect()))
    }

    fn wrong(&mut self, span: Span, report: Diagnostic) -> Value {
        self.tell(report);
        Value::new(ValueKind::Error, span)
    }

    fn mismatch(&mut self, span: Span, at: &Spanned, ty: &Type, path: &str) -> Value {
        let found = match &at.data {
            Data::Number(_) | Data::String(_) if matches!(ty.plain(), Type::Quantity(_) | Type::Version) => {
                "but this can't be read as one".to_owned()
            }
            _ => format!("found {}", shape(at).in_words()),
        };
        let title = format!("{} must be {}, {found}", named(path), ty.in_words());
        let example = ty.example();
        let report = Diagnostic::error(&MISMATCH, title).at(span, "in the imported data");
        self.wrong(span, report.help(format!("a right value looks like `{example}`")))
    }
}

/// Whether a number fits: a whole one an `i64`, any other a finite `f64`.
fn exact(text: &str) -> bool {
    let whole = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'+'));
    match whole {
        true => text.parse::<i64>().is_ok(),
        false => text.parse::<f64>().is_ok_and(f64::is_finite),
    }
}

/// The last name of a path.
fn last(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}

fn named(path: &str) -> String {
    if path.is_empty() { "the data".to_owned() } else { format!("`{path}`") }
}

/// Infers the type of untyped data.
fn shape(at: &Spanned) -> Type {
    match &at.data {
        Data::Null => Type::Optional(Rc::new(Type::Data)),
        Data::Bool(_) => Type::Bool,
        Data::Number(text) if text.parse::<i64>().is_ok() => Type::Int,
        Data::Number(_) => Type::Float,
        Data::String(_) => Type::String,
        Data::List(items) => {
            let mut types = items.iter().map(shape);
            let first = types.next().unwrap_or(Type::Error);
            let all = types.try_fold(first, |all, ty| Type::united(&all, &ty, &Lineage::default()));
            Type::List(Rc::new(all.unwrap_or(Type::Data)))
        }
        Data::Map(entries) => {
            let fields = entries.iter().map(|entry| (entry.key.clone(), shape(&entry.value)));
            Type::Record(Rc::new(fields.collect()))
        }
    }
}
