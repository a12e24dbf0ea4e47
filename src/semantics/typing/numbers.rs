//! Checks number literals against types: units, versions, and what the user most likely meant.

use super::literal_type;
use super::{
    BARE, CORES, Diagnostic, Expr, MISMATCH, NUMBER, Number, Span, Subject, Type, Typing, UNIT, Unit, Wrong,
    default_text, example, quantity, subject, wording,
};

/// From this number on, whole cores are more likely thousandths written without their unit.
const MANY_CORES: i64 = 64;

impl<'p, 't> Typing<'p, 't> {
    /// Checks a number literal against an expected plain type.
    pub(super) fn number(&mut self, expr: &'t Expr, text: &'t str, want: &Type, place: Option<&Subject>) {
        let read = quantity::read(text);
        let own = literal_type(&read);
        self.found(expr, if matches!(want, Type::Data | Type::Error) { &own } else { want });
        let report = match (&read, want) {
            (Number::Wrong(wrong), _) => self.wrong_number(expr.span, text, wrong, want, place),
            (Number::Int(_), Type::Int | Type::Float | Type::Data | Type::Error) => return,
            (Number::Float(_), Type::Float | Type::Data | Type::Error) => return,
            (Number::Version, Type::Version | Type::Data | Type::Error) => return,
            (Number::Int(cores), Type::Quantity(Unit::Cpu)) => {
                if *cores >= MANY_CORES {
                    self.tell(many_cores(*cores, expr.span, place));
                }
                return;
            }
            (Number::Float(_), Type::Quantity(Unit::Cpu)) => match quantity::amount(text, Unit::Cpu) {
                Ok(_) => return,
                Err(wrong) => self.wrong_number(expr.span, text, &wrong, want, place),
            },
            (Number::Quantity(_), Type::Data | Type::Error) => return,
            (Number::Quantity(units), Type::Quantity(unit)) => {
                if units.contains(*unit) {
                    if units.is_ambiguous() && self.using.is_some() {
                        self.demand(expr, text, *unit);
                    }
                    return;
                }
                self.other_unit(expr.span, text, units.first(), *unit, place)
            }
            (Number::Int(_) | Number::Float(_), Type::Quantity(unit)) => {
                self.bare(expr.span, text, *unit, place)
            }
            (Number::Version, _) | (_, Type::Version) if matches!(want, Type::Version) => {
                let report = Diagnostic::error(
                    &MISMATCH,
                    format!("{} must be a version, such as `v1.106.1`", subject(place)),
                )
                .at(expr.span, "a version has three numbers");
                self.about(report, place).help("write all three numbers")
            }
            (_, Type::String | Type::Enum(_)) => {
                let report = Diagnostic::error(
                    &MISMATCH,
                    format!("{} must be {}, found a number", subject(place), want.in_words()),
                )
                .at(expr.span, "");
                self.about(report, place).fix(
                    format!("write `\"{text}\"`"),
                    expr.span,
                    &format!("\"{text}\""),
                )
            }
            (found, _) => self.no_number(expr.span, text, found, want, place),
        };
        self.report(expr, report);
    }

    /// Builds the diagnostic for a number where something else is expected.
    fn no_number(
        &self,
        span: Span,
        text: &str,
        found: &Number,
        want: &Type,
        place: Option<&Subject>,
    ) -> Diagnostic {
        let found = match found {
            Number::Int(_) => "a whole number",
            Number::Float(_) => "a number with a fraction",
            Number::Version => "a version",
            _ => "a quantity",
        };
        let title = format!("{} must be {}, found {found}", subject(place), want.in_words());
        let report = self.about(Diagnostic::error(&MISMATCH, title).at(span, ""), place);
        // Kubernetes counts such fields in whole seconds.
        let seconds = place.filter(|place| place.trail.last().ends_with("Seconds"));
        let seconds = seconds.and_then(|_| quantity::amount(text, Unit::Duration).ok());
        match seconds.filter(|amount| *want == Type::Int && amount % 1000 == 0) {
            Some(amount) => {
                let seconds = (amount / 1000).to_string();
                report.fix(format!("it counts seconds: write `{seconds}`"), span, &seconds)
            }
            None => report.help(format!("write something like `{}`", want.example())),
        }
    }

    pub(super) fn other_unit(
        &self,
        span: Span,
        text: &str,
        found: Unit,
        want: Unit,
        place: Option<&Subject>,
    ) -> Diagnostic {
        let want = Type::Quantity(want);
        let title = format!(
            "{} must be {}, found {}",
            subject(place),
            want.in_words(),
            Type::Quantity(found).in_words()
        );
        let report = Diagnostic::error(&MISMATCH, title).at(span, quantity::in_words(text, found));
        let digits: String = text.chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
        let report = self.about(report, place);
        let suffix = &text[digits.len()..];
        match (suffix, &want) {
            // Compose's `512m` is 512 MiB.
            ("m", Type::Quantity(Unit::Bytes)) => report.help(format!("for megabytes, write `{digits}Mi`")),
            ("M", Type::Quantity(Unit::Duration)) => {
                let days =
                    digits.parse::<u64>().map_or("30d".to_owned(), |months| format!("{}d", months * 30));
                report.help(format!("there is no unit for months: write days, such as `{days}`"))
            }
            _ => {
                let unit: String = example(place, &want).chars().skip_while(char::is_ascii_digit).collect();
                report.help(format!("did you mean `{digits}{unit}`?"))
            }
        }
    }

