//! Resolves types as written to [`Type`]s.

use super::builder::{Builder, nearest};
use super::{Declared, ModuleId, Name, NameRef, Program, Rc, Resolution, Type, TypeExpr, TypeKind};
use crate::diagnostics::Diagnostic;
use crate::semantics::codes::{ARGUMENTS, CYCLE, MISMATCH, UNKNOWN_TYPE};
use crate::semantics::quantity::Unit;

impl<'t> Builder<'t, '_> {
    /// Resolves a type as written in a file.
    pub(super) fn resolve(&mut self, ty: &'t TypeExpr, module: ModuleId) -> Type {
        match &ty.kind {
            TypeKind::Missing => Type::Error,
            TypeKind::Word(word) => Type::Enum(Rc::new([Rc::from(&**word)])),
            TypeKind::List(inner) => Type::List(Rc::new(self.resolve(inner, module))),
            TypeKind::Optional(inner) => match self.resolve(inner, module) {
                optional @ Type::Optional(_) => optional,
                other => Type::Optional(Rc::new(other)),
            },
            TypeKind::Either(parts) => {
                let mut words: Vec<Rc<str>> = Vec::new();
                for part in parts {
                    match self.resolve(part, module) {
                        Type::Enum(more) => words.extend(more.iter().cloned()),
                        Type::Error => return Type::Error,
                        _ => {
                            self.tell(
                                Diagnostic::error(&MISMATCH, "only strings can be alternatives in a type")
                                    .at(part.span, "not a string")
                                    .help("write `\"a\" | \"b\"`"),
                            );
                            return Type::Error;
                        }
                    }
                }
                Type::Enum(words.into())
            }
            TypeKind::Name { name, argument } => self.named(name, argument.as_deref(), module),
        }
    }

    pub(super) fn named(
        &mut self,
        name: &'t NameRef,
        argument: Option<&'t TypeExpr>,
        module: ModuleId,
    ) -> Type {
        if name.file.is_none() && &*name.name.text == MAP {
            self.findings.resolve_name(&name.name, Resolution::Primitive);
            return match argument {
                Some(argument) => Type::Map(Rc::new(self.resolve(argument, module))),
                None => {
                    self.tell(
                        Diagnostic::error(&ARGUMENTS, "`Map` needs a value type")
                            .at(name.span(), "")
                            .help("write `Map<String>`"),
                    );
                    Type::Error
                }
            };
        }
        let found = self.type_named(name, module);
        if let Some(argument) = argument
            && found.is_ok()
        {
            self.tell(
                Diagnostic::error(&ARGUMENTS, format!("`{}` takes no type argument", name.text()))
                    .at(argument.span, "")
                    .help("only `Map<T>` does"),
            );
        }
        match found {
            Ok(Found::Primitive(ty)) => ty,
            Ok(Found::Declared(Declared::Schema(id))) => Type::Schema(id),
            Ok(Found::Declared(Declared::Alias(_, ty, module))) => self.resolve_alias(&name.name, ty, module),
            Ok(Found::Declared(Declared::Refined(id, ty, module))) => {
                Type::Refined(id, Rc::new(self.resolve_alias(&name.name, ty, module)))
            }
            Err(()) => Type::Error,
        }
    }

    /// Resolves the name of a type; the error has already been reported.
    fn type_named(&mut self, name: &'t NameRef, module: ModuleId) -> Result<Found<'t>, ()> {
        let declared = match &name.file {
            None => {
                if let Some(ty) = primitive(&name.name.text) {
                    self.findings.resolve_name(&name.name, Resolution::Primitive);
                    return Ok(Found::Primitive(ty));
                }
                let text = &*name.name.text;
                self.declared(module, text).or_else(|| self.declared(Program::builtin(), text))
            }
            Some(file) => {
                let named = self.names(module).values.get(&*file.text).map(|(named, _)| *named);
                self.findings.resolve_name(file, named.unwrap_or_default());
                match named {
                    Some(Resolution::Module(other)) => self.declared(other, &name.name.text),
                    Some(Resolution::Failed) => return Err(()),
                    _ => {
                        self.no_file(name, &file.text, module);
                        return Err(());
                    }
                }
            }
        };
        match declared {
            Some(declared) => {
                self.findings.resolve_name(&name.name, declared.resolution());
                Ok(Found::Declared(declared))
            }
            None => {
                self.unknown_type(name, module);
                Err(())
            }
        }
    }

    fn declared(&self, module: ModuleId, name: &str) -> Option<Declared<'t>> {
        self.names(module).types.get(name).map(|(declared, _)| *declared)
    }

    fn no_file(&mut self, name: &NameRef, file: &str, module: ModuleId) {
        let names = &self.names(module).values;
        let imports = names.iter().filter(|(_, (named, _))| matches!(named, Resolution::Module(_)));
        let near = nearest(file, imports.map(|(name, _)| *name)).map(str::to_owned);
        let report = Diagnostic::error(&UNKNOWN_TYPE, format!("there is no type `{}`", name.text()))
            .at(name.span(), format!("no file is imported as `{file}`"));
        self.tell(match near {
            Some(near) => report.help(format!("did you mean `{near}`?")),
            None => report.help(format!("write `import \"file.vms\" as {file}` above")),
        });
    }

    fn unknown_type(&mut self, name: &NameRef, module: ModuleId) {
        let (file, inner) = (name.file.as_ref().map(|file| &*file.text), &*name.name.text);
        let span = name.span();
        let of = |module: ModuleId| self.names(module).types.keys().copied();
        let known: Vec<&str> = match file.map(|file| self.names(module).values.get(file)) {
            Some(Some((Resolution::Module(other), _))) => of(*other).collect(),
            Some(_) => Vec::new(),
            None => {
                let primitives = PRIMITIVES.iter().map(|(name, _)| *name).chain([MAP]);
                of(module).chain(of(Program::builtin())).chain(primitives).collect()
            }
        };
        let mut report = Diagnostic::error(&UNKNOWN_TYPE, format!("there is no type `{}`", name.text()))
            .at(span, "unknown type");
        let other = match inner.to_ascii_lowercase().as_str() {
            "optional" | "option" | "maybe" => Some("an optional value is `T?`"),
            "list" | "array" | "vec" | "set" => Some("a list is `[T]`"),
            "dict" | "object" | "record" | "struct" => Some("a map is `Map<T>`, a record a `schema`"),
            "enum" | "oneof" | "literal" => Some("one of some words is `\"a\" | \"b\"`"),
            "number" | "double" => Some("a number is `Int` or `Float`"),
            "any" => Some("plain data of any kind is `Data`"),
            _ => None,
        };
        if let Some(other) = other {
            return self.tell(report.help(other));
        }
        let imported = self.names(module).values.iter().find_map(|(alias, (named, _))| match named {
            Resolution::Module(other) if file.is_none() => {
                self.names(*other).types.contains_key(inner).then(|| format!("{alias}.{inner}"))
            }
            _ => None,
        });
        if let Some(imported) = imported {
            return self.tell(report.fix(format!("an import has it: write `{imported}`"), span, &imported));
        }
        report = match nearest(inner, known.into_iter()) {
            Some(near) => {
                let right = file.map_or(near.to_owned(), |file| format!("{file}.{near}"));
                report.near(format!("did you mean `{right}`?"), span, &name.text(), &right)
            }
            None => report.help("a type is Bool, Int, Float, String, Duration, Bytes, Cpu, Version, Endpoint, Data, `[T]`, `Map<T>`, `\"a\" | \"b\"`, or declared with `type`"),
        };
        self.tell(report);
    }

    /// Resolves the type of an alias or refinement, and reports one that is defined by itself.
    pub(super) fn resolve_alias(&mut self, name: &'t Name, ty: &'t TypeExpr, module: ModuleId) -> Type {
        let declared = self.findings.name(name);
        if let Some(base) = self.base {
            match declared {
                Resolution::Alias(id) if id.index() < base.aliases.len() => {
                    return base.aliases[id.index()].ty.clone();
                }
                Resolution::Refined(id) if id.index() < base.refined.len() => {
                    return base.refined[id.index()].base.clone();
                }
                _ => {}
            }
        }
        if let Some(known) = self.aliases.get(&declared) {
            return known.clone();
        }
        if self.resolving.contains(&declared) {
            self.tell(
                Diagnostic::error(&CYCLE, format!("the type `{}` is defined in terms of itself", name.text))
                    .at(name.span, "used in its own definition")
                    .help("name another type here"),
            );
            return Type::Error;
        }
        self.resolving.insert(declared);
        let resolved = self.resolve(ty, module);
        self.resolving.remove(&declared);
        self.aliases.insert(declared, resolved.clone());
        resolved
    }
}

/// What the name of a type refers to.
enum Found<'t> {
    Primitive(Type),
    Declared(Declared<'t>),
}

/// The only type that takes a type argument.
pub(super) const MAP: &str = "Map";

const PRIMITIVES: &[(&str, Type)] = &[
    ("Bool", Type::Bool),
    ("Int", Type::Int),
    ("Float", Type::Float),
    ("String", Type::String),
    ("Duration", Type::Quantity(Unit::Duration)),
    ("Bytes", Type::Quantity(Unit::Bytes)),
    ("Cpu", Type::Quantity(Unit::Cpu)),
    ("Version", Type::Version),
    ("Endpoint", Type::Endpoint),
    ("Data", Type::Data),
];

pub(super) fn primitive(name: &str) -> Option<Type> {
    PRIMITIVES.iter().find(|(n, _)| *n == name).map(|(_, ty)| ty.clone())
}
