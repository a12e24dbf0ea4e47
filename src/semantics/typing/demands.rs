//! Decides whether `100m` in a constant without a type is minutes or a share of CPU. Each use records
//! the unit it needs; if one needs minutes and another CPU, no value is right for both.

use super::state::Demand;
use super::{
    Diagnostic, EntryKind, Expr, ExprKind, Field, FieldValue, Key, MISMATCH, ModuleId, Resolution, Scope,
    Type, Typing, Unit, key,
};

impl<'t> Typing<'_, 't> {
    /// Records a use of a literal that may be minutes or a share of CPU.
    pub(super) fn demand(&mut self, literal: &'t Expr, text: &str, unit: Unit) {
        let at = self.using.unwrap_or(literal.span);
        let fresh = || Demand { span: literal.span, text: text.into(), cpu: None, duration: None };
        let demand = self.demands.0.entry(key(literal)).or_insert_with(fresh);
        let first = if unit == Unit::Cpu { &mut demand.cpu } else { &mut demand.duration };
        first.get_or_insert(at);
        self.findings.set_type(literal, &Type::Quantity(unit));
    }

    /// Reports the literals whose uses conflict, once all uses are known.
    pub(super) fn settle(&mut self) {
        self.findings.demands |= !self.demands.0.is_empty();
        for (literal, demand) in std::mem::take(&mut self.demands.0) {
            let (Some(cpu), Some(duration)) = (demand.cpu, demand.duration) else { continue };
            let text = &demand.text;
            let title = format!("`{text}` is used both as a share of CPU and as a duration");
            let report = Diagnostic::error(&MISMATCH, title)
                .at(cpu, "used as a share of CPU here")
                .because(duration, "used as a duration here")
                .because(demand.span, "read as minutes by default")
                .help("give the constant a type, as in `let name: Cpu = …`, and use another one for the duration");
            self.tell(report);
            self.findings.poisoned.insert(literal);
        }
    }

    /// Returns the value that a name or path leads to through constants without a type, and its file.
    pub(super) fn value_behind(&self, expr: &'t Expr, scope: &Scope<'t>) -> Option<(&'t Expr, ModuleId)> {
        const MOST_STEPS: usize = 32;
        let (mut value, mut module) = self.step_behind(expr, scope)?;
        for _ in 0..MOST_STEPS {
            match self.step_behind(value, &Scope::constant(module)) {
                Some(next) => (value, module) = next,
                None => break,
            }
        }
        Some((value, module))
    }

    fn step_behind(&self, expr: &'t Expr, scope: &Scope<'t>) -> Option<(&'t Expr, ModuleId)> {
        if let Some(Resolution::Let(id)) = self.global(expr, scope) {
            let constant = self.program.constant(id);
            return constant.ty.is_none().then_some((constant.value, constant.module));
        }
        let ExprKind::Member(base, name) = &expr.kind else { return None };
        let (record, module) = self.value_behind(base, scope)?;
        let ExprKind::Record(block) = &record.kind else { return None };
        let value = block.entries.iter().find_map(|entry| match &entry.kind {
            EntryKind::Field(Field { path, value: FieldValue::Expr(value), .. }) => match path.as_slice() {
                [Key::Name(known)] if known.text == name.text => Some(value),
                _ => None,
            },
            _ => None,
        })?;
        Some((value, module))
    }
}
