//! Arguments of the two programs as templates.

use crate::deploy::program::{Arg, ArgValue, Program};
use crate::deploy::setting::{Setting, Spelling};
use crate::emit::Build;
use crate::semantics::data::Kind;
use crate::semantics::formula::Shape;
use crate::yaml::scalar::{Guard, quoted};

/// Folder of the Secrets that remote write needs.
pub(super) const SECRETS: &str = "/etc/remote-write";

/// Whether the setting at a path has a default that is computed.
pub(super) fn computed(shape: &Shape, path: &[String]) -> bool {
    let Some((first, rest)) = path.split_first() else { return false };
    let Some(field) = shape.fields.iter().find(|field| field.name == *first) else { return false };
    match &field.inside {
        Some(inside) if !rest.is_empty() => {
            // The key of a map's entry is no field.
            let rest = if inside.fields.iter().any(|f| f.name == rest[0]) { rest } else { &rest[1..] };
            computed(inside, rest)
        }
        _ => field.default.is_some(),
    }
}

/// The expression of a setting of the stack that is no job's.
pub(super) fn expression(build: &Build, setting: &Setting) -> String {
    let value = match computed(build.shape, &setting.path) {
        true => format!("include \"{}\" .", super::formula::helper(build.name(), &setting.path)),
        false => format!(".Values.{}", setting.path.join(".")),
    };
    let group = || if value.starts_with('.') { value.clone() } else { format!("({value})") };
    match (setting.spelling, &setting.value) {
        (Spelling::Retention, _) => format!("include \"{}.retention\" {}", build.name(), group()),
        (Spelling::FlagBytes, _) => format!("include \"{}.flagBytes\" {}", build.name(), group()),
        (_, Kind::Int(_)) if value.starts_with('.') => format!("{value} | int64"),
        _ => value,
    }
}

/// A program's arguments, each a line.
pub(super) fn args(build: &Build, program: &Program) -> String {
    program.args.iter().map(|arg| format!("            - {}\n", line(build, arg))).collect()
}

fn line(build: &Build, arg: &Arg) -> String {
    match &arg.value {
        ArgValue::Fixed(value) => quoted(&format!("-{}={value}", arg.flag), Guard::Template),
        ArgValue::Setting(setting) => {
            let value = expression(build, setting);
            let value = if value.contains(' ') { format!("({value})") } else { value };
            format!("{{{{ printf \"-{}=%v\" {value} | quote }}}}", arg.flag)
        }
        ArgValue::ServerUrl { path } => format!(
            "{{{{ printf \"-{}=http://%s:%d{path}\" .Values.service.name (.Values.service.port | int64) | quote }}}}",
            arg.flag
        ),
    }
}