    pub(super) fn bare(&self, span: Span, text: &str, unit: Unit, place: Option<&Subject>) -> Diagnostic {
        let title = match text {
            "0" if unit == Unit::Duration => {
                format!("{} must be a duration, found a bare 0", subject(place))
            }
            _ => format!("{} needs a unit", subject(place)),
        };
        let report = Diagnostic::error(&BARE, title).at(span, "a number without a unit");
        // The default shows the scale: a field kept for days is not written in seconds.
        let days = place.and_then(default_text).is_some_and(|text| text.ends_with(['d', 'w', 'y']));
        let suffixes: &[&str] = match unit {
            Unit::Duration if days => &["d", "w", "y"],
            Unit::Duration => &["s", "m", "h"],
            Unit::Bytes => &["Mi", "Gi", "Ti"],
            Unit::Cpu => &["m"],
        };
        let report = self.about(report, place);
        let number = if text == "0" { "15" } else { text };
        let forms: Vec<String> = suffixes.iter().map(|s| format!("{number}{s}")).collect();
        report.help(format!("write {}", wording::one_of(&forms)))
    }

    pub(super) fn wrong_number(
        &self,
        span: Span,
        text: &str,
        wrong: &Wrong,
        want: &Type,
        place: Option<&Subject>,
    ) -> Diagnostic {
        let digits: String =
            text.chars().take_while(|c| c.is_ascii_digit() || *c == '.' || *c == '_').collect();
        match wrong {
            Wrong::Unit(unit) => {
                let report =
                    Diagnostic::error(&UNIT, format!("there is no unit `{unit}`")).at(span, "unknown unit");
                let report = self.about(report, place);
                match meant_unit(unit, want) {
                    // `10GB` is a little less than `10Gi`, so the user has to choose which is meant.
                    Some(near) if unit.ends_with(['B', 'b']) && unit.len() == 2 => {
                        let ten = &near[..1];
                        report
                            .suggest(format!("did you mean `{digits}{near}`?"), span, &format!("{digits}{near}"))
                            .help(format!("or `{digits}{ten}`, in powers of ten"))
                    }
                    Some(near) => report.fix(format!("did you mean `{digits}{near}`?"), span, &format!("{digits}{near}")),
                    None => report.help(match want {
                        Type::Quantity(Unit::Bytes) => "bytes are written `512Ki`, `128Mi`, `10Gi`, `1Ti`, or `k M G T` for powers of ten",
                        Type::Quantity(Unit::Cpu) => "a share of CPU is written `100m`, `0.5` or `2`",
                        Type::Int => "a whole number is written in decimal digits, as in `8428` or `1_000`",
                        Type::Float => "a number is written in decimal digits, as in `0.5`",
                        _ => "a duration is written `500ms`, `15s`, `1h30m`, `30d`, `2w` or `1y`",
                    }),
                }
            }
            Wrong::Order => Diagnostic::error(&NUMBER, format!("the units of `{text}` are out of order"))
                .at(span, "")
                .help("write the largest first and each once, as in `1h30m`"),
            Wrong::Inexact => Diagnostic::error(
                &NUMBER,
                format!("`{}` is too large, or too precise to be exact", wording::short(text)),
            )
            .at(span, "")
            .help("write it in a smaller or a larger unit, as a whole number"),
            Wrong::Form => Diagnostic::error(&NUMBER, format!("`{}` is not a number", wording::short(text)))
                .at(span, "")
                .help("a number is `10`, `0.5`, a quantity `10Gi`, a version `v1.2.3`"),
        }
    }
}

/// Builds the warning about a number of cores that hardly any node has.
fn many_cores(cores: i64, span: Span, place: Option<&Subject>) -> Diagnostic {
    Diagnostic::warning(&CORES, format!("{} is {cores} whole cores", subject(place)))
        .at(span, format!("{cores} cores"))
        .suggest(format!("for thousandths of a core, write `{cores}m`"), span, &format!("{cores}m"))
}

/// Returns the unit that the user most likely meant.
pub(super) fn meant_unit(unit: &str, want: &Type) -> Option<&'static str> {
    let bytes = !matches!(want, Type::Quantity(Unit::Duration | Unit::Cpu));
    let time = !matches!(want, Type::Quantity(Unit::Bytes | Unit::Cpu));
    let folded = unit.to_ascii_lowercase();
    const TIME: &[(&str, &[&str])] = &[
        ("ms", &["msec", "msecs", "millis", "millisecond", "milliseconds"]),
        ("s", &["sec", "secs", "second", "seconds"]),
        ("m", &["min", "mins", "minute", "minutes"]),
        ("h", &["hr", "hrs", "hour", "hours"]),
        ("d", &["day", "days"]),
        ("w", &["week", "weeks"]),
        ("y", &["yr", "year", "years"]),
    ];
    const BYTES: &[(&str, &[&str])] = &[
        ("Ki", &["ki", "kib", "kb"]),
        ("Mi", &["mi", "mib", "mb"]),
        ("Gi", &["gi", "gib", "gb", "g"]),
        ("Ti", &["ti", "tib", "tb", "t"]),
        ("Pi", &["pi", "pib", "pb"]),
    ];
    let find = |table: &'static [(&'static str, &'static [&'static str])]| {
        table
            .iter()
            .find(|(right, wrong)| wrong.contains(&&*folded) || right.eq_ignore_ascii_case(unit))
            .map(|(right, _)| *right)
    };
    (time.then(|| find(TIME)).flatten()).or_else(|| bytes.then(|| find(BYTES)).flatten())
}
